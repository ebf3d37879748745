"""The team workbook: ``team.xlsx``, what a manager opens first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa_scorer.report import charts, coaching_tables, rollup, team_heat, words
from qa_scorer.report.workbook import (
    Page,
    as_number,
    banner,
    filterable,
    heading,
    id_width,
    new_page,
    new_workbook,
    put,
    put_link,
    put_row,
    save,
    table_head,
)
from qa_scorer.store import Failure

if TYPE_CHECKING:
    import polars as pl
    from openpyxl import Workbook

WIDTHS = (26, 16, 9, 9, 10, 10, 9, 9, 9, 9, 12, 10, 10)
HEADS = (
    "Agent",
    "Team",
    "Calls",
    "Scored",
    "Mean",
    "95 % from",
    "95 % to",
    "Pass",
    "Coach",
    "Flag",
    "Review",
    "Compliance",
    "Critical",
)
MAX_FIRST = 200
"""Calls listed to look at first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamReport:
    """Everything the team workbook shows; ``trends`` has one course a team, ``files`` the workbook of each agent."""

    period: str
    calls: pl.DataFrame
    criteria: pl.DataFrame
    trends: Mapping[str, Sequence[rollup.TrendPoint]]
    files: Mapping[str, str]
    failures: Sequence[Failure]


def write_team(report: TeamReport, path: Path) -> None:
    """Write the workbook."""
    book = new_workbook("Team report")
    _overview(book, report)
    team_heat.add_heat_map(book, report.calls, report.criteria)
    _trend(book, report)
    _look_first(book, report)
    _not_scored(book, report)
    save(book, path)


def _overview(book: Workbook, report: TeamReport) -> None:
    page = new_page(book, "Overview", WIDTHS, landscape=True)
    period = f"period {report.period}" if report.period else "period not known"
    row = banner(page, "Team report", [f"{words.count(report.calls.height, 'call')} · {period}"])
    mean = rollup.mean_interval(rollup.scores(report.calls))
    compliance = report.calls["compliance_score"].mean()
    tiles: list[tuple[str, Any, int]] = [
        ("Mean score", as_number(mean.mean), 1),
        ("Calls scored", mean.n, 1),
        ("Not scored", report.calls.height - mean.n, 2),
        ("Failed", len(report.failures), 2),
        ("Compliance", as_number(compliance) if isinstance(compliance, float) else words.NOTHING, 3),
        ("To review", report.calls.filter(_band("review")).height, 2),
        ("Critical", int(report.calls["critical_failed"].sum()), 2),
    ]
    column = 1
    for label, value, span in tiles:
        put(page, row + 1, column, label, "tile_label", span=span)
        put(page, row + 2, column, value, "tile" if label == "Mean score" else "tile_word", span=span)
        column += span
    page.sheet.row_dimensions[row + 2].height = 34
    row = heading(
        page,
        row + 4,
        "Agents",
        "Sorted by name, not by score: with few calls the order would be luck. “–”: fewer than two calls.",
    )
    row = _agents(page, row, report)
    _distribution(page, row + 2, report)


def _agents(page: Page, row: int, report: TeamReport) -> int:
    head = row
    table_head(page, head, HEADS, centred=HEADS[2:])
    scores = _scores_by_agent(report.calls)
    for line in rollup.agents(report.calls).iter_rows(named=True):
        row += 1
        mean = rollup.mean_interval(scores.get(line["agent"], []))
        put_link(
            page, row, 1, words.clip(line["name"], 48), words.link("coaching", f"{report.files[line['agent']]}.xlsx")
        )
        put_row(
            page,
            row,
            [
                (words.clip(line["team"] or words.NOTHING, 40), "cell"),
                (line["calls"], "cell_whole"),
                (line["scored"], "cell_whole"),
                (as_number(mean.mean), "cell_number"),
                (as_number(mean.low), "cell_number"),
                (as_number(mean.high), "cell_number"),
                *((line[band], f"band_{band}" if line[band] else "cell_whole") for band in words.BAND_WORDS),
                (as_number(line["compliance_score"]), "cell_number"),
                (line["critical"], "band_flag" if line["critical"] else "cell_whole"),
            ],
            first=2,
        )
    page.sheet.freeze_panes = "B2"
    page.sheet.auto_filter.ref = f"A{head}:M{max(row, head + 1)}"
    return row


def _distribution(page: Page, row: int, report: TeamReport) -> None:
    scores = rollup.scores(report.calls)
    row = heading(page, row, "Distribution of scores")
    if not scores:
        put(page, row, 1, "No call was scored.", "text", span=4)
        return
    table_head(page, row, ("Score", "Calls"), centred=("Calls",))
    steps = [(0, 50), (50, 60), (60, 70), (70, 75), (75, 80), (80, 85), (85, 90), (90, 95), (95, 101)]
    for offset, (low, high) in enumerate(steps, start=1):
        label = f"{low} to under {high}" if high <= 100 else "95 to 100"
        put(page, row + offset, 1, label, "cell")
        put(page, row + offset, 2, sum(low <= score < high for score in scores), "cell_whole")
    block = (row, row + len(steps), 1, 2)
    charts.add_bars(page, block, f"D{row}", "Calls by score", size_cm=(17, 7))


