"""Surnames that customers give or spell out, taken out only where the settings ask for it.

Names stay otherwise: they are no key to an account, and whether the agent used the customer's name is judged.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa_scorer.redact.emails import spelled_runs
from qa_scorer.redact.lines import Entity, Line, asked
from qa_scorer.redact.words import Words

_MIN_SPELLED = 3

_NAME = r"[A-Z][\w'’-]+"
_TITLE = r"(?:(?:M(?:r|rs|s|iss|x)|Dr)\.? )?"
# A first name, initials, and in the one group what comes after them.
_FULL = rf"{_TITLE}{_NAME}(?: [A-Z]\b\.?)*((?: {_NAME}){{1,3}})"
_STATED = re.compile(
    rf"\b(?:[Mm]y (?:full )?name(?:\W?s| is)|[Nn]ame(?:\W?s| is)|[Ii]t(?:\W?s| is)|[Tt]hat(?:\W?s| is)) {_FULL}"
)
_SURNAME = re.compile(rf"\b(?:[Ll]ast|[Ff]amily|[Ss]econd|[Ss]ur) ?name(?:\W?s| is)(?: spelled)? ({_NAME})")
_ANSWER = re.compile(
    r"^(?:(?:[Yy]es|[Ss]ure|[Oo]kay|[Oo]f course|[Yy]eah|[Uu]m|[Uu]h)[,.]? )*"
    rf"(?!(?:It|I|That|My|The|This|We|You|Yes|No|Sure|Okay)\b){_FULL}"
)
_NOT_NAMES = frozenset(("Calling", "Speaking", "From", "And", "Here", "I", "The", "Account", "My"))


def name_entities(lines: Sequence[Line], words: Words, agent_name: str | None) -> list[Entity]:
    """Find surnames that customers give or spell, and every mention of them. The agent's own name stays."""
    kept = {part.lower() for part in (agent_name or "").split()}
    entities: list[Entity] = []
    surnames: set[str] = set()
    for index, line in enumerate(lines):
        if line.role == "agent":
            continue
        wanted = any(cue.kind == "name" for cue in asked(lines, index))
        if wanted or any(cue.kind == "name" for cue in line.cues):
            spelled = spelled_runs(line.tokens, words, _MIN_SPELLED)
            entities += [Entity(line=index, start=start, end=end, kind="name") for start, end in spelled]
        patterns = (_STATED, _SURNAME, _ANSWER) if wanted else (_STATED, _SURNAME)
        for pattern in patterns:
            for match in pattern.finditer(line.text):
                stated = [name for name in match[1].split() if name not in _NOT_NAMES and name.lower() not in kept]
                if pattern is _STATED and not wanted and "name" not in match[0].lower():
                    continue
                surnames.update(stated)
    for name in surnames:
        pattern = re.compile(rf"\b{re.escape(name)}(?=\b|['’]s)")
        entities += [
            Entity(line=index, start=match.start(), end=match.end(), kind="name")
            for index, line in enumerate(lines)
            for match in pattern.finditer(line.text)
        ]
    return entities
