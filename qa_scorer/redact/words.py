"""The word lists of redaction, read from ``words.<language>.toml``: one file to translate for another language."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What one language says numbers, e-mail addresses, streets and dates with, and the cues that tell them apart."""

    digits: dict[str, str]
    teens: dict[str, str]
    tens: dict[str, str]
    repeats: dict[str, int]
    homophones: dict[str, str]
    hundred: str
    scales: frozenset[str]
    fillers: frozenset[str]
    units: frozenset[str]
    cues: tuple[tuple[str, bool, re.Pattern[str]], ...]
    email: dict[str, frozenset[str]]
    email_marks: dict[str, str]
    spelled_by: tuple[str, ...]
    places: dict[str, frozenset[str]]
    months: tuple[str, ...]
    ordinals: tuple[str, ...]

    def is_number(self, word: str) -> bool:
        """Tell a word that stands for figures or is read with them."""
        return word in self.digits or word in self.teens or word in self.tens or word in self.repeats


@cache
def load_words(language: str = "en") -> Words:
    """Read the words of a language; without a file of its own, the English ones still find written digits."""
    folder = files("qa_scorer.redact")
    resource = folder / f"words.{language}.toml"
    if not resource.is_file():
        return load_words("en")
    table = tomllib.loads(resource.read_text(encoding="utf-8"))
    numbers, email = table["numbers"], table["emails"]
    return Words(
        digits={word: str(digit) for digit, spoken in enumerate(numbers["digits"]) for word in spoken.split()},
        teens={word: str(number) for number, word in enumerate(numbers["teens"].split(), start=10)},
        tens={word: str(ten) for ten, word in enumerate(numbers["tens"].split(), start=2)},
        repeats=numbers["repeats"],
        homophones=numbers["homophones"],
        hundred=numbers["hundred"],
        scales=frozenset(numbers["scales"].split()),
        fillers=frozenset(numbers["fillers"].split()),
        units=frozenset(numbers["units"].split()),
        cues=tuple(
            (kind, strength == "strong", re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)"))
            for kind, strengths in table["cues"].items()
            for strength, patterns in strengths.items()
        ),
        email={key: frozenset(value.split()) for key, value in email.items() if isinstance(value, str)},
        email_marks=email["marks"],
        spelled_by=tuple(table["letters"]["spelled_by"]),
        places={key: frozenset(value.split()) for key, value in table["places"].items()},
        months=tuple(table["dates"]["months"].split()),
        ordinals=tuple(table["dates"]["ordinals"].split()),
    )
