"""The coaching workbook of one agent: ``coaching/<agent>.xlsx``, what a team lead opens, prints and fills in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qa_scorer.report import coaching_plan, coaching_review, coaching_summary, coaching_tables, words
from qa_scorer.report.plan import Plan
from qa_scorer.report.rollup import TrendPoint
from qa_scorer.report.workbook import new_workbook, save

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentReport:
    """Everything one agent's workbook shows.

    ``calls``, ``criteria`` and ``findings`` are the agent's own rows; ``team_calls`` and ``team_criteria`` those of
    ``peers``, the rest of the team, or everybody else where it has no other scored call. ``newest`` are the agent's
    scores of the newest run, ``earlier`` those of the runs before.
    """

    key: str
    name: str
    team: str | None
    peers: str
    coach: str | None
    period: str
    calls: pl.DataFrame
    criteria: pl.DataFrame
    findings: pl.DataFrame
    team_calls: pl.DataFrame
    team_criteria: pl.DataFrame
    newest: list[float]
    earlier: list[float]
    earlier_runs: int
    trend: list[TrendPoint]
    plan: Plan


def write_coaching(report: AgentReport, path: Path) -> None:
    """Write the workbook, keeping what coach and agent had typed into an earlier one."""
    kept = coaching_review.read_inputs(path)
    book = new_workbook(f"Coaching sheet · {words.clip(report.name, 80)}")
    coaching_summary.add_summary(book, report)
    coaching_plan.add_coaching(book, report, kept)
    coaching_tables.add_calls(book, report)
    coaching_tables.add_evidence(book, report)
    coaching_review.add_review(book, report, kept)
    save(book, path)
