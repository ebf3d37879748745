"""Where recordings lie: a local path, or a storage address such as ``s3://bucket/folder`` read through fsspec.

An address is a string in both cases; listing, reading and fetching are the only things the tool asks of storage.
"""

from __future__ import annotations

import os
import posixpath
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from glob import has_magic
from pathlib import Path
from typing import Any, Literal, TypeVar

from qa_scorer.errors import CallError, UsageError

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The files an address stands for, the folder that was searched, and what the address turned out to be."""

    folder: str
    files: tuple[str, ...]
    asked: Literal["folder", "pattern", "file"]


def is_remote(address: str) -> bool:
    """Tell a storage address from a local path."""
    return "://" in address


def join(folder: str, name: str) -> str:
    """Return the address ``name`` has when it is written in a file that lies in ``folder``."""
    return name if is_remote(name) else posixpath.join(folder, name)


def parent(address: str) -> str:
    """Return the folder an address lies in."""
    return address.rpartition("/")[0] if is_remote(address) else str(Path(address).parent)


def exists(address: str) -> bool:
    """Tell whether a file (not a folder) is there."""
    if not is_remote(address):
        return Path(address).is_file()
    return bool(_remote(address, lambda fs, path: fs.isfile(path)))


def list_files(address: str) -> Listing:
    """List every file that a folder, a pattern or a file stands for.

    Hidden files and folders, and folders this tool wrote, are left out. A path that exists is never read as a pattern.
    Raises ``UsageError`` when there is nothing of that name.
    """
    if is_remote(address):
        return _remote(address, _list_remote)
    path = Path(address).expanduser()
    if path.is_dir():
        return Listing(folder=str(path), files=tuple(sorted(_walk(path))), asked="folder")
    if path.is_file():
        return Listing(folder=str(path.parent), files=(str(path),), asked="file")
    if has_magic(str(path)):
        # The pattern is matched from the last folder that has no wildcard in it.
        depth = _first_magic(path.parts)
        folder = Path(*path.parts[:depth])
        matches = [match for match in folder.glob(str(Path(*path.parts[depth:]))) if match.is_file()]
        visible = [str(match) for match in matches if not _hidden(match.relative_to(folder))]
        return Listing(folder=str(folder), files=tuple(sorted(visible)), asked="pattern")
    raise UsageError(f"{address}: no such file or folder.")


def read_bytes(address: str) -> bytes:
    """Read a small file whole. Raises ``OSError`` when a local one cannot be read."""
    if not is_remote(address):
        return Path(address).read_bytes()
    return bytes(_remote(address, lambda fs, path: fs.cat_file(path)))


@contextmanager
def local_copy(address: str) -> Iterator[Path]:
    """Give a path that can be opened: the file itself, or a download that is deleted afterwards.

    Raises ``CallError`` when the download fails, so that one unreachable file fails one call.
    """
    if not is_remote(address):
        yield Path(address)
        return
    with tempfile.TemporaryDirectory(prefix="qa-scorer-") as folder:
        target = Path(folder) / posixpath.basename(address)
        try:
            _remote(address, lambda fs, path: fs.get_file(path, str(target)))
        except UsageError as error:
            raise CallError(str(error)) from error
        yield target


def _list_remote(fs: Any, path: str) -> Listing:
    asked: Literal["folder", "pattern", "file"]
    if has_magic(path):
        parts = path.split("/")
        asked, folder = "pattern", "/".join(parts[: _first_magic(parts)])
        found = [match for match in fs.glob(path) if fs.isfile(match)]
    elif fs.isfile(path):
        asked, folder, found = "file", path.rpartition("/")[0], [path]
    else:
        asked, folder, found = "folder", path.rstrip("/"), fs.find(path)
    visible = [file for file in found if not _hidden(Path(file.removeprefix(folder).lstrip("/")))]
    files = tuple(sorted(fs.unstrip_protocol(file) for file in visible))
    return Listing(folder=fs.unstrip_protocol(folder), files=files, asked=asked)


def _remote(address: str, action: Callable[[Any, str], _Result]) -> _Result:
    """Do something with the file system an address belongs to, and put its failures in a sentence."""
    import fsspec

    protocol = address.partition("://")[0]
    try:
        return action(*fsspec.core.url_to_fs(address))
    except ImportError as error:
        package = {"gs": "gcsfs", "gcs": "gcsfs", "abfs": "adlfs", "az": "adlfs"}.get(protocol, f"{protocol}fs")
        raise UsageError(f"{address}: {protocol} addresses need one more package: `pip install {package}`.") from error
    except FileNotFoundError as error:
        raise UsageError(f"{address}: no such file or folder in that storage.") from error
    except Exception as error:  # every storage has errors of its own
        raise UsageError(f"{address}: the storage cannot be read ({type(error).__name__}: {error}).") from error


def _walk(folder: Path) -> Iterator[str]:
    for here, subfolders, names in os.walk(folder):
        subfolders[:] = [name for name in subfolders if not _hidden(Path(name)) and not _is_output(Path(here, name))]
        yield from (str(Path(here, name)) for name in names if not _hidden(Path(name)))


def _is_output(folder: Path) -> bool:
    return (folder / "run.json").is_file() and ((folder / "transcripts").is_dir() or (folder / "scorecards").is_dir())


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") or part == "__MACOSX" for part in path.parts)


def _first_magic(parts: Sequence[str]) -> int:
    return next(index for index, part in enumerate(parts) if has_magic(part))
