"""Records on disk: versioned JSON, written atomically, and the ledger that answers "already done?"."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

from qa_scorer.errors import CallError
from qa_scorer.records import SCORECARD_SCHEMA, TRANSCRIPT_SCHEMA, Scorecard, Transcript

Stage = Literal["transcribe", "score"]
Record = Transcript | Scorecard

_OWN_START = b'{"schema":'
LEDGER_NAME = "ledger.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A call that could not be done, at which stage and why, in one sentence."""

    call_id: str
    path: str
    stage: Stage
    reason: str


def transcript_path(out: Path, call_id: str) -> Path:
    """Return where the transcript of a call lies."""
    return out / "transcripts" / f"{call_id}.json"


def scorecard_path(out: Path, call_id: str) -> Path:
    """Return where the scorecard of a call lies."""
    return out / "scorecards" / f"{call_id}.json"


def write_bytes_atomic(path: Path, data: bytes) -> None:
    """Write ``data`` so that a reader sees the old file or the new one, never half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.", suffix=".tmp")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        # mkstemp makes files only their owner can read; results are shared like any other file.
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_json(path: Path, value: Any) -> None:
    """Write plain data as indented JSON, atomically."""
    write_bytes_atomic(path, (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode())


def write_record(path: Path, record: Record) -> None:
    """Write a record as JSON, atomically; the same record gives the same bytes."""
    write_bytes_atomic(path, encode(record))


def encode(record: Record) -> bytes:
    """Return the JSON of a record: times to the millisecond, so that the same call is the same bytes."""
    value = _rounded(_adapter(type(record).__name__).dump_python(record, mode="json"))
    return (json.dumps(value, ensure_ascii=False, indent=None, separators=(",", ":")) + "\n").encode()


def read_transcript(path: Path) -> Transcript:
    """Read a transcript of this tool. Raises ``CallError`` when it is damaged or newer than this version."""
    return cast("Transcript", _read(path, Transcript, TRANSCRIPT_SCHEMA))


def read_scorecard(path: Path) -> Scorecard:
    """Read a scorecard. Raises ``CallError`` when it is damaged or newer than this version."""
    return cast("Scorecard", _read(path, Scorecard, SCORECARD_SCHEMA))


def is_transcript(path: Path) -> bool:
    """Tell whether a file was written by this tool as a transcript, from its first bytes."""
    with path.open("rb") as file:
        return file.read(len(_OWN_START)) == _OWN_START


def read_scorecards(out: Path) -> Iterator[Scorecard]:
    """Yield every readable scorecard of ``out`` in the order of their names."""
    for path in sorted((out / "scorecards").glob("*.json")):
        yield read_scorecard(path)


def write_failures(out: Path, failures: Iterable[Failure]) -> None:
    """Write ``failures.csv``, with its header also when nothing failed."""
    rows = [asdict(failure) for failure in failures]
    path = out / "failures.csv"
    temporary = path.with_suffix(".csv.tmp")
    out.mkdir(parents=True, exist_ok=True)
    with temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=["call_id", "path", "stage", "reason"])
        writer.writeheader()
        writer.writerows(rows)
    temporary.replace(path)


def read_failures(out: Path) -> list[Failure]:
    """Return the failures of the last run; none when there was no run."""
    path = out / "failures.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [Failure(**row) for row in csv.DictReader(file)]  # type: ignore[arg-type]


class Ledger:
    """Which result was made from which input: one JSON line a result, the last line of a call and stage counts.

    ``key`` is a digest of everything the result depends on (content, models, settings, rubric); a result is current
    while its key is unchanged and its file is there.
    """

    def __init__(self, out: Path) -> None:
        """Open the ledger of ``out``, reading what earlier runs wrote."""
        self._path = out / LEDGER_NAME
        self._keys: dict[tuple[str, str], str] = {}
        self._digests: dict[str, tuple[int, int, str]] = {}
        if self._path.exists():
            for line in self._path.read_text(encoding="utf-8").splitlines():
                self._remember(line)

    def is_current(self, stage: Stage, call_id: str, key: str, path: Path) -> bool:
        """Tell whether ``path`` holds the result of exactly this input."""
        return self._keys.get((stage, call_id)) == key and path.exists()

    def record(self, stage: Stage, call_id: str, key: str) -> None:
        """Note that a result was written; call it after the result is on disk."""
        self._append({"stage": stage, "call": call_id, "key": key})

    def content_digest(self, path: Path) -> str:
        """Return the sha256 of a file, read again only when its size or time of change differ."""
        stat = path.stat()
        known = self._digests.get(str(path))
        if known is not None and known[:2] == (stat.st_size, stat.st_mtime_ns):
            return known[2]
        digest = file_digest(path)
        self._append({"file": str(path), "size": stat.st_size, "mtime": stat.st_mtime_ns, "sha256": digest})
        return digest

    def _append(self, entry: Mapping[str, Any]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        line = json.dumps(entry, ensure_ascii=False)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
        self._remember(line)

    def _remember(self, line: str) -> None:
        try:
            entry = json.loads(line)
            if "file" in entry:
                self._digests[entry["file"]] = (entry["size"], entry["mtime"], entry["sha256"])
            else:
                self._keys[(entry["stage"], entry["call"])] = entry["key"]
        except (ValueError, KeyError, TypeError):
            # A line cut short by a power failure costs one call done again, never the night.
            return


def file_digest(path: Path) -> str:
    """Return the sha256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest(*parts: object) -> str:
    """Return one sha256 over JSON-able parts."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


@cache
def _adapter(name: str) -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter({"Transcript": Transcript, "Scorecard": Scorecard}[name])


def _read(path: Path, kind: type[Any], newest: int) -> Record:
    from pydantic import ValidationError

    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        schema = value["schema"]
    except OSError as error:
        raise CallError(f"{path}: cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise CallError(f"{path}: not a {kind.__name__.lower()} of qa-scorer; delete it and run again.") from error
    if not isinstance(schema, int) or schema > newest:
        raise CallError(
            f"{path}: written by a newer qa-scorer (schema {schema}, this version reads up to {newest}); "
            "upgrade qa-scorer to read it."
        )
    try:
        record: Record = _adapter(kind.__name__).validate_python(value)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise CallError(f"{path}: damaged at '{where}'; delete it and run again.") from error
    return record


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return value


@cache
def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
