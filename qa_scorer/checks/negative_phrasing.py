"""Negative phrasing: refusals without an alternative, demands, blame, dismissal, doubt, hiding behind policy."""

from __future__ import annotations

from qa_scorer.check import Check, Heard, found
from qa_scorer.records import Finding

SIGNALS = (
    "negative.refusal",
    "negative.demand",
    "negative.blame",
    "negative.dismissive",
    "negative.uncertain",
    "negative.policy",
)


def find(heard: Heard) -> list[Finding]:
    """Find negative phrases and the better sentence for each."""
    findings = []
    for signal in SIGNALS:
        for hit in heard.of(signal):
            turn = heard.call.turns[hit.clause.turn]
            # An alternative in the same turn opens the door again, however sure the refusal was.
            judged_in_context = hit.sure and signal != "negative.refusal"
            if judged_in_context or not heard.excused(signal, turn):
                findings.append(found(hit, heard.call, "violation", heard.better(hit)))
    return findings


CHECK = Check(name="negative_phrasing", signals=SIGNALS, find=find)
