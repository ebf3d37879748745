"""The Review sheet: a person agrees or disagrees with each judgement; and reading back what was typed.

The grey columns right of the printed page are the machine's keys: ``call_id``, ``section``, ``criterion``, ``points``,
``out_of``, ``rubric_sha256``. ``read_review`` turns a filled sheet into records for calibration.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa_scorer.report import words
from qa_scorer.report.workbook import (
    Page,
    Value,
    banner,
    filterable,
    id_width,
    new_page,
    put,
    put_link,
    put_row,
    table_head,
)

if TYPE_CHECKING:
    from openpyxl import Workbook

    from qa_scorer.report.coaching import AgentReport

SHEET, REVIEWER = "Review", "Reviewer"
HEADS = ("Call", "Question", "Points", "Why", "Agree?", "Corrected answer", "Comment")
KEYS = ("call_id", "section", "criterion", "points", "out_of", "rubric_sha256")
WIDTHS = (34, 9, 38, 11, 16, 34, 14, 12, 14, 8, 8, 12)
FIRST_INPUT = 5
KEY_COLUMN = 3
"""Column of the Coaching sheet that holds, hidden, the key of the input beside it."""
ANSWERS = ("Agree", "Disagree")
CORRECTIONS: Mapping[str, float | None] = {"Full points": 1.0, "Half": 0.5, "No points": 0.0, "Not applicable": None}
MAX_CALLS = 20
"""Calls offered for review: the least certain first. More is not reviewed by anyone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewAnswer:
    """What a person made of one judgement; ``corrected`` is the share of points (0–1), ``None`` for not applicable."""

    call_id: str
    section: str
    criterion: str
    rubric_sha256: str
    points: float | None
    out_of: float
    agree: bool
    correction: str
    comment: str
    reviewer: str = ""

    @property
    def corrected(self) -> float | None:
        """Return the person's points, those of the tool where they agree."""
        if self.correction not in CORRECTIONS:
            return self.points
        share = CORRECTIONS[self.correction]
        return None if share is None else share * self.out_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What had been typed into a workbook: notes by key, and review cells by (call, section, criterion)."""

    notes: Mapping[str, Value] = field(default_factory=dict)
    review: Mapping[tuple[str, str, str], tuple[Value, Value, Value]] = field(default_factory=dict)
    reviewer: Value = None


def add_review(book: Workbook, report: AgentReport, kept: Inputs) -> None:
    """Add the sheet: every criterion of the calls most worth a second look, and of those already reviewed."""
    from openpyxl.worksheet.datavalidation import DataValidation

    page = new_page(book, SHEET, (id_width(report.calls["call_id"]), *WIDTHS), landscape=True, tab="C2A93A")
    row = banner(
        page,
        f"Review · {words.clip(report.name, 60)}",
        ["Yellow cells: choose Agree or Disagree; where you disagree, choose the corrected answer and say why."],
        span=len(HEADS),
    )
    rows = _rows(report, kept)
    if not rows:
        put(page, row + 1, 1, "No call was scored, so there is nothing to review.", "text", span=len(HEADS))
        return
    put(page, row, 1, REVIEWER, "label")
    put(page, row, 2, kept.reviewer, "input")
    row = head = row + 1
    table_head(page, head, HEADS, centred=("Points",))
    put_row(page, head, [(name, "cell_key") for name in KEYS], first=len(HEADS) + 1)
    for line in rows:
        row += 1
        _review_row(page, row, line, kept)
    filterable(page, head, row, len(HEADS) + len(KEYS), frozen=1)
    page.sheet.print_area = f"A1:G{row}"
    for column, choices in (("E", ANSWERS), ("F", tuple(CORRECTIONS))):
        rule = DataValidation(type="list", formula1=f'"{",".join(choices)}"', allow_blank=True, showErrorMessage=True)
        rule.errorTitle, rule.error = "Please choose", f"Choose one of: {', '.join(choices)}."
        rule.add(f"{column}{head + 1}:{column}{row}")
        page.sheet.add_data_validation(rule)


def read_inputs(path: Path) -> Inputs:
    """Return what had been typed into the coaching workbook at ``path``; nothing where it is missing or damaged."""
    sheets = _load(path, ("Coaching", SHEET))
    notes: dict[str, Value] = {}
    for line in sheets.get("Coaching", ()):
        if len(line) >= KEY_COLUMN and isinstance(line[KEY_COLUMN - 1], str) and line[1] not in (None, ""):
            notes[line[KEY_COLUMN - 1]] = line[1]
    review: dict[tuple[str, str, str], tuple[Value, Value, Value]] = {}
    for row in _review_lines(sheets.get(SHEET, ())):
        typed = (row["Agree?"], row["Corrected answer"], row["Comment"])
        if any(value not in (None, "") for value in typed):
            review[(str(row["call_id"]), str(row["section"]), str(row["criterion"]))] = typed
    return Inputs(notes=notes, review=review, reviewer=_reviewer(sheets.get(SHEET, ())))


def read_review(path: Path) -> list[ReviewAnswer]:
    """Return the answers of a filled Review sheet; rows nobody answered are left out."""
    answers = []
    rows = _load(path, (SHEET,)).get(SHEET, ())
    reviewer = str(_reviewer(rows) or "")
    for line in _review_lines(rows):
        verdict, correction = str(line["Agree?"] or "").strip(), str(line["Corrected answer"] or "").strip()
        if verdict not in ANSWERS and correction not in CORRECTIONS:
            continue
        points = line["points"]
        answers.append(
            ReviewAnswer(
                call_id=str(line["call_id"]),
                section=str(line["section"]),
                criterion=str(line["criterion"]),
                rubric_sha256=str(line["rubric_sha256"] or ""),
                points=float(points) if isinstance(points, int | float) else None,
                out_of=float(line["out_of"] or 0),
                agree=verdict == "Agree" and correction not in CORRECTIONS,
                correction=correction,
                comment=str(line["Comment"] or ""),
                reviewer=reviewer,
            )
        )
    return answers


def _rows(report: AgentReport, kept: Inputs) -> list[dict[str, Any]]:
    import polars as pl

    reviewed = sorted({call_id for call_id, _, _ in kept.review})
    scored = report.calls.filter(pl.col("status") == "scored").with_columns(
        pl.col("call_id").is_in(reviewed).alias("reviewed"), (pl.col("band") == "review").alias("unsure")
    )
    order = scored.sort(
        ["reviewed", "unsure", "critical_failed", "confidence", "call_id"],
        descending=[True, True, True, False, False],
        nulls_last=True,
    )
    chosen = order.head(max(MAX_CALLS, len(reviewed))).select("call_id", "rubric_sha256").with_row_index("place")
    rows = report.criteria.with_row_index("line").join(chosen, on="call_id").sort("place", "line")
    return list(rows.iter_rows(named=True))


def _review_row(page: Page, row: int, line: dict[str, Any], kept: Inputs) -> None:
    key = (line["call_id"], line["section"], line["criterion"])
    agree, correction, comment = kept.review.get(key, (None, None, None))
    points = f"{words.number(line['points'])} of {words.number(line['out_of'])}" if line["applicable"] else "N/A"
    put_link(page, row, 1, line["call_id"], words.link("..", "scorecards", f"{line['call_id']}.html"))
    put_row(
        page,
        row,
        [
            (line["question"], "cell"),
            (points, "cell_centre"),
            (words.clip(line["reason"], 240), "cell"),
            (agree, "input_small"),
            (correction, "input_small"),
            (comment, "input_small"),
            (line["call_id"], "cell_key"),
            (line["section"], "cell_key"),
            (line["criterion"], "cell_key"),
            (line["points"] if line["applicable"] else "N/A", "cell_key"),
            (line["out_of"], "cell_key"),
            (line["rubric_sha256"], "cell_key"),
        ],
        first=2,
    )


def _load(path: Path, names: tuple[str, ...]) -> dict[str, list[tuple[Any, ...]]]:
    from zipfile import BadZipFile

    from openpyxl import load_workbook

    if not path.exists():
        return {}
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, KeyError, OSError, ValueError):
        return {}
    try:
        return {name: list(book[name].iter_rows(values_only=True)) for name in names if name in book.sheetnames}
    finally:
        book.close()


def _reviewer(rows: Iterable[tuple[Any, ...]]) -> Value:
    """Return the name typed beside "Reviewer"."""
    return next((row[1] for row in rows if len(row) > 1 and row[0] == REVIEWER), None)


def _review_lines(rows: Any) -> list[dict[str, Any]]:
    """Return the rows below the head as dictionaries; the head is found by its keys, wherever a person moved it."""
    lines: list[dict[str, Any]] = []
    head: list[str] = []
    for row in rows:
        if not head:
            names = [str(value) for value in row]
            head = names if set(KEYS) <= set(names) and set(HEADS) <= set(names) else []
        elif (line := dict(zip(head, row, strict=False))).get("call_id"):
            lines.append(line)
    return lines
