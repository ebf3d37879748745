"""What a check is, and the few things that checks share: hearing phrases and meaning, and making findings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np

from qa_scorer.language import Call, Clause, Spoken
from qa_scorer.meaning import Vectors, load_embedder
from qa_scorer.names import Names, learn_names
from qa_scorer.packs import Pack, SignalPack, load_packs
from qa_scorer.phrases import Phrase, PhraseIndex, find
from qa_scorer.records import Finding, How, Role, Verdict
from qa_scorer.words import words

MARGIN = 0.03  # an example must be nearer than any counter-example by this cosine; measured on the tuning dialogues
SAME = 0.95  # cosine from which a sentence is as good as the example itself
# Signals so broad, or so much beside the matter, that a clause with them may still mean something else.
ASIDE = ("customer.", "outcome.", "listening.probe", "hold.wait", "negative.refusal")
REQUESTS = words("en", "check", "requests")
# Shorter clauses mean too little to be matched by meaning, longer ones too many things.
MIN_WORDS, MAX_WORDS = 4, 30
MEANING_LANGUAGES = frozenset({"en"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A signal heard in a clause, before context has its say. ``rule`` is the phrase or the nearest example."""

    signal: str
    clause: Clause
    rule: str
    how: How
    confidence: float
    first: int = 0
    last: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What the packs heard in a call: hits by signal and turn, and the names learnt."""

    call: Call
    names: Names
    packs: dict[str, SignalPack]
    hits: dict[str, dict[int, tuple[Hit, ...]]] = field(default_factory=dict)

    def of(self, signal: str, role: Role = "agent") -> list[Hit]:
        """Return the hits of a signal in turns of ``role``, in order, the surest of each turn."""
        turns = self.hits.get(signal, {})
        return [max(turns[i], key=lambda hit: hit.confidence) for i in sorted(turns) if self.call.turns[i].role == role]

    def has(self, signal: str, turn: int) -> bool:
        """Tell whether a signal was heard in a turn."""
        return turn in self.hits.get(signal, {})

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


@dataclass(frozen=True, slots=True)
class _Ear:
    index: PhraseIndex
    signals: dict[str, SignalPack]
    near_misses: dict[str, frozenset[str]]
    taught: dict[str, tuple[str, ...]]
    sentences: tuple[str, ...]
    places: dict[str, tuple[list[int], list[int]]]


@lru_cache(maxsize=8)
def _ear(checks: tuple[str, ...], language: str, packs_dir: Path | None) -> _Ear:
    packs: tuple[Pack, ...] = load_packs(checks, language, packs_dir)
    signals = {signal.name: signal for pack in packs for signal in pack.signals}
    phrases = [(name, phrase) for name, signal in signals.items() for phrase in (*signal.phrases, *signal.asked)]
    owned = [
        (sentence, (name, good))
        for name, signal in signals.items()
        if signal.meaning
        for good, sentences in ((True, signal.examples), (False, signal.counter))
        for sentence in sentences
    ]
    near_misses = {name: frozenset(map(normal, signal.counter)) for name, signal in signals.items()}
    taught: dict[str, tuple[str, ...]] = defaultdict(tuple)
    places: dict[str, tuple[list[int], list[int]]] = {owner: ([], []) for _, (owner, good) in owned if good}
    for place, (sentence, (owner, good)) in enumerate(owned):
        places[owner][0 if good else 1].append(place)
        if good:
            taught[normal(sentence)] += (owner,)
    return _Ear(
        index=PhraseIndex(phrases),
        signals=signals,
        near_misses=near_misses,
        taught=dict(taught),
        sentences=tuple(sentence for sentence, _ in owned),
        places=places,
    )


def forget_packs() -> None:
    """Read the packs anew at the next call: a pack was just written."""
    load_packs.cache_clear()
    _ear.cache_clear()


def listen(call: Call, checks: tuple[str, ...]) -> Heard:
    """Find every phrase and every meaning of the packs in a call."""
    ear = _ear(checks, call.language, call.settings.packs_dir)
    names = learn_names(call)
    hits: dict[str, dict[int, list[Hit]]] = defaultdict(lambda: defaultdict(list))
    unheard: list[Clause] = []
    for turn in call.turns:
        asked = was_asked(call, turn)
        for clause in turn.clauses:
            found = list(_by_phrase(clause, turn, ear, asked))
            for hit in found:
                hits[hit.signal][clause.turn].append(hit)
            if (
                turn.role == "agent"
                and MIN_WORDS <= len(clause.starts) <= MAX_WORDS
                and all(hit.signal.startswith(ASIDE) for hit in found)
            ):
                unheard.append(clause)
    if call.language in MEANING_LANGUAGES:
        for hit in _by_meaning(unheard, ear, call):
            hits[hit.signal][hit.clause.turn].append(hit)
    frozen = {signal: {turn: tuple(found) for turn, found in turns.items()} for signal, turns in hits.items()}
    return Heard(call=call, names=names, packs=ear.signals, hits=frozen)


def _by_phrase(clause: Clause, turn: Spoken, ear: _Ear, asked: bool) -> Iterable[Hit]:
    blocked: dict[str, bool] = {}
    said = {normal(clause.text), normal(turn.turn.text)}
    for sentence in sorted(said & ear.taught.keys()):
        for signal in ear.taught[sentence]:
            yield Hit(
                signal=signal, clause=clause, rule=sentence, how="meaning", confidence=1.0, last=len(clause.starts)
            )
    for signal, match in ear.index.find(clause):
        if signal not in blocked:
            blocked[signal] = not fits(ear.signals[signal], clause) or bool(said & ear.near_misses[signal])
        waits = not asked and match.phrase in ear.signals[signal].asked
        if not blocked[signal] and not waits:
            yield Hit(
                signal=signal,
                clause=clause,
                rule=match.phrase.text,
                how="phrase",
                confidence=0.9,
                first=match.start,
                last=match.end,
            )


def was_asked(call: Call, turn: Spoken) -> bool:
    """Tell whether a turn answers a customer who asked for something: a question, a wish, a need."""
    before = call.turns[turn.index - 1] if turn.index else None
    if before is None or before.role != "customer":
        return False
    return any(clause.question or REQUESTS & clause.keys for clause in before.clauses)


def fits(signal: SignalPack, clause: Clause) -> bool:
    """Tell whether a clause can carry a signal: its mood is right and nothing guards against it."""
    if (signal.when == "question" and not clause.question) or (signal.when == "statement" and clause.question):
        return False
    return not guarded(signal.unless, clause)


def guarded(phrases: Sequence[Phrase], clause: Clause) -> bool:
    """Tell whether any of ``phrases`` stands in the clause."""
    return any(
        (not phrase.anchors or phrase.anchors & clause.keys) and find(phrase, clause) is not None for phrase in phrases
    )


def _by_meaning(clauses: Sequence[Clause], ear: _Ear, call: Call) -> Iterable[Hit]:
    agent = list(clauses)
    if not agent or not ear.sentences:
        return
    embedder = load_embedder(call.settings.models_dir, call.settings.threads)
    examples: Vectors = embedder.embed(ear.sentences)
    likeness = embedder.embed([normal(clause.text) for clause in agent]) @ examples.T
    for name, (good, bad) in ear.places.items():
        best = likeness[:, good].max(axis=1)
        worst = likeness[:, bad].max(axis=1) if bad else np.zeros(len(agent))
        for i in np.flatnonzero((best >= ear.signals[name].threshold) & (best > worst + MARGIN)):
            clause = agent[int(i)]
            # A sentence that is all but an example was taught to be heard: nothing guards against that.
            if best[i] < SAME and not fits(ear.signals[name], clause):
                continue
            rule = ear.sentences[good[int(likeness[i, good].argmax())]]
            yield Hit(
                signal=name,
                clause=clause,
                rule=rule,
                how="meaning",
                confidence=round(float(best[i]), 3),
                last=len(clause.starts),
            )


def normal(text: str) -> str:
    """Write a sentence the way examples are compared: lower case, single spaces, no closing mark."""
    return " ".join(text.lower().replace("’", "'").split()).rstrip(" .!,")


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
