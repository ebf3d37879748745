"""What a rubric must mean beyond its shape: known names, keys that belong together, bounds that leave something."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from qa_scorer.rubric.positions import KeyPath
from qa_scorer.rubric.schema import AppliesWhen, Criterion, Rubric, Window
from qa_scorer.rubric.vocabulary import CHECKS, COMPLIANCE, METRICS, SIGNALS

_FOUND_BY_SIGNALS: Final = ("all_of", "any_of", "share", "count", "deduct")
_ONLY_WITH: Final = {
    "min_count": ("all_of", "any_of"),
    "full_at": ("share", "count"),
    "per_finding": ("deduct",),
    "floor": ("deduct",),
    "metric": ("bands",),
    "steps": ("bands",),
    "outcomes": ("outcome",),
    "check": _FOUND_BY_SIGNALS,
    "signals": _FOUND_BY_SIGNALS,
    "role": _FOUND_BY_SIGNALS,
    "window": _FOUND_BY_SIGNALS,
    "opportunities": ("all_of", "any_of", "share"),
    "absent": ("any_of",),
}
"""Keys that mean something only with some kinds of scoring."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong with the key at ``path``, as the rest of a sentence."""

    path: KeyPath
    message: str


def errors(rubric: Rubric) -> list[Problem]:
    """Return what cannot be scored as written."""
    known = [*SIGNALS, *(rule.signal for rule in rubric.phrase_rules)]
    found = [*_repeated_ids(rubric)]
    for path, line in lines_of(rubric):
        found += _scoring_errors(path, line)
        found += _name_errors(path, line, known)
        if line.window is not None:
            found += _window_errors((*path, "window"), line.window)
        if line.applies_when is not None:
            found += _condition_errors((*path, "applies_when"), line.applies_when)
        if line.critical and line.severity == "non_critical":
            message = "needs severity = 'customer_critical', 'business_critical' or 'compliance_critical' beside it"
            found.append(Problem(path=(*path, "critical"), message=message))
    for index, rule in enumerate(rubric.compliance.phrases):
        for at, phrase in enumerate(rule.phrases):
            if not any(letter.isalnum() for letter in phrase):
                where = ("compliance", "phrases", index, "phrases", at)
                found.append(Problem(path=where, message="a phrase needs at least one word"))
    for at, phrase in enumerate(rubric.gates.voicemail):
        if not any(letter.isalnum() for letter in phrase):
            found.append(Problem(path=("gates", "voicemail", at), message="a phrase needs at least one word"))
    for at, code in enumerate(rubric.languages):
        if not (code.isalpha() and code.islower() and len(code) in (2, 3)):
            found.append(Problem(path=("languages", at), message=f"'{code}' is no language code like 'en'"))
    if rubric.bands.coach >= rubric.bands.pass_:
        message = f"must be less than pass ({rubric.bands.pass_:g}), not {rubric.bands.coach:g}"
        found.append(Problem(path=("bands", "coach"), message=message))
    return found


def lines_of(rubric: Rubric) -> Iterator[tuple[KeyPath, Criterion]]:
    """Yield every criterion with its path, compliance last."""
    for at, section in enumerate(rubric.sections):
        for index, line in enumerate(section.criteria):
            yield ("sections", at, "criteria", index), line
    for index, line in enumerate(rubric.compliance.criteria):
        yield ("compliance", "criteria", index), line


def _repeated_ids(rubric: Rubric) -> Iterator[Problem]:
    groups: list[list[tuple[KeyPath, str]]] = [
        [(("sections", at, "id"), section.id) for at, section in enumerate(rubric.sections)],
        [((*path, "id"), line.id) for path, line in lines_of(rubric)],
        [(("compliance", "phrases", at, "id"), rule.id) for at, rule in enumerate(rubric.compliance.phrases)],
    ]
    for group in groups:
        seen: set[str] = set()
        for path, name in group:
            if name in seen:
                yield Problem(path=path, message=f"'{name}' is taken; ids must be unique in the rubric")
            seen.add(name)
    for at, section in enumerate(rubric.sections):
        if section.id == "compliance":
            message = "'compliance' is the name of the part scored apart; use [[compliance.criteria]] for it"
            yield Problem(path=("sections", at, "id"), message=message)


