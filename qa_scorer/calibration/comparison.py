"""People's ratings beside the tool's: agreement per criterion and per call, and what should be rewritten."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import mean

from qa_scorer.calibration.ratings import Rating
from qa_scorer.calibration.statistics import krippendorff_alpha, level, share_of, weighted_kappa
from qa_scorer.records import Scorecard, SectionScore
from qa_scorer.scoring.form import add_up

# Half a step of the three marks: "within tolerance" is nearer to the person's mark than to the next one.
SHARE_TOLERANCE = 0.25
# Points of 100 two totals may differ by; five is the trade's usual calibration variance.
SCORE_TOLERANCE = 5.0
# Calibrated: 85 % within tolerance. Rewrite a criterion people differ on by a full step on 30 % of calls (insight7.io).
CALIBRATED_SHARE = 0.85
REWRITE_SHARE = 0.30
FULL_STEP = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionAgreement:
    """How far people and tool agree on one criterion, over all blind ratings of it.

    Shares are 0–1 and ``None`` where there is nothing to compare. ``applicability`` is agreement on whether the
    criterion applied; the other figures are over pairs in which it did for both. ``bias`` is the tool's mean share less
    the people's. ``people_alpha`` is agreement among people alone: no tool can be held to more.
    """

    criterion: str
    ratings: int
    applicability: float | None
    exact: float | None
    within_tolerance: float | None
    kappa: float | None
    bias: float | None
    people_alpha: float | None
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Agreement per criterion and over whole calls. ``left_out`` counts ratings of other calls or rubric versions."""

    reviewers: tuple[str, ...]
    calls: int
    criteria: tuple[CriterionAgreement, ...]
    everything: CriterionAgreement
    score_pairs: int
    score_within_tolerance: float | None
    score_difference: float | None
    score_bias: float | None
    people_score_alpha: float | None
    reviewed: int
    review_disagreed: float | None
    left_out: int


def compare(cards: Sequence[Scorecard], ratings: Sequence[Rating]) -> Report:
    """Compare ratings with the scorecards they are of, criterion by criterion and call by call."""
    by_call = {card.call.call_id: card for card in cards}
    tool = _marks(cards)
    known = [rating for rating in ratings if _place(rating) in tool]
    blind = [rating for rating in known if rating.source == "blind"]
    reviewed = [rating for rating in known if rating.source == "review"]
    names = list(dict.fromkeys(line.id for card in cards for section in card.sections for line in section.criteria))
    totals = _totals(by_call, blind)
    pairs = [
        (total, by_call[call_id].score_before_critical or 0.0)
        for call_id, found in totals.items()
        for total in found.values()
    ]
    differences = [found - person for person, found in pairs]
    return Report(
        reviewers=tuple(sorted({rating.reviewer for rating in blind})),
        calls=len({rating.call_id for rating in blind}),
        criteria=tuple(
            _agreement(name, mine, tool) for name in names if (mine := [r for r in blind if r.criterion == name])
        ),
        everything=_agreement("all criteria", blind, tool),
        score_pairs=len(pairs),
        score_within_tolerance=share_of([abs(difference) <= SCORE_TOLERANCE for difference in differences]),
        score_difference=mean(map(abs, differences)) if differences else None,
        score_bias=mean(differences) if differences else None,
        people_score_alpha=krippendorff_alpha([tuple(found.values()) for found in totals.values()]),
        reviewed=len(reviewed),
        review_disagreed=share_of([not _same(rating.share, tool[_place(rating)]) for rating in reviewed]),
        left_out=len(ratings) - len(known),
    )


def _marks(cards: Sequence[Scorecard]) -> dict[tuple[str, ...], float | None]:
    """Return the tool's share for every line of every card, ``None`` where it did not apply."""
    return {
        (card.call.call_id, card.rubric.sha256, section.id, line.id): None
        if line.points is None
        else line.points / line.out_of
        for card in cards
        for section in card.sections
        for line in section.criteria
    }


def _place(rating: Rating) -> tuple[str, ...]:
    return (rating.call_id, rating.rubric_sha256, rating.section, rating.criterion)


def _agreement(
    name: str, ratings: Sequence[Rating], tool: Mapping[tuple[str, ...], float | None]
) -> CriterionAgreement:
    pairs = [(rating.share, tool[_place(rating)]) for rating in ratings]
    both = [(person, found) for person, found in pairs if person is not None and found is not None]
    within = share_of([abs(person - found) <= SHARE_TOLERANCE for person, found in both])
    units: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for rating in ratings:
        if rating.share is not None:
            units[(rating.call_id, rating.section, rating.criterion)].append(rating.share)
    return CriterionAgreement(
        criterion=name,
        ratings=len(ratings),
        applicability=share_of([(person is None) == (found is None) for person, found in pairs]),
        exact=share_of([level(person) == level(found) for person, found in both]),
        within_tolerance=within,
        kappa=weighted_kappa([person for person, _ in both], [found for _, found in both]),
        bias=mean(found - person for person, found in both) if both else None,
        people_alpha=krippendorff_alpha(list(units.values())),
        verdict=_verdict(within, list(units.values())),
    )


def _verdict(within: float | None, units: Sequence[Sequence[float]]) -> str:
    apart = share_of([max(unit) - min(unit) >= FULL_STEP for unit in units if len(unit) > 1])
    if apart is not None and apart >= REWRITE_SHARE:
        return "rewrite: people differ by a full step"
    if within is None:
        return "not compared"
    return "calibrated" if within >= CALIBRATED_SHARE else "look again"


def _totals(by_call: Mapping[str, Scorecard], ratings: Sequence[Rating]) -> dict[str, dict[str, float]]:
    """Return call → reviewer → the score the tool's own arithmetic gives for that person's marks.

    Only calls of which a person rated every line count; what one left out cannot be guessed.
    """
    marks: dict[tuple[str, str], dict[tuple[str, str], float | None]] = defaultdict(dict)
    for rating in ratings:
        marks[(rating.call_id, rating.reviewer)][(rating.section, rating.criterion)] = rating.share
    totals: dict[str, dict[str, float]] = defaultdict(dict)
    for (call_id, reviewer), given in marks.items():
        sections = by_call[call_id].sections
        wanted = {(section.id, line.id) for section in sections if section.weight for line in section.criteria}
        if wanted <= given.keys() and by_call[call_id].score_before_critical is not None:
            total = add_up([_remarked(section, given) for section in sections]).before_critical
            if total is not None:
                totals[call_id][reviewer] = total
    return totals


def _remarked(section: SectionScore, given: Mapping[tuple[str, str], float | None]) -> SectionScore:
    lines = []
    for line in section.criteria:
        share = given.get((section.id, line.id))
        points = None if share is None else share * line.out_of
        lines.append(replace(line, points=points, applicable=points is not None))
    return replace(section, criteria=tuple(lines))


def _same(person: float | None, found: float | None) -> bool:
    if person is None or found is None:
        return person is found
    return abs(person - found) < 0.01
