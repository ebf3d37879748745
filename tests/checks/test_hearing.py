"""Phrases and the reader decide together; a sentence that was taught outweighs both."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from qa_scorer import hearing
from qa_scorer.checks import CHECKS, ending, outcome
from qa_scorer.hearing import listen
from qa_scorer.language import Call, Spoken, read
from qa_scorer.reader import Bar
from qa_scorer.settings import Settings
from tests.build import transcript

pytestmark = pytest.mark.e2e
BAR = Bar(alone=0.7, heard=0.15, avoided=0.6)
NAMES = tuple(check.name for check in CHECKS)


@dataclass
class Opinion:
    """A reader that thinks the same of every clause."""

    odds: dict[str, float]
    bar: Bar = BAR
    ending: dict[str, float] = field(default_factory=dict)

    def read(self, call: Call, turn: Spoken) -> list[dict[str, float]]:
        return [self.odds] * len(turn.clauses)

    def read_ending(self, call: Call) -> dict[str, float]:
        return self.ending


def heard(monkeypatch: pytest.MonkeyPatch, odds: float, *lines: str, signal: str = "empathy.apology") -> bool:
    monkeypatch.setattr(hearing, "load_reader", lambda *_: Opinion({signal: odds}))
    found = listen(read(transcript(*lines), Settings()), NAMES)
    return found.has(signal, len(lines) - 1)


APOLOGY = ("C: It broke again.", "A: I do apologize for all of that trouble.")
OTHER = ("C: It broke again.", "A: The parcel is at the depot.")


def test_a_phrase_counts_unless_the_reader_finds_it_improbable(monkeypatch: pytest.MonkeyPatch) -> None:
    assert heard(monkeypatch, 0.2, *APOLOGY)
    assert not heard(monkeypatch, 0.1, *APOLOGY)


def test_the_reader_counts_by_itself_where_it_is_sure(monkeypatch: pytest.MonkeyPatch) -> None:
    assert heard(monkeypatch, 0.7, *OTHER)
    assert not heard(monkeypatch, 0.6, *OTHER)


def test_a_sentence_that_was_taught_is_heard_whatever_the_reader_thinks(monkeypatch: pytest.MonkeyPatch) -> None:
    assert heard(monkeypatch, 0.0, "C: It broke again.", "A: I'm sorry to hear that.")


def test_a_near_miss_is_not_heard_whatever_the_reader_thinks(monkeypatch: pytest.MonkeyPatch) -> None:
    said = "A: Our return policy gives you thirty days, so let's start the return."
    assert not heard(monkeypatch, 0.99, "C: It broke again.", said, signal="negative.policy")


def test_every_weight_of_the_outcome_is_of_a_feature() -> None:
    features = ending.describe(listen(read(transcript(*APOLOGY), Settings()), NAMES), [])
    for table in outcome._weights().values():
        for weights in table.values():
            assert set(weights) - {"always"} <= set(features)


def test_the_table_and_the_reader_judge_the_outcome_together(monkeypatch: pytest.MonkeyPatch) -> None:
    def judged(odds: dict[str, float]) -> str:
        monkeypatch.setattr(hearing, "load_reader", lambda *_: Opinion({}, ending=odds))
        told = listen(read(transcript("C: My card is lost.", "A: I have blocked it.", "C: Thanks."), Settings()), NAMES)
        return outcome.judge(told, []).label

    never = {f"{what}.{label}": 0.001 for what, table in outcome._weights().items() for label in table}
    assert judged({}) == judged(dict.fromkeys(never, 0.5)) != "transferred"
    assert judged({**never, "outcome.transferred": 0.999}) == "transferred"
