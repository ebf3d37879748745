import numpy as np
import pytest

from qa_scorer.records import Span
from qa_scorer.speech.windows import Probabilities, Window, hysteresis, pack, runs, speech_regions

FRAME_S = 0.032


def probability(*parts: tuple[float, float]) -> Probabilities:
    """Parts are (seconds, probability)."""
    return np.concatenate([np.full(round(seconds / FRAME_S), p, dtype=np.float32) for seconds, p in parts])


def test_regions_are_padded_and_far_ones_apart() -> None:
    regions = speech_regions(probability((2, 0), (1, 0.9), (5, 0), (2, 0.9), (2, 0)), FRAME_S, 12.0)
    assert [(round(r.start, 1), round(r.end, 1)) for r in regions] == [(1.6, 3.4), (7.6, 10.4)]


def test_quiet_speech_counts() -> None:
    assert speech_regions(probability((1, 0), (1, 0.4), (1, 0)), FRAME_S, 3.0)
    assert not speech_regions(probability((3, 0.2)), FRAME_S, 3.0)


def test_a_long_region_is_cut_at_its_quietest() -> None:
    regions = speech_regions(probability((24, 0.9), (0.3, 0.4), (20, 0.9)), FRAME_S, 44.3)
    assert len(regions) == 2
    assert regions[0].end == pytest.approx(24.15, abs=0.2)
    assert regions[0].end == regions[1].start
    assert all(r.end - r.start <= 30 for r in regions)


def test_hysteresis_bridges_a_dip() -> None:
    assert hysteresis(np.array([0.1, 0.5, 0.3, 0.5, 0.1]), 0.4, 0.2).tolist() == [False, True, True, True, False]


def test_runs() -> None:
    assert runs(np.array([True, False, True, True])) == [(0, 1), (2, 4)]
    assert runs(np.zeros(3, dtype=bool)) == []


def test_packing_fills_windows_in_order() -> None:
    regions = [Span(start=20.0 * i, end=20.0 * i + 12) for i in range(5)]
    windows = pack(regions)
    assert [len(w.pieces) for w in windows] == [2, 2, 1]
    assert all(w.duration <= 30 for w in windows)


def test_times_go_back_to_the_recording() -> None:
    window = Window(pieces=(Span(start=10.0, end=12.0), Span(start=50.0, end=55.0)))
    assert window.place(0.5, 1.0) == (10.5, 11.0)
    assert window.place(2.5, 3.0) == (50.5, 51.0)
    assert window.place(1.9, 2.6) == (50.0, 50.6), "a word over the join stays with the piece of its middle"


def test_cutting_takes_the_pieces() -> None:
    samples = np.arange(100, dtype=np.float32)
    window = Window(pieces=(Span(start=1.0, end=2.0), Span(start=5.0, end=5.5)))
    assert window.cut(samples, 10).tolist() == [*range(10, 20), *range(50, 55)]
