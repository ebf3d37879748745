"""Reports: scorecards on disk become workbooks, pages and tables a team lead can open.

``write_report`` writes everything below ``out`` that is made from scorecards; ``write_call`` one call's files, so that
a night can write them as its calls are done. A call's files are written again only when its records changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from qa_scorer import __version__
from qa_scorer.errors import CallError
from qa_scorer.records import Scorecard, Transcript
from qa_scorer.report import history, rollup, tables, words
from qa_scorer.report.schemas import SCHEMAS
from qa_scorer.settings import Settings
from qa_scorer.store import Failure, encode, read_failures, read_scorecard, read_transcript, transcript_path

if TYPE_CHECKING:
    import polars as pl

    from qa_scorer.report.moments import Load

LAYOUT = "5"
"""Raised when per-call files must be written anew although their records are the same."""
MARK_BYTES = 600


def write_report(out: Path, settings: Settings, *, run_date: date | None = None) -> None:
    """Write per-call files, coaching workbooks, team workbook, index page, tables and history from ``out``'s records.

    ``run_date`` is the night the history counts new calls under; today unless given. A scorecard or transcript that
    cannot be read stands among the failures of index page and team workbook, and stops nothing.
    """
    from qa_scorer.report import html

    failures = read_failures(out)
    built = tables.build(_cards(out, failures))
    for name in SCHEMAS:
        history.write_parquet(getattr(built, name), out / "data" / f"{name}.parquet")
    built = replace(built, calls=rollup.with_worst(built.calls, built.criteria))
    past = history.update(out / "history", built, run_date or date.today())
    files = words.file_names(built.calls["agent"].unique().to_list())
    period = settings.period or rollup.period(built.calls)
    past = history.comparable(past, built.calls)
    _write_agents(out, settings, built, past, files, period)
    _write_team(out, built, past, files, failures, period)
    html.write_index(out / "index.html", built, files, failures, period)


def write_call(out: Path, card: Scorecard, transcript: Transcript | None) -> bool:
    """Write ``scorecards/<call>.xlsx`` and ``.html`` unless they are up to date; return whether they were written."""
    mark = _mark(encode(card), encode(transcript) if transcript else b"")
    if _is_current(out, card.call.call_id, mark):
        return False
    _write_call(out, card, transcript, mark)
    return True


def _write_call(out: Path, card: Scorecard, transcript: Transcript | None, mark: str) -> None:
    from qa_scorer.report import html, scorecard_sheet

    folder = out / "scorecards"
    scorecard_sheet.write_scorecard(card, folder / f"{card.call.call_id}.xlsx")
    # Last, because the mark in it says that both are done.
    html.write_call_page(card, transcript, folder / f"{card.call.call_id}.html", mark)


def _cards(out: Path, failures: list[Failure]) -> Iterator[Scorecard]:
    """Yield every scorecard, writing its own files on the way; one call in memory at a time.

    What cannot be read is added to ``failures``.
    """
    for path in sorted((out / "scorecards").glob("*.json")):
        try:
            card = read_scorecard(path)
        except CallError as error:
            failures.append(Failure(call_id=path.stem, path=str(path), stage="score", reason=str(error)))
            continue
        spoken = transcript_path(out, card.call.call_id)
        mark = _mark(path.read_bytes(), spoken.read_bytes() if spoken.exists() else b"")
        if not _is_current(out, card.call.call_id, mark):
            _write_call(out, card, _transcript(out, card.call.call_id), mark)
        yield card


def _transcript(out: Path, call_id: str) -> Transcript | None:
    """Return the transcript of a call, ``None`` where it was purged or cannot be read: its page then says so."""
    path = transcript_path(out, call_id)
    try:
        return read_transcript(path) if path.exists() else None
    except CallError:
        return None


def _loader(out: Path) -> Load:
    def load(call_id: str) -> tuple[Scorecard, Transcript | None]:
        return read_scorecard(out / "scorecards" / f"{call_id}.json"), _transcript(out, call_id)

    return load


def _write_agents(
    out: Path, settings: Settings, built: tables.Tables, past: pl.DataFrame, files: dict[str, str], period: str
) -> None:
    import polars as pl

    from qa_scorer.report import coaching, plan

    newest = past["run_date"].max()
    earlier_runs = past.filter(pl.col("run_date") < newest) if newest else past.clear()
    for line in rollup.agents(built.calls).iter_rows(named=True):
        key, team = line["agent"], line["team"]
        mine = pl.col("agent") == key
        mates = ~mine & (pl.col("team") == team) if team else pl.lit(value=False)
        alone = built.calls.filter(mates)["score"].null_count() == built.calls.filter(mates).height
        others = ~mine if alone else mates
        theirs = built.calls.filter(others)
        own_past = earlier_runs.filter(mine)
        report = coaching.AgentReport(
            key=key,
            name=line["name"],
            team=team,
            peers="All other agents" if alone else f"Rest of {words.clip(team, 24)}",
            coach=settings.coach,
            period=period,
            calls=built.calls.filter(mine),
            criteria=built.criteria.filter(mine),
            findings=built.findings.filter(mine),
            team_calls=theirs,
            team_criteria=built.criteria.join(theirs.select("call_id"), on="call_id", how="semi"),
            newest=rollup.scores(past.filter(mine & (pl.col("run_date") == newest))),
            earlier=rollup.scores(own_past),
            earlier_runs=own_past["run_date"].n_unique(),
            trend=rollup.trend(past, mine, others),
            plan=plan.make_plan(built.criteria.filter(mine), _loader(out)),
        )
        coaching.write_coaching(report, out / "coaching" / f"{files[key]}.xlsx")


def _write_team(
    out: Path, built: tables.Tables, past: pl.DataFrame, files: dict[str, str], failures: list[Failure], period: str
) -> None:
    import polars as pl

    from qa_scorer.report import team

    names = sorted(name for name in past["team"].unique() if name)
    trends = {name: rollup.trend(past, pl.col("team") == name, pl.col("team") != name) for name in names}
    if len(names) != 1:
        trends = {"All": rollup.trend(past, pl.lit(value=True), pl.lit(value=False)), **trends}
    report = team.TeamReport(
        period=period,
        calls=built.calls,
        criteria=built.criteria,
        trends=trends,
        files=files,
        failures=failures,
    )
    team.write_team(report, out / "team.xlsx")


def _mark(card: bytes, transcript: bytes) -> str:
    """Return a digest of everything a call's files depend on."""
    digest = hashlib.sha256(f"{__version__} {LAYOUT} {len(card)}\n".encode())
    digest.update(card)
    digest.update(transcript)
    return digest.hexdigest()


def _is_current(out: Path, call_id: str, mark: str) -> bool:
    try:
        with (out / "scorecards" / f"{call_id}.html").open("rb") as file:
            return mark.encode() in file.read(MARK_BYTES) and (out / "scorecards" / f"{call_id}.xlsx").exists()
    except OSError:
        return False
