from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from qa_scorer.records import Word
from qa_scorer.speech.attribution import assign_words
from tests.speech.said import words

FRAME_S = 0.02


def likelihood(*parts: tuple[float, float]) -> NDArray[np.float32]:
    """Parts are (seconds, probability that speaker 0 talks)."""
    first = np.concatenate([np.full(round(seconds / FRAME_S), p) for seconds, p in parts])
    return np.stack([first, 1 - first], axis=1).astype(np.float32)


def read(given: Mapping[str, Sequence[Word]]) -> dict[str, str]:
    return {speaker: " ".join(word.text for word in said) for speaker, said in given.items()}


def test_words_follow_the_voice() -> None:
    said = words("How can I help?") + words("My card is lost.", 1.7)
    assert read(assign_words(said, likelihood((1.65, 0.95), (2, 0.05)), FRAME_S)) == {
        "speaker_0": "How can I help?",
        "speaker_1": "My card is lost.",
    }


def test_a_late_boundary_is_drawn_back_to_the_end_of_the_sentence() -> None:
    said = words("How can I help? My card is lost today.")
    # the voice seems to change in the middle of "My"
    given = assign_words(said, likelihood((1.85, 0.95), (3, 0.05)), FRAME_S)
    assert read(given)["speaker_1"] == "My card is lost today."


def test_one_doubtful_word_does_not_break_a_sentence() -> None:
    said = words("I would like to cancel it")
    given = assign_words(said, likelihood((0.8, 0.9), (0.2, 0.35), (3, 0.9)), FRAME_S)
    assert list(given) == ["speaker_0"]


def test_a_clear_backchannel_is_heard() -> None:
    said = [*words("so I looked."), Word(text="Okay.", start=1.5, end=2.0, confidence=0.9), *words("and found it", 2.4)]
    given = assign_words(said, likelihood((1.4, 0.97), (0.7, 0.03), (3, 0.97)), FRAME_S)
    assert read(given)["speaker_1"] == "Okay."


def test_one_speaker_has_every_word() -> None:
    assert list(assign_words(words("just me"), np.ones((100, 1), dtype=np.float32), FRAME_S)) == ["speaker_0"]


def test_no_words() -> None:
    assert assign_words((), np.ones((10, 2), dtype=np.float32), FRAME_S) == {}
