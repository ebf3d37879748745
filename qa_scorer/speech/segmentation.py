"""pyannote's segmentation-3.0 through ONNX Runtime: who of up to three local speakers talks, ten seconds at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 16_000
FRAME_SAMPLES = 270  # the model's output step
FRAME_S = FRAME_SAMPLES / RATE_HZ
WINDOW = 10 * RATE_HZ
HOP = 5 * RATE_HZ
BATCH = 8
# Powerset classes of the model (Plaquet & Bredin, Interspeech 2023): nobody, 1, 2, 3, 1+2, 1+3, 2+3.
SETS = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 0, 1], [0, 1, 1]], dtype=np.float32)

Frames = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Segmentation:
    """What the windows say: ``windows`` is (n_windows, n_frames, 3), the activity of each window's own local speakers.

    ``first`` is the frame of the recording at which each window begins; ``speech`` is the probability of speech per
    frame of the recording, in steps of ``FRAME_S``.
    """

    windows: Frames
    first: tuple[int, ...]
    speech: Frames


def load_segmenter(path: Path, threads: int) -> Any:
    """Open the ONNX model."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def segment(samples: Frames, session: Any) -> Segmentation:
    """Run 10 s windows every 5 s over samples (n,) at 16 kHz."""
    starts = list(range(0, max(len(samples) - WINDOW, 0) + HOP, HOP))
    name = session.get_inputs()[0].name
    active, speech = [], []
    for i in range(0, len(starts), BATCH):
        batch = np.stack([_window(samples, start) for start in starts[i : i + BATCH]])[:, None]
        p = np.exp(session.run(None, {name: batch})[0])
        active.append((p @ SETS).astype(np.float32))
        speech.append(1 - p[:, :, :1])
    first = tuple(round(start / RATE_HZ / FRAME_S) for start in starts)
    n_frames = int(len(samples) / RATE_HZ / FRAME_S) + 1
    talked = np.concatenate(speech)
    return Segmentation(
        windows=np.concatenate(active), first=first, speech=average(first, n_frames, 1, lambda i: talked[i])[:, 0]
    )


def average(first: tuple[int, ...], n_frames: int, width: int, window: Callable[[int], Frames]) -> Frames:
    """Average overlapping windows (n, width) into (n_frames, width); a window's middle counts more than its edges."""
    total = np.zeros((n_frames, width), dtype=np.float32)
    count = np.full(n_frames, 1e-6, dtype=np.float32)
    for i, start in enumerate(first):
        values = window(i)[: n_frames - start]
        weight = np.hamming(len(window(i))).astype(np.float32)[: len(values)]
        total[start : start + len(values)] += values * weight[:, None]
        count[start : start + len(values)] += weight
    averaged: Frames = total / count[:, None]
    return averaged


def _window(samples: Frames, start: int) -> Frames:
    piece = samples[start : start + WINDOW]
    padded: Frames = np.pad(piece, (0, WINDOW - len(piece)))
    return padded
