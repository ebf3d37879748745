"""Postal addresses: a house number with its street, post codes, and what is said when asked for an address."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa_scorer.redact.lines import Entity, Line, asked, cues_before
from qa_scorer.redact.numbers import Token
from qa_scorer.redact.words import Words

# The form of a British post code (Royal Mail, PAF Programmers Guide) and of a Canadian one.
_POSTCODE = re.compile(
    r"\b(?:[A-PR-UWYZ][A-HK-Y]?\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2}|[ABCEGHJ-NPRSTVXY]\d[A-Z] \d[A-Z]\d)\b"
)
_STATE_AND_ZIP = re.compile(r"\b[A-Z]{2},? \d{5}(?:-\d{4})?\b")
_PO_BOX = re.compile(r"\bp\.? ?o\.? box (?:number )?\d+", re.IGNORECASE)
_MAX_STREET_WORDS = 4
_MAX_NUMBER_WORDS = 6
_MAX_ANSWER_WORDS = 12
_MAX_TO_ZIP = 6
_MAX_BARE_WORDS = 6
_MAX_BARE_LEAD = 3


def place_entities(lines: Sequence[Line], words: Words) -> list[Entity]:
    """Find addresses: number and street anywhere, and after a question for the address whatever follows a number."""
    entities: list[Entity] = []
    for index, line in enumerate(lines):
        for pattern in (_POSTCODE, _STATE_AND_ZIP, _PO_BOX):
            entities += [
                Entity(line=index, start=match.start(), end=match.end(), kind="address")
                for match in pattern.finditer(line.text)
                if not any(cue.kind == "thing" for cue in cues_before(lines, index, match.start())[:1])
            ]
        wanted = any(cue.kind == "address" for cue in (*line.cues, *asked(lines, index)))
        position = 0
        while position < len(line.tokens):
            end = _street_end(line, position, words, wanted)
            if end is None and wanted and line.role != "agent":
                end = _answer_end(line, position, words)
            if end is None:
                position += 1
                continue
            start = line.tokens[position].start
            entities.append(Entity(line=index, start=start, end=line.tokens[end - 1].end, kind="address"))
            position = end
    return entities


def _street_end(line: Line, first: int, words: Words, wanted: bool) -> int | None:
    """Return the token after "42 Oak Street, Apt 5, Springfield, Illinois 62704" that begins at ``first``."""
    tokens = line.tokens
    index = _number_end(tokens, first, words)
    if index is None or (first and tokens[first - 1].text in ("$", "£", "€", "#")):
        return None
    for after in range(index, min(index + _MAX_STREET_WORDS, len(tokens))):
        token = tokens[after]
        named = line.text[token.start].isupper()
        if after > index and (
            token.text in words.places["streets"] or (token.text in words.places["weak_streets"] and (named or wanted))
        ):
            return _town_end(line, after + 1, words)
        if not token.text[0].isalnum() or token.text in words.places["not_names"] or token.text in words.units:
            return None
    return None


def _town_end(line: Line, index: int, words: Words) -> int:
    """Go on over what belongs to an address: flat, town and state in capitals, and the ZIP code."""
    tokens = line.tokens
    end = index
    while end < len(tokens):
        text = tokens[end].text
        comma = text in (",", ".") and end + 1 < len(tokens)
        follow = end + 1 if comma else end
        token = tokens[follow]
        unit = token.text in words.places["units"] and follow + 1 < len(tokens)
        dotted = unit and tokens[follow + 1].text == "."  # "Apt. 2B"
        if unit and (number := _number_end(tokens, follow + 1 + dotted, words)) is not None:
            end = number
        elif text != "." and line.text[token.start].isupper() and token.text not in words.places["stops"]:
            end = follow + 1
        else:
            break
    for after in range(end, min(end + _MAX_TO_ZIP, len(tokens))):
        if tokens[after].text in words.places["stops"] or tokens[after].text in (".", "?", "!"):
            break
        if re.fullmatch(r"\d{5}", tokens[after].text):
            return after + 1
    return end


def _answer_end(line: Line, first: int, words: Words) -> int | None:
    """Return where an answer such as "It's 12 The Larches, Leeds" ends: at a stop, or where another clause begins."""
    tokens = line.tokens
    in_flat = tokens[first].text in words.places["units"]  # "Flat 4, Rose Court": more than a house number
    index = _number_end(tokens, first + 1 if in_flat else first, words)
    if index is not None and in_flat and index + 1 < len(tokens) and tokens[index].text == ",":
        index += 1
    if index is None or index >= len(tokens) or not tokens[index].text.isalpha():
        return None
    if tokens[index].text in words.units or tokens[index].text in words.places["not_names"] - {"the"}:
        return None
    end = index
    while end < min(index + _MAX_ANSWER_WORDS, len(tokens)):
        text = tokens[end].text
        if text in words.places["stops"] or text in (".", "?", "!", ";"):
            break
        end += 1
    while end > index and not tokens[end - 1].text[-1].isalnum():
        end -= 1
    named = [token for token in tokens[index:end] if line.text[token.start].isupper()]
    # Recognition without capitals gives no other sign of an address than that little else is said.
    bare = end - index <= _MAX_BARE_WORDS and line.words_between(0, tokens[first].start) <= _MAX_BARE_LEAD
    return end if end > index and (named or bare) else None


def _number_end(tokens: Sequence[Token], first: int, words: Words) -> int | None:
    """Return the token after a house number: "42", "12b", "one twenty three", "forty-two"."""
    if first >= len(tokens):
        return None
    if re.fullmatch(r"\d{1,5}", tokens[first].text):
        suffix = first + 1 < len(tokens) and len(tokens[first + 1].text) == 1 and tokens[first + 1].text.isalpha()
        return first + 2 if suffix and tokens[first + 1].start == tokens[first].end else first + 1
    index = first
    while index < min(first + _MAX_NUMBER_WORDS, len(tokens)) and (
        any(tokens[index].text in spoken for spoken in (words.digits, words.teens, words.tens))
        or (index > first and tokens[index].text in ("-", words.hundred))
    ):
        index += 1
    return index if index > first else None
