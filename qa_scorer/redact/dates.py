"""Dates of birth and card expiry dates: dates that somebody was asked for, not dates in general."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from qa_scorer.redact.lines import Entity, Line, asked
from qa_scorer.redact.words import Words

# How many turns back a card may have been spoken of for an expiry date to be the card's and not a contract's.
_CARD_TURNS = 14
# How many words an answer, or the agent's repetition of it, may have before the date.
_ANSWER_WORDS = 16
_REPEATED_WORDS = 6


def date_entities(lines: Sequence[Line], words: Words) -> list[Entity]:
    """Find dates after the words "date of birth" or "expiry date", in the same line or in the answer to them."""
    date, year = _patterns(words)
    entities: list[Entity] = []
    for index, line in enumerate(lines):
        own = [cue.kind for cue in line.cues if cue.kind in ("birth", "expiry")]
        kinds = own or [cue.kind for cue in asked(lines, index) if cue.kind in ("birth", "expiry")]
        # An answer begins with the date; a date late in a turn that only follows the question is another one.
        last = len(line.text) if own else _answer_end(line)
        for kind in dict.fromkeys(kinds):
            if kind == "expiry" and not _speaks_of_card(lines, index):
                continue
            shortest, longest = (4, 8) if kind == "birth" else (3, 6)
            found = (
                [match.span() for match in date.finditer(line.text)]
                or [(run.start, run.end) for run in line.runs if shortest <= len(run.digits) <= longest]
                or [match.span() for match in year.finditer(line.text)]
            )
            tag = "date_of_birth" if kind == "birth" else "card"
            entities += [Entity(line=index, start=start, end=end, kind=tag) for start, end in found if start < last]
    return entities


def _answer_end(line: Line) -> int:
    words = [token for token in line.tokens if token.text.isalnum()]
    most = _REPEATED_WORDS if line.role == "agent" else _ANSWER_WORDS
    return words[most].start if len(words) > most else len(line.text)


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
            rf"(?:the )?(?:\d{{1,2}}(?:st|nd|rd|th)|(?:{ordinals})) of (?:the )?(?:{ordinals})(?:,? (?:of )?{year})?",
            rf"{month},? (?:the )?{day}\b(?:,? (?:of |in )?{year})?",
            rf"{month},? (?:of )?{year}",
            r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}",
            r"(?:19|20)\d\d-\d\d-\d\d",
            r"(?:0?[1-9]|1[0-2]) ?/ ?(?:20)?\d\d",
        )
    )
    return (
        re.compile(rf"(?<!\w)(?:{date})(?![\w]|-\w)", re.IGNORECASE),
        re.compile(rf"(?<!\w)(?:(?:19|20)\d\d|{spoken_year})(?!\w)", re.IGNORECASE),
    )


def _patterns(words: Words) -> tuple[re.Pattern[str], re.Pattern[str]]:
    numbers = sorted({*words.digits, *words.teens, *words.tens}, key=len, reverse=True)
    return _patterns_of("|".join(words.months), "|".join(words.ordinals), "|".join(numbers))
