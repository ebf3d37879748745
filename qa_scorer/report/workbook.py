"""Workbooks that print well and cannot be harmed by what was said in a call: the shared part of every sheet.

Every value goes through ``put``: it styles the cell, makes text text (never a formula), and grows the row until the
wrapped text fits. Column widths are set before the first ``put``.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa_scorer.report import words
from qa_scorer.store import write_bytes_atomic

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

INK, MUTED, RULE, PAPER, ACCENT = "1F2937", "6B7280", "D1D5DB", "F3F4F6", "1E3A5F"
INPUT_FILL = "FFF9DB"
BAND_COLOURS: Mapping[str, tuple[str, str]] = {
    # fill, text: told apart in colour, in grey print by the word beside them, and by most colour-blind readers
    "pass": ("DDF3E4", "14532D"),
    "coach": ("FFF0C9", "7A4A00"),
    "flag": ("FBDCD9", "8E1B1B"),
    "review": ("E3E5FB", "3730A3"),
    "none": ("ECEEF1", "4B5563"),
}
FONT = "Arial"
DANGEROUS = ("=", "+", "-", "@", "\t", "\n", "'", "#")
"""First characters that make a spreadsheet compute a text, or read it as an error, when somebody edits the cell."""

TIME_FORMAT = "[m]:ss"
SECONDS_A_DAY = 86_400
MAX_ROW_PT = 405.0
UNSET_WIDTH = 13.0
Value = str | int | float | date | datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a cell looks; ``border`` is none, line (below), box or input."""

    size: float = 10
    bold: bool = False
    italic: bool = False
    colour: str = INK
    fill: str | None = None
    border: str = "none"
    across: str = "left"
    down: str = "top"
    wrap: bool = True
    number: str = "General"
    indent: int = 0
    underline: bool = False


LOOKS: Mapping[str, Look] = {
    "title": Look(size=18, bold=True, colour="FFFFFF", fill=ACCENT, down="center", wrap=False, indent=1),
    "subtitle": Look(colour="DCE6F2", fill=ACCENT, down="center", indent=1),
    "heading": Look(size=12, bold=True, colour=ACCENT, border="under", down="bottom"),
    "text": Look(),
    "small": Look(size=9, colour=MUTED),
    "label": Look(bold=True, colour=MUTED, size=9),
    "strong": Look(bold=True),
    "quote": Look(italic=True),
    "head": Look(size=9, bold=True, colour="FFFFFF", fill=ACCENT, border="line", down="center"),
    "head_right": Look(size=9, bold=True, colour="FFFFFF", fill=ACCENT, border="line", down="center", across="center"),
    "cell": Look(size=9, border="line"),
    "cell_bold": Look(size=9, border="line", bold=True),
    "cell_quote": Look(size=9, border="line", italic=True),
    "cell_muted": Look(size=9, border="line", colour=MUTED),
    "cell_link": Look(size=9, border="line", colour="1D4ED8", underline=True),
    "cell_number": Look(size=9, border="line", across="center", number="0.0"),
    "cell_plain": Look(size=9, border="line", across="center", number="0.##;-0.##;0"),
    "cell_percent": Look(size=9, border="line", across="center", number="0%"),
    "cell_signed": Look(size=9, border="line", across="center", number="+0.0;−0.0;0.0"),
    "cell_whole": Look(size=9, border="line", across="center", number="#,##0"),
    "cell_time": Look(size=9, border="line", across="center", number=TIME_FORMAT),
    "cell_centre": Look(size=9, border="line", across="center"),
    "cell_key": Look(size=8, colour="9CA3AF", wrap=False),
    "section": Look(bold=True, fill=PAPER, border="line", down="center"),
    "section_number": Look(bold=True, fill=PAPER, border="line", down="center", across="center", number="0.0"),
    "section_plain": Look(bold=True, fill=PAPER, border="line", down="center", across="center", number="0.##;-0.##;0"),
    "tile_label": Look(size=8, bold=True, colour=MUTED, fill=PAPER, across="center", down="bottom"),
    "tile": Look(size=20, bold=True, colour=ACCENT, fill=PAPER, across="center", down="center", number="0.0"),
    "tile_word": Look(size=13, bold=True, colour=ACCENT, fill=PAPER, across="center", down="center"),
    "tile_note": Look(size=8, colour=MUTED, fill=PAPER, across="center"),
    "input": Look(fill=INPUT_FILL, border="input"),
    "input_date": Look(fill=INPUT_FILL, border="input", number="yyyy-mm-dd"),
    "input_small": Look(size=9, fill=INPUT_FILL, border="input"),
    **{
        f"{prefix}_{name}": Look(size=size, bold=True, colour=ink, fill=fill, border=border, across="center", down=down)
        for prefix, size, border, down in (("band", 9, "line", "top"), ("tile", 13, "none", "center"))
        for name, (fill, ink) in BAND_COLOURS.items()
    },
}


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
    # Styles belong to the workbook, and one workbook's pages share them through this dictionary.
    styles: dict[str, Any] = {}
    return Page(sheet, tuple(widths), styles)


