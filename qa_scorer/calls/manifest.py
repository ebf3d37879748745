"""Manifests: tables that list calls with their metadata, read the way spreadsheets and telephony exports write them."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from qa_scorer.calls.storage import read_bytes
from qa_scorer.errors import UsageError

SUFFIXES = (".csv", ".tsv", ".parquet", ".xlsx", ".jsonl")

# What exports call the columns this tool knows. Names are compared in lower case, with "_" for spaces and hyphens.
_ALIASES = {
    "file": "path",
    "filename": "path",
    "file_name": "path",
    "recording": "path",
    "audio": "path",
    "id": "call_id",
    "callid": "call_id",
    "agent": "agent_name",
    "start_time": "started_at",
    "lang": "language",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a manifest; ``where`` names it for the user ("calls.csv line 7"). Empty cells are left out."""

    where: str
    values: dict[str, str]


def read_manifest(address: str) -> list[Row]:
    """Read a csv, tsv, parquet, xlsx or jsonl manifest.

    Accepts a byte order mark, semicolons or tabs between cells, Windows encodings and any case in the header.
    Raises ``UsageError`` naming the file and, where there is one, the line.
    """
    suffix = "." + address.rpartition(".")[2].lower()
    readers = {".xlsx": _xlsx, ".parquet": _parquet, ".jsonl": _jsonl}
    try:
        records = list(readers.get(suffix, _csv)(read_bytes(address)))
    except UsageError as error:
        raise UsageError(f"{address}{error}") from error
    except Exception as error:  # each reader fails in its own way on a file that is not what its name says
        raise UsageError(f"{address}: not a readable {suffix[1:]} manifest ({error}).") from error
    unit = "row" if suffix == ".parquet" else "line"
    rows = [Row(where=f"{address} {unit} {number}", values=values) for number, values in records if values]
    if not rows:
        raise UsageError(f"{address}: the manifest lists no calls.")
    columns = sorted({name for row in rows for name in row.values})
    if not {"path", "call_id"} & set(columns):
        raise UsageError(
            f"{address}: a manifest needs a column 'path' or 'call_id' to find its files; it has {', '.join(columns)}."
        )
    return rows


def _csv(data: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    text = _decode(data)
    lines = text.splitlines(keepends=True)
    skipped = 0
    declared = ""
    if lines and lines[0].lower().startswith("sep="):  # what Excel writes above the header
        declared, skipped = lines[0].strip()[4:], 1
    header_line = lines[skipped] if len(lines) > skipped else ""
    delimiter = declared or max(",;\t|", key=header_line.count)
    reader = csv.reader(io.StringIO("".join(lines[skipped:]), newline=""), delimiter=delimiter)
    header = _header(next(reader, []))
    for cells in reader:
        number = reader.line_num + skipped
        if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
            raise UsageError(
                f" line {number}: {len(cells)} cells for {len(header)} columns; "
                f"put quotes around a cell that holds '{delimiter}'."
            )
        yield number, _values(zip(header, cells, strict=False))


def _xlsx(data: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    sheet = book.worksheets[0]
    rows = sheet.iter_rows(values_only=True)
    header = _header([_text(cell) for cell in next(rows, ())])
    for number, cells in enumerate(rows, start=2):
        yield number, _values(zip(header, cells, strict=False))


def _parquet(data: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    import polars

    frame = polars.read_parquet(io.BytesIO(data))
    header = _header(frame.columns)
    for number, cells in enumerate(frame.iter_rows(), start=1):
        yield number, _values(zip(header, cells, strict=True))


def _jsonl(data: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    for number, line in enumerate(_decode(data).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except json.JSONDecodeError as error:
            raise UsageError(f" line {number}: not valid JSON ({error.msg}).") from error
        if not isinstance(record, dict):
            raise UsageError(f" line {number}: expected one JSON object a line.")
        yield number, _values(zip(_header(list(record)), record.values(), strict=True))


def _header(cells: Iterable[str]) -> list[str]:
    names = [column_name(cell) for cell in cells]
    repeated = next((name for index, name in enumerate(names) if name and name in names[:index]), None)
    if repeated:
        raise UsageError(f": two columns are both '{repeated}'; rename one.")
    return names


def column_name(cell: str) -> str:
    """Return the name a column goes by in this tool: "Agent ID" and "agent-id" are both ``agent_id``."""
    name = "_".join(str(cell).strip().lower().replace("-", " ").split())
    return _ALIASES.get(name, name)


def _values(pairs: Iterable[tuple[str, Any]]) -> dict[str, str]:
    texts = ((name, _text(value)) for name, value in pairs if name)
    return {name: text for name, text in texts if text}


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float):
        # Spreadsheets hold every number as a float: an agent numbered 17 must not become "17.0".
        return str(int(value)) if value.is_integer() else "" if math.isnan(value) else str(value)
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value).strip()


def _decode(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")
