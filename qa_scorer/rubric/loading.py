"""From a name or a path to a rubric: find the file, apply ``extends``, validate, and say where it hurts."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from qa_scorer.errors import RubricError
from qa_scorer.rubric.messages import problems_of
from qa_scorer.rubric.positions import KeyPath, key_lines
from qa_scorer.rubric.rules import Problem, errors, nearest
from qa_scorer.rubric.schema import Rubric

SHIPPED: Final = Path(__file__).parents[1] / "rubrics"
"""Where the wheel carries the shipped rubrics; in a checkout they lie beside the package."""

_AT_LINE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")
_LISTS_BY_ID: Final = ("sections", "criteria", "phrases")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A line of a rubric file."""

    file: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A rubric and where each of its keys stands, for messages."""

    rubric: Rubric
    places: Mapping[KeyPath, Place]

    def place(self, path: KeyPath) -> Place:
        """Return where a key stands, or the nearest table around it."""
        return _place(self.places, path)


def load_rubric(name_or_path: str) -> Rubric:
    """Load a rubric by path or shipped name (``./rubrics`` comes before the packaged copy).

    Raises ``RubricError``, one sentence with file, line and key.
    """
    return load_with_places(name_or_path).rubric


def load_with_places(name_or_path: str) -> Loaded:
    """Load a rubric and keep where its keys stand. Raises ``RubricError``."""
    data, places = _resolve(find_rubric(name_or_path), ())
    try:
        rubric = Rubric.model_validate(data)
    except ValidationError as error:
        raise _error(problems_of(error), places) from error
    if problems := errors(rubric):
        raise _error(problems, places)
    return Loaded(rubric=rubric, places=places)


def find_rubric(name_or_path: str, beside: Path | None = None) -> Path:
    """Return the file of a rubric: a path as given (or beside the rubric that extends it), or a shipped name."""
    named = Path(name_or_path)
    folders = [Path("rubrics"), SHIPPED, SHIPPED.parents[1] / "rubrics"]
    candidates = [named] if beside is None else [beside / named]
    if named.suffix != ".toml" and named.name == name_or_path:
        candidates = [
            *([beside / f"{named}.toml"] if beside else []),
            *(folder / f"{named}.toml" for folder in folders),
        ]
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    shipped = sorted({file.stem for folder in folders for file in folder.glob("*.toml")})
    raise RubricError(
        f"{name_or_path}: no such rubric; give a path to a .toml file or one of {', '.join(shipped)}"
        f"{nearest(named.stem, shipped)}."
    )


def _resolve(path: Path, seen: tuple[Path, ...]) -> tuple[dict[str, Any], dict[KeyPath, Place]]:
    """Read a file and lay it over the one it extends."""
    data, places = _read(path)
    parent_name = data.get("extends")
    if not isinstance(parent_name, str):
        return data, places
    chain = (*seen, path.resolve())
    here = _place(places, ("extends",))
    try:
        parent_path = find_rubric(parent_name, beside=path.parent)
    except RubricError as error:
        raise RubricError(f"{here.file}:{here.line}: extends: {error}") from error
    if parent_path.resolve() in chain:
        raise RubricError(f"{here.file}:{here.line}: extends: '{parent_name}' leads back to this rubric.")
    parent, parent_places = _resolve(parent_path, chain)
    out_places: dict[KeyPath, Place] = {(): places[()]}
    removed = data.get("remove", [])
    wanted = [item for item in removed if isinstance(item, str)] if isinstance(removed, list) else []
    known = list(_ids(parent))
    for index, item in enumerate(wanted):
        if item not in known:
            where = _place(places, ("remove", index))
            hint = nearest(item, known) or f"; its ids are {', '.join(known)}"
            raise RubricError(f"{where.file}:{where.line}: remove: '{parent_name}' has no '{item}'{hint}.")
    merged = _merge(_Side(parent, parent_places, ()), _Side(data, places, ()), (), out_places, frozenset(wanted))
    return merged, out_places


def _read(path: Path) -> tuple[dict[str, Any], dict[KeyPath, Place]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        data = tomllib.loads(text)
    except OSError as error:
        raise RubricError(f"{path}: cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise RubricError(f"{path}: not UTF-8 text; save the rubric as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        match = _AT_LINE.search(str(error))
        line = int(match[1]) if match and match[1] else text.count("\n") + 1
        what = _AT_LINE.sub("", str(error))
        raise RubricError(f"{path}:{line}: not valid TOML: {what[:1].lower()}{what[1:]}.") from error
    return data, {key: Place(file=str(path), line=line) for key, line in key_lines(text).items()}


@dataclass(frozen=True, slots=True)
class _Side:
    """A part of a rubric file while two are merged."""

    data: Mapping[Any, Any]
    places: Mapping[KeyPath, Place]
    path: KeyPath


def _merge(
    parent: _Side, child: _Side, path: KeyPath, places: dict[KeyPath, Place], removed: frozenset[str]
) -> dict[str, Any]:
    """Lay ``child`` over ``parent``: tables key by key, sections, criteria and phrases by id, anything else whole."""
    merged: dict[str, Any] = {}
    for key in dict.fromkeys((*parent.data, *child.data)):
        here = (*path, key)
        old, new = parent.data.get(key), child.data.get(key)
        if key in _LISTS_BY_ID and all(_tables(side) for side in (old, new) if side is not None):
            merged[key] = _merge_lists(_step(parent, key), _step(child, key), here, places, removed)
            places.setdefault(here, _place((child if new is not None else parent).places, (*path, key)))
        elif isinstance(old, dict) and isinstance(new, dict):
            merged[key] = _merge(_step(parent, key), _step(child, key), here, places, removed)
            places.setdefault(here, _place(child.places, (*child.path, key)))
        else:
            side = child if key in child.data else parent
            merged[key] = side.data[key]
            _copy_places(side, key, here, places)
    return merged


def _merge_lists(
    parent: _Side, child: _Side, path: KeyPath, places: dict[KeyPath, Place], removed: frozenset[str]
) -> list[Any]:
    """Merge two lists of tables by ``id``: the parent's order, new ones last. A repeated id stays, to be reported."""
    fresh = dict(child.data)
    merged: list[Any] = []
    for index, item in parent.data.items():
        if item.get("id") in removed:
            continue
        here = (*path, len(merged))
        twin = next((i for i, other in fresh.items() if "id" in other and other["id"] == item.get("id")), None)
        over = _step(child, twin) if twin is not None else _Side({}, {}, ())
        if twin is not None:
            del fresh[twin]
            places[here] = _place(child.places, over.path)
        else:
            places[here] = _place(parent.places, (*parent.path, index))
        merged.append(_merge(_step(parent, index), over, here, places, removed))
    for index in fresh:
        here = (*path, len(merged))
        places[here] = _place(child.places, (*child.path, index))
        merged.append(_merge(_Side({}, {}, ()), _step(child, index), here, places, removed))
    return merged


