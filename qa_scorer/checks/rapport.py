"""Rapport: the agent treats the customer as a person."""

from __future__ import annotations

from qa_scorer.check import Check, Heard, Hit, found
from qa_scorer.language import Spoken
from qa_scorer.names import NOT_NAMES, alike, introduced, vocatives
from qa_scorer.records import Finding

SIGNALS = ("rapport.name", "rapport.personal", "rapport.appreciation", "rapport.affirmation")


def find(heard: Heard) -> list[Finding]:
    """Find the customer's name, interest, thanks and willing words."""
    findings = [found(hit, heard.call) for signal in SIGNALS for hit in heard.of(signal)]
    named = {finding.turn for finding in findings if finding.signal == "rapport.name"}
    for turn in heard.call.by("agent"):
        if turn.index not in named and (hit := addressed(turn, heard)) is not None:
            findings.append(found(hit, heard.call))
    return findings


def addressed(turn: Spoken, heard: Heard) -> Hit | None:
    """Return where a turn says the customer's name, or addresses someone who can only be the customer."""
    own = heard.names.agent - heard.names.customer
    for clause in turn.clauses:
        for i, word in enumerate(clause.words):
            if word not in own and word not in NOT_NAMES and alike(word, heard.names.customer) and (len(word) > 2):
                return Hit(signal="rapport.name", clause=clause, rule=word, how="structure", confidence=0.95, first=i)
    mine = introduced(turn) if turn.nth < 2 else set()
    for name, clause in vocatives(turn, heard.call):
        if name not in own and name not in mine and not heard.doubts("rapport.name", clause):
            return Hit(signal="rapport.name", clause=clause, rule=name, how="structure", confidence=0.8)
    return None


CHECK = Check(name="rapport", signals=SIGNALS, find=find)
