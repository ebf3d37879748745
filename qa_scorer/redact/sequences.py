"""Card, account, ID and telephone numbers, read in one breath or in chunks over several turns.

Numbers that follow each other with little else between form a chain, whoever says them: the customer reads a group,
the agent repeats it. A chain is judged as a whole: by what was asked for, what it is called, length and check digit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa_scorer.redact.lines import Cue, Entity, Line, cues_after, cues_before, cues_within, words_within
from qa_scorer.redact.numbers import NumberRun, is_year

# How many digits a number of a kind has, after a strong cue and after a weak one (ISO/IEC 7812 for cards, E.164 for
# telephones; short account numbers and "the last four" are common on the telephone).
_LENGTHS = {
    ("card", True): (4, 19),
    ("card", False): (12, 19),
    ("cvv", True): (3, 4),
    ("pin", True): (4, 8),
    ("account", True): (4, 24),
    ("account", False): (6, 24),
    ("id", True): (4, 20),
    ("phone", True): (6, 15),
    ("phone", False): (7, 15),
    ("zip", True): (4, 9),
    ("birth", True): (4, 8),
}
_TAGS = {"cvv": "card", "zip": "address", "birth": "date_of_birth"}
_CARD_LENGTHS = range(13, 20)
# How telephone numbers are grouped when they are written: digits a group.
_PHONE_SHAPES = frozenset(
    {
        *((3, 3, 4), (1, 3, 3, 4), (3, 7), (6, 4), (1, 10), (10,), (1, 3, 7), (3, 4), (5, 6), (5, 3, 3), (4, 3, 4)),
        *((4, 6), (4, 7), (3, 4, 4), (3, 3, 3), (2, 4, 6), (2, 2, 4, 4), (2, 4, 3, 3), (2, 2, 2, 2, 2), (3, 3, 2, 2)),
    }
)
_TOLL_FREE = ("1800", "1888", "1877", "1866", "1855", "1844", "1833", "800", "888", "877", "866", "855", "844", "833")
_TOLL_FREE_ABROAD = ("0800", "0808", "1300", "0300", "0330", "0345")
_MAX_WORDS_BETWEEN = 10
_MAX_WORDS_BESIDE = 2
_MAX_LEAD_WORDS = 4
_MAX_TURNS_BETWEEN = 3
_MAX_WORDS_BESIDE_ONE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """A number and where it was said."""

    line: int
    run: NumberRun

    @property
    def start(self) -> tuple[int, int]:
        return self.line, self.run.start

    @property
    def end(self) -> tuple[int, int]:
        return self.line, self.run.end


def number_entities(lines: Sequence[Line]) -> list[Entity]:
    """Find the numbers that identify somebody, and their repetitions anywhere in the call."""
    entities: list[Entity] = []
    known: dict[str, str] = {}
    left: list[_Said] = []
    for chain in _chains(lines):
        for group, kind in _judged(lines, chain):
            if kind is None:
                left += group
                continue
            entities += [_entity(lines, said, kind) for said in group]
            for digits in _digits_by_side(lines, group).values():
                known[digits] = kind
    for said in left:
        digits = said.run.digits
        if len(digits) >= 4 and not all(map(is_year, said.run.chunks)):
            kind = next((kind for number, kind in known.items() if _repeats(digits, number)), None)
            entities += [_entity(lines, said, kind)] if kind else []
    return entities


def _repeats(digits: str, known: str) -> bool:
    """Tell a part of a known number, or a reading that holds it: "312-555014 … 312-555-0142"."""
    return digits in known or (len(known) >= 7 and known in digits)


def passes_luhn(digits: str) -> bool:
    """Check a card number's last digit (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _entity(lines: Sequence[Line], said: _Said, kind: str) -> Entity:
    text, start = lines[said.line].text, said.run.start
    while start and text[start - 1] in "+(":
        start -= 1
    return Entity(line=said.line, start=start, end=said.run.end, kind=kind)


def _chains(lines: Sequence[Line]) -> Iterator[list[_Said]]:
    chain: list[_Said] = []
    for index, line in enumerate(lines):
        for run in line.runs:
            if len(run.digits) == 1 and line.words_between(0, len(line.text)) > _MAX_WORDS_BESIDE_ONE:
                continue  # "the one with": a lone digit is a part of a number only where little else is said
            if any(cue.start <= run.start and run.end <= cue.end for cue in line.cues):
                continue  # "the sixteen digits on the front"
            said = _Said(line=index, run=run)
            if chain and not _continues(lines, chain, said):
                yield chain
                chain = []
            chain.append(said)
    if chain:
        yield chain


def _continues(lines: Sequence[Line], chain: Sequence[_Said], said: _Said) -> bool:
    last = chain[-1]
    if said.line - last.line > _MAX_TURNS_BETWEEN:
        return False
    if any(_turns_away(line) for line in lines[last.line + 1 : said.line]):
        return False
    if said.line == last.line:
        beside, allowed = lines[said.line].words_between(last.run.end, said.run.start), _MAX_WORDS_BESIDE
    else:
        beside, allowed = lines[said.line].words_between(0, said.run.start), _MAX_LEAD_WORDS
    if beside > allowed or words_within(lines, last.end, said.start) > _MAX_WORDS_BETWEEN:
        return False
    if beside and all(map(is_year, said.run.chunks)) and {len(chunk) for chunk in last.run.chunks} != {4}:
        return False  # "you joined in 2019"
    between = {cue.kind for cue in cues_within(lines, last.end, said.start)}
    if not between:
        return True
    begun = {cue.kind for cue in cues_before(lines, chain[0].line, chain[0].run.start)[:1]}
    return between <= begun and said.line != last.line


