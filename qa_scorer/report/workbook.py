"""Workbooks that print well and cannot be harmed by what was said in a call: the shared part of every sheet.

Every value goes through ``put``: it styles the cell, makes text text (never a formula), and grows the row until the
wrapped text fits. Column widths are set before the first ``put``.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Iterable, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa_scorer.report import words
from qa_scorer.report.fitting import wrapped_lines
from qa_scorer.report.looks import ACCENT, FONT, LOOKS, RULE, Look
from qa_scorer.store import write_bytes_atomic

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

DANGEROUS = ("=", "+", "-", "@", "\t", "\n", "'", "#")
"""First characters that make a spreadsheet compute a text, or read it as an error, when somebody edits the cell."""

SECONDS_A_DAY = 86_400
MAX_ROW_PT = 405.0
UNSET_WIDTH = 13.0
MAX_SHRINK = 1.4
"""How much too long a sheet may be and still be shrunk to a page; further, 9 pt would print below 6 pt."""
Value = str | int | float | date | datetime | None


@dataclass(frozen=True, slots=True)
class Page:
    """A worksheet being written, with the column widths its rows are fitted to."""

    sheet: Worksheet
    widths: tuple[float, ...]
    styles: dict[str, Any]
    heights: dict[int, float] = field(default_factory=dict)


def new_workbook(title: str) -> Workbook:
    """Return an empty workbook without its first sheet."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    _set_default_font(book)
    book.properties.title = words.clip(title, 200)
    book.properties.creator = "qa-scorer"
    return book


def new_page(book: Workbook, name: str, widths: Sequence[float], *, landscape: bool = False, tab: str = ACCENT) -> Page:
    """Add a sheet with these column widths, set up to print one page wide on A4."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.properties import PageSetupProperties

    sheet = book.create_sheet(words.sheet_name(name, book.sheetnames))
    for index, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = width
    sheet.sheet_view.showGridLines = False
    sheet.sheet_properties.tabColor = tab
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    margins = sheet.page_margins
    margins.left = margins.right = 0.45
    margins.top, margins.bottom, margins.footer = 0.5, 0.6, 0.3
    sheet.print_options.horizontalCentered = True
    # An ampersand starts a code in a footer, so a name must not bring one.
    footer = words.clip(book.properties.title or "", 80).replace("&", "&&")
    sheet.oddFooter.left.text, sheet.oddFooter.right.text = footer, "Page &P of &N"
    sheet.oddFooter.left.size = sheet.oddFooter.right.size = 8
    return Page(sheet, tuple(widths), {})


def id_width(ids: Iterable[str]) -> float:
    """Return a column width in which the longest of these identifiers stands on one line, within reason."""
    return float(min(46, max(14, max(map(len, ids), default=0) + 2)))


def put(page: Page, row: int, column: int, value: Value, look: str = "text", *, span: int = 1, lines: int = 1) -> None:
    """Write one cell (``span`` columns wide, at least ``lines`` high) and make its row tall enough."""
    cell: Any = page.sheet.cell(row, column)
    if look not in page.styles:
        page.styles[look] = _style(page.sheet, LOOKS[look])
    cell._style = copy(page.styles[look])
    if isinstance(value, str):
        text = words.clean(value)
        cell.value = text or None
        if text:
            cell.data_type = "s"
        if text.startswith(DANGEROUS):
            cell.quotePrefix = True
    else:
        cell.value = value
    if span > 1:
        for other in range(column + 1, column + span):
            page.sheet.cell(row, other)._style = copy(page.styles[look])  # type: ignore[union-attr]
        # merge_cells would restyle every cell of the range, which costs a third of a scorecard's time.
        page.sheet.merged_cells.add(_range(row, column, span))
    _grow(page, row, LOOKS[look], value, sum(page.widths[column - 1 : column - 1 + span]) or UNSET_WIDTH, lines)


def put_link(page: Page, row: int, column: int, text: str, target: str, look: str = "cell_link") -> None:
    """Write a cell that opens ``target``, a relative address or ``#'Sheet'!A1``."""
    from openpyxl.worksheet.hyperlink import Hyperlink

    put(page, row, column, text, look)
    cell: Any = page.sheet.cell(row, column)
    if target.startswith("#"):
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=target[1:])
    else:
        cell.hyperlink = target
    # openpyxl puts its own link style on; ours stays.
    cell._style = copy(page.styles[look])


def put_row(page: Page, row: int, values: Sequence[tuple[Value, str]], first: int = 1) -> None:
    """Write one row of (value, look) pairs."""
    for offset, (value, look) in enumerate(values):
        put(page, row, first + offset, value, look)


def put_band(page: Page, row: int, column: int, band: str | None, status: str = "scored") -> None:
    """Write a band as colour and word."""
    known = band if band in words.BAND_WORDS and status == "scored" else "none"
    put(page, row, column, words.band(band, status), f"band_{known}")


def as_time(seconds: float | None) -> Value:
    """Return seconds as a spreadsheet time (shown m:ss and sortable); the dash where unknown."""
    return words.NOTHING if seconds is None else round(seconds) / SECONDS_A_DAY


