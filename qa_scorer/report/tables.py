"""Scorecards as tables: polars, pure. ``schemas`` says what stands in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from qa_scorer.records import Finding, Scorecard, SectionScore
from qa_scorer.report import words
from qa_scorer.report.schemas import SCHEMAS, frame

if TYPE_CHECKING:
    import polars as pl

CHUNK = 500
"""Calls turned into columns at a time, so that ten thousand calls never stand in memory as Python rows."""

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
    frames: dict[str, list[pl.DataFrame]] = {name: [frame(name, [])] for name in SCHEMAS}
    for index, card in enumerate(cards, start=1):
        rows["calls"].append(_call(card))
        rows["criteria"].extend(_criteria(card))
        rows["findings"].extend(_findings(card))
        rows["metrics"].extend(_metrics(card))
        if index % CHUNK == 0:
            for name in SCHEMAS:
                frames[name].append(frame(name, rows[name]))
                rows[name] = []
    for name in SCHEMAS:
        frames[name].append(frame(name, rows[name]))
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
            words.question(criterion.question),
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
