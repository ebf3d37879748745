"""Findings + rubric → scorecard. Pure arithmetic: the same input gives the same scorecard, to the byte."""

from __future__ import annotations

from qa_scorer import __version__
from qa_scorer.records import Analysis, Origin, Scorecard, Transcript
from qa_scorer.rubric import Rubric
from qa_scorer.scoring.certainty import confidence, doubt
from qa_scorer.scoring.comparison import Change, changes, compare
from qa_scorer.scoring.criteria import judge
from qa_scorer.scoring.evidence import duration_s, heard
from qa_scorer.scoring.form import add_up, band_of, fill
from qa_scorer.scoring.gates import gate

__all__ = ["Change", "changes", "compare", "gate", "not_scored", "score"]


def score(transcript: Transcript, analysis: Analysis, rubric: Rubric) -> Scorecard:
    """Judge a call that passed the gates."""
    call = heard(transcript, analysis)
    judgements = {criterion.id: judge(criterion, call) for criterion in rubric.criteria}
    sections = fill(rubric, judgements)
    totals = add_up(sections)
    if totals.score is None:
        return not_scored(transcript, rubric, "nothing to judge: no criterion of the rubric applies to this call.")
    reason = doubt(call, rubric, judgements)
    return Scorecard(
        call=transcript.call,
        rubric=rubric.ref,
        origin=transcript.origin,
        judged_by=_judge(),
        status="scored",
        score=totals.score,
        score_before_critical=totals.before_critical,
        compliance_score=totals.compliance,
        band="review" if reason else band_of(totals.score, rubric),
        band_reason=reason,
        confidence=confidence(call, sections),
        outcome=analysis.outcome,
        arc=analysis.arc,
        facts=transcript.facts,
        duration=duration_s(transcript),
        language=transcript.language,
        sections=sections,
        findings=analysis.findings,
        opportunities=analysis.opportunities,
    )


def not_scored(transcript: Transcript, rubric: Rubric, reason: str) -> Scorecard:
    """Record that a call was not scored, and why. It has no score, which is never 0."""
    return Scorecard(
        call=transcript.call,
        rubric=rubric.ref,
        origin=transcript.origin,
        judged_by=_judge(),
        status="not_scored",
        reason=reason,
        facts=transcript.facts,
        duration=duration_s(transcript),
        language=transcript.language,
    )


def _judge() -> Origin:
    return Origin(engine="qa-scorer", version=__version__)
