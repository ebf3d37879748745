"""People beside the tool: what counts as agreement, and what is left out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qa_scorer.calibration import compare
from tests.calibration.build import card, marks


def test_full_agreement_is_calibrated() -> None:
    cards = [card("c1", greeting=1, empathy=0.5), card("c2", greeting=0, empathy=None)]
    ratings = marks("Kim", "c1", greeting=1, empathy=0.5) + marks("Kim", "c2", greeting=0, empathy=None)
    report = compare(cards, ratings)
    assert report.everything.exact == report.everything.within_tolerance == report.everything.applicability == 1
    assert report.everything.kappa == pytest.approx(1)
    assert report.everything.bias == 0
    assert {row.verdict for row in report.criteria} == {"calibrated"}
    assert (report.score_pairs, report.score_within_tolerance, report.score_bias) == (2, 1, 0)


def test_a_share_between_two_marks_agrees_with_the_nearer_one() -> None:
    near, far = (
        compare([card("c1", greeting=0.67)], marks("Kim", "c1", greeting=mark)).criteria[0] for mark in (0.5, 1.0)
    )
    assert (near.exact, near.within_tolerance) == (1, 1)
    assert (far.exact, far.within_tolerance) == (0, 0)
    assert near.bias == pytest.approx(0.17)


def test_not_applicable_is_compared_as_such_and_never_as_zero() -> None:
    row = compare([card("c1", empathy=None, greeting=1)], marks("Kim", "c1", empathy=0.0)).criteria[0]
    assert row.applicability == 0
    assert (row.exact, row.within_tolerance, row.bias) == (None, None, None)
    assert row.verdict == "not compared"


def test_bias_says_who_is_kinder() -> None:
    cards = [card("c1", greeting=1), card("c2", greeting=1)]
    report = compare(cards, marks("Kim", "c1", greeting=0.5) + marks("Kim", "c2", greeting=0.5))
    assert report.criteria[0].bias == 0.5
    assert report.score_bias == 50
    assert report.score_difference == 50
    assert report.score_within_tolerance == 0
    assert report.criteria[0].verdict == "look again"


def test_a_criterion_people_differ_on_is_to_be_rewritten_whatever_the_tool_says() -> None:
    cards = [card(f"c{n}", greeting=1) for n in range(3)]
    ratings = [r for n in range(3) for r in marks("Kim", f"c{n}", greeting=1) + marks("Lee", f"c{n}", greeting=1)]
    assert compare(cards, ratings).criteria[0].verdict == "calibrated"
    ratings[1] = replace(ratings[1], share=0.5)
    report = compare(cards, ratings)
    assert report.criteria[0].verdict == "rewrite: people differ by a full step"
    assert report.reviewers == ("Kim", "Lee")


def test_people_among_themselves_have_an_alpha_of_their_own() -> None:
    cards = [card("c1", greeting=1), card("c2", greeting=1)]
    ratings = [
        *marks("Kim", "c1", greeting=0),
        *marks("Lee", "c1", greeting=0),
        *marks("Kim", "c2", greeting=1),
        *marks("Lee", "c2", greeting=1),
    ]
    report = compare(cards, ratings)
    assert report.criteria[0].people_alpha == pytest.approx(1)
    assert report.people_score_alpha == pytest.approx(1)
    assert report.criteria[0].exact == 0.5


def test_marks_of_another_call_or_rubric_are_left_out_and_counted() -> None:
    ratings = (
        marks("Kim", "c1", greeting=1)
        + marks("Kim", "elsewhere", greeting=1)
        + marks("Kim", "c1", rubric_sha256="b" * 64, greeting=0)
        + marks("Kim", "c1", unknown=1)
    )
    report = compare([card("c1", greeting=1)], ratings)
    assert report.left_out == 3
    assert report.everything.ratings == 1
    assert report.everything.exact == 1


def test_a_call_marked_in_part_has_no_total() -> None:
    report = compare([card("c1", greeting=1, empathy=1)], marks("Kim", "c1", greeting=1))
    assert report.score_pairs == 0
    assert report.score_within_tolerance is None
    assert report.everything.ratings == 1


def test_answers_given_with_the_judgement_in_sight_are_kept_apart() -> None:
    seen = [replace(rating, source="review") for rating in marks("Kim", "c1", greeting=1, empathy=0.5)]
    report = compare([card("c1", greeting=1, empathy=1)], seen)
    assert report.everything.ratings == 0
    assert report.reviewed == 2
    assert report.review_disagreed == 0.5
    assert report.reviewers == ()
