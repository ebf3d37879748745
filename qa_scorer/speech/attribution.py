"""Words to speakers, one by one: the voice under each word against how unlikely a change is just there. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from qa_scorer.records import Word
from qa_scorer.speech.clustering import viterbi

# Log-odds against a change of speaker between two words. Recognized word times err by 0.1–0.2 s, so that at a change
# the voice alone misplaces a word; the end of a sentence and a pause say where the change can be.
WITHIN_SENTENCE, AFTER_SENTENCE = 2.5, 0.6
PAUSE_S, LONG_PAUSE_S = 0.25, 0.8
AFTER_PAUSE, AFTER_LONG_PAUSE = 0.5, 0.15  # factors
FLOOR = 0.05  # no frame is ever certain
EVIDENCE_PER_S, LEAST_EVIDENCE = 6.0, 0.8


def assign_words(words: Sequence[Word], likelihood: NDArray[np.float32], frame_s: float) -> dict[str, tuple[Word, ...]]:
    """Give every word to one speaker; ``likelihood`` (n_frames, n_speakers) is the diarization's."""
    if not words:
        return {}
    score = np.stack([_evidence(word, likelihood, frame_s) for word in words])
    against = np.array([0.0, *(_against_change(a, b) for a, b in pairwise(words))])
    given: dict[str, list[Word]] = {}
    for word, speaker in zip(words, viterbi(score, against), strict=True):
        given.setdefault(f"speaker_{speaker}", []).append(word)
    return {label: tuple(said) for label, said in sorted(given.items())}


def _evidence(word: Word, likelihood: NDArray[np.float32], frame_s: float) -> NDArray[np.float64]:
    """Return the log-likelihood of each speaker: more from a long word than from a short one."""
    start, end = word.start or 0.0, word.end or 0.0
    first = min(int(start / frame_s), len(likelihood) - 1)
    frames = likelihood[first : max(first + 1, round(end / frame_s))]
    share = frames.sum(axis=0) + FLOOR * len(frames)
    evidence: NDArray[np.float64] = np.log(share / share.sum()) * (LEAST_EVIDENCE + EVIDENCE_PER_S * (end - start))
    return evidence


def _against_change(before: Word, after: Word) -> float:
    pause = (after.start or 0.0) - (before.end or 0.0)
    cost = AFTER_SENTENCE if before.text[-1:] in ".?!。？！" else WITHIN_SENTENCE
    if pause >= LONG_PAUSE_S:
        return cost * AFTER_LONG_PAUSE
    return cost * AFTER_PAUSE if pause >= PAUSE_S else cost
