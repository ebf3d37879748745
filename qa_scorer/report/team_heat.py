"""The heat map: agent × criterion, numbers first, colour second."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qa_scorer.report import rollup, words
from qa_scorer.report.workbook import banner, fit_one_page, new_page, put, table_head

if TYPE_CHECKING:
    import polars as pl
    from openpyxl import Workbook

MAX_AGENTS = 500
"""Agents across a sheet; Excel itself would take 16,000."""
AGENT_WIDTH = 9.0
MAX_ON_A_PAGE = 14


def add_heat_map(book: Workbook, calls: pl.DataFrame, criteria: pl.DataFrame) -> None:
    """Add the sheet: a row a criterion in the order of the form, a column an agent, the share of points in per cent.

    Criteria run down because their questions need room, so the sheet stays one page wide for a usual team.
    """
    from openpyxl.formatting.rule import ColorScale, FormatObject, Rule
    from openpyxl.styles import Color
    from openpyxl.utils import get_column_letter

    agents = rollup.agents(calls).head(MAX_AGENTS)
    keys, names = agents["agent"].to_list(), agents["name"].to_list()
    page = new_page(book, "Heat map", (38, 9, 9, *([AGENT_WIDTH] * len(keys))), landscape=True)
    head = banner(
        page,
        "Heat map · agent × criterion",
        ["Share of the points reached where the criterion applied. Empty: it never applied. Weights are of 100."],
    )
    if criteria.is_empty():
        put(page, head + 1, 1, "No call was scored.", "text", span=3)
        return
    heads = ("Criterion", "Weight", "All", *(words.clip(name, 24) for name in names))
    table_head(page, head, heads, centred=heads[1:])
    shares = {
        (line[0], line[1], line[2]): line[3]
        for line in rollup.heat(criteria).select("agent", "section", "criterion", "share").iter_rows()
    }
    overall = {(line[0], line[1]): line[2] for line in _overall(criteria).iter_rows()}
    row, section = head, ""
    for line in rollup.form(criteria).iter_rows(named=True):
        row += 1
        if line["section"] != section:
            section = line["section"]
            put(page, row, 1, line["section_title"], "section", span=3 + len(keys))
            row += 1
        put(page, row, 1, line["question"], "cell")
        put(page, row, 2, round(line["form_weight"], 1) or words.NOTHING, "cell_plain")
        put(page, row, 3, overall.get((section, line["criterion"])), "cell_percent")
        for column, key in enumerate(keys, start=4):
            put(page, row, column, shares.get((key, section, line["criterion"])), "cell_percent")
    scale = ColorScale(
        cfvo=[FormatObject(type="num", val=value) for value in (0.4, 0.75, 1.0)],
        color=[Color("FFF4B8B2"), Color("FFFFF3CF"), Color("FFB7E1C4")],
    )
    page.sheet.conditional_formatting.add(
        f"C{head + 1}:{get_column_letter(3 + len(keys))}{row}", Rule(type="colorScale", colorScale=scale)
    )
    page.sheet.freeze_panes = f"D{head + 1}"
    page.sheet.print_title_rows = f"{head}:{head}"
    page.sheet.print_title_cols = "A:C"
    # Beyond a dozen agents one page wide would be too small to read.
    if len(keys) > MAX_ON_A_PAGE:
        page.sheet.page_setup.fitToWidth = -(-len(keys) // MAX_ON_A_PAGE)
    else:
        fit_one_page(page, row, len(page.widths))


def _overall(criteria: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    return criteria.filter(pl.col("share").is_not_null()).group_by("section", "criterion").agg(pl.col("share").mean())
