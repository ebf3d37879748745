"""``qa-scorer checks``: the catalogue, one check's page, checks over text dialogues, and teaching them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qa_scorer.cli.options import Config, settings_from

if TYPE_CHECKING:
    from qa_scorer.packs import SignalPack
    from qa_scorer.records import Finding, Transcript

checks = typer.Typer(no_args_is_help=True)

PacksDir = Annotated[Path | None, typer.Option("--packs-dir", help="Folder with your own phrases (setting packs_dir).")]
Language = Annotated[str, typer.Option("--language", help="Language of the pack.")]
SHOWN = 8


@checks.command("list")
def list_checks(config: Config = None, packs_dir: PacksDir = None, language: Language = "en") -> None:
    """List every check with its signals.

    Example: qa-scorer checks list
    """
    from qa_scorer.checks import CHECKS
    from qa_scorer.packs import load_packs

    settings = settings_from(config, packs_dir=packs_dir)
    for pack in load_packs(tuple(check.name for check in CHECKS), language, settings.packs_dir):
        typer.echo(f"{pack.check}: {pack.page.get('what', 'no pack in this language')}")
        for signal in pack.signals:
            typer.echo(f"    {signal.name:26}{signal.what}")


@checks.command("show")
def show_check(
    name: Annotated[str, typer.Argument(help="A check (empathy) or one of its signals (empathy.apology).")],
    config: Config = None,
    packs_dir: PacksDir = None,
    language: Language = "en",
) -> None:
    """Show a check's page: what it looks for, why, where, with examples, and how to teach it.

    Example: qa-scorer checks show empathy
    """
    from qa_scorer.checks import CHECKS
    from qa_scorer.errors import UsageError
    from qa_scorer.packs import load_packs

    settings = settings_from(config, packs_dir=packs_dir)
    packs = load_packs(tuple(check.name for check in CHECKS), language, settings.packs_dir)
    for pack in packs:
        signals = [signal for signal in pack.signals if name in (pack.check, signal.name)]
        if name == pack.check or signals:
            typer.echo("\n".join(_page(pack.page, signals)))
            files = ", ".join(str(path) for path in pack.files)
            typer.echo(f"\nFiles: {files}")
            return
    raise UsageError(f"unknown check '{name}'; the checks are {', '.join(pack.check for pack in packs)}.")


@checks.command("apply")
def apply_checks(
    dialogues: Annotated[Path, typer.Argument(help="Dialogues, one JSON object a line: id, turns with role and text.")],
    explain: Annotated[
        bool, typer.Option("--explain", help="Show for every finding the words and what decided.")
    ] = False,
    config: Config = None,
    packs_dir: PacksDir = None,
) -> None:
    """Run every check over text dialogues: a line in, a line out.

    Example: qa-scorer checks apply dialogues.jsonl > labels.jsonl
    """
    from qa_scorer.dialogues import apply, labels, read_dialogues

    settings = settings_from(config, packs_dir=packs_dir)
    for transcript in read_dialogues(dialogues):
        analysis = apply(transcript, settings)
        if explain:
            typer.echo("\n".join(_explained(transcript, analysis.findings)))
            typer.echo(f"   outcome: {analysis.outcome.label} ({analysis.outcome.confidence:.2f})\n")
            continue
        outcome = {"outcome": analysis.outcome.label, "customer_end": analysis.outcome.customer_end}
        row = {"id": transcript.call.call_id, "labels": labels(analysis), "call": outcome}
        typer.echo(json.dumps(row, ensure_ascii=False))


@checks.command("teach")
def teach_check(
    signal: Annotated[str, typer.Argument(help="The signal, as `checks list` names it.")],
    sentence: Annotated[str, typer.Argument(help="A sentence that means it.")],
    counter: Annotated[bool, typer.Option("--counter", help="A sentence that looks like it and is not.")] = False,
    dialogues: Annotated[
        Path | None, typer.Option("--dialogues", help="Dialogues on which to show the change.")
    ] = None,
    config: Config = None,
    packs_dir: PacksDir = None,
    language: Language = "en",
) -> None:
    """Add a sentence to your own pack and show which sentences are now heard differently.

    Example: qa-scorer checks teach empathy.apology "We hate that this happened to you." --dialogues calls.jsonl
    """
    from qa_scorer.dialogues import read_dialogues
    from qa_scorer.teaching import compare, sample_dialogues, teach, without

    settings = settings_from(config, packs_dir=packs_dir)
    path = teach(signal, sentence, settings, counter=counter, language=language)
    typer.echo(f"added to {path}")
    samples = list(read_dialogues(dialogues)) if dialogues else sample_dialogues(language)
    changes = compare(samples, signal, without(settings, path, sentence), settings)
    for change in changes:
        typer.echo(f"{'+' if change.gained else '-'} {change.call_id} turn {change.turn}: {change.text}")
    if not changes:
        typer.echo(f"none of the {sum(len(call.turns) for call in samples)} sample turns changes.")


def _page(page: object, signals: list[SignalPack]) -> Iterator[str]:
    texts = dict(page) if isinstance(page, dict) else {}
    yield texts.get("title", "")
    yield "=" * len(texts.get("title", ""))
    for heading, key in (("What", "what"), ("Why it matters", "why"), ("Where it looks", "where"), ("Teach", "teach")):
        yield f"\n{heading}: {texts.get(key, '')}"
    for signal in signals:
        yield f"\n{signal.name}: {signal.what}" + (f" Not: {signal.isnt}" if signal.isnt else "")
        if signal.better:
            yield f"  better: {signal.better}"
        yield from (f"  {reframe.heard.text}\n    → {reframe.say}" for reframe in signal.reframe)
        yield from (f"  + {sentence}" for sentence in signal.examples[:SHOWN])
        yield from (f"  - {sentence}" for sentence in signal.counter[:SHOWN])
        yield f"  {len(signal.phrases)} phrases, {len(signal.examples)} examples, {len(signal.counter)} near misses"


def _explained(transcript: Transcript, findings: tuple[Finding, ...]) -> Iterator[str]:
    yield f"## {transcript.call.call_id}"
    for index, turn in enumerate(transcript.turns):
        yield f"{index:3} {turn.role}: {turn.text}"
        for finding in findings:
            if finding.turn == index:
                how = f"{finding.how}, {finding.confidence:.2f}"
                yield f"      {finding.signal} ({how}) “{finding.quote}” ← {finding.rule}"
