"""`qa-scorer status`: what is done, failed and pending."""

from __future__ import annotations

import json

import typer

from qa_scorer.cli.options import AsJson, OutDir
from qa_scorer.errors import UsageError


def status(directory: OutDir, as_json: AsJson = False) -> None:
    """Say what is done, failed and pending in DIRECTORY, and what the last run used.

    Example: qa-scorer status out --json
    """
    from qa_scorer import store

    path = directory / "run.json"
    if not path.exists():
        raise UsageError(f"{directory}: no run was made here; `qa-scorer run CALLS --out {directory}` makes one.")
    last = json.loads(path.read_text(encoding="utf-8"))
    failures = store.read_failures(directory)
    heard = {item.stem for item in (directory / "transcripts").glob("*.json")}
    judged = {item.stem for item in (directory / "scorecards").glob("*.json")}
    planned = set(last.get("call_ids", ()))
    failed = {failure.call_id for failure in failures}
    summary = {
        "state": last["state"],
        "started_at": last["started_at"],
        "finished_at": last["finished_at"],
        "planned": len(planned),
        "transcribed": len(heard & planned),
        "scored": len(judged & planned),
        "failed": len(failed),
        "pending": len(planned - judged - failed),
        "rubric": f"{last['rubric']['name']} {last['rubric']['version']}",
        "failures": [{"call_id": failure.call_id, "reason": failure.reason} for failure in failures],
    }
    if as_json:
        typer.echo(json.dumps(summary, ensure_ascii=False, indent=1))
        return
    finished = f", finished {summary['finished_at']}" if summary["finished_at"] else ""
    typer.echo(f"last run: {summary['state']}, started {summary['started_at']}{finished}, rubric {summary['rubric']}")
    for name in ("planned", "transcribed", "scored", "failed", "pending"):
        typer.echo(f"{name:>12} {summary[name]}")
    for failure in failures:
        typer.echo(f"failed {failure.call_id} ({failure.stage}): {failure.reason}")
