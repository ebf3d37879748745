"""Outcome: how the call ended for the customer, with the evidence of both sides.

Two judges: a weighted sum of the ending's features for each label (multinomial logistic regression),
its weights set by ``benchmarks/outcome.py`` on labelled calls and shipped as a table anyone can read; and the reader,
who has read what the customer came for and the end of the call.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache

from qa_scorer.check import Check, Heard, Hit, found
from qa_scorer.checks.ending import LAST_TURNS, describe
from qa_scorer.reader import WEIGHTS
from qa_scorer.records import CustomerEnd, Finding, Outcome, OutcomeLabel

SIGNALS = ("outcome.transfer", "outcome.open")
# What speaks for a label, the strongest first.
DECISIVE: Mapping[OutcomeLabel, tuple[str, ...]] = {
    "resolved": ("resolution.action", "resolution.confirm"),
    "follow_up": ("resolution.nextstep", "escalation.offer", "expectation.timeframe"),
    "unresolved": ("negative.refusal", "negative.policy", "negative.uncertain"),
    "transferred": ("escalation.offer",),
    "unclear": (),
}
READER = 0.3  # share of the reader in the judgement, the table has the rest: the best on `dialogues-e`
LEAST = 0.001  # the least probability anything gets: nobody is that sure
Table = Mapping[str, Mapping[str, float]]


def find(heard: Heard) -> list[Finding]:
    """Report nothing: the outcome is a verdict on the call, not a behaviour of the agent."""
    return []


def judge(heard: Heard, findings: Sequence[Finding]) -> Outcome:
    """Judge the outcome from what was done, what was promised, and how the customer left."""
    repeat = bool(heard.of("customer.repeat", "customer"))
    if not any(turn.n_words for turn in heard.call.by("customer")):
        return Outcome(label="unclear", confidence=0.0, repeat_contact=repeat)
    features = describe(heard, findings)
    label, confidence = _likeliest("outcome", features, heard.ending)
    mood, _ = _likeliest("customer_end", features, heard.ending)
    return Outcome(
        label=_outcome(label),
        confidence=confidence,
        customer_end=_mood(mood),
        repeat_contact=repeat,
        evidence=(
            *_decisive(_outcome(label), heard, findings),
            *(found(hit, heard.call) for hit in _last_words(heard)),
        ),
    )


@cache
def _weights() -> Mapping[str, Table]:
    tables: Mapping[str, Table] = tomllib.loads((WEIGHTS / "outcome.toml").read_text(encoding="utf-8"))
    return tables


def _likeliest(what: str, features: Mapping[str, float], read: Mapping[str, float]) -> tuple[str, float]:
    """Return the label that both judges together find most probable, and how probable."""
    sums = {
        label: weights["always"] + math.fsum(weights.get(name, 0.0) * value for name, value in features.items())
        for label, weights in _weights()[what].items()
    }
    if read:
        odds = {label: math.log(max(read[f"{what}.{label}"], LEAST)) for label in sums}
        sums = {label: (1 - READER) * total + READER * odds[label] for label, total in sums.items()}
    label = max(sums, key=lambda name: sums[name])
    return label, round(1 / math.fsum(math.exp(total - sums[label]) for total in sums.values()), 3)


def _outcome(name: str) -> OutcomeLabel:
    return next((label for label in DECISIVE if label == name), "unclear")


def _mood(name: str) -> CustomerEnd:
    moods: tuple[CustomerEnd, ...] = ("satisfied", "neutral", "dissatisfied")
    return next((mood for mood in moods if mood == name), "unclear")


def _decisive(label: OutcomeLabel, heard: Heard, findings: Sequence[Finding]) -> list[Finding]:
    """Return the last thing said that speaks for a label."""
    if label == "transferred" and (hits := heard.of("outcome.transfer")):
        return [found(hits[-1], heard.call)]
    for signal in DECISIVE[label]:
        if said := [finding for finding in findings if finding.signal == signal]:
            return said[-1:]
    return []


def _last_words(heard: Heard) -> list[Hit]:
    """Return what the customer's last turns say about how content they are."""
    last = {turn.index for turn in heard.call.by("customer")[-LAST_TURNS:]}
    signals = ("customer.satisfied", "customer.dissatisfied")
    return [hit for signal in signals for hit in heard.of(signal, "customer") if hit.clause.turn in last]


CHECK = Check(name="outcome", signals=SIGNALS, find=find)
