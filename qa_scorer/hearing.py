"""Hearing: what phrases, the user's own examples and the reader find in a call, before context has its say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from qa_scorer.check import Heard, Hit
from qa_scorer.language import Call, Clause, Spoken
from qa_scorer.meaning import Vectors, load_embedder
from qa_scorer.names import learn_names
from qa_scorer.packs import Pack, SignalPack, load_packs
from qa_scorer.phrases import Phrase, PhraseIndex, find
from qa_scorer.reader import Bar, load_reader
from qa_scorer.words import words

READ_LANGUAGE = "en"  # the reader and the sentence embedding know no other
# Confidence in a phrase; in one that is an answer and was not asked for; in a sentence that was taught word for word.
PHRASE, UNASKED, TAUGHT = 0.9, 0.0, 1.0
MARGIN = 0.03  # an example must be nearer than any counter-example by this cosine; measured on the tuning dialogues
SAME = 0.95  # cosine from which a sentence is as good as the example itself
REQUESTS = words("en", "check", "requests")
# Shorter clauses mean too little to be matched by meaning, longer ones too many things.
MIN_WORDS, MAX_WORDS = 4, 30


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
        if signal.meaning and signal.own
        for good, sentences in ((True, signal.own), (False, signal.counter))
        for sentence in sentences
    ]
    # What agents are told to say instead is nothing to avoid.
    better = {say for signal in signals.values() for say in (signal.better, *(r.say for r in signal.reframe)) if say}
    near_misses = {
        name: frozenset(map(normal, [*signal.counter, *(better if signal.better else ())]))
        for name, signal in signals.items()
    }
    taught: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for name, signal in signals.items():
        for sentence in signal.examples:
            taught[normal(sentence)] += (name,)
    places: dict[str, tuple[list[int], list[int]]] = {owner: ([], []) for _, (owner, good) in owned if good}
    for place, (_, (owner, good)) in enumerate(owned):
        places[owner][0 if good else 1].append(place)
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
    reader = load_reader(call.settings.models_dir, call.settings.threads) if call.language == READ_LANGUAGE else None
    bar = reader.bar if reader else None
    hits: dict[str, dict[int, list[Hit]]] = defaultdict(lambda: defaultdict(list))
    read: dict[tuple[int, int], dict[str, float]] = {}
    for turn in call.turns:
        asked = was_asked(call, turn)
        likely = reader.read(call, turn) if reader and turn.role == "agent" else [{}] * len(turn.clauses)
        whole = normal(turn.turn.text)
        for clause, odds in zip(turn.clauses, likely, strict=True):
            read[turn.index, clause.starts[0]] = odds
            said = {normal(clause.text), whole}
            for hit in _weighed(list(_by_phrase(clause, said, ear, asked)), clause, odds, bar, said, ear):
                hits[hit.signal][turn.index].append(hit)
    if reader:
        for hit in _by_meaning([clause for turn in call.by("agent") for clause in turn.clauses], ear, call):
            hits[hit.signal][hit.clause.turn].append(hit)
    frozen = {signal: {turn: tuple(found) for turn, found in turns.items()} for signal, turns in hits.items()}
    return Heard(
        call=call,
        names=learn_names(call),
        packs=ear.signals,
        hits=frozen,
        read=read,
        ending=reader.read_ending(call) if reader else {},
        bar=bar,
    )


def _by_phrase(clause: Clause, said: Set[str], ear: _Ear, asked: bool) -> Iterable[Hit]:
    """Find taught sentences, which are all of the clause or of the turn (``said``), and phrases.

    A phrase that only means something as an answer is ``UNASKED`` where it answers nothing.
    """
    blocked: dict[str, bool] = {}
    for sentence in sorted(said & ear.taught.keys()):
        for signal in ear.taught[sentence]:
            yield Hit(
                signal=signal, clause=clause, rule=sentence, how="meaning", confidence=TAUGHT, last=len(clause.starts)
            )
    for signal, match in ear.index.find(clause):
        if signal not in blocked:
            blocked[signal] = not fits(ear.signals[signal], clause) or bool(said & ear.near_misses[signal])
        unasked = not asked and match.phrase in ear.signals[signal].asked
        if not blocked[signal]:
            yield Hit(
                signal=signal,
                clause=clause,
                rule=match.phrase.text,
                how="phrase",
                confidence=UNASKED if unasked else PHRASE,
                first=match.start,
                last=match.end,
            )


def _weighed(
    found: Sequence[Hit], clause: Clause, odds: Mapping[str, float], bar: Bar | None, said: Set[str], ear: _Ear
) -> Iterable[Hit]:
    """Set the phrases heard against what the reader makes of the clause; add what only the reader heard.

    A sentence taught as a near miss (``said`` is the clause and the turn) is never heard. Where a phrase answers what
    nobody asked, the reader does not hear its signal alone either.
    """
    for hit in found:
        odd = odds.get(hit.signal)
        if hit.confidence == UNASKED:
            continue
        if bar is None or odd is None or hit.confidence == TAUGHT:
            yield hit
        elif odd >= bar.heard:
            both = max(odd, (hit.confidence + odd) / 2)
            yield replace(hit, confidence=round(both, 3), sure=bar.reached(hit.signal, odd))
    phrased = {hit.signal for hit in found}
    for signal, odd in odds.items():
        if bar and bar.reached(signal, odd) and signal not in phrased and not said & ear.near_misses[signal]:
            yield Hit(
                signal=signal,
                clause=clause,
                rule=ear.signals[signal].what,
                how="meaning",
                confidence=round(odd, 3),
                last=len(clause.starts),
                sure=True,
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
    agent = [clause for clause in clauses if MIN_WORDS <= len(clause.starts) <= MAX_WORDS]
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
