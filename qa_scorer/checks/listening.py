"""Listening: the agent asks about the problem itself and says back what was understood."""

from __future__ import annotations

from qa_scorer.check import Check, Heard, Hit, found
from qa_scorer.records import Finding

SIGNALS = ("listening.paraphrase", "listening.probe")
# A question that already does one of these does not look for a cause or a need.
OTHER_QUESTIONS = (
    "greeting.offer",
    "closing.anything_else",
    "resolution.confirm",
    "hold.permission",
    "rapport.personal",
    "escalation.offer",
    "listening.paraphrase",
    "negative.dismissive",
    "negative.demand",
    "negative.blame",
)


def find(heard: Heard) -> list[Finding]:
    """Find restated needs, and the questions that are about the problem and nothing else."""
    findings = [found(hit, heard.call) for hit in heard.of("listening.paraphrase")]
    for turn in sorted(heard.hits.get("listening.probe", {})):
        probes = [hit for hit in heard.hits["listening.probe"][turn] if is_probe(hit, heard)]
        if probes and heard.call.turns[turn].role == "agent":
            findings.append(found(probes[0], heard.call))
    return findings


def is_probe(hit: Hit, heard: Heard) -> bool:
    """Tell whether a question asks about the problem and does nothing else."""
    same = [other for signal in OTHER_QUESTIONS for other in heard.hits.get(signal, {}).get(hit.clause.turn, ())]
    return not any(other.clause is hit.clause for other in same)


CHECK = Check(name="listening", signals=SIGNALS, find=find)
