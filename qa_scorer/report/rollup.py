"""Means, intervals and comparisons over many calls: polars, pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

from qa_scorer.report import words

if TYPE_CHECKING:
    import polars as pl

FEW_CALLS = 5
"""Below this many calls a mean says little: five can put 92 beside 84 by luck (ccplanning.net)."""
TREND_POINTS = 14
TREND_CALLS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Mean:
    """A mean score with the 95 % interval its number of calls allows (``None`` below two calls)."""

    n: int
    mean: float | None
    low: float | None = None
    high: float | None = None

    @property
    def few(self) -> bool:
        """Tell whether there are too few calls to tell anything."""
        return self.n < FEW_CALLS


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPoint:
    """One point of a trend: a day, a week or a single call."""

    label: str
    own: float | None
    others: float | None
    by_call: bool


def mean_interval(scores: Sequence[float]) -> Mean:
    """Return the mean with its 95 % t-interval, kept within 0–100 (Student 1908: the spread is estimated too)."""
    n = len(scores)
    if n == 0:
        return Mean(n=0, mean=None)
    mean = math.fsum(scores) / n
    if n == 1:
        return Mean(n=1, mean=mean)
    spread = math.sqrt(math.fsum((score - mean) ** 2 for score in scores) / (n - 1))
    half = _t_95(n - 1) * spread / math.sqrt(n)
    return Mean(n=n, mean=mean, low=max(0.0, mean - half), high=min(100.0, mean + half))


def difference(first: Sequence[float], second: Sequence[float]) -> Mean | None:
    """Return mean(first) − mean(second) with Welch's 95 % interval; ``None`` where a side has no call.

    Bounds are ``None`` where a side has fewer than two calls.
    """
    a, b = mean_interval(first), mean_interval(second)
    if a.mean is None or b.mean is None:
        return None
    delta = a.mean - b.mean
    if a.n < 2 or b.n < 2:
        return Mean(n=min(a.n, b.n), mean=delta)
    u, v = _variance(first, a.mean) / a.n, _variance(second, b.mean) / b.n
    if u + v == 0:
        return Mean(n=min(a.n, b.n), mean=delta, low=delta, high=delta)
    freedom = (u + v) ** 2 / (u**2 / (a.n - 1) + v**2 / (b.n - 1))
    half = _t_95(freedom) * math.sqrt(u + v)
    return Mean(n=min(a.n, b.n), mean=delta, low=delta - half, high=delta + half)


def scores(calls: pl.DataFrame) -> list[float]:
    """Return the scores of the scored calls."""
    return calls["score"].drop_nulls().to_list()


def agents(calls: pl.DataFrame) -> pl.DataFrame:
    """Return one row an agent, in order of name: calls, scored, mean score, bands, compliance, critical, resolved."""
    import polars as pl

    scored = pl.col("status") == "scored"
    bands = [(scored & (pl.col("band") == band)).sum().alias(band) for band in ("pass", "coach", "flag", "review")]
    return (
        calls.group_by("agent")
        .agg(
            pl.col("agent_name").drop_nulls().last().alias("name"),
            pl.col("team").drop_nulls().last(),
            pl.len().alias("calls"),
            scored.sum().alias("scored"),
            pl.col("score").mean(),
            *bands,
            pl.col("compliance_score").mean(),
            pl.col("critical_failed").sum().alias("critical"),
            (pl.col("outcome") == "resolved").sum().alias("resolved"),
        )
        .with_columns(
            pl.when(pl.col("agent") == words.UNASSIGNED)
            .then(pl.lit("No agent named"))
            .otherwise(pl.coalesce("name", "agent"))
            .alias("name")
        )
        .sort(pl.col("name").str.to_lowercase(), "agent")
    )


def with_worst(calls: pl.DataFrame, criteria: pl.DataFrame) -> pl.DataFrame:
    """Add ``worst``: the question on which each call lost most, and how much of it."""
    import polars as pl

    lost = criteria.filter(pl.col("lost") > 0).sort("lost", descending=True, maintain_order=True)
    worst = lost.group_by("call_id", maintain_order=True).first()
    texts = [
        f"Most points lost: {question} ({words.number(points, 2)} of {words.number(out_of, 2)})"
        for question, points, out_of in worst.select("question", "points", "out_of").iter_rows()
    ]
    named = worst.select("call_id").with_columns(pl.Series("worst", texts, dtype=pl.String))
    return calls.join(named, on="call_id", how="left")


def heat(criteria: pl.DataFrame) -> pl.DataFrame:
    """Return mean share and number of applicable calls for each agent and criterion."""
    import polars as pl

    return (
        criteria.filter(pl.col("share").is_not_null())
        .group_by("agent", "section", "criterion")
        .agg(pl.col("share").mean(), pl.len().alias("n"))
    )


def form(criteria: pl.DataFrame) -> pl.DataFrame:
    """Return the criteria in the order of the form, each once: section, criterion, question, weight."""
    import polars as pl

    return (
        criteria.group_by("section", "criterion", maintain_order=True)
        .agg(pl.col("section_title").first(), pl.col("question").first(), pl.col("form_weight").mean())
        .with_columns(pl.int_range(pl.len()).over("section").alias("place"))
        .join(
            criteria.select("section").unique(maintain_order=True).with_row_index("section_place"),
            on="section",
        )
        .sort("section_place", "place")
    )


def sections(criteria: pl.DataFrame) -> pl.DataFrame:
    """Return one row a section in the order of the form: weight, mean score, calls counted."""
    import polars as pl

    return (
        criteria.group_by("call_id", "section", maintain_order=True)
        .agg(pl.col("section_title").first(), pl.col("section_weight").first(), pl.col("section_score").first())
        .group_by("section", maintain_order=True)
        .agg(
            pl.col("section_title").first(),
            pl.col("section_weight").mean(),
            pl.col("section_score").mean(),
            pl.col("section_score").count().alias("n"),
        )
    )


def trend(history: pl.DataFrame, own: pl.Expr, others: pl.Expr) -> list[TrendPoint]:
    """Return the course of ``own`` mean scores beside ``others``, by day, by week, or by call where days are few.

    ``history`` holds ``day``, ``score``, ``started_at`` and ``call_id``; rows without a score are left out.
    """
    import polars as pl

    scored = history.filter(pl.col("score").is_not_null())
    mine = scored.filter(own)
    if mine.is_empty():
        return []
    days: list[date] = mine["day"].unique().sort().to_list()
    if len(days) < 3:
        rest = scored.filter(others)["score"].mean()
        level = float(rest) if isinstance(rest, float) else None
        rows = mine.sort("day", "started_at", "call_id", nulls_last=True).tail(TREND_CALLS)
        return [
            TrendPoint(label=call_id, own=score, others=level, by_call=True)
            for call_id, score in rows.select("call_id", "score").iter_rows()
        ]
    weekly = len(days) > TREND_POINTS
    slot = pl.col("day").dt.truncate("1w") if weekly else pl.col("day")
    points = (
        scored.with_columns(slot.alias("slot"))
        .group_by("slot")
        .agg(
            pl.col("score").filter(own).mean().alias("own"),
            pl.col("score").filter(own).count().alias("n"),
            pl.col("score").filter(others).mean().alias("others"),
        )
        .filter(pl.col("n") > 0)
        .sort("slot")
        .tail(TREND_POINTS)
    )
    return [
        TrendPoint(label=_label(day, weekly=weekly), own=own_mean, others=rest, by_call=False)
        for day, own_mean, rest in points.select("slot", "own", "others").iter_rows()
    ]


def period(calls: pl.DataFrame) -> str:
    """Return the days the calls cover, "2026-11-02 to 2026-11-21"; nothing where no call has a date."""
    days = calls["date"].drop_nulls()
    if days.is_empty():
        return ""
    first, last = days.min(), days.max()
    return str(first) if first == last else f"{first!s} to {last!s}"


def _variance(values: Sequence[float], mean: float) -> float:
    return math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1)


@cache
def _t_95(freedom: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.975))


def _label(day: date, *, weekly: bool) -> str:
    if not weekly:
        return f"{day.day} {day:%b}"
    end = day + timedelta(days=6)
    return f"{day.day} {day:%b}–{end.day} {end:%b}"
