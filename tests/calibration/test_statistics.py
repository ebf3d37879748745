"""Agreement figures against published values."""

from __future__ import annotations

import pytest

from qa_scorer.calibration.statistics import krippendorff_alpha, level, share_of, weighted_kappa

_ = None
# Example C of Krippendorff (2011): four observers, twelve units, with gaps.
EXAMPLE_C = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3),
    (_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _),
)


def test_alpha_is_the_published_value() -> None:
    units = [[value for value in column if value is not None] for column in zip(*EXAMPLE_C, strict=True)]
    assert krippendorff_alpha(units) == pytest.approx(0.849, abs=0.0005)


@pytest.mark.parametrize(
    ("units", "alpha"),
    [
        ([[0, 0], [1, 1], [0.5, 0.5]], 1.0),
        ([[1, 1], [1, 1]], None),
        ([[0], [1]], None),
        ([], None),
    ],
    ids=["all agree", "nothing differs", "nobody twice", "nothing"],
)
def test_alpha_at_its_edges(units: list[list[float]], alpha: float | None) -> None:
    assert krippendorff_alpha(units) == (None if alpha is None else pytest.approx(alpha))


def test_alpha_of_people_who_disagree_on_everything_is_below_chance() -> None:
    alpha = krippendorff_alpha([[0, 1], [1, 0]])
    assert alpha is not None
    assert alpha < 0


def test_weighted_kappa_forgives_a_half_step_more_than_a_full_one() -> None:
    truth = [0, 0.5, 1, 1, 0, 0.5]
    near = weighted_kappa(truth, [0, 0.5, 1, 0.5, 0, 0.5])
    far = weighted_kappa(truth, [0, 0.5, 1, 0, 0, 0.5])
    assert near is not None
    assert far is not None
    assert weighted_kappa(truth, truth) == pytest.approx(1)
    assert far < near < 1
    # By hand: one step of two on one of six pairs, (1/2)² / 6, over what chance alone would give, 7/24.
    assert near == pytest.approx(1 - (1 / 24) / (7 / 24))


def test_kappa_is_not_defined_where_nothing_varies() -> None:
    assert weighted_kappa([1, 1, 1], [1, 1, 1]) is None
    assert weighted_kappa([1], [0]) is None


@pytest.mark.parametrize(("share", "index"), [(0, 0), (0.2, 0), (0.25, 1), (0.67, 1), (0.75, 2), (1, 2)])
def test_levels(share: float, index: int) -> None:
    assert level(share) == index


def test_no_comparison_is_no_share() -> None:
    assert share_of([]) is None
    assert share_of([True, False]) == 0.5
