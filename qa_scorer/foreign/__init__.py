"""Transcripts made elsewhere, read into this tool's own record; the format is told from the content, not the name."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from qa_scorer.errors import CallError
from qa_scorer.foreign import amazon, captions, text, whisperx
from qa_scorer.foreign.draft import Draft, Unreadable, labelled_roles, turns_of
from qa_scorer.records import TRANSCRIPT_SCHEMA, CallInfo, Origin, Role, Separation, Transcript

_KNOWN = (
    "this tool's JSON, WhisperX, Amazon Transcribe or Call Analytics JSON, WebVTT, SRT, or lines that begin "
    "with 'Agent:' and 'Customer:'"
)

# An object, or a list of them; "[00:12] Agent: …" is text.
_JSON = re.compile(r"\s*(?:\{|\[\s*(?:\{|\]))")


def read_transcript(path: Path, info: CallInfo, roles: Mapping[str, Role] | None = None) -> Transcript:
    """Read a transcript of this tool or of another engine.

    ``roles`` maps the file's speaker labels to roles ("spk_0" → "agent") and comes before everything the labels say
    themselves; ``info`` comes before what the file says about the call. Word times the format does not give are
    ``None``, as are the facts: speech computes those from the turns. Raises ``CallError`` naming the file and place.
    """
    try:
        content = _decode(path.read_bytes())
    except OSError as error:
        raise CallError(f"{path}: cannot be read: {error.strerror}.") from error
    try:
        if _JSON.match(content):
            return _from_json(path, content, info, roles or {})
        draft = captions.read(content) if captions.is_captions(content) else text.read(content, info)
        return _transcript(path, draft, info, roles or {})
    except Unreadable as error:
        raise CallError(f"{path}: {error}") from error


def _from_json(path: Path, content: str, info: CallInfo, roles: Mapping[str, Role]) -> Transcript:
    try:
        value = json.loads(content)
    except json.JSONDecodeError as error:
        raise Unreadable(f"line {error.lineno}: not valid JSON ({error.msg}); export the transcript again.") from error
    if isinstance(value, dict):
        if isinstance(value.get("turns"), list):
            return _own(value, info, roles)
        for reader in (amazon.read_call_analytics, amazon.read_transcribe, whisperx.read):
            if (draft := reader(value)) is not None:
                return _transcript(path, draft, info, roles)
    raise Unreadable(f"not a transcript this tool knows; it reads {_KNOWN}.")


def _transcript(path: Path, draft: Draft, info: CallInfo, roles: Mapping[str, Role]) -> Transcript:
    labels = list(dict.fromkeys(segment.speaker for segment in draft.segments))
    if not any(segment.text for segment in draft.segments):
        raise Unreadable("the transcript holds no words.")
    by_label = labelled_roles(labels, info, roles)
    separation: Separation = draft.separation if len(labels) > 1 else "single"
    known = {"agent", "customer"} <= set(by_label.values())
    return Transcript(
        call=info,
        origin=Origin(engine=draft.engine, version=draft.version),
        language=info.language or draft.language,
        separation=separation,
        role_confidence=1.0 if known else None,
        turns=turns_of(draft.segments, by_label),
    )


def _own(value: dict[str, Any], info: CallInfo, roles: Mapping[str, Role]) -> Transcript:
    from pydantic import ValidationError

    schema = value.get("schema")
    if isinstance(schema, int) and schema > TRANSCRIPT_SCHEMA:
        raise Unreadable(
            f"written by a newer version of this tool (schema {schema}, this one knows {TRANSCRIPT_SCHEMA}); update it."
        )
    try:
        transcript: Transcript = _adapter().validate_python(value, strict=False)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Unreadable(f"{where}: {first['msg'].lower()}; it is not the transcript JSON this tool writes.") from error
    mapping = {label.casefold(): role for label, role in roles.items()}
    turns = tuple(
        dataclasses.replace(turn, role=mapping.get(turn.speaker.casefold(), turn.role)) for turn in transcript.turns
    )
    return dataclasses.replace(transcript, turns=turns, call=_merged(transcript.call, info))


def _merged(said: CallInfo, info: CallInfo) -> CallInfo:
    """Return what is known about the call, ``info`` before what the file says."""
    values = {
        field.name: getattr(info, field.name) or getattr(said, field.name)
        for field in dataclasses.fields(CallInfo)
        if field.name not in ("agent_channel", "extra")
    }
    channel = info.agent_channel if info.agent_channel is not None else said.agent_channel
    return CallInfo(**values, agent_channel=channel, extra={**said.extra, **info.extra})


@cache
def _adapter() -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(Transcript)


def _decode(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")
