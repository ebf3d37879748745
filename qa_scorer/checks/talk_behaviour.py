"""Talk behaviour: breaking in, dead air and monologues, measured on the times of the call and not on its words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from qa_scorer.check import Check, Heard, moment
from qa_scorer.language import Spoken
from qa_scorer.records import Finding, Role, Span

SIGNALS = ("talk.interruption", "talk.dead_air", "talk.monologue")
# Speech analytics alert at 5 to 10 s of silence (chordia.ai, "dead air detection"); the quality forms of Genesys Cloud
# answer "no" from 15 s without a word of why. In the sample calls no unannounced silence is longer than 5.1 s.
DEAD_AIR_S = 10.0
# A minute in which the customer says nothing of substance; the longest in the sample calls is 37 s, and 28 s in a real
# call to a car dealer's service desk (60 stretches of speech, 4 minutes).
MONOLOGUE_S = 60.0
BREAK_IN_WORDS = 4  # fewer are a back-channel, as for the count of interruptions in the facts
QUOTED_WORDS = 25
SLACK_S = 0.02  # times are written in milliseconds
SURE, LESS_SURE = 0.95, 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """A word with its times (s), or those of its turn where words have none."""

    turn: int
    role: Role
    start: float
    end: float
    text: str


def find(heard: Heard) -> list[Finding]:
    """Turn the conversation facts into findings. Where a call has no times there are no facts, and nothing is found."""
    facts = heard.call.transcript.facts
    if facts.silence_s is None:
        return []
    words = [word for turn in heard.call.turns for word in _words(turn)]
    # Holds of the kind "silence" are waits so long that they count as holds although nobody announced them.
    quiet = sorted(
        (*facts.silences, *(hold for hold in facts.holds if hold.kind == "silence")), key=lambda span: span.start
    )
    return [
        *(finding for span in facts.overtalk if (finding := _interruption(heard, words, span))),
        *(finding for span in quiet if (finding := _dead_air(heard, words, span))),
        *_monologue(heard, facts.longest_agent_monologue_s or 0.0),
    ]


def _interruption(heard: Heard, words: list[_Said], span: Span) -> Finding | None:
    """Report where the agent began to talk while the customer did, said something and went on for over a second."""
    if span.kind != "agent":
        return None
    spoken = [word for word in words if word.end > span.start + SLACK_S and word.start < span.end]
    mine = next((word.turn for word in spoken if word.role == "agent"), None)
    if mine is None or all(word.role != "customer" for word in spoken):
        return None
    said = [word.text for word in words if word.turn == mine and word.start >= span.start - SLACK_S]
    if len(said) < BREAK_IN_WORDS:
        return None
    rule = f"talks over the customer for {span.end - span.start:.1f} s; more than 1 s counts"
    # One channel keeps only one voice of two at a time, so a word of the overlap may be the other speaker's.
    confidence = SURE if heard.call.transcript.separation == "channels" else LESS_SURE
    return _found(heard, "talk.interruption", span, mine, _quote(said), rule, confidence)


def _dead_air(heard: Heard, words: list[_Said], span: Span) -> Finding | None:
    """Report a silence that was the agent's to fill: not one in which the customer was asked, or is doing something."""
    length = span.end - span.start
    before = max((w for w in words if w.end <= span.start + SLACK_S), key=lambda w: w.end, default=None)
    after = min((w for w in words if w.start >= span.end - SLACK_S), key=lambda w: w.start, default=None)
    if length <= DEAD_AIR_S or before is None or after is None:
        return None
    if (before.role, after.role) not in (("agent", "agent"), ("customer", "agent"), ("customer", "customer")):
        return None
    if before.role == "agent" and _asked(heard.call.turns[before.turn], span.start):
        return None
    rule = f"{length:.1f} s of silence; more than {DEAD_AIR_S:g} s counts"
    if after.role == "customer":
        return _found(
            heard, "talk.dead_air", span, after.turn, "", f"{rule}, and the customer had to speak again", SURE
        )
    said = [w.text for w in words if w.turn == after.turn and w.start >= after.start]
    return _found(heard, "talk.dead_air", span, after.turn, _quote(said), rule, SURE)


def _monologue(heard: Heard, length: float) -> Iterator[Finding]:
    """Report the longest time the agent has the floor: over the turns that last as long as the facts say it does."""
    if length <= MONOLOGUE_S:
        return
    turns = [turn for turn in heard.call.by("agent") if turn.turn.start is not None and turn.turn.end is not None]
    for i, first in enumerate(turns):
        for last in turns[i:]:
            start, end = first.turn.start or 0.0, last.turn.end or 0.0
            if abs(end - start - length) <= SLACK_S:
                rule = f"{length:.0f} s without a sentence of the customer's; more than {MONOLOGUE_S:g} s counts"
                quote = _quote(first.turn.text.split())
                yield _found(heard, "talk.monologue", Span(start=start, end=end), first.index, quote, rule, SURE)
                return


def _words(turn: Spoken) -> Iterator[_Said]:
    words = [(word.start, word.end, word.text) for word in turn.turn.words]
    if not words or any(start is None or end is None for start, end, _ in words):
        words = [(turn.turn.start, turn.turn.end, text) for text in turn.turn.text.split()]
    for start, end, text in words:
        if start is not None and end is not None:
            yield _Said(turn=turn.index, role=turn.role, start=start, end=end, text=text)


def _asked(turn: Spoken, time: float) -> bool:
    """Tell whether the last clause of a turn before ``time`` is a question: then it is the customer who is silent."""
    ended = [clause for clause in turn.clauses if (moment(turn, clause)[1] or 0.0) <= time + SLACK_S]
    return bool(ended) and ended[-1].question


def _quote(words: list[str]) -> str:
    return " ".join(words[:QUOTED_WORDS])


def _found(heard: Heard, signal: str, span: Span, turn: int, quote: str, rule: str, confidence: float) -> Finding:
    # Times need no language, so there are findings also where the language has no words for this check.
    pack = heard.packs.get(signal)
    return Finding(
        signal=signal,
        verdict="violation",
        role="agent",
        start=span.start,
        end=span.end,
        turn=turn,
        quote=quote,
        rule=rule,
        how="metric",
        confidence=confidence,
        suggestion=pack.better if pack else "",
    )


CHECK = Check(name="talk_behaviour", signals=SIGNALS, find=find)
