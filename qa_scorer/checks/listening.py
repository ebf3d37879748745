"""Listening: the agent asks about the problem itself and says back what was understood."""

from __future__ import annotations

from qa_scorer.check import Check, Heard, found
from qa_scorer.records import Finding

SIGNALS = ("listening.paraphrase", "listening.probe")


def find(heard: Heard) -> list[Finding]:
    """Find the signals in the agent's turns."""
    return [found(hit, heard.call) for signal in SIGNALS for hit in heard.of(signal)]


CHECK = Check(name="listening", signals=SIGNALS, find=find)
