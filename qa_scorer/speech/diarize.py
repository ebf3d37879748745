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

from qa_scorer.speech.clustering import find_voices, k_means, unit, viterbi
from qa_scorer.speech.embeddings import Embedder, embed
from qa_scorer.speech.segmentation import FRAME_S, RATE_HZ, Segmentation, segment
from qa_scorer.speech.tracks import activity, corrected_by_voice, frame_level_db, talking

WINDOW_S, HOP_S = 1.5, 0.75
SHARPNESS = 24.0  # weight of a cosine difference per second of speech against SWITCH
SWITCH, SWITCH_IN_SILENCE = 2.5, 0.5
VOICE_SHARPNESS = 12.0
ROUNDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Diarization:
    """Who talks, per frame of ``frame_s``: ``talks`` is (n_frames, n_speakers) bool, two at once where both do.

    ``likelihood`` is (n_frames, n_speakers), 0–1: how well each speaker explains the frame; words go by it.
    """

    frame_s: float
    talks: NDArray[np.bool_]
    likelihood: NDArray[np.float32]

    @property
    def n_speakers(self) -> int:
        """Return how many voices were told apart."""
        return int(self.talks.shape[1])


def diarize(
    samples: NDArray[np.float32], segmenter: Any, embedder: Embedder, speakers: int | None, *, transfer: bool = False
) -> Diarization:
    """Tell the voices of one channel (n,) at 16 kHz apart.

    ``speakers`` fixes their number; else one, two, or after a ``transfer`` three, by the evidence.
    """
    found = segment(samples, segmenter)
    speech = found.speech > 0.5
    at = _places(speech, len(samples))
    if speakers == 1 or len(at) < 4:
        return Diarization(frame_s=FRAME_S, talks=speech[:, None], likelihood=found.speech[:, None])
    x = _voices(samples, at, embedder)
    voices = k_means(x, speakers) if speakers else find_voices(x, _dialogue(found), third=transfer)
    if len(voices) == 1:
        return Diarization(frame_s=FRAME_S, talks=speech[:, None], likelihood=found.speech[:, None])
    score, path = _follow(x, at, voices, speech)
    active = corrected_by_voice(activity(found, score), score, path, speech)
    talks = talking(active, path, speech, frame_level_db(samples, len(speech)))
    return Diarization(frame_s=FRAME_S, talks=talks, likelihood=_likelihood(active, score, path))


def _dialogue(found: Segmentation) -> float:
    """Return the share of 10 s windows in which a second local speaker talks for a second or more."""
    seconds = np.sort((found.windows > 0.5).sum(axis=1) * FRAME_S, axis=1)
    return float((seconds[:, 1] > 1.0).mean())


def _likelihood(active: NDArray[np.float32], score: NDArray[np.float64], path: NDArray[np.intp]) -> NDArray[np.float32]:
    """Blend the segmentation's activity with the voice: activity is sharp in time, the voice is sure of the person."""
    exponent = np.exp(VOICE_SHARPNESS * (score - score.max(axis=1, keepdims=True)))
    voice = exponent / exponent.sum(axis=1, keepdims=True)
    on_path = np.eye(active.shape[1], dtype=np.float32)[path]
    blended: NDArray[np.float32] = (0.6 * active + 0.2 * voice + 0.2 * on_path).astype(np.float32)
    return blended


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
    x: NDArray[np.float32], at: NDArray[np.float64], voices: NDArray[np.float32], speech: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Alternate between the best path through time and the mean voice along it; return scores and path per frame."""
    time = np.arange(len(speech)) * FRAME_S
    switch = np.where(speech, SWITCH, SWITCH_IN_SILENCE)
    frame = np.minimum((at / FRAME_S).astype(int), len(speech) - 1)
    for _ in range(ROUNDS):
        cosine = x @ voices.T
        score = np.stack([np.interp(time, at, column) for column in cosine.T], axis=1)
        path = viterbi(score * (SHARPNESS * FRAME_S) * speech[:, None], switch)
        mine = path[frame]
        voices = unit(
            np.stack([x[mine == j].mean(axis=0) if (mine == j).any() else voice for j, voice in enumerate(voices)])
        )
    return score, path
