"""`qa-scorer report`: scorecards to coaching sheets, workbooks, pages and tables."""

from __future__ import annotations

import typer

from qa_scorer.cli.options import Config, OutDir, Quiet, settings_from
from qa_scorer.errors import UsageError


def report(directory: OutDir, config: Config = None, quiet: Quiet = False) -> None:
    """Write coaching sheets, the team workbook, pages and tables anew from the scorecards in DIRECTORY.

    Example: qa-scorer report out
    """
    from qa_scorer.report import write_report

    if not (directory / "scorecards").is_dir():
        raise UsageError(f"{directory}: no scorecards here; `qa-scorer run CALLS --out {directory}` makes them.")
    write_report(directory, settings_from(config))
    if not quiet:
        typer.echo(f"Open {directory / 'index.html'}; coaching sheets are in {directory / 'coaching'}.")
