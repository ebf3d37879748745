"""Outcome: how the call ended for the customer, with the evidence of both sides."""

from __future__ import annotations

from collections.abc import Sequence

from qa_scorer.check import Check, Heard, Hit, found
from qa_scorer.checks.sentiment import valence
from qa_scorer.records import CustomerEnd, Finding, Outcome, OutcomeLabel

SIGNALS = ("outcome.transfer", "outcome.open")
LAST_TURNS = 3  # customer turns that make up the end of a call
TRANSFER_TURNS = 2  # agent turns that may follow the announcement of a transfer that took place
CONDITIONAL = frozenset({"if", "should", "unless"})


def find(heard: Heard) -> list[Finding]:
    """Report nothing: the outcome is a verdict on the call, not a behaviour of the agent."""
    return []


def judge(heard: Heard, findings: Sequence[Finding]) -> Outcome:
    """Judge the outcome from what was done, what was promised, and how the customer left."""
    end = customer_end(heard)
    label, confidence, evidence = _label(heard, findings, end)
    closing = [found(hit, heard.call) for hit in _last_words(heard)]
    return Outcome(
        label=label,
        confidence=confidence,
        customer_end=end,
        repeat_contact=bool(heard.of("customer.repeat", "customer")),
        evidence=(*evidence, *closing),
    )


def customer_end(heard: Heard) -> CustomerEnd:
    """Tell how the customer leaves, from the last turns: contentment against displeasure."""
    last = [turn for turn in heard.call.by("customer") if turn.n_words][-LAST_TURNS:]
    if not last:
        return "unclear"
    mood = sum(weight * valence(turn, heard) for weight, turn in zip((0.5, 1.0, 1.0), last, strict=False))
    return "satisfied" if mood > 0.3 else "dissatisfied" if mood < -0.25 else "neutral"


def _label(heard: Heard, findings: Sequence[Finding], end: CustomerEnd) -> tuple[OutcomeLabel, float, list[Finding]]:
    last = {finding.signal: finding for finding in findings if not _is_conditional(finding)}
    action, step = last.get("resolution.action"), last.get("resolution.nextstep")
    refusal = last.get("negative.refusal") or last.get("negative.policy")
    transfers = heard.of("outcome.transfer")
    if transfers and len(heard.call.after(transfers[-1].clause.turn, "agent", 9)) <= TRANSFER_TURNS:
        return "transferred", 0.85, [found(transfers[-1], heard.call)]
    done = _turn(action)
    if step is not None and _turn(step) > done and (action is None or end != "satisfied"):
        return "follow_up", 0.75, [step]
    if action is not None and _turn(refusal) < done:
        return "resolved", 0.85 if end == "satisfied" else 0.65, [action]
    if refusal is not None and end != "satisfied":
        return "unresolved", 0.7, [refusal]
    if end == "dissatisfied":
        return "unresolved", 0.6, []
    if step is not None:
        return "follow_up", 0.6, [step]
    return ("resolved", 0.6, []) if end == "satisfied" else ("unclear", 0.4, [])


def _turn(finding: Finding | None) -> int:
    return -1 if finding is None or finding.turn is None else finding.turn


def _is_conditional(finding: Finding) -> bool:
    return bool(CONDITIONAL & set(finding.quote.lower().split()[:3]))


def _last_words(heard: Heard) -> list[Hit]:
    """Return what the customer's last turns say about how content they are."""
    last = {turn.index for turn in heard.call.by("customer")[-LAST_TURNS:]}
    signals = ("customer.satisfied", "customer.dissatisfied")
    return [hit for signal in signals for hit in heard.of(signal, "customer") if hit.clause.turn in last]


CHECK = Check(name="outcome", signals=SIGNALS, find=find)
