"""Scorecards and ratings in one line each."""

from __future__ import annotations

from qa_scorer.calibration import Rating
from qa_scorer.records import CallInfo, CriterionScore, Origin, RubricRef, Scorecard, SectionScore

SHA = "a" * 64


def card(call_id: str, agent: str = "sam", before: float | None = None, **shares: float | None) -> Scorecard:
    """Build a scored call with one section of equal criteria, worth 10 points each."""
    lines = tuple(
        CriterionScore(
            id=name,
            question=f"{name}?",
            weight=10,
            points=None if share is None else share * 10,
            out_of=10,
            applicable=share is not None,
            expected=f"{name} was expected.",
        )
        for name, share in shares.items()
    )
    counted = [share for share in shares.values() if share is not None]
    score = before if before is not None else 100 * sum(counted) / len(counted)
    return Scorecard(
        call=CallInfo(call_id=call_id, agent_id=agent, path=f"calls/{call_id}.wav"),
        rubric=RubricRef(name="standard", version="1", sha256=SHA),
        origin=Origin(engine="test", version="1"),
        status="scored",
        score=score,
        score_before_critical=score,
        band="pass",
        sections=(SectionScore(id="opening", title="Opening", weight=100, score=score, criteria=lines),),
    )


def marks(reviewer: str, call_id: str, rubric_sha256: str = SHA, **shares: float | None) -> list[Rating]:
    """Build one person's blind marks for a call."""
    return [
        Rating(
            reviewer=reviewer,
            call_id=call_id,
            section="opening",
            criterion=name,
            rubric_sha256=rubric_sha256,
            share=share,
        )
        for name, share in shares.items()
    ]
