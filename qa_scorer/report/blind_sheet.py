"""The blind sheet of a calibration: every question about every chosen call, and no sign of what the tool thought.

The people who fill it listen to the recording; no transcript stands in it, so that the tool's hearing does not become
theirs. The grey columns are the machine's keys.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from qa_scorer.calibration.ratings import Rating
from qa_scorer.calibration.statistics import LEVELS
from qa_scorer.errors import UsageError
from qa_scorer.records import Scorecard
from qa_scorer.report import words
from qa_scorer.report.workbook import Value, banner, filterable, new_page, new_workbook, put_row, save, table_head

SHEET = "Calibration"
HEADS = ("Call", "Recording", "Question", "What earns what", "Mark", "Comment")
KEYS = ("reviewer", "call_id", "section", "criterion", "rubric_sha256")
WIDTHS = (14, 26, 38, 46, 14, 34, 10, 10, 10, 12, 12)
MARKS: Mapping[str, float | None] = {
    **dict(zip(("No points", "Half", "Full points"), LEVELS, strict=True)),
    "Not applicable": None,
}


def write_blind_sheet(cards: Sequence[Scorecard], anchors: Mapping[str, str], reviewer: str, path: Path) -> None:
    """Write the sheet for one reviewer; ``anchors`` says for each criterion what earns full, part and no points."""
    from openpyxl.worksheet.datavalidation import DataValidation

    book = new_workbook(f"Calibration · {reviewer}")
    page = new_page(book, SHEET, WIDTHS, landscape=True)
    lines = [
        "Listen to the recording, then choose a mark for every question. Do not look at the tool's scorecard before.",
        "Not applicable: the call gave no occasion for it. Leave a question empty if you cannot tell.",
    ]
    head = banner(page, f"Calibration · {words.clip(reviewer, 60)}", lines, span=len(HEADS))
    table_head(page, head, HEADS)
    put_row(page, head, [(name, "cell_key") for name in KEYS], first=len(HEADS) + 1)
    row = head
    for card in cards:
        for section in card.sections:
            for line in section.criteria:
                row += 1
                keys = (reviewer, card.call.call_id, section.id, line.id, card.rubric.sha256)
                shown: list[tuple[Value, str]] = [
                    (card.call.call_id, "cell"),
                    (card.call.path, "cell_muted"),
                    (line.question, "cell"),
                    (anchors.get(line.id) or line.expected, "cell_muted"),
                    (None, "input_small"),
                    (None, "input_small"),
                ]
                put_row(page, row, shown + [(key, "cell_key") for key in keys])
    filterable(page, head, row, len(HEADS) + len(KEYS), frozen=1)
    page.sheet.print_area = f"A1:F{row}"
    choice = DataValidation(type="list", formula1=f'"{",".join(MARKS)}"', allow_blank=True, showErrorMessage=True)
    choice.errorTitle, choice.error = "Please choose", f"Choose one of: {', '.join(MARKS)}."
    choice.add(f"E{head + 1}:E{row}")
    page.sheet.add_data_validation(choice)
    save(book, path)


def read_blind_sheet(path: Path) -> list[Rating] | None:
    """Return the marks of a filled sheet, those left empty aside; ``None`` when the workbook is no blind sheet.

    Raises ``UsageError`` naming file and row where a mark is none of the choices.
    """
    lines = _lines(path)
    if lines is None:
        return None
    ratings = []
    for number, line in lines:
        if not line["Mark"]:
            continue
        if line["Mark"] not in MARKS:
            raise UsageError(f"{path}: row {number}: '{line['Mark']}' is no mark: choose one of {', '.join(MARKS)}.")
        ratings.append(
            Rating(
                reviewer=line["reviewer"],
                call_id=line["call_id"],
                section=line["section"],
                criterion=line["criterion"],
                rubric_sha256=line["rubric_sha256"],
                share=MARKS[line["Mark"]],
                comment=line["Comment"],
            )
        )
    return ratings


def calls_in(path: Path) -> set[str]:
    """Return the ids of the calls a blind sheet asks about; none when it is no blind sheet."""
    return {line["call_id"] for _, line in _lines(path) or ()}


def _lines(path: Path) -> list[tuple[int, dict[str, str]]] | None:
    """Return (row number, cells by head) of every question; the head is found wherever a person moved it."""
    from zipfile import BadZipFile

    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, KeyError, OSError, ValueError) as error:
        raise UsageError(f"{path}: cannot be read as an Excel workbook.") from error
    try:
        if SHEET not in book.sheetnames:
            return None
        rows = [
            ["" if cell is None else str(cell).strip() for cell in row]
            for row in book[SHEET].iter_rows(values_only=True)
        ]
    finally:
        book.close()
    head = next((index for index, row in enumerate(rows) if set(HEADS) | set(KEYS) <= set(row)), None)
    if head is None:
        return None
    below = enumerate(rows[head + 1 :], start=head + 2)
    return [(number, line) for number, row in below if (line := dict(zip(rows[head], row, strict=False)))["call_id"]]
