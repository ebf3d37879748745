"""Compare what calls gave with what they must give."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from qa_scorer import store
from qa_scorer.errors import CallError, UsageError
from qa_scorer.records import Scorecard, Transcript
from qa_scorer.verification.expectations import Expectation, Sought, matches
from qa_scorer.verification.wording import Said, word_error_rate

MIN_ROLE_SHARE = 0.8
"""Of the time both agree that somebody speaks, this much must carry the right role. Swapped roles give about 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One comparison: what was expected, what was found, and whether that is met."""

    name: str
    expected: str
    found: str
    met: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """All comparisons of one call."""

    call_id: str
    checks: tuple[Check, ...]

    @property
    def mismatches(self) -> tuple[Check, ...]:
        """Return the comparisons that are not met."""
        return tuple(check for check in self.checks if not check.met)


def verify(expectations: Mapping[str, Expectation], out: Path, calls: Path | None = None) -> list[Result]:
    """Compare the results in ``out`` with the expectations, call by call.

    ``calls`` is the folder of the recordings; what was said in them may stand in ``truth/<call>.json``, a list of
    ``{"role", "start", "end", "text"}``. Without it roles and words are not compared.
    """
    failures = {failure.call_id: failure.reason for failure in store.read_failures(out)}
    results = []
    for call_id, expectation in sorted(expectations.items()):
        card, transcript = _read(out, call_id)
        if card is None:
            reason = failures.get(call_id, "no scorecard")
            checks: tuple[Check, ...] = (_status(expectation, "failed", reason),)
        else:
            truth = _truth(calls, call_id) if calls is not None else None
            checks = compare_call(expectation, card, transcript, truth)
        results.append(Result(call_id=call_id, checks=checks))
    return results


def compare_call(
    expectation: Expectation, card: Scorecard, transcript: Transcript | None, truth: Sequence[Span] | None = None
) -> tuple[Check, ...]:
    """Compare one call. What the expectation does not name is not compared."""
    checks = [_status(expectation, card.status, card.reason)]
    if expectation.reason is not None:
        checks.append(_check("reason", expectation.reason, card.reason, card.reason.startswith(expectation.reason)))
    if card.status == "scored":
        checks += _judgement_checks(expectation, card)
    if transcript is not None and truth is not None:
        checks += _speech_checks(expectation, transcript, truth)
    return tuple(checks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span(Said):
    """What was said, until when (s)."""

    end: float


def _judgement_checks(expectation: Expectation, card: Scorecard) -> list[Check]:
    checks = []
    outcome = card.outcome
    label, mood = (outcome.label, outcome.customer_end) if outcome else ("unclear", "unclear")
    for name, wanted, label_found in (
        ("outcome", expectation.outcome, label),
        ("customer_end", expectation.customer_end, mood),
        ("band", expectation.band, card.band or "none"),
    ):
        if wanted:
            checks.append(_check(name, " or ".join(wanted), label_found, label_found in wanted))
    for name, bounds, value in (
        ("score", expectation.score, card.score),
        ("compliance_score", expectation.compliance_score, card.compliance_score),
    ):
        if bounds is not None:
            met = value is not None and bounds[0] <= value <= bounds[1]
            checks.append(
                _check(name, f"{bounds[0]:g} to {bounds[1]:g}", "none" if value is None else f"{value:g}", met)
            )
    for sought in expectation.must_find:
        found = matches(sought, card.findings, card.duration)
        checks.append(_check("must find", _wording(sought), f"{len(found)} found", len(found) >= sought.min))
    for sought in expectation.must_not_find:
        found = matches(sought, card.findings, card.duration)
        where = ", ".join(f"{item.start or 0:.0f} s" for item in found)
        got = f"found at {where}" if found else "not found"
        checks.append(_check("must not find", _wording(sought), got, len(found) < sought.min))
    return checks


def _speech_checks(expectation: Expectation, transcript: Transcript, truth: Sequence[Span]) -> list[Check]:
    checks = []
    if expectation.roles == "right":
        share = role_share(transcript, truth)
        checks.append(_check("roles", "right", f"{share * 100:.0f} % right", share >= MIN_ROLE_SHARE))
    if expectation.roles == "unknown":
        known = sorted({turn.role for turn in transcript.turns if turn.role in ("agent", "customer")})
        checks.append(_check("roles", "unknown", " and ".join(known) or "unknown", not known))
    if expectation.wer_max is not None:
        heard = [Said(role=turn.role, start=turn.start or 0.0, text=turn.text) for turn in transcript.turns]
        rate = word_error_rate(truth, heard)
        checks.append(
            _check("words wrong", f"at most {expectation.wer_max:.0%}", f"{rate:.1%}", rate <= expectation.wer_max)
        )
    return checks


def role_share(transcript: Transcript, truth: Sequence[Span]) -> float:
    """Return the share of the time, where truth and transcript have an agent or customer speak, with the right role."""
    right = both = 0.0
    for said in truth:
        for turn in transcript.turns:
            if said.role in ("agent", "customer") and turn.role in ("agent", "customer", "unknown"):
                overlap = min(said.end, turn.end or 0.0) - max(said.start, turn.start or 0.0)
                both += max(0.0, overlap)
                right += max(0.0, overlap) if turn.role == said.role else 0.0
    return right / both if both else 0.0


def _status(expectation: Expectation, status: str, reason: str) -> Check:
    found = f"{status}: {reason}" if reason else status
    return _check("status", expectation.status, found, status == expectation.status)


def _check(name: str, expected: str, found: str, met: bool) -> Check:
    return Check(name=name, expected=expected, found=found, met=met)


def _wording(sought: Sought) -> str:
    parts = [sought.signal]
    parts += [f"by the {sought.role}"] if sought.role != "agent" else []
    for key, words in (
        ("first_s", "in the first {:g} s"),
        ("last_s", "in the last {:g} s"),
        ("first_percent", "in the first {:g} %"),
        ("last_percent", "in the last {:g} %"),
    ):
        value = getattr(sought, key)
        parts += [words.format(value)] if value is not None else []
    parts += [f"at least {sought.min} times"] if sought.min > 1 else []
    return " ".join(parts)


def _read(out: Path, call_id: str) -> tuple[Scorecard | None, Transcript | None]:
    card, transcript = store.scorecard_path(out, call_id), store.transcript_path(out, call_id)
    try:
        return (
            store.read_scorecard(card) if card.exists() else None,
            store.read_transcript(transcript) if transcript.exists() else None,
        )
    except CallError:
        return None, None


def _truth(calls: Path, call_id: str) -> list[Span] | None:
    path = calls / "truth" / f"{call_id}.json"
    if not path.exists():
        return None
    try:
        turns = json.loads(path.read_text(encoding="utf-8"))
        return [
            Span(role=turn["role"], start=float(turn["start"]), end=float(turn["end"]), text=str(turn["text"]))
            for turn in turns
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{path}: not a list of turns with role, start, end and text ({type(error).__name__})."
        ) from error
