"""How many words were heard wrong: the word error rate, after a normalisation that forgives spelling."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from qa_scorer.records import Role

_PIECE = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)*")
_FILLERS = frozenset(["um", "uh", "uhm", "erm", "er", "hmm", "hm", "mm", "mhm", "ah", "oh"])
_SAME = {
    "can't": "can not",
    "won't": "will not",
    "cannot": "can not",
    "ok": "okay",
    "alright": "all right",
    "mr": "mister",
    "mrs": "missus",
    "dr": "doctor",
}
_ENDINGS = {
    "n't": " not",
    "'re": " are",
    "'ve": " have",
    "'ll": " will",
    "'m": " am",
    "'d": " would",
    "'s": " is",
}
_SMALL = """zero one two three four five six seven eight nine ten
    eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"""
_ROUND = "twenty thirty forty fifty sixty seventy eighty ninety"
_UNITS = {word: value for value, word in enumerate(_SMALL.split())}
_TENS = {word: 10 * value for value, word in enumerate(_ROUND.split(), start=2)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Words of one side at one time; ``start`` in seconds."""

    role: Role
    start: float
    text: str


def word_error_rate(truth: Sequence[Said], heard: Sequence[Said]) -> float:
    """Return substitutions + deletions + insertions over the words that were said.

    Where two talk at once the words have no one order: they are compared in time order and side by side, and the
    smaller rate counts.
    """
    by_time = _rate(_words(_in_time(truth)), _words(_in_time(heard)))
    roles: tuple[Role, ...] = ("agent", "customer", "other", "unknown")
    by_side = _rate(
        [word for role in roles for word in _words(_in_time(truth), role)],
        [word for role in roles for word in _words(_in_time(heard), role)],
    )
    return min(by_time, by_side)


def normal_words(text: str) -> list[str]:
    """Return words without case, punctuation, fillers and contractions, numbers in digits."""
    words: list[str] = []
    for piece in _PIECE.findall(text.lower().replace("’", "'")):
        words += _spelled_out(piece)
    return _in_digits([word for word in words if word not in _FILLERS])


def _spelled_out(piece: str) -> list[str]:
    if piece[0].isdigit():
        return re.findall(r"\d+", piece)
    if piece in _SAME:
        return _SAME[piece].split()
    for ending, spelled in _ENDINGS.items():
        if piece.endswith(ending) and piece != ending:
            return (piece.removesuffix(ending) + spelled).split()
    return [piece.replace("'", "")]


def _in_digits(words: list[str]) -> list[str]:
    """Write number words in digits and digits one by one, so that "forty two" is "42" and "4 2"."""
    digits: list[str] = []  # a string adds itself digit by digit
    tens: int | None = None
    for word in words:
        unit = _UNITS.get(word)
        if tens is not None and unit is not None and 0 < unit < 10:
            digits += str(tens + unit)
            tens = None
            continue
        if tens is not None:
            digits += str(tens)
        tens = _TENS.get(word)
        if tens is None:
            digits += str(unit) if unit is not None else word if word.isdigit() else [word]
    return digits + (list(str(tens)) if tens is not None else [])


def _in_time(said: Sequence[Said]) -> list[Said]:
    return sorted(said, key=lambda turn: turn.start)


def _words(said: Sequence[Said], role: Role | None = None) -> list[str]:
    return normal_words(" ".join(turn.text for turn in said if role in (None, turn.role)))


def _rate(truth: list[str], heard: list[str]) -> float:
    return Levenshtein.distance(truth, heard) / max(1, len(truth))
