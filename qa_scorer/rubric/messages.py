"""Validation errors of the rubric's shape, said so that the reader can mend them."""

from __future__ import annotations

import types
from collections.abc import Sequence
from typing import Any, Final, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from qa_scorer.rubric.positions import KeyPath
from qa_scorer.rubric.rules import Problem, nearest
from qa_scorer.rubric.schema import Rubric

_TYPES: Final = {
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "string_type": "text in quotes",
    "bool_type": "true or false",
    "tuple_type": "a list in [ ]",
    "dict_type": "a table",
    "model_type": "a table",
    "finite_number": "a finite number",
}
_BOUNDS: Final = {
    "greater_than": ("gt", "greater than"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "at most"),
}
_KINDS: Final = {str: "text", bool: "true/false", int: "a number", float: "a number", list: "a list", dict: "a table"}
_UNION_TAGS: Final = ("str", "tuple[str, ...]", "[key]")


def problems_of(error: ValidationError, model: type[BaseModel] = Rubric) -> list[Problem]:
    """Translate pydantic's findings about a ``model``, without those that only follow from another."""
    details = error.errors()
    # A misspelt key or id makes others seem to be missing: the mistake itself is what to mend.
    mistaken = [detail["loc"][:-1] for detail in details if detail["type"] != "missing"]
    problems = [
        _problem(detail, model)
        for detail in details
        if detail["type"] != "missing" or detail["loc"][:-1] not in mistaken
    ]
    paths = [problem.path for problem in problems]
    return [problem for problem in problems if not any(_inside(path, problem.path) for path in paths)]


def _inside(path: KeyPath, outer: KeyPath) -> bool:
    return len(path) > len(outer) and path[: len(outer)] == outer


def _problem(detail: ErrorDetails, model: type[BaseModel]) -> Problem:
    path: KeyPath = tuple(part for part in detail["loc"] if part not in _UNION_TAGS)
    return Problem(path=path, message=_message(detail, path, model))


def _message(detail: ErrorDetails, path: KeyPath, model: type[BaseModel]) -> str:
    kind, value, context = detail["type"], detail["input"], detail.get("ctx", {})
    text = detail["msg"][:1].lower() + detail["msg"][1:]
    if kind == "extra_forbidden":
        known = _keys_at(path[:-1], model)
        text = f"unknown key; allowed are {', '.join(known)}{nearest(str(path[-1]), known)}"
    elif kind == "missing":
        text = "required, but missing"
    elif kind in _TYPES:
        text = f"must be {_TYPES[kind]}, not {_shown(value)}"
    elif kind in _BOUNDS:
        key, words = _BOUNDS[kind]
        text = f"must be {words} {context[key]:g}, not {_shown(value)}"
    elif kind == "literal_error":
        allowed = [word.strip("'") for word in context["expected"].replace(" or ", ", ").split(", ")]
        text = f"{_shown(value)} is not known; allowed are {', '.join(allowed)}{nearest(str(value), allowed)}"
    elif kind == "string_pattern_mismatch":
        text = f"{_shown(value)} must begin with a small letter, then small letters, digits and underscores only"
    elif kind in ("string_too_short", "too_short"):
        text = "must not be empty"
    return text


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return f"'{value}'" if len(value) <= 40 else "a long text"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, int | float) else _KINDS.get(type(value), type(value).__name__)


def _keys_at(path: Sequence[str | int], model: type[BaseModel]) -> list[str]:
    """Return the keys allowed in the table at ``path``."""
    for part in path:
        if isinstance(part, str) and part in model.model_fields:
            inner = _model_in(model.model_fields[part].annotation)
            model = inner or model
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (tuple, dict, Union, types.UnionType):
        return next((found for arg in get_args(annotation) if (found := _model_in(arg))), None)
    return None