def _step(side: _Side, key: str | int) -> _Side:
    value = side.data.get(key, {})
    data = dict(enumerate(value)) if isinstance(value, list) else value
    return _Side(data, side.places, (*side.path, key))


def _tables(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _copy_places(side: _Side, key: str, here: KeyPath, places: dict[KeyPath, Place]) -> None:
    source = (*side.path, key)
    for path, place in side.places.items():
        if path[: len(source)] == source:
            places[(*here, *path[len(source) :])] = place


def _ids(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        if isinstance(data.get("id"), str):
            yield data["id"]
        for value in data.values():
            yield from _ids(value)
    elif isinstance(data, list):
        for value in data:
            yield from _ids(value)


def _place(places: Mapping[KeyPath, Place], path: KeyPath) -> Place:
    while path not in places:
        path = path[:-1]
    return places[path]


def _error(problems: list[Problem], places: Mapping[KeyPath, Place]) -> RubricError:
    """Return the first problem, in file order, as one sentence; the others go along as notes."""
    located = [(_place(places, problem.path), problem) for problem in problems]
    located.sort(key=lambda pair: (pair[0].file, pair[0].line, len(pair[1].path)))
    first, *others = dict.fromkeys(sentence(place, problem) for place, problem in located)
    error = RubricError(first)
    for other in others:
        error.add_note(other)
    return error


def sentence(place: Place, problem: Problem) -> str:
    """Write a problem as one sentence: file, line, key, what."""
    return f"{place.file}:{place.line}: {dotted(problem.path)}: {problem.message}."


def dotted(path: KeyPath) -> str:
    """Write a path as a reader would: ``sections[0].criteria[1].weight``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text or "rubric"
