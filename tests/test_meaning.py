from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qa_scorer.errors import ModelError
from qa_scorer.meaning import DIMENSIONS, load_embedder
from qa_scorer.settings import Settings


def test_a_missing_model_names_the_command_that_mends_it(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="qa-scorer models pull"):
        load_embedder(tmp_path)


@pytest.mark.e2e
def test_like_meanings_lie_near_each_other() -> None:
    embedder = load_embedder(Settings().models_dir)
    vectors = embedder.embed(["we are sorry for the delay", "apologies for the wait", "please click on start"])
    assert vectors.shape == (3, DIMENSIONS)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors[0] @ vectors[1] > 0.5 > vectors[0] @ vectors[2]


@pytest.mark.e2e
def test_no_sentences_no_vectors() -> None:
    assert load_embedder(Settings().models_dir).embed([]).shape == (0, DIMENSIONS)
