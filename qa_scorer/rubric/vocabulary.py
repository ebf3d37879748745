"""The words a rubric may use: signals, opportunities, metrics and outcomes, each with its name in a sentence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

SIGNALS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "greeting.salutation": "a greeting",
        "greeting.brand": "the company's name",
        "greeting.name": "the agent's own name",
        "greeting.offer": "an offer of help",
        "rapport.name": "the customer's name",
        "rapport.personal": "personal interest",
        "rapport.appreciation": "appreciation of the customer",
        "rapport.affirmation": "willing or reassuring words",
        "empathy.feeling": "the customer's feeling named",
        "empathy.apology": "an apology for the trouble",
        "empathy.ownership": "ownership of the fix",
        "negative.refusal": "a refusal without an alternative",
        "negative.demand": "a blunt demand",
        "negative.blame": "blame",
        "negative.dismissive": "dismissive or curt words",
        "negative.uncertain": "doubt without a plan",
        "negative.policy": "policy or the system as an excuse",
        "listening.paraphrase": "the need restated",
        "listening.probe": "a question about the problem",
        "expectation.timeframe": "when it will happen",
        "expectation.overpromise": "a promise nobody can keep",
        "resolution.action": "the fix done or under way",
        "resolution.nextstep": "who does what next",
        "resolution.confirm": "a check that it is solved",
        "hold.permission": "permission asked before a wait",
        "closing.anything_else": "an offer of further help",
        "closing.thanks": "thanks for calling",
        "closing.farewell": "a farewell",
        "escalation.offer": "an offer of a supervisor",
        "talk.interruption": "talking over the customer",
        "talk.dead_air": "a long silence without a word of why",
        "talk.monologue": "a monologue",
    }
)

COMPLIANCE: Final = "compliance."
"""Prefix of the signals a rubric makes itself, one for each of its phrase rules."""

MEASURED: Final = "talk."
"""Prefix of the signals read off the times of a call: without times they cannot be judged."""

_FAMILIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "greeting": "greeting",
        "rapport": "rapport",
        "empathy": "empathy",
        "negative_phrasing": "negative",
        "listening": "listening",
        "expectations": "expectation",
        "resolution": "resolution",
        "hold_etiquette": "hold",
        "closing": "closing",
        "escalation": "escalation",
        "talk_behaviour": "talk",
    }
)

CHECKS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        check: tuple(signal for signal in SIGNALS if signal.startswith(f"{family}."))
        for check, family in _FAMILIES.items()
    }
)
"""A check's name stands for all of its signals."""

OPPORTUNITIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "distress": "the customer voices a feeling or hardship",
        "problem": "the customer reports a failure",
        "anger": "the customer is angry",
        "refusal": "the agent has to say no",
        "hold": "the agent makes the customer wait",
        "open_need": "the fix is in place and wants a check",
        "supervisor": "the customer asks for a supervisor",
    }
)

METRICS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "duration_s": "length of the call (s)",
        "agent_talk_share": "agent's share of speech (0–1)",
        "customer_talk_share": "customer's share of speech (0–1)",
        "agent_words_per_minute": "agent's pace (words a minute)",
        "customer_words_per_minute": "customer's pace (words a minute)",
        "longest_agent_monologue_s": "agent's longest monologue (s)",
        "first_agent_word_s": "agent's first word after (s)",
        "interruptions_by_agent": "interruptions by the agent",
        "interruptions_by_customer": "interruptions by the customer",
        "silence_s": "silence (s)",
        "silence_share": "share of the call that is silent (0–1)",
        "longest_silence_s": "longest silence (s)",
        "overtalk_s": "talking over each other (s)",
        "overtalk_share": "share of the call with both talking (0–1)",
        "hold_s": "time on hold (s)",
        "longest_hold_s": "longest hold (s)",
        "holds": "number of holds",
        "customer_start": "customer's mood at the start (−1 to 1)",
        "customer_low": "customer's mood at its lowest (−1 to 1)",
        "customer_end": "customer's mood at the end (−1 to 1)",
        "customer_shift": "change of the customer's mood, start to end",
        "customer_recovery": "rise of the customer's mood from its lowest to the end",
        "agent_mean": "agent's mean tone (−1 to 1)",
    }
)

METRIC_RANGES: Final[Mapping[str, tuple[float, float]]] = MappingProxyType(
    {
        name: (-1.0, 1.0)
        if name in ("customer_start", "customer_low", "customer_end", "agent_mean")
        else (-2.0, 2.0)
        if name in ("customer_shift", "customer_recovery")
        else (0.0, 1.0)
        if name.endswith("_share")
        else (0.0, math.inf)
        for name in METRICS
    }
)
"""The least and the most a metric can be."""

ROLE_FREE_METRICS: Final = frozenset(
    {
        "duration_s",
        "silence_s",
        "silence_share",
        "longest_silence_s",
        "overtalk_s",
        "overtalk_share",
        "hold_s",
        "longest_hold_s",
        "holds",
    }
)
"""Metrics that mean the same whoever is who."""


def signal_title(signal: str) -> str:
    """Return a signal's name as it reads in a sentence."""
    if signal.startswith(COMPLIANCE):
        return f"the phrase '{signal.removeprefix(COMPLIANCE)}'"
    return SIGNALS.get(signal, signal)
