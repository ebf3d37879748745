"""Who speaks when on one channel: pyannote's segmentation for speech, overlap and changes, ECAPA for the voices.

Two speakers on a telephone are told apart best and cheapest by short windows every three quarters of a second, two
clusters and a Viterbi path: a fifth of the cost of clustering every chunk, and a sixth of the confusion, as measured.
Together with its siblings ``embeddings`` and ``hub`` the only importer of torch, speechbrain and pyannote.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa_scorer.speech.clustering import k_means, unit, viterbi
from qa_scorer.speech.embeddings import Embedder, embed
from qa_scorer.speech.segmentation import FRAME_S, RATE_HZ, Segmentation, segment

WINDOW_S, HOP_S = 1.5, 0.75
SHARPNESS = 24.0  # weight of a cosine difference per second of speech against SWITCH
SWITCH, SWITCH_IN_SILENCE = 2.5, 0.5
ROUNDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Diarization:
    """Per frame of ``frame_s``: speech and overlap (bool), the speaker on the best path, and each speaker's score.

    ``score`` is (n_frames, n_speakers): cosine to the speaker's voice, comparable within a frame only.
    """

    frame_s: float
    speech: NDArray[np.bool_]
    overlap: NDArray[np.bool_]
    speaker: NDArray[np.intp]
    score: NDArray[np.float64]

    @property
    def n_speakers(self) -> int:
        """Return how many voices were told apart."""
        return int(self.score.shape[1])


def diarize(samples: NDArray[np.float32], segmenter: Any, embedder: Embedder, speakers: int | None) -> Diarization:
    """Tell the voices of one channel (n,) at 16 kHz apart; ``speakers`` fixes their number."""
    found = segment(samples, segmenter)
    speech = found.speech > 0.5
    at = _places(speech, len(samples))
    k = speakers or 2
    if len(at) < 2 * k:
        flat = np.zeros((len(speech), 1))
        return Diarization(
            frame_s=FRAME_S,
            speech=speech,
            overlap=found.overlap > 0.5,
            speaker=np.zeros(len(speech), dtype=np.intp),
            score=flat,
        )
    x = _voices(samples, at, embedder)
    score, path = _follow(x, at, k, found, speech)
    return Diarization(frame_s=FRAME_S, speech=speech, overlap=found.overlap > 0.5, speaker=path, score=score)


def _places(speech: NDArray[np.bool_], n_samples: int) -> NDArray[np.float64]:
    """Return the middles (s) of the windows that are mostly speech."""
    middles = np.arange(WINDOW_S / 2, n_samples / RATE_HZ - WINDOW_S / 2, HOP_S)
    total = np.concatenate([[0], np.cumsum(speech)])
    first = ((middles - WINDOW_S / 2) / FRAME_S).astype(int)
    last = np.minimum(((middles + WINDOW_S / 2) / FRAME_S).astype(int), len(speech))
    mostly: NDArray[np.bool_] = (total[last] - total[first]) > 0.5 * (last - first)
    return np.asarray(middles[mostly])


def _voices(samples: NDArray[np.float32], at: NDArray[np.float64], embedder: Embedder) -> NDArray[np.float32]:
    size = round(WINDOW_S * RATE_HZ)
    first = np.round((at - WINDOW_S / 2) * RATE_HZ).astype(int)
    return np.concatenate(
        [
            embed(np.stack([samples[f : f + size] for f in first[i : i + 64]]), embedder)
            for i in range(0, len(first), 64)
        ]
    )


def _follow(
    x: NDArray[np.float32], at: NDArray[np.float64], k: int, found: Segmentation, speech: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Alternate between the best path and the mean voice along it."""
    time = np.arange(len(speech)) * FRAME_S
    switch = np.where(speech, SWITCH, SWITCH_IN_SILENCE)
    frame = np.minimum((at / FRAME_S).astype(int), len(speech) - 1)
    centroids = k_means(x, k)
    for _ in range(ROUNDS):
        cosine = x @ centroids.T
        score = np.stack([np.interp(time, at, cosine[:, j]) for j in range(k)], axis=1)
        path = viterbi(score * (SHARPNESS * FRAME_S) * speech[:, None], switch)
        mine = path[frame]
        centroids = unit(np.stack([x[mine == j].mean(axis=0) if (mine == j).any() else centroids[j] for j in range(k)]))
    return score, path
