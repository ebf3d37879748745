"""Gates: which recordings are no call to score. A gated call is not scored, never 0."""

from __future__ import annotations

import re
from itertools import pairwise

from qa_scorer.records import Transcript
from qa_scorer.rubric import Rubric
from qa_scorer.scoring.evidence import duration_s

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
MAX_VOICEMAIL_EXCHANGES = 6
"""A machine does not answer back: with more changes of speaker the phrase was only talked about."""


def gate(transcript: Transcript, rubric: Rubric) -> str | None:
    """Return why the call is not scored, or ``None`` when it is.

    The reason begins with a fixed word: "voicemail", "too short", "one side only", "language", "recognition confidence"
    or "roles", then a colon and a sentence.
    """
    checks = (_voicemail, _too_short, _one_side_only, _language, _recognition_confidence, _roles)
    return next((reason for check in checks if (reason := check(transcript, rubric))), None)


def _voicemail(transcript: Transcript, rubric: Rubric) -> str | None:
    turns = transcript.turns
    exchanges = sum(before.speaker != after.speaker for before, after in pairwise(turns))
    if exchanges > MAX_VOICEMAIL_EXCHANGES:
        return None
    speakers = dict.fromkeys(turn.speaker for turn in turns)
    texts = [" ".join(turn.text for turn in turns if turn.speaker == speaker) for speaker in speakers]
    texts.append(" ".join(turn.text for turn in turns))  # a machine's sentence may be split over two speakers
    spoken = [f" {_normal(text)} " for text in texts]
    for phrase in rubric.gates.voicemail:
        if any(f" {_normal(phrase)} " in text for text in spoken):
            return f'voicemail: an answering machine took the call ("{phrase}").'
    return None


def _too_short(transcript: Transcript, rubric: Rubric) -> str | None:
    duration, least = duration_s(transcript), rubric.gates.min_duration_s
    if duration is None or duration >= least:
        return None
    return f"too short: the recording lasts {duration:.0f} s; calls under {least:g} s are not scored."


def _one_side_only(transcript: Transcript, rubric: Rubric) -> str | None:
    if not rubric.gates.both_sides_heard:
        return None
    words: dict[str, int] = {}
    for turn in transcript.turns:
        # Until roles are known, a side is a speaker.
        side = turn.speaker if turn.role == "unknown" else turn.role
        words[side] = words.get(side, 0) + len(turn.text.split())
    heard = [side for side, count in words.items() if count >= rubric.gates.min_words_each_side]
    if not heard:
        return "one side only: no words were heard on either side."
    if len(heard) >= 2:
        return None
    whom = f"the {heard[0]}" if heard[0] in ("agent", "customer") else "one speaker"
    return f"one side only: only {whom} was heard."


def _language(transcript: Transcript, rubric: Rubric) -> str | None:
    spoken = (transcript.language or "").replace("_", "-").partition("-")[0].lower()
    if not spoken or spoken in rubric.languages:
        return None
    return f"language: the call is in '{spoken}'; this rubric judges {', '.join(rubric.languages)}."


def _recognition_confidence(transcript: Transcript, rubric: Rubric) -> str | None:
    known = [word.confidence for turn in transcript.turns for word in turn.words if word.confidence is not None]
    least = rubric.gates.min_recognition_confidence
    if not known or sum(known) / len(known) >= least:
        return None
    mean = sum(known) / len(known)
    return f"recognition confidence: the words were recognized with {mean:.2f} on average; {least:.2f} is needed."


def _roles(transcript: Transcript, rubric: Rubric) -> str | None:
    if any(turn.role == "agent" for turn in transcript.turns):
        return None
    sure = transcript.role_confidence
    how = f" ({sure:.2f} sure)" if sure is not None else ""
    return f"roles: it is not certain who is the agent{how}, so nothing that was said can be credited to anyone."


def _normal(text: str) -> str:
    return " ".join(_WORD.findall(text.lower().replace("’", "'")))
