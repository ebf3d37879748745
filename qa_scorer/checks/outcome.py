"""Outcome: how the call ended for the customer."""

from __future__ import annotations

from qa_scorer.check import Heard
from qa_scorer.records import Finding, Outcome, OutcomeLabel


def judge(heard: Heard, findings: list[Finding]) -> Outcome:
    """Judge the outcome from what was done, what was promised and how the customer left."""
    last = {
        signal: max((f.turn or 0 for f in findings if f.signal == signal), default=-1)
        for signal in ("resolution.action", "resolution.nextstep", "escalation.offer", "negative.refusal")
    }
    label: OutcomeLabel = "unclear"
    if last["resolution.nextstep"] > last["resolution.action"]:
        label = "follow_up"
    elif last["resolution.action"] >= 0:
        label = "resolved"
    elif last["negative.refusal"] >= 0:
        label = "unresolved"
    elif findings:
        label = "resolved"
    return Outcome(label=label, confidence=0.5)
