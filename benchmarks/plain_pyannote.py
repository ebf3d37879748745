"""Plain pyannote.audio as a peer: its own pipeline, agglomerative, step 0.1, on the weights that qa-scorer uses.

pyannote's wrapper of SpeechBrain does not work with the SpeechBrain of today, and its hub models are gated, so
its pipeline gets segmentation-3.0 (ONNX) and ECAPA through two adapters. The rest is pyannote.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa_scorer.speech.diarize import Diarization
from qa_scorer.speech.embeddings import Embedder, embed
from qa_scorer.speech.hub import diarize_with_pipeline, quiet_pyannote
from qa_scorer.speech.segmentation import FRAME_SAMPLES, RATE_HZ

STEP = 0.1  # of the ten seconds of a chunk: pyannote's default
# Of pyannote/speaker-diarization-3.1, the hub's last agglomerative pipeline. With the number of speakers given the
# threshold does not count.
CLUSTERING = {"method": "centroid", "min_cluster_size": 12, "threshold": 0.7045654963945799}
FIELD_SAMPLES = 991  # what one output frame of the model sees
SHORTEST_SAMPLES = RATE_HZ // 4


class PlainPyannote:
    """Build the pipeline once from loaded weights; call it with samples (n,) at 16 kHz and the number of speakers."""

    def __init__(self, segmenter: Any, embedder: Embedder) -> None:
        quiet_pyannote()
        from pyannote.audio.core.plda import PLDA
        from pyannote.audio.pipelines import SpeakerDiarization

        segmentation = _segmentation(segmenter)
        pipeline = SpeakerDiarization(
            segmentation=segmentation,
            segmentation_step=STEP,
            # A stand-in until the next line: the constructor knows the hub's names only.
            embedding=segmentation,
            plda=PLDA.__new__(PLDA),
            clustering="AgglomerativeClustering",
            embedding_batch_size=32,
            segmentation_batch_size=32,
        )
        pipeline._embedding = _Ecapa(embedder)
        self._pipeline = pipeline.instantiate({"segmentation": {"min_duration_off": 0.0}, "clustering": CLUSTERING})

    def __call__(self, samples: NDArray[np.float32], speakers: int) -> Diarization:
        """Return who talks when."""
        return diarize_with_pipeline(samples, self._pipeline, speakers)


def _segmentation(session: Any) -> Any:
    """Return the ONNX session as one of pyannote's models."""
    import torch
    from pyannote.audio import Model
    from pyannote.audio.core.task import Problem, Resolution, Specifications
    from pyannote.core import SlidingWindow

    class OnnxSegmentation(Model):  # type: ignore[misc, unused-ignore]
        def __init__(self) -> None:
            super().__init__(sample_rate=RATE_HZ, num_channels=1)
            self.anchor = torch.nn.Parameter(torch.zeros(1))  # pyannote asks a parameter where the model is
            self.specifications = Specifications(
                problem=Problem.MONO_LABEL_CLASSIFICATION,
                resolution=Resolution.FRAME,
                duration=10.0,
                warm_up=(0.0, 0.0),
                classes=["speaker#1", "speaker#2", "speaker#3"],
                powerset_max_classes=2,
                permutation_invariant=True,
            )

        @property
        def dimension(self) -> int:
            return 7

        @property
        def receptive_field(self) -> Any:
            return SlidingWindow(start=0.0, duration=FIELD_SAMPLES / RATE_HZ, step=FRAME_SAMPLES / RATE_HZ)

        def num_frames(self, num_samples: int) -> int:
            return (num_samples - FIELD_SAMPLES) // FRAME_SAMPLES + 1

        def forward(self, waveforms: Any) -> Any:
            return torch.from_numpy(session.run(None, {session.get_inputs()[0].name: waveforms.cpu().numpy()})[0])

    return OnnxSegmentation()


class _Ecapa:
    """ECAPA in the shape pyannote expects of an embedding: (b, 1, n) samples and (b, frames) masks to (b, 192)."""

    sample_rate = RATE_HZ
    dimension = 192
    metric = "cosine"
    min_num_samples = SHORTEST_SAMPLES

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def to(self, device: Any) -> _Ecapa:
        return self

    def __call__(self, waveforms: Any, masks: Any = None) -> NDArray[np.float32]:
        import torch
        from torch.nn.functional import interpolate

        signals = waveforms.squeeze(1)
        kept = [torch.ones(signals.shape[1], dtype=torch.bool)] * len(signals)
        if masks is not None:
            kept = list(interpolate(masks[:, None], size=signals.shape[1], mode="nearest")[:, 0] > 0.5)
        vectors = np.full((len(signals), self.dimension), np.nan, dtype=np.float32)
        for i, (signal, mask) in enumerate(zip(signals, kept, strict=True)):
            if int(mask.sum()) >= self.min_num_samples:
                vectors[i] = embed(signal[mask][None].numpy(), self._embedder)[0]
        return vectors
