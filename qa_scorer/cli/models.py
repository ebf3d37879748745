"""``qa-scorer models``: which weights there are, installing them, and checking them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qa_scorer.cli.options import Config, settings_from

if TYPE_CHECKING:
    from qa_scorer.models import Model

models = typer.Typer(no_args_is_help=True)

Names = Annotated[list[str] | None, typer.Argument(help="Names from `models list`; none means the starter set.")]
ModelsDir = Annotated[Path | None, typer.Option("--models-dir", help="Folder of the weights (setting models_dir).")]
PlainJson = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]


@models.command("list")
def list_models(config: Config = None, models_dir: ModelsDir = None, as_json: PlainJson = False) -> None:
    """Show the catalogue: name, purpose, size, licence, source, and whether it is installed.

    Example: qa-scorer models list
    """
    from qa_scorer.models import known_models, state
    from qa_scorer.models.install import megabytes

    folder = settings_from(config, models_dir=models_dir).models_dir
    if as_json:
        typer.echo(json.dumps([_plain(model, state(model, folder)) for model in known_models()], indent=1))
        return
    typer.echo(f"weights in {folder}\n")
    for model in known_models():
        typer.echo(f"{model.name:32}{megabytes(model.size):>8}  {state(model, folder):10} {model.licence}")
        typer.echo(f"    {model.purpose}")
        typer.echo(f"    {model.source}{'' if _pinned(model) else ' (hashes recorded at the first pull)'}")
    typer.echo("\n`qa-scorer models pull` installs the starter set; `qa-scorer models pull NAME` any other.")


@models.command()
def pull(
    names: Names = None,
    source: Annotated[
        Path | None, typer.Option("--from", help="Take the files from this folder instead of the network.")
    ] = None,
    config: Config = None,
    models_dir: ModelsDir = None,
) -> None:
    """Install and verify models: the starter set, or those named. What is installed already is left alone.

    Example: qa-scorer models pull

    Example: qa-scorer models pull large-v3-turbo --from /mnt/weights
    """
    from qa_scorer.models import find, known_models
    from qa_scorer.models import pull as pull_models

    folder = settings_from(config, models_dir=models_dir).models_dir
    wanted = [find(name) for name in names] if names else [model for model in known_models() if model.set == "starter"]
    done = pull_models(wanted, folder, folder=source, say=typer.echo)
    for model in wanted:
        if model.name in done and not _pinned(model):
            typer.echo(
                f"{model.name}: its hashes were not known before and are now recorded; later uses are held to them."
            )
    already = len(wanted) - len(done)
    parts = [f"{len(done)} installed and verified" if done else "", f"{already} already installed" if already else ""]
    typer.echo(f"models: {', '.join(part for part in parts if part)} in {folder}")


@models.command()
def verify(
    names: Names = None, config: Config = None, models_dir: ModelsDir = None, as_json: PlainJson = False
) -> None:
    """Hash every installed file again and compare with the catalogue; exit 2 when anything is wrong or missing.

    Example: qa-scorer models verify
    """
    from qa_scorer.errors import ModelError
    from qa_scorer.models import check, find, known_models, state

    folder = settings_from(config, models_dir=models_dir).models_dir
    wanted = (
        [find(name) for name in names]
        if names
        else [model for model in known_models() if model.set == "starter" or state(model, folder) != "missing"]
    )
    results = {model.name: check(model, folder / model.name) for model in wanted}
    bad = {name: [c for c in checks if c.verdict != "ok"] for name, checks in results.items()}
    if as_json:
        verdicts = {name: {check.path: check.verdict for check in checks} for name, checks in results.items()}
        typer.echo(json.dumps(verdicts, indent=1))
    else:
        for name, checks in results.items():
            wrong = ", ".join(f"{check.path} {check.verdict}" for check in bad[name][:3])
            typer.echo(f"{name:32}{wrong or f'ok, {len(checks)} files'}")
    broken = [model for model in wanted if bad[model.name]]
    if broken:
        commands = ", ".join(dict.fromkeys(f"`{model.pull_command}`" for model in broken))
        raise ModelError(
            f"{', '.join(model.name for model in broken)}: not as the catalogue says; {commands} mends it."
        )


def _pinned(model: Model) -> bool:
    return bool(model.files) and all(file.sha256 for file in model.files)


def _plain(model: Model, state: str) -> dict[str, Any]:
    return {
        "name": model.name,
        "task": model.task,
        "purpose": model.purpose,
        "size": model.size,
        "licence": model.licence,
        "set": model.set,
        "source": model.source,
        "revision": model.revision or None,
        "state": state,
        "files": {file.path: file.sha256 for file in model.files},
    }
