"""The one list of commands, in the order `--help` shows them."""

from __future__ import annotations

from collections.abc import Callable

import typer

from qa_scorer.cli.calibrate import calibrate
from qa_scorer.cli.checks import checks
from qa_scorer.cli.doctor import doctor
from qa_scorer.cli.init import init
from qa_scorer.cli.models import models
from qa_scorer.cli.purge import purge
from qa_scorer.cli.report import report
from qa_scorer.cli.rubric import app as rubric
from qa_scorer.cli.run import run
from qa_scorer.cli.score import score
from qa_scorer.cli.status import status
from qa_scorer.cli.transcribe import transcribe
from qa_scorer.cli.verify import verify

COMMANDS: tuple[Callable[..., None], ...] = (run, transcribe, score, report, verify, status, doctor, init, purge)

GROUPS: tuple[tuple[str, typer.Typer, str], ...] = (
    ("checks", checks, "The checks: list, read, try and teach them."),
    ("rubric", rubric, "Rubrics: check, show and describe them."),
    ("calibrate", calibrate, "Blind sheets out, people's marks in, and how far all agree."),
    ("models", models, "The model weights: list, install and verify them."),
)
