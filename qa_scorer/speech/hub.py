"""The hub's own diarization pipeline (pyannote community-1), for those who have accepted its terms and pulled it."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa_scorer.errors import ModelError
from qa_scorer.speech.diarize import Diarization
from qa_scorer.speech.segmentation import FRAME_S, RATE_HZ


def quiet_pyannote() -> None:
    """Make pyannote.audio send nothing, fetch nothing and warn of no missing decoder: it gets decoded samples.

    Call it before anything imports pyannote.audio.
    """
    os.environ["PYANNOTE_METRICS_ENABLED"] = "0"
    os.environ["HF_HUB_OFFLINE"] = "1"
    warnings.filterwarnings("ignore", message=r"\s*torchcodec is not installed correctly", category=UserWarning)


def load_pipeline(folder: Path, device: str) -> Any:
    """Load a pyannote pipeline from a local folder, offline and without its telemetry. Raises ``ModelError``."""
    quiet_pyannote()
    import torch
    from pyannote.audio import Pipeline

    try:
        pipeline = Pipeline.from_pretrained(folder)
    except (OSError, ValueError, RuntimeError, TypeError) as error:
        raise ModelError(
            f"{folder} holds no pyannote pipeline ({error}); `qa-scorer models pull` tells how to get it."
        ) from error
    if pipeline is None:
        raise ModelError(f"{folder} holds no pyannote pipeline; `qa-scorer models pull` tells how to get it.")
    pipeline.to(torch.device(device))
    return pipeline


def diarize_with_pipeline(samples: NDArray[np.float32], pipeline: Any, speakers: int | None) -> Diarization:
    """Run the pipeline on one channel (n,) at 16 kHz; words use its exclusive diarization."""
    import torch

    waveform = torch.from_numpy(np.ascontiguousarray(samples))[None]
    found = pipeline({"waveform": waveform, "sample_rate": RATE_HZ}, num_speakers=speakers)
    labels = sorted(found.speaker_diarization.labels()) or ["only"]
    frames = int(len(samples) / RATE_HZ / FRAME_S) + 1
    active = _active(found.speaker_diarization, labels, frames)
    exclusive = _active(found.exclusive_speaker_diarization, labels, frames)
    return Diarization(frame_s=FRAME_S, talks=active, likelihood=exclusive.astype(np.float32))


def _active(annotation: Any, labels: list[str], frames: int) -> NDArray[np.bool_]:
    active = np.zeros((frames, len(labels)), dtype=bool)
    for segment, _, label in annotation.itertracks(yield_label=True):
        active[int(segment.start / FRAME_S) : int(segment.end / FRAME_S) + 1, labels.index(label)] = True
    return active
