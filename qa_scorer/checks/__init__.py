"""The checks, and the one list of them. To add one: copy a pair of files, edit, add a line to ``CHECKS``."""

from __future__ import annotations

from collections.abc import Sequence

from qa_scorer.check import Check, Heard
from qa_scorer.checks import (
    closing,
    compliance,
    empathy,
    escalation,
    expectations,
    greeting,
    hold_etiquette,
    listening,
    negative_phrasing,
    opportunities,
    outcome,
    rapport,
    resolution,
    sentiment,
    talk_behaviour,
)
from qa_scorer.hearing import listen
from qa_scorer.language import Call
from qa_scorer.records import Analysis, Finding, PhraseRule

CHECKS: tuple[Check, ...] = (
    greeting.CHECK,
    rapport.CHECK,
    empathy.CHECK,
    negative_phrasing.CHECK,
    listening.CHECK,
    expectations.CHECK,
    resolution.CHECK,
    hold_etiquette.CHECK,
    closing.CHECK,
    escalation.CHECK,
    talk_behaviour.CHECK,
    sentiment.CHECK,
    outcome.CHECK,
)


def analyse(call: Call, rules: Sequence[PhraseRule] = ()) -> Analysis:
    """Run every check over a call; ``rules`` are the phrases a rubric asks to listen for."""
    heard = listen(call, tuple(check.name for check in CHECKS))
    findings = find_all(heard, rules)
    return Analysis(
        findings=tuple(findings),
        opportunities=tuple(opportunities.spot(heard, findings)),
        outcome=outcome.judge(heard, findings),
        arc=sentiment.arc(heard),
    )


def find_all(heard: Heard, rules: Sequence[PhraseRule] = ()) -> list[Finding]:
    """Return the findings of every check and of a rubric's rules, in the order of the call."""
    findings = [finding for check in CHECKS for finding in check.find(heard)]
    findings += compliance.listen_for(rules, heard)
    return sorted(findings, key=lambda finding: (finding.turn or 0, finding.signal))
