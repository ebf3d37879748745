"""`qa-scorer score`: transcripts to scorecards, without touching audio."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qa_scorer.cli.options import (
    AsJson,
    Config,
    EngineName,
    Force,
    Limit,
    Manifest,
    Quiet,
    RubricName,
    Sample,
    Verbose,
    Workers,
    set_up_logging,
    settings_from,
)
from qa_scorer.cli.progress import progress, show_notes
from qa_scorer.cli.run import conclude

if TYPE_CHECKING:
    from qa_scorer.records import Scorecard

Directory = Annotated[
    Path, typer.Argument(help="A folder of results, or of transcripts: this tool's or other engines'.")
]
OutOption = Annotated[Path | None, typer.Option("--out", help="Folder for the results; DIRECTORY itself by default.")]
WhatIf = Annotated[
    bool, typer.Option("--what-if", help="Write nothing: only compare with the scorecards that are there.")
]


def score(
    directory: Directory,
    out: OutOption = None,
    rubric: RubricName = None,
    what_if: WhatIf = False,
    config: Config = None,
    manifest: Manifest = None,
    engine: EngineName = None,
    workers: Workers = None,
    limit: Limit = None,
    sample: Sample = None,
    force: Force = False,
    as_json: AsJson = False,
    verbose: Verbose = 0,
    quiet: Quiet = False,
) -> None:
    """Judge transcripts against a rubric; with another rubric than before, show what changes.

    Examples: qa-scorer score out --rubric sales --what-if · qa-scorer score whisperx_json --out out
    """
    from qa_scorer import store
    from qa_scorer.night import choose, find_transcripts, run_night
    from qa_scorer.pipeline import score_aside
    from qa_scorer.rubric import load_rubric

    set_up_logging(verbose, quiet)
    settings = settings_from(config, rubric=rubric, engine=engine, workers=workers)
    out = out or directory
    foreign, found = find_transcripts(directory, out, settings, manifest)
    sources = choose(found, limit=limit, per_agent=sample)
    show_notes(sources, quiet=quiet)
    before = list(store.read_scorecards(out))
    if what_if:
        with progress(as_json=as_json, quiet=quiet) as listen:
            after = list(score_aside(sources, out, settings, load_rubric(settings.rubric), listen=listen))
        _show_changes(before, after)
        return
    hear = [source for source in sources if source in foreign]
    with progress(as_json=as_json, quiet=quiet) as listen:
        night = run_night(sources, out, settings, force=force, listen=listen, hear=hear)
    if not (as_json or quiet):
        _show_changes(before, list(store.read_scorecards(out)))
    conclude(night, out, as_json=as_json, quiet=quiet)


def _show_changes(before: list[Scorecard], after: list[Scorecard]) -> None:
    from qa_scorer.scoring import compare

    for line in compare(before, after):
        typer.echo(line)
