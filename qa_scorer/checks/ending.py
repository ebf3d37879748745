"""How a call ends, in numbers: what was done, promised and refused, how late, and how the customer took it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from qa_scorer.check import Heard
from qa_scorer.checks.sentiment import valence
from qa_scorer.records import Finding

# What the agent did or left undone, by how probable it is: anywhere, late, and at the end of the call.
AGENT = (
    "resolution.action",
    "resolution.nextstep",
    "resolution.confirm",
    "expectation.timeframe",
    "negative.refusal",
    "negative.policy",
    "negative.uncertain",
    "negative.dismissive",
    "negative.demand",
    "negative.blame",
    "escalation.offer",
    "empathy.apology",
    "listening.probe",
    "rapport.affirmation",
    "closing.anything_else",
    "closing.farewell",
)
# What else was heard, by whether it was, and whether it was at the end.
OTHERS = (
    "customer.satisfied",
    "customer.dissatisfied",
    "customer.anger",
    "customer.distress",
    "customer.problem",
    "customer.supervisor",
    "customer.repeat",
    "outcome.transfer",
    "outcome.open",
)
END_TURNS = 6  # turns of either side that are the end of a call
LAST_TURNS = 3  # customer turns whose mood is the mood at the end
HEARD = 0.5  # probability from which a signal counts as heard when the last ones are set against each other


def describe(heard: Heard, findings: Sequence[Finding]) -> dict[str, float]:
    """Return the ending's features by name: probabilities 0–1, moods as summed valence, yes and no as 1 and 0."""
    n_turns = len(heard.call.turns)
    likely = _likely(heard, findings)
    features: dict[str, float] = {}
    for signal in AGENT:
        by_turn = likely[signal]
        features[f"{signal} anywhere"] = max(by_turn.values(), default=0.0)
        features[f"{signal} late"] = max((odds * turn / n_turns for turn, odds in by_turn.items()), default=0.0)
        end = (odds for turn, odds in by_turn.items() if turn >= n_turns - END_TURNS)
        features[f"{signal} at the end"] = max(end, default=0.0)
    for signal in OTHERS:
        turns = heard.hits.get(signal, {})
        features[f"{signal} anywhere"] = float(bool(turns))
        features[f"{signal} at the end"] = float(any(turn >= n_turns - END_TURNS + 1 for turn in turns))
    features |= dict(_order(likely))
    moods = [valence(turn, heard) for turn in heard.call.by("customer") if turn.n_words] or [0.0]
    last = moods[-LAST_TURNS:]
    features |= {"mood at the end": sum(last), "last mood": last[-1], "worst late mood": min(last)}
    features["mean mood"] = sum(moods) / len(moods)
    return features


def _likely(heard: Heard, findings: Sequence[Finding]) -> dict[str, dict[int, float]]:
    """Return by signal and turn how probable it is: what the reader made of it, or how sure a finding is."""
    likely: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for (turn, _), odds in heard.read.items():
        for signal in AGENT:
            likely[signal][turn] = max(likely[signal][turn], odds.get(signal, 0.0))
    for finding in findings:
        if finding.turn is not None and finding.signal in AGENT:
            likely[finding.signal][finding.turn] = max(likely[finding.signal][finding.turn], finding.confidence)
    return likely


def _order(likely: dict[str, dict[int, float]]) -> Iterator[tuple[str, float]]:
    """Yield what came last: a fix, a next step or a refusal."""
    last = {
        signal: max((turn for turn, odds in by_turn.items() if odds > HEARD), default=-1)
        for signal, by_turn in likely.items()
    }
    action, step = last.get("resolution.action", -1), last.get("resolution.nextstep", -1)
    refusal = max(last.get("negative.refusal", -1), last.get("negative.policy", -1))
    yield "action after step", float(action > step)
    yield "step after action", float(step > action)
    yield "action with step", float(action == step >= 0)
    yield "no action", float(action < 0)
    yield "no step", float(step < 0)
    yield "refusal last", float(refusal > max(action, step))
    yield "confirmed last", float(last.get("resolution.confirm", -1) >= max(action, step))
