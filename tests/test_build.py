from tests.build import dialogue, transcript


def test_words_follow_each_other_and_pauses_are_kept() -> None:
    built = transcript("A: Hello there", "C +4: It broke again", "A -0.5: Oh no")
    assert [turn.role for turn in built.turns] == ["agent", "customer", "agent"]
    assert (built.turns[0].start, built.turns[0].end) == (0.5, 1.1)
    assert built.turns[1].start == 5.1
    assert built.turns[2].start == 5.5
    assert [word.text for word in built.turns[1].words] == ["It", "broke", "again"]
    assert built.turns[1].words[-1].end == built.turns[1].end


def test_untimed_and_block_forms() -> None:
    built = dialogue(
        """
        A: Hello,
           how can I help?
        C: My line is down.
        """,
        timed=False,
        agent_name="Maya",
    )
    assert [turn.text for turn in built.turns] == ["Hello, how can I help?", "My line is down."]
    assert built.turns[0].start is None
    assert not built.turns[0].words
    assert built.call.agent_name == "Maya"
