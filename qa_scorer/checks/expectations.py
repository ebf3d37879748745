"""Expectations: when it will happen, and no promise that nobody can keep."""

from __future__ import annotations

from qa_scorer.check import Check, Heard, found
from qa_scorer.records import Finding

SIGNALS = ("expectation.timeframe", "expectation.overpromise")


def find(heard: Heard) -> list[Finding]:
    """Find the signals in the agent's turns; for an overpromise also what can be promised."""
    hits = [hit for signal in SIGNALS for hit in heard.of(signal)]
    return [found(hit, heard.call, suggestion=heard.better(hit)) for hit in hits]


CHECK = Check(name="expectations", signals=SIGNALS, find=find)
