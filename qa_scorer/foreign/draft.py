"""What every foreign format is first read into: segments with a speaker label, before labels become roles."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from qa_scorer.records import CallInfo, Role, Separation, Turn, Word

# A silence that ends a turn even when the same speaker goes on, as in this tool's own transcripts.
PAUSE_S = 2.0

# What engines and people call the sides, in the order they are looked for: "customer service" is an agent.
_SIDES: tuple[tuple[Role, re.Pattern[str]], ...] = (
    ("other", re.compile(r"supervisor|manager|ivr|system|bot|interpreter|automated|recording|third party")),
    (
        "agent",
        re.compile(
            r"agents?|advis[eo]rs?|representatives?|reps?|operators?|csr|support|service|consultants?|specialists?"
            r"|technicians?|employee|staff|associate|salesperson|seller|dispatcher|internal"
        ),
    ),
    (
        "customer",
        re.compile(r"customers?|callers?|clients?|cust|consumers?|patients?|guests?|members?|users?|external"),
    ),
)
_SENTENCE_END = (".", "?", "!", "…")


class Unreadable(Exception):
    """A transcript that cannot be used; the message says where and why, the reader adds the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of words by one speaker. Times are seconds, ``None`` where the format has none."""

    speaker: str
    text: str
    start: float | None = None
    end: float | None = None
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A foreign transcript as its format gives it."""

    engine: str
    segments: tuple[Segment, ...]
    version: str = "unknown"
    language: str | None = None
    separation: Separation = "diarization"


def labelled_roles(labels: Sequence[str], info: CallInfo, mapping: Mapping[str, Role]) -> dict[str, Role]:
    """Give every speaker label a role: as mapped, by what it says, by the agent's name or channel, else ``unknown``.

    When all but one of the speakers are known and one side is still open, the last one is that side.
    """
    mapped = {label.casefold(): role for label, role in mapping.items()}
    roles: dict[str, Role] = {label: mapped.get(label.casefold()) or _role(label, info) for label in labels}
    unknown = [label for label, role in roles.items() if role == "unknown"]
    sides: tuple[Role, Role] = ("agent", "customer")
    open_sides = [side for side in sides if side not in roles.values()]
    if len(unknown) == 1 and len(open_sides) == 1 and len(labels) > 1:
        roles[unknown[0]] = open_sides[0]
    return roles


def turns_of(segments: Sequence[Segment], roles: Mapping[str, Role]) -> tuple[Turn, ...]:
    """Join each speaker's segments to turns, until another speaks or a pause of 2 s."""
    turns: list[Turn] = []
    for segment in segments:
        if not segment.text:
            continue
        last = turns[-1] if turns else None
        if last and last.speaker == segment.speaker and not _paused(last.end, segment.start):
            turns[-1] = replace(
                last,
                end=segment.end if segment.end is not None else last.end,
                text=f"{last.text} {segment.text}",
                words=last.words + segment.words if last.words and segment.words else (),
            )
        else:
            turns.append(
                Turn(
                    role=roles[segment.speaker],
                    speaker=segment.speaker,
                    start=segment.start,
                    end=segment.end,
                    text=segment.text,
                    words=segment.words,
                )
            )
    return tuple(turns)


def by_time(words: Mapping[str, Sequence[Word]]) -> tuple[Segment, ...]:
    """Interleave the words of several speakers, each a channel of its own, without tearing sentences apart."""
    segments: list[Segment] = []
    for speaker, said in words.items():
        group: list[Word] = []
        for word in said:
            if group and (group[-1].text.endswith(_SENTENCE_END) or _paused(group[-1].end, word.start, 0.5)):
                segments.append(segment_of(speaker, group))
                group = []
            group.append(word)
        if group:
            segments.append(segment_of(speaker, group))
    return tuple(sorted(segments, key=lambda segment: segment.start or 0.0))


def segment_of(speaker: str, words: Sequence[Word], text: str | None = None) -> Segment:
    """Make a segment of words; those without a time (figures an aligner left out) leave its ends to the others."""
    starts = [word.start for word in words if word.start is not None]
    ends = [word.end for word in words if word.end is not None]
    return Segment(
        speaker=speaker,
        text=text if text is not None else " ".join(word.text for word in words),
        start=min(starts, default=None),
        end=max(ends, default=None),
        words=tuple(words),
    )


def seconds(value: object, where: str) -> float | None:
    """Return a time in seconds. Raises ``Unreadable`` naming ``where`` when it is no time."""
    if value is None or value == "":
        return None
    try:
        number = float(str(value))
    except ValueError as error:
        raise Unreadable(f"{where}: '{value}' is not a time in seconds.") from error
    if not 0 <= number < float("inf"):
        raise Unreadable(f"{where}: {value} is not a time in a recording.")
    return round(number, 3)


def share(value: object) -> float | None:
    """Return a confidence between 0 and 1, ``None`` where there is none that makes sense."""
    try:
        number = float(str(value))
    except ValueError:
        return None
    return number if 0 <= number <= 1 else None


def _paused(end: float | None, start: float | None, pause_s: float = PAUSE_S) -> bool:
    return end is not None and start is not None and start - end > pause_s


def _role(label: str, info: CallInfo) -> Role:
    said = " ".join(re.split(r"[\W_]+", label.casefold())).strip()
    names = [name.casefold() for name in (info.agent_name, info.agent_id) if name]
    first_names = [name.split()[0] for name in names]
    if said and (said in names or said in first_names):
        return "agent"
    if channel := re.fullmatch(r"(?:ch|channel) ?(\d+)", said):
        if info.agent_channel is None:
            return "unknown"
        return "agent" if int(channel[1]) == info.agent_channel else "customer"
    for role, pattern in _SIDES:
        if re.search(rf"\b(?:{pattern.pattern})(?: ?\d+)?\b", said):
            return role
    return "unknown"
