"""What to coach: one strength and at most two priorities for an agent, each with its evidence. No files, no layout.

Fair by construction: only criteria the agent controls, only where they applied, only where the tool was sure enough.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qa_scorer.records import CriterionScore, Finding, Opportunity, Scorecard, Transcript
from qa_scorer.report import guidance, words

if TYPE_CHECKING:
    import polars as pl

MIN_CONFIDENCE = 0.6
"""A criterion the tool judged with less is left out: nobody is coached on a guess."""
MIN_LOST = 0.5
"""Points of 100 a call must lose on average before a criterion is worth a priority."""
MAX_PRIORITIES = 2
"""More than two at a time are not acted on (spotsaas.com)."""
TRIES = 5
"""Calls looked through for the clearest evidence of one criterion."""

Load = Callable[[str], tuple[Scorecard, Transcript | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A place in a call: what the customer had said (if anything) and what the agent said (if anything)."""

    call_id: str
    started: str
    time: str
    customer: str = ""
    agent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strength:
    """What the agent does well, with the words that show it."""

    criterion: str
    question: str
    section: str
    share: float
    calls: int
    consistent: bool
    moment: Moment
    signal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Priority:
    """What is worth coaching first: situation, behaviour, impact; ``share`` and ``missed`` are over ``calls``."""

    criterion: str
    question: str
    section: str
    weight: float
    share: float
    calls: int
    missed: int
    critical: str
    moment: Moment
    situation: str
    behaviour: str
    impact: str
    expected: str
    say_instead: str
    coaching: str
    practice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One conversation's worth of coaching."""

    strength: Strength | None
    priorities: tuple[Priority, ...]


def make_plan(criteria: pl.DataFrame, load: Load) -> Plan:
    """Choose strength and priorities from one agent's criteria; ``load`` reads a call when its evidence is needed."""
    import polars as pl

    fair = criteria.filter(pl.col("applicable") & pl.col("controllable") & (pl.col("confidence") >= MIN_CONFIDENCE))
    if fair.is_empty():
        return Plan(strength=None, priorities=())
    by_criterion = fair.group_by("section", "criterion", maintain_order=True).agg(
        pl.col("section_title").first(),
        pl.col("question").first(),
        pl.col("form_weight").mean(),
        pl.col("share").mean(),
        pl.col("share").min().alias("worst"),
        pl.col("lost").sum(),
        pl.len().alias("calls"),
        (pl.col("share") < 1).sum().alias("missed"),
        pl.col("critical_failed").any(),
    )
    return Plan(strength=_strength(by_criterion, fair, load), priorities=_priorities(by_criterion, fair, load))


def _priorities(by_criterion: pl.DataFrame, fair: pl.DataFrame, load: Load) -> tuple[Priority, ...]:
    import polars as pl

    worth = by_criterion.filter(
        pl.col("critical_failed")
        | ((pl.col("share") < words.PASS_LINE / 100) & (pl.col("lost") / pl.col("calls") >= MIN_LOST))
    ).sort(["critical_failed", "lost", "form_weight", "criterion"], descending=[True, True, True, False])
    return tuple(_priority(row, fair, load) for row in worth.head(MAX_PRIORITIES).iter_rows(named=True))


def _priority(row: dict[str, Any], fair: pl.DataFrame, load: Load) -> Priority:
    card, transcript, criterion, finding = _evidence(row, fair, load, best=False)
    topic = guidance.topic(_names(row, criterion, finding))
    advice = guidance.guidance(topic)
    opportunity = _opportunity(card, topic) if finding is None or finding.verdict == "absent" else None
    moment = _moment(card, transcript, finding, opportunity)
    return Priority(
        criterion=row["criterion"],
        question=row["question"],
        section=row["section_title"],
        weight=row["form_weight"],
        share=row["share"],
        calls=row["calls"],
        missed=row["missed"],
        critical=(criterion.critical or "form") if row["critical_failed"] else "",
        moment=moment,
        situation=_situation(moment, opportunity),
        behaviour=_behaviour(criterion, finding, moment),
        impact=advice.impact,
        expected=criterion.expected or criterion.question,
        say_instead=(finding.suggestion if finding else "") or criterion.say_instead,
        coaching=criterion.coaching,
        practice=advice.practice,
    )


def _strength(by_criterion: pl.DataFrame, fair: pl.DataFrame, load: Load) -> Strength | None:
    import polars as pl

    ranked = by_criterion.filter(pl.col("share") > 0.5).with_columns(
        (pl.col("share") >= words.PASS_LINE / 100).alias("high")
    )
    # What the agent does well and what weighs: a perfect goodbye is not the strength of someone who also resolves.
    ranked = ranked.sort(
        ["high", pl.col("share") * pl.col("form_weight"), "calls", "criterion"], descending=[True, True, True, False]
    )
    for row in ranked.iter_rows(named=True):
        card, transcript, criterion, finding = _evidence(row, fair, load, best=True)
        if finding is None or finding.verdict != "present" or not finding.quote:
            continue
        return Strength(
            criterion=row["criterion"],
            question=words.question(criterion.question),
            section=row["section_title"],
            share=row["share"],
            calls=row["calls"],
            consistent=row["high"],
            moment=_moment(card, transcript, finding, None),
            signal=words.signal(finding.signal),
        )
    return None


