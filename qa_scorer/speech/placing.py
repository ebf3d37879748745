"""From words aligned within a window to words of the recording, each lying on the voice that says it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from qa_scorer.records import Word
from qa_scorer.speech.windows import SPEECH_OFF, SPEECH_ON, Probabilities, Window, hysteresis

REACH_S = 0.8  # how far the alignment errs across a cut between two pieces
SHORTEST_S = 0.06
MOST_MOVED = 3  # words; more than that in a row were said where they lie, and the voice detector is wrong

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Aligned:
    """A word as the recognizer aligned it: ``text`` with its leading space, times (s) within the window."""

    text: str
    start: float
    end: float
    probability: float


def place_words(
    aligned: Sequence[Aligned], window: Window, voice: Probabilities, frame_s: float, *, spaced: bool = True
) -> tuple[Word, ...]:
    """Return the words with times in the recording.

    Cross-attention times err at pauses: a first word is often laid before the pause, a last one stretched over it.
    So a word without voice moves to the nearest voice, and one too long shrinks to the voice in it.
    """
    heard = _window_voice(window, hysteresis(voice, SPEECH_ON, SPEECH_OFF), frame_s)
    words = _whole_words(aligned) if spaced else [item for item in aligned if item.text.strip()]
    lengths = [item.end - item.start for item in words if item.end > item.start]
    # the bound faster-whisper puts on words at sentence ends, here on every word: twice the median, at most 1.4 s
    longest = max(0.4, 2 * min(0.7, float(np.median(lengths)))) if lengths else 0.7
    timed = [_trimmed(item, heard, frame_s, longest) for item in words]
    times = _with_neighbours(timed, [_is_voiced(item, heard, frame_s) for item in words])
    placed = []
    for item, time in zip(words, times, strict=True):
        start, end = window.place(*time)
        placed.append(
            Word(
                text=item.text.strip(),
                start=round(start, 3),
                end=round(max(end, start), 3),
                confidence=round(item.probability, 4),
            )
        )
    return tuple(placed)


def _whole_words(aligned: Sequence[Aligned]) -> list[Aligned]:
    """Join what is written without a space: "high" + "-end", "a" + ".m."."""
    words: list[Aligned] = []
    for item in aligned:
        if not item.text.strip():
            continue
        if words and not item.text[0].isspace():
            last = words[-1]
            probability = min(last.probability, item.probability)
            words[-1] = replace(last, text=last.text + item.text, end=max(last.end, item.end), probability=probability)
        else:
            words.append(item)
    return words


def _window_voice(window: Window, speech: Mask, frame_s: float) -> Mask:
    """Return which frames of the window are speech."""
    time = np.concatenate([np.arange(p.start, p.end, frame_s) for p in window.pieces])
    heard: Mask = speech[np.minimum((time / frame_s).astype(int), len(speech) - 1)]
    return heard


def _frames(item: Aligned, heard: Mask, frame_s: float) -> tuple[int, int]:
    first = min(int(item.start / frame_s), len(heard) - 1)
    return first, min(max(first + 1, round(item.end / frame_s)), len(heard))


def _is_voiced(item: Aligned, heard: Mask, frame_s: float) -> bool:
    first, last = _frames(item, heard, frame_s)
    return bool((heard[first:last]).any())


def _trimmed(item: Aligned, heard: Mask, frame_s: float, longest: float) -> tuple[float, float]:
    """Return the times of a word, shrunk to the voice within when it is too long for a word."""
    if item.end - item.start <= longest:
        return item.start, item.end
    first, last = _frames(item, heard, frame_s)
    voiced = np.flatnonzero(heard[first:last])
    if len(voiced) == 0:
        return item.end - longest, item.end
    start = max(item.start, (first + int(voiced[0])) * frame_s)
    end = min(item.end, (first + int(voiced[-1]) + 1) * frame_s)
    return (max(start, end - longest), end) if end > start else (item.start, item.start + longest)


def _with_neighbours(times: list[tuple[float, float]], voiced: list[bool]) -> list[tuple[float, float]]:
    """Give words laid on silence a share of the time of the voiced word beside them; the order of words stays."""
    moved = list(times)
    i = 0
    while i < len(times):
        if voiced[i]:
            i += 1
            continue
        j = i
        while j < len(times) and not voiced[j]:
            j += 1
        before = times[i][0] - times[i - 1][1] if i else np.inf
        after = times[j][0] - times[j - 1][1] if j < len(times) else np.inf
        if j - i > MOST_MOVED:
            i = j
            continue
        # laid too early far more often than too late: alignment waits in the pause before a word
        if after <= REACH_S and after <= 2 * before:
            moved[i : j + 1] = _shared(j - i + 1, times[j])
        elif before <= REACH_S:
            moved[i - 1 : j] = _shared(j - i + 1, moved[i - 1])
        i = j
    return moved


def _shared(count: int, time: tuple[float, float]) -> list[tuple[float, float]]:
    edges = np.linspace(time[0], max(time[1], time[0] + SHORTEST_S * count), count + 1)
    return [(float(a), float(b)) for a, b in pairwise(edges)]
