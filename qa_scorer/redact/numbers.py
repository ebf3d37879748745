"""Numbers as people read them out: "four five three two", "double oh seven", "forty-five 32", "555-0142".

A ``NumberRun`` is an unbroken reading of digits inside one turn. Amounts, times, ordinals and quantities are not runs:
what stands before or after a number says that it counts something.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa_scorer.redact.words import Words

_TOKEN = re.compile(r"\d+(?:st|nd|rd|th)\b|\d+|[^\W\d_]+(?:['’][^\W\d_]+)*|[^\w\s]|_", re.IGNORECASE)

_MARKS = frozenset("-–—,.…/()+;")
_CURRENCY = frozenset("$£€¥₹")
_MAX_FILLERS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A word, number or mark of a text, in lower case, with its characters' place."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberRun:
    """Digits read in one breath; ``chunks`` are the groups, ``first`` and ``last`` index the line's tokens.

    ``single_words`` counts digits spoken one by one, the surest sign of a number that is an identifier.
    """

    first: int
    last: int
    start: int
    end: int
    chunks: tuple[str, ...]
    single_words: int

    @property
    def digits(self) -> str:
        """All digits in order."""
        return "".join(self.chunks)


@dataclass(frozen=True, slots=True)
class _Item:
    """One number as it stands: its digits, its tokens from ``first`` to before ``after``, single digits spoken."""

    digits: str
    first: int
    after: int
    words: int = 0


def tokenize(text: str) -> tuple[Token, ...]:
    """Split a text into words, numbers and single marks."""
    return tuple(
        Token(text=match[0].lower().replace("’", "'"), start=match.start(), end=match.end())
        for match in _TOKEN.finditer(text)
    )


def number_runs(tokens: Sequence[Token], words: Words) -> tuple[NumberRun, ...]:
    """Find the numbers in a line that are not amounts, times or quantities."""
    runs: list[NumberRun] = []
    index = 0
    while index < len(tokens):
        items = _read_items(tokens, index, words)
        kept: list[_Item] = []
        for item in items:
            if not _is_quantity(tokens, item, words):
                kept.append(item)
            elif kept:
                runs.append(_run(tokens, kept))
                kept = []
        if kept:
            runs.append(_run(tokens, kept))
        index = items[-1].after if items else index + 1
    return tuple(runs)


def is_year(chunk: str) -> bool:
    """Tell a group of digits that is more likely a year than a part of a number."""
    return len(chunk) == 4 and chunk[:2] in ("19", "20")


def _read_items(tokens: Sequence[Token], index: int, words: Words) -> list[_Item]:
    """Read numbers one after the other for as long as only fillers stand between them."""
    items: list[_Item] = []
    while (item := _item(tokens, index, words) or _misheard(tokens, index, items, words)) is not None:
        if len(item.digits) == 1 and item.after < len(tokens) and tokens[item.after].text == words.hundred:
            item = _Item(item.digits + "00", item.first, item.after + 1, item.words)
        items.append(item)
        index = item.after
        limit = min(index + _MAX_FILLERS, len(tokens) - 1)
        while index < limit and (tokens[index].text in _MARKS or tokens[index].text in words.fillers):
            index += 1
    return items


def _run(tokens: Sequence[Token], items: Sequence[_Item]) -> NumberRun:
    chunks: list[str] = []
    for before, item in zip((None, *items), items, strict=False):
        if before and before.words and item.words and before.after == item.first:
            chunks[-1] += item.digits
        else:
            chunks.append(item.digits)
    first, last = items[0].first, items[-1].after - 1
    return NumberRun(
        first=first,
        last=last,
        start=tokens[first].start,
        end=tokens[last].end,
        chunks=tuple(chunks),
        single_words=sum(item.words for item in items),
    )


def _item(tokens: Sequence[Token], index: int, words: Words) -> _Item | None:
    if index >= len(tokens):
        return None
    text = tokens[index].text
    if text.isdecimal() and not _touches_letters(tokens, index, words):
        return _Item(text, index, index + 1, int(len(text) == 1))
    if text in words.digits and (text not in ("oh", "o") or _goes_on(tokens, index, words)):
        return _Item(words.digits[text], index, index + 1, 1)
    if text in words.repeats:
        repeated = _item(tokens, index + 1, words)
        if repeated and len(repeated.digits) == 1:
            return _Item(repeated.digits * words.repeats[text], index, repeated.after, repeated.words + 1)
    if text in words.teens:
        return _Item(words.teens[text], index, index + 1)
    return _tens(tokens, index, words) if text in words.tens else None


def _misheard(tokens: Sequence[Token], index: int, items: Sequence[_Item], words: Words) -> _Item | None:
    """Read "five three to one" as 5321: a word that sounds like a digit, between two digits said one by one."""
    if not items or not items[-1].words or items[-1].after != index or index + 1 >= len(tokens):
        return None
    digit = words.homophones.get(tokens[index].text)
    after = index + 2 if tokens[index + 1].text == "," else index + 1
    if digit is None or after >= len(tokens) or tokens[after].text not in words.digits:
        return None
    return _Item(digit, index, index + 1, 1)


def _tens(tokens: Sequence[Token], index: int, words: Words) -> _Item:
    """Read "forty five" and "forty-five" as 45, "forty oh one" as 40 and 01."""
    hyphen = index + 1 < len(tokens) and tokens[index + 1].text == "-"
    after = index + 2 if hyphen else index + 1
    unit = words.digits.get(tokens[after].text, "0") if after < len(tokens) else "0"
    if unit == "0":
        return _Item(words.tens[tokens[index].text] + "0", index, index + 1)
    return _Item(words.tens[tokens[index].text] + unit, index, after + 1)


def _goes_on(tokens: Sequence[Token], index: int, words: Words) -> bool:
    """Tell the digit "oh" from the interjection: a number stands right beside it."""
    beside = [tokens[near].text for near in (index - 1, index + 1) if 0 <= near < len(tokens)]
    return any(text.isdecimal() or words.is_number(text) for text in beside)


def _touches_letters(tokens: Sequence[Token], index: int, words: Words) -> bool:
    """Tell digits glued to letters ("iPhone14", "TC78"), which are names of things; units ("20GB") are not letters."""
    here = tokens[index]
    if index and tokens[index - 1].end == here.start and tokens[index - 1].text[-1].isalpha():
        return True
    after = tokens[index + 1] if index + 1 < len(tokens) else None
    return bool(after and after.start == here.end and after.text[0].isalpha() and after.text not in words.units)


def _is_quantity(tokens: Sequence[Token], item: _Item, words: Words) -> bool:
    """Tell amounts, decimals, clock times and counted things, by what stands right before and after."""
    before = tokens[item.first - 1].text if item.first else ""
    after = tokens[item.after].text if item.after < len(tokens) else ""
    if before in _CURRENCY or before in words.scales or after in words.units or after in words.scales:
        return True
    return _joins(tokens, item.first - 1) or _joins(tokens, item.after)


def _joins(tokens: Sequence[Token], index: int) -> bool:
    """Tell whether a mark makes one amount or time of its neighbours: "12.50", "1,250", "10:30", not "0151.1283"."""
    if not 0 < index < len(tokens) - 1:
        return False
    left, mark, right = tokens[index - 1 : index + 2]
    if not (left.text.isdecimal() and right.text.isdecimal() and left.end == mark.start and mark.end == right.start):
        return False
    if mark.text == ",":
        return len(right.text) == 3 and len(left.text) <= 3
    if mark.text != ".":
        return mark.text == ":"
    beyond = tokens[index + 2] if index + 2 < len(tokens) else None
    dotted = index > 1 and tokens[index - 2].text == "." and tokens[index - 2].end == left.start
    return len(right.text) <= 2 and not dotted and not (beyond and beyond.text == "." and _is_glued(tokens, index + 2))


def _is_glued(tokens: Sequence[Token], index: int) -> bool:
    return (
        index + 1 < len(tokens) and tokens[index].end == tokens[index + 1].start and tokens[index + 1].text.isdecimal()
    )
