"""What context decides: position, what the customer just said, who is who, and how the call ended."""

from __future__ import annotations

import pytest

from qa_scorer.checks import analyse
from qa_scorer.language import read
from qa_scorer.records import Analysis, PhraseRule
from qa_scorer.settings import Settings
from tests.build import transcript

pytestmark = pytest.mark.e2e


def judged(*lines: str, **info: object) -> Analysis:
    return analyse(read(transcript(*lines, **info), Settings()))


def signals(*lines: str, turn: int = -1, **info: object) -> set[str]:
    last = turn if turn >= 0 else len(lines) - 1
    return {f.signal for f in judged(*lines, **info).findings if f.turn == last and f.role == "agent"}


def test_a_greeting_counts_in_the_opening_only() -> None:
    assert "greeting.salutation" in signals("A: Hello, Contoso, this is Ben.")
    assert "greeting.salutation" not in signals(
        "A: Hi.", "C: Hi.", "A: Yes?", "C: Well.", "A: Hm.", "C: So.", "A: Hello?"
    )


@pytest.mark.parametrize(
    "line",
    ["Skyway Airlines, confirmation code?", "Hiya, Homestead Sofas, Kelly speaking.", "Thanks for calling Dashway."],
)
def test_a_company_is_heard_however_it_is_named(line: str) -> None:
    assert "greeting.brand" in signals(f"A: {line}")


@pytest.mark.parametrize("line", ["Thank you for calling, how can I help?", "Good morning, this is Ben."])
def test_no_company_is_heard_where_none_is_named(line: str) -> None:
    assert "greeting.brand" not in signals(f"A: {line}")


class TestNames:
    INTRODUCED = ("A: Hello, this is Ben.", "C: Hi Ben, my name is Adam Smith.")

    @pytest.mark.parametrize(
        "line", ["Thank you, Adam.", "thank you adam", "I see, Mr Smith.", "So that's Adam Smith."]
    )
    def test_the_customers_name(self, line: str) -> None:
        assert "rapport.name" in signals(*self.INTRODUCED, f"A: {line}")

    @pytest.mark.parametrize(
        "line", ["This is Ben again.", "Thank you, sir.", "Marcus, our night porter, is on his way."]
    )
    def test_other_names(self, line: str) -> None:
        assert "rapport.name" not in signals(*self.INTRODUCED, f"A: {line}")

    def test_a_name_from_the_metadata(self) -> None:
        lines = ("A: Hello.", "C: Hi.", "A: I have pulled up your file Okonkwo here.")
        assert "rapport.name" in signals(*lines, extra={"customer_name": "Ngozi Okonkwo"})
        assert "rapport.name" not in signals(*lines)


class TestRefusal:
    def test_a_closed_door(self) -> None:
        assert "negative.refusal" in signals("C: Can I get a refund?", "A: We can't refund that.")

    def test_an_alternative_in_the_same_turn(self) -> None:
        said = signals("C: Can I get a refund?", "A: We can't refund that, but I can offer you a credit.")
        assert "negative.refusal" not in said

    def test_a_bare_no_is_one_only_when_something_was_asked_for(self) -> None:
        assert "negative.refusal" in signals("C: Could I move to another room?", "A: We're full.")
        assert "negative.refusal" not in signals("C: Busy tonight.", "A: We're full.")


def test_an_apology_for_mishearing_is_none() -> None:
    assert "empathy.apology" not in signals("C: It's mumble.", "A: I'm sorry, what was that?")
    assert "empathy.apology" in signals("C: It broke again.", "A: I'm so sorry about that.")


def test_a_question_that_does_something_else_is_no_probe() -> None:
    assert "listening.probe" in signals("C: It stopped.", "A: When did that start?")
    assert "listening.probe" not in signals("C: It stopped.", "A: What's your account number?")


def test_distress_asks_for_empathy_within_two_turns() -> None:
    analysis = judged(
        "C: I'm so frustrated, nobody answers.",
        "A: Account number?",
        "C: 12.",
        "A: I completely understand how you feel.",
    )
    (moment,) = [o for o in analysis.opportunities if o.kind == "distress"]
    assert [answer.signal for answer in moment.answers] == ["empathy.feeling"]


def test_distress_left_alone() -> None:
    analysis = judged("C: I'm so frustrated with this.", "A: Account number?", "C: 12.", "A: And your zip code?")
    assert [o.answers for o in analysis.opportunities if o.kind == "distress"] == [()]


def test_a_rubrics_phrase_is_reported_wherever_it_is_said() -> None:
    rule = PhraseRule(signal="compliance.recording", role="agent", phrases=("this call is being recorded",))
    call = read(transcript("A: Hi, this call is being, uh, recorded.", "C: This call is being recorded?"), Settings())
    assert [(f.turn, f.signal) for f in analyse(call, [rule]).findings if f.signal.startswith("compliance")] == [
        (0, "compliance.recording")
    ]


def test_an_unknown_speaker_is_not_judged() -> None:
    assert not [f for f in judged("U: Hello, thank you for calling Contoso.", "U: Hi.").findings if f.role == "agent"]


@pytest.mark.parametrize(
    ("label", "lines"),
    [
        ("resolved", ("A: I've refunded that to your card.", "C: Great, thank you so much for your help.")),
        ("follow_up", ("A: I've opened a ticket and a technician will call you tomorrow.", "C: Okay, thanks.")),
        ("unresolved", ("A: There's nothing I can do for you.", "C: This is ridiculous.")),
        ("transferred", ("A: I'm transferring you to the claims team now.", "C: Okay.")),
    ],
)
def test_the_outcome(label: str, lines: tuple[str, ...]) -> None:
    start = ("A: Hello, how can I help?", "C: My order arrived broken and I was charged twice.")
    assert judged(*start, *lines).outcome.label == label


def test_a_repeated_contact_is_noticed() -> None:
    assert judged("A: Hello.", "C: This is the third time I'm calling about this.").outcome.repeat_contact
    assert not judged("A: Hello.", "C: I'd like to change my plan.").outcome.repeat_contact


def test_the_arc_follows_the_customer() -> None:
    arc = judged(
        "C: This is ridiculous, I'm furious.",
        "A: I'm sorry.",
        "C: Okay.",
        "A: Fixed.",
        "C: Perfect, thank you so much!",
    ).arc
    assert arc.low_turn == 0
    assert arc.customer_start is not None
    assert arc.customer_end is not None
    assert arc.customer_start < 0 < arc.customer_end