def put(page: Page, row: int, column: int, value: Value, look: str = "text", *, span: int = 1, lines: int = 1) -> None:
    """Write one cell (``span`` columns wide, at least ``lines`` high) and make its row tall enough."""
    cell: Any = page.sheet.cell(row, column)
    if look not in page.styles:
        page.styles[look] = _style(page.sheet, LOOKS[look])
    cell._style = copy(page.styles[look])
    if isinstance(value, str):
        text = words.clean(value)
        cell.value = text
        cell.data_type = "s"
        if text.startswith(DANGEROUS):
            cell.quotePrefix = True
    else:
        cell.value = value
    if span > 1:
        for other in range(column + 1, column + span):
            page.sheet.cell(row, other)._style = copy(page.styles[look])  # type: ignore[union-attr]
        page.sheet.merge_cells(start_row=row, end_row=row, start_column=column, end_column=column + span - 1)
    _grow(page, row, LOOKS[look], value, sum(page.widths[column - 1 : column - 1 + span]) or UNSET_WIDTH, lines)


def put_link(page: Page, row: int, column: int, text: str, target: str, look: str = "cell_link") -> None:
    """Write a cell that opens ``target``, a relative address."""
    put(page, row, column, text, look)
    page.sheet.cell(row, column).hyperlink = target
    style = page.styles[look]
    page.sheet.cell(row, column)._style = copy(style)  # type: ignore[union-attr]


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


def banner(page: Page, title: str, lines: Sequence[str]) -> int:
    """Write the coloured header of a sheet and return the next free row."""
    span = len(page.widths)
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
    put(page, row + 1, 1, note, "small", span=len(page.widths))
    return row + 2


def table_head(page: Page, row: int, names: Sequence[str], *, left: int = 1) -> None:
    """Write column heads; the first ``left`` are set to the left, the others centred."""
    for column, name in enumerate(names, start=1):
        put(page, row, column, name, "head" if column <= left else "head_right")


def filterable(page: Page, head: int, last: int, columns: int | None = None, *, frozen: int = 1) -> None:
    """Freeze the head row and the first columns, repeat the head in print, and add filters."""
    from openpyxl.utils import get_column_letter

    end = get_column_letter(columns or len(page.widths))
    page.sheet.freeze_panes = f"{get_column_letter(frozen + 1)}{head + 1}"
    page.sheet.print_title_rows = f"{head}:{head}"
    page.sheet.auto_filter.ref = f"A{head}:{end}{max(head + 1, last)}"


def save(book: Workbook, path: Path) -> None:
    """Write the workbook, atomically."""
    buffer = io.BytesIO()
    book.save(buffer)
    write_bytes_atomic(path, buffer.getvalue())


def wrapped_lines(text: str, width: float, size: float = 10, *, bold: bool = False) -> int:
    """Estimate how many lines ``text`` takes in a column ``width`` characters wide."""
    # A width unit is 7 px; 96 px an inch, 72 points. 4 % spare, for renderers whose fonts run wider.
    room = max(10.0, width * 7 - 4)
    scale = size * 96 / 72 * (1.08 if bold else 1.0) * 1.04
    total = 0
    for paragraph in text.split("\n") or [""]:
        used, lines = 0.0, 1
        for word in paragraph.split(" "):
            wide = sum(map(_advance, word)) * scale
            if used and used + wide > room:
                lines, used = lines + 1, 0.0
            while wide > room:
                lines, wide = lines + 1, wide - room
            used += wide + 0.28 * scale
        total += lines
    return total


def _advance(char: str) -> float:
    """Return the width of a character in ems, as in Arial."""
    if char in "iIjl.,:;'|!()[]ft/-“”‘’ ":
        return 0.3
    if char in "mwMW@%—…":
        return 0.9
    if ord(char) > 0x2E7F:  # CJK and emoji
        return 1.3
    return 0.7 if char.isupper() else 0.55


def _grow(page: Page, row: int, look: Look, value: Value, width: float, lines: int) -> None:
    text = value if isinstance(value, str) else ""
    if look.wrap and text:
        lines = max(lines, wrapped_lines(text, width - 1.5 * look.indent, look.size, bold=look.bold))
    needed = min(MAX_ROW_PT, lines * look.size * 1.27 + 4)
    if needed > page.heights.get(row, 0.0):
        page.heights[row] = needed
        page.sheet.row_dimensions[row].height = round(needed, 1)


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
