"""What to coach: one strength and at most two priorities for an agent, each with its evidence. No files, no layout.

Fair by construction: only criteria the agent controls, only where they applied, only where the tool was sure enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qa_scorer.report import guidance, words
from qa_scorer.report.moments import (
    Evidence,
    Load,
    Moment,
    behaviour,
    clearest,
    missed_opportunity,
    moment_of,
    situation,
)

if TYPE_CHECKING:
    import polars as pl

MIN_CONFIDENCE = 0.6
"""A criterion the tool judged with less is left out: nobody is coached on a guess."""
MIN_LOST = 0.5
"""Points of 100 a call must lose on average before a criterion is worth a priority."""
MAX_PRIORITIES = 2
"""More than two at a time are not acted on (spotsaas.com)."""
ROUTINE = frozenset({"greeting", "closing", "compliance"})
"""Groups of signals that are done by habit: praised only where nothing else can be."""
CRITICAL_FACTOR = 1.5
"""Points lost on what is critical to customer, business or compliance count half as much again."""


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
        pl.col("share").max().alias("best"),
        pl.col("lost").sum(),
        pl.len().alias("calls"),
        (pl.col("share") < 1).sum().alias("missed"),
        pl.col("critical_failed").any(),
        pl.col("severity").first(),
    )
    priorities = _priorities(by_criterion, fair, load)
    taken = [priority.criterion for priority in priorities]
    rest = by_criterion.filter(~pl.col("criterion").is_in(taken))
    return Plan(strength=_strength(rest, fair, load), priorities=priorities)


def _priorities(by_criterion: pl.DataFrame, fair: pl.DataFrame, load: Load) -> tuple[Priority, ...]:
    import polars as pl

    worth = by_criterion.filter(
        pl.col("critical_failed")
        | ((pl.col("share") < words.PASS_LINE / 100) & (pl.col("lost") / pl.col("calls") >= MIN_LOST))
    )
    factor = pl.when(pl.col("severity") == "non_critical").then(1.0).otherwise(CRITICAL_FACTOR)
    worth = worth.with_columns((pl.col("lost") * factor).alias("cost")).sort(
        ["critical_failed", "cost", "form_weight", "criterion"], descending=[True, True, True, False]
    )
    return tuple(_priority(row, fair, load) for row in worth.head(MAX_PRIORITIES).iter_rows(named=True))


def _priority(row: dict[str, Any], fair: pl.DataFrame, load: Load) -> Priority:
    evidence = clearest(row, fair, load, best=False)
    criterion, finding = evidence.criterion, evidence.finding
    topic = guidance.topic(_names(row, evidence))
    advice = guidance.guidance(topic)
    opportunity = missed_opportunity(evidence, topic)
    moment = moment_of(evidence, opportunity, topic)
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
        situation=situation(moment, opportunity),
        behaviour=behaviour(evidence, moment),
        impact=advice.impact,
        expected=criterion.expected or criterion.question,
        say_instead=(finding.suggestion if finding else "") or criterion.say_instead,
        coaching=criterion.coaching,
        practice=advice.practice,
    )


def _strength(by_criterion: pl.DataFrame, fair: pl.DataFrame, load: Load) -> Strength | None:
    """Return the most telling thing done well: what takes more than routine first, then what weighs most."""
    import polars as pl

    good = by_criterion.filter(pl.col("best") >= words.PASS_LINE / 100).sort("criterion")
    options = [(row, clearest(row, fair, load, best=True)) for row in good.iter_rows(named=True)]
    shown = [(row, evidence) for row, evidence in options if evidence.finding]
    if not shown:
        return None
    row, evidence = max(shown, key=_merit)
    return Strength(
        criterion=row["criterion"],
        question=words.question(evidence.criterion.question),
        section=row["section_title"],
        share=row["share"],
        calls=row["calls"],
        consistent=row["share"] >= words.PASS_LINE / 100,
        moment=moment_of(evidence),
        signal=words.signal(evidence.finding.signal) if evidence.finding else "",
    )


def _merit(option: tuple[dict[str, Any], Evidence]) -> tuple[int, float]:
    row, evidence = option
    high, fair = row["share"] >= words.PASS_LINE / 100, row["share"] >= words.COACH_LINE / 100
    if evidence.finding is None or evidence.finding.signal.partition(".")[0] in ROUTINE:
        tier = 1 if high else 0
    else:
        tier = 4 if high else 3 if fair else 2
    return tier, row["share"] * row["form_weight"]


def _names(row: dict[str, Any], evidence: Evidence) -> list[str]:
    """Return what a criterion is about, the surest first: its signals, its id, its section."""
    signals = [evidence.finding.signal] if evidence.finding else []
    return [*signals, *(one.signal for one in evidence.criterion.findings), row["criterion"], row["section"]]
