"""From what the user calls CALLS to a list of calls with their metadata."""

from __future__ import annotations

import logging
import posixpath
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from qa_scorer.calls.manifest import SUFFIXES as MANIFEST_SUFFIXES
from qa_scorer.calls.manifest import Row, read_manifest
from qa_scorer.calls.metadata import (
    checked,
    compile_pattern,
    from_file_name,
    from_sidecar,
    looks_like_transcript,
    make_info,
    safe_id,
)
from qa_scorer.calls.storage import Listing, exists, is_remote, join, list_files, local_copy, parent
from qa_scorer.errors import UsageError
from qa_scorer.records import CallInfo
from qa_scorer.settings import Settings

Kind = Literal["audio", "transcript"]

# Containers and codecs that PyAV opens by themselves; what a manifest or the user names may end in anything.
AUDIO_SUFFIXES = (
    *(".wav", ".mp3", ".ogg", ".oga", ".opus", ".flac", ".m4a", ".mp4", ".aac", ".amr", ".awb"),
    *(".webm", ".wma", ".aif", ".aiff", ".au", ".gsm", ".3gp", ".mka"),
)
TRANSCRIPT_SUFFIXES = (".json", ".vtt", ".srt", ".txt")
FOLDER_MANIFEST = "calls.csv"

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSource:
    """A call that can be worked on.

    ``path`` is the file itself; a call in remote storage has only its address there: open either with ``opened``.
    ``notes`` tell the user what was left out of its metadata and why.
    """

    info: CallInfo
    path: Path
    kind: Kind
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A file on the way to becoming a call, with its checked metadata."""

    address: str
    values: dict[str, Any]
    row: Row | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where the file of a manifest row is looked for: in these folders, and among these files by their stem."""

    folders: tuple[str, ...]
    listed: frozenset[str] = frozenset()
    stems: dict[str, list[str]]
    kind: Kind | None = None

    def __contains__(self, address: str) -> bool:
        return address in self.listed or exists(address)


def find_calls(
    calls: str, settings: Settings, manifest: Path | None = None, kind: Kind | None = None
) -> list[CallSource]:
    """Find the calls a folder, file, glob, manifest or storage address stands for, sorted by call id.

    Metadata comes from the manifest, else the sidecar ``<call>.json``, else ``filename_pattern``. In a folder
    ``calls.csv`` is used by itself, and recordings it does not list are calls all the same. A recording comes before a
    transcript of the same name beside it; ``kind`` asks for one of the two only.
    Raises ``UsageError`` for a manifest row without its file, two calls with one id, or nothing found.
    """
    pattern = compile_pattern(settings.filename_pattern)
    if calls.lower().endswith(MANIFEST_SUFFIXES):
        if not exists(calls):
            raise UsageError(f"{calls}: no such manifest.")
        listing = Listing(folder=parent(calls), files=(), asked="file")
        files: list[str] = []
        rows = _rows_by_file(read_manifest(calls), _Place(folders=(listing.folder,), stems={}, kind=kind))
    else:
        listing = list_files(calls)
        files = list(listing.files) if listing.asked == "file" else _call_files(listing.files, kind)
        rows = _rows_of(files, listing, manifest, kind)
    addresses = sorted({*files, *(address for address in rows if kind in (None, _kind(address)))})
    if not addresses:
        raise UsageError(
            f"no recordings in {calls}: looked for {' '.join(AUDIO_SUFFIXES)}, "
            f"and for transcripts ({' '.join(TRANSCRIPT_SUFFIXES)})."
        )
    listed = frozenset(listing.files)
    found = [_described(address, rows.get(address), pattern, listed) for address in addresses]
    if rows and (unlisted := sum(item.row is None for item in found)):
        _logger.info("%d of %d calls are not in the manifest", unlisted, len(found))
    return sorted(_with_ids(found, listing.folder), key=lambda source: source.info.call_id)


@contextmanager
def opened(source: CallSource) -> Iterator[Path]:
    """Give a local path to a call; a call in remote storage is downloaded for the time it is needed.

    Raises ``CallError`` when it cannot be fetched.
    """
    with local_copy(source.info.path) as path:
        yield path


def _kind(address: str) -> Kind:
    return "transcript" if address.lower().endswith(TRANSCRIPT_SUFFIXES) else "audio"


def _call_files(listed: Sequence[str], kind: Kind | None) -> list[str]:
    """Choose the calls among all files of a folder."""
    audio = [address for address in listed if address.lower().endswith(AUDIO_SUFFIXES)]
    recorded = set() if kind == "transcript" else {_stem_address(address) for address in audio}
    transcripts = [
        address
        for address in listed
        if _kind(address) == "transcript"
        and not address.lower().endswith(".truth.json")
        and _stem_address(address) not in recorded
        and (address.lower().endswith((".vtt", ".srt")) or looks_like_transcript(address))
    ]
    return {"audio": audio, "transcript": transcripts, None: audio + transcripts}[kind]


