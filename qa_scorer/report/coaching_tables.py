"""The Calls and Evidence sheets: one row a call, one row a finding, both filterable."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from qa_scorer.report import words
from qa_scorer.report.workbook import (
    Page,
    Value,
    as_number,
    as_time,
    banner,
    filterable,
    id_width,
    new_page,
    put,
    put_band,
    put_link,
    put_row,
    table_head,
)

if TYPE_CHECKING:
    from openpyxl import Workbook

    from qa_scorer.report.coaching import AgentReport

CALL_HEADS = ("Call", "Started", "Length", "Score", "Band", "Outcome", "Compliance", "Customer at the end", "Note")
CALL_WIDTHS = (16, 8, 8, 11, 16, 12, 14, 50)
EVIDENCE_HEADS = ("Call", "Time", "Verdict", "Behaviour", "Who", "Words", "Better", "Counts for", "How sure", "Found")
EVIDENCE_WIDTHS = (10, 11, 24, 10, 46, 28, 36, 9, 12)
CENTRED = ("Length", "Score", "Band", "Compliance", "Time", "Verdict", "How sure")
MAX_EVIDENCE = 4000
"""Rows of evidence in a workbook; the findings table holds all."""


def add_calls(book: Workbook, report: AgentReport) -> None:
    """Add the sheet of calls."""
    widths = (id_width(report.calls["call_id"]), *CALL_WIDTHS)
    page = new_page(book, "Calls", widths, landscape=True)
    head = banner(page, f"Calls · {words.clip(report.name, 60)}", [_about(report)])
    table_head(page, head, CALL_HEADS, centred=CENTRED)
    row = head
    for line in report.calls.sort("date", "started_at", "call_id", nulls_last=True).iter_rows(named=True):
        row += 1
        call_row(page, row, line)
    filterable(page, head, row)


def call_row(page: Page, row: int, line: dict[str, Any], *, folder: str = "..", agent: str = "") -> None:
    """Write one call: link, agent where given, start, length, score, band, outcome, compliance, customer, note.

    ``folder`` is the way from the workbook to the output folder.
    """
    scored = line["status"] == "scored"
    place = [folder] if folder != "." else []
    put_link(page, row, 1, line["call_id"], words.link(*place, "scorecards", f"{line['call_id']}.html"))
    column = 2
    if agent:
        put(page, row, column, agent, "cell")
        column += 1
    put(page, row, column, words.started(line["started_at"]), "cell")
    put(page, row, column + 1, as_time(line["duration_s"]), "cell_time")
    put(page, row, column + 2, as_number(line["score"]), "cell_number")
    put_band(page, row, column + 3, line["band"], line["status"])
    outcome = words.OUTCOME_WORDS.get(line["outcome"], words.NOTHING) if scored else words.NOTHING
    customer = words.CUSTOMER_WORDS.get(line["customer_end"], words.NOTHING) if scored else words.NOTHING
    put(page, row, column + 4, outcome, "cell")
    put(page, row, column + 5, as_number(line["compliance_score"]), "cell_number")
    put(page, row, column + 6, customer, "cell")
    put(page, row, column + 7, call_note(line), "cell")


def call_note(line: dict[str, Any]) -> str:
    """Return what a reader must know about a call: why it has no score, no say, or was cut down."""
    if line["status"] != "scored":
        return words.clip(line["reason"] or "Not scored", 200)
    parts = [words.clip(line["band_reason"] or "", 200)]
    before = line["score_before_critical"]
    if line["critical_failed"]:
        parts.append("Critical failure" + (f": {words.number(before)} before it." if before is not None else "."))
    if line["band"] in ("flag", "coach") and line["worst"]:
        parts.append(f"{line['worst']}.")
    if line["repeat_contact"]:
        parts.append("The customer had called before about this.")
    return " ".join(part for part in parts if part)


def add_evidence(book: Workbook, report: AgentReport) -> None:
    """Add the sheet of findings."""
    widths = (id_width(report.calls["call_id"]), *EVIDENCE_WIDTHS)
    page = new_page(book, "Evidence", widths, landscape=True)
    found = report.findings
    note = "Every finding behind the scores. Filter by call, behaviour or verdict; the call opens at the transcript."
    if found.height > MAX_EVIDENCE:
        note += f" The first {MAX_EVIDENCE:,} of {found.height:,}; all are in data/findings.parquet."
    head = banner(page, f"Evidence · {words.clip(report.name, 60)}", [note])
    if found.is_empty():
        put(page, head + 1, 1, "No finding was recorded for these calls.", "text", span=len(EVIDENCE_HEADS))
        return
    table_head(page, head, EVIDENCE_HEADS, centred=CENTRED)
    questions = dict(report.criteria.select("criterion", "question").iter_rows())
    won = set(report.criteria.filter(report.criteria["share"] == 1).select("call_id", "criterion").iter_rows())
    row = head
    for line in found.head(MAX_EVIDENCE).iter_rows(named=True):
        row += 1
        _evidence_row(page, row, line, questions, won)
    filterable(page, head, row)


def _evidence_row(
    page: Page, row: int, line: dict[str, Any], questions: Mapping[str, str], won: Collection[tuple[str, str]]
) -> None:
    anchor = f"#t{line['turn']}" if line["turn"] is not None else ""
    put_link(page, row, 1, line["call_id"], words.link("..", "scorecards", f"{line['call_id']}.html") + anchor)
    counts = "; ".join(questions.get(name, name) for name in line["criteria"])
    full = any((line["call_id"], name) in won for name in line["criteria"])
    verdict, band = words.verdict(line["verdict"], line["signal"], full=full)
    put(page, row, 2, _time(line), "cell_time")
    put(page, row, 3, verdict, f"band_{band}")
    put_row(
        page,
        row,
        [
            (words.signal(line["signal"]), "cell"),
            (words.ROLE_WORDS.get(line["role"], words.NOTHING), "cell"),
            (words.quoted(line["quote"], 600) or words.NOTHING, "cell_quote" if line["quote"] else "cell_muted"),
            (words.clip(line["suggestion"], 300), "cell"),
            (words.clip(counts, 160), "cell_muted"),
            (line["confidence"], "cell_percent"),
            (words.HOW_WORDS.get(line["how"], line["how"]), "cell_muted"),
        ],
        first=4,
    )


def _time(line: dict[str, Any]) -> Value:
    """Return when it was said; for something missing the window that was searched."""
    if line["verdict"] == "absent" and line["start"] is not None and line["end"] is not None:
        return f"{words.minutes(line['start'])}–{words.minutes(line['end'])}"
    return as_time(line["start"])


def _about(report: AgentReport) -> str:
    calls = words.count(report.calls.height, "call")
    period = f" · period {report.period}" if report.period else ""
    return f"{calls}{period} · each call opens its scorecard with the transcript"
