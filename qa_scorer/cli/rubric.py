"""``qa-scorer rubric``: validate a rubric, show what it weighs, and describe the format for editors."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from qa_scorer.errors import EXIT_USAGE, RubricError

if TYPE_CHECKING:
    from qa_scorer.rubric import Criterion, Rubric

app = typer.Typer(no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="A rubric file, or a shipped name (standard, tech_support, …).")]


class Format(StrEnum):
    """What a JSON Schema is to describe."""

    rubric = "rubric"
    transcript = "transcript"
    scorecard = "scorecard"


@app.command()
def check(rubric: Name) -> None:
    """Say whether a rubric can be used: every error with its line, then warnings. Exit 2 on an error.

    Example: qa-scorer rubric check rubrics/our_team.toml
    """
    from qa_scorer.rubric import load_with_places, sentence, warnings

    try:
        loaded = load_with_places(rubric)
    except RubricError as error:
        for line in (str(error), *getattr(error, "__notes__", ())):
            typer.echo(line, err=True)
        raise typer.Exit(EXIT_USAGE) from error
    found = warnings(loaded.rubric)
    for problem in found:
        typer.echo(f"warning: {sentence(loaded.place(problem.path), problem)}")
    checked = loaded.rubric
    lines = len(checked.criteria)
    typer.echo(
        f"{checked.name} {checked.version} can be used: {len(checked.sections)} sections, {lines} criteria, "
        f"{len(found) or 'no'} warning{'' if len(found) == 1 else 's'}."
    )


@app.command()
def show(
    rubric: Name = "standard",
    as_json: Annotated[bool, typer.Option("--json", help="Print the resolved rubric as JSON.")] = False,
) -> None:
    """Print a rubric as it is applied: inheritance resolved, every weight in points of the whole form.

    Example: qa-scorer rubric show tech_support
    """
    from qa_scorer.rubric import load_rubric

    shown = load_rubric(rubric)
    if as_json:
        typer.echo(json.dumps(shown.model_dump(mode="json", by_alias=True), ensure_ascii=False, indent=1))
        return
    for line in _page(shown):
        typer.echo(line)


@app.command()
def schema(
    of: Annotated[Format, typer.Argument(help="rubric, transcript or scorecard.")] = Format.rubric,
) -> None:
    """Print a JSON Schema: of rubrics for completion in an editor, of transcripts or scorecards for programs.

    Example: qa-scorer rubric schema > rubric.schema.json
    """
    from qa_scorer.rubric import json_schema

    typer.echo(json.dumps(json_schema(of.value), ensure_ascii=False, indent=1))


def _page(rubric: Rubric) -> list[str]:
    whole = sum(section.weight for section in rubric.sections)
    page = [f"{rubric.name} {rubric.version}  sha256 {rubric.sha256[:12]}", rubric.description, ""]
    for section in rubric.sections:
        weight = 100 * section.weight / whole
        page.append(f"{weight:6.2f}  {section.title}")
        page += _lines(section.criteria, weight)
    if rubric.compliance.criteria:
        page.append(f" apart  {rubric.compliance.title}, out of 100")
        page += _lines(rubric.compliance.criteria, 100)
    bands = rubric.bands
    page += ["", f"pass ≥ {bands.pass_:g} · coach ≥ {bands.coach:g} · flag below; review where the tool is unsure"]
    gates = rubric.gates
    both = ", one side only" if gates.both_sides_heard else ""
    page.append(
        f"not scored: under {gates.min_duration_s:g} s{both}, voicemail, languages but {_join(rubric.languages)}"
    )
    return page


def _lines(criteria: tuple[Criterion, ...], weight: float) -> list[str]:
    whole = sum(line.weight for line in criteria)
    lines = []
    for line in criteria:
        marks: list[str] = [line.scoring]
        marks += [f"critical: {line.critical}"] if line.critical else []
        marks += ["not controllable by the agent"] if line.not_controllable_by_agent else []
        marks += ["only in some calls"] if line.applies_when or line.opportunities else []
        lines.append(f"        {weight * line.weight / whole:6.2f}  {line.id}: {line.question} [{', '.join(marks)}]")
    return lines


def _join(names: tuple[str, ...]) -> str:
    return ", ".join(names)
