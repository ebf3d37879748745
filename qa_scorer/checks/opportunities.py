"""Opportunities: moments that asked the agent for something, and whether it came within the next two agent turns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa_scorer.check import Heard, Hit, moment
from qa_scorer.records import Finding, Opportunity

WITHIN = 2  # agent turns; an answer later than that no longer reads as one


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of opportunity: the signals that raise it, and those that answer it."""

    name: str
    raised_by: tuple[str, ...]
    answered_by: tuple[str, ...]
    same_turn: bool = False


EMPATHY = ("empathy.feeling", "empathy.apology", "empathy.ownership")
KINDS = (
    Kind(name="anger", raised_by=("customer.anger",), answered_by=(*EMPATHY, "escalation.offer")),
    Kind(name="distress", raised_by=("customer.distress",), answered_by=EMPATHY),
    Kind(name="problem", raised_by=("customer.problem",), answered_by=EMPATHY),
    Kind(name="supervisor", raised_by=("customer.supervisor",), answered_by=("escalation.offer",)),
    Kind(name="open_need", raised_by=("resolution.action",), answered_by=("resolution.confirm",), same_turn=True),
    Kind(name="hold", raised_by=("hold.wait",), answered_by=("hold.permission",), same_turn=True),
)


def spot(heard: Heard, findings: Sequence[Finding]) -> list[Opportunity]:
    """Find the opportunities of a call and their answers, in the order of the call."""
    found = [opportunity for kind in KINDS for opportunity in _of_kind(kind, heard, findings)]
    return sorted([*found, *_refusals(heard, findings)], key=lambda opportunity: (opportunity.turn, opportunity.kind))


def _of_kind(kind: Kind, heard: Heard, findings: Sequence[Finding]) -> Iterator[Opportunity]:
    by_customer = kind.raised_by[0].startswith("customer.")
    answered_until = -1
    for signal in kind.raised_by:
        for hit in heard.of(signal, "customer" if by_customer else "agent"):
            if hit.clause.turn <= answered_until:
                continue
            window = _window(hit.clause.turn, kind, heard)
            answers = [f for f in findings if f.signal in kind.answered_by and f.turn in window]
            # A customer who goes on about the same thing while being answered raises no second moment.
            answered_until = max(window, default=hit.clause.turn) if by_customer else hit.clause.turn
            yield _opportunity(kind.name, hit, heard, answers)


def _window(turn: int, kind: Kind, heard: Heard) -> set[int]:
    after = {spoken.index for spoken in heard.call.after(turn, "agent", WITHIN)}
    return after | {turn} if kind.same_turn else after


def _refusals(heard: Heard, findings: Sequence[Finding]) -> Iterator[Opportunity]:
    """Yield the refusals heard, answered where an alternative stands in the same turn."""
    bare = {finding.turn for finding in findings if finding.signal == "negative.refusal"}
    for hit in heard.of("negative.refusal"):
        answers = [] if hit.clause.turn in bare else [_alternative(hit, heard)]
        yield _opportunity("refusal", hit, heard, answers)


def _alternative(hit: Hit, heard: Heard) -> Finding:
    turn = heard.call.turns[hit.clause.turn]
    return Finding(
        signal="refusal.alternative",
        verdict="present",
        role="agent",
        start=turn.turn.start,
        end=turn.turn.end,
        turn=turn.index,
        quote=turn.turn.text,
        rule="an alternative in the same turn",
        how="structure",
        confidence=0.8,
    )


def _opportunity(kind: str, hit: Hit, heard: Heard, answers: Sequence[Finding]) -> Opportunity:
    turn = heard.call.turns[hit.clause.turn]
    start, end = moment(turn, hit.clause)
    return Opportunity(
        kind=kind,
        turn=turn.index,
        role=turn.role,
        start=start,
        end=end,
        quote=hit.clause.text,
        confidence=hit.confidence,
        answers=tuple(answers),
    )
