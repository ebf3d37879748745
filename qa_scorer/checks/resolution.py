"""Resolution: the fix done, or who does what next; and a check that it is solved."""

from __future__ import annotations

from qa_scorer.check import Check, Heard, found
from qa_scorer.records import Finding

SIGNALS = ("resolution.action", "resolution.nextstep", "resolution.confirm")


def find(heard: Heard) -> list[Finding]:
    """Find the signals in the agent's turns."""
    return [found(hit, heard.call) for signal in SIGNALS for hit in heard.of(signal)]


CHECK = Check(name="resolution", signals=SIGNALS, find=find)
