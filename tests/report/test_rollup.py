from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from qa_scorer.report import rollup, tables
from tests.report import cards

if TYPE_CHECKING:
    import polars as pl


def test_the_interval_is_students() -> None:
    # 95 % t-interval of these five, from the textbook formula with t(4) = 2.776: 82 ± 2.776 · 4.183 / √5
    mean = rollup.mean_interval([80, 84, 86, 76, 84])
    assert mean.mean == pytest.approx(82)
    assert (mean.low, mean.high) == (pytest.approx(77.03, abs=0.01), pytest.approx(86.97, abs=0.01))
    assert not mean.few


def test_few_calls_are_called_few() -> None:
    assert rollup.mean_interval([]) == rollup.Mean(n=0, mean=None)
    assert rollup.mean_interval([70]) == rollup.Mean(n=1, mean=70)
    assert rollup.mean_interval([70, 90, 80, 75]).few


def test_an_interval_stays_within_the_scale() -> None:
    mean = rollup.mean_interval([100, 20, 100, 90, 100])
    assert mean.high == 100
    assert mean.low is not None
    assert mean.low >= 0


def test_a_difference_carries_its_interval() -> None:
    clear = rollup.difference([90, 91, 92, 90, 91], [60, 61, 62, 60, 61])
    assert clear is not None
    assert clear.low is not None
    assert clear.low > 20
    assert rollup.difference([90], []) is None
    lone = rollup.difference([90], [60, 70])
    assert lone is not None
    assert (lone.mean, lone.low) == (25, None)


def history(days: int, per_day: int = 2) -> pl.DataFrame:
    import polars as pl

    rows = [
        (
            f"c{day}-{index}",
            "me" if index == 0 else "other",
            date(2026, 1, 5) + timedelta(days=day),
            50.0 + day,
            f"{day:03d}",
        )
        for day in range(days)
        for index in range(per_day)
    ]
    return pl.DataFrame(rows, schema=["call_id", "agent", "day", "score", "started_at"], orient="row")


def test_a_trend_goes_by_call_by_day_or_by_week() -> None:
    import polars as pl

    mine, rest = pl.col("agent") == "me", pl.col("agent") != "me"
    by_call = rollup.trend(history(2), mine, rest)
    assert [point.label for point in by_call] == ["c0-0", "c1-0"]
    by_day = rollup.trend(history(5), mine, rest)
    assert [(point.label, point.own, point.others) for point in by_day][:2] == [("5 Jan", 50, 50), ("6 Jan", 51, 51)]
    by_week = rollup.trend(history(30), mine, rest)
    assert by_week[0].label == "5 Jan–11 Jan"
    assert by_week[0].own == pytest.approx(53)
    assert rollup.trend(history(3), pl.col("agent") == "nobody", rest) == []


def test_agents_are_counted_with_all_their_calls() -> None:
    built = tables.build(card for card, _ in cards.night(40))
    rows = {row["agent"]: row for row in rollup.agents(built.calls).iter_rows(named=True)}
    assert sum(row["calls"] for row in rows.values()) == 40
    assert rows["unassigned"]["name"] == "No agent named"
    for row in rows.values():
        assert row["pass"] + row["coach"] + row["flag"] + row["review"] == row["scored"]


def test_the_heat_map_leaves_out_what_did_not_apply() -> None:
    built = tables.build(card for card, _ in cards.night(40))
    heat = rollup.heat(built.criteria)
    assert heat["n"].sum() == built.criteria["applicable"].sum()
    assert heat["share"].is_between(0, 1).all()


def test_the_form_keeps_its_order() -> None:
    built = tables.build(card for card, _ in cards.night(5))
    ids = [row[1] for section in cards.FORM for row in [(section[0], one[0]) for one in section[3]]]
    assert rollup.form(built.criteria)["criterion"].to_list() == ids
    assert rollup.form(built.criteria)["form_weight"].sum() == pytest.approx(100)


def test_each_call_is_told_what_it_lost_most_on() -> None:
    built = tables.build(card for card, _ in cards.night(10))
    calls = rollup.with_worst(built.calls, built.criteria)
    assert calls["call_id"].to_list() == built.calls["call_id"].to_list()
    for call_id, worst in calls.select("call_id", "worst").iter_rows():
        lost = built.criteria.filter(built.criteria["call_id"] == call_id)["lost"].max()
        assert (worst is None) == (not lost)
