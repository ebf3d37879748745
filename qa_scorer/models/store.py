"""The folder of installed weights: one folder a model, each with a stamp that says what was verified.

A stamp records path, size, modification time and sha256 of every file as they were when the hashes were last checked.
Looking a model up compares sizes and times only, which takes a millisecond; whatever no longer fits its stamp is hashed
again before it is used.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from qa_scorer.errors import ModelError
from qa_scorer.models.catalogue import Model, find

STAMP = ".verified.json"
CHUNK_BYTES = 1 << 20
# Without a tokenizer beside it the recognizer would look for one on the network.
RECOGNIZER_FILES = ("model.bin", "config.json", "tokenizer.json", "vocabulary.*")

State = Literal["installed", "unchecked", "missing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileCheck:
    """What hashing one installed file showed. ``verdict`` is "unknown" where there is nothing to compare with."""

    model: str
    path: str
    verdict: Literal["ok", "missing", "wrong", "unknown"]


def resolve(name: str, models_dir: Path) -> Path:
    """Return the folder of an installed, verified model; a folder given as a path must hold a CTranslate2 model.

    Raises ``ModelError`` with the command that mends it when the model is missing or not what the catalogue says.
    """
    if is_path(name):
        return _recognizer_folder(Path(name).expanduser())
    model = find(name)
    folder = models_dir / model.name
    if not folder.is_dir():
        raise ModelError(f"{model.name} is not installed in {models_dir}: `{model.pull_command}` fetches it.")
    if not stamped(model, folder):
        _require_sound(model, folder)
        # A folder that cannot be written (a shared mount) is hashed once a process instead.
        with contextlib.suppress(OSError):
            write_stamp(folder, known_hashes(model, folder), "found")
    return folder


def hashes(names: list[str] | tuple[str, ...], models_dir: Path) -> dict[str, str]:
    """Return name → sha256 for the provenance of a result.

    A model of one file has that file's hash, one of several the hash of their ``sha256sum`` listing, sorted by path.
    """
    found = {}
    for name in names:
        folder = resolve(name, models_dir)
        known = {"model.bin": _file_digest(folder / "model.bin")} if is_path(name) else known_hashes(find(name), folder)
        listing = "".join(f"{sha256}  {path}\n" for path, sha256 in sorted(known.items()))
        digest = next(iter(known.values())) if len(known) == 1 else hashlib.sha256(listing.encode()).hexdigest()
        found[Path(name).name if is_path(name) else find(name).name] = digest
    return found


def state(model: Model, models_dir: Path) -> State:
    """Tell whether a model is there, without hashing: "unchecked" means that it will be hashed at its next use."""
    folder = models_dir / model.name
    if not folder.is_dir():
        return "missing"
    return "installed" if stamped(model, folder) else "unchecked"


def check(model: Model, folder: Path) -> list[FileCheck]:
    """Hash every file of an installed model and compare with the catalogue, or else with the record of its pull."""
    expected: dict[str, str | None] = {file.path: file.sha256 for file in model.files}
    expected |= known_hashes(model, folder)
    if not expected:
        return [FileCheck(model=model.name, path=".", verdict="unknown")]
    return [
        FileCheck(model=model.name, path=path, verdict=_verdict(folder / path, sha256))
        for path, sha256 in expected.items()
    ]


def stamped(model: Model, folder: Path) -> bool:
    """Tell whether every file is as it was when its hash was last checked, and that hash is the catalogue's."""
    recorded = _read_stamp(folder)
    if not recorded or not {file.path for file in model.files} <= recorded.keys():
        return False
    catalogued = {file.path: file.sha256 for file in model.files if file.sha256}
    for path, entry in recorded.items():
        try:
            stat = (folder / path).stat()
            same = (stat.st_size, stat.st_mtime_ns) == (entry["size"], entry["mtime_ns"])
        except (OSError, KeyError):
            return False
        if not same or catalogued.get(path, entry["sha256"]) != entry["sha256"]:
            return False
    return True


def write_stamp(folder: Path, sha256_by_path: dict[str, str], source: str) -> None:
    """Record what was verified just now; ``source`` says where the files came from."""
    files = {}
    for path, sha256 in sorted(sha256_by_path.items()):
        stat = (folder / path).stat()
        files[path] = {"size": stat.st_size, "mtime_ns": stat.st_mtime_ns, "sha256": sha256}
    temporary = folder / f"{STAMP}.tmp"
    temporary.write_text(json.dumps({"source": source, "files": files}, indent=1) + "\n", encoding="utf-8")
    temporary.replace(folder / STAMP)


def known_hashes(model: Model, folder: Path) -> dict[str, str]:
    """Return path → sha256: the catalogue's, and for files it has no hash of, what the first pull recorded."""
    recorded = {path: str(entry.get("sha256", "")) for path, entry in _read_stamp(folder).items()}
    return {**recorded, **{file.path: file.sha256 for file in model.files if file.sha256}}


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def is_path(name: str) -> bool:
    """Tell a folder given by the user from a name of the catalogue."""
    return name.startswith(("~", ".")) or len(Path(name).parts) > 1 or Path(name).is_absolute()


def _require_sound(model: Model, folder: Path) -> None:
    for result in check(model, folder):
        if result.verdict == "unknown":
            raise ModelError(
                f"{folder} was not installed by this tool and its hashes are not known: "
                f"`{model.pull_command}` fetches {model.name}, with `--from DIR` from a folder you trust."
            )
        if result.verdict != "ok":
            wrong = (
                "is missing" if result.verdict == "missing" else "is not the file the catalogue names (wrong sha256)"
            )
            raise ModelError(f"{folder / result.path} {wrong}: `{model.pull_command}` mends it.")


def _verdict(path: Path, sha256: str | None) -> Literal["ok", "missing", "wrong", "unknown"]:
    if not path.is_file():
        return "missing"
    if not sha256:
        return "unknown"
    return "ok" if sha256_of(path) == sha256 else "wrong"


def _recognizer_folder(folder: Path) -> Path:
    missing = [name for name in RECOGNIZER_FILES if not any(folder.glob(name))]
    if missing:
        raise ModelError(
            f"{folder} is no CTranslate2 speech model ({', '.join(missing)} missing): "
            "name a folder that holds one, or a model from `qa-scorer models list`."
        )
    return folder.resolve()


@cache
def _file_digest(path: Path) -> str:
    return sha256_of(path)


def _read_stamp(folder: Path) -> dict[str, dict[str, Any]]:
    try:
        files = json.loads((folder / STAMP).read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return files if isinstance(files, dict) else {}
