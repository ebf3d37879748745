"""Putting tags in the place of personal data, in a turn's text and in its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qa_scorer.records import Turn, Word
from qa_scorer.redact.lines import Entity


def tag(kind: str) -> str:
    """Return what stands in the text instead of personal data of a kind: ``[CARD]``."""
    return f"[{kind.upper()}]"


def merged(entities: Sequence[Entity], text: str) -> list[Entity]:
    """Return the entities of one line in order, overlapping ones and neighbours of one kind made one."""
    result: list[Entity] = []
    for entity in sorted(entities, key=lambda entity: (entity.start, -entity.end)):
        last = result[-1] if result else None
        touches = last is not None and entity.start < last.end
        follows = last is not None and last.kind == entity.kind and not text[last.end : entity.start].strip(" ,.-/()+")
        if last is not None and (touches or follows):
            result[-1] = replace(last, end=max(last.end, entity.end))
        else:
            result.append(entity)
    return result


def replaced(text: str, entities: Sequence[Entity]) -> str:
    """Return a text with a tag for each entity; ``entities`` are in order and do not overlap."""
    pieces: list[str] = []
    position = 0
    for entity in entities:
        pieces += [text[position : entity.start], tag(entity.kind)]
        position = entity.end
    return "".join([*pieces, text[position:]])


def word_places(turn: Turn) -> tuple[tuple[int, int], ...] | None:
    """Return where each word stands in the turn's text, or ``None`` when text and words do not say the same."""
    if not turn.words:
        return ()
    places: list[tuple[int, int]] = []
    position = 0
    for word in turn.words:
        text = word.text.strip()
        start = turn.text.find(text, position)
        if start < 0 or turn.text[position:start].strip():
            return None
        position = start + len(text)
        places.append((start, position))
    return None if turn.text[position:].strip() else tuple(places)


def rewritten_words(
    words: Sequence[Word], places: Sequence[tuple[int, int]], entities: Sequence[Entity]
) -> tuple[Word, ...]:
    """Return the words with every entity made one word that carries its tag and lasts from its first to its last word.

    What touches personal data inside one word (a bracket, a full stop) stays around the tag.
    """
    result: list[Word] = []
    open_until = -1  # the end of an entity that has begun in an earlier word
    for word, (start, end) in zip(words, places, strict=True):
        text, position = "", start
        for entity in entities:
            if entity.end <= start or entity.start >= end:
                continue
            text += _slice(word.text.strip(), start, position, max(entity.start, start))
            text += tag(entity.kind) if entity.start >= start else ""
            position = min(entity.end, end)
        text += _slice(word.text.strip(), start, position, end)
        if start < open_until and result:
            # An entity goes on from the word before: both become one.
            last = result[-1]
            result[-1] = replace(last, text=last.text + text, end=word.end, confidence=_lower(last, word))
        else:
            result.append(word if text == word.text.strip() else replace(word, text=text))
        open_until = max([entity.end for entity in entities if entity.start < end < entity.end], default=-1)
    return tuple(result)


def _slice(text: str, origin: int, start: int, end: int) -> str:
    return text[max(0, start - origin) : max(0, end - origin)]


def _lower(first: Word, second: Word) -> float | None:
    known = [word.confidence for word in (first, second) if word.confidence is not None]
    return min(known) if known else None
