"""What the reader is trained on: marked stretches become labels of clauses, in the bare twin as well."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from benchmarks.reader.examples import examples
from qa_scorer.meaning import load_tokenizer
from qa_scorer.reader import Outputs
from qa_scorer.settings import Settings

pytestmark = pytest.mark.e2e
SIGNALS = ("empathy.feeling", "listening.probe", "negative.demand")
ENDINGS = ("outcome.resolved", "outcome.unclear", "customer_end.neutral")
TEXT = "That must be awful. Was it plugged in? One moment."
FEELING, PROBE = [0, 19, "empathy.feeling"], [20, 38, "listening.probe"]


def one(**row: Any) -> Any:
    turns = [{"role": "customer", "text": "It died."}, {"role": "agent", "text": TEXT}]
    told = {"id": "one", "turns": turns, "labels": {}, **row}
    (example,) = examples([told], Outputs(SIGNALS, ()), load_tokenizer(Settings().models_dir), bare_rate=0.001)
    return example


def test_a_mark_is_its_clauses() -> None:
    example = one(labels={"1": ["empathy.feeling", "listening.probe"]}, spans={"1": [FEELING, PROBE]})
    assert example.clauses.tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 0]]
    assert example.turn.tolist() == [1, 1, 0]
    assert example.bare.turn.tolist() == [1, 1, 0]


def test_what_readers_could_disagree_on_is_no_lesson() -> None:
    example = one(either_way={"1": ["empathy.feeling"]}, spans={"1": [[0, 19, "?empathy.feeling"]]})
    assert np.isnan(example.turn[0])
    assert np.isnan(example.clauses[0, 0])
    assert example.turn[1:].tolist() == [0, 0]


def test_without_marks_only_the_turn_is_labelled() -> None:
    example = one(labels={"1": ["empathy.feeling"]})
    assert np.isnan(example.clauses).all()
    assert example.turn.tolist() == [1, 0, 0]


def test_of_a_sentence_from_a_pack_one_signal_is_known() -> None:
    example = one(labels={"1": ["listening.probe"]}, only=("listening.probe",))
    assert example.turn[1] == 1
    assert np.isnan(example.turn[[0, 2]]).all()
    assert example.weight < 1


def test_a_whole_call_teaches_how_it_ended_and_its_turns_do_not() -> None:
    turns = [{"role": role, "text": TEXT} for role in ("customer", "agent", "customer", "agent", "customer")]
    call = {"outcome": "unclear", "customer_end": "neutral"}
    row = {"id": "one", "turns": turns, "labels": {}, "call": call}
    *of_turns, end = examples([row], Outputs(SIGNALS, ENDINGS), load_tokenizer(Settings().models_dir), bare_rate=0.1)
    assert [example.turn[3:].tolist() for example in of_turns] == [pytest.approx([np.nan] * 3, nan_ok=True)] * 2
    assert np.isnan(end.turn[:3]).all()
    assert end.turn[3:].tolist() == [0, 1, 1]
    assert end.bare is not None


def test_an_exchange_has_no_ending() -> None:
    turns = [{"role": "customer", "text": "It died."}, {"role": "agent", "text": TEXT}]
    row = {"id": "one", "turns": turns, "labels": {}, "call": {"outcome": "unclear", "customer_end": "neutral"}}
    assert len(examples([row], Outputs(SIGNALS, ENDINGS), load_tokenizer(Settings().models_dir))) == 1