def _rows_of(files: Sequence[str], listing: Listing, manifest: Path | None, kind: Kind | None) -> dict[str, Row]:
    """Read the manifests that go with some files: the one given, else the ``calls.csv`` of each folder.

    Where only some files of a folder were asked for, rows about its other files are none of our business.
    """
    stems: dict[str, list[str]] = defaultdict(list)
    for address in files:
        stems[_stem(address)].append(address)
    place = _Place(folders=(), listed=frozenset(listing.files), stems=stems, kind=kind)
    whole = listing.asked == "folder"
    if manifest is not None:
        if not manifest.is_file():
            raise UsageError(f"{manifest}: no such manifest.")
        folders = tuple(dict.fromkeys((str(manifest.parent), listing.folder)))
        rows = _rows_by_file(read_manifest(str(manifest)), replace(place, folders=folders), required=whole)
        return rows if whole else {address: rows[address] for address in files if address in rows}
    if whole:
        tables = [address for address in listing.files if posixpath.basename(address).lower() == FOLDER_MANIFEST]
    else:
        tables = [table for table in sorted({join(parent(file), FOLDER_MANIFEST) for file in files}) if exists(table)]
    rows = {}
    for table in tables:
        rows.update(_rows_by_file(read_manifest(table), replace(place, folders=(parent(table),)), required=whole))
    return rows if whole else {address: rows[address] for address in files if address in rows}


def _rows_by_file(rows: Sequence[Row], place: _Place, required: bool = True) -> dict[str, Row]:
    by_file: dict[str, Row] = {}
    for row in rows:
        address = _file_of(row, place)
        if address is None:
            # Scoring never needs the recordings: they may have been deleted since.
            if required and not (place.kind == "transcript" and _kind(row.values.get("path", "")) == "audio"):
                missing = row.values.get("path") or f"a file for call_id '{row.values.get('call_id', '')}'"
                looked = " and ".join(place.folders)
                raise UsageError(f"{row.where} names {missing}, which is not there (looked in {looked}).")
            continue
        if address in by_file:
            raise UsageError(f"{by_file[address].where} and {row.where} both name {address}.")
        by_file[address] = row
    return by_file


def _file_of(row: Row, place: _Place) -> str | None:
    """Find the file of a row by its path, else by its call id, which may be the name of a file."""
    path, call_id = row.values.get("path"), row.values.get("call_id", "")
    if path:
        spellings = (path, path.replace("\\", "/"))
        candidates = [_tidy(join(folder, spelling)) for folder in place.folders for spelling in spellings]
        named = next((address for address in candidates if address in place), None)
        if place.kind != "transcript" or (named and _kind(named) == "transcript"):
            return named
        matches = place.stems.get(_stem(spellings[1]), [])
    elif not (matches := place.stems.get(call_id, [])):
        suffixes = (*AUDIO_SUFFIXES, *TRANSCRIPT_SUFFIXES)
        candidates = [_tidy(join(folder, call_id + suffix)) for folder in place.folders for suffix in suffixes]
        return next((address for address in candidates if address in place), None)
    if len(matches) > 1:
        raise UsageError(f"{row.where}: both {matches[0]} and {matches[1]} fit; name the file in a column 'path'.")
    return matches[0] if matches else None


def _described(address: str, row: Row | None, pattern: re.Pattern[str] | None, listed: frozenset[str]) -> _Found:
    name = posixpath.basename(address)
    values = checked(from_file_name(name, pattern), f"{address} (by filename_pattern)")
    notes: list[str] = []
    sidecar = _stem_address(address) + ".json"
    # In remote storage a question a call would be slow: there, only what was listed counts.
    if sidecar != address and (sidecar in listed or (not is_remote(sidecar) and exists(sidecar))):
        described, note = from_sidecar(sidecar)
        described.pop("path", None)
        try:
            values.update(checked(described, sidecar))
        except UsageError as error:
            note = f"{error} Its metadata was left out."
        notes += [note] if note else []
    if row is not None:
        values.update(checked({key: value for key, value in row.values.items() if key != "path"}, row.where))
    return _Found(address=address, values=values, row=row, notes=tuple(notes))


def _with_ids(found: Sequence[_Found], root: str) -> Iterator[CallSource]:
    """Give every call its id: its own, else its file name, else (where folders share one) its path in the folder."""
    stems = Counter(_stem(item.address) for item in found if "call_id" not in item.values)
    taken: dict[str, _Found] = {}
    for item in found:
        call_id = item.values.get("call_id") or _stem(item.address)
        if "call_id" not in item.values and stems[call_id] > 1:
            inner = _stem_address(item.address).removeprefix(root).lstrip("/")
            call_id = inner.replace("/", "-")
        if (other := taken.get(safe_id(call_id))) is not None:
            raise UsageError(
                f"two calls have the id '{call_id}': {_named(other)} and {_named(item)}; "
                "give one of them another call_id in the manifest."
            )
        taken[safe_id(call_id)] = item
        yield CallSource(
            info=make_info(item.values, call_id, item.address),
            path=Path(item.address),
            kind=_kind(item.address),
            notes=item.notes,
        )


def _named(item: _Found) -> str:
    return f"{item.address} ({item.row.where})" if item.row else item.address


def _stem(address: str) -> str:
    return posixpath.basename(_stem_address(address))


def _stem_address(address: str) -> str:
    return posixpath.splitext(address)[0]


def _tidy(address: str) -> str:
    return address if is_remote(address) else str(Path(address))
