"""Sentence embeddings: how near two sentences are in meaning (all-MiniLM-L6-v2 through ONNX Runtime)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from qa_scorer.errors import ModelError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

MODEL = "minilm-l6-v2"
DIMENSIONS = 384
MAX_TOKENS = 48
BATCH = 32

Vectors = npt.NDArray[np.float32]


class Embedder:
    """Embeds sentences, and remembers those it has seen (courtesies repeat from call to call)."""

    def __init__(self, session: InferenceSession, tokenizer: Tokenizer, remember: int = 50_000) -> None:
        self._session, self._tokenizer, self._remember = session, tokenizer, remember
        self._known: dict[str, Vectors] = {}
        self._inputs = {node.name for node in session.get_inputs()}

    def embed(self, sentences: Sequence[str]) -> Vectors:
        """Return one unit vector a sentence, ``(n_sentences, 384) float32``."""
        if len(self._known) > self._remember:
            self._known.clear()
        new = sorted({sentence for sentence in sentences if sentence not in self._known}, key=len)
        for i in range(0, len(new), BATCH):
            batch = new[i : i + BATCH]
            self._known.update(zip(batch, self._run(batch), strict=True))
        if not sentences:
            return np.zeros((0, DIMENSIONS), np.float32)
        return np.stack([self._known[sentence] for sentence in sentences])

    def _run(self, sentences: Sequence[str]) -> Vectors:
        encoded = self._tokenizer.encode_batch(list(sentences))
        mask = np.array([e.attention_mask for e in encoded], np.int64)
        feeds = {
            "input_ids": np.array([e.ids for e in encoded], np.int64),
            "attention_mask": mask,
            "token_type_ids": np.zeros_like(mask),
        }
        output = self._session.run(None, {name: feeds[name] for name in feeds if name in self._inputs})[0]
        hidden = np.asarray(output, np.float32)
        if hidden.ndim == 3:
            weights = mask[:, :, None].astype(np.float32)
            hidden = (hidden * weights).sum(axis=1) / weights.sum(axis=1)
        vectors: Vectors = hidden / np.maximum(np.linalg.norm(hidden, axis=1, keepdims=True), 1e-9)
        return vectors


@lru_cache(maxsize=2)
def load_embedder(models_dir: Path, threads: int = 0) -> Embedder:
    """Load the embedding model, once per process. Raises ``ModelError`` where it is not installed."""
    import onnxruntime

    folder = models_dir / MODEL
    if not (folder / "model.onnx").exists():
        raise ModelError(f"The sentence embedding model '{MODEL}' is not installed; run `qa-scorer models pull`.")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(
        str(folder / "model.onnx"), sess_options=options, providers=["CPUExecutionProvider"]
    )
    tokenizer = load_tokenizer(models_dir)
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.enable_padding()
    return Embedder(session, tokenizer)


def load_tokenizer(models_dir: Path) -> Tokenizer:
    """Load the encoder's word pieces, neither padding nor cutting off."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(models_dir / MODEL / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer
