from __future__ import annotations

from dataclasses import replace

import pytest

from qa_scorer.records import CriterionScore, Finding, Scorecard, SectionScore, Transcript
from qa_scorer.report import tables
from qa_scorer.report.guidance import GUIDANCE, guidance, topic
from qa_scorer.report.plan import Plan, make_plan
from tests.report import cards


def line(name: str, points: float | None, weight: float = 10, **changes: object) -> CriterionScore:
    base = CriterionScore(
        id=name,
        question=f"Question {name}",
        weight=weight,
        points=points,
        out_of=weight,
        applicable=points is not None,
        confidence=0.9,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def heard(signal: str, quote: str, **changes: object) -> Finding:
    return replace(
        Finding(signal=signal, verdict="present", role="agent", start=5.0, turn=1, quote=quote, confidence=0.9),
        **changes,
    )  # type: ignore[arg-type]


def plan_of(*calls: list[CriterionScore]) -> Plan:
    pairs: dict[str, tuple[Scorecard, Transcript | None]] = {}
    for index, lines in enumerate(calls):
        card, transcript = cards.build(f"call-{index}")
        section = SectionScore(id="all", weight=100, score=50, criteria=tuple(lines))
        pairs[card.call.call_id] = (replace(card, sections=(section,), opportunities=()), transcript)
    built = tables.build(card for card, _ in pairs.values())
    return make_plan(built.criteria, pairs.__getitem__)


def ids(plan: Plan) -> list[str]:
    return [priority.criterion for priority in plan.priorities]


def test_priorities_are_the_weightiest_losses_and_at_most_two() -> None:
    assert ids(plan_of([line("small", 0, 5), line("big", 0, 50), line("middle", 5, 30), line("fine", 15, 15)])) == [
        "big",
        "middle",
    ]


def test_losses_count_across_calls() -> None:
    often = [line("often", 10, 20), line("once", 20, 20)]
    rare = [line("often", 10, 20), line("once", 12, 20)]
    assert ids(plan_of(often, often, rare))[0] == "often"


@pytest.mark.parametrize(
    "change", [{"controllable": False}, {"confidence": 0.4}, {"points": None, "applicable": False}]
)
def test_nobody_is_coached_on_what_is_not_theirs_not_sure_or_not_applicable(change: dict[str, object]) -> None:
    unfair = replace(line("unfair", 0, 60), **change)  # type: ignore[arg-type]
    assert ids(plan_of([unfair, line("fair", 2, 10), line("good", 30, 30)])) == ["fair"]


def test_a_critical_failure_comes_first() -> None:
    failed = line("identity", 0, 4, critical="form", critical_failed=True)
    plan = plan_of([failed, line("big", 0, 50)])
    assert ids(plan) == ["identity", "big"]
    assert plan.priorities[0].critical == "form"


def test_nothing_lost_means_nothing_to_coach() -> None:
    said = heard("empathy.feeling", "That must be hard for you, I understand.")
    plan = plan_of([line("empathy", 10, 10, findings=(said,))])
    assert plan.priorities == ()
    assert plan.strength is not None


def test_the_strength_has_real_words_of_the_agent() -> None:
    silent = line("negative", 40, 40)
    warm = line("empathy", 20, 20, findings=(heard("empathy.feeling", "That must be hard for you."),))
    plan = plan_of([silent, warm])
    assert plan.strength is not None
    assert (plan.strength.criterion, plan.strength.moment.agent) == ("empathy", "That must be hard for you.")
    assert plan_of([silent]).strength is None


def test_a_curt_word_or_a_rude_turn_is_no_praise() -> None:
    curt = heard("closing.farewell", "Whatever, bye.")
    rude = heard("listening.probe", "Did you even read the manual?", turn=7)
    blame = heard("negative.blame", "Did you even read", verdict="violation", turn=7)
    lines = [line("farewell", 10, 10, findings=(curt,)), line("probe", 10, 10, findings=(rude,))]
    card, transcript = cards.build("c")
    section = SectionScore(id="all", weight=100, score=100, criteria=tuple(lines))
    card = replace(card, sections=(section,), findings=(curt, rude, blame))
    assert make_plan(tables.build([card]).criteria, lambda _: (card, transcript)).strength is None


def test_what_is_more_than_routine_is_praised_first() -> None:
    greeting = line("greeting", 30, 30, findings=(heard("greeting.offer", "How can I help you today?"),))
    warm = line("empathy", 5, 5, findings=(heard("empathy.feeling", "That must be hard for you."),))
    plan = plan_of([greeting, warm])
    assert plan.strength is not None
    assert plan.strength.criterion == "empathy"


def test_what_is_critical_to_customers_weighs_more() -> None:
    assert ids(plan_of([line("plain", 0, 10), line("vital", 0, 8, severity="customer_critical")]))[0] == "vital"


def test_a_violation_is_quoted_with_what_the_customer_had_said() -> None:
    rude = heard(
        "negative.refusal", "No, we can't do that.", verdict="violation", turn=3, suggestion="What I can do is …"
    )
    priority = plan_of([line("negative", 0, 40, findings=(rude,), say_instead="General words")]).priorities[0]
    assert priority.behaviour == "You said: “No, we can't do that.”"
    assert priority.say_instead == "What I can do is …"
    assert "In call call-0" in priority.situation
    assert priority.impact == GUIDANCE["negative"].impact


def test_an_unanswered_customer_is_the_situation() -> None:
    card, transcript = cards.build("c", skill=0.5)
    missing = Finding(signal="empathy.feeling", verdict="absent", start=0.0, end=60.0)
    lost = line("empathy", 0, 100, findings=(missing,), reason="0 of 1 moments answered.")
    card = replace(card, sections=(SectionScore(id="empathy", weight=100, score=0, criteria=(lost,)),))
    plan = make_plan(tables.build([card]).criteria, lambda _: (card, transcript))
    assert card.opportunities[0].quote in plan.priorities[0].situation
    assert "voiced distress" in plan.priorities[0].situation
    assert plan.priorities[0].behaviour.startswith("0 of 1 moments answered.")


def test_no_evidence_at_all_reads_well() -> None:
    plan = plan_of([line("pace", 0, 50, reason="The pace is 210; at most 180 is full.")])
    assert plan.priorities[0].behaviour == "The pace is 210; at most 180 is full."
    assert plan.strength is None
    assert make_plan(tables.build([]).criteria, lambda _: pytest.fail("nothing to load")) == Plan(
        strength=None, priorities=()
    )


@pytest.mark.parametrize(
    ("names", "key"),
    [
        (["negative.blame"], "negative.blame"),
        (["empathy.apology"], "empathy"),
        (["interruptions"], "talk"),
        (["talk.interruption"], "talk"),
        (["talk.dead_air"], "talk.dead_air"),
        (["something", "opening"], "greeting"),
        (["unheard_of"], ""),
    ],
)
def test_guidance_is_found_by_signal_then_by_name(names: list[str], key: str) -> None:
    assert topic(names) == key
    assert guidance(key).practice


def test_a_strength_is_never_also_a_priority() -> None:
    both = line("empathy", 8, 10, findings=(heard("empathy.feeling", "That must be hard for you."),))
    plan = plan_of([both, line("fine", 10, 10)])
    assert ids(plan) == ["empathy"]
    assert plan.strength is None


def test_the_moment_judged_is_the_situation_and_not_another_one() -> None:
    card, transcript = cards.build("c")
    asked = replace(card.opportunities[0], kind="anger", turn=3, quote="This is outrageous!", confidence=0.7)
    louder = replace(asked, kind="distress", turn=1, quote="Something else.", confidence=0.99)
    missing = Finding(signal="empathy.feeling", verdict="absent", role="agent", turn=3, start=9.0, end=20.0)
    lost = line("empathy", 0, 100, findings=(missing,))
    section = SectionScore(id="empathy", weight=100, score=0, criteria=(lost,))
    card = replace(card, sections=(section,), opportunities=(asked, louder))
    plan = make_plan(tables.build([card]).criteria, lambda _: (card, transcript))
    assert "This is outrageous!" in plan.priorities[0].situation
    assert "the customer was angry" in plan.priorities[0].situation


def test_one_fine_moment_is_praised_before_a_steady_routine() -> None:
    bye = line("farewell", 10, 10, findings=(heard("closing.farewell", "Thanks for calling, have a lovely day."),))
    warm = line("empathy", 10, 10, findings=(heard("empathy.feeling", "That must be hard for you."),))
    big = [line("one", 0, 40), line("two", 0, 40)]
    plan = plan_of([bye, warm, *big], [bye, line("empathy", 2, 10), *big])
    assert plan.strength is not None
    assert (plan.strength.criterion, plan.strength.consistent) == ("empathy", False)
    assert plan.strength.moment.call_id == "call-0"


@pytest.mark.parametrize(
    ("criterion", "lead", "place"), [("greeting", "Your first words were", 0), ("closing", "Your last words were", -1)]
)
def test_a_missing_opening_or_end_is_shown_by_how_the_call_began_or_ended(
    criterion: str, lead: str, place: int
) -> None:
    card, transcript = cards.build("c", skill=1.0)
    missing = Finding(signal=f"{criterion}.name", verdict="absent", role="agent", start=0.0, end=card.duration)
    section = SectionScore(id="all", weight=100, score=0, criteria=(line(criterion, 0, 100, findings=(missing,)),))
    card = replace(card, sections=(section,), opportunities=())
    said = [turn.text for turn in transcript.turns if turn.role == "agent"][place]
    priority = make_plan(tables.build([card]).criteria, lambda _: (card, transcript)).priorities[0]
    assert f"{lead}: “{said}”" in priority.behaviour
    assert "from start to end" not in priority.situation
