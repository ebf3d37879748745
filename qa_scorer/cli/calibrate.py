"""``qa-scorer calibrate``: blind sheets out, human marks in, and how far people and tool agree."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qa_scorer.cli.options import Config, OutDir, RubricName, settings_from
from qa_scorer.errors import UsageError

if TYPE_CHECKING:
    from qa_scorer.calibration import Rating, Report

calibrate = typer.Typer(no_args_is_help=True)

Reviewers = Annotated[
    list[str], typer.Option("--reviewer", help="Who will mark the calls; once for each. Two or more are best.")
]


@calibrate.command()
def export(
    directory: OutDir,
    reviewer: Reviewers,
    calls: Annotated[int, typer.Option("--calls", min=1, help="How many calls, drawn by lot over the agents.")] = 10,
    seed: Annotated[int, typer.Option("--seed", help="Another number draws other calls.")] = 0,
    rubric: RubricName = None,
    config: Config = None,
) -> None:
    """Write a blind sheet for each reviewer: every question, and nothing of what the tool thought.

    Example: qa-scorer calibrate export out --reviewer Kim --reviewer Lee --calls 10
    """
    from qa_scorer import store
    from qa_scorer.calibration import choose_calls
    from qa_scorer.calibration.ratings import FOLDER
    from qa_scorer.report.blind_sheet import write_blind_sheet
    from qa_scorer.report.words import file_names

    _require_results(directory)
    settings = settings_from(config, rubric=rubric)
    cards = choose_calls(store.read_scorecards(directory), calls, seed)
    if not cards:
        raise UsageError(f"{directory}: no call was scored, so there is nothing to calibrate.")
    names = file_names(reviewer)
    for person in reviewer:
        path = directory / FOLDER / f"{names[person]}.xlsx"
        if path.exists():
            raise UsageError(f"{path} exists and may hold marks: import it, then move or delete it.")
        write_blind_sheet(cards, _anchors(settings.rubric), person, path)
        typer.echo(f"{path}: {len(cards)} calls")
    typer.echo(f"when they are filled: `qa-scorer calibrate import {directory} {directory / FOLDER}/*.xlsx`")


@calibrate.command("import")
def import_marks(
    directory: OutDir,
    files: Annotated[
        list[Path], typer.Argument(help="Filled blind sheets, or coaching workbooks with a Review sheet.")
    ],
) -> None:
    """Read marks back in. A later answer of the same person to the same question replaces the earlier one.

    Example: qa-scorer calibrate import out out/calibration/Kim.xlsx
    """
    from qa_scorer.calibration import add_ratings

    _require_results(directory)
    total = 0
    for path in files:
        found = _ratings_of(path)
        total = add_ratings(directory, found)
        typer.echo(f"{path}: {len(found)} marks")
    typer.echo(f"{total} marks in all: `qa-scorer calibrate report {directory}` compares them.")


@calibrate.command()
def report(
    directory: OutDir, as_json: Annotated[bool, typer.Option("--json", help="Machine-readable output.")] = False
) -> None:
    """Say how far people and tool agree: criterion by criterion, and over whole calls.

    Example: qa-scorer calibrate report out
    """
    from qa_scorer import store
    from qa_scorer.calibration import compare, read_ratings

    ratings = read_ratings(directory)
    if not ratings:
        raise UsageError(f"{directory}: no marks yet; `qa-scorer calibrate export {directory} --reviewer NAME` starts.")
    result = compare(list(store.read_scorecards(directory)), ratings)
    if as_json:
        typer.echo(json.dumps(asdict(result), ensure_ascii=False, indent=1))
        return
    for line in _page(result):
        typer.echo(line)


def _page(result: Report) -> list[str]:
    lines = [f"{result.calls} calls marked blind by {', '.join(result.reviewers) or 'nobody yet'}", ""]
    head = f"{'criterion':24}{'marks':>6}{'applies':>9}{'exact':>8}{'within':>8}{'kappa':>8}{'bias':>8}{'people α':>10}"
    lines.append(head)
    for row in (*result.criteria, result.everything):
        figures = f"{_percent(row.applicability):>9}{_percent(row.exact):>8}{_percent(row.within_tolerance):>8}"
        figures += f"{_number(row.kappa):>8}{_number(row.bias, '+.2f'):>8}{_number(row.people_alpha):>10}"
        lines.append(f"{row.criterion[:23]:24}{row.ratings:>6}{figures}  {row.verdict}")
    lines += ["", f"scores: {result.score_pairs} calls marked in full"]
    if result.score_pairs:
        near, apart = _percent(result.score_within_tolerance), _number(result.score_difference, ".1f")
        bias, alpha = _number(result.score_bias, "+.1f"), _number(result.people_score_alpha)
        lines.append(f"  {near} within 5 points of the tool's, {apart} apart on average, the tool {bias}")
        lines.append(f"  people among themselves: α {alpha}")
    if result.reviewed:
        lines.append(f"review sheets: {_percent(result.review_disagreed)} of {result.reviewed} judgements corrected")
    if result.left_out:
        lines.append(f"{result.left_out} marks are of other calls or another version of the rubric and were left out")
    lines += [
        "",
        "exact: the same of three marks · within: at most a quarter of the points apart · kappa: quadratic weights",
        "bias: above 0 the tool is kinder · people α: Krippendorff's alpha among people · calibrated: 85 % within",
    ]
    return lines


def _ratings_of(path: Path) -> list[Rating]:
    from qa_scorer.calibration import Rating
    from qa_scorer.report.blind_sheet import read_blind_sheet
    from qa_scorer.report.coaching_review import CORRECTIONS, read_review

    if not path.is_file():
        raise UsageError(f"{path}: no such file.")
    blind = read_blind_sheet(path)
    if blind is not None:
        return blind
    answers = read_review(path)
    if not answers:
        raise UsageError(f"{path}: holds no marks: name a filled blind sheet or a coaching workbook with answers.")
    usable = [answer for answer in answers if answer.agree or answer.correction in CORRECTIONS]
    if len(usable) < len(answers):
        typer.echo(f"{path}: {len(answers) - len(usable)} disagreements name no corrected answer and are left out")
    return [
        Rating(
            reviewer=answer.reviewer or f"review of {path.stem}",
            call_id=answer.call_id,
            section=answer.section,
            criterion=answer.criterion,
            rubric_sha256=answer.rubric_sha256,
            share=None if answer.corrected is None or not answer.out_of else answer.corrected / answer.out_of,
            comment=answer.comment,
            source="review",
        )
        for answer in usable
    ]


def _anchors(rubric: str) -> dict[str, str]:
    from qa_scorer.report.blind_sheet import MARKS
    from qa_scorer.rubric import load_rubric

    parts = {}
    for line in load_rubric(rubric).criteria:
        if line.anchors:
            said = zip(MARKS, (line.anchors.none, line.anchors.partial, line.anchors.full), strict=False)
            parts[line.id] = "\n".join(f"{name}: {text}" for name, text in reversed([*said]) if text)
    return parts


def _require_results(directory: Path) -> None:
    if not (directory / "scorecards").is_dir():
        raise UsageError(f"{directory} holds no scorecards: name the folder that `qa-scorer run --out` wrote.")


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"


def _number(value: float | None, pattern: str = ".2f") -> str:
    return "–" if value is None else format(value, pattern)
