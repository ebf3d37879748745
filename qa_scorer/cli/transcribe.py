"""`qa-scorer transcribe`: recordings to transcripts."""

from __future__ import annotations

from pathlib import Path

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
    Sample,
    Verbose,
    Workers,
    set_up_logging,
    settings_from,
)
from qa_scorer.cli.run import work_through


def transcribe(
    calls: Calls,
    out: Out = Path("out"),
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
    """Turn recordings into OUT/transcripts/<call>.json, with roles, word times and personal data removed.

    Example: qa-scorer transcribe recordings/2026-03-02 --out out --device cpu
    """
    from qa_scorer.calls import find_calls
    from qa_scorer.night import choose

    set_up_logging(verbose, quiet)
    settings = settings_from(
        config,
        model=model,
        device=device,
        engine=engine,
        address=address,
        workers=workers,
        redact=False if no_redact else None,
    )
    sources = choose(find_calls(calls, settings, manifest), limit=limit, per_agent=sample)
    work_through(sources, out, settings, force=force, as_json=as_json, quiet=quiet, score=False)
