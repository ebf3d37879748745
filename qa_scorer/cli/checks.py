"""``qa-scorer checks``: the catalogue of checks, one check's page, checks over text dialogues, teaching."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from qa_scorer.cli.options import Config, settings_from

checks = typer.Typer(no_args_is_help=True)
app = checks


@checks.command("list")
def list_checks() -> None:
    """List every check with its signals.

    Example: qa-scorer checks list
    """
    from qa_scorer.checks import CHECKS
    from qa_scorer.packs import load_packs

    packs = load_packs(tuple(check.name for check in CHECKS), "en")
    for check, pack in zip(CHECKS, packs, strict=True):
        typer.echo(f"{check.name:18}{pack.page.get('what', '')}")
        for signal in pack.signals:
            typer.echo(f"  {signal.name:26}{signal.what}")


@checks.command("apply")
def apply_checks(
    dialogues: Annotated[Path, typer.Argument(help="Dialogues, one JSON object a line: id, turns with role and text.")],
    config: Config = None,
) -> None:
    """Run every check over text dialogues: a line in, a line out.

    Example: qa-scorer checks apply dialogues.jsonl > labels.jsonl
    """
    from qa_scorer.dialogues import apply, labels, read_dialogues

    settings = settings_from(config)
    for transcript in read_dialogues(dialogues):
        analysis = apply(transcript, settings)
        outcome = {"outcome": analysis.outcome.label, "customer_end": analysis.outcome.customer_end}
        row = {"id": transcript.call.call_id, "labels": labels(analysis), "call": outcome}
        typer.echo(json.dumps(row, ensure_ascii=False))
