"""Listening: the agent asks about the problem itself and says back what was understood."""

from __future__ import annotations

from qa_scorer.check import Check, Heard, Hit, found
from qa_scorer.language import Clause, Spoken
from qa_scorer.records import Finding
from qa_scorer.words import words

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

ECHO_OPENERS = frozenset({"so"})
ECHO_WORDS = 5  # words a restatement has at least
ECHO_SHARED = 2  # words of content it shares with the customer's turn
DATA = 2  # numbers from which it reads back data
LIGHT = words("en", "listening", "light")
NEXT = words("en", "listening", "next")


def find(heard: Heard) -> list[Finding]:
    """Find restated needs, and the questions that are about the problem and nothing else."""
    hits = heard.of("listening.paraphrase")
    heard_in = {hit.clause.turn for hit in hits}
    hits += [hit for turn in heard.call.by("agent") if turn.index not in heard_in and (hit := echo(turn, heard))]
    restated = {id(hit.clause) for hit in hits}
    findings = [found(hit, heard.call) for hit in hits]
    for turn in sorted(heard.hits.get("listening.probe", {})):
        probes = [
            hit
            for hit in heard.hits["listening.probe"][turn]
            if hit.sure or (is_probe(hit, heard) and id(hit.clause) not in restated)
        ]
        if probes and heard.call.turns[turn].role == "agent":
            findings.append(found(probes[0], heard.call))
    return findings


def echo(turn: Spoken, heard: Heard) -> Hit | None:
    """Find a clause that opens with "so" and says the customer's own words back."""
    before = heard.call.before(turn.index, "customer")
    if before is None:
        return None
    theirs = {key for clause in before.clauses for key in content(clause)}
    for clause in turn.clauses:
        opens = set(clause.words[:3]) & ECHO_OPENERS
        data = clause.line.count("#") >= DATA
        if (
            opens
            and not data
            and not heard.doubts("listening.paraphrase", clause)
            and len(clause.words) >= ECHO_WORDS
            and not fits_next(clause)
        ):
            shared = theirs & content(clause)
            if len(shared) >= ECHO_SHARED:
                rule = f"says back {', '.join(sorted(shared))}"
                return Hit(signal="listening.paraphrase", clause=clause, rule=rule, how="structure", confidence=0.7)
    return None


def content(clause: Clause) -> set[str]:
    """Return the base forms of a clause's nouns, verbs and adjectives, the light ones left out."""
    tokens = (token.split("/") for token in clause.line.split())
    return {lemma for _, lemma, tag in tokens if tag.startswith(("NN", "VB", "JJ")) and lemma not in LIGHT}


def fits_next(clause: Clause) -> bool:
    """Tell whether a clause with "so" goes on to what comes next instead of back to what was said."""
    return any(word in NEXT for word in clause.words[1:5])


def is_probe(hit: Hit, heard: Heard) -> bool:
    """Tell whether a question asks about the problem and does nothing else."""
    same = [other for signal in OTHER_QUESTIONS for other in heard.hits.get(signal, {}).get(hit.clause.turn, ())]
    return not any(other.clause is hit.clause for other in same)


CHECK = Check(name="listening", signals=SIGNALS, find=find)
