"""Text dialogues: calls without audio, one JSON object a line, and the labels that the checks give them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from qa_scorer import __version__
from qa_scorer.checks import analyse
from qa_scorer.errors import UsageError
from qa_scorer.language import read
from qa_scorer.records import Analysis, CallInfo, Origin, Role, Transcript, Turn
from qa_scorer.settings import Settings


def read_dialogues(path: Path) -> Iterator[Transcript]:
    """Yield a transcript for each line ``{"id", "turns": [{"role", "text"}]}``; a ``UsageError`` names the line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read as text: {error}.") from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _transcript(line, f"{path}:{number}", f"{path.stem}-{number}")


def apply(transcript: Transcript, settings: Settings) -> Analysis:
    """Read a transcript and run every check over it."""
    return analyse(read(transcript, settings))


def labels(analysis: Analysis) -> dict[str, list[str]]:
    """Return the signals of each agent turn, ``{"<turn index>": [signals]}``; what is missing is no label."""
    by_turn: dict[int, set[str]] = defaultdict(set)
    for finding in analysis.findings:
        if finding.turn is not None and finding.role == "agent" and finding.verdict != "absent":
            by_turn[finding.turn].add(finding.signal)
    return {str(turn): sorted(by_turn[turn]) for turn in sorted(by_turn)}


def _transcript(line: str, where: str, default_id: str) -> Transcript:
    try:
        row: Any = json.loads(line)
    except json.JSONDecodeError as error:
        raise UsageError(f"{where}: not valid JSON: {error}.") from error
    return from_row(row, where, default_id)


def from_row(row: Any, where: str = "row", default_id: str = "dialogue") -> Transcript:
    """Return a dialogue as a transcript without times. Raises ``UsageError`` naming ``where`` it stands."""
    if not isinstance(row, dict) or not isinstance(row.get("turns"), list):
        raise UsageError(f'{where}: expected an object with "turns": [{{"role", "text"}}].')
    call_id = str(row.get("id") or default_id)
    return Transcript(
        call=CallInfo(call_id=call_id),
        origin=Origin(engine="text", version=__version__),
        language=str(row.get("language") or "en"),
        separation="single",
        role_confidence=1.0,
        turns=tuple(_turn(turn, where) for turn in row["turns"]),
    )


def _turn(turn: Any, where: str) -> Turn:
    if not isinstance(turn, dict) or not isinstance(turn.get("text"), str):
        raise UsageError(f'{where}: every turn needs "role" and "text".')
    role = str(turn.get("role", "unknown")).lower()
    if role not in get_args(Role):
        raise UsageError(f"{where}: unknown role '{role}'; known are {', '.join(get_args(Role))}.")
    return Turn(role=role, speaker=role, text=turn["text"])  # type: ignore[arg-type]  # checked just above
