"""Hold etiquette: the agent asks before a hold or a long check."""

from __future__ import annotations

from qa_scorer.check import Check, Heard, found
from qa_scorer.records import Finding

SIGNALS = ("hold.permission",)


def find(heard: Heard) -> list[Finding]:
    """Find the signals in the agent's turns."""
    return [found(hit, heard.call) for signal in SIGNALS for hit in heard.of(signal)]


CHECK = Check(name="hold_etiquette", signals=SIGNALS, find=find)
