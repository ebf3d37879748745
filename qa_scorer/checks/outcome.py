"""Outcome: how the call ended for the customer, with the evidence of both sides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qa_scorer.check import Check, Heard, Hit, found
from qa_scorer.checks.sentiment import valence
from qa_scorer.records import CustomerEnd, Finding, Outcome, OutcomeLabel

SIGNALS = ("outcome.transfer", "outcome.open")
LAST_TURNS = 3  # customer turns that make up the end of a call
TRANSFER_TURNS = 2  # agent turns that may follow the announcement of a transfer that took place
CONDITIONAL = frozenset({"if", "should", "unless"})
CONTENT, UNHAPPY = 0.3, -0.25  # summed valence of the last turns; set on the tuning dialogues
FEEDBACK = frozenset({"feedback", "suggestion", "note", "appreciation", "preference"})

Verdict = tuple[OutcomeLabel, float, Finding | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What decides an outcome: the last fix, the last next step, the last refusal, a transfer, the customer's mood."""

    action: Finding | None
    step: Finding | None
    refusal: Finding | None
    transfer: Finding | None
    open: bool
    mood: CustomerEnd


def find(heard: Heard) -> list[Finding]:
    """Report nothing: the outcome is a verdict on the call, not a behaviour of the agent."""
    return []


def judge(heard: Heard, findings: Sequence[Finding]) -> Outcome:
    """Judge the outcome from what was done, what was promised, and how the customer left."""
    ending = read_ending(heard, findings)
    label, confidence, decisive = next(verdict for rule in RULES if (verdict := rule(ending)) is not None)
    closing = [found(hit, heard.call) for hit in _last_words(heard)]
    return Outcome(
        label=label,
        confidence=confidence,
        customer_end=ending.mood,
        repeat_contact=bool(heard.of("customer.repeat", "customer")),
        evidence=(*([decisive] if decisive else []), *closing),
    )


def read_ending(heard: Heard, findings: Sequence[Finding]) -> Ending:
    """Gather what decides the outcome; conditional promises and passed-on feedback close no need."""
    last = {finding.signal: finding for finding in findings if not _is_aside(finding)}
    transfers = [
        hit
        for hit in heard.of("outcome.transfer")
        if len(heard.call.after(hit.clause.turn, "agent", TRANSFER_TURNS + 1)) <= TRANSFER_TURNS
    ]
    final = {turn.index for turn in heard.call.by("customer")[-2:]}
    return Ending(
        action=last.get("resolution.action"),
        step=last.get("resolution.nextstep"),
        refusal=max(
            (last[signal] for signal in ("negative.refusal", "negative.policy") if signal in last),
            key=_turn,
            default=None,
        ),
        transfer=found(transfers[-1], heard.call) if transfers else None,
        open=any(hit.clause.turn in final for hit in heard.of("outcome.open", "customer")),
        mood=customer_end(heard),
    )


def customer_end(heard: Heard) -> CustomerEnd:
    """Tell how the customer leaves, from the last turns: contentment against displeasure."""
    last = [turn for turn in heard.call.by("customer") if turn.n_words][-LAST_TURNS:]
    if not last:
        return "unclear"
    weights = (0.5, 1.0, 1.0)[-len(last) :]
    mood = sum(weight * valence(turn, heard) for weight, turn in zip(weights, last, strict=True))
    return "satisfied" if mood > CONTENT else "dissatisfied" if mood < UNHAPPY else "neutral"


def _transferred(end: Ending) -> Verdict | None:
    return ("transferred", 0.85, end.transfer) if end.transfer else None


def _refused(end: Ending) -> Verdict | None:
    late = end.refusal is not None and _turn(end.refusal) > max(_turn(end.action), _turn(end.step))
    nothing = end.action is None and end.step is None
    # Thanks at the end are manners: they do not turn a "no" with nothing after it into a solution.
    return ("unresolved", 0.7, end.refusal) if late and (nothing or end.open or end.mood != "satisfied") else None


def _left_open(end: Ending) -> Verdict | None:
    nothing = end.action is None and end.step is None
    return ("unresolved", 0.6, None) if nothing and (end.open or end.mood == "dissatisfied") else None


def _followed_up(end: Ending) -> Verdict | None:
    later = end.step is not None and _turn(end.step) >= _turn(end.action)
    return ("follow_up", 0.75, end.step) if later else None


def _resolved(end: Ending) -> Verdict | None:
    return ("resolved", 0.85 if end.mood == "satisfied" else 0.65, end.action) if end.action else None


def _informed(end: Ending) -> Verdict:
    return ("unclear", 0.4, None) if end.mood == "dissatisfied" else ("resolved", 0.55, None)


# Tried in this order; the first that applies decides.
RULES: tuple[Callable[[Ending], Verdict | None], ...] = (
    _transferred,
    _refused,
    _left_open,
    _followed_up,
    _resolved,
    _informed,
)


def _turn(finding: Finding | None) -> int:
    return -1 if finding is None or finding.turn is None else finding.turn


def _is_aside(finding: Finding) -> bool:
    words = finding.quote.lower().split()
    if finding.signal not in {"resolution.nextstep", "resolution.action"}:
        return False
    return bool(CONDITIONAL & set(words[:3])) or bool(FEEDBACK & set(words))


def _last_words(heard: Heard) -> list[Hit]:
    """Return what the customer's last turns say about how content they are."""
    last = {turn.index for turn in heard.call.by("customer")[-LAST_TURNS:]}
    signals = ("customer.satisfied", "customer.dissatisfied")
    return [hit for signal in signals for hit in heard.of(signal, "customer") if hit.clause.turn in last]


CHECK = Check(name="outcome", signals=SIGNALS, find=find)
