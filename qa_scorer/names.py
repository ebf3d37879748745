"""Learn the names of a call's people from how they introduce, greet and thank each other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rapidfuzz.distance import JaroWinkler

from qa_scorer.language import Call, Clause, Spoken
from qa_scorer.words import words

GIVEN_NAMES = Path(__file__).parent / "checks" / "given_names.txt"
ALIKE = 0.9  # Jaro-Winkler likeness from which a recognized name is taken for a known one ("joanna", "joana")

INTRODUCES = re.compile(
    r"(?<= )(?:(?:my|the|her|his) name is |name is |this is |i am |i'm |(?:it|that) is |"
    r"(?:speaking|chatting|talking|connected|through) (?:to|with) |call me |account holder(?: is)? |under |by )"
)
VOCATIVE = words("en", "names", "vocative")
TITLES = words("en", "names", "titles")
# Words after which a titled name is somebody talked about.
PLACED = words("en", "names", "placed")
SPOKEN_TITLES = words("en", "names", "spoken_titles")
NOT_NAMES = words("en", "names", "not_names")


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Lower-case names: of the customer, and of the agent."""

    customer: frozenset[str]
    agent: frozenset[str]


@lru_cache(maxsize=1)
def given_names() -> frozenset[str]:
    """Return common given names in lower case."""
    return frozenset(GIVEN_NAMES.read_text(encoding="utf-8").split())


def learn_names(call: Call) -> Names:
    """Learn who is who. Names from the call's metadata count first, then what is said."""
    info = call.transcript.call
    agent = set(_parts(info.agent_name or ""))
    customer = {
        part
        for key, value in info.extra.items()
        if "customer" in key.lower() and "name" in key.lower()
        for part in _parts(value)
    }
    for turn in call.turns:
        if turn.role == "agent" and turn.nth < 3:
            agent |= introduced(turn) - customer
        if turn.role == "customer":
            customer |= introduced(turn) if turn.nth < 8 else set()
    for turn in call.turns:
        if turn.role == "customer":
            agent |= {name for name, _ in vocatives(turn, call)} - customer
        if turn.role == "customer" and (before := call.before(turn.index, "agent")) and _asks_name(before):
            customer |= set(name_like(turn))
    customer -= agent if len(customer) > 1 else set()
    for turn in call.by("agent"):
        own = agent | (introduced(turn) if turn.nth < 2 else set())
        customer |= {name for name, _ in vocatives(turn, call)} - own
    return Names(customer=frozenset(customer), agent=frozenset(agent))


def introduced(turn: Spoken) -> set[str]:
    """Return the names with which a speaker introduces himself in a turn."""
    names: set[str] = set()
    for clause in turn.clauses:
        words = clause.words
        line = " " + " ".join(words) + " "
        for match in INTRODUCES.finditer(line):
            at = line.count(" ", 0, match.end()) - 1
            firm = match[0].startswith(("my name", "name is", "call me"))
            for word in words[at : at + 3]:
                if not is_name(word, turn, firm):
                    break
                names.add(word)
        for i, word in enumerate(words[:-1]):
            if words[i + 1] in {"speaking", "here"} and is_name(word, turn, False):
                names.add(word)
    return names


def is_name(word: str, turn: Spoken, firm: bool) -> bool:
    """Tell whether a word is a name: a known one, or written with a capital, or (``firm``) after "my name is"."""
    if word in NOT_NAMES or not re.fullmatch(r"[a-z][a-z'\-]+", word):
        return False
    capital = any(word == name.lower() for name in turn.capitals)
    return word in given_names() or capital or (firm and not turn.capitals and len(word) > 2)


def vocatives(turn: Spoken, call: Call) -> list[tuple[str, Clause]]:
    """Return names with which someone is addressed: after a courtesy, or alone at the edge of a clause."""
    found = []
    for clause in turn.clauses:
        words = clause.words
        for i, word in enumerate(words):
            if word in NOT_NAMES:
                continue
            known = word in given_names()
            capital = any(word == name.lower() for name in turn.capitals)
            before = words[i - 1] if i else ""
            titled = before in TITLES and (capital or known or (not turn.capitals and before in SPOKEN_TITLES))
            if not (known or capital or titled):
                continue
            edge = set_off(turn, clause, i)
            edge = edge and not _introduced_apart(turn, clause, i)
            if (
                (titled and opens_or_closes(clause, i))
                or (known and before in VOCATIVE)
                or (edge and (known or (capital and before in VOCATIVE)))
            ):
                found.append((word, clause))
    return found


def set_off(turn: Spoken, clause: Clause, i: int) -> bool:
    """Tell whether a word is set off by commas or marks, as someone addressed is."""
    text = turn.turn.text
    before = text[: clause.starts[i]].rstrip()
    after = text[clause.ends[i] :].lstrip()
    return (not before or before[-1] in ",.!?-–—]") and (not after or after[0] in ",.!?-–—[(")


def opens_or_closes(clause: Clause, i: int) -> bool:
    """Tell whether a titled name stands at an edge of its clause, where someone addressed stands."""
    last = len(clause.words) - 1
    return (i >= last - 1 and clause.words[max(0, i - 2)] not in PLACED) or (
        i <= 3 and clause.words[max(0, i - 2)] in VOCATIVE
    )


def _introduced_apart(turn: Spoken, clause: Clause, i: int) -> bool:
    """Tell whether a name is followed by what that person is: "Marcus, our night porter"."""
    rest = turn.turn.text[clause.ends[i] :].lstrip(" ,").lower()
    return rest.startswith(("our ", "my ", "the ", "from ", "who "))


def name_like(turn: Spoken) -> list[str]:
    """Return the words of a short answer that look like a name."""
    words = [word for clause in turn.clauses for word in clause.words]
    if len(words) > 12:
        return []
    return [word for word in words if is_name(word, turn, False)]


def _asks_name(turn: Spoken) -> bool:
    return any("name" in clause.keys and (clause.question or "please" in clause.keys) for clause in turn.clauses)


def _parts(name: str) -> list[str]:
    return [part for part in re.findall(r"[a-z][a-z'\-]+", name.lower()) if part not in TITLES]


def alike(word: str, names: frozenset[str]) -> bool:
    """Tell whether a word is one of the names, or what a recognizer may have made of it."""
    return word in names or (
        len(word) > 4 and any(len(n) > 4 and JaroWinkler.similarity(word, n) >= ALIKE for n in names)
    )
