"""Builders: words with times, one every 0.4 s unless told otherwise."""

from qa_scorer.records import Role, Turn, Word
from qa_scorer.speech.passages import Passage


def words(text: str, start: float = 0.0, each: float = 0.4, confidence: float = 0.9) -> tuple[Word, ...]:
    return tuple(
        Word(
            text=word,
            start=round(start + i * each, 3),
            end=round(start + (i + 1) * each - 0.05, 3),
            confidence=confidence,
        )
        for i, word in enumerate(text.split())
    )


def passage(
    text: str, start: float = 0.0, *, log_p: float = -0.3, no_speech: float = 0.05, confidence: float = 0.9
) -> Passage:
    return Passage(words=words(text, start, confidence=confidence), mean_log_probability=log_p, no_speech=no_speech)


def turn(role: Role, text: str, start: float, each: float = 0.4) -> Turn:
    said = words(text, start, each)
    return Turn(role=role, speaker=role, start=said[0].start, end=said[-1].end, text=text, words=said)
