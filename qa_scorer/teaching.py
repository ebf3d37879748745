"""Teach a check a sentence: write it into the user's own pack, and tell what would now be heard differently."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qa_scorer import __version__
from qa_scorer.checks import CHECKS, analyse
from qa_scorer.errors import PackError, UsageError
from qa_scorer.hearing import forget_packs
from qa_scorer.language import read
from qa_scorer.packs import has_pack, load_pack, load_packs
from qa_scorer.records import CallInfo, Origin, Transcript, Turn
from qa_scorer.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A turn of the sample dialogues that is heard differently after a lesson; ``gained`` tells in which direction."""

    call_id: str
    turn: int
    text: str
    gained: bool
    rule: str


def check_of(signal: str) -> str:
    """Return the check that reports a signal. Raises ``UsageError`` naming the signals there are."""
    for check in CHECKS:
        if signal in check.signals:
            return check.name
    known = ", ".join(name for check in CHECKS for name in check.signals)
    raise UsageError(f"unknown signal '{signal}'; known are {known}.")


def teach(signal: str, sentence: str, settings: Settings, *, counter: bool = False, language: str = "en") -> Path:
    """Append a sentence to a signal's examples (or counter-examples) in the user's own pack; return the file.

    The file is validated before it is kept. Raises ``UsageError`` for an unknown signal or language or where no folder
    for packs is set, ``PackError`` for a file that is already broken.
    """
    check = check_of(signal)
    if not has_pack(language):
        raise UsageError(f"there is no pack for language '{language}'.")
    if settings.packs_dir is None:
        raise UsageError(
            "no folder for your own phrases is set: put packs_dir into qa-scorer.toml, or give --packs-dir."
        )
    if not sentence.strip():
        raise UsageError("the sentence is empty.")
    (pack,) = load_packs((check,), language)
    if any(known.name == signal and not known.in_words for known in pack.signals):
        raise UsageError(f"{signal} is measured on the times of a call; there is no sentence to teach.")
    path = settings.packs_dir / f"{check}.{language}.toml"
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    after = insert(before, signal, "counter" if counter else "examples", " ".join(sentence.split()))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(after, encoding="utf-8")
    try:
        load_pack(path, check, language)
    except PackError:
        if before:
            path.write_text(before, encoding="utf-8")
        else:
            path.unlink()
        raise
    forget_packs()
    return path


def insert(text: str, signal: str, key: str, sentence: str) -> str:
    """Return a pack's text with one more sentence in a list of a signal, everything else kept as it was."""
    entry = f"  {json.dumps(sentence, ensure_ascii=False)},"
    header = f'[signal."{signal}"]'
    lines = text.splitlines()
    if header not in lines:
        lines += ["", header] if lines else [header]
    start = lines.index(header)
    end = next((i for i in range(start + 1, len(lines)) if lines[i].startswith("[")), len(lines))
    at = next((i for i in range(start + 1, end) if lines[i].replace(" ", "").startswith(f"{key}=[")), None)
    if at is None:
        lines[start + 1 : start + 1] = [f"{key} = [", entry, "]"]
    else:
        head, _, rest = lines[at].partition("[")
        lines[at : at + 1] = [f"{head}[", entry, *([f"  {rest.strip()}"] if rest.strip() else [])]
    return "\n".join(lines) + "\n"


def compare(dialogues: Sequence[Transcript], signal: str, before: Settings, after: Settings) -> list[Change]:
    """Return the turns in which ``signal`` is heard under one of two settings and not under the other."""
    changes = []
    for transcript in dialogues:
        old, new = _heard(transcript, signal, before), _heard(transcript, signal, after)
        for turn in sorted(old.keys() ^ new.keys()):
            text = transcript.turns[turn].text
            rule = {**old, **new}[turn]
            changes.append(Change(call_id=transcript.call.call_id, turn=turn, text=text, gained=turn in new, rule=rule))
    return changes


def _heard(transcript: Transcript, signal: str, settings: Settings) -> dict[int, str]:
    findings = analyse(read(transcript, settings)).findings
    return {f.turn: f.rule for f in findings if f.signal == signal and f.turn is not None and f.role == "agent"}


def without(settings: Settings, path: Path, sentence: str) -> Settings:
    """Return settings that read the packs as they were before ``sentence`` was added to ``path``."""
    folder = Path(tempfile.mkdtemp(prefix="qa-scorer-"))
    for pack in path.parent.glob("*.toml"):
        text = pack.read_text(encoding="utf-8")
        lesson = f"  {json.dumps(' '.join(sentence.split()), ensure_ascii=False)},\n"
        (folder / pack.name).write_text(text.replace(lesson, "", 1) if pack == path else text, encoding="utf-8")
    return settings.model_copy(update={"packs_dir": folder})


def sample_dialogues(language: str) -> list[Transcript]:
    """Return the shipped examples and counter-examples, a call a signal: what a lesson is tried on by default."""
    packs = load_packs(tuple(check.name for check in CHECKS), language)
    return [
        Transcript(
            call=CallInfo(call_id=signal.name),
            origin=Origin(engine="text", version=__version__),
            language=language,
            separation="single",
            turns=tuple(
                Turn(role="agent", speaker="agent", text=sentence) for sentence in (*signal.examples, *signal.counter)
            ),
        )
        for pack in packs
        for signal in pack.signals
        if signal.in_words
    ]
