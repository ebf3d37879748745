"""A call as redaction hears it: lines with their words, numbers and cues, and what was asked for before."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa_scorer.records import Role
from qa_scorer.redact.numbers import NumberRun, Token, number_runs, tokenize
from qa_scorer.redact.words import Words

_TAG = re.compile(r"\[[A-Z_]+\]")
# How far an answer may stand from its question: turns looked back, and words a turn in between may have.
_LOOK_BACK = 6
_LIGHT_WORDS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """Personal data: the characters ``start`` to ``end`` of a line, and what they are."""

    line: int
    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """Words that tell what a number or name near them is; a strong cue names it outright."""

    kind: str
    strong: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One turn's text, taken apart."""

    role: Role
    side: str
    text: str
    tokens: tuple[Token, ...]
    runs: tuple[NumberRun, ...]
    cues: tuple[Cue, ...]
    word_starts: tuple[int, ...]

    def words_between(self, start: int, end: int) -> int:
        """Count the words (no marks, no digits) between two characters."""
        return max(0, bisect_left(self.word_starts, end) - bisect_left(self.word_starts, start))


def listen(turns: Sequence[tuple[Role, str, str]], words: Words) -> tuple[Line, ...]:
    """Take every turn ``(role, speaker, text)`` apart. Tags of an earlier redaction count as nothing."""
    lines = []
    for role, speaker, text in turns:
        masked = _TAG.sub(lambda match: " " * len(match[0]), text)
        tokens = tokenize(masked)
        lines.append(
            Line(
                role=role,
                side=role if role in ("agent", "customer") else speaker,
                text=masked,
                tokens=tokens,
                runs=number_runs(tokens, words),
                cues=_cues(masked.lower(), words),
                word_starts=tuple(token.start for token in tokens if token.text[0].isalpha()),
            )
        )
    return tuple(lines)


def cues_before(lines: Sequence[Line], index: int, position: int) -> tuple[Cue, ...]:
    """Return what tells the meaning of the thing at ``position``, nearest first.

    That is the nearest cue before it in its own line, else all cues of the last line that had any, as long as only
    short or number-bearing lines stand between.
    """
    line = lines[index]
    here = [cue for cue in line.cues if cue.end <= position]
    near = [cue for cue in here if line.words_between(cue.end, position) <= (12 if cue.strong else 7)]
    if near:
        strong = [cue for cue in near if cue.strong]
        return ((strong or near)[-1],)
    return () if line.words_between(0, position) > 2 * _LIGHT_WORDS else asked(lines, index)


def asked(lines: Sequence[Line], index: int) -> tuple[Cue, ...]:
    """Return the cues of the nearest earlier line that has any: usually the question this line answers."""
    for before in reversed(lines[max(0, index - _LOOK_BACK) : index]):
        if before.cues:
            return tuple(reversed([cue for cue in before.cues if cue.strong] or before.cues))
        if not _is_light(before):
            break
    return ()


def cues_after(lines: Sequence[Line], index: int, position: int) -> tuple[Cue, ...]:
    """Return the strong cue that follows: "… that's the card number", or the other side's "got the card number"."""
    line = lines[index]
    after = [cue for cue in line.cues if cue.strong and cue.start >= position]
    if after:
        return (after[0],) if line.words_between(position, after[0].start) <= 6 else ()
    if line.words_between(position, len(line.text)) > 4 or index + 1 >= len(lines):
        return ()
    following = lines[index + 1]
    # A question goes on to the next thing; only a statement speaks of what was just said.
    first = next((cue for cue in following.cues if cue.strong), None)
    if first is None or "?" in following.text or following.words_between(0, first.start) > 6:
        return ()
    return (first,)


def cues_within(lines: Sequence[Line], first: tuple[int, int], last: tuple[int, int]) -> Iterator[Cue]:
    """Yield the cues between two places, each a line and a character."""
    for index in range(first[0], last[0] + 1):
        start = first[1] if index == first[0] else 0
        end = last[1] if index == last[0] else len(lines[index].text)
        yield from (cue for cue in lines[index].cues if cue.start >= start and cue.end <= end)


def words_within(lines: Sequence[Line], first: tuple[int, int], last: tuple[int, int]) -> int:
    """Count the words between two places, each a line and a character."""
    total = 0
    for index in range(first[0], last[0] + 1):
        start = first[1] if index == first[0] else 0
        end = last[1] if index == last[0] else len(lines[index].text)
        total += lines[index].words_between(start, end)
    return total


def _is_light(line: Line) -> bool:
    numbers = sum(run.last - run.first + 1 for run in line.runs)
    words = line.words_between(0, len(line.text))
    # A question of some length asks for the next thing; "Yes?" only says go on.
    return words <= (2 if "?" in line.text else _LIGHT_WORDS) or 2 * numbers >= len(line.tokens)


def _cues(text: str, words: Words) -> tuple[Cue, ...]:
    found = [
        Cue(kind=kind, strong=strong, start=match.start(), end=match.end())
        for kind, strong, pattern in words.cues
        for match in pattern.finditer(text)
    ]
    # "card number" is not also "number": of cues that overlap the strong one, then the longer, stays.
    found.sort(key=lambda cue: (not cue.strong, cue.start - cue.end))
    kept: list[Cue] = []
    for cue in found:
        if not any(cue.start < other.end and other.start < cue.end for other in kept):
            kept.append(cue)
    return tuple(sorted(kept, key=lambda cue: cue.end))
