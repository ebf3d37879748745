"""``qa-scorer init``: a folder to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def init(
    directory: Annotated[Path, typer.Argument(help="Folder to set up; made when it is not there.")] = Path(),
) -> None:
    """Write a commented qa-scorer.toml, a rubric to edit and an inbox folder. What exists is never overwritten.

    Example: qa-scorer init call-quality
    """
    from qa_scorer.scaffold import write_scaffold

    written, kept = write_scaffold(directory)
    for path in written:
        typer.echo(f"wrote  {path}")
    for path in kept:
        typer.echo(f"exists {path}, left as it is")
    where = "" if directory == Path() else f"cd {directory}, "
    typer.echo(f"\nnext: {where}put recordings into inbox/, then `qa-scorer run inbox --out out`")
