"""Which speaker is the agent: evidence from metadata and words, added up to a probability. Pure.

Each cue is worth log-odds; the difference between two speakers, through the logistic function, is the probability that
the one is the agent and not the other. Who speaks first counts nothing: on an outbound call that is the customer.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qa_scorer.records import CallInfo, Role
from qa_scorer.speech.cues import CUES

NAMED = 3.0  # "this is Dana" from the speaker, when the metadata says that Dana is the agent
ADDRESSED = 2.0  # "thanks, Dana" from the other
BRANDED = 2.0  # names the company in the first words
CHANNEL = 6.0  # the metadata names the agent's channel: only overwhelming words raise doubt
COMPANY = 1.0  # a third voice with this much evidence speaks for the company
FEW_WORDS = 3  # a speaker with fewer words gives no evidence worth a role
CERTAIN = 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """The role of each speaker label, and the probability that agent and customer are not swapped."""

    of: Mapping[str, Role]
    confidence: float | None


def assign_roles(
    said: Mapping[str, Sequence[str]], info: CallInfo, brand: Sequence[str], threshold: float, agent: str | None = None
) -> Roles:
    """Give every speaker a role.

    ``said`` maps speaker → utterances in time order; ``agent`` is the speaker that the metadata names by channel.
    Below ``threshold`` the roles are ``unknown``. Of more than two speakers the likeliest pair is agent and customer;
    of the rest, who speaks for the company is ``agent`` too (a supervisor who takes over, as on the agent's channel of
    a two-channel call; the speaker label tells them apart), and anybody else ``other``.
    """
    evidence = {speaker: agent_evidence(texts, info, brand) for speaker, texts in said.items()}
    names = _addressed(said, info)
    for speaker in evidence:
        evidence[speaker] += sum(ADDRESSED for other in names if other != speaker) - ADDRESSED * (speaker in names)
    if not evidence:
        return Roles(of={}, confidence=None)
    if len(evidence) == 1:
        return _single(next(iter(evidence)), evidence, agent, threshold)
    first, second = _pair(evidence, said, agent)
    difference = evidence[first] - evidence[second] + (CHANNEL if agent is not None else 0.0)
    confidence = round(logistic(difference), 4)
    sure = confidence >= threshold
    roles: dict[str, Role] = {
        speaker: "unknown" if not sure else "agent" if found >= COMPANY else "other"
        for speaker, found in evidence.items()
    }
    roles[first], roles[second] = ("agent", "customer") if sure else ("unknown", "unknown")
    return Roles(of=roles, confidence=max(confidence, round(1 - confidence, 4)) if agent is None else confidence)


def agent_evidence(texts: Sequence[str], info: CallInfo, brand: Sequence[str]) -> float:
    """Return the log-odds that somebody who says this is the agent (negative: the customer)."""
    whole = " ".join(text.lower().replace("’", "'") for text in texts)
    total = 0.0
    for cue in CUES:
        found = sum(1 for _ in zip(cue.pattern.finditer(whole), range(cue.most), strict=False))
        total += cue.weight * found
    if (first_name := _first_name(info.agent_name)) and re.search(
        rf"\b(?:this is|my name is|my name's|i'm|i am|name is|you're speaking (?:with|to)) {first_name}\b", whole
    ):
        total += NAMED
    opening = " ".join(whole.split()[:40])
    companies = [*brand, *([info.client] if info.client else [])]
    if any(re.search(rf"\b{re.escape(name.lower())}\b", opening) for name in companies if name.strip()):
        total += (
            BRANDED
            if re.search(
                r"thank|welcome|this is|speaking|calling from|reached|good (?:morning|afternoon|evening)", opening
            )
            else 0.5
        )
    return total


def logistic(log_odds: float) -> float:
    """Return the probability of log-odds, never quite 0 or 1."""
    return 1 / (1 + math.exp(-max(-CERTAIN, min(CERTAIN, log_odds))))


def _first_name(name: str | None) -> str | None:
    parts = (name or "").lower().split()
    return re.escape(parts[0]) if parts and len(parts[0]) > 1 else None


def _addressed(said: Mapping[str, Sequence[str]], info: CallInfo) -> list[str]:
    """Return the speakers who call the agent by name ("hi Dana", "thank you, Dana")."""
    name = _first_name(info.agent_name)
    if name is None:
        return []
    pattern = re.compile(
        rf"\b(?:hi|hello|hey|thanks|thank you|okay|ok|bye|yes|no|well|morning|afternoon),? {name}\b", re.IGNORECASE
    )
    return [speaker for speaker, texts in said.items() if any(pattern.search(text) for text in texts)]


def _single(speaker: str, evidence: Mapping[str, float], agent: str | None, threshold: float) -> Roles:
    if agent is not None:
        is_agent = agent == speaker
        return Roles(of={speaker: "agent" if is_agent else "customer"}, confidence=round(logistic(CHANNEL), 4))
    probability = logistic(evidence[speaker])
    confidence = round(max(probability, 1 - probability), 4)
    role: Role = "unknown" if confidence < threshold else "agent" if probability >= 0.5 else "customer"
    return Roles(of={speaker: role}, confidence=confidence)


def _pair(evidence: Mapping[str, float], said: Mapping[str, Sequence[str]], agent: str | None) -> tuple[str, str]:
    """Return (agent, customer) among the speakers."""
    heard = [s for s in evidence if sum(len(text.split()) for text in said[s]) >= FEW_WORDS]
    candidates = heard if len(heard) >= 2 else list(evidence)
    if agent is not None:
        others = [speaker for speaker in candidates if speaker != agent]
        return agent, min(others or [s for s in evidence if s != agent], key=lambda s: evidence[s])
    customer = min(candidates, key=lambda speaker: evidence[speaker])
    return max((s for s in candidates if s != customer), key=lambda s: evidence[s]), customer
