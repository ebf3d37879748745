"""Native charts, so that they live on when somebody edits the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from qa_scorer.report.looks import ACCENT, FONT
from qa_scorer.report.workbook import Page

if TYPE_CHECKING:
    from openpyxl.chart import BarChart, LineChart

LINE_COLOURS = (ACCENT, "C2410C", "0F766E", "7C3AED", "A16207", "BE185D")
BAR_COLOURS = (ACCENT, "C5CBD3")
Block = tuple[int, int, int, int]
"""Where a chart's numbers stand: row of the heads, last row, column of the labels, last column."""


def add_lines(page: Page, block: Block, anchor: str, title: str, *, size_cm: tuple[float, float]) -> LineChart:
    """Add a line for each column of ``block``; ``size_cm`` is width and height. Scores run from 0 to 100."""
    from openpyxl.chart import LineChart

    chart = LineChart()
    _fill(chart, page, block, title, size_cm)
    for index, line in enumerate(chart.series):
        colour = LINE_COLOURS[index % len(LINE_COLOURS)]
        line.graphicalProperties.line.solidFill = colour
        line.graphicalProperties.line.width = 25_000
        line.marker.symbol, line.marker.size, line.smooth = "circle", 6, False
        line.marker.graphicalProperties.solidFill = colour
        line.marker.graphicalProperties.line.solidFill = colour
    _scores(chart)
    page.sheet.add_chart(chart, anchor)
    return chart


def dash(chart: LineChart, index: int) -> None:
    """Draw one line as the quiet one to compare with."""
    line = chart.series[index]
    line.graphicalProperties.line.solidFill = "9CA3AF"
    line.graphicalProperties.line.dashStyle = "dash"
    line.marker.symbol = "none"


def add_bars(
    page: Page,
    block: Block,
    anchor: str,
    title: str,
    *,
    size_cm: tuple[float, float],
    across: bool = False,
    colours: Sequence[str] = BAR_COLOURS,
) -> BarChart:
    """Add bars for each column of ``block``, lying where ``across``; lying bars are scores and run from 0 to 100."""
    from openpyxl.chart import BarChart

    chart = BarChart()
    _fill(chart, page, block, title, size_cm)
    chart.gapWidth = 45
    for bars, colour in zip(chart.series, colours, strict=False):
        bars.graphicalProperties.solidFill = colour
    if across:
        chart.type = "bar"
        _scores(chart)
        # The form reads from the top down.
        chart.x_axis.scaling.orientation = "maxMin"
    if block[3] - block[2] == 1:
        chart.legend = None
    page.sheet.add_chart(chart, anchor)
    return chart


def _fill(chart: LineChart | BarChart, page: Page, block: Block, title: str, size_cm: tuple[float, float]) -> None:
    from openpyxl.chart import Reference
    from openpyxl.chart.legend import Legend
    from openpyxl.chart.shapes import GraphicalProperties
    from openpyxl.chart.text import RichText, Text
    from openpyxl.chart.title import Title
    from openpyxl.drawing.line import LineProperties
    from openpyxl.drawing.text import CharacterProperties, Font, Paragraph, ParagraphProperties, RegularTextRun

    head, last, first_column, last_column = block
    size: Any = chart
    size.width, size.height = size_cm
    # A day without calls is bridged, not shown as a fall to nothing.
    chart.display_blanks = "span"
    data = Reference(page.sheet, min_col=first_column + 1, max_col=last_column, min_row=head, max_row=last)
    chart.add_data(data, titles_from_data=True)
    chart.set_categories(Reference(page.sheet, min_col=first_column, min_row=head + 1, max_row=last))
    face = Font(typeface=FONT)
    bold, plain = CharacterProperties(sz=1100, b=True, latin=face), CharacterProperties(sz=800, latin=face)
    chart.title = Title(overlay=False)
    chart.title.tx = Text(rich=RichText(p=[Paragraph(r=[RegularTextRun(rPr=bold, t=title)])]))
    small = RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=plain), endParaRPr=plain)])
    chart.x_axis.txPr = chart.y_axis.txPr = small
    chart.legend = Legend()
    chart.legend.position, chart.legend.txPr = "b", small
    # openpyxl hides axes unless told otherwise.
    chart.x_axis.delete = chart.y_axis.delete = False
    grid = chart.y_axis.majorGridlines
    if grid is not None:
        grid.spPr = GraphicalProperties(ln=LineProperties(solidFill="E5E7EB"))


def _scores(chart: LineChart | BarChart) -> None:
    chart.y_axis.scaling.min, chart.y_axis.scaling.max = 0, 100
    chart.y_axis.majorUnit = 25
    chart.y_axis.number_format = "0"
