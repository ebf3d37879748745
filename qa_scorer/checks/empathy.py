"""Empathy: the agent names the feeling, apologises for the trouble, and takes it on."""

from __future__ import annotations

from qa_scorer.check import Check, Heard, Hit, found
from qa_scorer.records import Finding

SIGNALS = ("empathy.feeling", "empathy.apology", "empathy.ownership")
REFUSALS = ("negative.refusal", "negative.policy")
BARE = 4  # words: "I'm sorry", "oh, I am sorry"


def find(heard: Heard) -> list[Finding]:
    """Find empathy in the agent's words; whether it was called for is an opportunity's business."""
    hits = [hit for signal in SIGNALS for hit in heard.of(signal)]
    return [found(hit, heard.call) for hit in hits if hit.signal != "empathy.apology" or is_meant(hit, heard)]


def is_meant(hit: Hit, heard: Heard) -> bool:
    """Tell whether an apology is for the customer's trouble, not for having misheard, nor a "no" made polite."""
    turn = heard.call.turns[hit.clause.turn]
    bare = len(hit.clause.starts) <= BARE
    after = [clause for clause in turn.clauses if clause.starts[0] > hit.clause.starts[0]]
    if bare and after and after[0].sentence == hit.clause.sentence and after[0].question:
        return False
    refused = any(heard.has(signal, turn.index) and not heard.excused(signal, turn) for signal in REFUSALS)
    polite_no = "sorry" in hit.clause.keys and (bare or "but" in hit.clause.keys)
    return hit.sure or not (refused and polite_no)


CHECK = Check(name="empathy", signals=SIGNALS, find=find)
