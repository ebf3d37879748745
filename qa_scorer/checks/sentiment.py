"""Sentiment: the customer's valence turn by turn, its lowest point, and the agent's own tone."""

from __future__ import annotations

from qa_scorer.check import Check, Heard
from qa_scorer.language import Spoken
from qa_scorer.packs import word_list
from qa_scorer.records import EmotionalArc, Finding

SIGNALS = (
    "customer.distress",
    "customer.anger",
    "customer.problem",
    "customer.supervisor",
    "customer.repeat",
    "customer.satisfied",
    "customer.dissatisfied",
)
# How far one word, and one signal, moves a turn's valence (−1 … 1). Signals weigh more: they were heard in context.
WORD_STEP = 0.25
SIGNAL_STEPS = {
    "customer.distress": -0.4,
    "customer.anger": -0.6,
    "customer.problem": -0.15,
    "customer.satisfied": 0.4,
    "customer.dissatisfied": -0.4,
}
NEGATIONS = frozenset(["not", "no", "never", "nothing", "nobody", "without", "hardly"])
REACH = 3  # words a negation reaches forward
EDGE_SHARE = 0.25  # the first and the last quarter of the customer's turns are the start and the end
MIN_TURNS = 2


def find(heard: Heard) -> list[Finding]:
    """Report nothing: feelings are moments that ask something of the agent, not the agent's merit or fault."""
    return []


def arc(heard: Heard) -> EmotionalArc:
    """Follow the customer's valence from turn to turn; ``None`` where fewer than two customer turns were heard."""
    customer = [(turn.index, valence(turn, heard)) for turn in heard.call.by("customer") if turn.n_words]
    if len(customer) < MIN_TURNS:
        return EmotionalArc()
    edge = max(1, round(EDGE_SHARE * len(customer)))
    low_turn, low = min(customer, key=lambda item: item[1])
    agent = [valence(turn, heard, signals=False) for turn in heard.call.by("agent") if turn.n_words]
    return EmotionalArc(
        customer_start=_mean([value for _, value in customer[:edge]]),
        customer_low=low,
        customer_end=_mean([value for _, value in customer[-edge:]]),
        low_turn=low_turn,
        agent_mean=_mean(agent) if agent else None,
        customer_by_turn=tuple(customer),
    )


def valence(turn: Spoken, heard: Heard, *, signals: bool = True) -> float:
    """Return how good or bad a turn feels, −1 … 1: words of feeling, turned round by a negation, and signals."""
    language = heard.call.language
    warm, cold = word_list("sentiment", language, "warm"), word_list("sentiment", language, "cold")
    total = 0.0
    for clause in turn.clauses:
        negated = 0
        for token in clause.line.split():
            surface, lemma = token.split("/")[:2]
            step = WORD_STEP * ((surface in warm or lemma in warm) - (surface in cold or lemma in cold))
            total += -step if negated else step
            negated = REACH if surface in NEGATIONS else max(0, negated - 1)
    if signals:
        steps = {signal: step for signal, step in SIGNAL_STEPS.items() if heard.has(signal, turn.index)}
        if "customer.dissatisfied" in steps or "customer.anger" in steps:
            # Warm words beside displeasure are sarcasm or manners: "great, thanks for nothing".
            total = min(total, 0.0)
            steps.pop("customer.satisfied", None)
        total += sum(steps.values())
    return round(max(-1.0, min(1.0, total)), 3)


def _mean(values: list[float]) -> float:
    return round(sum(values) / len(values), 3)


CHECK = Check(name="sentiment", signals=SIGNALS, find=find)
