"""Another engine's transcript made our own: roles found from the words, facts where there are times."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from pathlib import Path

from qa_scorer.foreign import read_transcript
from qa_scorer.records import CallInfo, Facts, Transcript
from qa_scorer.settings import Settings


def adopt(path: Path, info: CallInfo, settings: Settings) -> Transcript:
    """Read a transcript and give it what it lacks; nothing is redacted yet. Raises ``CallError``."""
    return _with_facts(_with_roles(read_transcript(path, info, settings.roles), settings))


def _with_roles(transcript: Transcript, settings: Settings) -> Transcript:
    from qa_scorer.speech.roles import assign_roles

    if not transcript.turns or any(turn.role != "unknown" for turn in transcript.turns):
        return transcript
    said: dict[str, list[str]] = defaultdict(list)
    for turn in transcript.turns:
        said[turn.speaker].append(turn.text)
    roles = assign_roles(said, transcript.call, settings.brand, settings.role_threshold)
    turns = tuple(replace(turn, role=roles.of[turn.speaker]) for turn in transcript.turns)
    return replace(transcript, turns=turns, role_confidence=roles.confidence)


def _with_facts(transcript: Transcript) -> Transcript:
    from qa_scorer.speech.facts import conversation_facts

    if transcript.facts != Facts():
        return transcript
    last = max((turn.end or 0.0 for turn in transcript.turns), default=0.0)
    duration = transcript.audio.duration if transcript.audio else last
    return replace(transcript, facts=conversation_facts(transcript.turns, duration))
