"""Every example in a pack is a test: it is heard as its signal, and a near miss is not."""

from __future__ import annotations

from functools import lru_cache

import pytest

from qa_scorer import checks
from qa_scorer.check import Heard
from qa_scorer.hearing import listen
from qa_scorer.language import read
from qa_scorer.packs import SignalPack, load_packs
from qa_scorer.settings import Settings
from tests.build import transcript

pytestmark = pytest.mark.e2e
NAMES = tuple(check.name for check in checks.CHECKS)
# What the customer says before: a request, so that phrases count which only answer one.
ASKED = "C: Can you do that for me please?"
# Decided by what the call has taught about its people, and tested in test_names.py.
BY_STRUCTURE = {"rapport.name"}
# Read off the times of a call: their examples are scenes, played in test_talk_behaviour.py.
BY_TIME = {"talk.interruption", "talk.dead_air", "talk.monologue"}
SIGNALS = [s for pack in load_packs(NAMES, "en") for s in pack.signals if s.name not in BY_STRUCTURE | BY_TIME]


@lru_cache(maxsize=64)
def heard_in(sentences: tuple[str, ...], who: str) -> Heard:
    lines = [line for sentence in sentences for line in (ASKED if who == "A" else "A: Go on.", f"{who}: {sentence}")]
    return listen(read(transcript(*lines), Settings()), NAMES)


@pytest.mark.parametrize("signal", SIGNALS, ids=lambda signal: signal.name)
def test_an_example_is_heard(signal: SignalPack) -> None:
    who = "C" if signal.name.startswith(("customer.", "outcome.open")) else "A"
    heard = heard_in(signal.examples, who)
    missed = [sentence for i, sentence in enumerate(signal.examples) if not heard.has(signal.name, 2 * i + 1)]
    assert not missed


@pytest.mark.parametrize("signal", SIGNALS, ids=lambda signal: signal.name)
def test_a_near_miss_is_not_heard(signal: SignalPack) -> None:
    who = "C" if signal.name.startswith(("customer.", "outcome.open")) else "A"
    heard = heard_in(signal.counter, who)
    false = [
        f"{sentence} <- {heard.hits[signal.name][2 * i + 1][0].rule}"
        for i, sentence in enumerate(signal.counter)
        if heard.has(signal.name, 2 * i + 1) and not heard.excused(signal.name, heard.call.turns[2 * i + 1])
    ]
    assert not false
