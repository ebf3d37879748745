"""Every reframe has a sentence that it answers, and none of the better sentences is itself one to avoid."""

from __future__ import annotations

import pytest

from qa_scorer.checks import CHECKS, analyse
from qa_scorer.language import read
from qa_scorer.packs import SignalPack, load_packs
from qa_scorer.records import Finding
from qa_scorer.settings import Settings
from tests.build import transcript

pytestmark = pytest.mark.e2e
SIGNALS = {s.name: s for pack in load_packs(tuple(c.name for c in CHECKS), "en") for s in pack.signals if s.reframe}
# What the customer says before: a request, so that phrases count which only answer one.
ASKED = "C: Can you do that for me please?"
# The n-th sentence of a signal is answered by its n-th reframe.
SAID = {
    "negative.refusal": (
        "We don't do weekends.",
        "We're closed.",
        "A manager won't tell you anything different.",
        "My supervisor isn't available.",
        "He's on leave.",
        "We don't deal with that.",
        "The fare is non-refundable.",
        "I'm afraid we can't accept returns on opened items.",
        "No refunds after thirty days.",
        "You won't get that money back.",
        "I can't give you that discount.",
        "I won't be able to waive the fee.",
        "We're fully booked.",
        "It's discontinued.",
        "There's no way to get it there sooner.",
        "I'm not able to give you that information.",
        "You're not eligible for that.",
        "We can't make exceptions.",
        "Your claim has been denied.",
        "You can't cancel over the phone.",
        "No, that can't be changed.",
        "We're not going to replace it.",
        "I can't do that, the system is slow.",
        "It's out of my hands.",
        "There is nothing I can do.",
    ),
    "negative.demand": (
        "You should have read the contract.",
        "You should have called before the due date.",
        "You should've kept the receipt.",
        "You must bring the original documents or we can't do anything.",
        "You were supposed to return it last week.",
        "You need to calm down and listen.",
        "You'll just have to wait like everyone else.",
        "You have to fill out the form again.",
        "You need to figure that out yourself.",
        "Go find your account number and then call back.",
        "You need to take that up with the manufacturer.",
        "You must pay first.",
        "That's your responsibility, not ours.",
        "Next time read the terms before you order.",
        "You need to be more careful.",
        "You need to go to the store.",
        "You need to check your own email.",
        "You just have to accept that.",
        "Make up your mind.",
    ),
    "negative.blame": (
        "You entered the wrong address.",
        "You gave us the wrong number.",
        "This company doesn't care about its customers.",
        "People never read and then they complain.",
        "You didn't read the terms.",
        "You didn't cancel in time, that's why you were charged.",
        "That's what happens when you don't pay on time.",
        "You're the one who signed the contract.",
        "You must have done something to it.",
        "That's not my problem.",
        "That's your fault, not ours.",
        "The drivers are useless.",
        "Shipping never gets it right.",
        "My colleague should never have told you that.",
        "Our system is terrible, honestly.",
        "They never tell us anything.",
        "They always get it wrong over there.",
        "That's because you left it out.",
    ),
    "negative.dismissive": (
        "Calm down.",
        "Are you even listening?",
        "I already told you that.",
        "Stop shouting at me.",
        "That's not a big deal.",
        "It's only ten dollars.",
        "I don't know what you want me to say.",
        "What do you expect me to do about it?",
        "You're not the only customer.",
        "I don't have all day.",
        "You're just going to have to live with it.",
        "Complain all you want.",
        "Good luck with that.",
        "I'm going to hang up.",
        "I don't see how that's my problem.",
        "That's just how it works.",
        "That's up to you.",
        "Just google it.",
        "Are we done?",
        "Fine, do what you want.",
        "You're making this harder than it has to be.",
    ),
    "negative.uncertain": (
        "I think so, but don't quote me on it.",
        "Hopefully someone will call you.",
        "They don't tell us that.",
        "I'm not sure when it will arrive.",
        "I have no idea why that happened.",
        "I don't know who handles that.",
        "Maybe they'll approve it, maybe not.",
        "I guess you could try.",
        "I believe it's included.",
        "I don't know what the fee is.",
        "Maybe it'll work, maybe it won't.",
        "We'll just have to wait and see.",
        "It depends.",
        "It could be the cable, it could be anything.",
        "It's hard to say.",
        "I'm not a hundred percent sure about that.",
        "I don't know.",
        "I really couldn't tell you.",
    ),
    "negative.policy": (
        "The system is locked for that.",
        "The system automatically charges it, there's nothing I can do.",
        "The system won't let me do that.",
        "I don't make the rules.",
        "Regulations don't permit me to share that.",
        "Only the account holder can do that.",
        "According to our policy, deposits can't be returned.",
        "It's in the terms and conditions you agreed to.",
        "My hands are tied, those are the rules.",
        "Corporate won't let us.",
        "I'm not allowed to do that.",
        "That's standard procedure.",
        "That's how our system works.",
        "Those are the rules for all customers.",
        "We're required to charge it.",
        "That's our policy.",
    ),
    "expectation.overpromise": (
        "They always approve.",
        "I promise it will be there tomorrow.",
        "You will definitely get approved.",
        "I guarantee you'll get your money back.",
        "I guarantee the price will never go up.",
        "You'll never have to call us again.",
        "This will never happen again.",
        "You'll never have an issue with it.",
        "There is no way this can fail.",
        "This is guaranteed to solve everything.",
        "I guarantee the engineer will come.",
        "You will absolutely love it.",
    ),
}


def findings(*sentences: str) -> tuple[Finding, ...]:
    lines = [line for sentence in sentences for line in (ASKED, f"A: {sentence}")]
    return analyse(read(transcript(*lines), Settings())).findings


def test_each_negative_signal_and_the_overpromise_has_reframes_and_a_sentence_for_each() -> None:
    avoided = {s for check in CHECKS for s in check.signals if s.startswith("negative.")} | {"expectation.overpromise"}
    assert set(SIGNALS) == avoided
    assert {name: len(said) for name, said in SAID.items()} == {name: len(s.reframe) for name, s in SIGNALS.items()}


@pytest.mark.parametrize("signal", SIGNALS.values(), ids=lambda signal: signal.name)
def test_what_was_said_is_answered_by_its_own_reframe(signal: SignalPack) -> None:
    said = SAID[signal.name]
    found = {f.turn: f.suggestion for f in findings(*said) if f.signal == signal.name}
    expected = {sentence: reframe.say for sentence, reframe in zip(said, signal.reframe, strict=True)}
    assert {sentence: found.get(2 * i + 1, "not heard") for i, sentence in enumerate(said)} == expected


@pytest.mark.parametrize("signal", SIGNALS.values(), ids=lambda signal: signal.name)
def test_a_better_sentence_is_none_to_avoid(signal: SignalPack) -> None:
    better = findings(signal.better, *(reframe.say for reframe in signal.reframe))
    assert not [(f.signal, f.quote, f.rule) for f in better if f.signal in SIGNALS]


def test_what_the_turn_is_about_counts_where_the_clause_says_nothing_of_it() -> None:
    (finding,) = [f for f in findings("No, that can't be changed.") if f.signal == "negative.refusal"]
    assert finding.suggestion.startswith("That part is fixed, and these parts I can change")


def test_the_general_sentence_is_said_where_no_reframe_fits() -> None:
    (finding,) = [f for f in findings("No sir.") if f.signal == "negative.refusal"]
    assert finding.suggestion == SIGNALS["negative.refusal"].better
