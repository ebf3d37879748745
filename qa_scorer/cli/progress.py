"""What a user sees while calls are worked on: bars on a terminal, a plain line a call elsewhere, JSON on request."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from qa_scorer.calls import CallSource
    from qa_scorer.pipeline import Event, Listener

VERBS = {"transcribe": "hearing", "score": "judging"}


@contextmanager
def progress(*, as_json: bool, quiet: bool) -> Iterator[Listener]:
    """Give a listener that shows each event the way this output wants it."""
    if as_json:
        yield lambda event: typer.echo(json.dumps(asdict(event), ensure_ascii=False))
    elif quiet:
        yield lambda event: None
    elif sys.stderr.isatty():
        with _bars() as listener:
            yield listener
    else:
        yield _plain_line


def show_notes(sources: Sequence[CallSource], *, quiet: bool) -> None:
    """Say what was left out of the metadata of each call, and why."""
    for source in sources:
        for note in source.notes if not quiet else ():
            typer.echo(f"note: {source.info.call_id}: {note}", err=True)


def _plain_line(event: Event) -> None:
    detail = f": {event.detail}" if event.detail else ""
    typer.echo(f"{event.stage} {event.position}/{event.total} {event.call_id} {event.state}{detail}")


@contextmanager
def _bars() -> Iterator[Listener]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description:<8}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, TextColumn("{task.fields[call]}"), console=console) as bars:
        tasks: dict[str, Any] = {}

        def listen(event: Event) -> None:
            if event.stage not in tasks:
                tasks[event.stage] = bars.add_task(VERBS[event.stage], total=event.total, call="")
            bars.update(tasks[event.stage], completed=event.position, call=event.call_id)
            if event.state == "failed":
                console.print(f"failed {event.call_id}: {event.detail}", markup=False, highlight=False)

        yield listen
