"""``qa-scorer verify``: run calls whose result is known, and say where they differ."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from qa_scorer.cli.options import (
    Calls,
    Config,
    Device,
    Force,
    Manifest,
    Model,
    Quiet,
    RubricName,
    Verbose,
    Workers,
    set_up_logging,
    settings_from,
)
from qa_scorer.cli.progress import progress
from qa_scorer.errors import EXIT_SOME_FAILED

KeptOut = Annotated[
    Path | None,
    typer.Option("--out", help="Keep the results here and resume from them."),
]
JUnit = Annotated[Path | None, typer.Option("--junit-xml", help="Also write the comparisons as JUnit XML.")]
Update = Annotated[bool, typer.Option("--update", help="Write expected.toml from what was found, for you to review.")]


def verify(
    calls: Calls,
    out: KeptOut = None,
    junit_xml: JUnit = None,
    update: Update = False,
    rubric: RubricName = None,
    config: Config = None,
    manifest: Manifest = None,
    model: Model = None,
    device: Device = None,
    workers: Workers = None,
    force: Force = False,
    verbose: Verbose = 0,
    quiet: Quiet = False,
) -> None:
    """Run calls and compare them with expected.toml beside them; exit 1 on a mismatch. Made for CI.

    Example: qa-scorer verify sample_calls --junit-xml verify.xml
    """
    from qa_scorer import store, verification
    from qa_scorer.calls import find_calls
    from qa_scorer.night import run_night
    from qa_scorer.verification.expectations import NAME

    set_up_logging(verbose, quiet)
    settings = settings_from(config, rubric=rubric, model=model, device=device, workers=workers)
    folder = Path(calls) if Path(calls).is_dir() else Path(calls).parent
    path = folder / NAME
    expectations = {} if update and not path.exists() else verification.load_expectations(path)
    sources = find_calls(calls, settings, manifest)
    names = {source.info.call_id for source in sources}
    with _folder(out) as results, progress(as_json=False, quiet=quiet) as listen:
        run_night(sources, results, settings, force=force, listen=listen)
        if update:
            cards = [card for card in store.read_scorecards(results) if card.call.call_id in names]
            old = path.read_text(encoding="utf-8") if path.exists() else ""
            store.write_bytes_atomic(path, verification.proposal(cards, expectations, old).encode())
            typer.echo(f"wrote {path}: review the changes before you keep them.")
            return
        wanted = (
            expectations if Path(calls).is_dir() else {key: expectations[key] for key in expectations if key in names}
        )
        found = verification.verify(wanted, results, folder)
    if junit_xml is not None:
        store.write_bytes_atomic(junit_xml, verification.junit_xml(found).encode())
    for line in verification.table(found):
        typer.echo(line)
    for name in sorted(names - set(expectations)):
        typer.echo(f"{name}: nothing is expected of it in {path}.")
    if any(result.mismatches for result in found):
        raise typer.Exit(EXIT_SOME_FAILED)


@contextmanager
def _folder(out: Path | None) -> Iterator[Path]:
    if out is not None:
        yield out
        return
    with tempfile.TemporaryDirectory(prefix="qa-scorer-verify-") as temporary:
        yield Path(temporary)
