"""How tall a row must be: text measured as Arial sets it, because a workbook does not grow rows by itself."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache


def wrapped_lines(text: str, width: float, size: float = 10, *, bold: bool = False) -> int:
    """Estimate how many lines ``text`` takes in a column ``width`` characters wide."""
    # A width unit is 7 px, 96 px an inch, 72 points; 3 % spare, for renderers whose fonts run wider.
    room = max(10.0, width * 7 - 6)
    scale = size * 96 / 72 * (1.08 if bold else 1.0) * 1.03
    total = 0
    for paragraph in text.split("\n") or [""]:
        used, lines = 0.0, 1
        for word in paragraph.split(" "):
            wide = sum(map(_advance, word)) * scale
            if used and used + wide > room:
                lines, used = lines + 1, 0.0
            while wide > room:
                lines, wide = lines + 1, wide - room
            used += wide + 0.278 * scale
        total += lines
    return total


@cache
def _advance(char: str) -> float:
    """Return the width of a character in ems, as in Arial."""
    for width, chars in _ARIAL.items():
        if char in chars:
            return width
    return 1.3 if ord(char) > 0x2E7F else 0.62  # CJK and emoji; other alphabets


_ARIAL: Mapping[float, str] = {
    0.222: "ijl'",
    0.278: " !,./:;I[\\]ft",
    0.333: "()-`r“”‘’",
    0.39: '*"',
    0.5: "Jcksvxyz",
    0.556: "#$0123456789?L_abdeghnopqu–",
    0.61: "+<=>FTZ",
    0.667: "&ABEKPSVXY",
    0.73: "CDHNRUw",
    0.778: "GOQ",
    0.85: "mM%",
    1.0: "W@—…",
}
