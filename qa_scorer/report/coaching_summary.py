"""The Summary sheet: where the agent stands, how sure that is, and where the points are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qa_scorer.report import charts, rollup, words
from qa_scorer.report.workbook import (
    Page,
    as_number,
    banner,
    fit_one_page,
    heading,
    new_page,
    put,
    put_link,
    put_row,
    table_head,
)

if TYPE_CHECKING:
    import polars as pl
    from openpyxl import Workbook

    from qa_scorer.report.coaching import AgentReport

WIDTHS = (36, 12, 12, 12, 12, 14)
SHEETS = {
    "Coaching": "one strength, two priorities, room for notes",
    "Calls": "every call, with its scorecard",
    "Evidence": "every finding, with the words",
    "Review": "agree or disagree with a judgement",
}
CHART_COLUMN, CHART_ROWS = 9, 14
"""Chart data stands right of the printed page: charts need cells to read from."""


def add_summary(book: Workbook, report: AgentReport) -> None:
    """Add the sheet."""
    page = new_page(book, "Summary", WIDTHS)
    row = banner(page, f"Coaching sheet · {words.clip(report.name, 60)}", [_header(report)])
    row = _tiles(page, row + 1, report)
    row = _comparison(page, row + 1, report)
    row = _sections(page, row + 1, report)
    row = _charts(page, row + 1, report)
    row = _bands(page, row + 1, report)
    fit_one_page(page, row, len(WIDTHS))


def _header(report: AgentReport) -> str:
    parts = [
        f"Agent {report.key}" if report.key != words.UNASSIGNED else "These calls name no agent",
        f"team {report.team}" if report.team else "",
        f"coach {report.coach}" if report.coach else "coach: ____________",
        f"period {report.period}" if report.period else "",
    ]
    return " · ".join(words.clip(part, 70) for part in parts if part)


def _tiles(page: Page, row: int, report: AgentReport) -> int:
    scores = rollup.scores(report.calls)
    mean = rollup.mean_interval(scores)
    compliance = report.calls["compliance_score"].mean()
    band = None if mean.few else _band_of(mean.mean)
    put(page, row, 1, "Mean score", "tile_label")
    put(page, row, 2, "Level", "tile_label", span=2)
    put(page, row, 4, "Compliance", "tile_label")
    put(page, row, 5, "Calls scored", "tile_label")
    put(page, row, 6, "Not scored", "tile_label")
    put(page, row + 1, 1, as_number(mean.mean), "tile")
    put(
        page,
        row + 1,
        2,
        words.band(band) if band else "Too few calls" if mean.n else "No score",
        f"tile_{band or 'none'}",
        span=2,
    )
    put(page, row + 1, 4, as_number(compliance) if isinstance(compliance, float) else words.NOTHING, "tile_number")
    put(page, row + 1, 5, mean.n, "tile_count")
    put(page, row + 1, 6, report.calls.height - mean.n, "tile_count")
    page.sheet.row_dimensions[row + 1].height = 36
    put(page, row + 2, 1, reading(mean), "text", span=len(WIDTHS))
    return row + 3


def reading(mean: rollup.Mean) -> str:
    """Return what a mean says, and does not say, in a sentence."""
    if mean.mean is None:
        return "No call could be scored, so there is nothing to compare yet; the Calls sheet says why."
    calls = words.count(mean.n, "call")
    if mean.few:
        return f"Mean of {calls}: too few calls to tell a level. Talk about the moments, not about the number."
    return (
        f"Mean of {calls}. With 95 % confidence the level lies between {words.number(mean.low, 0)} and "
        f"{words.number(mean.high, 0)}; differences inside that range may be chance."
    )


def _comparison(page: Page, row: int, report: AgentReport) -> int:
    own = rollup.scores(report.calls)
    row = heading(page, row, "Compared")
    heads = ("", "Calls", "Mean", "95 % from", "95 % to", "Difference")
    table_head(page, row, heads, centred=heads)
    row += 1
    lines: list[tuple[str, list[float], list[float] | None]] = [("This sheet", own, None)]
    if report.earlier:
        runs = words.count(report.earlier_runs, "earlier run")
        if len(report.newest) != len(own):
            lines.append(("Newest run only", report.newest, None))
        lines.append((f"Own baseline: {runs}", report.earlier, report.newest or own))
    team = rollup.scores(report.team_calls)
    lines.append((report.peers, team, own))
    for label, scores, against in lines:
        mean = rollup.mean_interval(scores)
        delta = rollup.difference(against, scores) if against is not None else None
        put_row(
            page,
            row,
            [
                (label, "cell_bold" if label == "This sheet" else "cell"),
                (mean.n, "cell_whole"),
                (as_number(mean.mean), "cell_number"),
                ("too few" if mean.few else as_number(mean.low), "cell_number"),
                ("too few" if mean.few else as_number(mean.high), "cell_number"),
                (as_number(delta.mean) if delta and delta.mean is not None else "", "cell_signed"),
            ],
        )
        row += 1
    put(page, row, 1, _verdict(report, own, team), "small", span=len(WIDTHS))
    return row + 1


def _verdict(report: AgentReport, own: list[float], team: list[float]) -> str:
    parts = []
    if report.earlier:
        parts.append(compare(report.newest or own, report.earlier, "the agent's own baseline"))
    else:
        parts.append("No earlier run yet: the agent's own baseline starts with this one.")
    parts.append(compare(own, team, f"{report.peers[0].lower()}{report.peers[1:]}"))
    return " ".join(parts)


def compare(first: list[float], second: list[float], what: str) -> str:
    """Return whether a difference is more than chance, in a sentence."""
    delta = rollup.difference(first, second)
    if delta is None:
        return f"Nothing to compare with {what} yet."
    if delta.low is None or delta.high is None or min(len(first), len(second)) < rollup.FEW_CALLS:
        return f"Too few calls to tell a difference from {what}."
    if delta.low <= 0 <= delta.high:
        return f"The difference from {what} is within chance."
    return f"{'Above' if delta.low > 0 else 'Below'} {what} by more than chance."


def _sections(page: Page, row: int, report: AgentReport) -> int:
    row = heading(page, row, "Sections of the form")
    heads = ("Section", "Weight", "Score", "Others", "Difference", "Calls counted")
    table_head(page, row, heads, centred=heads[1:])
    own = rollup.sections(report.criteria)
    team = _by_section(report.team_criteria)
    first = row + 1
    for line in own.iter_rows(named=True):
        row += 1
        score, level = line["section_score"], team.get(line["section"])
        known = score is not None and level is not None
        put_row(
            page,
            row,
            [
                (line["section_title"], "cell"),
                (as_number(line["section_weight"]) or words.NOTHING, "cell_plain"),
                (as_number(score), "cell_number"),
                (as_number(level), "cell_number"),
                (round(score - level, 1) if known else words.NOTHING, "cell_signed"),
                (line["n"], "cell_whole"),
            ],
        )
    if row < first:
        put(page, first, 1, "No call was scored, so no section has a score.", "cell", span=len(WIDTHS))
        return first + 1
    return row + 1


def _charts(page: Page, row: int, report: AgentReport) -> int:
    row = heading(page, row, "Trend and sections")
    sections = rollup.sections(report.criteria)
    if not report.trend:
        put(page, row, 1, "The trend starts with the first scored call.", "small", span=len(WIDTHS))
        return row + 1
    lines = [(words.clip(point.label, 24), point.own, point.others) for point in report.trend]
    block = _chart_cells(page, 1, "Trend", lines)
    title = "Score, call by call" if report.trend[0].by_call else "Mean score over time"
    charts.dash(charts.add_lines(page, block, f"A{row}", title, size_cm=(10.6, 7.2)), 1)
    team = _by_section(report.team_criteria)
    bars = [
        (words.clip(line["section_title"], 26), line["section_score"], team.get(line["section"]))
        for line in sections.iter_rows(named=True)
    ]
    block = _chart_cells(page, len(lines) + 4, "Section", bars)
    charts.add_bars(page, block, f"D{row}", "Sections", size_cm=(7.3, 7.2), across=True)
    for offset in range(CHART_ROWS):
        page.sheet.row_dimensions[row + offset].height = 15
    return row + CHART_ROWS


def _chart_cells(
    page: Page, head: int, name: str, lines: list[tuple[str, float | None, float | None]]
) -> tuple[int, int, int, int]:
    """Write a chart's numbers beside the printed page and return where they stand."""
    left = CHART_COLUMN
    put_row(page, head, [(name, "cell_key"), ("Agent", "cell_key"), ("Others", "cell_key")], first=left)
    for row, (label, own, others) in enumerate(lines, start=head + 1):
        put(page, row, left, label, "cell_key")
        put(page, row, left + 1, None if own is None else round(own, 1), "cell_key")
        put(page, row, left + 2, None if others is None else round(others, 1), "cell_key")
    return head, head + len(lines), left, left + 2


def _by_section(criteria: pl.DataFrame) -> dict[str, float | None]:
    return {line["section"]: line["section_score"] for line in rollup.sections(criteria).iter_rows(named=True)}


def _bands(page: Page, row: int, report: AgentReport) -> int:
    bands = report.calls["band"].to_list()
    row = heading(page, row, "Bands, and where to read on")
    for (name, meaning), (sheet, holds) in zip(words.BAND_MEANINGS.items(), SHEETS.items(), strict=True):
        put(page, row, 1, f"{words.BAND_WORDS[name]}: {meaning}", "cell")
        put(page, row, 2, words.count(bands.count(name), "call"), f"band_{name}")
        put_link(page, row, 3, sheet, f"#'{sheet}'!A1")
        put(page, row, 4, holds, "cell", span=3)
        row += 1
    return row - 1


def _band_of(mean: float | None) -> str | None:
    if mean is None:
        return None
    if mean >= words.PASS_LINE:
        return "pass"
    return "coach" if mean >= words.COACH_LINE else "flag"
