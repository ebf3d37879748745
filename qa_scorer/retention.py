"""Retention: what was said goes, what was scored stays.

Of a purged call its transcript, the file it was read from, every quote, the path of its recording, its customer and the
columns the tool does not know are removed; scores, times and the agent remain, so that averages and trends keep their
history. The recordings themselves are not this tool's to delete.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar, cast

from qa_scorer import store
from qa_scorer.calibration import ratings
from qa_scorer.errors import CallError, UsageError
from qa_scorer.records import CallInfo, Scorecard
from qa_scorer.settings import Settings

WORDS_FOLDERS = ("transcripts", "originals")
# Stands while a purge is at work: one that was interrupted rebuilds the reports the next time, quotes or not.
MARKER = ".purging"
_AGE = re.compile(r"(\d+)\s*([dw])")

Record = TypeVar("Record")


@dataclass(frozen=True, slots=True, kw_only=True)
class OldCall:
    """A call whose words are older than allowed; ``files`` hold them, ``quotes`` counts them in its scorecard."""

    call_id: str
    when: datetime
    files: tuple[Path, ...]
    quotes: int
    recording: str = ""


def parse_age(text: str) -> timedelta:
    """Read "90d" or "13w". Raises ``UsageError``."""
    match = _AGE.fullmatch(text.strip().lower())
    if not match:
        raise UsageError(f"'{text}' is no age: write days or weeks, such as 90d or 13w.")
    return timedelta(days=int(match[1]) * (7 if match[2] == "w" else 1))


def find_old(out: Path, before: datetime) -> list[OldCall]:
    """Return the calls from before a moment of which words are left, by their start or else their file's date.

    Raises ``UsageError`` when ``out`` is no folder of results, and ``CallError`` when a scorecard cannot be read: then
    nobody could tell what is in it.
    """
    if not (out / "scorecards").is_dir() and not (out / "transcripts").is_dir():
        raise UsageError(f"{out} holds no results of qa-scorer: name the folder that `run --out` wrote.")
    words: dict[str, list[Path]] = defaultdict(list)
    for folder in WORDS_FOLDERS:
        for path in _files(out / folder):
            words[path.stem].append(path)
    cards = {path.stem: path for path in _files(out / "scorecards") if path.suffix == ".json"}
    found = []
    for call_id in sorted(words.keys() | cards.keys()):
        card = store.read_scorecard(cards[call_id]) if call_id in cards else None
        when = _when(card, words[call_id], cards.get(call_id))
        quotes = count_quotes(card)
        recording = card.call.path if card else ""
        if when < before and (words[call_id] or quotes or recording):
            files = tuple(words[call_id])
            found.append(OldCall(call_id=call_id, when=when, files=files, quotes=quotes, recording=recording))
    return found


def purge(out: Path, old: list[OldCall], settings: Settings) -> None:
    """Remove the words of these calls everywhere below ``out`` and build the reports again without them."""
    from qa_scorer.report import write_report

    began = datetime.now(UTC)
    (out / MARKER).touch()
    for call in old:
        card_path = store.scorecard_path(out, call.call_id)
        for path in (*call.files, card_path.with_suffix(".html"), card_path.with_suffix(".xlsx")):
            path.unlink(missing_ok=True)
        if card_path.exists():
            store.write_record(card_path, without_words(store.read_scorecard(card_path)))
    gone = {call.call_id for call in old}
    failures = [failure for failure in store.read_failures(out) if failure.call_id not in gone]
    if (out / "failures.csv").exists():
        store.write_failures(out, failures)
    _forget_calibration(out, gone)
    _forget_recordings(out / store.LEDGER_NAME, {Path(call.recording).name for call in old if call.recording})
    write_report(out, settings)
    # A workbook that was not written again belongs to nobody in these calls any more, and still quotes them.
    for path in _files(out / "coaching"):
        if path.stat().st_mtime < began.timestamp() - 1:
            path.unlink()
    (out / MARKER).unlink()


def was_interrupted(out: Path) -> bool:
    """Tell whether an earlier purge did not come to its end."""
    return (out / MARKER).exists()


def without_words(card: Scorecard) -> Scorecard:
    """Return the scorecard with everything said in the call, and everything that leads to its recording, left out."""
    quotes = {quote for quote in _quotes(card) if len(quote) > 3}
    blank = _blank(card, sorted(quotes, key=len, reverse=True))
    call: CallInfo = replace(blank.call, path="", customer_id=None, extra={})
    return replace(blank, call=call)


def count_quotes(card: Scorecard | None) -> int:
    """Return how many quotes a scorecard holds."""
    return sum(1 for _ in _quotes(card))


def _quotes(value: Any) -> Iterator[str]:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            inner = getattr(value, field.name)
            if field.name == "quote":
                if inner:
                    yield inner
            else:
                yield from _quotes(inner)
    elif isinstance(value, tuple):
        for item in value:
            yield from _quotes(item)


def _blank(value: Record, quotes: list[str]) -> Record:
    """Empty every field called quote, however deep, and cut quoted words out of the reasons given."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changes: dict[str, Any] = {}
        for field in dataclasses.fields(value):
            inner = getattr(value, field.name)
            if field.name == "quote":
                changes[field.name] = ""
            elif isinstance(inner, str) and "reason" in field.name:
                for quote in quotes:
                    inner = inner.replace(quote, "…")
                changes[field.name] = inner
            else:
                changes[field.name] = _blank(inner, quotes)
        return cast("Record", replace(value, **changes))
    if isinstance(value, tuple):
        return cast("Record", tuple(_blank(item, quotes) for item in value))
    return value


def _when(card: Scorecard | None, words: list[Path], card_path: Path | None) -> datetime:
    started = card.call.started_at if card else _started_at(words)
    try:
        # A time without a zone is local time, as everywhere in the tool.
        return datetime.fromisoformat(started or "").astimezone(UTC)
    except ValueError:
        newest = max(path.stat().st_mtime for path in [*words, *([card_path] if card_path else [])])
        return datetime.fromtimestamp(newest, UTC)


def _started_at(words: list[Path]) -> str | None:
    for path in words:
        try:
            return store.read_transcript(path).call.started_at
        except (CallError, ValueError):
            continue
    return None


def _forget_calibration(out: Path, gone: set[str]) -> None:
    """Keep the marks people gave, without their comments; delete blind sheets of these calls, which name recordings."""
    from qa_scorer.report.blind_sheet import calls_in, read_blind_sheet

    for path in _files(out / ratings.FOLDER):
        if path.suffix == ".xlsx" and calls_in(path) & gone:
            ratings.add_ratings(out, read_blind_sheet(path) or [])
            path.unlink()
    kept = ratings.read_ratings(out)
    if any(rating.call_id in gone for rating in kept):
        ratings.write_ratings(out, [replace(r, comment="") if r.call_id in gone else r for r in kept])


def _forget_recordings(ledger: Path, names: set[str]) -> None:
    """Drop the ledger's lines about these files; what was made from them stays noted."""
    if not ledger.exists():
        return
    lines = ledger.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if _file_name(line) not in names]
    store.write_bytes_atomic(ledger, "".join(kept).encode())


def _file_name(line: str) -> str | None:
    try:
        return Path(json.loads(line)["file"]).name
    except (ValueError, KeyError, TypeError):
        return None


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*") if path.is_file()) if folder.is_dir() else []
