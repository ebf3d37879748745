from __future__ import annotations

import pytest

from qa_scorer.errors import ModelError
from qa_scorer.language import is_punctuated, load_nlp, plain, read
from qa_scorer.settings import Settings
from tests.build import transcript


def clauses(text: str) -> list[str]:
    call = read(transcript(f"A: {text}"), Settings())
    return [" ".join(clause.words) for clause in call.turns[0].clauses]


def test_stage_directions_are_blanked_in_place() -> None:
    text = "One moment. [checks the account] 00:01:20 Juan, I’m back (short pause)."
    assert len(plain(text)) == len(text)
    assert plain(text).split() == ["One", "moment.", "Juan,", "I'm", "back", "."]


def test_a_call_without_marks_is_known() -> None:
    assert is_punctuated(["Hello, how may I help you today?", "Yes."])
    assert not is_punctuated(["hello how may i help you today", "i need a new card please thank you"])


def test_a_missing_model_names_the_command_that_mends_it(tmp_path: object) -> None:
    with pytest.raises(ModelError, match="qa-scorer models pull"):
        load_nlp("en", tmp_path)  # type: ignore[arg-type]  # an empty folder


@pytest.mark.e2e
class TestReading:
    def test_written_and_recognized_speech_read_alike(self) -> None:
        written = clauses("I'm, uh, sorry to hear that. Can you tell me what happened?")
        heard = clauses("im sorry to hear that can you tell me what happened")
        assert written == heard == ["i am sorry to hear that", "can you tell me what happened"]

    def test_a_courtesy_stands_by_itself(self) -> None:
        assert clauses("Absolutely, what's your number?") == ["absolutely", "what is your number"]

    def test_questions_are_known_without_their_mark(self) -> None:
        call = read(transcript("A: okay when did it start and i will check it"), Settings())
        asked = {" ".join(clause.words): clause.question for clause in call.turns[0].clauses}
        assert asked == {"okay": False, "when did it start": True, "and i will check it": False}

    def test_a_quote_is_what_was_said(self) -> None:
        call = read(transcript("A: Well, I’m so sorry about that — really."), Settings())
        assert any("I'm so sorry about that" in clause.text for clause in call.turns[0].clauses)

    def test_places_point_into_the_turn(self) -> None:
        text = "Hello there, my name is Ana."
        clause = read(transcript(f"A: {text}"), Settings()).turns[0].clauses[-1]
        assert [text[a:b].lower() for a, b in zip(clause.starts, clause.ends, strict=True)][-1] == "ana"
