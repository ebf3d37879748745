"""``expected.toml``: what each call must give, read with line numbers."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from qa_scorer.errors import UsageError
from qa_scorer.records import CustomerEnd, Finding, OutcomeLabel, Role
from qa_scorer.rubric import COMPLIANCE, SIGNALS, dotted, key_lines, nearest, problems_of

NAME = "expected.toml"


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _one_or_more(value: Any) -> Any:
    return (value,) if isinstance(value, str) else _frozen(value)


def _sought(value: Any) -> Any:
    """Let a signal's name stand for the signal anywhere."""
    return tuple({"signal": item} if isinstance(item, str) else item for item in value) if _is_list(value) else value


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple)


class _Model(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class Sought(_Model):
    """A signal to find, or not to find, and where; ``negative.*`` stands for every signal of that check."""

    signal: str
    role: Role = "agent"
    first_s: float | None = Field(default=None, gt=0)
    last_s: float | None = Field(default=None, gt=0)
    first_percent: float | None = Field(default=None, gt=0, le=100)
    last_percent: float | None = Field(default=None, gt=0, le=100)
    min: int = Field(default=1, ge=1)

    @model_validator(mode="before")
    @classmethod
    def _name(cls, value: Any) -> Any:
        return {"signal": value} if isinstance(value, str) else value


Range = Annotated[tuple[float, float], BeforeValidator(_frozen)]
SoughtList = Annotated[tuple[Sought, ...], BeforeValidator(_sought)]


class Expectation(_Model):
    """What one call must give. What is not named is not compared."""

    status: Literal["scored", "not_scored", "failed"] = "scored"
    reason: str | None = None
    outcome: Annotated[tuple[OutcomeLabel, ...], BeforeValidator(_one_or_more)] = ()
    customer_end: Annotated[tuple[CustomerEnd, ...], BeforeValidator(_one_or_more)] = ()
    band: Annotated[tuple[Literal["pass", "coach", "flag", "review"], ...], BeforeValidator(_one_or_more)] = ()
    score: Range | None = None
    compliance_score: Range | None = None
    must_find: SoughtList = ()
    must_not_find: SoughtList = ()
    roles: Literal["right", "unknown", "any"] | None = None
    wer_max: float | None = Field(default=None, ge=0)


class Defaults(_Model):
    """What holds for every call that does not say otherwise."""

    roles: Literal["right", "unknown", "any"] | None = None
    wer_max: float | None = Field(default=None, ge=0)


class _File(_Model):
    defaults: Defaults = Field(default=Defaults())
    call: dict[str, Expectation]


def load_expectations(path: Path) -> dict[str, Expectation]:
    """Read ``expected.toml``. Raises ``UsageError``, one sentence with file, line and key."""
    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except FileNotFoundError as error:
        raise UsageError(f"{path}: no such file; `qa-scorer verify CALLS --update` writes one to review.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: not valid TOML: {error}.") from error
    lines = key_lines(text)
    try:
        file = _File.model_validate(data)
    except ValidationError as error:
        problem = problems_of(error, _File)[0]
        raise UsageError(f"{path}:{_line(lines, problem.path)}: {dotted(problem.path)}: {problem.message}.") from error
    for call_id, expectation in file.call.items():
        for key in ("must_find", "must_not_find"):
            for at, sought in enumerate(getattr(expectation, key)):
                if not _is_known(sought.signal):
                    where = _line(lines, ("call", call_id, key, at))
                    hint = nearest(sought.signal, SIGNALS)
                    raise UsageError(f"{path}:{where}: {key}: unknown signal '{sought.signal}'{hint}.")
    defaults = {key: value for key, value in file.defaults.model_dump().items() if value is not None}
    return {
        call_id: expectation.model_copy(
            update={key: value for key, value in defaults.items() if key not in expectation.model_fields_set}
        )
        for call_id, expectation in file.call.items()
    }


def _is_known(signal: str) -> bool:
    families = {f"{name.partition('.')[0]}.*" for name in SIGNALS}
    return signal in SIGNALS or signal in families or signal.startswith(COMPLIANCE)


def holds(sought: Sought, findings: Iterable[Finding], duration: float | None) -> bool:
    """Tell whether a signal was found where it is sought, often enough."""
    return len(matches(sought, findings, duration)) >= sought.min


def matches(sought: Sought, findings: Iterable[Finding], duration: float | None) -> list[Finding]:
    """Return the findings of a signal in its window. Without times a window is left open."""
    found = []
    for finding in findings:
        if not fnmatchcase(finding.signal, sought.signal) or finding.verdict == "absent":
            continue
        if finding.role not in (sought.role, None):
            continue
        start, end = window(sought, duration)
        if finding.start is None or (finding.start <= end and (finding.end or finding.start) >= start):
            found.append(finding)
    return found


def window(sought: Sought, duration: float | None) -> tuple[float, float]:
    """Return from when to when a signal is sought, in seconds."""
    length = float("inf") if duration is None else duration
    start, end = 0.0, length
    if sought.first_s is not None:
        end = min(end, sought.first_s)
    if sought.last_s is not None and duration is not None:
        start = max(start, length - sought.last_s)
    if sought.first_percent is not None and duration is not None:
        end = min(end, length * sought.first_percent / 100)
    if sought.last_percent is not None and duration is not None:
        start = max(start, length * (1 - sought.last_percent / 100))
    return start, end


def _line(lines: Mapping[tuple[str | int, ...], int], path: tuple[str | int, ...]) -> int:
    while path not in lines:
        path = path[:-1]
    return lines[path]
