from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from qa_scorer.records import Span
from qa_scorer.speech.windows import Probabilities, Window, hysteresis, pack, reach_out, runs, speech_regions

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


def level(*stretches: tuple[float, float]) -> NDArray[np.float32]:
    """Loudness in dB per frame, as (seconds, dB)."""
    return np.concatenate([np.full(round(seconds / FRAME_S), db, np.float32) for seconds, db in stretches])


def test_a_region_reaches_out_over_speech_the_detector_woke_up_late_for() -> None:
    loudness = level((2, -60), (0.8, -22), (2, -20), (0.6, -24), (3, -60))
    [region] = reach_out((Span(start=2.8, end=4.8),), loudness, FRAME_S, 8.4)
    assert abs(region.start - 2.0) <= 2 * FRAME_S
    assert abs(region.end - 5.4) <= 2 * FRAME_S


def test_it_never_reaches_over_line_noise_or_the_other_sides_cross_talk() -> None:
    loudness = level((2, -42), (2, -20), (2, -41))
    [region] = reach_out((Span(start=2, end=4),), loudness, FRAME_S, 6.0)
    assert abs(region.start - 2) <= FRAME_S
    assert abs(region.end - 4) <= FRAME_S


def test_regions_that_meet_become_one_unless_too_long_for_a_window() -> None:
    loudness = level((40, -20))
    assert len(reach_out((Span(start=1, end=3), Span(start=3.5, end=6)), loudness, FRAME_S, 40.0)) == 1
    long = reach_out((Span(start=1, end=28), Span(start=28.5, end=39)), loudness, FRAME_S, 40.0)
    assert all(span.end - span.start <= 30.0 for span in long)
    assert all(a.end <= b.start for a, b in pairwise(long))


def test_silence_everywhere_reaches_nowhere() -> None:
    assert reach_out((), level((5, -80)), FRAME_S, 5.0) == ()