def _turns_away(line: Line) -> bool:
    """Tell a question about something else from "Yes?" and from "Four five three two?"."""
    return "?" in line.text and not line.runs and not line.cues and line.words_between(0, len(line.text)) > 3


def _judged(lines: Sequence[Line], chain: list[_Said]) -> Iterator[tuple[list[_Said], str | None]]:
    """Judge a chain as one number; where that makes none, each of its numbers by itself."""
    kind = _kind(lines, chain)
    if kind is not None or len(chain) == 1:
        yield chain, kind
        return
    for said in chain:
        yield [said], _kind(lines, [said])


def _kind(lines: Sequence[Line], chain: Sequence[_Said]) -> str | None:
    digits = max(_digits_by_side(lines, chain).values(), key=len)
    chunks = [chunk for said in chain for chunk in said.run.chunks]
    before = cues_before(lines, chain[0].line, chain[0].run.start)
    after = cues_after(lines, chain[-1].line, chain[-1].run.end)
    if _is_card(lines, chain, digits, before):
        return "card"
    if is_public(lines[chain[0].line], digits):
        return None
    for cue in (*before, *after):
        if cue.kind == "thing" and cue in before[:1]:
            return None
        if _fits(cue, digits) and not _is_only_a_year(chunks, cue, cue in lines[chain[0].line].cues):
            return _TAGS.get(cue.kind, cue.kind)
    if any(cue.kind == "thing" for cue in (*before, *after)):
        return None
    return _by_shape(lines, chain, digits)


def _fits(cue: Cue, digits: str) -> bool:
    shortest, longest = _LENGTHS.get((cue.kind, cue.strong), (1, 0))
    return shortest <= len(digits) <= longest


def _is_only_a_year(chunks: Sequence[str], cue: Cue, same_line: bool) -> bool:
    return len(chunks) == 1 and is_year(chunks[0]) and cue.kind != "birth" and not same_line


def _is_card(lines: Sequence[Line], chain: Sequence[_Said], digits: str, before: Sequence[Cue]) -> bool:
    """Tell card numbers: the right length and check digit, or nearly so where a card is spoken of.

    One digit misheard breaks the check digit, so 13–19 digits in a payment count as a card all the same.
    """
    if all(is_year(chunk) for said in chain for chunk in said.run.chunks):
        return False
    if len(digits) > _CARD_LENGTHS[-1]:  # an expiry date or security code was read right behind it
        return any(passes_luhn(digits[:length]) for length in (16, 15)) and digits[0] in "3456"
    if len(digits) not in _CARD_LENGTHS:
        return False
    if digits[0] in "23456" and passes_luhn(digits):
        return True
    if any(cue.kind == "thing" or (cue.kind in ("account", "id") and cue.strong) for cue in before[:1]):
        return False
    first = max(0, chain[0].line - 6)
    paying = any(cue.kind in ("card", "cvv") for line in lines[first : chain[-1].line + 2] for cue in line.cues)
    return paying or (len(digits) == 16 and digits[0] in "3456")


def is_public(line: Line, digits: str) -> bool:
    """Tell the free numbers a company's agents give out."""
    toll_free = (len(digits) in (10, 11) and digits.startswith(_TOLL_FREE)) or digits.startswith(_TOLL_FREE_ABROAD)
    return toll_free and line.role == "agent" and len(digits) >= 10


def _by_shape(lines: Sequence[Line], chain: Sequence[_Said], digits: str) -> str | None:
    """Judge a number that nothing near it explains."""
    single = sum(said.run.single_words for said in chain)
    if single >= 7 and single >= len(digits) - 2 and digits not in "0123456789":
        return "phone" if len(digits) in (7, 10, 11) else "account"
    if len(chain) > 1:
        return None
    run = chain[0].run
    shape = tuple(len(chunk) for chunk in run.chunks)
    text = lines[chain[0].line].text[max(0, run.start - 2) : run.end]
    if shape == (3, 2, 4) and text.count("-") == 2:
        return "id"
    international = "+" in text[:2] and 8 <= len(digits) <= 15
    grouped = shape in _PHONE_SHAPES and ("-" in text or (len(digits) >= 9 and shape != (3, 3, 3)))
    # read twice and misheard once, a number has no shape left: "312-555-014 312-555-0142"
    garbled = "-" in text and len(digits) >= 9
    if international or grouped or garbled or (shape == (11,) and digits[0] in "01"):
        return "phone"
    return "account" if len(shape) == 1 and len(digits) >= 9 else None


def _digits_by_side(lines: Sequence[Line], chain: Sequence[_Said]) -> dict[str, str]:
    by_side: dict[str, str] = defaultdict(str)
    for said in chain:
        by_side[lines[said.line].side] += said.run.digits
    return {side: _once(digits) for side, digits in by_side.items()}


def _once(digits: str) -> str:
    """Return a number as it is when it was read twice in a row; sixteen digits may repeat and are one card."""
    half = digits[: len(digits) // 2]
    return half if len(half) >= 9 and half * 2 == digits else digits
