import numpy as np

from qa_scorer.records import Span
from qa_scorer.speech.doubts import doubtful, missing, second_choice, sparse
from qa_scorer.speech.windows import Window
from tests.speech.said import passage

FRAME_S = 0.032
VOICE = np.full(625, 0.9, dtype=np.float32)  # 20 s


def test_loops_and_low_probabilities_are_doubtful() -> None:
    assert doubtful(passage("and then " * 40))
    assert doubtful(passage("something mumbled", log_p=-1.4))
    assert not doubtful(passage("Thank you for calling, how can I help you today?"))


def test_far_less_text_than_speech_is_sparse() -> None:
    window = Window(pieces=(Span(start=0.0, end=18.0),))
    assert sparse(passage("I guess it should"), window, VOICE, FRAME_S)
    assert not sparse(passage(" ".join(["word"] * 40)), window, VOICE, FRAME_S)
    assert not sparse(passage("Yes."), window, np.zeros(625, dtype=np.float32), FRAME_S)


def test_voice_without_words_is_missing_text() -> None:
    gaps = missing([passage("one two three four five"), passage("nine ten", start=18.0)], VOICE, FRAME_S, 20.0)
    assert len(gaps) == 1
    assert 1.5 < gaps[0].start < 2.5
    assert 17.0 < gaps[0].end < 18.5


def test_nothing_is_missing_where_words_cover_the_voice() -> None:
    assert missing([passage(" ".join(["word"] * 50))], VOICE, FRAME_S, 20.0) == ()


def test_silence_is_not_missing_text() -> None:
    assert missing([], np.zeros(625, dtype=np.float32), FRAME_S, 20.0) == ()


def test_a_second_hearing_fills_only_the_gap() -> None:
    first = passage("one two three")
    again = passage("three four five", start=0.8)
    found = second_choice([first], again)
    assert [word.text for p in found for word in p.words] == ["one", "two", "three", "four", "five"]


def test_an_implausible_second_hearing_is_not_taken() -> None:
    first = passage("one two three")
    assert second_choice([first], passage("la la " * 40, start=5.0)) == [first]
    assert second_choice([first], passage("thanks", start=5.0, no_speech=0.95)) == [first]
