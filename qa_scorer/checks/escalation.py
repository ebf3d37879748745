"""Escalation: the agent offers, or agrees to, a supervisor or an escalation."""

from __future__ import annotations

from dataclasses import replace

from qa_scorer.check import Check, Heard, found
from qa_scorer.records import Finding

SIGNALS = ("escalation.offer",)


def find(heard: Heard) -> list[Finding]:
    """Find offers of a supervisor; a transfer right after the customer asked for one is an agreement to it."""
    hits = heard.of("escalation.offer")
    offered = {hit.clause.turn for hit in hits}
    asked = {hit.clause.turn + 1 for hit in heard.of("customer.supervisor", "customer")}
    for hit in heard.of("outcome.transfer"):
        if hit.clause.turn in asked - offered:
            hits.append(replace(hit, signal="escalation.offer"))
    return [found(hit, heard.call) for hit in hits]


CHECK = Check(name="escalation", signals=SIGNALS, find=find)
