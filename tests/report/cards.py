"""Scorecards and transcripts of imaginary calls: ``night(12)`` is realistic, ``hostile()`` holds text that bites."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from qa_scorer.records import (
    Band,
    CallInfo,
    CriterionScore,
    EmotionalArc,
    Facts,
    Finding,
    Opportunity,
    Origin,
    Outcome,
    RubricRef,
    Scorecard,
    SectionScore,
    Span,
    Transcript,
    Turn,
)
from qa_scorer.store import scorecard_path, transcript_path, write_record

AGENTS = (
    ("a17", "Maya Okafor", "Billing", 0.9),
    ("a21", "Tom Brandt", "Billing", 0.62),
    ("a33", "Lucía Fernández", "Technical", 0.75),
    ("a34", "Jo Ng", "Technical", 0.45),
    (None, None, None, 0.6),
)
ORIGIN = Origin(engine="qa-scorer", version="0.1.0", models={"whisper-base": "ab" * 32})
RUBRIC = RubricRef(name="standard", version="1", sha256="c0ffee" * 10)

# section, its weight, and its criteria: id, question, weight, out of, signal, what was said, what should have been said
FORM: tuple[tuple[str, str, float, tuple[tuple[str, str, float, float, str, str, str], ...]], ...] = (
    (
        "opening",
        "Opening",
        10,
        (
            (
                "greeting",
                "Greets with company, own name and an offer to help",
                6,
                4,
                "greeting.name",
                "Good morning, Northwind Energy, this is Maya speaking, how can I help?",
                "Good morning, Northwind Energy, my name is Maya. How can I help you today?",
            ),
            ("first_response", "Answers within five seconds", 4, 1, "metric.first_response", "", ""),
        ),
    ),
    (
        "listening",
        "Listening",
        15,
        (
            (
                "paraphrase",
                "Says the customer's need back to confirm it",
                9,
                2,
                "listening.paraphrase",
                "So you were charged twice in October, is that right?",
                "So if I understand you right, … – is that it?",
            ),
            (
                "probe",
                "Asks about the problem itself",
                6,
                1,
                "listening.probe",
                "When did the light on the box start to blink?",
                "",
            ),
        ),
    ),
    (
        "empathy",
        "Empathy and rapport",
        20,
        (
            (
                "empathy",
                "Answers distress with empathy",
                12,
                3,
                "empathy.feeling",
                "That must be really frustrating, especially with the baby at home.",
                "I can hear how worrying that is. Let me sort it out with you now.",
            ),
            (
                "rapport",
                "Uses the customer's name and willing words",
                8,
                2,
                "rapport.affirmation",
                "Of course, I'd be happy to do that for you.",
                "",
            ),
        ),
    ),
    (
        "language",
        "Language",
        15,
        (
            (
                "negative",
                "Avoids blunt refusals, demands and blame",
                15,
                5,
                "negative.refusal",
                "No, we can't do that, you'll have to call back on Monday.",
                "What I can do is book the first slot on Monday for you.",
            ),
        ),
    ),
    (
        "resolution",
        "Resolution and expectations",
        30,
        (
            (
                "action",
                "Solves the request or names the next step",
                20,
                4,
                "resolution.action",
                "I've refunded that to your card just now.",
                "I'm booking that now: a technician comes on Tuesday between eight and twelve.",
            ),
            (
                "confirm",
                "Checks that it is solved",
                10,
                2,
                "resolution.confirm",
                "Is it working for you now?",
                "Before we finish: is everything working now?",
            ),
        ),
    ),
    (
        "closing",
        "Closing",
        10,
        (
            (
                "farewell",
                "Offers further help, thanks and says goodbye",
                6,
                3,
                "closing.farewell",
                "Thanks for calling, have a lovely day.",
                "Is there anything else? Thank you for calling, goodbye.",
            ),
            (
                "disclosure",
                "Reads the recording disclosure",
                4,
                1,
                "compliance.disclosure",
                "This call is recorded for quality.",
                "This call may be recorded.",
            ),
        ),
    ),
)
CUSTOMER = (
    "Hi, I've been without heating since Tuesday and nobody calls me back.",
    "I was charged twice last month and I'm really upset about it.",
    "My internet drops every evening, this is the third time I'm calling.",
)


def build(
    call_id: str,
    *,
    agent_id: str | None = "a17",
    agent_name: str | None = "Maya Okafor",
    team: str | None = "Billing",
    started_at: str | None = "2026-11-20T09:12:00",
    skill: float = 0.8,
    seed: int = 1,
    **changes: Any,
) -> tuple[Scorecard, Transcript]:
    """Build one scored call; ``skill`` is the chance to win a point, ``changes`` are fields of the scorecard."""
    chance = random.Random(f"{call_id}{seed}")  # noqa: S311 - imaginary calls, not secrets
    info = CallInfo(
        call_id=call_id, agent_id=agent_id, agent_name=agent_name, team=team, queue="Support", started_at=started_at
    )
    turns: list[Turn] = []
    clock = 0.8

    def say(role: str, text: str) -> int:
        nonlocal clock
        length = max(1.0, 0.34 * len(text.split()))
        turns.append(Turn(role=role, speaker=role, start=round(clock, 2), end=round(clock + length, 2), text=text))  # type: ignore[arg-type]
        clock += length + 0.6
        return len(turns) - 1

    sections = []
    complaint = -1
    for section_id, title, weight, rows in FORM:
        criteria = []
        for row in rows:
            if section_id == "listening" and complaint < 0:
                complaint = say("customer", CUSTOMER[chance.randrange(3)])
            criteria.append(_criterion(row, chance, skill, say, turns))
        counted = [one for one in criteria if one.points is not None]
        total = sum(one.weight for one in counted)
        score = 100 * sum(one.weight * (one.points or 0) / one.out_of for one in counted) / total if total else None
        sections.append(SectionScore(id=section_id, title=title, weight=weight, score=score, criteria=tuple(criteria)))
        say("customer", chance.choice(("Okay.", "Yes, that's right.", "Hmm, I see.", "Great, thank you.")))
    weights = sum(section.weight for section in sections if section.score is not None)
    before = sum(section.weight * section.score for section in sections if section.score is not None) / weights
    critical = any(one.critical_failed for section in sections for one in section.criteria)
    value = 0.0 if critical else before
    band: Band = "flag" if critical or value < 70 else "coach" if value < 85 else "pass"
    facts = Facts(
        agent_talk_share=0.56,
        customer_talk_share=0.44,
        agent_words_per_minute=152.0,
        longest_agent_monologue_s=31.0,
        first_agent_word_s=0.8,
        interruptions_by_agent=1,
        interruptions_by_customer=0,
        silence_s=7.5,
        silences=(Span(start=14.0, end=21.5),),
        overtalk_s=0.0,
        hold_s=24.0,
        holds=(Span(start=30.0, end=54.0, kind="music"),),
    )
    # Holds lie between turns: what comes after is moved back.
    start = chance.uniform(-0.8, -0.1)
    card = Scorecard(
        call=info,
        rubric=RUBRIC,
        origin=ORIGIN,
        status="scored",
        score=value,
        score_before_critical=before,
        compliance_score=0.0 if critical else 100.0,
        band=band,
        band_reason="The identity disclosure was not read." if critical else "",
        confidence=0.86,
        outcome=Outcome(
            label=chance.choice(("resolved", "resolved", "follow_up", "unresolved")),
            confidence=0.8,
            customer_end=chance.choice(("satisfied", "neutral", "dissatisfied")),
            repeat_contact=chance.random() < 0.15,
        ),
        arc=EmotionalArc(
            customer_start=start,
            customer_low=start - 0.1,
            customer_end=0.4,
            low_turn=complaint,
            agent_mean=0.3,
            customer_by_turn=tuple(
                (index, round(start + (0.4 - start) * index / len(turns), 2))
                for index, turn in enumerate(turns)
                if turn.role == "customer"
            ),
        ),
        facts=facts,
        duration=round(clock + 3, 1),
        language="en",
        sections=tuple(sections),
        findings=tuple(finding for section in sections for one in section.criteria for finding in one.findings),
        opportunities=(
            Opportunity(
                kind="distress",
                turn=complaint,
                role="customer",
                start=turns[complaint].start,
                end=turns[complaint].end,
                quote=turns[complaint].text,
                confidence=0.9,
            ),
        ),
    )
    transcript = Transcript(
        call=info,
        origin=ORIGIN,
        language="en",
        separation="channels",
        role_confidence=0.98,
        turns=tuple(turns),
        facts=facts,
    )
    return replace(card, **changes), transcript


def _criterion(row: Any, chance: random.Random, skill: float, say: Any, turns: list[Turn]) -> CriterionScore:
    # As on the real form, a line is out of its weight; the number of points on the list only sets the steps.
    criterion_id, question, weight, _, signal, quote, instead = row
    out_of = weight
    common = {
        "id": criterion_id,
        "question": question,
        "weight": weight,
        "out_of": out_of,
        "confidence": 0.9,
        "coaching": "Customers decide in the first minute whether they are in good hands.",
        "expected": f"{question}, in the agent's own words.",
        "say_instead": instead,
        "severity": "compliance" if criterion_id == "disclosure" else "non_critical",
    }
    if criterion_id in ("empathy", "disclosure", "probe") and chance.random() < 0.25:
        return CriterionScore(points=None, applicable=False, reason="Nothing in the call asked for it.", **common)
    won = chance.random() < skill
    negative = signal.startswith("negative")
    if not quote:
        return CriterionScore(
            points=out_of if won else 0.0,
            applicable=True,
            reason="Measured: 0.8 s." if won else "Measured: 7.2 s, the limit is 5 s.",
            **common,
        )
    if won and negative:
        return CriterionScore(points=out_of, applicable=True, reason="None was heard.", **common)
    if won or negative:
        index = say("agent", quote)
        finding = Finding(
            signal=signal,
            verdict="violation" if negative else "present",
            role="agent",
            start=turns[index].start,
            end=turns[index].end,
            turn=index,
            quote=quote,
            rule="phrase",
            how="meaning",
            confidence=round(chance.uniform(0.7, 1.0), 2),
            suggestion=instead if negative else "",
        )
        points = out_of if won else round(out_of * 0.4, 1)
        reason = "Heard once." if won else "One refusal without an alternative: 3 points off."
        return CriterionScore(points=points, applicable=True, reason=reason, findings=(finding,), **common)
    missing = Finding(
        signal=signal, verdict="absent", start=0.0, end=45.0, rule="first 45 s", how="structure", confidence=0.85
    )
    failed = criterion_id == "disclosure" and chance.random() < 0.4
    return CriterionScore(
        points=0.0 if chance.random() < 0.5 else round(out_of / 3, 1),
        applicable=True,
        reason="Searched from 0:00 to 0:45; not heard.",
        findings=(missing,),
        critical_failed=failed,
        **common,
    )


def night(n: int = 12, first_day: int = 2) -> Iterator[tuple[Scorecard, Transcript]]:
    """Yield ``n`` calls of several agents and teams over some days, with a not scored and an uncertain one."""
    for index in range(n):
        agent_id, name, team, skill = AGENTS[index % len(AGENTS)]
        day = first_day + (index // len(AGENTS)) % 18
        card, transcript = build(
            f"2026-11-{day:02d}_{index:04d}",
            agent_id=agent_id,
            agent_name=name,
            team=team,
            started_at=f"2026-11-{day:02d}T{8 + index % 9:02d}:{index % 60:02d}:00",
            skill=skill,
        )
        if index % 13 == 7:
            card = unscored(card, "the call is 15 s long, the shortest scored is 30 s")
        elif index % 11 == 5:
            card = replace(
                card, band="review", band_reason="Two uncertain findings could change the band.", confidence=0.55
            )
        yield card, transcript


def unscored(card: Scorecard, reason: str) -> Scorecard:
    """Return the card of the same call, not scored."""
    return Scorecard(
        call=card.call, rubric=card.rubric, origin=card.origin, status="not_scored", reason=reason, duration=15.0
    )


TEXTS = ("question", "reason", "coaching", "expected", "say_instead")
HOSTILE = (
    "=1+1",
    '=HYPERLINK("http://example.invalid","x")',
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1)",
    "#N/A",
    "'quoted",
    "a\x00b\x07c\x1bd\x9fe",
    "\ufffe and _x000D_ and \u202eright to left",
    "😀 " * 40,
    "</script><script>alert(1)</script><b>bold</b>",
    "word " * 12_000,
    "unbroken" * 900,
    "",
)


def hostile() -> Iterator[tuple[Scorecard, Transcript]]:
    """Yield calls whose names, quotes, reasons and questions try to break a workbook or a page."""
    for index, text in enumerate(HOSTILE):
        card, transcript = build(
            f"hostile-{index}", agent_id=text[:60] or None, agent_name=text or None, team=text[:40] or None, skill=0.3
        )
        finding = Finding(
            signal=text[:50] or "x",
            verdict="violation",
            role="agent",
            start=1.0,
            turn=0,
            quote=text,
            rule=text,
            suggestion=text,
        )
        sections = tuple(
            replace(
                section,
                title=text,
                criteria=tuple(
                    replace(one, findings=(finding,), **dict.fromkeys(TEXTS, text)) for one in section.criteria
                ),
            )
            for section in card.sections
        )
        turns = (replace(transcript.turns[0], text=text), *transcript.turns[1:])
        card = replace(card, sections=sections, findings=(finding,), band_reason=text)
        yield card, replace(transcript, turns=turns)


def store(out: Path, calls: Iterator[tuple[Scorecard, Transcript]] | list[tuple[Scorecard, Transcript]]) -> Path:
    """Write the calls where ``write_report`` reads them."""
    for card, transcript in calls:
        write_record(scorecard_path(out, card.call.call_id), card)
        write_record(transcript_path(out, card.call.call_id), transcript)
    return out
