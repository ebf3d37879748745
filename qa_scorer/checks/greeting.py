"""The greeting: a hello, the company, the agent's name, an offer to help."""

from __future__ import annotations

from qa_scorer.check import Check, Heard, Hit, found
from qa_scorer.names import introduced
from qa_scorer.records import Finding

SIGNALS = ("greeting.salutation", "greeting.brand", "greeting.name", "greeting.offer")
OPENING_TURNS = 2  # a hello to a customer who has just introduced himself comes in the agent's second turn
SELF_TURNS = 1  # who is speaking, and for whom, is said at once


def find(heard: Heard) -> list[Finding]:
    """Find the parts of a greeting in the agent's first turns."""
    findings = []
    for signal in SIGNALS:
        for hit in heard.of(signal):
            if in_opening(hit, heard) and named(hit, heard):
                findings.append(found(hit, heard.call))
    return findings


def in_opening(hit: Hit, heard: Heard) -> bool:
    """Tell whether a hit lies in the opening."""
    turn = heard.call.turns[hit.clause.turn]
    return turn.nth < OPENING_TURNS and turn.index < 6


def named(hit: Hit, heard: Heard) -> bool:
    """Tell whether a clause that should name the agent does."""
    if hit.signal != "greeting.name":
        return True
    return bool(introduced(heard.call.turns[hit.clause.turn]))


CHECK = Check(name="greeting", signals=SIGNALS, find=find)
