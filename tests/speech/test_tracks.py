import numpy as np
import pytest
from numpy.typing import NDArray

from qa_scorer.speech.segmentation import FRAME_S, Segmentation
from qa_scorer.speech.tracks import activity, corrected_by_voice, frame_level_db, talking

N = 600


def score(change: int, margin: float = 0.4) -> NDArray[np.float64]:
    """The first voice fits until ``change``, the second after."""
    fits = np.zeros((N, 2))
    fits[:change, 0] = fits[change:, 1] = margin
    return fits


def one_window(*locals_: tuple[int, int, int]) -> Segmentation:
    """Local speakers as (number, first frame, one past last)."""
    windows = np.zeros((1, N, 3), dtype=np.float32)
    for speaker, first, last in locals_:
        windows[0, first:last, speaker] = 1.0
    return Segmentation(windows=windows, first=(0,), speech=windows[0].max(axis=1))


def test_local_speakers_become_the_voices_of_the_call() -> None:
    active = activity(one_window((2, 0, 300), (0, 300, 600)), score(300))
    assert active[:300, 0].min() > 0.9
    assert active[300:, 1].min() > 0.9


def test_edges_come_from_the_segmentation_not_from_the_coarser_voice() -> None:
    active = activity(one_window((0, 0, 320), (1, 320, 600)), score(280))
    assert active[285:319, 0].min() > 0.9


def test_two_at_once_are_both_active() -> None:
    active = activity(one_window((0, 0, 350), (1, 300, 600)), score(325))
    assert (active[305:345] > 0.9).all()


def test_like_voices_run_together_are_parted_by_voice() -> None:
    active = activity(one_window((0, 0, 600)), score(300, 0.3))
    path = np.repeat([0, 1], 300)
    corrected = corrected_by_voice(active, score(300, 0.3), path, np.ones(N, dtype=bool))
    assert corrected.argmax(axis=1).tolist() == path.tolist()


def test_a_glimpse_of_another_voice_corrects_nothing() -> None:
    active = activity(one_window((0, 0, 600)), score(600))
    path = np.zeros(N, dtype=np.intp)
    path[100:120] = 1
    assert np.array_equal(corrected_by_voice(active, score(600), path, np.ones(N, dtype=bool)), active)


def test_stretches_end_where_the_sound_does_and_bridge_short_pauses() -> None:
    active = np.zeros((N, 2), dtype=np.float32)
    active[100:200, 0] = active[210:300, 0] = 1.0
    level = np.full(N, -70.0)
    level[105:290] = -20.0
    talks = talking(active, np.zeros(N, dtype=np.intp), active[:, 0] > 0.5, level)
    assert np.flatnonzero(talks[:, 0])[[0, -1]].tolist() == [105, 289]
    assert talks[105:290, 0].all()
    assert not talks[:, 1].any()


def test_level_per_frame() -> None:
    samples = np.zeros(16_000, dtype=np.float32)
    samples[8_000:] = 0.1
    level = frame_level_db(samples, round(1 / FRAME_S))
    assert level[10] == pytest.approx(-100.0)
    assert level[45] == pytest.approx(-20.0, abs=0.1)
