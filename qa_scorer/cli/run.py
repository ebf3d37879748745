"""`qa-scorer run`: the night's job."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from qa_scorer.cli.options import (
    Address,
    AsJson,
    Calls,
    Config,
    Device,
    EngineName,
    Force,
    Limit,
    Manifest,
    Model,
    NoRedact,
    Out,
    Quiet,
    RubricName,
    Sample,
    Verbose,
    Workers,
    set_up_logging,
    settings_from,
)
from qa_scorer.cli.progress import progress, show_notes
from qa_scorer.errors import EXIT_SOME_FAILED

if TYPE_CHECKING:
    from qa_scorer.calls import CallSource
    from qa_scorer.night import Night
    from qa_scorer.settings import Settings


def run(
    calls: Calls,
    out: Out = Path("out"),
    rubric: RubricName = None,
    config: Config = None,
    manifest: Manifest = None,
    model: Model = None,
    device: Device = None,
    engine: EngineName = None,
    address: Address = None,
    workers: Workers = None,
    limit: Limit = None,
    sample: Sample = None,
    force: Force = False,
    no_redact: NoRedact = False,
    as_json: AsJson = False,
    verbose: Verbose = 0,
    quiet: Quiet = False,
) -> None:
    """Transcribe, score and report a night of calls; the same command resumes where it stopped.

    Example: qa-scorer run recordings/2026-03-02 --out out --rubric tech_support
    """
    from qa_scorer.calls import find_calls
    from qa_scorer.night import choose

    set_up_logging(verbose, quiet)
    settings = settings_from(
        config,
        rubric=rubric,
        model=model,
        device=device,
        engine=engine,
        address=address,
        workers=workers,
        redact=False if no_redact else None,
    )
    sources = choose(find_calls(calls, settings, manifest), limit=limit, per_agent=sample)
    work_through(sources, out, settings, force=force, as_json=as_json, quiet=quiet)


def work_through(
    sources: Sequence[CallSource],
    out: Path,
    settings: Settings,
    *,
    force: bool,
    as_json: bool,
    quiet: bool,
    score: bool = True,
) -> None:
    """Take calls through the stages, showing progress, and conclude."""
    from qa_scorer.night import run_night

    show_notes(sources, quiet=quiet)
    with progress(as_json=as_json, quiet=quiet) as listen:
        night = run_night(sources, out, settings, force=force, listen=listen, score=score)
    conclude(night, out, as_json=as_json, quiet=quiet)


def conclude(night: Night, out: Path, *, as_json: bool, quiet: bool) -> None:
    """Say what was done, where to look and what failed; exit 1 when a call failed."""
    if not (as_json or quiet):
        for tally in night.tallies:
            parts = ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in sorted(tally.counts.items()))
            typer.echo(f"{tally.stage}: {parts or 'nothing to do'} ({tally.seconds:.0f} s)")
        if (out / "index.html").exists():
            typer.echo(f"Open {out / 'index.html'}; coaching sheets are in {out / 'coaching'}.")
    if night.failures:
        if not as_json:
            typer.echo(f"{len(night.failures)} calls failed; the reasons are in {out / 'failures.csv'}.", err=True)
        raise typer.Exit(EXIT_SOME_FAILED)