def _evidence(
    row: dict[str, Any], fair: pl.DataFrame, load: Load, *, best: bool
) -> tuple[Scorecard, Transcript | None, CriterionScore, Finding | None]:
    """Return the call that shows the criterion most clearly, best or worst, with its clearest finding."""
    import polars as pl

    calls = (
        fair.filter((pl.col("criterion") == row["criterion"]) & (pl.col("section") == row["section"]))
        .sort(["share", "confidence", "call_id"], descending=[best, True, True])
        .head(TRIES)["call_id"]
    )
    options = []
    for call_id in calls:
        card, transcript = load(call_id)
        criterion = _criterion(card, row["section"], row["criterion"])
        finding = max(criterion.findings, key=lambda one: _clarity(one, best=best), default=None)
        clear = _clarity(finding, best=best) if finding else (0, 0.0, 0)
        options.append((clear[0] + (criterion.critical_failed and not best), card, transcript, criterion, finding))
    _, card, transcript, criterion, finding = max(options, key=lambda option: option[0])
    return card, transcript, criterion, finding


def _clarity(finding: Finding, *, best: bool) -> tuple[int, float, int]:
    wanted = ("absent", "violation") if not best else ("violation", "present")
    rank = wanted.index(finding.verdict) + 1 if finding.verdict in wanted else 0
    agent = finding.role in (None, "agent")
    # A sentence of ordinary length shows more than a word, and is still read.
    readable = min(len(finding.quote), 160)
    return (rank * 2 + (1 if finding.quote and agent else 0), finding.confidence, readable)


def _criterion(card: Scorecard, section_id: str, criterion_id: str) -> CriterionScore:
    return next(
        criterion
        for section in card.sections
        if section.id == section_id
        for criterion in section.criteria
        if criterion.id == criterion_id
    )


def _names(row: dict[str, Any], criterion: CriterionScore, finding: Finding | None) -> list[str]:
    signals = [finding.signal] if finding else []
    return [*signals, *(one.signal for one in criterion.findings), row["criterion"], row["section"]]


def _opportunity(card: Scorecard, topic: str) -> Opportunity | None:
    kinds = guidance.MOMENTS.get(topic.partition(".")[0], ())
    missed = [one for one in card.opportunities if one.kind in kinds and not one.answers and one.role == "customer"]
    return max(missed, key=lambda one: one.confidence, default=None)


def _moment(
    card: Scorecard, transcript: Transcript | None, finding: Finding | None, opportunity: Opportunity | None
) -> Moment:
    turn = opportunity.turn if opportunity else finding.turn if finding else None
    customer, agent = (opportunity.quote, "") if opportunity else ("", "")
    if opportunity and transcript:
        agent = _said(transcript, range(opportunity.turn + 1, opportunity.turn + 4), "agent")
    elif finding and finding.quote:
        if finding.role == "customer":
            customer = finding.quote
        else:
            agent = finding.quote
        if transcript and turn is not None and not customer:
            customer = _said(transcript, range(turn - 1, max(-1, turn - 4), -1), "customer")
    time = words.when(finding) if finding else words.NOTHING
    return Moment(
        call_id=card.call.call_id,
        started=words.started(card.call.started_at),
        time=words.minutes(opportunity.start) if opportunity else time,
        customer=customer,
        agent=agent,
    )


def _said(transcript: Transcript, turns: range, role: str) -> str:
    """Return the first turn of ``role`` among ``turns`` that says more than a back-channel."""
    heard = [transcript.turns[index] for index in turns if 0 <= index < len(transcript.turns)]
    return next((turn.text for turn in heard if turn.role == role and len(turn.text.split()) > 2), "")


def _situation(moment: Moment, opportunity: Opportunity | None) -> str:
    where = f"In call {moment.call_id}"
    if moment.started != words.NOTHING:
        where += f" ({moment.started})"
    if moment.time != words.NOTHING:
        where += f" at {moment.time}" if "–" not in moment.time else f", between {moment.time.replace('–', ' and ')}"
    if moment.customer:
        why = (
            f", {words.OPPORTUNITY_WORDS[opportunity.kind]}"
            if opportunity and opportunity.kind in words.OPPORTUNITY_WORDS
            else ""
        )
        return f"{where}{why}. The customer said: {words.quoted(moment.customer, 240)}"
    return f"{where}."


def _behaviour(criterion: CriterionScore, finding: Finding | None, moment: Moment) -> str:
    reason = words.clip(criterion.reason, 240)
    if finding and finding.verdict == "violation" and moment.agent:
        return f"You said: {words.quoted(moment.agent, 280)}"
    parts = [reason or (f"Not heard: {words.signal(finding.signal).lower()}." if finding else "")]
    if moment.agent:
        parts.append(f"Your answer was: {words.quoted(moment.agent, 240)}")
    return " ".join(part for part in parts if part) or "The points of this criterion were not reached."
