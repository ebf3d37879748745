from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from qa_scorer.report import history, tables
from qa_scorer.report.schemas import SCHEMAS
from tests.report import cards


@pytest.mark.parametrize("n", [0, 1, 30])
def test_the_tables_have_their_public_schema(n: int) -> None:
    import polars as pl

    kinds = {
        "text": pl.String,
        "number": pl.Float64,
        "whole": pl.Int64,
        "flag": pl.Boolean,
        "day": pl.Date,
        "list": pl.List(pl.String),
    }
    built = tables.build(card for card, _ in cards.night(n))
    for name, columns in SCHEMAS.items():
        assert dict(getattr(built, name).schema) == {column: kinds[kind] for column, kind in columns.items()}


def test_the_first_columns_never_change() -> None:
    """Others read these files: a column may be added, none may go or change its kind."""
    assert list(SCHEMAS) == ["calls", "criteria", "findings", "metrics"]
    assert {"call_id", "agent", "team", "date", "status", "reason", "score", "compliance_score", "band"} <= set(
        SCHEMAS["calls"]
    )
    assert {"criterion", "points", "out_of", "applicable", "lost"} <= set(SCHEMAS["criteria"])
    assert {"signal", "verdict", "quote", "start", "end"} <= set(SCHEMAS["findings"])


def test_chunks_give_the_same_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = tables.build(card for card, _ in cards.night(23))
    monkeypatch.setattr(tables, "CHUNK", 5)
    parts = tables.build(card for card, _ in cards.night(23))
    for name in SCHEMAS:
        assert getattr(whole, name).equals(getattr(parts, name))


def test_lost_points_add_up_to_the_missing_score() -> None:
    card, _ = cards.build("c", skill=0.4)
    built = tables.build([card])
    if built.criteria["applicable"].all():
        assert built.criteria["lost"].sum() == pytest.approx(100 - (card.score_before_critical or 0), abs=0.2)
    full, _ = cards.build("d", skill=1.0)
    assert tables.build([full]).criteria["lost"].sum() == 0


def test_not_applicable_is_null_and_never_zero() -> None:
    import polars as pl

    built = tables.build(card for card, _ in cards.night(30))
    left_out = built.criteria.filter(~pl.col("applicable"))
    assert left_out.height > 0
    assert (
        left_out["points"].null_count()
        == left_out["share"].null_count()
        == left_out["lost"].null_count()
        == left_out.height
    )


def test_a_finding_used_twice_stands_once() -> None:
    import polars as pl

    card, _ = cards.build("c", skill=1.0)
    twin = replace(card.sections[0].criteria[0], id="twin")
    section = replace(card.sections[0], criteria=(*card.sections[0].criteria, twin))
    card = replace(card, sections=(section, *card.sections[1:]))
    found = tables.build([card]).findings
    rows = found.filter(pl.col("signal") == "greeting.name")
    assert rows["criteria"].to_list() == [["greeting", "twin"]]


def test_a_call_not_scored_has_no_score_and_no_criteria() -> None:
    card, _ = cards.build("c")
    built = tables.build([cards.unscored(card, "too short")])
    assert built.calls.select("status", "reason", "score").row(0) == ("not_scored", "too short", None)
    assert built.criteria.is_empty()


@pytest.mark.parametrize(
    ("text", "day"), [("2026-11-20T09:12:00Z", date(2026, 11, 20)), ("yesterday", None), (None, None)]
)
def test_the_day_of_a_call_is_read_or_left_open(text: str | None, day: date | None) -> None:
    assert tables.started_on(text) == day


class TestHistory:
    def test_reporting_twice_changes_nothing(self, tmp_path: Path) -> None:
        built = tables.build(card for card, _ in cards.night(10))
        history.update(tmp_path, built, date(2026, 11, 20))
        before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.rglob("*.parquet")}
        again = history.update(tmp_path, built, date(2026, 11, 20))
        assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.rglob("*.parquet")} == before
        assert again.height == 10

    def test_a_call_stays_with_the_night_it_was_first_reported(self, tmp_path: Path) -> None:
        night = [card for card, _ in cards.night(10)]
        history.update(tmp_path, tables.build(night[:6]), date(2026, 11, 20))
        known = history.update(tmp_path, tables.build(night), date(2026, 11, 21))
        assert known.group_by("run_date").len().sort("run_date")["len"].to_list() == [6, 4]

    def test_a_score_that_changed_is_refreshed_in_its_night(self, tmp_path: Path) -> None:
        card, _ = cards.build("c")
        history.update(tmp_path, tables.build([card]), date(2026, 11, 20))
        known = history.update(tmp_path, tables.build([replace(card, score=12.5)]), date(2026, 11, 21))
        assert known.select("run_date", "score").rows() == [(date(2026, 11, 20), 12.5)]

    def test_calls_that_left_the_folder_stay_in_the_baseline(self, tmp_path: Path) -> None:
        first, second = cards.build("first")[0], cards.build("second")[0]
        history.update(tmp_path, tables.build([first]), date(2026, 11, 20))
        known = history.update(tmp_path, tables.build([second]), date(2026, 11, 21))
        assert set(known["call_id"]) == {"first", "second"}

    def test_it_holds_no_words(self, tmp_path: Path) -> None:
        import polars as pl

        history.update(tmp_path, tables.build(card for card, _ in cards.night(5)), date(2026, 11, 20))
        columns = {name for path in tmp_path.rglob("*.parquet") for name in pl.read_parquet_schema(path)}
        assert not columns & {"quote", "reason", "agent_name", "suggestion"}
