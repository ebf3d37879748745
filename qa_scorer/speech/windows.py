"""Where speech is, cut into windows the recognizer can take, and the way back to the time of the recording. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa_scorer.records import Span

WINDOW_S = 30.0  # what Whisper hears at once (Radford et al. 2022, 2.1)
# Measured on telephone calls: the default threshold 0.5 lost speech on quiet sides; 0.35 with long pads lost none.
SPEECH_ON, SPEECH_OFF = 0.35, 0.2
MIN_SILENCE_S, PAD_S, MIN_SPEECH_S = 0.5, 0.4, 0.1
# How far beside a region its speech may go on unnoticed, and what counts as going on: within 15 dB of the loud half of
# the speech, where a telephone's own noise and the other side's cross-talk (-20 dB) are not.
REACH_S, AS_LOUD_DB, SPEECH_LEVEL_PERCENTILE, DIP_FRAMES = 1.2, 15.0, 75, 3

Probabilities = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Pieces of one channel, heard together: ``pieces`` in order, at most 30 s in all."""

    pieces: tuple[Span, ...]

    @property
    def duration(self) -> float:
        """Return the length of the pieces together, in seconds."""
        return sum(piece.end - piece.start for piece in self.pieces)

    def cut(self, samples: NDArray[np.float32], rate_hz: int) -> NDArray[np.float32]:
        """Return the samples of the pieces one after the other."""
        return np.concatenate([samples[round(p.start * rate_hz) : round(p.end * rate_hz)] for p in self.pieces])

    def place(self, start: float, end: float) -> tuple[float, float]:
        """Return the times in the recording of a stretch of the window; it stays within the piece of its middle."""
        middle, passed = (start + end) / 2, 0.0
        for piece in self.pieces:
            length = piece.end - piece.start
            if middle <= passed + length or piece is self.pieces[-1]:
                shift = piece.start - passed
                return (
                    min(max(start + shift, piece.start), piece.end),
                    min(max(end + shift, piece.start), piece.end),
                )
            passed += length
        raise ValueError("a window without pieces has no time")


def speech_regions(probability: Probabilities, frame_s: float, duration_s: float) -> tuple[Span, ...]:
    """Return padded stretches of speech, none longer than a window; a long one is cut where speech is least likely."""
    on = hysteresis(probability, SPEECH_ON, SPEECH_OFF)
    raw = [(a * frame_s, b * frame_s) for a, b in runs(on) if (b - a) * frame_s >= MIN_SPEECH_S]
    padded = [Span(start=max(0.0, a - PAD_S), end=min(duration_s, b + PAD_S)) for a, b in raw]
    joined = join(padded, MIN_SILENCE_S - PAD_S)
    return tuple(part for region in joined for part in _split_long(region, probability, frame_s))


def reach_out(
    regions: Sequence[Span], loudness_db: NDArray[np.float32], frame_s: float, duration_s: float
) -> tuple[Span, ...]:
    """Lengthen regions over neighbouring sound as loud as their speech: the detector wakes late on some voices.

    ``loudness_db`` is the level per frame. Joins what meets; none becomes longer than a window's speech allows.
    """
    inside = np.concatenate([loudness_db[_frames(region, frame_s)] for region in regions] or [loudness_db[:0]])
    if not len(inside):
        return tuple(regions)
    as_loud = loudness_db >= np.percentile(inside, SPEECH_LEVEL_PERCENTILE) - AS_LOUD_DB
    widened = [_widened(region, as_loud, frame_s, duration_s) for region in regions]
    joined: list[Span] = []
    for span in widened:
        if joined and span.start <= joined[-1].end and span.end - joined[-1].start <= WINDOW_S:
            joined[-1] = Span(start=joined[-1].start, end=max(span.end, joined[-1].end))
        elif joined and span.start < joined[-1].end:
            joined.append(Span(start=joined[-1].end, end=max(span.end, joined[-1].end)))
        else:
            joined.append(span)
    return tuple(span for span in joined if span.end > span.start)


def _frames(span: Span, frame_s: float) -> slice:
    return slice(int(span.start / frame_s), max(int(span.start / frame_s) + 1, int(span.end / frame_s)))


def _widened(region: Span, as_loud: NDArray[np.bool_], frame_s: float, duration_s: float) -> Span:
    frames = _frames(region, frame_s)
    room = min(int(REACH_S / frame_s), max(0, int((WINDOW_S - (region.end - region.start)) / 2 / frame_s)))
    before = as_loud[max(0, frames.start - room) : frames.start][::-1]
    after = as_loud[frames.stop : frames.stop + room]
    start = region.start - _loud_run(before) * frame_s
    end = region.end + _loud_run(after) * frame_s
    return Span(start=max(0.0, start), end=min(duration_s, end))


def _loud_run(as_loud: NDArray[np.bool_]) -> int:
    """Return how many frames from the first on are loud, dips of up to ``DIP_FRAMES`` frames not counted as ends."""
    last = 0
    for i in np.flatnonzero(as_loud):
        if i - last > DIP_FRAMES:
            break
        last = int(i) + 1
    return last


def hysteresis(probability: Probabilities, on: float, off: float) -> NDArray[np.bool_]:
    """Switch on at ``on`` and off again below ``off``."""
    state = np.where(probability >= on, 1, np.where(probability < off, 0, -1))
    decided = np.where(state >= 0, np.arange(len(state)), -1)
    last = np.maximum.accumulate(decided) if len(state) else decided
    switched: NDArray[np.bool_] = (last >= 0) & (state[np.maximum(last, 0)] == 1)
    return switched


def runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return (first, one past last) of every run of true frames."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def join(spans: Iterable[Span], gap_s: float) -> list[Span]:
    """Join neighbours less than ``gap_s`` apart (or overlapping)."""
    joined: list[Span] = []
    for span in sorted(spans, key=lambda s: s.start):
        if joined and span.start - joined[-1].end <= gap_s:
            joined[-1] = Span(start=joined[-1].start, end=max(span.end, joined[-1].end), kind=span.kind)
        else:
            joined.append(span)
    return joined


def _split_long(region: Span, probability: Probabilities, frame_s: float) -> list[Span]:
    parts, start = [], region.start
    while region.end - start > WINDOW_S:
        first = round((start + WINDOW_S / 2) / frame_s)
        last = round((start + WINDOW_S) / frame_s)
        stretch = probability[first:last]
        # the middle of five quiet frames rather than one dip inside a word
        smooth = np.convolve(stretch, np.ones(5) / 5, mode="same") if len(stretch) >= 5 else stretch
        cut = (first + int(smooth.argmin())) * frame_s if len(smooth) else start + WINDOW_S
        parts.append(Span(start=start, end=cut))
        start = cut
    return [*parts, Span(start=start, end=region.end)]


def pack(regions: Sequence[Span], longest_s: float = WINDOW_S) -> list[Window]:
    """Fill windows with regions in order: fewer windows mean less work, and no time is lost on silence."""
    windows: list[list[Span]] = []
    filled = longest_s + 1
    for region in regions:
        length = region.end - region.start
        if filled + length > longest_s:
            windows.append([])
            filled = 0.0
        windows[-1].append(region)
        filled += length
    return [Window(pieces=tuple(pieces)) for pieces in windows]
