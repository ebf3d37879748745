"""From shares of points to a score: sums, weights, critical effects, bands. Arithmetic only.

Everything can be done again with a pocket calculator from what the scorecard says:

* a section's score = 100 × the sum of ``points`` ÷ the sum of ``out_of`` over its applicable lines, to one decimal;
* a section with a critical failure of effect "section" scores 0, a form with one of effect "form" too;
* the score = the sum of ``weight`` × ``score`` ÷ the sum of ``weight`` over the scored sections, to one decimal.

Halves are rounded up. A line or section that does not apply leaves numerator and denominator.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from qa_scorer.records import Band, CriterionScore, SectionScore
from qa_scorer.rubric import Criterion, Rubric
from qa_scorer.scoring.criteria import Judgement

COMPLIANCE_ID = "compliance"
_FAILED = "Critical failure: "


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The form added up. ``None`` where nothing applied."""

    score: float | None
    before_critical: float | None
    compliance: float | None


def half_up(value: Fraction, places: int) -> float:
    """Round halves up, as one does by hand. Values are never negative."""
    scale = 10**places
    return float(Fraction(int(value * scale + Fraction(1, 2)), scale))


def exact(value: float) -> Fraction:
    """Return the decimal number that is written, not its nearest binary one."""
    return Fraction(str(value))


def fill(rubric: Rubric, judgements: Mapping[str, Judgement]) -> tuple[SectionScore, ...]:
    """Fill the form; compliance comes last, with weight 0: it is never averaged into quality."""
    whole = sum(exact(section.weight) for section in rubric.sections)
    sections = [
        _section(section.id, section.title, exact(section.weight) / whole * 100, section.criteria, judgements)
        for section in rubric.sections
    ]
    if rubric.compliance.criteria:
        lines = _lines(rubric.compliance.criteria, Fraction(100), judgements)
        score = 0.0 if any(line.critical_failed for line in lines) else _plain_score(lines)
        sections.append(
            SectionScore(id=COMPLIANCE_ID, title=rubric.compliance.title, weight=0.0, score=score, criteria=lines)
        )
    return tuple(sections)


def add_up(sections: Sequence[SectionScore]) -> Totals:
    """Add the filled form up."""
    quality = [section for section in sections if section.id != COMPLIANCE_ID]
    before = _weighted((section.weight, _plain_score(section.criteria)) for section in quality)
    after = _weighted((section.weight, section.score) for section in quality)
    failed = [line.critical for section in sections for line in section.criteria if line.critical_failed]
    if after is not None and "form" in failed:
        after = 0.0
    compliance = next((section.score for section in sections if section.id == COMPLIANCE_ID), None)
    return Totals(score=after, before_critical=before, compliance=compliance)


def band_of(score: float, rubric: Rubric) -> Band:
    """Return the band of a score, review aside."""
    if score >= rubric.bands.pass_:
        return "pass"
    return "coach" if score >= rubric.bands.coach else "flag"


def _section(
    name: str, title: str, weight: Fraction, criteria: Sequence[Criterion], judgements: Mapping[str, Judgement]
) -> SectionScore:
    lines = _lines(criteria, weight, judgements)
    fails = any(line.critical_failed and line.critical == "section" for line in lines)
    score = 0.0 if fails else _plain_score(lines)
    return SectionScore(id=name, title=title, weight=half_up(weight, 2), score=score, criteria=lines)


def _lines(
    criteria: Sequence[Criterion], weight: Fraction, judgements: Mapping[str, Judgement]
) -> tuple[CriterionScore, ...]:
    whole = sum(exact(criterion.weight) for criterion in criteria)
    return tuple(
        _line(criterion, weight * exact(criterion.weight) / whole, judgements[criterion.id]) for criterion in criteria
    )


def _line(criterion: Criterion, weight: Fraction, judgement: Judgement) -> CriterionScore:
    # At least a hundredth: a line that applies must be able to earn something.
    out_of = max(half_up(weight, 2), 0.01)
    earned = judgement.earned
    failed = criterion.critical is not None and earned is not None and earned < criterion.critical_below
    effect = f"{_FAILED}the {criterion.critical} scores 0. " if failed else ""
    say_instead = next((finding.suggestion for finding in judgement.findings if finding.suggestion), "")
    return CriterionScore(
        id=criterion.id,
        question=criterion.question,
        weight=out_of,
        points=None if earned is None else half_up(exact(earned) * exact(out_of), 2),
        out_of=out_of,
        applicable=earned is not None,
        reason=effect + judgement.reason,
        confidence=judgement.confidence,
        severity=criterion.severity,
        critical=criterion.critical,
        critical_failed=failed,
        controllable=not criterion.not_controllable_by_agent,
        coaching=criterion.coaching,
        expected=criterion.expected,
        say_instead=say_instead or criterion.say_instead,
        findings=judgement.findings,
    )


def _plain_score(lines: Iterable[CriterionScore]) -> float | None:
    """Return a section's score before critical effects."""
    counted = [line for line in lines if line.points is not None]
    if not counted:
        return None
    points = sum((exact(line.points or 0.0) for line in counted), Fraction(0))
    return half_up(100 * points / sum((exact(line.out_of) for line in counted), Fraction(0)), 1)


def _weighted(scores: Iterable[tuple[float, float | None]]) -> float | None:
    counted = [(exact(weight), exact(score)) for weight, score in scores if score is not None]
    whole = sum((weight for weight, _ in counted), Fraction(0))
    total = sum((weight * score for weight, score in counted), Fraction(0))
    return half_up(total / whole, 1) if whole else None
