"""Metadata of one call, from the manifest, a sidecar and the file name: checked, merged, and made into a CallInfo."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from qa_scorer.calls.manifest import column_name
from qa_scorer.calls.storage import read_bytes
from qa_scorer.errors import UsageError
from qa_scorer.records import CallInfo

KNOWN = frozenset(field.name for field in dataclasses.fields(CallInfo)) - {"extra"}

_DIRECTIONS = {
    "inbound": "inbound",
    "incoming": "inbound",
    "in": "inbound",
    "outbound": "outbound",
    "outgoing": "outbound",
    "out": "outbound",
}
_CHANNELS = {"left": 0, "l": 0, "right": 1, "r": 1}
_MAX_CHANNEL = 31
_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|]+")
# File systems allow 255 bytes a name; this leaves room for suffixes and letters that take several bytes.
_MAX_ID = 80

# What the transcripts of this tool and of other engines hold at their top level, and a metadata sidecar does not.
_TRANSCRIPT_KEYS = ("turns", "segments", "results", "Transcript")
_SPEAKER_LINE = re.compile(r"^[ \t]*(?:\[[^\]\n]{0,20}\][ \t]*)?([A-Za-z][\w .'()-]{0,30}):[ \t]+\S", re.MULTILINE)
_SIDE = re.compile(r"\b(agent|advisor|adviser|representative|rep|customer|caller|client)\b", re.IGNORECASE)


def checked(values: Mapping[str, str], where: str) -> dict[str, Any]:
    """Give the known fields their types. Raises ``UsageError`` naming ``where``, the field and the allowed values."""
    typed: dict[str, Any] = dict(values)
    if direction := values.get("direction"):
        if direction.lower() not in _DIRECTIONS:
            raise UsageError(f"{where}: direction is '{direction}'; it can be inbound or outbound.")
        typed["direction"] = _DIRECTIONS[direction.lower()]
    if channel := values.get("agent_channel"):
        number = _CHANNELS.get(channel.lower(), int(channel) if channel.isdecimal() else None)
        if number is None or number > _MAX_CHANNEL:
            raise UsageError(
                f"{where}: agent_channel is '{channel}'; it can be 0 (left), 1 (right) or a higher number."
            )
        typed["agent_channel"] = number
    if language := values.get("language"):
        typed["language"] = re.split(r"[-_]", language.lower())[0]
    return typed


def from_file_name(name: str, pattern: re.Pattern[str] | None) -> dict[str, str]:
    """Return what the named groups of ``pattern`` find in a file name; nothing when it does not match."""
    match = pattern.search(name) if pattern else None
    return {key: value.strip() for key, value in match.groupdict().items() if value} if match else {}


def compile_pattern(text: str | None) -> re.Pattern[str] | None:
    """Compile the setting ``filename_pattern``. Raises ``UsageError`` when it is no expression or names no group."""
    if text is None:
        return None
    try:
        pattern = re.compile(text)
    except re.error as error:
        raise UsageError(f"setting 'filename_pattern': '{text}' is not a regular expression ({error}).") from error
    if not pattern.groupindex:
        raise UsageError(
            f"setting 'filename_pattern': '{text}' names no group; write one as in (?P<agent_id>[^_]+)_(?P<call_id>.+)."
        )
    return pattern


def from_sidecar(address: str) -> tuple[dict[str, str], str | None]:
    """Return the metadata in a call's JSON sidecar, and a note when the sidecar had to be left out.

    A transcript that lies beside its recording is no sidecar: it gives nothing and no note.
    """
    try:
        content = json.loads(read_bytes(address).decode("utf-8-sig"))
    except (ValueError, OSError):
        return {}, f"{address} is not readable JSON; its metadata was left out."
    if not isinstance(content, dict):
        return {}, f"{address} is not a JSON object; its metadata was left out."
    if _holds_transcript(content):
        return {}, None
    content.update(content.pop("extra", None) or {})
    values = {}
    for key, value in content.items():
        if isinstance(value, dict | list):
            values[column_name(key)] = json.dumps(value, ensure_ascii=False)
        elif value is not None and str(value).strip():
            values[column_name(key)] = str(value).strip()
    return values, None


def looks_like_transcript(address: str) -> bool:
    """Tell from its content whether a ``.json`` or ``.txt`` file that nobody listed is a transcript."""
    try:
        data = read_bytes(address)
    except OSError:
        return False
    if address.lower().endswith(".json"):
        if not any(f'"{key}"'.encode() in data for key in _TRANSCRIPT_KEYS):
            return False
        try:
            content = json.loads(data.decode("utf-8-sig"))
        except ValueError:
            return False
        return isinstance(content, dict) and _holds_transcript(content)
    text = data[:4096].decode("utf-8", errors="replace")
    names = _SPEAKER_LINE.findall(text)
    if len(names) < 2 or len(set(names)) < 2:
        return False
    return any(map(_SIDE.search, names)) or 2 * len(names) >= len(text.split("\n"))


def make_info(values: Mapping[str, Any], call_id: str, address: str) -> CallInfo:
    """Make the record; what the tool has no field for goes to ``extra``."""
    safe = safe_id(call_id)
    known = {key: value for key, value in values.items() if key in KNOWN}
    extra = {key: str(value) for key, value in values.items() if key not in KNOWN}
    if safe != call_id:
        extra["original_call_id"] = call_id
    return CallInfo(**{**known, "call_id": safe, "path": address, "extra": extra})


def safe_id(call_id: str) -> str:
    """Return a call id that can be a file name on every system; ids that are safe already stay as they are."""
    safe = _UNSAFE.sub("_", call_id).strip(" .") or "call"
    if len(safe) > _MAX_ID:
        safe = f"{safe[:_MAX_ID]}-{hashlib.sha256(call_id.encode()).hexdigest()[:8]}"
    return safe


def _holds_transcript(content: Mapping[str, Any]) -> bool:
    return any(isinstance(content.get(key), list | dict) for key in _TRANSCRIPT_KEYS)
