"""Golden scorecards: real evidence of sample calls, and every line that each shipped rubric makes of it.

``<call>.json`` is a transcript and what the checks found in it; ``<call>.txt`` is the page a reviewer reads. After a
wanted change of a rubric or of the arithmetic, ``python -m tests.golden`` writes the pages again: read the difference.
``python -m tests.golden OUT`` also takes the evidence anew, from the transcripts of a run in ``OUT``.
"""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import TypeAdapter

from qa_scorer.records import Analysis, CriterionScore, Scorecard, Transcript
from qa_scorer.rubric import load_rubric
from qa_scorer.scoring import gate, not_scored, score

FOLDER = Path(__file__).parent
CALLS = ("internet-drops", "laptop-dead", "late-parcel", "lost-card", "voicemail", "water-damage")
RUBRICS = ("standard", "tech_support", "collections", "sales")


def evidence(call_id: str) -> tuple[Transcript, Analysis]:
    """Read the stored transcript of a call and what the checks found in it."""
    value = json.loads((FOLDER / f"{call_id}.json").read_text(encoding="utf-8"))
    return (
        TypeAdapter(Transcript).validate_python(value["transcript"]),
        TypeAdapter(Analysis).validate_python(value["analysis"]),
    )


def judge(call_id: str, rubric_name: str) -> Scorecard:
    """Score the stored evidence of a call."""
    transcript, analysis = evidence(call_id)
    rubric = load_rubric(str(FOLDER.parents[1] / "rubrics" / f"{rubric_name}.toml"))
    reason = gate(transcript, rubric)
    return score(transcript, analysis, rubric) if reason is None else not_scored(transcript, rubric, reason)


def page(call_id: str) -> str:
    """Write what every rubric makes of a call, for reading."""
    return "\n\n".join(_card(judge(call_id, name)) for name in RUBRICS) + "\n"


def _card(card: Scorecard) -> str:
    head = f"{card.call.call_id} under {card.rubric.name} {card.rubric.version}: "
    if card.status == "not_scored":
        return f"{head}not scored. {card.reason}"
    lines = [
        f"{head}{card.score} {card.band}, {card.score_before_critical} before critical failures, "
        f"compliance {card.compliance_score}, confidence {card.confidence}"
    ]
    lines += [f"  {card.band_reason}"] if card.band_reason else []
    for section in card.sections:
        value = "not applicable" if section.score is None else section.score
        lines.append(f"  {section.title} (weight {section.weight}): {value}")
        for line in section.criteria:
            lines += _line(line)
    return "\n".join(lines)


def _line(line: CriterionScore) -> list[str]:
    points = "–" if line.points is None else f"{line.points:g}"
    shown = [f"    {points} of {line.out_of:g}  {line.id}: {line.reason}"]
    for finding in line.findings:
        start = "" if finding.start is None else f"{finding.start:.1f} s "
        what = f'"{finding.quote}"' if finding.quote else finding.rule
        shown.append(f"        {start}{finding.verdict} {finding.signal} {finding.confidence:.2f}: {what}")
    return shown
