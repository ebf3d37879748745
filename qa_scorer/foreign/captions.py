"""WebVTT with voice tags or "Name:" prefixes, and SRT with "Name:" prefixes."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence

from qa_scorer.foreign.draft import Draft, Segment, Unreadable
from qa_scorer.foreign.labels import accepted_labels, split_label

_ARROW = "-->"
_TIMING = re.compile(
    r"(?P<start>(?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3})\s*-->\s*(?P<end>(?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3})(?:\s.*)?"
)
_CUE_LINE = re.compile(r"^\s*\d[\d:.,]*\s*-->", re.MULTILINE)
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]+)>")
_MARKUP = re.compile(r"</?[^>]*>|\{\\[^}]*\}")
_SKIPPED = ("NOTE", "STYLE", "REGION")


def is_captions(content: str) -> bool:
    """Tell captions from plain text."""
    return content.lstrip().startswith("WEBVTT") or _CUE_LINE.search(content) is not None


def read(content: str) -> Draft:
    """Read captions. A cue without a speaker goes on with the speaker before it."""
    is_vtt = content.lstrip().startswith("WEBVTT")
    cues = list(_cues(content))
    labels = accepted_labels([text for _, _, lines in cues for _, text in lines])
    segments: list[Segment] = []
    speaker = ""
    for start, end, lines in cues:
        for voice, text in lines:
            said = text
            if voice:
                speaker = voice
            else:
                label, rest = split_label(text)
                if label in labels:
                    speaker, said = label, rest
            if not speaker:
                raise Unreadable(
                    f"the cue at {start:.1f} s has no speaker; write '<v Agent>' (WebVTT) or 'Agent:' before its text."
                )
            segments.append(Segment(speaker=speaker, text=said, start=start, end=end))
    if not segments:
        raise Unreadable("the captions hold no cue; a cue is a line '00:01.000 --> 00:04.000' and its text.")
    segments.sort(key=lambda segment: segment.start or 0.0)
    return Draft(engine="webvtt" if is_vtt else "srt", segments=tuple(segments))


def _cues(content: str) -> Iterator[tuple[float, float, list[tuple[str, str]]]]:
    """Yield each cue's times and its (voice, text) lines."""
    lines = content.splitlines()
    index = 0
    skipping = False
    while index < len(lines):
        line = lines[index].strip()
        index += 1
        if not line:
            skipping = False
        elif line.startswith(_SKIPPED) and _ARROW not in line:
            skipping = True
        elif _ARROW in line and not skipping:
            match = _TIMING.fullmatch(line)
            if match is None:
                raise Unreadable(f"line {index}: '{line}' is not a timing such as '00:00:01.000 --> 00:00:04.000'.")
            block: list[str] = []
            while index < len(lines) and lines[index].strip() and _ARROW not in lines[index]:
                block.append(lines[index].strip())
                index += 1
            if index < len(lines) and _ARROW in lines[index] and block and block[-1].isdecimal():
                block.pop()  # the number of a next cue that no empty line separates
            yield _clock(match["start"]), _clock(match["end"]), list(_spoken(block))


def _spoken(block: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the (voice, text) parts of a cue; lines without a label of their own are one text."""
    parts = _VOICE.split("\n".join(block))
    if len(parts) > 1:
        pairs = [("", parts[0]), *zip(parts[1::2], parts[2::2], strict=True)]
        yield from ((_clean(voice), text) for voice, raw in pairs if (text := _clean(raw)))
        return
    joined: list[str] = []
    for line in map(_clean, block):
        if joined and not split_label(line)[0]:
            joined[-1] += f" {line}"
        elif line:
            joined.append(line)
    yield from (("", text) for text in joined)


def _clean(text: str) -> str:
    return " ".join(html.unescape(_MARKUP.sub("", text)).split())


def _clock(text: str) -> float:
    total = 0.0
    for part in text.replace(",", ".").split(":"):
        total = total * 60 + float(part)
    return round(total, 3)
