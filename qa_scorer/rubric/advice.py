"""Warnings about a rubric: what can be scored but will not have been intended."""

from __future__ import annotations

import math

from qa_scorer.rubric.rules import Problem, lines_of
from qa_scorer.rubric.schema import Criterion, Rubric
from qa_scorer.rubric.vocabulary import COMPLIANCE, METRIC_RANGES


def warnings(rubric: Rubric) -> list[Problem]:
    """Return what can be scored but will not have been intended."""
    found = []
    total = sum(section.weight for section in rubric.sections)
    if abs(total - 100) > 0.01:
        message = f"the weights add up to {total:g}, not 100; they are scaled to 100"
        found.append(Problem(path=("sections",), message=message))
    for path, line in lines_of(rubric):
        if line.critical and not line.coaching:
            found.append(Problem(path=path, message=f"'{line.id}' is critical but has no coaching text"))
        if reason := _never_applies(line, rubric):
            found.append(Problem(path=path, message=f"'{line.id}' can never apply: {reason}"))
    return found + _counted_twice(rubric) + _unused_phrases(rubric)


def _never_applies(line: Criterion, rubric: Rubric) -> str:
    """Return why no call can make the criterion apply, or nothing."""
    return next((reason for reason in (_unheard(line, rubric), _contradiction(line)) if reason), "")


def _unheard(line: Criterion, rubric: Rubric) -> str:
    of_checks = [signal for signal in line.all_signals if not signal.startswith(COMPLIANCE)]
    if of_checks and line.role != "agent":
        return f"the checks hear only the agent, so role = '{line.role}' finds no '{of_checks[0]}'"
    roles = {rule.signal: rule.role for rule in rubric.phrase_rules}
    wrong = [signal for signal in line.all_signals if roles.get(signal, line.role) != line.role]
    if wrong:
        return f"'{wrong[0]}' is listened for in the words of the {roles[wrong[0]]}, not of the {line.role}"
    return ""


def _contradiction(line: Criterion) -> str:
    when = line.applies_when
    if when is None:
        return ""
    if both := set(when.signal) & set(when.without_signal):
        return f"it wants '{min(both)}' both heard and not heard"
    if line.outcomes and when.outcome and not set(when.outcome) & set(line.outcomes):
        return "none of the outcomes it applies to earns points"
    low, high = METRIC_RANGES.get(when.metric or "", (-math.inf, math.inf))
    if when.at_least is not None and when.at_least > high:
        return f"{when.metric} is never {when.at_least:g} or more"
    if when.at_most is not None and when.at_most < low:
        return f"{when.metric} is never {when.at_most:g} or less"
    return ""


def _counted_twice(rubric: Rubric) -> list[Problem]:
    """Warn where one finding moves two lines of the quality score."""
    found = []
    first: dict[tuple[str, ...], str] = {}
    for path, line in lines_of(rubric):
        if path[0] == "compliance":
            continue
        window = line.window.model_dump_json() if line.window else ""
        for signal in line.all_signals:
            for moment in line.opportunities or ("",):
                key = (signal, window, moment)
                if key in first and first[key] != line.id:
                    message = f"'{line.id}' counts {signal}, which '{first[key]}' counts already"
                    found.append(Problem(path=path, message=message))
                first.setdefault(key, line.id)
    return found


def _unused_phrases(rubric: Rubric) -> list[Problem]:
    used: set[str] = set()
    for line in rubric.criteria:
        used |= set(line.all_signals)
        if line.window:
            used |= {name for name in (line.window.after_signal, line.window.before_signal) if name}
        if line.applies_when:
            used |= {*line.applies_when.signal, *line.applies_when.without_signal}
    return [
        Problem(path=("compliance", "phrases", at), message=f"no criterion uses the phrases '{rule.id}'")
        for at, rule in enumerate(rubric.compliance.phrases)
        if COMPLIANCE + rule.id not in used
    ]
