"""Which part of a recognition deserves a second look, and which of two hearings to keep. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from qa_scorer.records import Span
from qa_scorer.speech.passages import DOUBTFUL, Passage
from qa_scorer.speech.windows import SPEECH_OFF, SPEECH_ON, Probabilities, Window, hysteresis, join, runs

SHORTEST_GAP_S = 1.5  # voice without a word: longer than any hesitation, shorter than a lost sentence
CONTEXT_S = 0.4
LONGEST_GAP_S = 28.0
LEAST_VOICED_S, LEAST_WORDS_PER_S = 3.0, 1.5


def doubtful(passage: Passage) -> bool:
    """Tell whether Whisper's own measures ask for another decoding: a loop, or a low mean probability."""
    return bool(passage.words) and (passage.loops or passage.mean_log_probability < DOUBTFUL)


def sparse(passage: Passage, window: Window, voice: Probabilities, frame_s: float) -> bool:
    """Tell whether a window holds far less text than its speech can: people say two to three words a second."""
    frames = [voice[int(piece.start / frame_s) : int(piece.end / frame_s) + 1] for piece in window.pieces]
    voiced_s = sum(int((piece >= SPEECH_ON).sum()) for piece in frames) * frame_s
    return voiced_s >= LEAST_VOICED_S and len(passage.words) < LEAST_WORDS_PER_S * voiced_s


def missing(passages: Sequence[Passage], voice: Probabilities, frame_s: float, duration_s: float) -> tuple[Span, ...]:
    """Return stretches with voice but no word, to be heard once more by themselves."""
    voiced = hysteresis(voice, SPEECH_ON, SPEECH_OFF)
    for passage in passages:
        for word in passage.words:
            if word.start is not None and word.end is not None:
                voiced[int((word.start - 0.2) / frame_s) : int((word.end + 0.2) / frame_s) + 1] = False
    spans = join((Span(start=a * frame_s, end=b * frame_s) for a, b in runs(voiced)), 0.3)
    gaps = []
    for span in spans:
        share = float(
            np.mean(voiced[int(span.start / frame_s) : max(int(span.end / frame_s), int(span.start / frame_s) + 1)])
        )
        if share * (span.end - span.start) >= SHORTEST_GAP_S:
            start = max(0.0, span.start - CONTEXT_S)
            gaps.append(Span(start=start, end=min(duration_s, span.end + CONTEXT_S, start + LONGEST_GAP_S)))
    return tuple(gaps)


def second_choice(passages: Sequence[Passage], again: Passage) -> list[Passage]:
    """Add what the second hearing found where there was nothing, if it is plausible by itself."""
    kept = [passage for passage in passages if passage.words]
    if doubtful(again) or again.no_speech > 0.8:
        return kept
    words = tuple(
        word
        for word in again.words
        if word.start is not None and word.end is not None and not _taken(kept, word.start, word.end)
    )
    return [*kept, replace(again, words=words)] if words else kept


def _taken(passages: Sequence[Passage], start: float, end: float) -> bool:
    middle = (start + end) / 2
    return any(
        word.start is not None and word.end is not None and word.start - 0.05 <= middle <= word.end + 0.05
        for passage in passages
        for word in passage.words
    )
