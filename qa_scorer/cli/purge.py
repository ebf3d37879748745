"""``qa-scorer purge``: retention."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from qa_scorer.cli.options import Config, OutDir, settings_from
from qa_scorer.errors import UsageError


def purge(
    directory: OutDir,
    older_than: Annotated[str, typer.Option("--older-than", help="Age in days or weeks: 90d, 13w.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go, and change nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    config: Config = None,
) -> None:
    """Remove transcripts, quotes and audio references of old calls; their scores stay. Recordings are not touched.

    A call's age is counted from when it started, or from the date of its files where that is not known.

    Example: qa-scorer purge out --older-than 90d --dry-run
    """
    from qa_scorer import retention

    settings = settings_from(config)
    before = datetime.now(UTC) - retention.parse_age(older_than)
    old = retention.find_old(directory, before)
    if not old and not retention.was_interrupted(directory):
        typer.echo(f"nothing to purge: no words are left of calls before {before:%Y-%m-%d}.")
        return
    files, quotes = sum(len(call.files) for call in old), sum(call.quotes for call in old)
    what = f"{len(old)} calls before {before:%Y-%m-%d}: {files} files of words, {quotes} quotes"
    if dry_run:
        for call in old:
            typer.echo(f"{call.when:%Y-%m-%d}  {call.call_id}: {len(call.files)} files, {call.quotes} quotes")
        typer.echo(f"would purge {what}.")
        return
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError(f"would purge {what}: say --yes to do it, or --dry-run to see which.")
        typer.confirm(f"Purge {what}? This cannot be undone.", abort=True)
    retention.purge(directory, old, settings)
    typer.echo(f"purged {what}. Scores stay; the recordings themselves are yours to delete.")
