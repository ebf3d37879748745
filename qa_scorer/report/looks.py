"""How cells look: one palette, one font, one list of looks. No spreadsheet library is needed here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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
TIME_FORMAT = "[m]:ss"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a cell looks; ``border`` is none, line or under (below), box or input; sizes are in points."""

    size: float = 10
    bold: bool = False
    italic: bool = False
    colour: str = INK
    fill: str | None = None
    border: str = "none"
    across: str = "left"
    down: str = "center"
    wrap: bool = True
    number: str = "General"
    indent: int = 0
    underline: bool = False
    padding: float = 6


LOOKS: Mapping[str, Look] = {
    "title": Look(size=18, bold=True, colour="FFFFFF", fill=ACCENT, wrap=False, indent=1),
    "subtitle": Look(colour="DCE6F2", fill=ACCENT, indent=1),
    "heading": Look(size=12, bold=True, colour=ACCENT, border="under", down="bottom"),
    "note": Look(size=9, colour=MUTED, down="top"),
    "text": Look(),
    "small": Look(size=9, colour=MUTED),
    "label": Look(bold=True, colour=MUTED, size=9),
    "strong": Look(bold=True),
    "quote": Look(italic=True),
    "head": Look(size=9, bold=True, colour="FFFFFF", fill=ACCENT, border="line"),
    "head_centre": Look(size=9, bold=True, colour="FFFFFF", fill=ACCENT, border="line", across="center"),
    "cell": Look(size=9, border="line"),
    "open": Look(size=9, padding=2),
    "open_plain": Look(size=9, padding=2, across="center", number="0.##;-0.##;0"),
    "open_centre": Look(size=9, padding=2, across="center"),
    "open_quote": Look(size=9, padding=2, italic=True),
    "open_failed": Look(size=9, padding=2, bold=True, colour=BAND_COLOURS["flag"][1]),
    "cell_failed": Look(size=9, border="line", bold=True, colour=BAND_COLOURS["flag"][1]),
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
    "section": Look(bold=True, fill=PAPER, border="line"),
    "section_note": Look(size=9, colour=MUTED, fill=PAPER, border="line"),
    "section_number": Look(bold=True, fill=PAPER, border="line", across="center", number="0.0"),
    "section_plain": Look(bold=True, fill=PAPER, border="line", across="center", number="0.##;-0.##;0"),
    "tile_label": Look(size=8, bold=True, colour=MUTED, fill=PAPER, across="center", down="bottom"),
    "tile": Look(size=20, bold=True, colour=ACCENT, fill=PAPER, across="center", number="0.0"),
    "tile_word": Look(size=13, bold=True, colour=ACCENT, fill=PAPER, across="center"),
    "tile_number": Look(size=13, bold=True, colour=ACCENT, fill=PAPER, across="center", number="0.0"),
    "tile_count": Look(size=13, bold=True, colour=ACCENT, fill=PAPER, across="center", number="#,##0"),
    "tile_note": Look(size=8, colour=MUTED, fill=PAPER, across="center"),
    "input": Look(fill=INPUT_FILL, border="input", down="top"),
    "input_date": Look(fill=INPUT_FILL, border="input", number="yyyy-mm-dd"),
    "input_small": Look(size=9, fill=INPUT_FILL, border="input"),
    **{
        f"{prefix}_{name}": Look(size=size, bold=True, colour=ink, fill=fill, border=border, across="center", down=down)
        for prefix, size, border, down in (("band", 9, "line", "center"), ("tile", 13, "none", "center"))
        for name, (fill, ink) in BAND_COLOURS.items()
    },
}
