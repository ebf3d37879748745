"""What the recognizer hands over, before anyone judges it: passages of words with the recognizer's own doubts."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from qa_scorer.records import Word

LOOPING = 2.4  # gzip ratio above which Whisper's authors call a text a loop (Radford et al. 2022, 4.5)
DOUBTFUL = -1.0  # mean log probability below which they decode again (the same place)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """The words of one window. ``mean_log_probability`` is per token, ``no_speech`` the model's probability of none."""

    words: tuple[Word, ...]
    mean_log_probability: float
    no_speech: float

    @property
    def text(self) -> str:
        """Return the words as one string."""
        return " ".join(word.text for word in self.words)

    @property
    def loops(self) -> bool:
        """Tell whether the text repeats itself as no speaker does."""
        return compression_ratio(self.text) > LOOPING


def compression_ratio(text: str) -> float:
    """Return how many times smaller zlib makes the text: a measure of repetition."""
    raw = text.encode()
    return len(raw) / len(zlib.compress(raw)) if raw else 0.0
