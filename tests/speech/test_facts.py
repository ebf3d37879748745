import pytest

from qa_scorer.records import Facts, Span, Turn
from qa_scorer.speech.facts import conversation_facts
from tests.speech.said import turn


def test_shares_pace_and_first_word() -> None:
    facts = conversation_facts([turn("agent", "one two three four five", 1.0), turn("customer", "six seven", 3.2)], 5.0)
    assert facts.agent_talk_share == pytest.approx(1.95 / 2.7, abs=0.01)
    assert facts.customer_talk_share == pytest.approx(0.75 / 2.7, abs=0.01)
    assert facts.agent_words_per_minute == pytest.approx(60 * 5 / 1.95, abs=1)
    assert facts.customer_words_per_minute is None, "under a second says nothing about pace"
    assert facts.first_agent_word_s == 1.0


def test_silence_is_longer_than_three_seconds() -> None:
    turns = [turn("agent", "Hello there.", 0.0), turn("customer", "Hi.", 2.5), turn("agent", "Yes?", 8.0)]
    facts = conversation_facts(turns, 8.5)
    assert [(s.start, s.end) for s in facts.silences] == [(2.85, 8.0)]
    assert facts.silence_s == pytest.approx(5.15)


def test_overtalk_names_who_broke_in() -> None:
    turns = [turn("agent", "a b c d e f g h i j", 0.0), turn("customer", "no no wait a minute please", 2.0)]
    facts = conversation_facts(turns, 5.0)
    assert [s.kind for s in facts.overtalk] == ["customer"]
    assert facts.overtalk_s == pytest.approx(1.95)
    assert (facts.interruptions_by_customer, facts.interruptions_by_agent) == (1, 0)


def test_a_backchannel_interrupts_nobody() -> None:
    turns = [turn("agent", "a b c d e f g h i j", 0.0), turn("customer", "mm-hmm okay", 2.0)]
    assert conversation_facts(turns, 5.0).interruptions_by_customer == 0


def test_an_announced_hold_is_no_silence() -> None:
    turns = [
        turn("agent", "May I put you on a brief hold?", 0.0),
        turn("customer", "Sure.", 3.0),
        turn("agent", "Thanks.", 20.0),
    ]
    facts = conversation_facts(turns, 21.0)
    assert [(h.kind, h.end) for h in facts.holds] == [("announced", 20.0)]
    assert facts.silences == ()


def test_music_is_a_hold_even_unannounced() -> None:
    turns = [turn("agent", "Well.", 0.0), turn("agent", "So.", 15.0)]
    assert conversation_facts(turns, 16.0).holds == ()
    found = conversation_facts(turns, 16.0, [Span(start=1.0, end=14.0)])
    assert [h.kind for h in found.holds] == ["music"]


def test_a_long_wait_is_a_hold() -> None:
    turns = [turn("agent", "Well.", 0.0), turn("agent", "So.", 40.0)]
    assert [h.kind for h in conversation_facts(turns, 41.0).holds] == ["silence"]


def test_the_quiet_end_of_a_recording_is_no_hold() -> None:
    assert conversation_facts([turn("agent", "Please hold.", 0.0)], 60.0).holds == ()


def test_the_longest_monologue_goes_on_over_backchannels() -> None:
    turns = [
        turn("agent", "a b c d e", 0.0),
        turn("customer", "mm-hmm", 2.0),
        turn("agent", "f g h i j", 2.5),
        turn("customer", "now I have something to say", 5.0),
        turn("agent", "k", 8.0),
    ]
    assert conversation_facts(turns, 9.0).longest_agent_monologue_s == pytest.approx(4.45)


def test_without_times_there_are_no_facts() -> None:
    assert conversation_facts([Turn(role="agent", speaker="Agent", text="Hello.")], 0.0) == Facts()
    assert conversation_facts([], 0.0) == Facts()


def test_unknown_roles_have_no_shares() -> None:
    facts = conversation_facts([turn("unknown", "one two three", 0.0)], 2.0)
    assert facts.agent_talk_share is None
    assert facts.interruptions_by_agent is None
