"""``qa-scorer doctor``: what this machine can do, and what to do about the rest."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from qa_scorer.cli.options import Config, Device, EngineName, Model, RubricName, settings_from
from qa_scorer.errors import EXIT_USAGE

MARKS = {"ok": "ok", "note": "note", "broken": "BROKEN"}


def doctor(
    out: Annotated[Path, typer.Option("--out", help="Folder the results would go to.")] = Path("out"),
    config: Config = None,
    rubric: RubricName = None,
    model: Model = None,
    device: Device = None,
    engine: EngineName = None,
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable output.")] = False,
) -> None:
    """Say what this machine can do, and the one line that mends each thing it cannot; exit 2 if it cannot score.

    Nothing is sent or fetched.

    Example: qa-scorer doctor --out /data/qa
    """
    from qa_scorer.doctor import can_score, diagnose

    settings = settings_from(config, rubric=rubric, model=model, device=device, engine=engine)
    diagnoses = diagnose(settings, out)
    fit = can_score(diagnoses)
    if as_json:
        typer.echo(json.dumps({"can_score": fit, "checks": [asdict(diagnosis) for diagnosis in diagnoses]}, indent=1))
    else:
        for diagnosis in diagnoses:
            typer.echo(f"{MARKS[diagnosis.state]:8}{diagnosis.name:24}{diagnosis.says}")
            if diagnosis.mend:
                typer.echo(f"{'':8}{'':24}→ {diagnosis.mend}")
        typer.echo("\nthis machine can score calls." if fit else "\ncalls cannot be scored yet: see BROKEN above.")
    if not fit:
        raise typer.Exit(EXIT_USAGE)
