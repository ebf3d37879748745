"""Dates of birth and card expiry dates: dates that somebody was asked for, not dates in general."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from qa_scorer.redact.lines import Entity, Line, asked
from qa_scorer.redact.words import Words

# How many turns back a card may have been spoken of for an expiry date to be the card's and not a contract's.
_CARD_TURNS = 8


def date_entities(lines: Sequence[Line], words: Words) -> list[Entity]:
    """Find dates after the words "date of birth" or "expiry date", in the same line or in the answer to them."""
    date, year = _patterns(words)
    entities: list[Entity] = []
    for index, line in enumerate(lines):
        own = [cue for cue in line.cues if cue.kind in ("birth", "expiry")]
        kinds = [(cue.kind, cue.start) for cue in own]
        if not kinds:
            kinds = [(cue.kind, 0) for cue in asked(lines, index) if cue.kind in ("birth", "expiry")]
        for kind, _ in kinds[:2]:
            if kind == "expiry" and not _speaks_of_card(lines, index):
                continue
            found = list(date.finditer(line.text)) or list(year.finditer(line.text))
            tag = "date_of_birth" if kind == "birth" else "card"
            entities += [Entity(line=index, start=match.start(), end=match.end(), kind=tag) for match in found]
            if not found:
                shortest, longest = (4, 8) if kind == "birth" else (3, 6)
                entities += [
                    Entity(line=index, start=run.start, end=run.end, kind=tag)
                    for run in line.runs
                    if shortest <= len(run.digits) <= longest
                ]
    return entities


def _speaks_of_card(lines: Sequence[Line], index: int) -> bool:
    near = lines[max(0, index - _CARD_TURNS) : index + 1]
    return any(cue.kind in ("card", "cvv") for line in near for cue in line.cues)


@cache
def _patterns_of(months: str, ordinals: str, numbers: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    number = rf"(?:{numbers})"
    day = rf"(?:\d{{1,2}}(?:st|nd|rd|th)?|(?:twenty|thirty)[ -](?:{ordinals})|(?:{ordinals})|{number}(?:[ -]{number})?)"
    spoken_year = rf"(?:nineteen|twenty|two thousand)(?:,?[ -](?:and )?{number}){{0,3}}"
    year = rf"(?:(?:19|20)\d\d|['’]?\d\d(?!\d)|{spoken_year}|{number}(?:[ -]{number}){{1,3}})"
    month = rf"(?:{months})\b\.?"
    date = "|".join(
        (
            rf"(?:the )?{day}(?: day)?(?: of)?,? {month}(?:,? (?:of |in )?{year})?",
            rf"{month},? (?:the )?{day}\b(?:,? (?:of |in )?{year})?",
            rf"{month},? (?:of )?{year}",
            r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}",
            r"(?:19|20)\d\d-\d\d-\d\d",
            r"(?:0?[1-9]|1[0-2]) ?/ ?(?:20)?\d\d",
        )
    )
    return (
        re.compile(rf"(?<!\w)(?:{date})(?!\w)", re.IGNORECASE),
        re.compile(rf"(?<!\w)(?:(?:19|20)\d\d|{spoken_year})(?!\w)", re.IGNORECASE),
    )


def _patterns(words: Words) -> tuple[re.Pattern[str], re.Pattern[str]]:
    numbers = sorted({*words.digits, *words.teens, *words.tens}, key=len, reverse=True)
    return _patterns_of("|".join(words.months), "|".join(words.ordinals), "|".join(numbers))
