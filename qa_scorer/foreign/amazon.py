"""Amazon Transcribe (speaker or channel labels) and Call Analytics, as their batch jobs write them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from qa_scorer.foreign.draft import Draft, Segment, Unreadable, by_time, seconds, segment_of, share
from qa_scorer.records import Word

_PUNCTUATION = ".,?!;:…"


def read_transcribe(value: dict[str, Any]) -> Draft | None:
    """Read Amazon Transcribe's ``results``; ``None`` when it is something else."""
    results = value.get("results")
    if not isinstance(results, dict):
        return None
    if not isinstance(results.get("items"), list):
        raise Unreadable("results.items is missing; the job did not complete, or the file was cut short.")
    language = str(results.get("language_code") or "").split("-")[0] or None
    channels = results.get("channel_labels", {}).get("channels")
    if channels:
        words = {
            str(channel.get("channel_label")): _words(channel.get("items", []), f"results.channel_labels[{index}]")
            for index, channel in enumerate(channels)
        }
        spoken = {label: [word for _, word in said] for label, said in words.items()}
        return Draft(engine="amazon_transcribe", segments=by_time(spoken), language=language, separation="channels")
    times = _speakers_by_time(results.get("speaker_labels"))
    segments: list[Segment] = []
    group: list[Word] = []
    speaker = ""
    for label, word in _words(results["items"], "results.items"):
        now = label or times.get(word.start) or speaker or "speaker"
        if group and now != speaker:
            segments.append(segment_of(speaker, group))
            group = []
        speaker = now
        group.append(word)
    if group:
        segments.append(segment_of(speaker, group))
    return Draft(engine="amazon_transcribe", segments=tuple(segments), language=language)


def read_call_analytics(value: dict[str, Any]) -> Draft | None:
    """Read Call Analytics' ``Transcript``; ``None`` when it is something else."""
    turns = value.get("Transcript")
    if not isinstance(turns, list):
        return None
    segments = []
    for index, turn in enumerate(turns):
        where = f"Transcript[{index}]"
        if not isinstance(turn, dict) or not isinstance(turn.get("Content"), str):
            raise Unreadable(f"{where}: a turn needs a 'Content'; export the transcript again.")
        words: list[Word] = []
        for place, item in enumerate(turn.get("Items") or []):
            content = str(item.get("Content") or "")
            start, end = (
                _from_ms(item.get(f"{edge}OffsetMillis"), f"{where}.Items[{place}]") for edge in ("Begin", "End")
            )
            word = Word(text=content, start=start, end=end, confidence=share(item.get("Confidence")))
            _append(words, word, content in _PUNCTUATION)
        text = " ".join(turn["Content"].split())
        segments.append(
            Segment(
                speaker=str(turn.get("ParticipantRole") or turn.get("ParticipantId") or "speaker"),
                text=text,
                start=_from_ms(turn.get("BeginOffsetMillis"), where),
                end=_from_ms(turn.get("EndOffsetMillis"), where),
                words=tuple(words),
            )
        )
    segments.sort(key=lambda segment: segment.start or 0.0)
    language = str(value.get("LanguageCode") or "").split("-")[0] or None
    return Draft(engine="amazon_call_analytics", segments=tuple(segments), language=language, separation="channels")


def _words(items: Iterable[Any], where: str) -> list[tuple[str, Word]]:
    """Return each word with its speaker label, punctuation put at the end of the word before it."""
    words: list[Word] = []
    labels: list[str] = []
    for index, item in enumerate(items):
        alternatives = item.get("alternatives") if isinstance(item, dict) else None
        if not alternatives or "content" not in alternatives[0]:
            raise Unreadable(f"{where}[{index}]: an item needs 'alternatives' with 'content'.")
        place = f"{where}[{index}]"
        word = Word(
            text=str(alternatives[0]["content"]),
            start=seconds(item.get("start_time"), place),
            end=seconds(item.get("end_time"), place),
            confidence=share(alternatives[0].get("confidence")),
        )
        if _append(words, word, item.get("type") == "punctuation"):
            labels.append(str(item.get("speaker_label") or ""))
    return list(zip(labels, words, strict=True))


def _append(words: list[Word], word: Word, punctuation: bool) -> bool:
    """Add a word, or put punctuation behind the last one; return whether a word was added."""
    if punctuation and words:
        words[-1] = replace(words[-1], text=words[-1].text + word.text)
        return False
    if not word.text or punctuation:
        return False
    words.append(word)
    return True


def _speakers_by_time(labels: Any) -> dict[float | None, str]:
    """Return who speaks at each word's start: older jobs label times in ``speaker_labels`` and not the words."""
    found: dict[float | None, str] = defaultdict(str)
    for segment in (labels or {}).get("segments", []):
        for item in segment.get("items", []):
            found[seconds(item.get("start_time"), "results.speaker_labels")] = str(item.get("speaker_label") or "")
    return found


def _from_ms(value: object, where: str) -> float | None:
    number = seconds(value, where)
    return None if number is None else round(number / 1000, 3)
