"""Calls drawn by lot, sheets that give nothing away, and marks that survive the way back."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from qa_scorer.calibration import add_ratings, choose_calls, read_ratings
from qa_scorer.calibration.ratings import ratings_path
from qa_scorer.errors import UsageError
from qa_scorer.report.blind_sheet import HEADS, SHEET, calls_in, read_blind_sheet, write_blind_sheet
from tests.calibration.build import SHA, card, marks


def test_the_lot_is_fair_to_agents_and_the_same_every_time() -> None:
    cards = [card(f"{agent}-{n}", agent=agent, greeting=1) for agent in ("a", "b", "c") for n in range(9)]
    chosen = choose_calls(cards, 6)
    assert sorted(c.call.agent_id or "" for c in chosen) == ["a", "a", "b", "b", "c", "c"]
    assert choose_calls(reversed(cards), 6) == chosen
    assert choose_calls(cards, 6, seed=1) != chosen
    assert len(choose_calls(cards, 100)) == 27


def test_calls_that_were_not_scored_are_not_drawn() -> None:
    assert choose_calls([replace(card("c1", greeting=1), status="not_scored")], 3) == []


def test_a_later_answer_replaces_the_earlier_one_of_the_same_person(tmp_path: Path) -> None:
    add_ratings(tmp_path, marks("Kim", "c1", greeting=0) + marks("Lee", "c1", greeting=1))
    assert add_ratings(tmp_path, marks("Kim", "c1", greeting=0.5)) == 2
    assert {rating.reviewer: rating.share for rating in read_ratings(tmp_path)} == {"Kim": 0.5, "Lee": 1}


def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    add_ratings(tmp_path, marks("Kim", "c1", greeting=0))
    with ratings_path(tmp_path).open("a") as file:
        file.write('{"reviewer": "Kim"}\n')
    with pytest.raises(UsageError, match=r"ratings\.jsonl:2"):
        read_ratings(tmp_path)


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "Kim.xlsx"
    cards = [card("c1", greeting=0.123, empathy=None), card("=c2", greeting=1, empathy=1)]
    write_blind_sheet(cards, {"greeting": "Full: all four parts."}, "Kim", path)
    return path


def fill(path: Path, *given: str | None) -> None:
    """Choose marks from the first question on, as a person would."""
    from openpyxl import load_workbook

    book = load_workbook(path)
    page = book[SHEET]
    head = next(row[0].row for row in page.iter_rows() if row[0].value == HEADS[0])
    for offset, mark in enumerate(given, start=1):
        page.cell(head + offset, HEADS.index("Mark") + 1).value = mark
    book.save(path)


def test_the_sheet_asks_everything_and_tells_nothing(sheet: Path) -> None:
    with zipfile.ZipFile(sheet) as book:
        text = b"".join(book.read(name) for name in book.namelist()).decode()
    assert "greeting?" in text
    assert "Full: all four parts." in text
    assert "empathy was expected." in text
    assert "calls/c1.wav" in text
    assert "1.23" not in text
    assert "pass" not in text.lower()
    assert "<f>" not in text
    assert calls_in(sheet) == {"c1", "=c2"}


def test_marks_come_back_as_given(sheet: Path) -> None:
    assert read_blind_sheet(sheet) == []
    fill(sheet, "Half", "Not applicable", None, "No points")
    ratings = read_blind_sheet(sheet)
    assert ratings is not None
    assert [(r.reviewer, r.call_id, r.criterion, r.share, r.rubric_sha256) for r in ratings] == [
        ("Kim", "c1", "greeting", 0.5, SHA),
        ("Kim", "c1", "empathy", None, SHA),
        ("Kim", "=c2", "empathy", 0.0, SHA),
    ]


def test_a_mark_that_is_none_of_the_choices_is_named_with_its_row(sheet: Path) -> None:
    fill(sheet, "Half", "so-so")
    with pytest.raises(UsageError, match=r"Kim\.xlsx: row 6: 'so-so' is no mark"):
        read_blind_sheet(sheet)


def test_another_workbook_is_no_blind_sheet_and_another_file_no_workbook(tmp_path: Path) -> None:
    from openpyxl import Workbook

    Workbook().save(tmp_path / "other.xlsx")
    assert read_blind_sheet(tmp_path / "other.xlsx") is None
    (tmp_path / "text.xlsx").write_text("hello")
    with pytest.raises(UsageError, match="cannot be read as an Excel workbook"):
        read_blind_sheet(tmp_path / "text.xlsx")
