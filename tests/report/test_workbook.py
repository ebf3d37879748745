from __future__ import annotations

import io
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from qa_scorer.report import words
from qa_scorer.report.fitting import wrapped_lines
from qa_scorer.report.looks import LOOKS
from qa_scorer.report.workbook import as_time, id_width, new_page, new_workbook, put, put_link, save
from tests.report import cards


def reopened(book: Any) -> Any:
    from openpyxl import load_workbook

    buffer = io.BytesIO()
    book.save(buffer)
    return load_workbook(buffer)


@pytest.mark.parametrize("text", cards.HOSTILE)
def test_text_stays_text(text: str, tmp_path: Path) -> None:
    book = new_workbook("Test")
    put(new_page(book, "One", (30,)), 1, 1, text, "cell")
    save(book, tmp_path / "test.xlsx")
    with ZipFile(tmp_path / "test.xlsx") as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    cell = reopened(book)["One"]["A1"]
    assert cell.data_type in ("n", "s", "inlineStr")
    assert (cell.value or "") == words.clean(text)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "#N/A", "'x"])
def test_text_that_looks_like_a_formula_stays_text_when_edited(text: str) -> None:
    book = new_workbook("Test")
    page = new_page(book, "One", (30,))
    put(page, 1, 1, text)
    put(page, 2, 1, "plain")
    sheet = reopened(book)["One"]
    assert sheet["A1"].quotePrefix
    assert not sheet["A2"].quotePrefix


def test_rows_grow_with_their_text() -> None:
    page = new_page(new_workbook("Test"), "One", (20, 20))
    put(page, 1, 1, "short")
    put(page, 2, 1, "a sentence that takes a good deal more than twenty characters")
    put(page, 3, 1, "a sentence that takes a good deal more than twenty characters", span=2)
    one, three, two = (page.sheet.row_dimensions[row].height for row in (1, 2, 3))
    assert one < two < three
    put(page, 4, 1, "word " * 5000)
    assert page.sheet.row_dimensions[4].height <= 409


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [("", 10, 1), ("two words", 30, 1), ("one\ntwo", 30, 2), ("x" * 100, 20, 6), ("wide enough?", 6, 3)],
)
def test_lines_are_counted_as_they_wrap(text: str, width: float, lines: int) -> None:
    assert wrapped_lines(text, width) == lines


def test_links_inside_and_outside() -> None:
    book = new_workbook("Test")
    page = new_page(book, "One", (20,))
    put_link(page, 1, 1, "inside", "#'One'!A1")
    put_link(page, 2, 1, "outside", "../scorecards/a%20b.html#t3")
    sheet = reopened(book)["One"]
    assert sheet["A1"].hyperlink.location == "'One'!A1"
    assert sheet["A2"].hyperlink.target == "../scorecards/a%20b.html#t3"


def test_every_page_prints_one_page_wide_on_a4() -> None:
    book = new_workbook("A & B")
    sheet = reopened_page(book)
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.paperSize) == (1, 9)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert "&&" in sheet.oddFooter.left.text


def reopened_page(book: Any) -> Any:
    page = new_page(book, "One", (20,))
    put(page, 1, 1, "text")
    return page.sheet


def test_times_are_numbers_that_sort() -> None:
    assert as_time(90) == 90 / 86_400
    assert as_time(None) == words.NOTHING
    assert LOOKS["cell_time"].number == "[m]:ss"


def test_identifiers_get_a_column_of_their_length() -> None:
    assert (id_width([]), id_width(["x" * 20]), id_width(["x" * 200])) == (14, 22, 46)