def as_number(value: float | None, digits: int = 1) -> Value:
    """Return a rounded number; the dash where there is none."""
    return words.NOTHING if value is None else round(value, digits)


def banner(page: Page, title: str, lines: Sequence[str], *, span: int = 0) -> int:
    """Write the coloured header of a sheet, over the whole width or ``span`` columns, and return the next free row."""
    span = span or len(page.widths)
    put(page, 1, 1, title, "title", span=span)
    page.sheet.row_dimensions[1].height = 32
    for row, line in enumerate(lines, start=2):
        put(page, row, 1, line, "subtitle", span=span)
    return len(lines) + 2


def heading(page: Page, row: int, text: str, note: str = "") -> int:
    """Write a heading over the whole width, with a note below it, and return the next free row."""
    put(page, row, 1, text, "heading", span=len(page.widths))
    page.sheet.row_dimensions[row].height = 22
    if not note:
        return row + 1
    put(page, row + 1, 1, note, "note", span=len(page.widths))
    return row + 2


def table_head(page: Page, row: int, names: Sequence[str], *, centred: Collection[str] = ()) -> None:
    """Write column heads, those named in ``centred`` in the middle of their column."""
    for column, name in enumerate(names, start=1):
        put(page, row, column, name, "head_centre" if name in centred else "head")


def filterable(page: Page, head: int, last: int, columns: int | None = None, *, frozen: int = 1) -> None:
    """Freeze the head row and the first columns, repeat the head in print, and add filters."""
    from openpyxl.utils import get_column_letter

    end = get_column_letter(columns or len(page.widths))
    page.sheet.freeze_panes = f"{get_column_letter(frozen + 1)}{head + 1}"
    page.sheet.print_title_rows = f"{head}:{head}"
    page.sheet.auto_filter.ref = f"A{head}:{end}{max(head + 1, last)}"


def fit_one_page(page: Page, rows: int, columns: int) -> None:
    """Print the sheet on one page, unless that would make it too small to read; then it flows on."""
    from openpyxl.utils import get_column_letter

    page.sheet.print_area = f"A1:{get_column_letter(columns)}{rows}"
    width_pt = sum(page.widths[:columns]) * 7 * 0.75
    height_pt = sum(page.sheet.row_dimensions[row].height or 15.0 for row in range(1, rows + 1))
    across, down = (777.0, 516.0) if page.sheet.page_setup.orientation == "landscape" else (530.0, 763.0)
    scale = min(1.0, across / width_pt)
    page.sheet.page_setup.fitToHeight = 1 if height_pt * scale <= down * MAX_SHRINK else 0


def save(book: Workbook, path: Path) -> None:
    """Write the workbook, atomically."""
    buffer = io.BytesIO()
    book.save(buffer)
    write_bytes_atomic(path, buffer.getvalue())


def _range(row: int, column: int, span: int) -> str:
    from openpyxl.utils import get_column_letter

    return f"{get_column_letter(column)}{row}:{get_column_letter(column + span - 1)}{row}"


def _grow(page: Page, row: int, look: Look, value: Value, width: float, lines: int) -> None:
    text = value if isinstance(value, str) else ""
    if look.wrap and text:
        lines = max(lines, wrapped_lines(text, width - 1.5 * look.indent, look.size, bold=look.bold))
    needed = min(MAX_ROW_PT, lines * look.size * 1.25 + look.padding)
    if needed > page.heights.get(row, 0.0):
        page.heights[row] = needed
        page.sheet.row_dimensions[row].height = round(needed, 1)


def _set_default_font(book: Workbook) -> None:
    """Make Arial the workbook's own font: column widths are counted in its digits, in Excel and LibreOffice alike."""
    from openpyxl.styles import Font
    from openpyxl.utils.indexed_list import IndexedList

    font = Font(name=FONT, size=10)
    internals: Any = book
    internals._fonts = IndexedList([font])
    internals._named_styles["Normal"].font = font


def _style(sheet: Worksheet, look: Look) -> Any:
    """Register a look with the workbook; copying the result is many times faster than styling every cell."""
    from openpyxl.cell.cell import Cell
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    cell = Cell(sheet, 1, 1)
    cell.font = Font(
        name=FONT,
        size=look.size,
        bold=look.bold,
        italic=look.italic,
        color=look.colour,
        underline="single" if look.underline else None,
    )
    if look.fill:
        cell.fill = PatternFill("solid", fgColor=look.fill)
    line = Side("thin", color=RULE)
    dots = Side("dashed", color="C2A93A")
    cell.border = {
        "none": Border(),
        "line": Border(bottom=line),
        "under": Border(bottom=Side("medium", color=ACCENT)),
        "box": Border(left=line, right=line, top=line, bottom=line),
        "input": Border(left=dots, right=dots, top=dots, bottom=dots),
    }[look.border]
    cell.alignment = Alignment(
        horizontal=look.across, vertical=look.down, wrap_text=look.wrap, indent=look.indent if look.indent else 0
    )
    cell.number_format = look.number
    return cell._style  # type: ignore[attr-defined]
