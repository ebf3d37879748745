"""Scoring: gates, evidence, arithmetic with its properties, critical effects, doubt, comparison."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_scorer import store
from qa_scorer.records import (
    Analysis,
    AudioInfo,
    CriterionScore,
    EmotionalArc,
    Facts,
    Finding,
    Opportunity,
    Outcome,
    OutcomeLabel,
    Scorecard,
    Span,
    Transcript,
)
from qa_scorer.rubric import Rubric, load_rubric
from qa_scorer.scoring import compare, gate, not_scored, score
from qa_scorer.scoring.criteria import Judgement
from qa_scorer.scoring.form import add_up, exact, fill, half_up
from tests.build import transcript

CALM = settings(deadline=None)  # other work on the machine is no failure
STANDARD = load_rubric("standard")
CALL = transcript(
    "A: Good morning, this is Sam from Northwind, how can I help?",
    "C: My order never came and I am really upset about it.",
    "A: I am so sorry to hear that, that must be frustrating.",
    "C: It is. I have called twice.",
    "A: You have to wait. That is our policy.",
    "C: Fine.",
    "A: I have sent it again and it arrives on Tuesday.",
    "C: Thank you.",
    "A: Anything else? Thank you for calling, goodbye.",
)


def heard(signal: str, turn: int, confidence: float = 0.9, role: Any = "agent", **more: Any) -> Finding:
    spoken = CALL.turns[turn]
    bad = signal.startswith("negative.")
    return Finding(
        signal=signal,
        verdict="violation" if bad else "present",
        role=role,
        start=spoken.start,
        end=spoken.end,
        turn=turn,
        quote=spoken.text,
        confidence=confidence,
        **more,
    )


def asked(kind: str, turn: int, *answers: Finding, confidence: float = 0.9) -> Opportunity:
    spoken = CALL.turns[turn]
    return Opportunity(
        kind=kind,
        turn=turn,
        role="customer",
        start=spoken.start,
        end=spoken.end,
        answers=answers,
        confidence=confidence,
    )


def found(
    *findings: Finding, opportunities: Sequence[Opportunity] = (), outcome: OutcomeLabel = "resolved", **more: Any
) -> Analysis:
    return Analysis(
        findings=findings,
        opportunities=tuple(opportunities),
        outcome=Outcome(label=outcome, confidence=more.pop("sure", 0.9)),
        **more,
    )


def rubric(*criteria: dict[str, Any], **more: Any) -> Rubric:
    """Build a rubric with one section; a criterion may leave out what is not tested."""
    filled = [{"id": f"c{at}", "question": "Was it?", "scoring": "any_of", **line} for at, line in enumerate(criteria)]
    sections = [{"id": "only", "title": "Only", "weight": 100, "criteria": filled}]
    return Rubric.model_validate({"name": "test", "version": "1", "sections": sections, **more})


def line(criterion: dict[str, Any], analysis: Analysis, call: Transcript = CALL) -> CriterionScore:
    """Score a call on one criterion, beside one that always applies."""
    other = {"id": "other", "signals": ["closing.thanks"]}
    return score(call, analysis, rubric(criterion, other)).sections[0].criteria[0]


def share(criterion: dict[str, Any], analysis: Analysis, call: Transcript = CALL) -> float | None:
    judged = line(criterion, analysis, call)
    assert judged.applicable == (judged.points is not None)
    return None if judged.points is None else judged.points / judged.out_of


# ── gates ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def lasting(call: Transcript, seconds: float) -> Transcript:
    audio = AudioInfo(sha256="0", duration=seconds, channels=2, sample_rate=8000, codec="pcm")
    return replace(call, audio=audio)


LONG = lasting(CALL, 60)
MACHINE = "C: You've reached the voicemail of Ann. Please leave a message after the tone."


@pytest.mark.parametrize(
    ("call", "token"),
    [
        (lasting(transcript(MACHINE, "A: Hello Ann, please call us back."), 40), "voicemail: "),
        (lasting(transcript(MACHINE), 12), "voicemail: "),
        (lasting(CALL, 15), "too short: "),
        (lasting(transcript("A: Hello? Is anybody there? Hello?"), 40), "one side only: "),
        (lasting(transcript("A: Hello? Is anybody there?", "C: Uh"), 40), "one side only: "),
        (lasting(transcript(), 40), "one side only: "),
        (replace(LONG, language="de"), "language: "),
        (
            replace(
                LONG,
                turns=tuple(
                    replace(turn, words=tuple(replace(word, confidence=0.3) for word in turn.words))
                    for turn in LONG.turns
                ),
            ),
            "recognition confidence: ",
        ),
        (replace(LONG, turns=tuple(replace(turn, role="unknown") for turn in LONG.turns)), "roles: "),
    ],
)
def test_a_gated_call_is_not_scored_with_a_reason(call: Transcript, token: str) -> None:
    reason = gate(call, STANDARD)
    assert reason is not None
    assert reason.startswith(token)
    assert reason.endswith(".")
    card = not_scored(call, STANDARD, reason)
    assert (card.status, card.score, card.band, card.sections) == ("not_scored", None, None, ())
    assert card.reason == reason


def test_talking_about_a_voicemail_is_a_call() -> None:
    turns = [text for _ in range(5) for text in ("A: When does it ring?", "C: It says leave a message after the tone.")]
    assert gate(lasting(transcript(*turns), 60), STANDARD) is None


def test_a_call_without_times_or_language_passes_the_gates() -> None:
    untimed = transcript(*["A: Hello, how can I help?", "C: My order is late."] * 4, timed=False, language=None)
    assert gate(untimed, STANDARD) is None


def test_a_regional_language_code_is_its_language() -> None:
    assert gate(replace(LONG, language="en-GB"), STANDARD) is None
    assert gate(replace(LONG, language="EN_us"), STANDARD) is None


# ── criteria ────────────────────────────────────────────────────────────────────────────────────────────────────────

GREETING = {"scoring": "share", "check": "greeting"}


def test_share_counts_the_signals_of_a_check() -> None:
    two = found(heard("greeting.name", 0), heard("greeting.brand", 0))
    assert share(GREETING, two) == 0.5
    assert share({**GREETING, "full_at": 0.5}, two) == 1
    judged = line(GREETING, two)
    assert judged.reason == (
        "2 of 4 heard in the whole call; heard: the company's name, the agent's own name; "
        "not heard: a greeting, an offer of help."
    )
    assert {item.signal: item.verdict for item in judged.findings} == {
        "greeting.name": "present",
        "greeting.brand": "present",
        "greeting.salutation": "absent",
        "greeting.offer": "absent",
    }


def test_equivalent_signals_are_one() -> None:
    either = {"scoring": "all_of", "signals": ["closing.farewell", ["resolution.confirm", "closing.anything_else"]]}
    assert share(either, found(heard("closing.farewell", 8), heard("closing.anything_else", 8))) == 1
    assert share(either, found(heard("closing.farewell", 8))) == 0


def test_any_of_needs_its_count_once_a_turn() -> None:
    twice = {"signals": ["empathy.feeling", "empathy.apology"], "min_count": 2}
    assert share(twice, found(heard("empathy.feeling", 2))) == 0
    assert share(twice, found(heard("empathy.feeling", 2), heard("empathy.feeling", 2, 0.7))) == 0
    assert share(twice, found(heard("empathy.feeling", 2), heard("empathy.apology", 2))) == 1


def test_count_earns_in_proportion() -> None:
    probing = {"scoring": "count", "signals": ["listening.probe"], "full_at": 3}
    assert share(probing, found(heard("listening.probe", 2), heard("listening.probe", 4))) == pytest.approx(2 / 3, 1e-3)
    assert share(probing, found(*(heard("listening.probe", at) for at in (0, 2, 4, 6)))) == 1


def test_deduct_costs_once_a_turn_down_to_the_floor() -> None:
    wording = {"scoring": "deduct", "check": "negative_phrasing", "per_finding": 0.3, "floor": 0.2}
    demand, policy = heard("negative.demand", 4), heard("negative.policy", 4)
    assert share(wording, found()) == 1
    assert share(wording, found(demand, policy)) == 0.7
    assert share(wording, found(demand, heard("negative.blame", 6))) == 0.4
    assert share(wording, found(*(heard("negative.blame", at) for at in (0, 2, 4, 6)))) == 0.2


def test_what_must_not_be_said_is_evidence_of_a_violation() -> None:
    forbidden = {"signals": [["compliance.secret"]], "absent": True}
    judged = line(forbidden, found(heard("compliance.secret", 4)))
    assert (judged.points, [item.verdict for item in judged.findings]) == (0, ["violation"])
    clean = line(forbidden, found())
    assert clean.points == clean.out_of
    assert clean.reason == "None heard in the whole call: the phrase 'secret'."


def test_a_customers_words_do_not_count_as_the_agents() -> None:
    assert share({"signals": ["empathy.apology"]}, found(heard("empathy.apology", 1, role="customer"))) == 0


@pytest.mark.parametrize(
    ("window", "inside"),
    [
        ({"first_s": 5}, [0]),
        ({"first_percent": 40}, [0, 2]),
        ({"last_s": 3}, [8]),
        ({"last_percent": 30}, [6, 8]),
        ({"after_signal": "negative.policy"}, [4, 6, 8]),
        ({"before_signal": "negative.policy"}, [0, 2, 4]),
    ],
)
def test_windows(window: dict[str, Any], inside: list[int]) -> None:
    marker = heard("negative.policy", 4)
    for turn in (0, 2, 4, 6, 8):
        expected = float(turn in inside)
        assert share({"signals": ["rapport.name"], "window": window}, found(heard("rapport.name", turn), marker)) == (
            expected
        ), turn


def test_an_absence_carries_the_window_that_was_searched() -> None:
    judged = line({"signals": ["rapport.name"], "window": {"first_s": 5}}, found())
    [absence] = judged.findings
    assert (absence.verdict, absence.start, absence.end) == ("absent", 0, 5)
    assert judged.reason == "Not heard in the first 5 s: the customer's name."


def test_a_window_that_never_opens_is_not_applicable() -> None:
    judged = line({"signals": ["rapport.name"], "window": {"after_signal": "hold.permission"}}, found())
    assert not judged.applicable
    assert judged.reason == (
        "Not applicable: permission asked before a wait was not heard, so the window never opened."
    )


def test_without_times_seconds_do_not_apply_but_shares_and_order_do() -> None:
    untimed = replace(CALL, turns=tuple(replace(turn, start=None, end=None, words=()) for turn in CALL.turns))
    name = replace(heard("rapport.name", 2), start=None, end=None)
    policy = replace(heard("negative.policy", 4), start=None, end=None)
    criterion = {"signals": ["rapport.name"]}
    assert share({**criterion, "window": {"first_s": 10}}, found(name), untimed) is None
    assert share({**criterion, "window": {"first_percent": 30}}, found(name), untimed) == 1
    assert share({**criterion, "window": {"last_percent": 30}}, found(name), untimed) == 0
    assert share({**criterion, "window": {"after_signal": "negative.policy"}}, found(name, policy), untimed) == 0
    assert share(criterion, found(), untimed) == 0


CARE = {
    "scoring": "share",
    "opportunities": ["distress", "anger"],
    "signals": [["empathy.feeling", "empathy.apology"]],
}


def test_only_moments_that_ask_for_it_are_judged() -> None:
    judged = line(CARE, found(heard("empathy.feeling", 2)))
    assert not judged.applicable
    assert judged.reason.startswith("Not applicable: no moment came up")


def test_the_share_of_answered_moments_earns_the_points() -> None:
    feeling = heard("empathy.feeling", 2)
    moments = [asked("distress", 1, feeling), asked("anger", 3)]
    judged = line(CARE, found(feeling, opportunities=moments))
    assert judged.points == judged.out_of / 2
    assert judged.reason == "1 of 2 moments answered within the agent's next two turns."
    assert [(item.signal, item.verdict) for item in judged.findings] == [
        ("opportunity.distress", "present"),
        ("empathy.feeling", "present"),
        ("opportunity.anger", "present"),
        ("empathy.feeling", "absent"),
    ]
    absence = judged.findings[-1]
    assert (absence.start, absence.end) == (CALL.turns[3].end, CALL.turns[6].end)  # the next two agent turns


def test_moments_in_one_turn_are_one_and_other_answers_do_not_count() -> None:
    feeling = heard("empathy.feeling", 2)
    together = [asked("distress", 1), asked("anger", 1, feeling)]
    assert share(CARE, found(opportunities=together)) == 1
    assert share(CARE, found(opportunities=[asked("distress", 1, heard("resolution.action", 2))])) == 0


PACE = {
    "scoring": "bands",
    "metric": "interruptions_by_agent",
    "steps": [{"at_most": 1, "points": 1.0}, {"at_most": 3, "points": 0.5}],
}


@pytest.mark.parametrize(("value", "expected"), [(0, 1.0), (1, 1.0), (2, 0.5), (3, 0.5), (4, 0.0), (None, None)])
def test_bands_score_a_number_of_the_call(value: int | None, expected: float | None) -> None:
    call = replace(CALL, facts=Facts(interruptions_by_agent=value))
    assert share(PACE, found(), call) == expected
    if value is not None:
        [finding] = line(PACE, found(), call).findings
        assert (finding.signal, finding.how, finding.role) == ("metric.interruptions_by_agent", "metric", "agent")


def test_what_is_measured_is_not_judged_without_times() -> None:
    quiet = {"check": "talk_behaviour", "scoring": "deduct", "per_finding": 0.5}
    pause = heard("talk.dead_air", 2)
    timed = replace(CALL, facts=Facts(silence_s=12.0))
    assert share(quiet, found(), timed) == 1
    assert share(quiet, found(pause), timed) == 0.5
    assert share(quiet, found(), replace(CALL, facts=Facts())) is None
    mixed = {"signals": ["talk.dead_air", "negative.blame"], "scoring": "deduct", "per_finding": 0.5}
    assert share(mixed, found(), replace(CALL, facts=Facts())) == 1


def test_derived_metrics() -> None:
    call = replace(lasting(CALL, 100), facts=Facts(silence_s=20.0, silences=(Span(start=10, end=22),), hold_s=0.0))
    arc = EmotionalArc(customer_start=-0.5, customer_low=-0.8, customer_end=0.4)

    def metric(name: str) -> float:
        [finding] = line(
            {"scoring": "bands", "metric": name, "steps": [{"at_least": 0, "points": 1.0}]}, found(arc=arc), call
        ).findings
        return finding.start or 0.0

    reasons = {
        name: line(
            {"scoring": "bands", "metric": name, "steps": [{"at_least": -9, "points": 1.0}]}, found(arc=arc), call
        ).reason
        for name in ("silence_share", "longest_silence_s", "holds", "customer_shift", "customer_recovery", "duration_s")
    }
    values = {name: float(reason.split(";")[0].rsplit(": ", 1)[1]) for name, reason in reasons.items()}
    assert values == {
        "silence_share": 0.2,
        "longest_silence_s": 12,
        "holds": 0,
        "customer_shift": 0.9,
        "customer_recovery": 1.2,
        "duration_s": 100,
    }
    assert metric("longest_silence_s") == 10  # the finding points at the longest one


def test_an_outcome_the_rubric_does_not_name_is_not_applicable() -> None:
    outcome = {"scoring": "outcome", "outcomes": {"resolved": 1.0, "unresolved": 0.0}}
    assert share(outcome, found(outcome="resolved")) == 1
    assert share(outcome, found(outcome="unresolved")) == 0
    assert share(outcome, found(outcome="unclear")) is None


@pytest.mark.parametrize(
    ("condition", "applies"),
    [
        ({"outcome": "resolved"}, True),
        ({"outcome": ["follow_up", "unresolved"]}, False),
        ({"opportunity": "distress"}, True),
        ({"opportunity": "hold"}, False),
        ({"signal": "negative.policy"}, True),
        ({"signal": "closing.thanks"}, False),
        ({"without_signal": "negative.policy"}, False),
        ({"direction": "inbound"}, True),
        ({"direction": "outbound"}, False),
        ({"queue": ["billing"]}, True),
        ({"queue": ["sales"]}, False),
        ({"min_duration_s": 5}, True),
        ({"min_duration_s": 500}, False),
        ({"metric": "customer_start", "at_most": -0.2}, True),
        ({"metric": "customer_start", "at_least": 0}, False),
        ({"metric": "hold_s", "at_least": 1}, False),
        ({"direction": "inbound", "outcome": "unresolved"}, False),
    ],
)
def test_conditions(condition: dict[str, Any], applies: bool) -> None:
    call = replace(CALL, call=replace(CALL.call, direction="inbound", queue="billing"))
    analysis = found(
        heard("negative.policy", 4), opportunities=[asked("distress", 1)], arc=EmotionalArc(customer_start=-0.5)
    )
    judged = line({"signals": ["rapport.name"], "applies_when": condition}, analysis, call)
    assert judged.applicable == applies
    assert judged.reason.startswith("Not applicable: ") != applies


# ── the form ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_example_call_adds_up_by_hand() -> None:
    feeling = heard("empathy.feeling", 2)
    analysis = found(
        heard("greeting.salutation", 0),
        heard("greeting.brand", 0),
        feeling,
        heard("negative.policy", 4),
        heard("resolution.action", 6),
        heard("closing.anything_else", 8),
        heard("closing.thanks", 8),
        opportunities=[asked("distress", 1, feeling)],
    )
    card = score(CALL, analysis, STANDARD)
    scores = {section.id: section.score for section in card.sections}
    # 2 of 4 against 0.75: 6.67 of 10. No question asked: 0 of 10; interruptions not known. No rapport: 8 of 16.
    # One turn of policy: 7 + 4 × 0.66 + 4 of 15. Resolved and further help offered: all that applies.
    assert scores == {
        "opening": 66.7,
        "listening": 0,
        "empathy": 50.0,
        "language": 90.9,
        "resolution": 100,
        "closing": 100,
        "compliance": 100,
    }
    assert card.score == 70.3  # 6.67 + 0 + 10 + 13.635 + 30 + 10
    assert (card.band, card.compliance_score, card.score_before_critical) == ("coach", 100, 70.3)


def recomputed(card: Scorecard) -> float | None:
    """Add a scorecard up with nothing but what is written on it."""
    sections = []
    for section in card.sections:
        counted = [item for item in section.criteria if item.points is not None]
        if not section.weight or not counted:
            continue
        points = sum(Fraction(str(item.points)) for item in counted)
        value = half_up(100 * points / sum(Fraction(str(item.out_of)) for item in counted), 1)
        if any(item.critical_failed and item.critical == "section" for item in counted):
            value = 0.0
        assert value == section.score
        sections.append((section.weight, value))
    if any(item.critical_failed and item.critical == "form" for part in card.sections for item in part.criteria):
        return 0.0
    total = sum(Fraction(str(weight)) * Fraction(str(value)) for weight, value in sections)
    return half_up(total / sum(Fraction(str(weight)) for weight, _ in sections), 1)


CRITICAL = {"signals": ["empathy.apology"], "severity": "customer_critical", "coaching": "Apologise."}


def test_a_critical_failure_shows_the_score_before_it() -> None:
    other = {"id": "other", "signals": ["rapport.name"], "weight": 3}
    failed = found(heard("rapport.name", 2))
    for effect in ("form", "section"):
        card = score(CALL, failed, rubric({**CRITICAL, "critical": effect}, other))
        assert (card.score, card.score_before_critical, card.band) == (0, 75, "flag")
        assert card.sections[0].criteria[0].critical_failed
        assert card.sections[0].criteria[0].reason.startswith(f"Critical failure: the {effect} scores 0.")
        kept = score(
            CALL, found(heard("rapport.name", 2), heard("empathy.apology", 2)), rubric({**CRITICAL, "critical": effect})
        )
        assert (kept.score, kept.score_before_critical) == (100, 100)


def test_a_critical_failure_of_compliance_fails_the_form_and_leaves_the_sections() -> None:
    card = score(CALL, found(heard("compliance.profanity", 4), heard("closing.farewell", 8)), STANDARD)
    assert (card.score, card.compliance_score, card.band) == (0, 0, "flag")
    assert (card.score_before_critical or 0) > 0
    assert {section.id: section.score for section in card.sections}["closing"] == 60


def test_a_criterion_that_does_not_apply_cannot_fail() -> None:
    criterion = {**CRITICAL, "critical": "form", "applies_when": {"outcome": "unresolved"}}
    assert score(CALL, found(heard("rapport.name", 2)), rubric(criterion, {"signals": ["rapport.name"]})).score == 100


def test_nothing_to_judge_is_not_scored() -> None:
    card = score(CALL, found(), rubric({"signals": ["rapport.name"], "applies_when": {"outcome": "unresolved"}}))
    assert (card.status, card.score) == ("not_scored", None)
    assert card.reason.startswith("nothing to judge: ")


def test_a_scorecard_says_what_judged() -> None:
    card = score(CALL, found(), STANDARD)
    assert card.rubric == STANDARD.ref
    assert card.judged_by is not None
    assert card.judged_by.engine == "qa-scorer"
    assert card.origin == CALL.origin


def test_what_is_written_fits_the_published_schemas() -> None:
    folder = Path(__file__).parents[1] / "docs" / "schema"
    card = score(lasting(CALL, 90), found(heard("greeting.name", 0), opportunities=[asked("distress", 1)]), STANDARD)
    gated = not_scored(CALL, STANDARD, "too short: it lasts 3 s.")
    for name, record in (("scorecard", card), ("scorecard", gated), ("transcript", lasting(CALL, 90))):
        schema = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        written = json.loads(store.encode(record))
        jsonschema.validate(written, schema)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**written, "unheard_of": 1}, schema)


# ── doubt ───────────────────────────────────────────────────────────────────────────────────────────────────────────

SURE = [heard("closing.farewell", 8), heard("greeting.name", 0), heard("greeting.brand", 0), heard("greeting.offer", 0)]


def test_unsure_evidence_that_could_change_the_band_asks_for_a_review() -> None:
    two = rubric({"signals": ["empathy.apology"]}, {"id": "bye", "signals": ["closing.farewell"]})
    card = score(CALL, found(heard("empathy.apology", 2, 0.4), heard("closing.farewell", 8)), two)
    assert (card.score, card.band) == (100, "review")
    assert card.band_reason.startswith("evidence: unsure findings put the score between 50 and 100")
    assert "'c0' (Was it?)" in card.band_reason


def test_unsure_evidence_within_a_band_changes_nothing() -> None:
    two = rubric({"signals": ["empathy.apology"]}, {"id": "bye", "signals": ["closing.farewell"], "weight": 9})
    card = score(CALL, found(heard("empathy.apology", 2, 0.4), heard("closing.farewell", 8)), two)
    assert (card.score, card.band, card.band_reason) == (100, "pass", "")


def test_unsure_violations_and_moments_count_as_doubt_too() -> None:
    harsh = rubric({"scoring": "deduct", "check": "negative_phrasing", "per_finding": 1.0})
    assert score(CALL, found(heard("negative.blame", 4, 0.4)), harsh).band == "review"
    both = rubric(CARE, {"id": "bye", "signals": ["closing.farewell"]})
    moment = asked("distress", 1, confidence=0.4)
    assert score(CALL, found(heard("closing.farewell", 8), opportunities=[moment]), both).band == "review"


def test_unsure_roles_ask_for_a_review() -> None:
    unsure = replace(CALL, role_confidence=0.72)
    card = score(unsure, found(*SURE), STANDARD)
    assert card.band == "review"
    assert card.band_reason.startswith("roles: ")
    mixed = replace(
        CALL, turns=tuple(replace(turn, role="agent" if at == 8 else "unknown") for at, turn in enumerate(CALL.turns))
    )
    assert score(mixed, found(*SURE), STANDARD).band == "review"


def test_confidence_falls_with_that_of_findings_and_roles() -> None:
    one = rubric({"signals": ["empathy.apology"]})
    sure = score(CALL, found(heard("empathy.apology", 2, 0.9)), one).confidence
    less = score(CALL, found(heard("empathy.apology", 2, 0.7)), one).confidence
    unsure = score(replace(CALL, role_confidence=0.8), found(heard("empathy.apology", 2, 0.9)), one).confidence
    assert (sure, less, unsure) == (0.9, 0.7, 0.72)


# ── properties of the arithmetic ────────────────────────────────────────────────────────────────────────────────────

shares = st.one_of(st.none(), st.floats(0, 1))
weights = st.integers(1, 40)


@st.composite
def forms(draw: st.DrawFn) -> tuple[list[tuple[int, list[tuple[int, float | None]]]], list[float | None]]:
    sections = draw(
        st.lists(
            st.tuples(weights, st.lists(st.tuples(weights, shares), min_size=1, max_size=4)), min_size=1, max_size=5
        )
    )
    return sections, draw(st.lists(shares, max_size=3))


Form = tuple[list[tuple[int, list[tuple[int, float | None]]]], list[float | None]]


def built(form: Form, scale: int = 1) -> tuple[Rubric, dict[str, Judgement]]:
    """Make a rubric and judgements of nested weights and shares."""
    sections, compliance = form
    judgements: dict[str, Judgement] = {}

    def criterion(weight: int, earned: float | None) -> dict[str, Any]:
        name = f"c{len(judgements)}"
        judgements[name] = Judgement(earned=earned, reason="x")
        return {
            "id": name,
            "question": "?",
            "scoring": "any_of",
            "signals": ["rapport.name"],
            "weight": weight * scale,
        }

    data = [
        {
            "id": f"s{at}",
            "title": "S",
            "weight": weight * scale,
            "criteria": [criterion(*pair) for pair in lines],
        }
        for at, (weight, lines) in enumerate(sections)
    ]
    apart = {"criteria": [criterion(1, earned) for earned in compliance]}
    value = {"name": "p", "version": "1", "sections": data, "compliance": apart}
    return Rubric.model_validate(value), judgements


def totals(form: Form, scale: int = 1) -> tuple[float | None, float | None]:
    made, judgements = built(form, scale)
    added = add_up(fill(made, judgements))
    return added.score, added.compliance


@settings(CALM)
@given(forms())
def test_scores_are_numbers_from_0_to_100_or_none(form: Form) -> None:
    value, compliance = totals(form)
    applies = any(earned is not None for _, lines in form[0] for _, earned in lines)
    assert (value is not None) == applies
    for number in (value, compliance):
        assert number is None or (0 <= number <= 100 and number == round(number, 1))


@settings(CALM)
@given(forms(), st.integers(2, 7))
def test_only_the_proportions_of_weights_matter(form: Form, scale: int) -> None:
    assert totals(form) == totals(form, scale)


@settings(CALM)
@given(forms(), st.data())
def test_more_in_one_line_never_lowers_the_score(form: Form, data: st.DataObject) -> None:
    sections, compliance = form
    at = data.draw(st.integers(0, len(sections) - 1))
    index = data.draw(st.integers(0, len(sections[at][1]) - 1))
    weight, earned = sections[at][1][index]
    if earned is None:
        return
    better = data.draw(st.floats(earned, 1))
    lines = [*sections[at][1][:index], (weight, better), *sections[at][1][index + 1 :]]
    changed = [*sections[:at], (sections[at][0], lines), *sections[at + 1 :]]
    before, after = totals(form)[0], totals((changed, compliance))[0]
    assert before is not None
    assert after is not None
    assert after >= before


@settings(CALM)
@given(forms(), st.integers(0, 4), weights)
def test_a_line_that_does_not_apply_changes_nothing(form: Form, place: int, weight: int) -> None:
    """Compared with a form that does not have the line; rounding to hundredths of a point may show in the decimal."""
    sections, compliance = form
    at = place % len(sections)
    lines = [*sections[at][1], (weight, None)]
    more = [*sections[:at], (sections[at][0], lines), *sections[at + 1 :]]
    before, after = totals(form)[0], totals((more, compliance))[0]
    assert (before is None) == (after is None)
    if before is not None and after is not None:
        smallest = min(
            weight / sum(other for other, _ in lines) * part / sum(other for other, _ in more) * 100
            for part, lines in more
            for weight, _ in lines
        )
        # A line is written in hundredths of a point: its share of its section is off by at most 0.005 of its worth.
        assert abs(before - after) <= 0.2 + 2 * 0.5 / smallest


@settings(CALM)
@given(forms())
def test_compliance_stays_out_of_the_score(form: Form) -> None:
    sections, compliance = form
    assert totals(form)[0] == totals((sections, []))[0]
    assert totals(form)[0] == totals((sections, [0.0 for _ in compliance]))[0]


@settings(CALM)
@given(forms())
def test_all_points_make_100_and_none_make_0(form: Form) -> None:
    for earned, expected in ((1.0, 100), (0.0, 0)):
        full = [(weight, [(part, None if old is None else earned) for part, old in lines]) for weight, lines in form[0]]
        assert totals((full, form[1]))[0] in (expected, None)


@settings(CALM)
@given(forms())
def test_anyone_can_add_it_up_again(form: Form) -> None:
    made, judgements = built(form)
    sections = fill(made, judgements)
    card = replace(score(CALL, found(), STANDARD), sections=sections)
    assert totals(form)[0] == (
        recomputed(card) if any(part.score is not None for part in sections[: len(form[0])]) else None
    )


@settings(CALM)
@given(st.fractions(0, 1000), st.integers(0, 3))
def test_halves_are_rounded_up(value: Fraction, places: int) -> None:
    rounded = exact(half_up(value, places))
    assert abs(rounded - value) <= Fraction(1, 2 * 10**places)
    assert exact(half_up(Fraction("72.25"), 1)) == Fraction("72.3")


SIGNALS = ["greeting.name", "empathy.feeling", "negative.policy", "resolution.action", "closing.farewell"]
findings = st.builds(heard, st.sampled_from(SIGNALS), st.sampled_from([0, 2, 4, 6, 8]), st.sampled_from([0.4, 0.7, 1]))
moments = st.builds(asked, st.sampled_from(["distress", "problem"]), st.sampled_from([1, 3]))


@settings(CALM, max_examples=50)
@given(st.lists(findings, max_size=8), st.lists(moments, max_size=3), st.randoms(use_true_random=False))
def test_the_order_of_findings_does_not_matter(
    items: list[Finding], opportunities: list[Opportunity], shuffle: random.Random
) -> None:
    card = score(CALL, found(*items, opportunities=opportunities), STANDARD)
    mixed, asks = list(items), list(opportunities)
    shuffle.shuffle(mixed)
    shuffle.shuffle(asks)
    again = score(CALL, found(*mixed, opportunities=asks), STANDARD)
    assert again.sections == card.sections
    assert (again.score, again.band, again.band_reason) == (card.score, card.band, card.band_reason)
    assert recomputed(card) == card.score


@settings(CALM, max_examples=20)
@given(st.lists(findings, max_size=8))
def test_the_same_input_gives_the_same_bytes(items: list[Finding]) -> None:
    analysis = found(*items)
    first, second = (store.encode(score(CALL, analysis, STANDARD)) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("name", ["standard", "tech_support", "collections", "sales"])
def test_every_line_traces_to_evidence_or_says_why_not(name: str) -> None:
    analysis = found(heard("greeting.name", 0), heard("negative.policy", 4), opportunities=[asked("distress", 1)])
    card = score(lasting(CALL, 90), analysis, load_rubric(name))
    assert recomputed(card) == card.score
    for section in card.sections:
        for item in section.criteria:
            assert item.reason.endswith(".")
            if item.applicable:
                assert item.findings, item.id
            else:
                assert item.reason.startswith("Not applicable: "), item.id
                assert item.points is None


# ── what if ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_two_rubrics_side_by_side() -> None:
    analysis = found(heard("rapport.name", 2))
    one = rubric({"signals": ["rapport.name"]}, {"id": "bye", "signals": ["closing.farewell"]})
    other = rubric({"signals": ["rapport.name"], "weight": 4}, {"id": "bye", "signals": ["closing.farewell"]})
    silent = not_scored(replace(CALL, call=replace(CALL.call, call_id="short")), one, "too short: it lasts 3 s.")
    table = compare([score(CALL, analysis, one), silent], [score(CALL, analysis, other), silent])
    assert table[0].split() == ["call", "test", "1", "test", "1", "change", "moved"]
    assert table[1].split() == ["call", "50.0", "flag", "80.0", "coach", "+30.0"]
    assert table[2].split() == ["short", "not", "scored", "not", "scored"]
    assert table[-1] == "2 calls, +30.0 points on average, 1 in another band."


def test_a_comparison_names_the_lines_that_moved() -> None:
    strict = rubric({"signals": ["rapport.name"], "min_count": 2})
    easy = rubric({"signals": ["rapport.name"]})
    analysis = found(heard("rapport.name", 2))
    table = compare([score(CALL, analysis, easy)], [score(CALL, analysis, strict)])
    assert table[1].split() == ["call", "100.0", "pass", "0.0", "flag", "-100.0", "c0"]
    assert compare([], [score(CALL, analysis, strict)])[1].split() == ["call", "–", "0.0", "flag"]
