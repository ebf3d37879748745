"""From the segmentation's local speakers to the voices of the call, and to edges that lie on sound. Pure numpy."""

from __future__ import annotations

from itertools import combinations, pairwise, product

import numpy as np
from numpy.typing import NDArray

from qa_scorer.speech.segmentation import FRAME_S, FRAME_SAMPLES, Segmentation, average
from qa_scorer.speech.windows import runs

# Cost, in seconds × cosine, of giving two local speakers to one voice: on close voices without it the confusion was
# 5.4 %, with 0.2 it was 1.2 %, and larger values gained nothing (measured on real telephone calls).
SAME_VOICE = 0.2
ACTIVE = 0.5
# Evidence, again in seconds × cosine, and length that it takes to correct the segmentation: confusion on two like
# voices fell from 12.6 to 0.1 % and 4.0 to 0 %; with 0.1 real calls lost, with 0.2 less was gained.
OTHER_VOICE, SHORTEST_CORRECTED_S = 0.15, 0.5
# Speech ends where sound falls this far under the level of speech, and pauses shorter than this stay within it.
QUIET_DB, EDGE_S, PAUSE_S = 30.0, 0.25, 0.4
ABOVE_NOISE_DB = 8.0


def activity(found: Segmentation, score: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return (n_frames, n_speakers): how active the segmentation believes each voice to be.

    Per window, every local speaker is given to the voice whose ``score`` is best where that local speaker talks alone.
    """
    n_frames, k = score.shape
    centred = score - score.mean(axis=1, keepdims=True)
    choices = list(product(range(k), repeat=3))

    def voices(i: int) -> NDArray[np.float32]:
        local = found.windows[i]
        mapping = _best_mapping(local, centred[found.first[i] : found.first[i] + len(local)], choices)
        given = np.zeros((len(local), k), dtype=np.float32)
        for speaker, voice in enumerate(mapping):
            given[:, voice] = np.maximum(given[:, voice], local[:, speaker])
        return given

    return average(found.first, n_frames, k, voices)


def _best_mapping(
    local: NDArray[np.float32], score: NDArray[np.float64], choices: list[tuple[int, ...]]
) -> tuple[int, ...]:
    local = local[: len(score)]
    alone = local * (local.sum(axis=1, keepdims=True) < 1.5)
    evidence = (alone.T @ score) * FRAME_S
    seconds = local.sum(axis=0) * FRAME_S

    def fit(mapping: tuple[int, ...]) -> float:
        shared = sum(min(seconds[a], seconds[b], 2.0) for a, b in combinations(range(3), 2) if mapping[a] == mapping[b])
        return float(sum(evidence[speaker, voice] for speaker, voice in enumerate(mapping)) - SAME_VOICE * shared)

    return max(choices, key=fit)


def corrected_by_voice(
    active: NDArray[np.float32], score: NDArray[np.float64], path: NDArray[np.intp], speech: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """Give stretches to the voice on the ``path`` where the segmentation took two like voices for one.

    The segmentation compares ten seconds only and runs similar voices together; the embeddings compare the whole call.
    """
    corrected = active.copy()
    leader = active.argmax(axis=1)
    for first, last in runs(speech & (leader != path) & (active.max(axis=1) > ACTIVE)):
        changes = np.flatnonzero(np.diff(path[first:last]) | np.diff(leader[first:last])) + first + 1
        for start, end in pairwise([first, *changes.tolist(), last]):
            voice, taken = path[start], leader[start]
            evidence = float((score[start:end, voice] - score[start:end, taken]).sum()) * FRAME_S
            if (end - start) * FRAME_S >= SHORTEST_CORRECTED_S and evidence > OTHER_VOICE:
                corrected[start:end, [voice, taken]] = active[start:end, [taken, voice]]
    return corrected


def talking(
    active: NDArray[np.float32], path: NDArray[np.intp], speech: NDArray[np.bool_], level_db: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Return (n_frames, n_speakers): who talks, two at once where both do.

    Speech without an active local speaker goes to the ``path``; edges move to where the sound begins and ends.
    """
    talks = active > ACTIVE
    nobody = speech & ~talks.any(axis=1)
    talks[nobody, path[nobody]] = True
    spoken = level_db[speech]
    if len(spoken) == 0:
        return talks
    loud = float(np.percentile(spoken, 75))
    quiet = min(max(loud - QUIET_DB, float(np.percentile(level_db, 10)) + ABOVE_NOISE_DB), loud - 15.0)
    return _without_pauses(_on_sound(talks, level_db >= quiet))


def frame_level_db(samples: NDArray[np.float32], n_frames: int) -> NDArray[np.float64]:
    """Return the level (dB) around each frame of the segmentation, over two of its steps."""
    steps = n_frames + 1
    padded = np.pad(samples[: steps * FRAME_SAMPLES], (0, max(0, steps * FRAME_SAMPLES - len(samples))))
    grid = padded.reshape(steps, FRAME_SAMPLES)
    energy = np.einsum("ij,ij->i", grid, grid, dtype=np.float64)
    decibels: NDArray[np.float64] = 10 * np.log10((energy[:-1] + energy[1:]) / (2 * FRAME_SAMPLES) + 1e-10)
    return decibels


def _on_sound(talks: NDArray[np.bool_], sounds: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Shrink each stretch to the sound within it, or let it grow into sound that nobody has."""
    moved = np.zeros_like(talks)
    free = sounds & ~talks.any(axis=1)
    reach = round(EDGE_S / FRAME_S)
    for speaker in range(talks.shape[1]):
        for first, last in runs(talks[:, speaker]):
            quiet = ~sounds[first:last]
            start = first + min(_leading(quiet), reach)
            end = last - min(_leading(quiet[::-1]), reach)
            if start == first:
                start -= _leading(free[max(0, first - reach) : first][::-1])
            if end == last:
                end += _leading(free[last : last + reach])
            moved[start:end, speaker] = True
    return moved


def _leading(mask: NDArray[np.bool_]) -> int:
    """Return how many true values come first."""
    return len(mask) if mask.all() else int(mask.argmin())


def _without_pauses(talks: NDArray[np.bool_]) -> NDArray[np.bool_]:
    filled = talks.copy()
    for speaker in range(talks.shape[1]):
        for first, last in runs(~talks[:, speaker]):
            if first > 0 and last < len(talks) and (last - first) * FRAME_S < PAUSE_S:
                filled[first:last, speaker] = True
    return filled