def _trend(book: Workbook, report: TeamReport) -> None:
    teams = [name for name, points in report.trends.items() if points]
    page = new_page(book, "Trend", (22, *([16] * max(6, len(teams)))), landscape=True)
    row = banner(page, "Trend", ["Mean score by day or week, each team a line; a single run shows its calls in order."])
    if not teams:
        put(page, row + 1, 1, "The trend starts with the first scored call.", "text", span=len(page.widths))
        return
    labels = list(dict.fromkeys(point.label for name in teams for point in report.trends[name]))
    table_head(page, row, ("When", *(words.clip(name, 28) for name in teams)), centred=teams)
    values = {(name, point.label): point.own for name in teams for point in report.trends[name]}
    for offset, label in enumerate(labels, start=1):
        put(page, row + offset, 1, label, "cell")
        for column, name in enumerate(teams, start=2):
            value = values.get((name, label))
            put(page, row + offset, column, None if value is None else round(value, 1), "cell_number")
    last = row + len(labels)
    charts.add_lines(page, (row, last, 1, 1 + len(teams)), f"A{last + 2}", "Mean score", size_cm=(22, 9))


def look_first(calls: pl.DataFrame) -> pl.DataFrame:
    """Return the calls a person should open first: critical failures, the tool unsure, then the lowest scores."""
    import polars as pl

    urgent = calls.filter(
        (pl.col("status") == "scored") & (pl.col("critical_failed") | pl.col("band").is_in(["review", "flag"]))
    )
    return urgent.sort(
        ["critical_failed", pl.col("band") == "review", "score", "call_id"], descending=[True, True, False, False]
    )


def _look_first(book: Workbook, report: TeamReport) -> None:
    first = look_first(report.calls)
    widths = (id_width(first["call_id"]), 20, *coaching_tables.CALL_WIDTHS)
    page = new_page(book, "Review first", widths, landscape=True, tab="8E1B1B")
    shown = f" The first {MAX_FIRST} of {first.height:,}." if first.height > MAX_FIRST else ""
    head = banner(
        page,
        "Calls to review first",
        [f"Critical failures, then calls the tool is unsure about, then the lowest scores.{shown}"],
    )
    if first.is_empty():
        put(page, head + 1, 1, "No call needs a second look: none is critical, flagged or uncertain.", "text", span=10)
        return
    heads = (coaching_tables.CALL_HEADS[0], "Agent", *coaching_tables.CALL_HEADS[1:])
    table_head(page, head, heads, centred=coaching_tables.CENTRED)
    row = head
    for line in first.head(MAX_FIRST).iter_rows(named=True):
        row += 1
        coaching_tables.call_row(page, row, line, folder=".", agent=words.agent(line["agent_name"], line["agent"]))
    filterable(page, head, row)


def _not_scored(book: Workbook, report: TeamReport) -> None:
    missing = report.calls.filter(_status("not_scored"))
    page = new_page(book, "Not scored", (id_width(missing["call_id"]), 20, 18, 10, 70), landscape=True)
    head = banner(page, "Not scored and failed", ["These calls count in no average."])
    if missing.is_empty() and not report.failures:
        put(page, head + 1, 1, "Every call was scored.", "text", span=5)
        return
    table_head(page, head, ("Call", "Agent", "Started", "Length", "Why"), centred=("Length",))
    row = head
    for line in missing.sort("call_id").iter_rows(named=True):
        row += 1
        put_link(page, row, 1, line["call_id"], words.link("scorecards", f"{line['call_id']}.html"))
        length = words.minutes(line["duration_s"])
        reason = words.clip(line["reason"], 300) or "No reason was recorded."
        put_row(
            page,
            row,
            [
                (words.agent(line["agent_name"], line["agent"]), "cell"),
                (words.started(line["started_at"]), "cell"),
                (length, "cell_centre"),
                (reason, "cell"),
            ],
            first=2,
        )
    for failure in report.failures:
        row += 1
        put_row(
            page,
            row,
            [
                (failure.call_id, "cell"),
                (words.NOTHING, "cell"),
                (words.NOTHING, "cell"),
                ("Failed", "band_flag"),
                (words.clip(failure.reason, 300), "cell"),
            ],
        )
    filterable(page, head, row)


def _band(name: str) -> pl.Expr:
    import polars as pl

    return pl.col("band") == name


def _status(name: str) -> pl.Expr:
    import polars as pl

    return pl.col("status") == name


def _scores_by_agent(calls: pl.DataFrame) -> dict[str, list[float]]:
    import polars as pl

    grouped = calls.filter(pl.col("score").is_not_null()).group_by("agent").agg("score")
    return dict(grouped.iter_rows())
