"""WhisperX JSON (and Whisper's own, which is the same without speakers): ``segments`` with ``words``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from qa_scorer.foreign.draft import Draft, Segment, Unreadable, seconds, segment_of, share
from qa_scorer.records import Word

NO_SPEAKER = "speaker"


def read(value: dict[str, Any]) -> Draft | None:
    """Read WhisperX's output; ``None`` when it is something else.

    A word that has a speaker of its own goes to that speaker, whatever the segment says.
    """
    segments = value.get("segments")
    if not isinstance(segments, list):
        return None
    parts: list[Segment] = []
    for index, segment in enumerate(segments):
        where = f"segments[{index}]"
        if not isinstance(segment, dict) or not isinstance(segment.get("text"), str):
            raise Unreadable(f"{where}: a segment needs a 'text'; export the transcript again.")
        parts += _parts(segment, where)
    language = value.get("language")
    return Draft(engine="whisperx", segments=tuple(parts), language=str(language) if language else None)


def _parts(segment: dict[str, Any], where: str) -> Iterator[Segment]:
    speaker = str(segment.get("speaker") or NO_SPEAKER)
    whole = Segment(
        speaker=speaker,
        text=" ".join(segment["text"].split()),
        start=seconds(segment.get("start"), where),
        end=seconds(segment.get("end"), where),
    )
    words = segment.get("words") or []
    spoken: list[tuple[str, Word]] = []
    for index, word in enumerate(words):
        if not isinstance(word, dict) or not isinstance(word.get("word"), str):
            raise Unreadable(f"{where}.words[{index}]: a word needs a 'word'; export the transcript again.")
        if text := word["word"].strip():
            place = f"{where}.words[{index}]"
            times = seconds(word.get("start"), place), seconds(word.get("end"), place)
            confidence = share(word.get("score", word.get("probability")))
            made = Word(text=text, start=times[0], end=times[1], confidence=confidence)
            spoken.append((str(word.get("speaker") or speaker), made))
    if not spoken:
        yield whole
        return
    if len({label for label, _ in spoken}) == 1:
        said = [word for _, word in spoken]
        same = "".join(word.text for word in said) == "".join(whole.text.split())
        part = segment_of(spoken[0][0], said, whole.text if same else None)
        yield Segment(
            speaker=part.speaker,
            text=part.text,
            start=whole.start if whole.start is not None else part.start,
            end=whole.end if whole.end is not None else part.end,
            words=part.words,
        )
        return
    group: list[Word] = []
    for index, (label, word) in enumerate(spoken):
        group.append(word)
        if index + 1 == len(spoken) or spoken[index + 1][0] != label:
            yield segment_of(label, group)
            group = []
