"""Escalation: the agent offers, or agrees to, a supervisor or an escalation."""

from __future__ import annotations

from qa_scorer.check import Check, Heard, found
from qa_scorer.records import Finding

SIGNALS = ("escalation.offer",)


def find(heard: Heard) -> list[Finding]:
    """Find the signals in the agent's turns."""
    return [found(hit, heard.call) for signal in SIGNALS for hit in heard.of(signal)]


CHECK = Check(name="escalation", signals=SIGNALS, find=find)
