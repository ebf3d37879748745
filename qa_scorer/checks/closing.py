"""The closing: further help offered, thanks, goodbye."""

from __future__ import annotations

from qa_scorer.check import Check, Heard, Hit, found
from qa_scorer.records import Finding

SIGNALS = ("closing.anything_else", "closing.thanks", "closing.farewell")
CLOSE_SHARE = 0.5  # thanks and goodbyes count in the last part of a call
OPENING_TURNS = 2


def find(heard: Heard) -> list[Finding]:
    """Find the parts of a closing; the first turns are an opening, not a close."""
    return [found(hit, heard.call) for signal in SIGNALS for hit in heard.of(signal) if near_close(hit, heard)]


def near_close(hit: Hit, heard: Heard) -> bool:
    """Tell whether a hit comes late enough in the call to belong to its close."""
    turn = heard.call.turns[hit.clause.turn]
    if turn.nth < OPENING_TURNS and turn.index < len(heard.call.turns) - 3:
        return False
    return hit.signal == "closing.anything_else" or turn.index >= CLOSE_SHARE * (len(heard.call.turns) - 1)


CHECK = Check(name="closing", signals=SIGNALS, find=find)
