"""What a check is, and the few things that checks share: what was heard in a call, and findings that point at it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from qa_scorer.language import Call, Clause, Spoken
from qa_scorer.names import Names
from qa_scorer.packs import SignalPack
from qa_scorer.phrases import find
from qa_scorer.reader import Bar
from qa_scorer.records import Finding, How, Role, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A signal heard in a clause, before context has its say.

    ``rule`` is the phrase, the example or what the signal is. ``sure`` marks what the reader, who knows the context,
    would have heard without any phrase: rules of thumb about context do not overrule it.
    """

    signal: str
    clause: Clause
    rule: str
    how: How
    confidence: float
    first: int = 0
    last: int = 0
    sure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was heard in a call: hits by signal and turn, and the names learnt.

    ``read`` is what the reader made of each clause, by turn and first character: signal → probability; ``ending`` what
    it made of the end of the call: ending → probability.
    """

    call: Call
    names: Names
    packs: dict[str, SignalPack]
    hits: dict[str, dict[int, tuple[Hit, ...]]] = field(default_factory=dict)
    read: Mapping[tuple[int, int], Mapping[str, float]] = field(default_factory=dict)
    ending: Mapping[str, float] = field(default_factory=dict)
    bar: Bar | None = None

    def of(self, signal: str, role: Role = "agent") -> list[Hit]:
        """Return the hits of a signal in turns of ``role``, in order, the surest of each turn."""
        turns = self.hits.get(signal, {})
        mine = [turns[i] for i in sorted(turns) if self.call.turns[i].role == role]
        return [max(hits, key=lambda hit: (hit.sure, hit.confidence)) for hits in mine]

    def has(self, signal: str, turn: int) -> bool:
        """Tell whether a signal was heard in a turn."""
        return turn in self.hits.get(signal, {})

    def doubts(self, signal: str, clause: Clause) -> bool:
        """Tell whether the reader finds a signal improbable in a clause even where something else speaks for it."""
        likely = self.read.get((clause.turn, clause.starts[0]), {})
        return self.bar is not None and signal in likely and likely[signal] < self.bar.heard

    def excused(self, signal: str, turn: Spoken) -> bool:
        """Tell whether a phrase that excuses the signal (``alternative``) stands anywhere in the turn."""
        return any(find(phrase, clause) for phrase in self.packs[signal].alternative for clause in turn.clauses)

    def better(self, hit: Hit) -> str:
        """Return what to say instead: the first reframe heard in the clause, else in its turn, else the general one."""
        pack = self.packs[hit.signal]
        for clauses in ((hit.clause,), self.call.turns[hit.clause.turn].clauses):
            for reframe in pack.reframe:
                if any(find(reframe.heard, clause) for clause in clauses):
                    return reframe.say
        return pack.better


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A check: its name (also of its pack files), the signals it reports, and the function that finds them."""

    name: str
    signals: tuple[str, ...]
    find: Callable[[Heard], list[Finding]]


def found(hit: Hit, call: Call, verdict: Verdict = "present", suggestion: str = "") -> Finding:
    """Turn a hit into a finding that points at audio."""
    turn = call.turns[hit.clause.turn]
    start, end = moment(turn, hit.clause)
    return Finding(
        signal=hit.signal,
        verdict=verdict,
        role=turn.role,
        start=start,
        end=end,
        turn=turn.index,
        quote=hit.clause.text,
        rule=hit.rule,
        how=hit.how,
        confidence=hit.confidence,
        suggestion=suggestion,
    )


def moment(turn: Spoken, clause: Clause) -> tuple[float | None, float | None]:
    """Return when a clause was said (seconds): from its words' times, or its turn's where words have none."""
    words = turn.turn.words
    if words and clause.starts:
        text = turn.turn.text
        total = max(1, len(text.split()))
        first = len(text[: clause.starts[0]].split())
        last = len(text[: clause.ends[-1]].split()) - 1
        scale = len(words) / total
        a, b = words[min(int(first * scale), len(words) - 1)], words[min(int(last * scale), len(words) - 1)]
        if a.start is not None and b.end is not None:
            return a.start, b.end
    return turn.turn.start, turn.turn.end
