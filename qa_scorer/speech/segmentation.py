"""pyannote's segmentation-3.0 through ONNX Runtime: who of up to three local speakers talks, ten seconds at a time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 16_000
FRAME_S = 270 / RATE_HZ  # the model's output step
WINDOW = 10 * RATE_HZ
HOP = 5 * RATE_HZ
BATCH = 8
# Powerset classes of the model (Plaquet & Bredin, Interspeech 2023): nobody, 1, 2, 3, 1+2, 1+3, 2+3.
SETS = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 0, 1], [0, 1, 1]], dtype=np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segmentation:
    """Per frame of ``FRAME_S``: probability of speech, of two voices at once, and of a change of speaker."""

    speech: NDArray[np.float32]
    overlap: NDArray[np.float32]
    change: NDArray[np.float32]


def load_segmenter(path: Path, threads: int) -> Any:
    """Open the ONNX model."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def segment(samples: NDArray[np.float32], session: Any) -> Segmentation:
    """Run 10 s windows every 5 s and average; samples are (n,) at 16 kHz."""
    n_frames = int(len(samples) / RATE_HZ / FRAME_S) + 1
    total = np.zeros((n_frames, 3), dtype=np.float32)
    count = np.zeros(n_frames, dtype=np.float32)
    starts = list(range(0, max(len(samples) - WINDOW, 0) + HOP, HOP))
    name = session.get_inputs()[0].name
    for i in range(0, len(starts), BATCH):
        batch = np.stack([_window(samples, start) for start in starts[i : i + BATCH]])[:, None]
        for start, log_p in zip(starts[i : i + BATCH], session.run(None, {name: batch})[0], strict=True):
            p = np.exp(log_p)
            first = round(start / RATE_HZ / FRAME_S)
            size = min(len(p), n_frames - first)
            active = p @ SETS
            measures = np.stack([1 - p[:, 0], p[:, 4:].sum(axis=1), _change(active)], axis=1)[:size]
            # the middle of a window knows more than its edges
            weight = np.hamming(len(p)).astype(np.float32)[:size]
            total[first : first + size] += measures * weight[:, None]
            count[first : first + size] += weight
    mean = (total / np.maximum(count, 1e-6)[:, None]).astype(np.float32)
    return Segmentation(speech=mean[:, 0], overlap=mean[:, 1], change=mean[:, 2])


def _window(samples: NDArray[np.float32], start: int) -> NDArray[np.float32]:
    piece = samples[start : start + WINDOW]
    padded: NDArray[np.float32] = np.pad(piece, (0, WINDOW - len(piece)))
    return padded


def _change(active: NDArray[np.float32], reach: int = 6) -> NDArray[np.float32]:
    """Return how different the local speakers are 0.1 s before and after each frame (0–1)."""
    padded = np.pad(active, ((reach, reach), (0, 0)), mode="edge")
    before, after = padded[: -2 * reach], padded[2 * reach :]
    change: NDArray[np.float32] = np.clip(np.abs(after - before).max(axis=1), 0, 1)
    return change
