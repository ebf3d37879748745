from dataclasses import replace

import pytest

from qa_scorer.records import Word
from qa_scorer.speech.guard import Guarded, guard, plain
from tests.speech.said import passage

FRAME_S = 0.032
VOICE, SILENCE, FAINT = [0.95] * 1000, [0.02] * 1000, [0.32] * 1000


def kept(result: Guarded) -> str:
    return " ".join(word.text for word in result.words)


def test_what_was_said_stays() -> None:
    said = passage("Thank you for calling, how can I help you today?")
    result = guard([said], VOICE, FRAME_S)
    assert result.removed == 0
    assert kept(result) == said.text


def test_words_without_voice_go() -> None:
    result = guard([passage("Thank you for calling.")], SILENCE, FRAME_S)
    assert (result.words, result.removed) == ((), 4)


def number(text: str, start: float, end: float) -> Word:
    return Word(text=text, start=start, end=end, confidence=0.9)


def test_a_number_written_twice_in_no_time_stays_once() -> None:
    said = replace(passage("it is"), words=(number("312-555.", 1.0, 1.7), number("312-555-0142.", 2.4, 2.9)))
    result = guard([said], VOICE, FRAME_S)
    assert [(word.text, word.start, word.end) for word in result.words] == [("312-555-0142.", 1.0, 2.9)]
    assert result.removed == 1


def test_a_number_that_is_repeated_stays_twice() -> None:
    said = replace(passage("it is"), words=(number("312-555.", 1.0, 1.9), number("312-555-0142.", 2.4, 4.4)))
    assert kept(guard([said], VOICE, FRAME_S)) == "312-555. 312-555-0142."


def test_words_beyond_the_end_go() -> None:
    result = guard([passage("Goodbye now.", start=40.0)], VOICE, FRAME_S)
    assert (result.words, result.removed) == ((), 2)


def test_a_word_in_the_flow_may_lie_beside_its_voice() -> None:
    voice = VOICE[:40] + SILENCE[:30]  # 1.3 s of voice, then a second of silence
    assert kept(guard([passage("have a good evening")], voice, FRAME_S)) == "have a good evening"
    assert "goodbye" not in kept(guard([passage("have a good day we will be there and goodbye")], voice, FRAME_S))


@pytest.mark.parametrize(
    "phantom", ["Thanks for watching!", "Please subscribe", "Don't forget to subscribe.", "Subtitles by nobody"]
)
def test_phrases_of_videos_go_even_over_voice(phantom: str) -> None:
    result = guard([passage(f"Your order ships tomorrow. {phantom}")], VOICE, FRAME_S)
    assert kept(result).startswith("Your order ships tomorrow.")
    assert result.removed >= 2


def test_thanks_for_waiting_is_no_phantom() -> None:
    assert guard([passage("Thank you for waiting.")], VOICE, FRAME_S).removed == 0


@pytest.mark.parametrize("courtesy", ["Thank you.", "Bye.", "You", "Thank you very much."])
def test_a_lone_courtesy_needs_a_clear_voice(courtesy: str) -> None:
    assert guard([passage(courtesy)], FAINT, FRAME_S).words == ()
    assert guard([passage(courtesy)], VOICE, FRAME_S).removed == 0


def test_a_loop_is_cut_to_one_round() -> None:
    result = guard([passage("I will check that " * 6)], VOICE, FRAME_S)
    assert kept(result) == "I will check that"
    assert result.removed == 20


def test_repeating_oneself_twice_is_no_loop() -> None:
    assert guard([passage("No, no, no. I am sorry, I am sorry about that.")], VOICE, FRAME_S).removed == 0


def test_digits_may_repeat() -> None:
    assert guard([passage("zero 0 0 0 0 0 0 5 5 5 5 5 5")], VOICE, FRAME_S).removed == 0


def test_hints_read_back_as_a_list_go() -> None:
    hints = ("Acme", "Turbo Plan", "Dana")
    assert guard([passage("Acme, Turbo Plan, Dana")], VOICE, FRAME_S, hints).words == ()
    assert guard([passage("Acme, this is Dana, about the Turbo Plan")], VOICE, FRAME_S, hints).removed == 0


def test_unsure_words_over_near_silence_go() -> None:
    unsure = passage("mumbled words nobody", confidence=0.1)
    assert guard([unsure], FAINT, FRAME_S).words == ()
    assert guard([unsure], VOICE, FRAME_S).removed == 0


def test_words_come_back_in_order_of_time() -> None:
    result = guard([passage("second part", start=5.0), passage("first part", start=1.0)], VOICE, FRAME_S)
    assert kept(result) == "first part second part"


def test_plain_keeps_apostrophes() -> None:
    assert plain("Don’t, you KNOW?") == "don't you know"
