"""Scorecards as tables: polars, pure. These schemas are public (``data/*.parquet``); columns are added, never renamed.

======== ============================== ===============================================================================
table    one row is                     columns beyond the keys ``call_id`` and ``agent``
======== ============================== ===============================================================================
calls    a call, scored or not          metadata, ``date``, ``duration_s``, ``status`` and ``reason``, ``score``,
                                        ``score_before_critical``, ``compliance_score``, ``band``, ``band_reason``,
                                        ``confidence``, ``outcome``, ``outcome_confidence``, ``customer_end``,
                                        ``repeat_contact``, ``critical_failed``, ``rubric``, ``rubric_version``,
                                        ``rubric_sha256``
criteria a criterion of a scored call   ``section``, ``section_title``, ``section_weight``, ``section_score``,
                                        ``criterion``, ``question``, ``weight`` (as on the form), ``form_weight`` (of
                                        100), ``points``, ``out_of``, ``share`` (points ÷ out of), ``lost`` (points of
                                        100), ``applicable``, ``reason``, ``confidence``, ``severity``,
                                        ``critical_failed``, ``controllable``
findings a piece of evidence            ``criteria`` (ids that used it), ``signal``, ``verdict``, ``role``, ``start``
                                        and ``end`` (s), ``turn``, ``quote``, ``rule``, ``how``, ``confidence``,
                                        ``suggestion``
metrics  a measured fact of a call      ``metric``, ``value``, ``unit``
======== ============================== ===============================================================================

``agent`` is the agent's id, else the name, else ``unassigned``. ``date`` is the day the call started, null if unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from qa_scorer.records import Finding, Scorecard, SectionScore
from qa_scorer.report import words

if TYPE_CHECKING:
    import polars as pl

CHUNK = 500
"""Calls turned into columns at a time, so that ten thousand calls never stand in memory as Python rows."""

_TEXT, _NUMBER, _WHOLE, _FLAG, _DAY, _LIST = "text", "number", "whole", "flag", "day", "list"

SCHEMAS: Mapping[str, Mapping[str, str]] = {
    "calls": {
        "call_id": _TEXT,
        "agent": _TEXT,
        "agent_id": _TEXT,
        "agent_name": _TEXT,
        "team": _TEXT,
        "queue": _TEXT,
        "client": _TEXT,
        "direction": _TEXT,
        "started_at": _TEXT,
        "date": _DAY,
        "duration_s": _NUMBER,
        "language": _TEXT,
        "status": _TEXT,
        "reason": _TEXT,
        "score": _NUMBER,
        "score_before_critical": _NUMBER,
        "compliance_score": _NUMBER,
        "band": _TEXT,
        "band_reason": _TEXT,
        "confidence": _NUMBER,
        "outcome": _TEXT,
        "outcome_confidence": _NUMBER,
        "customer_end": _TEXT,
        "repeat_contact": _FLAG,
        "critical_failed": _FLAG,
        "rubric": _TEXT,
        "rubric_version": _TEXT,
        "rubric_sha256": _TEXT,
    },
    "criteria": {
        "call_id": _TEXT,
        "agent": _TEXT,
        "section": _TEXT,
        "section_title": _TEXT,
        "section_weight": _NUMBER,
        "section_score": _NUMBER,
        "criterion": _TEXT,
        "question": _TEXT,
        "weight": _NUMBER,
        "form_weight": _NUMBER,
        "points": _NUMBER,
        "out_of": _NUMBER,
        "share": _NUMBER,
        "lost": _NUMBER,
        "applicable": _FLAG,
        "reason": _TEXT,
        "confidence": _NUMBER,
        "severity": _TEXT,
        "critical_failed": _FLAG,
        "controllable": _FLAG,
    },
    "findings": {
        "call_id": _TEXT,
        "agent": _TEXT,
        "criteria": _LIST,
        "signal": _TEXT,
        "verdict": _TEXT,
        "role": _TEXT,
        "start": _NUMBER,
        "end": _NUMBER,
        "turn": _WHOLE,
        "quote": _TEXT,
        "rule": _TEXT,
        "how": _TEXT,
        "confidence": _NUMBER,
        "suggestion": _TEXT,
    },
    "metrics": {"call_id": _TEXT, "agent": _TEXT, "metric": _TEXT, "value": _NUMBER, "unit": _TEXT},
}

_FACTS = {
    "agent_talk_share": "share",
    "customer_talk_share": "share",
    "agent_words_per_minute": "words/min",
    "customer_words_per_minute": "words/min",
    "longest_agent_monologue_s": "s",
    "first_agent_word_s": "s",
    "interruptions_by_agent": "count",
    "interruptions_by_customer": "count",
    "silence_s": "s",
    "overtalk_s": "s",
    "hold_s": "s",
}
_ARC = ("customer_start", "customer_low", "customer_end", "agent_mean")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """The four tables of a set of calls."""

    calls: pl.DataFrame
    criteria: pl.DataFrame
    findings: pl.DataFrame
    metrics: pl.DataFrame


def build(cards: Iterable[Scorecard]) -> Tables:
    """Turn scorecards into the four tables; ``cards`` is read once and never held as a whole."""
    import polars as pl

    rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in SCHEMAS}
    frames: dict[str, list[pl.DataFrame]] = {name: [_frame(name, [])] for name in SCHEMAS}
    for index, card in enumerate(cards, start=1):
        rows["calls"].append(_call(card))
        rows["criteria"].extend(_criteria(card))
        rows["findings"].extend(_findings(card))
        rows["metrics"].extend(_metrics(card))
        if index % CHUNK == 0:
            for name in SCHEMAS:
                frames[name].append(_frame(name, rows[name]))
                rows[name] = []
    for name in SCHEMAS:
        frames[name].append(_frame(name, rows[name]))
    return Tables(**{name: pl.concat(frames[name], rechunk=True) for name in SCHEMAS})


def form_weights(card: Scorecard) -> dict[tuple[str, str], float]:
    """Return what each (section, criterion) is worth of 100, everything applicable or not.

    A section's weight is shared out among its criteria in proportion to theirs.
    """
    total = sum(section.weight for section in card.sections)
    shares: dict[tuple[str, str], float] = {}
    for section in card.sections:
        inside = sum(criterion.weight for criterion in section.criteria)
        for criterion in section.criteria:
            share = criterion.weight / inside if inside else 0.0
            shares[(section.id, criterion.id)] = 100 * share * section.weight / total if total else 0.0
    return shares


def started_on(text: str | None) -> date | None:
    """Return the day in an ISO start time, ``None`` where there is none."""
    try:
        return date.fromisoformat((text or "").strip()[:10])
    except ValueError:
        return None


def critical_failed(card: Scorecard) -> bool:
    """Tell whether a critical criterion failed."""
    return any(criterion.critical_failed for section in card.sections for criterion in section.criteria)


def all_findings(card: Scorecard) -> list[tuple[Finding, tuple[str, ...]]]:
    """Return each distinct finding of a call once, in time order, with the ids of the criteria that used it."""
    users: dict[Finding, list[str]] = {finding: [] for finding in card.findings}
    for section in card.sections:
        for criterion in section.criteria:
            for finding in criterion.findings:
                ids = users.setdefault(finding, [])
                if criterion.id not in ids:
                    ids.append(criterion.id)
    pairs = [(finding, tuple(ids)) for finding, ids in users.items()]
    return sorted(pairs, key=lambda pair: (pair[0].start is None, pair[0].start or 0.0, pair[0].signal))


def _frame(name: str, rows: list[tuple[Any, ...]]) -> pl.DataFrame:
    import polars as pl

    kinds: dict[str, Any] = {
        _TEXT: pl.String,
        _NUMBER: pl.Float64,
        _WHOLE: pl.Int64,
        _FLAG: pl.Boolean,
        _DAY: pl.Date,
        _LIST: pl.List(pl.String),
    }
    return pl.DataFrame(rows, schema={column: kinds[kind] for column, kind in SCHEMAS[name].items()}, orient="row")


def _call(card: Scorecard) -> tuple[Any, ...]:
    info, outcome = card.call, card.outcome
    return (
        info.call_id,
        words.agent_key(card),
        info.agent_id,
        info.agent_name,
        info.team,
        info.queue,
        info.client,
        info.direction,
        info.started_at,
        started_on(info.started_at),
        card.duration,
        card.language,
        card.status,
        card.reason,
        card.score,
        card.score_before_critical,
        card.compliance_score,
        card.band,
        card.band_reason,
        card.confidence,
        outcome.label if outcome else None,
        outcome.confidence if outcome else None,
        outcome.customer_end if outcome else None,
        outcome.repeat_contact if outcome else None,
        critical_failed(card),
        card.rubric.name,
        card.rubric.version,
        card.rubric.sha256,
    )


def _criteria(card: Scorecard) -> Iterable[tuple[Any, ...]]:
    if card.status != "scored":
        return
    shares = form_weights(card)
    for section in card.sections:
        yield from _section(card, section, shares)


def _section(
    card: Scorecard, section: SectionScore, shares: Mapping[tuple[str, str], float]
) -> Iterable[tuple[Any, ...]]:
    for criterion in section.criteria:
        worth = shares[(section.id, criterion.id)]
        counts = criterion.applicable and criterion.points is not None and criterion.out_of > 0
        share = min(1.0, max(0.0, (criterion.points or 0.0) / criterion.out_of)) if counts else None
        yield (
            card.call.call_id,
            words.agent_key(card),
            section.id,
            words.title(section.id, section.title),
            section.weight,
            section.score,
            criterion.id,
            criterion.question,
            criterion.weight,
            worth,
            criterion.points if counts else None,
            criterion.out_of,
            share,
            worth * (1 - share) if share is not None else None,
            counts,
            criterion.reason,
            criterion.confidence,
            criterion.severity,
            criterion.critical_failed,
            criterion.controllable,
        )


def _findings(card: Scorecard) -> Iterable[tuple[Any, ...]]:
    for finding, ids in all_findings(card):
        yield (
            card.call.call_id,
            words.agent_key(card),
            list(ids),
            finding.signal,
            finding.verdict,
            finding.role,
            finding.start,
            finding.end,
            finding.turn,
            finding.quote,
            finding.rule,
            finding.how,
            finding.confidence,
            finding.suggestion,
        )


def _metrics(card: Scorecard) -> Iterable[tuple[Any, ...]]:
    for name, unit in _FACTS.items():
        value = getattr(card.facts, name)
        if value is not None:
            yield (card.call.call_id, words.agent_key(card), name, float(value), unit)
    for name in _ARC:
        value = getattr(card.arc, name) if card.arc else None
        if value is not None:
            yield (card.call.call_id, words.agent_key(card), f"valence_{name}", float(value), "−1 to 1")
