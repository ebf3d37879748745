"""How sure a score is, and whether what is unsure could change its band."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction

from qa_scorer.records import Analysis, SectionScore
from qa_scorer.rubric import Rubric
from qa_scorer.scoring.criteria import Judgement, judge
from qa_scorer.scoring.evidence import Heard
from qa_scorer.scoring.form import Totals, add_up, band_of, exact, fill, half_up

MAX_UNKNOWN_SHARE = 0.3
"""More words than this by speakers of unknown role, and too much of the agent may be missing from the score."""


def confidence(call: Heard, sections: tuple[SectionScore, ...]) -> float:
    """Return the mean confidence of the applicable lines, by their worth, times that of the roles (0–1)."""
    lines = [line for section in sections if section.weight for line in section.criteria if line.applicable]
    whole = sum(exact(line.out_of) for line in lines)
    mean = Fraction(sum(exact(line.out_of) * exact(line.confidence) for line in lines)) / whole
    roles = call.transcript.role_confidence
    return half_up(mean * exact(1.0 if roles is None else roles), 3)


def doubt(call: Heard, rubric: Rubric, judgements: Mapping[str, Judgement]) -> str:
    """Return why a person should look before the score is used, or nothing."""
    return _role_doubt(call, rubric) or _evidence_doubt(call, rubric, judgements)


def _role_doubt(call: Heard, rubric: Rubric) -> str:
    sure, least = call.transcript.role_confidence, rubric.review.role_confidence
    if sure is not None and sure < least:
        return f"roles: who is agent and who is customer is only {sure:.2f} sure; {least:.2f} is needed."
    words = {"unknown": 0, "known": 0}
    for turn in call.transcript.turns:
        words["unknown" if turn.role == "unknown" else "known"] += len(turn.text.split())
    share = words["unknown"] / max(1, sum(words.values()))
    if share > MAX_UNKNOWN_SHARE:
        return f"roles: {share * 100:.0f} % of the words are by a speaker whose role is unknown."
    return ""


def _evidence_doubt(call: Heard, rubric: Rubric, judgements: Mapping[str, Judgement]) -> str:
    """Compare the score with what it would be, were the unsure findings wrong.

    Every criterion is judged twice, with all findings and with the sure ones only. The lowest and the highest score are
    made of the worse and the better of the two, criterion by criterion.
    """
    sure = replace(call, analysis=_sure(call.analysis, rubric.review.finding_confidence))
    if sure.analysis == call.analysis:
        return ""
    without = {criterion.id: judge(criterion, sure) for criterion in rubric.criteria}
    unsure = [name for name in judgements if judgements[name].earned != without[name].earned]
    if not unsure:
        return ""
    low = _totals(rubric, judgements, without, min)
    high = _totals(rubric, judgements, without, max)
    if low.score is None or high.score is None or band_of(low.score, rubric) == band_of(high.score, rubric):
        return ""
    swings = {name: _swing(rubric, judgements, name, without[name]) for name in unsure}
    widest = max(unsure, key=lambda name: swings[name])
    question = next(criterion.question for criterion in rubric.criteria if criterion.id == widest)
    return (
        f"evidence: unsure findings put the score between {low.score:g} and {high.score:g}, across a band; "
        f"most depends on '{widest}' ({question})"
    )


def _sure(analysis: Analysis, least: float) -> Analysis:
    outcome = analysis.outcome
    return replace(
        analysis,
        findings=tuple(finding for finding in analysis.findings if finding.confidence >= least),
        opportunities=tuple(
            replace(moment, answers=tuple(answer for answer in moment.answers if answer.confidence >= least))
            for moment in analysis.opportunities
            if moment.confidence >= least
        ),
        outcome=outcome if outcome.confidence >= least else replace(outcome, label="unclear"),
    )


def _totals(
    rubric: Rubric,
    judgements: Mapping[str, Judgement],
    without: Mapping[str, Judgement],
    pick: Callable[[float, float], float],
) -> Totals:
    """Add the form up from the worse (``min``) or the better (``max``) of two judgements of each criterion.

    Against "not applicable", points under a half count as the worse, others as the better choice.
    """
    chosen = {}
    for name, judgement in judgements.items():
        other = without[name]
        first = 0.5 if judgement.earned is None else judgement.earned
        second = 0.5 if other.earned is None else other.earned
        chosen[name] = judgement if pick(first, second) == first else other
    return add_up(fill(rubric, chosen))


def _swing(rubric: Rubric, judgements: Mapping[str, Judgement], name: str, other: Judgement) -> float:
    """Return by how much the score moves when one criterion is judged on sure findings only."""
    before = add_up(fill(rubric, judgements)).score
    after = add_up(fill(rubric, {**judgements, name: other})).score
    return abs((before or 0.0) - (after or 0.0))
