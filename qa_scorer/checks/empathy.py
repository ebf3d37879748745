"""Empathy: the agent names the feeling, apologises for the trouble, and takes it on."""

from __future__ import annotations

from qa_scorer.check import Check, Heard, found
from qa_scorer.records import Finding

SIGNALS = ("empathy.feeling", "empathy.apology", "empathy.ownership")


def find(heard: Heard) -> list[Finding]:
    """Find empathy in the agent's words; whether it was called for is an opportunity's business."""
    return [found(hit, heard.call) for signal in SIGNALS for hit in heard.of(signal)]


CHECK = Check(name="empathy", signals=SIGNALS, find=find)