def _scoring_errors(path: KeyPath, line: Criterion) -> Iterator[Problem]:
    for key, kinds in _ONLY_WITH.items():
        if key in line.model_fields_set and line.scoring not in kinds:
            message = f"has no meaning with scoring = '{line.scoring}'; it goes with {_either(kinds)}"
            yield Problem(path=(*path, key), message=message)
    missing = {
        "`signals` or a `check`": line.scoring in _FOUND_BY_SIGNALS and not line.signals and line.check is None,
        "a `metric`": line.scoring == "bands" and line.metric is None,
        "`steps`": line.scoring == "bands" and not line.steps,
        "`outcomes`": line.scoring == "outcome" and not line.outcomes,
        "`full_at`, the number for all points": line.scoring == "count" and line.full_at is None,
    }
    for what in (what for what, is_missing in missing.items() if is_missing):
        yield Problem(path=(*path, "scoring"), message=f"scoring = '{line.scoring}' needs {what}")
    if () in line.signals:
        yield Problem(path=(*path, "signals"), message="a list of equivalent signals must not be empty")
    if line.scoring == "share" and line.full_at is not None and line.full_at > 1:
        yield Problem(path=(*path, "full_at"), message=f"a share is at most 1, not {line.full_at:g}")
    if line.absent and line.opportunities and line.scoring == "any_of":
        yield Problem(path=(*path, "absent"), message="cannot be combined with opportunities")
    for at, step in enumerate(line.steps):
        if step.at_least is None and step.at_most is None:
            yield Problem(path=(*path, "steps", at), message="a step needs `at_least` or `at_most`")
        yield from _order_errors((*path, "steps", at), step.at_least, step.at_most)


def _name_errors(path: KeyPath, line: Criterion, known: list[str]) -> Iterator[Problem]:
    if line.check is not None and line.check not in CHECKS:
        yield Problem(path=(*path, "check"), message=_unknown("check", line.check, CHECKS))
    if line.metric is not None and line.metric not in METRICS:
        yield Problem(path=(*path, "metric"), message=_unknown("metric", line.metric, METRICS))
    named: list[tuple[KeyPath, str]] = []
    for at, entry in enumerate(line.signals):
        if isinstance(entry, str):
            named.append(((*path, "signals", at), entry))
        else:
            named += [((*path, "signals", at, index), signal) for index, signal in enumerate(entry)]
    if window := line.window:
        for key, value in (("after_signal", window.after_signal), ("before_signal", window.before_signal)):
            named += [((*path, "window", key), value)] if value is not None else []
    if when := line.applies_when:
        named += [((*path, "applies_when", "signal", at), name) for at, name in enumerate(when.signal)]
        named += [((*path, "applies_when", "without_signal", at), name) for at, name in enumerate(when.without_signal)]
        if when.metric is not None and when.metric not in METRICS:
            where = (*path, "applies_when", "metric")
            yield Problem(path=where, message=_unknown("metric", when.metric, METRICS))
    for where, name in named:
        if name.startswith(COMPLIANCE) and name not in known:
            phrases = [signal for signal in known if signal.startswith(COMPLIANCE)]
            message = f"'{name}' has no [[compliance.phrases]] with id = '{name.removeprefix(COMPLIANCE)}'"
            yield Problem(path=where, message=message + nearest(name, phrases))
        elif name not in known:
            yield Problem(path=where, message=_unknown("signal", name, known))


def _window_errors(path: KeyPath, window: Window) -> Iterator[Problem]:
    if not window.model_fields_set:
        yield Problem(path=path, message=f"an empty window; allowed are {', '.join(Window.model_fields)}")
    for seconds, percent in (("first_s", "first_percent"), ("last_s", "last_percent")):
        if getattr(window, seconds) is not None and getattr(window, percent) is not None:
            yield Problem(path=(*path, percent), message=f"give either {seconds} or {percent}, not both")
    if window.first_percent and window.last_percent and window.first_percent + window.last_percent <= 100:
        message = f"the first {window.first_percent:g} % and the last {window.last_percent:g} % do not overlap"
        yield Problem(path=(*path, "last_percent"), message=message)
    if window.after_signal is not None and window.after_signal == window.before_signal:
        yield Problem(path=(*path, "before_signal"), message="the same as after_signal leaves nothing to search")


def _condition_errors(path: KeyPath, when: AppliesWhen) -> Iterator[Problem]:
    if not when.model_fields_set:
        yield Problem(path=path, message=f"an empty condition; allowed are {', '.join(AppliesWhen.model_fields)}")
    bounded = when.at_least is not None or when.at_most is not None
    if when.metric is not None and not bounded:
        yield Problem(path=(*path, "metric"), message="needs `at_least` or `at_most` beside it")
    if when.metric is None and bounded:
        key = "at_least" if when.at_least is not None else "at_most"
        yield Problem(path=(*path, key), message="bounds a `metric`, but none is named")
    yield from _order_errors(path, when.at_least, when.at_most)


def _order_errors(path: KeyPath, at_least: float | None, at_most: float | None) -> Iterator[Problem]:
    if at_least is not None and at_most is not None and at_least > at_most:
        message = f"{at_least:g} is more than at_most, {at_most:g}: nothing lies between"
        yield Problem(path=(*path, "at_least"), message=message)


def _unknown(what: str, name: str, known: Iterable[str]) -> str:
    known = list(known)
    family = [word for word in known if word.startswith(f"{name.partition('.')[0]}.")]
    return f"unknown {what} '{name}'; known are {', '.join(family or known)}{nearest(name, known)}"


def nearest(word: str, known: Iterable[str]) -> str:
    """Return "; did you mean 'x'" for the nearest known word, or nothing."""
    found = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean '{found[0]}'" if found else ""


def _either(kinds: tuple[str, ...]) -> str:
    return " or ".join(f"'{kind}'" for kind in kinds)
