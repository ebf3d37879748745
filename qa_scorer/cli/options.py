"""Options that several commands share, and how they become settings."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from qa_scorer.settings import Settings

Calls = Annotated[
    str, typer.Argument(help="A folder, a recording, a glob, a manifest (csv, parquet, xlsx, jsonl) or an address.")
]
Out = Annotated[Path, typer.Option("--out", help="Folder for the results.")]
OutDir = Annotated[Path, typer.Argument(help="Folder of results, as `run --out` made it.")]
Config = Annotated[Path | None, typer.Option("--config", help="Settings file; ./qa-scorer.toml is found by itself.")]
Manifest = Annotated[Path | None, typer.Option("--manifest", help="Metadata per call: csv, parquet, xlsx or jsonl.")]
RubricName = Annotated[
    str | None, typer.Option("--rubric", help="A shipped rubric (standard, tech_support, …) or a file.")
]
Model = Annotated[str | None, typer.Option("--model", help="Recognition model: a name from `models list` or a folder.")]
Device = Annotated[str | None, typer.Option("--device", help="auto, cpu or cuda.")]
EngineName = Annotated[str | None, typer.Option("--engine", help="local (this machine) or ray.")]
Address = Annotated[str | None, typer.Option("--address", help="Address of the Ray cluster.")]
Workers = Annotated[int | None, typer.Option("--workers", min=0, help="Worker processes; 0 chooses by itself.")]
Limit = Annotated[int | None, typer.Option("--limit", min=1, help="Only the first N calls.")]
Sample = Annotated[int | None, typer.Option("--sample", min=1, help="Only N calls of each agent, the same every time.")]
Force = Annotated[bool, typer.Option("--force", help="Do again what is already done.")]
AsJson = Annotated[bool, typer.Option("--json", help="Machine-readable output: JSON, a line an event.")]
Verbose = Annotated[int, typer.Option("-v", "--verbose", count=True, help="Say more; twice for tracebacks.")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Say nothing but errors.")]
NoRedact = Annotated[
    bool, typer.Option("--no-redact", help="Keep personal data; needs allow_unredacted = true in the settings.")
]


def settings_from(config: Path | None, **flags: Any) -> Settings:
    """Read the settings with the flags given on the command line on top."""
    from qa_scorer.settings import load_settings

    return load_settings(config, flags)


def set_up_logging(verbose: int, quiet: bool) -> None:
    """Send the package's log to standard error; call text never stands in it."""
    level = logging.ERROR if quiet else (logging.WARNING, logging.INFO, logging.DEBUG)[min(verbose, 2)]
    logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s")
