"""Identifiers that mix letters and figures: IBANs, insurance and passport numbers, "policy number AB 123456"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa_scorer.redact.lines import Entity, Line, cues_before
from qa_scorer.redact.numbers import Token
from qa_scorer.redact.words import Words

# ISO 13616; the check digits are not asked for, since one misheard letter would break them.
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
# HMRC's form of a national insurance number.
_NATIONAL_INSURANCE = re.compile(r"\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b")
# A card number as systems show it, most figures hidden.
_MASKED_CARD = re.compile(r"(?:\b\d{4,6}[ -]?)?(?<![*xX•#])(?:[*xX•#]{2,6}[ -]?){1,3}\d{4}\b")
_KINDS = {"account": "account", "id": "id", "pin": "pin", "zip": "address"}
_SHORTEST = 5
_LONGEST_WORD = 5


def code_entities(lines: Sequence[Line], words: Words) -> list[Entity]:
    """Find identifiers by their form, and after a cue any reading of letters and figures."""
    entities: list[Entity] = []
    for index, line in enumerate(lines):
        for pattern, kind in ((_IBAN, "account"), (_NATIONAL_INSURANCE, "id"), (_MASKED_CARD, "card")):
            entities += [
                Entity(line=index, start=match.start(), end=match.end(), kind=kind)
                for match in pattern.finditer(line.text)
            ]
        position = 0
        while position < len(line.tokens):
            end, is_code = _read_code(line, position, words)
            if not is_code:
                position = max(end, position + 1)
                continue
            start, stop = _whole_words(line.text, line.tokens[position].start, line.tokens[end - 1].end)
            cues = cues_before(lines, index, start)[:1]
            entities += [
                Entity(line=index, start=start, end=stop, kind=_KINDS[cue.kind])
                for cue in cues
                if cue.strong and cue.kind in _KINDS
            ]
            position = end
    return entities


def _read_code(line: Line, first: int, words: Words) -> tuple[int, bool]:
    """Return the token after what is read from ``first`` on, and whether it has letters *and* figures."""
    tokens = line.tokens
    end = index = first
    letters = figures = 0
    while index < len(tokens):
        kind = _part(line, tokens[index], words, leads=index == first)
        if kind == "letters" and tokens[index].text in ("a", "i"):
            # "… four seven one, I think": a word of one letter is a letter only inside a reading.
            after = next((token for token in tokens[index + 1 : index + 3] if token.text.isalnum()), None)
            kind = kind if after and _part(line, after, words, leads=False) else None
        if kind is None:
            if index == first or tokens[index].text not in ("-", "/", ",", "."):
                break
        else:
            letters += kind == "letters"
            figures += len(tokens[index].text) if tokens[index].text.isdecimal() else kind == "figures"
            end = index + 1
        index += 1
    length = sum(1 if token.text in words.digits else len(token.text) for token in tokens[first:end])
    return end, bool(letters and figures >= 2 and length >= _SHORTEST)


def _whole_words(text: str, start: int, stop: int) -> tuple[int, int]:
    """Widen to the letters and figures that touch: a password is redacted whole or not at all."""
    while start and text[start - 1].isalnum():
        start -= 1
    while stop < len(text) and text[stop].isalnum():
        stop += 1
    return start, stop


def _part(line: Line, token: Token, words: Words, leads: bool) -> str | None:
    if token.text.isdecimal() or token.text in words.digits or token.text in words.repeats:
        return "figures"
    said = line.text[token.start : token.end]
    glued = line.text[token.end : token.end + 1].isdecimal() or line.text[max(0, token.start - 1)].isdecimal()
    # "AB 123456": letters of a code come first or touch its figures; in "port 80 MCC" they do neither.
    short = len(said) <= _LONGEST_WORD and (glued or (leads and said.isupper()))
    if said.isalpha() and (len(said) == 1 or short):
        return "letters"
    return None
