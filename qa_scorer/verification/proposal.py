"""``verify --update``: an ``expected.toml`` that the results meet, for a person to review."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any, Final

from qa_scorer.records import Scorecard
from qa_scorer.rubric import SIGNALS
from qa_scorer.verification.expectations import Expectation, Sought, holds

SCORE_MARGIN: Final = 5.0
"""Points to either side of a score that a proposal leaves: a recognizer's other reading of a word moves a score."""

_HEADER = re.compile(r"""^\s*\[call\.(?:"([^"]+)"|'([^']+)'|([^\]\s]+))\s*\][^#]*(#.*)?$""")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_HEAD = "# What each call must give: `qa-scorer verify` compares. Review every change.\n"
_LINE_LENGTH = 100


def proposal(cards: Iterable[Scorecard], old: Mapping[str, Expectation], old_text: str = "") -> str:
    """Return the text of an ``expected.toml`` that these scorecards meet.

    What was expected before and still holds is kept, and so are the defaults, the comments at the head of the file and
    those above and beside each call's name.
    """
    comments = _comments(old_text)
    defaults = tomllib.loads(old_text).get("defaults", {})
    values = {call_id: _as_written(expectation) for call_id, expectation in old.items()}
    values |= {card.call.call_id: _proposed(card, old.get(card.call.call_id)) for card in cards}
    parts = [comments.get("", (_HEAD, ""))[0]]
    if defaults:
        parts.append("[defaults]\n" + _pairs(defaults))
    for call_id, keys in sorted(values.items()):
        above, beside = comments.get(call_id, ("", ""))
        name = call_id if _BARE.fullmatch(call_id) else json.dumps(call_id, ensure_ascii=False)
        own = {key: value for key, value in keys.items() if defaults.get(key) != value}
        parts.append(f"{above}[call.{name}]{beside}\n{_pairs(own)}")
    return "\n".join(parts)


def _proposed(card: Scorecard, old: Expectation | None) -> dict[str, Any]:
    fresh = _fresh(card)
    if old is None or old.status != card.status:
        kept = {} if old is None else _as_written(old)
        return fresh | {key: kept[key] for key in ("roles", "wer_max") if key in kept}
    values = _as_written(old)
    for key in ("reason", "outcome", "customer_end", "band"):
        if key in values and fresh.get(key) and not _still(fresh[key], values[key]):
            values[key] = fresh[key]
    if old.score is not None and card.score is not None and not old.score[0] <= card.score <= old.score[1]:
        values["score"] = fresh["score"]
    for key, wanted in (("must_find", True), ("must_not_find", False)):
        if key in values:
            kept_items = [item for item in getattr(old, key) if holds(item, card.findings, card.duration) == wanted]
            values[key] = tuple(_plain(item) for item in kept_items)
    return values


def _fresh(card: Scorecard) -> dict[str, Any]:
    """Return everything a scorecard shows."""
    values: dict[str, Any] = {"status": card.status}
    if card.status == "not_scored" or card.score is None:
        return {**values, "reason": card.reason.partition(":")[0]}
    heard = {finding.signal for finding in card.findings if finding.verdict != "absent"}
    outcome = card.outcome
    return {
        **values,
        "outcome": (outcome.label,) if outcome else (),
        "customer_end": (outcome.customer_end,) if outcome else (),
        "band": (card.band,),
        "score": (max(0.0, round(card.score - SCORE_MARGIN)), min(100.0, round(card.score + SCORE_MARGIN))),
        "must_find": tuple(sorted(heard)),
        "must_not_find": tuple(name for name in SIGNALS if _is_bad(name) and name not in heard),
    }


def _still(found: str | tuple[str, ...], expected: str | tuple[str, ...]) -> bool:
    """Tell whether what was found is among what is expected; a reason may be longer than expected."""
    if isinstance(found, str):
        return isinstance(expected, str) and found.startswith(expected.partition(":")[0])
    return set(found) <= set(expected)


def _is_bad(signal: str) -> bool:
    return signal.startswith(("negative.", "talk.")) or signal == "expectation.overpromise"


def _as_written(expectation: Expectation) -> dict[str, Any]:
    values = expectation.model_dump(exclude_unset=True)
    for key in ("must_find", "must_not_find"):
        if key in values:
            values[key] = tuple(_plain(item) for item in getattr(expectation, key))
    return values


def _plain(sought: Sought) -> str | dict[str, Any]:
    values = sought.model_dump(exclude_unset=True)
    return sought.signal if set(values) == {"signal"} else values


def _pairs(values: Mapping[str, Any]) -> str:
    return "".join(f"{key} = {_toml(value)}\n" for key, value in values.items())


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, tuple | list):
        items = [_toml(item) for item in value]
        line = f"[{', '.join(items)}]"
        return line if len(line) <= _LINE_LENGTH else "[\n" + "".join(f"  {item},\n" for item in items) + "]"
    if isinstance(value, float):
        return f"{value:g}"
    return json.dumps(value, ensure_ascii=False)


def _comments(text: str) -> dict[str, tuple[str, str]]:
    """Return the comments above and beside each call's name; those at the head of the file stand under ""."""
    found: dict[str, tuple[str, str]] = {}
    block = ""
    for line in text.splitlines():
        if match := _HEADER.match(line):
            *names, beside = match.groups()
            found[next(name for name in names if name)] = (block, f"  {beside}" if beside else "")
        elif line.lstrip().startswith("#"):
            block += f"{line}\n"
            continue
        elif block and not found:
            found[""] = (block, "")
        block = ""
    return found
