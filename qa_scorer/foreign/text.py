"""Plain text, a turn a line: "Agent: …", "Customer: …", with or without the time before or behind the name."""

from __future__ import annotations

import re

from qa_scorer.foreign.draft import Draft, Segment, Unreadable
from qa_scorer.foreign.labels import accepted_labels, split_label
from qa_scorer.records import CallInfo

_CLOCK = r"(?:\d+:)?\d{1,2}:\d{2}(?:[.,]\d+)?"
_TIME_BEFORE = re.compile(rf"[\[(]?(?P<time>{_CLOCK})[\])]?\s*[-–]?\s*(?P<rest>\S.*)")
_TIME_BEHIND = re.compile(rf"(?P<label>[^:\[(]+?)\s*[\[(](?P<time>{_CLOCK})[\])]\s*:\s*(?P<text>.*)")


def read(content: str, info: CallInfo) -> Draft:
    """Read labelled lines. One without a label goes on with the turn above; before the first turn it is a title."""
    lines = [_timed(" ".join(line.split())) for line in content.splitlines() if line.strip()]
    labels = accepted_labels([line for _, line in lines], info)
    segments: list[Segment] = []
    for time, line in lines:
        label, text = split_label(line)
        if label in labels:
            segments.append(Segment(speaker=label, text=text, start=time))
        elif segments:
            last = segments[-1]
            segments[-1] = Segment(speaker=last.speaker, text=f"{last.text} {line}", start=last.start)
    if not segments:
        raise Unreadable("no speakers found; begin each turn with who says it: 'Agent: …' or 'Customer: …'.")
    return Draft(engine="text", segments=tuple(segments))


def _timed(line: str) -> tuple[float | None, str]:
    """Take the time out of a line: "[00:12] Agent: hi", "Agent (0:12): hi"."""
    match = _TIME_BEFORE.fullmatch(line)
    if match and split_label(match["rest"])[0]:  # "10:30 suits me" keeps its time
        return _seconds(match["time"]), match["rest"]
    if match := _TIME_BEHIND.fullmatch(line):
        return _seconds(match["time"]), f"{match['label']}: {match['text']}"
    return None, line


def _seconds(clock: str) -> float:
    total = 0.0
    for part in clock.replace(",", ".").split(":"):
        total = total * 60 + float(part)
    return round(total, 3)
