"""What if: the same calls under two rubrics, side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from qa_scorer.records import Scorecard


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One call under two rubrics. ``None`` where it has no scorecard, or was not scored."""

    call_id: str
    score_before: float | None
    score_after: float | None
    band_before: str
    band_after: str
    lines: tuple[str, ...] = ()

    @property
    def difference(self) -> float | None:
        """Return points gained, where both are scored."""
        if self.score_before is None or self.score_after is None:
            return None
        return round(self.score_after - self.score_before, 1)


def changes(before: Iterable[Scorecard], after: Iterable[Scorecard]) -> list[Change]:
    """Return a row for every call of either side, by call id. ``lines`` names the criteria that moved."""
    first = {card.call.call_id: card for card in before}
    second = {card.call.call_id: card for card in after}
    return [_change(call_id, first.get(call_id), second.get(call_id)) for call_id in sorted({*first, *second})]


def compare(before: Iterable[Scorecard], after: Iterable[Scorecard]) -> list[str]:
    """Return the comparison as lines of a table to print; the last one sums up."""
    before, after = list(before), list(after)
    rows = changes(before, after)
    names = [_rubric(before), _rubric(after)]
    width = max([len("call"), *(len(row.call_id) for row in rows)])
    columns = max(len(names[0]), len(names[1]), len("not scored"))
    table = [f"{'call':<{width}}  {names[0]:<{columns}}  {names[1]:<{columns}}  {'change':>6}  moved"]
    for row in rows:
        old, new = _cell(row.score_before, row.band_before), _cell(row.score_after, row.band_after)
        change = "" if row.difference is None else f"{row.difference:+.1f}"
        moved = ", ".join(row.lines)
        table.append(f"{row.call_id:<{width}}  {old:<{columns}}  {new:<{columns}}  {change:>6}  {moved}".rstrip())
    both = [row.difference for row in rows if row.difference is not None]
    other = sum(row.band_before != row.band_after for row in rows)
    mean = f", {sum(both) / len(both):+.1f} points on average" if both else ""
    calls = "1 call" if len(rows) == 1 else f"{len(rows)} calls"
    table.append(f"{calls}{mean}, {other} in another band.")
    return table


def _change(call_id: str, before: Scorecard | None, after: Scorecard | None) -> Change:
    old, new = _shares(before), _shares(after)
    moved = [name for name in dict.fromkeys([*old, *new]) if old.get(name) != new.get(name)]
    return Change(
        call_id=call_id,
        score_before=before.score if before else None,
        score_after=after.score if after else None,
        band_before=_band(before),
        band_after=_band(after),
        lines=tuple(moved) if before and after else (),
    )


def _shares(card: Scorecard | None) -> dict[str, float | None]:
    """Return the share of its points that each line earned."""
    return {
        line.id: None if line.points is None else round(line.points / line.out_of, 2)
        for section in (card.sections if card else ())
        for line in section.criteria
    }


def _band(card: Scorecard | None) -> str:
    if card is None:
        return "–"
    return card.band or "not scored"


def _cell(score: float | None, band: str) -> str:
    return band if score is None else f"{score:.1f} {band}"


def _rubric(cards: list[Scorecard]) -> str:
    names = sorted({f"{card.rubric.name} {card.rubric.version}" for card in cards})
    return ", ".join(names) or "–"
