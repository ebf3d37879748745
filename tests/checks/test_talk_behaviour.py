"""Talk behaviour, played: the pack's examples are scenes with times, and nothing is guessed where there are none."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from qa_scorer.checks import analyse
from qa_scorer.dialogues import labels
from qa_scorer.language import read
from qa_scorer.packs import load_packs
from qa_scorer.records import Facts, Finding, Separation, Transcript, Turn
from qa_scorer.settings import Settings
from qa_scorer.speech.facts import conversation_facts
from tests import build

pytestmark = pytest.mark.e2e
SIGNALS = load_packs(("talk_behaviour",), "en")[0].signals
LINE = re.compile(r"(?P<who>[ACOU])(?: \((?P<lasts>\d+) s\))?(?: (?P<pause>[+-]\d+(?:\.\d+)?))?: (?P<text>.+)")


def play(scene: str, separation: Separation = "channels", *, words: bool = True) -> Transcript:
    """Build the call that a scene describes, with its facts; ``words=False`` keeps only the times of turns."""
    turns: list[Turn] = []
    for line in scene.split(" / "):
        match = LINE.fullmatch(line)
        assert match, line
        start = (turns[-1].end or 0.0) + float(match["pause"] or 0.5) if turns else 0.0
        turn = build.turn(match["who"], match["text"], start=start)
        if match["lasts"]:
            pace = float(match["lasts"]) / ((turn.end or 0.0) - start)
            turn = replace(
                turn,
                end=start + float(match["lasts"]),
                words=tuple(
                    replace(w, start=start + (w.start - start) * pace, end=start + (w.end - start) * pace)
                    for w in turn.words
                    if w.start is not None and w.end is not None
                ),
            )
        turns.append(turn if words else replace(turn, words=()))
    facts = conversation_facts(turns, max(turn.end or 0.0 for turn in turns) + 1)
    call = build.transcript(facts=facts, separation=separation)
    return replace(call, turns=tuple(turns))


def measured(call: Transcript) -> list[Finding]:
    return [finding for finding in analyse(read(call, Settings())).findings if finding.how == "metric"]


@pytest.mark.parametrize("words", [True, False], ids=["words have times", "only turns have times"])
@pytest.mark.parametrize(
    ("signal", "scene"), [(s.name, scene) for s in SIGNALS for scene in s.examples], ids=lambda text: text[:40]
)
def test_an_example_is_found(signal: str, scene: str, words: bool) -> None:
    (finding,) = measured(play(scene, words=words))
    assert (finding.signal, finding.verdict, finding.role) == (signal, "violation", "agent")
    assert finding.suggestion
    assert finding.start is not None
    assert finding.end is not None
    assert finding.start < finding.end


@pytest.mark.parametrize("words", [True, False], ids=["words have times", "only turns have times"])
@pytest.mark.parametrize("scene", [scene for s in SIGNALS for scene in s.counter])
def test_a_near_miss_is_not_found(scene: str, words: bool) -> None:
    assert not measured(play(scene, words=words))


def test_a_finding_says_where_what_and_by_which_measure() -> None:
    (finding,) = measured(play("C: One two three four five six seven eight / A -1.5: Okay what is your number"))
    assert (finding.start, finding.end, finding.turn) == (pytest.approx(0.9), pytest.approx(2.4), 1)
    assert finding.quote == "Okay what is your number"
    assert finding.rule == "talks over the customer for 1.5 s; more than 1 s counts"


def test_an_interruption_is_quoted_from_where_it_began() -> None:
    scene = "A: Good. / C: One two three four five six seven eight nine / A -1.5: Okay what is your number then please"
    (finding,) = measured(play(scene))
    assert finding.quote == "Okay what is your number then please"


def test_an_interruption_in_one_channel_is_less_sure() -> None:
    scene = SIGNALS[0].examples[0]
    assert measured(play(scene))[0].confidence > 0.9
    assert measured(play(scene, "diarization"))[0].confidence < 0.7


def test_a_silence_the_customer_breaks_quotes_nobody() -> None:
    (finding,) = measured(play("C: There was a letter. / C +13: Hello, are you there?"))
    assert (finding.quote, finding.turn) == ("", 1)
    assert "the customer had to speak again" in finding.rule


def test_music_and_the_quiet_ends_of_a_recording_are_no_dead_air() -> None:
    call = play("C: My number is four. / A +12: Thank you.")
    silence = call.facts.silences[0]
    for facts in (
        replace(call.facts, silences=(), holds=(replace(silence, kind="music"),)),
        replace(call.facts, silences=(replace(silence, start=100.0, end=120.0),)),
    ):
        assert not measured(replace(call, facts=facts))


def test_who_is_not_known_is_not_judged() -> None:
    assert not measured(play("U: My number is four. / U +12: Thank you."))
    assert not measured(play("O: One two three four five six seven eight / A -1.5: Okay what is your number"))


def test_nothing_is_found_without_facts_or_in_text() -> None:
    call = play(SIGNALS[0].examples[0])
    assert not measured(replace(call, facts=Facts()))
    text = build.transcript("C: My number is four.", "A: Thank you.", timed=False)
    assert not [name for names in labels(analyse(read(text, Settings()))).values() for name in names if "talk" in name]


def test_a_monologue_whose_turns_are_not_found_is_left_out() -> None:
    call = play("A (40 s): Let me go through the contract with you.")
    assert not measured(replace(call, facts=replace(call.facts, longest_agent_monologue_s=90.0)))
