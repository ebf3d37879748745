"""What people said about calls: chosen blind, kept in one file, a line a judgement."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from qa_scorer.errors import UsageError
from qa_scorer.records import Scorecard
from qa_scorer.store import write_bytes_atomic

FOLDER = "calibration"
RATINGS_NAME = "ratings.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """One person's mark for one criterion of one call.

    ``share`` is of the criterion's points (0–1), ``None`` for not applicable. ``source`` is "blind" when the person did
    not know the tool's judgement and "review" when it lay before them: such answers lean towards it.
    """

    reviewer: str
    call_id: str
    section: str
    criterion: str
    rubric_sha256: str
    share: float | None
    comment: str = ""
    source: Literal["blind", "review"] = "blind"

    @property
    def key(self) -> tuple[str, ...]:
        """What a later answer of the same person replaces."""
        return (self.source, self.reviewer, self.call_id, self.section, self.criterion, self.rubric_sha256)


def choose_calls(cards: Iterable[Scorecard], number: int, seed: int = 0) -> list[Scorecard]:
    """Return ``number`` scored calls drawn by lot, agent after agent in turn, the same ones for the same seed.

    By lot, because calls picked by hand or by their score make agreement look better or worse than it is.
    """
    lot = random.Random(seed)  # noqa: S311 - drawing lots, not keys
    by_agent: dict[str, list[Scorecard]] = {}
    for card in sorted(cards, key=lambda card: card.call.call_id):
        if card.status == "scored":
            by_agent.setdefault(card.call.agent_id or card.call.agent_name or "", []).append(card)
    piles = [lot.sample(pile, len(pile)) for _, pile in sorted(by_agent.items())]
    chosen: list[Scorecard] = []
    while len(chosen) < number and any(piles):
        for pile in piles:
            if pile and len(chosen) < number:
                chosen.append(pile.pop())
    return sorted(chosen, key=lambda card: card.call.call_id)


def ratings_path(out: Path) -> Path:
    """Return where the ratings of a folder of results are kept."""
    return out / FOLDER / RATINGS_NAME


def read_ratings(out: Path) -> list[Rating]:
    """Return every rating imported so far. Raises ``UsageError`` naming the line that cannot be read."""
    path = ratings_path(out)
    if not path.exists():
        return []
    ratings = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            ratings.append(Rating(**json.loads(line)))
        except (ValueError, TypeError) as error:
            raise UsageError(f"{path}:{number}: not a rating: mend or delete the line, or import again.") from error
    return ratings


def add_ratings(out: Path, new: Sequence[Rating]) -> int:
    """Add ratings, replacing earlier ones of the same person for the same judgement; return how many there are now."""
    merged = {rating.key: rating for rating in [*read_ratings(out), *new]}
    write_ratings(out, [merged[key] for key in sorted(merged)])
    return len(merged)


def write_ratings(out: Path, ratings: Sequence[Rating]) -> None:
    """Write the file of ratings, atomically."""
    text = "".join(json.dumps(asdict(rating), ensure_ascii=False) + "\n" for rating in ratings)
    write_bytes_atomic(ratings_path(out), text.encode())
