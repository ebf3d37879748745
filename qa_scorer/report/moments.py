"""Evidence for a coaching talk: the call that shows a criterion best or worst, and the moment in it, in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qa_scorer.records import CriterionScore, Finding, Opportunity, Scorecard, Transcript, Turn
from qa_scorer.report import guidance, words

if TYPE_CHECKING:
    import polars as pl

MIN_PRAISE_WORDS = 4
"""A shorter quote shows nothing to be proud of."""
TRIES = 5
"""Calls looked through for the clearest evidence of one criterion."""

EDGES = {
    "greeting": ("Your first words were", 0),
    "closing": ("Your last words were", -1),
    "resolution": ("Your last words were", -1),
}
"""Where a call shows what was missing from its opening or its end."""

Load = Callable[[str], tuple[Scorecard, Transcript | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A place in a call: what the customer had said (if anything) and what the agent said (if anything)."""

    call_id: str
    started: str
    time: str
    customer: str = ""
    agent: str = ""
    agent_lead: str = ""
    whole_call: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A call, one of its criteria, and the finding that shows it most clearly."""

    card: Scorecard
    transcript: Transcript | None
    criterion: CriterionScore
    finding: Finding | None


def clearest(row: dict[str, Any], fair: pl.DataFrame, load: Load, *, best: bool) -> Evidence:
    """Return the call that shows a criterion most clearly, at its best (with a sentence to praise) or its worst.

    ``row`` names section and criterion, ``fair`` holds the criteria that may be used.
    """
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
        usable = [one for one in criterion.findings if not best or praiseworthy(one, card)]
        finding = max(usable, key=lambda one: _clarity(one, best=best), default=None)
        clarity = _clarity(finding, best=best)[0] if finding else 0
        evidence = Evidence(card=card, transcript=transcript, criterion=criterion, finding=finding)
        options.append((clarity + (criterion.critical_failed and not best), evidence))
    return max(options, key=lambda option: option[0])[1]


def praiseworthy(finding: Finding, card: Scorecard) -> bool:
    """Tell whether a finding is worth reading back as praise: a whole sentence, with nothing to avoid in its turn."""
    if finding.verdict != "present" or finding.role != "agent" or len(finding.quote.split()) < MIN_PRAISE_WORDS:
        return False
    return not any(other.verdict == "violation" and other.turn == finding.turn for other in card.findings)


def missed_opportunity(evidence: Evidence, topic: str) -> Opportunity | None:
    """Return the moment that asked for the behaviour in vain: the one judged, else the clearest of its kind."""
    finding = evidence.finding
    if finding is not None and finding.verdict != "absent":
        return None
    missed = [one for one in evidence.card.opportunities if not one.answers]
    if finding is not None and finding.turn is not None:
        judged = [one for one in missed if one.turn == finding.turn]
    else:
        kinds = guidance.MOMENTS.get(topic.partition(".")[0], ())
        judged = [one for one in missed if one.kind in kinds and one.role == "customer"]
    return max(judged, key=lambda one: one.confidence, default=None)


def moment_of(evidence: Evidence, opportunity: Opportunity | None = None, topic: str = "") -> Moment:
    """Return where in the call it was, with what the customer and the agent said there.

    What was missing at the opening or the end of a call is shown by how the agent did begin or end.
    """
    card, transcript, finding = evidence.card, evidence.transcript, evidence.finding
    time = words.when(finding) if finding else words.NOTHING
    customer, agent, lead = "", "", ""
    edge = None if opportunity or (finding and finding.quote) else _edge(transcript, topic)
    if opportunity:
        time = words.minutes(opportunity.start)
        if opportunity.role == "customer":
            customer = opportunity.quote
            agent = _said(transcript, range(opportunity.turn + 1, opportunity.turn + 4), "agent")
        else:
            agent = opportunity.quote
    elif edge:
        lead, turn = edge
        time, agent = words.minutes(turn.start), turn.text
    elif finding and finding.quote and finding.role == "customer":
        customer = finding.quote
    elif finding and finding.quote:
        agent = finding.quote
        if finding.turn is not None:
            customer = _said(transcript, range(finding.turn - 1, max(-1, finding.turn - 4), -1), "customer")
    return Moment(
        call_id=card.call.call_id,
        started=words.started(card.call.started_at),
        time=time,
        customer=customer,
        agent=agent,
        agent_lead=lead or ("Your answer was" if opportunity and customer else "You said"),
        whole_call=not (opportunity or edge) and finding is not None and _spans_the_call(finding, card),
    )


def situation(moment: Moment, opportunity: Opportunity | None) -> str:
    """Return the first part of the feedback: where it was, and what the customer had said."""
    where = f"In call {moment.call_id}"
    if moment.started != words.NOTHING:
        where += f" ({moment.started})"
    if moment.whole_call:
        where += ", from start to end"
    elif "–" in moment.time and moment.time != words.NOTHING:
        where += f", between {moment.time.replace('–', ' and ')}"
    elif moment.time != words.NOTHING:
        where += f" at {moment.time}"
    why = words.OPPORTUNITY_WORDS.get(opportunity.kind) if opportunity else None
    where += f", {why}." if why else "."
    return f"{where} The customer said: {words.quoted(moment.customer, 240)}" if moment.customer else where


def behaviour(evidence: Evidence, moment: Moment) -> str:
    """Return the second part: what the agent said, or what was missing."""
    finding = evidence.finding
    if finding and finding.verdict == "violation" and moment.agent:
        return f"You said: {words.quoted(moment.agent, 280)}"
    missing = f"Not heard: {words.signal(finding.signal).lower()}." if finding else ""
    parts = [words.clip(evidence.criterion.reason, 240) or missing]
    if moment.agent:
        parts.append(f"{moment.agent_lead}: {words.quoted(moment.agent, 240)}")
    return " ".join(part for part in parts if part) or "The points of this criterion were not reached."


def _clarity(finding: Finding, *, best: bool) -> tuple[int, float, int]:
    wanted = ("violation", "present") if best else ("absent", "violation")
    rank = wanted.index(finding.verdict) + 1 if finding.verdict in wanted else 0
    by_agent = bool(finding.quote) and finding.role in (None, "agent")
    # A sentence of ordinary length shows more than a word, and is still read.
    return (rank * 2 + by_agent, finding.confidence, min(len(finding.quote), 160))


def _criterion(card: Scorecard, section_id: str, criterion_id: str) -> CriterionScore:
    return next(
        criterion
        for section in card.sections
        if section.id == section_id
        for criterion in section.criteria
        if criterion.id == criterion_id
    )


def _spans_the_call(finding: Finding, card: Scorecard) -> bool:
    """Tell whether an absence was searched for from (nearly) the first second to the last."""
    if finding.verdict != "absent" or finding.start is None or finding.end is None or card.duration is None:
        return False
    return finding.end - finding.start >= 0.95 * card.duration


def _edge(transcript: Transcript | None, topic: str) -> tuple[str, Turn] | None:
    """Return the agent's first or last sentence, for topics that belong there, with how to introduce it."""
    spoken = [turn for turn in transcript.turns if turn.role == "agent" and turn.text] if transcript else []
    if not spoken or topic not in EDGES:
        return None
    lead, place = EDGES[topic]
    return lead, spoken[place]


def _said(transcript: Transcript | None, turns: range, role: str) -> str:
    """Return the first turn of ``role`` among ``turns`` that says more than a back-channel."""
    if transcript is None:
        return ""
    heard = [transcript.turns[index] for index in turns if 0 <= index < len(transcript.turns)]
    return next((turn.text for turn in heard if turn.role == role and len(turn.text.split()) > 2), "")
