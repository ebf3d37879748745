"""How a turn is laid out for the reader, with a tokenizer of whole words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qa_scorer import reader
from qa_scorer.errors import ModelError
from qa_scorer.language import Call, Clause, Spoken
from qa_scorer.reader import AGENT, BEFORE, CLS, CUSTOMER, END, ENDING, PLACES, SEP, TURN, ending, pages, placed
from qa_scorer.settings import Settings
from tests.build import transcript


@dataclass
class Encoded:
    ids: list[int]
    offsets: list[tuple[int, int]]


class Words:
    """A tokenizer that gives each word an id of its own length, above 1000."""

    def encode(self, text: str, add_special_tokens: bool = True) -> Encoded:
        assert not add_special_tokens
        found = list(re.finditer(r"\S+", text))
        return Encoded([1000 + len(match[0]) for match in found], [match.span() for match in found])


def call(*lines: str) -> Call:
    """Read a dialogue with a clause for each sentence."""
    written = transcript(*lines)
    turns = []
    for index, turn in enumerate(written.turns):
        clauses = [
            Clause(
                turn=index, sentence=n, text=match[0], line="", keys=frozenset(), question=False,
                starts=tuple(word.start() for word in words), ends=tuple(word.end() for word in words),
            )
            for n, match in enumerate(re.finditer(r"[^.]+\.?", turn.text))
            if (words := list(re.compile(r"\S+").finditer(turn.text, *match.span())))
        ]  # fmt: skip
        nth = sum(before.role == turn.role for before in written.turns[:index])
        turns.append(Spoken(index=index, role=turn.role, turn=turn, clauses=tuple(clauses), capitals=(), nth=nth))
    return Call(transcript=written, turns=tuple(turns), language="en", settings=Settings())


def lay_out(read: Call, turn: int) -> list[tuple[range, reader.Page]]:
    tokenizer: Any = Words()
    return pages(read, read.turns[turn], tokenizer)


def test_a_turn_stands_behind_the_two_before_it_and_its_place() -> None:
    ((_, page),) = lay_out(call("A: aa", "C: bbb", "A: c dd"), 2)
    told = [CLS, PLACES["second"], AGENT, 1002, SEP, CUSTOMER, 1003, SEP, AGENT, 1001, 1002, SEP]
    assert page.ids.tolist() == told
    assert page.segments.tolist() == [0] * 8 + [1] * 4


def test_only_the_end_of_a_long_turn_before_is_kept() -> None:
    ((_, page),) = lay_out(call("C: " + "word " * 200 + "last", "A: yes"), 1)
    assert page.ids.tolist().count(1004) == BEFORE


def test_a_clause_is_made_of_its_own_words() -> None:
    ((numbers, page),) = lay_out(call("A: one two. three."), 0)
    assert list(numbers) == [0, 1]
    assert page.pool.tolist() == [[0, 0, 0, 0.5, 0.5, 0, 0], [0, 0, 0, 0, 0, 1, 0]]


@pytest.mark.parametrize("sizes", [(5, 5), (100, 100), (60, 60, 60), (300,), (3, 300, 3)])
def test_a_long_turn_is_read_in_parts_and_every_clause_once(sizes: tuple[int, ...]) -> None:
    read = call("A: " + " ".join("word " * (size - 1) + "end." for size in sizes))
    laid = lay_out(read, 0)
    assert [number for numbers, _ in laid for number in numbers] == list(range(len(sizes)))
    for _, page in laid:
        assert page.segments.sum() <= TURN + 2  # the mark of the speaker and the end
        assert np.allclose(page.pool.sum(axis=1), 1)


def test_where_a_turn_stands() -> None:
    read = call(*("A: yes" for _ in range(9)))
    assert [placed(read, turn) for turn in read.turns] == [
        *("first", "second", "middle", "middle", "middle", "middle", "late", "late", "last")
    ]


def test_of_an_ending_the_need_and_the_last_turns_are_read() -> None:
    tokenizer: Any = Words()
    page = ending(call("A: hi", "C: er", "C: the dog ate my card", "A: " + "word " * 300 + "gone", "C: bye"), tokenizer)
    need = [CLS, ENDING, CUSTOMER, 1003, 1003, 1003, 1002, 1004, SEP]
    assert page.ids.tolist()[: len(need)] == need
    assert page.ids.tolist()[-5:] == [1004, SEP, CUSTOMER, 1003, SEP]
    assert len(page.ids) == len(need) + END
    assert page.pool.shape == (1, len(page.ids))


def test_damaged_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "reader.onnx").write_bytes(b"half")
    (tmp_path / "reader.toml").write_text('sha256 = "0"\nalone = 0.7\nheard = 0.1\navoided = 0.7\n')
    monkeypatch.setattr(reader, "WEIGHTS", tmp_path)
    with pytest.raises(ModelError, match=r"reader\.onnx is damaged; install qa-scorer again"):
        reader.load_reader.__wrapped__(tmp_path)


def test_the_shipped_weights_are_whole() -> None:
    import hashlib

    shipped = (reader.WEIGHTS / "reader.onnx").read_bytes()
    assert hashlib.sha256(shipped).hexdigest() == reader.weights_hash()
