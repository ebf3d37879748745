"""What was scored, night by night: ``history/<run date>/{calls,criteria}.parquet``, numbers only, what trends read.

A call belongs to the date on which it was first reported; a later report refreshes its row there. Reporting twice
changes nothing. Rows of calls that are no longer in the output folder stay: they are an agent's own baseline.
"""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from qa_scorer.report.tables import Tables
from qa_scorer.store import write_bytes_atomic

if TYPE_CHECKING:
    import polars as pl

CALL_COLUMNS = (
    "call_id",
    "agent",
    "team",
    "date",
    "started_at",
    "status",
    "score",
    "compliance_score",
    "band",
    "outcome",
    "rubric",
    "rubric_version",
    "rubric_sha256",
)
CRITERIA_COLUMNS = ("call_id", "agent", "section", "criterion", "form_weight", "share")


def update(folder: Path, tables: Tables, run_date: date) -> pl.DataFrame:
    """Bring the history up to date with ``tables`` and return it: one row a call, with ``run_date`` and ``day``.

    ``day`` is the day of the call, else the day it was first reported.
    """
    import polars as pl

    known = read(folder)
    first_seen = known.select("call_id", pl.col("run_date").alias("seen"))
    current = (
        tables.calls.select(CALL_COLUMNS)
        .join(first_seen, on="call_id", how="left")
        .with_columns(pl.col("seen").fill_null(run_date))
    )
    homes = current.select("call_id", "seen")
    criteria = tables.criteria.select(CRITERIA_COLUMNS).join(homes, on="call_id")
    for seen in homes["seen"].unique().sort():
        mine = pl.col("seen") == seen
        place = folder / str(seen)
        _merge(place / "calls.parquet", current.filter(mine).drop("seen"), homes)
        _merge(place / "criteria.parquet", criteria.filter(mine).drop("seen"), homes)
    return read(folder)


def read(folder: Path) -> pl.DataFrame:
    """Return every call of the history; damaged folders whose name is no date are left out."""
    import polars as pl

    frames = []
    for path in sorted(folder.glob("*/calls.parquet")):
        try:
            seen = date.fromisoformat(path.parent.name)
        except ValueError:
            continue
        frame = pl.read_parquet(path).select(CALL_COLUMNS)
        frames.append(frame.with_columns(pl.lit(seen).alias("run_date")))
    if not frames:
        from qa_scorer.report import tables

        empty = tables.build([]).calls.select(CALL_COLUMNS)
        frames = [empty.with_columns(pl.lit(None, dtype=pl.Date).alias("run_date"))]
    whole = pl.concat(frames, how="vertical_relaxed").unique("call_id", keep="first", maintain_order=True)
    return whole.with_columns(pl.coalesce("date", "run_date").alias("day"))


def comparable(past: pl.DataFrame, calls: pl.DataFrame) -> pl.DataFrame:
    """Return the rows judged by the rubrics of ``calls``: scores of another form are no baseline."""
    rubric = ["rubric", "rubric_version"]
    return past.join(calls.select(rubric).unique(), on=rubric, how="semi")


def write_parquet(frame: pl.DataFrame, path: Path) -> None:
    """Write a table, atomically."""
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    write_bytes_atomic(path, buffer.getvalue())


def _merge(path: Path, rows: pl.DataFrame, current: pl.DataFrame) -> None:
    """Replace the rows of current calls, keep those of others, and write only what changed."""
    import polars as pl

    old = pl.read_parquet(path) if path.exists() else rows.clear()
    kept = old.join(current.select("call_id"), on="call_id", how="anti").select(rows.columns)
    keys = [name for name in ("call_id", "section", "criterion") if name in rows.columns]
    new = pl.concat([kept, rows], how="vertical_relaxed").sort(keys)
    if not path.exists() or not new.equals(old):
        write_parquet(new, path)
