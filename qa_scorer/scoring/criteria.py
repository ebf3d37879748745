"""One criterion against one call: what was found, and the share of its points that earns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import fsum, prod

from qa_scorer.records import Finding, Opportunity
from qa_scorer.rubric import Criterion
from qa_scorer.rubric.vocabulary import MEASURED, METRICS, OPPORTUNITIES, signal_title
from qa_scorer.scoring.evidence import (
    Heard,
    Searched,
    answer_window,
    metric,
    metric_place,
    metric_role,
    not_applicable,
    order,
    search,
    span,
    within,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """``earned`` is the share of the points (0–1), or ``None`` where the criterion does not apply."""

    earned: float | None
    reason: str
    confidence: float = 1.0
    findings: tuple[Finding, ...] = ()


def judge(criterion: Criterion, call: Heard) -> Judgement:
    """Judge one criterion."""
    if criterion.applies_when is not None and (reason := not_applicable(call, criterion.applies_when)):
        return _left_out(reason)
    if criterion.scoring == "bands":
        return _judge_metric(criterion, call)
    if criterion.scoring == "outcome":
        return _judge_outcome(criterion, call)
    measured = bool(criterion.all_signals) and all(name.startswith(MEASURED) for name in criterion.all_signals)
    if measured and call.transcript.facts.silence_s is None:
        return _left_out("the transcript has no times to measure by")
    where = search(call, criterion.window)
    return _left_out(where) if isinstance(where, str) else _judge_findings(criterion, call, where)


def _judge_findings(criterion: Criterion, call: Heard, where: Searched) -> Judgement:
    if criterion.opportunities:
        return _judge_opportunities(criterion, call, where)
    found = within(call, call.analysis.findings, criterion, where)
    if criterion.absent or criterion.scoring == "deduct":
        return _judge_violations(criterion, call, where, found)
    return _judge_signals(criterion, call, where, found)


def _judge_signals(criterion: Criterion, call: Heard, where: Searched, found: list[Finding]) -> Judgement:
    groups = criterion.wanted
    by_group = [[finding for finding in found if finding.signal in group] for group in groups]
    enough = [len(_distinct(items)) >= criterion.min_count for items in by_group]
    number = len(_distinct(found))
    if criterion.scoring == "all_of":
        earned = float(all(enough))
    elif criterion.scoring == "any_of":
        earned = float(number >= criterion.min_count)
    elif criterion.scoring == "count":
        earned = min(1.0, number / (criterion.full_at or 1.0))
    else:
        share = sum(bool(items) for items in by_group) / len(groups)
        earned = min(1.0, share / (criterion.full_at or 1.0))
    missing = [group for group, items in zip(groups, by_group, strict=True) if not items]
    either = criterion.scoring in ("any_of", "count")
    absences = [] if (either and found) else [_absence(criterion, call, where, group) for group in missing]
    heard_groups = [items for items in by_group if items]
    sureness = [_any_true(found)] if either and found else [_any_true(items) for items in heard_groups]
    return Judgement(
        earned=earned,
        reason=_signals_reason(criterion, where, by_group, number),
        confidence=_mean([*sureness, *(absence.confidence for absence in absences)]),
        findings=tuple(sorted([*found, *absences], key=order)),
    )


def _signals_reason(criterion: Criterion, where: Searched, by_group: Sequence[list[Finding]], number: int) -> str:
    groups = criterion.wanted
    titles = [" or ".join(signal_title(signal) for signal in group) for group in groups]
    heard_names = [title for title, items in zip(titles, by_group, strict=True) if items]
    missing = [title for title, items in zip(titles, by_group, strict=True) if not items]
    if criterion.scoring in ("any_of", "count"):
        needed = criterion.full_at if criterion.scoring == "count" else criterion.min_count
        if not number:
            return f"Not heard in {where.name}: {' or '.join(titles)}."
        of = f" of {needed:g} needed" if needed is not None and needed > 1 else ""
        names = list(dict.fromkeys(signal_title(finding.signal) for items in by_group for finding in items))
        return f"Heard {number}{of}: {', '.join(names)}."
    parts = [f"{len(heard_names)} of {len(groups)} heard in {where.name}"]
    if heard_names:
        parts.append("heard: " + ", ".join(heard_names))
    if missing:
        parts.append("not heard: " + ", ".join(missing))
    return "; ".join(parts) + "."


def _judge_violations(criterion: Criterion, call: Heard, where: Searched, found: list[Finding]) -> Judgement:
    """Score what should not be said. A turn counts once, whatever it holds."""
    faults = tuple(replace(finding, verdict="violation") for finding in found)
    turns = len({finding.turn for finding in faults})
    if criterion.scoring == "deduct":
        earned = max(criterion.floor, 1 - turns * criterion.per_finding)
        cost = f"; each turn costs {criterion.per_finding * 100:g} % of the points"
    else:
        earned, cost = float(len(_distinct(found)) < criterion.min_count), ""
    names = list(dict.fromkeys(signal_title(finding.signal) for finding in faults))
    if not faults:
        titles = ", ".join(signal_title(signal) for signal in criterion.all_signals)
        return Judgement(
            earned=earned,
            reason=f"None heard in {where.name}: {titles}.",
            findings=(_absence(criterion, call, where, criterion.all_signals),),
        )
    return Judgement(
        earned=earned,
        reason=f"Heard in {_number(turns, 'turn')}: {', '.join(names)}{cost}.",
        confidence=_mean([finding.confidence for finding in faults]),
        findings=faults,
    )


def _judge_opportunities(criterion: Criterion, call: Heard, where: Searched) -> Judgement:
    """Score how many of the moments that asked for something were answered. Moments in one turn are one."""
    by_turn: dict[int, list[Opportunity]] = {}
    for moment in sorted(call.analysis.opportunities, key=lambda moment: (moment.turn, moment.kind)):
        place = span(call, moment.start, moment.end, moment.turn)
        inside = criterion.window is None or (place and place[0] <= where.end and place[1] >= where.start)
        if moment.kind in criterion.opportunities and inside:
            by_turn.setdefault(moment.turn, []).append(moment)
    if not by_turn:
        kinds = " or ".join(OPPORTUNITIES[kind] for kind in criterion.opportunities)
        return _left_out(f"no moment came up in {where.name} where {kinds}")
    answered, sureness, evidence = 0, [], []
    for moments in by_turn.values():
        moment = max(moments, key=lambda item: item.confidence)
        answers = {
            order(answer): answer
            for item in moments
            for answer in item.answers
            if answer.signal in criterion.all_signals and answer.verdict != "absent"
        }
        answered += bool(answers)
        sureness.append(moment.confidence * (_any_true(list(answers.values())) if answers else 1.0))
        evidence.append(_asked(moment))
        evidence += list(answers.values()) or [_unanswered(criterion, call, moment)]
    total = len(by_turn)
    if criterion.scoring == "all_of":
        earned = float(answered == total)
    elif criterion.scoring == "any_of":
        earned = float(answered >= min(criterion.min_count, total))
    else:
        earned = min(1.0, answered / total / (criterion.full_at or 1.0))
    unique = {(order(item), item.verdict, item.role): item for item in evidence}
    return Judgement(
        earned=earned,
        reason=f"{answered} of {_number(total, 'moment')} answered within the agent's next two turns.",
        confidence=_mean(sureness),
        findings=tuple(sorted(unique.values(), key=order)),
    )


def _asked(moment: Opportunity) -> Finding:
    """Return the customer's side of the evidence."""
    return Finding(
        signal=f"opportunity.{moment.kind}",
        verdict="present",
        role=moment.role,
        start=moment.start,
        end=moment.end,
        turn=moment.turn,
        quote=moment.quote,
        rule=OPPORTUNITIES.get(moment.kind, moment.kind),
        how="structure",
        confidence=moment.confidence,
    )


