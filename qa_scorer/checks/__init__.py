"""The checks, and the one list of them. To add one: copy a pair of files, edit, add a line to ``CHECKS``."""

from __future__ import annotations

from collections.abc import Sequence

from qa_scorer.check import Check, Heard, listen
from qa_scorer.checks import (
    closing,
    empathy,
    escalation,
    expectations,
    greeting,
    hold_etiquette,
    listening,
    negative_phrasing,
    outcome,
    rapport,
    resolution,
)
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
)


def analyse(call: Call, rules: Sequence[PhraseRule] = ()) -> Analysis:
    """Run every check over a call; ``rules`` are the phrases a rubric asks to listen for."""
    heard = listen(call, tuple(check.name for check in CHECKS))
    findings = find_all(heard)
    return Analysis(findings=tuple(findings), outcome=outcome.judge(heard, findings))


def find_all(heard: Heard) -> list[Finding]:
    """Return the findings of every check, in the order of the call."""
    findings = [finding for check in CHECKS for finding in check.find(heard)]
    return sorted(findings, key=lambda finding: (finding.turn or 0, finding.signal))
