"""Transcripts in one line: ``transcript("A: Hello", "C +4: It broke", "A -0.5: Oh no")``.

``A`` is the agent, ``C`` the customer, ``O`` another person, ``U`` an unknown speaker. A number after the letter is the
pause before the turn in seconds; a negative one starts it inside the turn before. Words last 0.3 s.
"""

from __future__ import annotations

import re
from typing import Any

from qa_scorer.records import CallInfo, Facts, Origin, Role, Separation, Transcript, Turn, Word

WORD_S = 0.3
PAUSE_S = 0.5
_LINE = re.compile(r"\s*(?P<who>[ACOU])\s*(?P<pause>[+-]\s*\d+(?:\.\d+)?)?\s*:\s*(?P<text>.*\S|)\s*", re.DOTALL)
_ROLES: dict[str, Role] = {"A": "agent", "C": "customer", "O": "other", "U": "unknown"}
_SPEAKERS = {"A": "left", "C": "right", "O": "third", "U": "speaker_0"}


def transcript(
    *lines: str,
    call_id: str = "call",
    timed: bool = True,
    language: str | None = "en",
    separation: Separation = "channels",
    role_confidence: float | None = 1.0,
    facts: Facts | None = None,
    **info: Any,
) -> Transcript:
    """Build a transcript, a turn a line; ``info`` goes to ``CallInfo``, ``timed=False`` leaves every time out."""
    turns: list[Turn] = []
    clock = 0.0
    for line in lines:
        match = _LINE.fullmatch(line)
        assert match, f"a line reads 'A: text', 'C +2: text' …, not {line!r}"
        pause = float(match["pause"].replace(" ", "")) if match["pause"] else PAUSE_S
        start = round(max(0.0, clock + pause), 3)
        turns.append(turn(match["who"], match["text"], start=start if timed else None))
        clock = start + WORD_S * len(match["text"].split())
    return Transcript(
        call=CallInfo(call_id=call_id, **info),
        origin=Origin(engine="test", version="1"),
        language=language,
        language_confidence=0.99,
        separation=separation,
        role_confidence=role_confidence,
        turns=tuple(turns),
        facts=facts or Facts(),
    )


def dialogue(text: str, **options: Any) -> Transcript:
    """Build a transcript from a block of such lines; a line without a letter goes on with the turn above it."""
    lines: list[str] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        if _LINE.fullmatch(line) or not lines:
            lines.append(line)
        else:
            lines[-1] += " " + line
    return transcript(*lines, **options)


def turn(who: str, text: str, start: float | None = 0.0) -> Turn:
    """Build one turn, a word every 0.3 s from ``start``; ``start=None`` gives no times."""
    parts = text.split()
    if start is None:
        return Turn(role=_ROLES[who], speaker=_SPEAKERS[who], text=text)
    times = [round(start + index * WORD_S, 3) for index in range(len(parts) + 1)]
    words = tuple(
        Word(text=part, start=times[index], end=times[index + 1], confidence=0.95) for index, part in enumerate(parts)
    )
    return Turn(role=_ROLES[who], speaker=_SPEAKERS[who], start=times[0], end=times[-1], text=text, words=words)