def _unanswered(criterion: Criterion, call: Heard, moment: Opportunity) -> Finding:
    start, end = answer_window(call, moment)
    return Finding(
        signal=criterion.all_signals[0],
        verdict="absent",
        role=criterion.role,
        start=start,
        end=end,
        turn=moment.turn,
        rule="searched the agent's next two turns for " + " or ".join(criterion.all_signals),
        how="structure",
        confidence=moment.confidence,
    )


def _absence(criterion: Criterion, call: Heard, where: Searched, signals: Sequence[str]) -> Finding:
    """Return the statement that the signals were not heard, with the stretch that was searched."""
    return Finding(
        signal=signals[0],
        verdict="absent",
        role=criterion.role,
        start=round(where.start, 3) if call.timed else None,
        end=round(where.end, 3) if call.timed else None,
        rule=f"searched {where.name} for " + " or ".join(signals),
        how="structure",
    )


def _judge_metric(criterion: Criterion, call: Heard) -> Judgement:
    name = criterion.metric or ""
    value = metric(call, name)
    if value is None:
        return _left_out(f"the {METRICS[name]} is not known for this call")
    fits = (
        step
        for step in criterion.steps
        if (step.at_least is None or value >= step.at_least) and (step.at_most is None or value <= step.at_most)
    )
    step = next(fits, None)
    earned = step.points if step else 0.0
    bounds = [f"at least {step.at_least:g}"] if step and step.at_least is not None else []
    bounds += [f"at most {step.at_most:g}"] if step and step.at_most is not None else []
    rule = f"{' and '.join(bounds) or 'outside every step'}: {earned * 100:g} % of the points"
    start, end = metric_place(call, name)
    finding = Finding(
        signal=f"metric.{name}",
        verdict="present" if earned == 1 else "violation",
        role=metric_role(name),
        start=start,
        end=end,
        rule=rule,
        how="metric",
    )
    return Judgement(earned=earned, reason=f"{METRICS[name].capitalize()}: {value:.4g}; {rule}.", findings=(finding,))


def _judge_outcome(criterion: Criterion, call: Heard) -> Judgement:
    outcome = call.analysis.outcome
    worth = dict(criterion.outcomes or {})
    if outcome.label not in worth:
        return _left_out(f"the outcome is {outcome.label}")
    finding = Finding(
        signal=f"outcome.{outcome.label}",
        verdict="present",
        rule=f"{outcome.label}: {worth[outcome.label] * 100:g} % of the points",
        how="structure",
        confidence=outcome.confidence,
    )
    return Judgement(
        earned=worth[outcome.label],
        reason=f"The outcome is {outcome.label.replace('_', ' ')}.",
        confidence=outcome.confidence,
        findings=(finding, *sorted(outcome.evidence, key=order)),
    )


def _left_out(reason: str) -> Judgement:
    return Judgement(earned=None, reason=f"Not applicable: {reason}.")


def _distinct(findings: Sequence[Finding]) -> set[tuple[str, int | None]]:
    """Count a signal once a turn."""
    return {(finding.signal, finding.turn) for finding in findings}


def _any_true(findings: Sequence[Finding]) -> float:
    """Return how sure it is that at least one is right, were they independent. Of a turn the surer reading counts."""
    best: dict[tuple[str, int | None], float] = {}
    for finding in findings:
        place = (finding.signal, finding.turn)
        best[place] = max(finding.confidence, best.get(place, 0.0))
    return round(1 - prod(1 - confidence for confidence in sorted(best.values())), 6)


def _mean(values: Sequence[float]) -> float:
    return round(fsum(values) / len(values), 3) if values else 1.0


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
