from dataclasses import replace

import pytest

from qa_scorer.records import Removed, Word
from qa_scorer.redact import redact, redact_metadata
from qa_scorer.redact.sequences import passes_luhn
from qa_scorer.settings import Settings
from tests.build import transcript


@pytest.fixture(autouse=True)
def without_presidio(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the second net, which needs a model; tests/e2e has it."""
    monkeypatch.setattr("qa_scorer.redact.presidio_entities", lambda *_: [])


def test_an_entity_becomes_one_word_that_lasts_as_long() -> None:
    before = transcript("C: My card number is 4532 0151 1283 0366, okay?")
    after = redact(before, Settings())
    words = after.turns[0].words
    assert after.turns[0].text == "My card number is [CARD], okay?"
    assert [word.text for word in words] == ["My", "card", "number", "is", "[CARD],", "okay?"]
    assert (words[4].start, words[4].end) == (before.turns[0].words[4].start, before.turns[0].words[7].end)
    assert words[4].confidence == 0.95
    assert (words[3], words[5]) == (before.turns[0].words[3], before.turns[0].words[8])
    assert after.removed.pii == {"card": 1}


def test_brackets_inside_one_word_stay_around_the_tag() -> None:
    turn = redact(transcript("C: it's (john@example.com)."), Settings()).turns[0]
    assert turn.text == "it's ([EMAIL])."
    assert [word.text for word in turn.words] == ["it's", "([EMAIL])."]


def test_words_that_are_not_the_text_are_searched_by_themselves() -> None:
    before = transcript("C: My phone number is 555-014-2297.")
    spoken = ["my", "phone", "number", "is", "five", "five", "five", "oh", "one", "four", "two", "two", "nine", "seven"]
    words = tuple(Word(text=text, start=index * 0.3, end=index * 0.3 + 0.3) for index, text in enumerate(spoken))
    after = redact(replace(before, turns=(replace(before.turns[0], words=words),)), Settings())
    assert after.turns[0].text == "My phone number is [PHONE]."
    assert [word.text for word in after.turns[0].words] == ["my", "phone", "number", "is", "[PHONE]"]
    assert after.turns[0].words[-1].end == words[-1].end


def test_nothing_is_done_twice_and_counts_add_up() -> None:
    before = transcript(
        "A: Card number and email, please?",
        "C: 4532 0151 1283 0366, and john dot smith at example dot com.",
        "A: So john dot smith at example dot com?",
    )
    once = redact(before, Settings())
    assert once.removed.pii == {"card": 1, "email": 2}
    assert redact(once, Settings()) == once
    counted = redact(replace(before, removed=Removed(hallucinated_words=3, pii={"card": 2})), Settings())
    assert counted.removed == Removed(hallucinated_words=3, pii={"card": 3, "email": 2})


def test_turns_without_words_and_times() -> None:
    after = redact(transcript("C: I was born on March 3rd 1985.", timed=False), Settings())
    assert after.turns[0].text == "I was born on [DATE_OF_BIRTH]."
    assert after.turns[0].words == ()


def test_redaction_can_be_switched_off() -> None:
    before = transcript("C: 4532 0151 1283 0366")
    assert redact(before, Settings(redact=False)) is before


def test_columns_the_tool_does_not_know_are_redacted_by_name_and_value() -> None:
    extra = {
        "customer_phone": "5550142297",
        "contact": "john@example.com",
        "order_id": "4400129912",
        "campaign": "SPRING-24",
        "csat": "4",
        "original_call_id": "2024/5550142297",
    }
    before = transcript("A: Hello", customer_id="5550142297", extra=extra)
    after = redact(before, Settings())
    assert after.call.extra == extra | {"customer_phone": "[PHONE]", "contact": "[EMAIL]"}
    assert after.call.customer_id == "5550142297"
    assert after.removed.pii == {"phone": 1, "email": 1}
    assert redact_metadata(before.call, Settings()) == after.call
    assert redact_metadata(before.call, Settings(redact=False)) is before.call


def test_the_agents_own_name_stays() -> None:
    before = transcript(
        "C: My name is Maya Lopez, like you!", "A: Maya Lopez here, as I said.", agent_name="Maya Lopez"
    )
    assert redact(before, Settings(redact_names=True)).turns == before.turns


@pytest.mark.parametrize(
    ("digits", "passes"), [("4532015112830366", True), ("4532015112830367", False), ("371449635398431", True)]
)
def test_check_digit(digits: str, passes: bool) -> None:
    assert passes_luhn(digits) is passes
