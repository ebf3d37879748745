"""The greeting: a hello, the company, the agent's name, an offer to help."""

from __future__ import annotations

from qa_scorer.check import Check, Heard, Hit, found
from qa_scorer.language import Clause, Spoken
from qa_scorer.names import introduced
from qa_scorer.packs import word_list
from qa_scorer.records import Finding

SIGNALS = ("greeting.salutation", "greeting.brand", "greeting.name", "greeting.offer")
OPENING_TURNS = 2  # a hello to a customer who has just introduced himself comes in the agent's second turn
LATEST_TURN = 5
LEAD_WORDS = 6  # "Thornbury Building Society, mortgages": a company's name at the start is no longer


def find(heard: Heard) -> list[Finding]:
    """Find the parts of a greeting in the agent's first turns."""
    hits = [hit for signal in SIGNALS for hit in heard.of(signal) if in_opening(hit.clause.turn, heard)]
    if not any(hit.signal == "greeting.brand" for hit in hits):
        hits += [hit for turn in heard.call.by("agent")[:1] if (hit := leads_with_company(turn, heard)) is not None]
    told = [hit for hit in hits if hit.sure or hit.signal != "greeting.name" or names_self(hit, heard)]
    return [found(hit, heard.call) for hit in told]


def in_opening(turn: int, heard: Heard) -> bool:
    """Tell whether a turn belongs to the opening."""
    return heard.call.turns[turn].nth < OPENING_TURNS and turn <= LATEST_TURN


def names_self(hit: Hit, heard: Heard) -> bool:
    """Tell whether a clause that should name the agent does."""
    return bool(introduced(heard.call.turns[hit.clause.turn]))


def leads_with_company(turn: Spoken, heard: Heard) -> Hit | None:
    """Find a company named bare at the start ("Skyway Airlines, confirmation code?")."""
    for clause in turn.clauses[:3]:
        lead = _lead(clause, heard)
        if 1 <= len(lead) <= LEAD_WORDS and not heard.doubts("greeting.brand", clause):
            return Hit(signal="greeting.brand", clause=clause, rule=" ".join(lead), how="structure", confidence=0.75)
    return None


def _lead(clause: Clause, heard: Heard) -> list[str]:
    """Return the words before the agent turns to himself or the customer, less courtesies and people's names."""
    language = heard.call.language
    stops, courtesies = word_list("greeting", language, "turns_to"), word_list("greeting", language, "courtesies")
    words = clause.line.split()
    lead = []
    for token in words:
        surface, _, tag = token.split("/")
        if surface in stops:
            break
        if surface in courtesies or surface in heard.names.agent | heard.names.customer:
            continue
        if not tag.startswith(("NN", "JJ", "CD", "VBG", "IN", "CC", "FW", "DT")):
            return []
        lead.append(surface)
    return lead if any("/NN" in token and token.split("/")[0] in lead for token in words) else []


CHECK = Check(name="greeting", signals=SIGNALS, find=find)
