"""From words to turns: each word belongs to one speaker, and a turn lasts until the other one has the floor. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qa_scorer.records import Word

PAUSE_S = 2.0  # a silence that ends a turn even when the same speaker goes on
BACKCHANNEL_WORDS = 3  # "mm-hmm", "okay thank you": said while the other keeps the floor
NO_SPACES = frozenset(("zh", "ja", "th", "lo", "my", "yue", "km", "bo"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """Words of one speaker, before that speaker has a role."""

    speaker: str
    words: tuple[Word, ...]

    @property
    def start(self) -> float:
        """Return the time of the first word."""
        return self.words[0].start or 0.0

    @property
    def end(self) -> float:
        """Return the time at which the last word ends."""
        return max(word.end or 0.0 for word in self.words)


def utterances(words: Mapping[str, Sequence[Word]]) -> tuple[Utterance, ...]:
    """Return every speaker's utterances by start time.

    A speaker's words stay together until a pause of 2 s, or until somebody else says more than a back-channel.
    """
    pieces = [
        Utterance(speaker=speaker, words=tuple(group)) for speaker, said in words.items() for group in _groups(said)
    ]
    pieces.sort(key=lambda u: (u.start, u.end))
    return tuple(_joined(pieces))


def text(words: Sequence[Word], language: str | None = None) -> str:
    """Return the words as they are written in the language."""
    return ("" if language in NO_SPACES else " ").join(word.text for word in words)


def _groups(words: Sequence[Word], gap_s: float = 0.3) -> list[list[Word]]:
    """Split where there is any pause at all; what belongs together is joined afterwards."""
    groups: list[list[Word]] = []
    for word in sorted(words, key=lambda w: (w.start or 0.0, w.end or 0.0)):
        if groups and (word.start or 0.0) - (groups[-1][-1].end or 0.0) <= gap_s:
            groups[-1].append(word)
        else:
            groups.append([word])
    return groups


def _joined(pieces: Sequence[Utterance]) -> list[Utterance]:
    """Join a speaker's pieces unless a pause or the other's real words lie between them."""
    open_turn: dict[str, int] = {}
    turns: list[Utterance] = []
    for piece in pieces:
        index = open_turn.get(piece.speaker)
        if index is not None and _continues(turns[index], piece, turns[index + 1 :]):
            turns[index] = Utterance(speaker=piece.speaker, words=turns[index].words + piece.words)
        else:
            open_turn[piece.speaker] = len(turns)
            turns.append(piece)
    return turns


def _continues(turn: Utterance, piece: Utterance, later: Sequence[Utterance]) -> bool:
    if piece.start - turn.end > PAUSE_S:
        return False
    between = [other for other in later if other.speaker != turn.speaker and other.end > turn.end - 0.2]
    floor_lost = any(len(other.words) > BACKCHANNEL_WORDS or _asks(other) for other in between)
    return not floor_lost and (not between or not _finished(turn) or piece.start - turn.end < 0.6)


def _finished(turn: Utterance) -> bool:
    return turn.words[-1].text[-1:] in ".?!。？！"


def _asks(turn: Utterance) -> bool:
    return turn.words[-1].text[-1:] in "?？"
