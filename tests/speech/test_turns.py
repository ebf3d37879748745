from collections.abc import Mapping, Sequence

from qa_scorer.records import Word
from qa_scorer.speech.turns import text, utterances
from tests.speech.said import words


def read(said: Mapping[str, Sequence[Word]]) -> list[tuple[str, str]]:
    return [(u.speaker, " ".join(word.text for word in u.words)) for u in utterances(said)]


def test_turns_alternate_by_time() -> None:
    said = {
        "left": words("How can I help?", 0.0) + words("Of course.", 5.0),
        "right": words("My card is lost.", 2.5),
    }
    assert read(said) == [("left", "How can I help?"), ("right", "My card is lost."), ("left", "Of course.")]


def test_a_backchannel_is_a_turn_and_splits_none() -> None:
    said = {
        "left": words("so I have looked at your account and found the two charges", 0.0),
        "right": words("mm-hmm", 2.1),
    }
    assert read(said) == [
        ("left", "so I have looked at your account and found the two charges"),
        ("right", "mm-hmm"),
    ]


def test_an_answer_between_two_questions_splits_them() -> None:
    said = {
        "left": words("Is it the router?", 0.0) + words("Is it plugged in?", 2.6),
        "right": words("Yes.", 1.9),
    }
    assert [speaker for speaker, _ in read(said)] == ["left", "right", "left"]


def test_a_long_pause_ends_a_turn() -> None:
    assert read({"left": words("Let me check.", 0.0) + words("Here it is.", 9.0)}) == [
        ("left", "Let me check."),
        ("left", "Here it is."),
    ]


def test_every_word_is_in_one_turn() -> None:
    said = {"left": words("a b c d e f g h", 0.0), "right": words("i j k l m n", 1.0)}
    assert sum(len(u.words) for u in utterances(said)) == 14


def test_languages_without_spaces() -> None:
    assert text(words("你 好"), "zh") == "你好"
    assert text(words("good day"), "en") == "good day"
