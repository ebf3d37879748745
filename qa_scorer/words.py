"""Small words of a language that reading needs (``checks/words.<language>.toml``); none where there is no such file."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).parent / "checks"


@lru_cache(maxsize=256)
def words(language: str, section: str, name: str) -> frozenset[str]:
    """Return a set of words of ``language``, lower case."""
    return frozenset(_table(language).get(section, {}).get(name, ()))


@lru_cache(maxsize=8)
def _table(language: str) -> dict[str, dict[str, list[str]]]:
    path = FOLDER / f"words.{language}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
