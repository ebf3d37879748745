"""Does ``verify`` notice? Checks and weights are broken on purpose, one at a time; each must turn it red."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from qa_scorer import checks, language, store
from qa_scorer.check import Check, Heard
from qa_scorer.checks import outcome
from qa_scorer.records import Analysis, Finding, Outcome, Role, Scorecard, Transcript
from qa_scorer.rubric import Rubric, load_rubric
from qa_scorer.scoring import gate, not_scored, score
from qa_scorer.settings import Settings
from qa_scorer.verification import Expectation, load_expectations, proposal
from qa_scorer.verification.comparison import compare_call
from tests.e2e.conftest import SAMPLES, Night

pytestmark = pytest.mark.e2e

RUBRIC = load_rubric("standard")


@dataclass(frozen=True)
class Samples:
    """The sample calls, heard and parsed once, and what is expected of them."""

    transcripts: dict[str, Transcript]
    calls: dict[str, language.Call]
    analyses: dict[str, Analysis]
    expected: dict[str, Expectation]

    def cards(self, rubric: Rubric = RUBRIC, *, again: bool = False) -> dict[str, Scorecard]:
        """Score every call; ``again`` runs the checks anew, as they are now."""
        cards = {}
        for call_id, transcript in self.transcripts.items():
            reason = gate(transcript, rubric)
            if reason is not None:
                cards[call_id] = not_scored(transcript, rubric, reason)
            else:
                call = self.calls[call_id]
                analysis = checks.analyse(call, rubric.phrase_rules) if again else self.analyses[call_id]
                cards[call_id] = score(transcript, analysis, rubric)
        return cards

    def mismatches(self, cards: dict[str, Scorecard], expected: dict[str, Expectation]) -> list[str]:
        return [
            f"{call_id}: {check.name}: {check.expected}, got {check.found}"
            for call_id, expectation in expected.items()
            for check in compare_call(expectation, cards[call_id], None)
            if not check.met
        ]


@pytest.fixture(scope="module")
def samples(night: Night) -> Samples:
    expected = load_expectations(SAMPLES / "expected.toml")
    transcripts = {name: store.read_transcript(store.transcript_path(night.out, name)) for name in expected}
    calls = {name: language.read(transcript, Settings()) for name, transcript in transcripts.items()}
    analyses = {name: checks.analyse(call, RUBRIC.phrase_rules) for name, call in calls.items()}
    return Samples(transcripts=transcripts, calls=calls, analyses=analyses, expected=expected)


def test_nothing_broken_is_green(samples: Samples, tmp_path: Path) -> None:
    cards = samples.cards()
    assert samples.mismatches(cards, samples.expected) == []
    assert samples.mismatches(cards, proposed(cards, tmp_path)) == []


def proposed(cards: dict[str, Scorecard], folder: Path) -> dict[str, Expectation]:
    """Return what ``verify --update`` would expect from now on."""
    path = folder / "expected.toml"
    path.write_text(proposal(cards.values(), {}), encoding="utf-8")
    return load_expectations(path)


@pytest.mark.parametrize("name", ["standard", "tech_support", "collections", "sales"])
def test_every_shipped_rubric_scores_every_sample_call(samples: Samples, name: str) -> None:
    cards = samples.cards(load_rubric(name), again=True)
    for call_id, card in cards.items():
        assert card.status == samples.expected[call_id].status
        for section in card.sections:
            for line in section.criteria:
                # Every line traces to findings, or says why it does not apply.
                assert line.findings if line.applicable else line.reason.startswith("Not applicable: ")


# ── broken checks ───────────────────────────────────────────────────────────────────────────────────────────────────

Find = Callable[[Heard], list[Finding]]


def silent(_: Find, __: Heard) -> list[Finding]:
    return []


def of_the_customer(find: Find, heard: Heard) -> list[Finding]:
    role: Role = "customer"
    return [replace(finding, role=role) for finding in find(heard)]


def everywhere(signal: str, find: Find, heard: Heard) -> list[Finding]:
    """Report a signal in every turn of the agent."""
    turns = [(at, turn) for at, turn in enumerate(heard.call.turns) if turn.role == "agent"]
    more = [Finding(signal=signal, verdict="present", role="agent", turn=at, confidence=0.9) for at, _ in turns]
    return [*find(heard), *more]


def once(find: Find, heard: Heard) -> list[Finding]:
    """Report only the first finding of a call."""
    return find(heard)[:1]


def mistaken(old: str, new: str, find: Find, heard: Heard) -> list[Finding]:
    """Report one signal as another."""
    return [replace(finding, signal=new) if finding.signal == old else finding for finding in find(heard)]


Mutation = Callable[[Find, Heard], list[Finding]]
BROKEN_CHECKS: list[tuple[str, Mutation]] = [
    ("greeting", silent),
    ("empathy", silent),
    ("negative_phrasing", silent),
    ("closing", silent),
    ("resolution", silent),
    ("rapport", of_the_customer),
    ("expectations", once),
    ("empathy", partial(everywhere, "empathy.apology")),
    ("negative_phrasing", partial(everywhere, "negative.dismissive")),
    ("greeting", partial(mistaken, "greeting.brand", "greeting.offer")),
]


def broken(parts: Iterable[Check], name: str, mutation: Mutation) -> tuple[Check, ...]:
    return tuple(replace(check, find=partial(mutation, check.find)) if check.name == name else check for check in parts)


@pytest.mark.parametrize(("name", "mutation"), BROKEN_CHECKS)
def test_a_broken_check_turns_it_red(
    samples: Samples, monkeypatch: pytest.MonkeyPatch, name: str, mutation: Mutation
) -> None:
    monkeypatch.setattr(checks, "CHECKS", broken(checks.CHECKS, name, mutation))
    assert samples.mismatches(samples.cards(again=True), samples.expected)


def test_a_rosy_outcome_turns_it_red(samples: Samples, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outcome, "judge", lambda *_: Outcome(label="resolved", confidence=0.9))
    assert samples.mismatches(samples.cards(again=True), samples.expected)


# ── broken rubrics ──────────────────────────────────────────────────────────────────────────────────────────────────


def changed(edit: Callable[[dict[str, Any]], None]) -> Rubric:
    value = RUBRIC.model_dump(mode="json", by_alias=True, exclude_unset=True)
    edit(value)
    return Rubric.model_validate(value)


def swap_weights(value: dict[str, Any]) -> None:
    by_id = {section["id"]: section for section in value["sections"]}
    by_id["closing"]["weight"], by_id["resolution"]["weight"] = 30, 10


def forget_empathy(value: dict[str, Any]) -> None:
    value["sections"] = [section for section in value["sections"] if section["id"] != "empathy"]


def lower_the_bar(value: dict[str, Any]) -> None:
    value["bands"] = {"pass": 50, "coach": 20}


def raise_the_gate(value: dict[str, Any]) -> None:
    value["gates"]["min_duration_s"] = 5


@pytest.mark.parametrize("edit", [swap_weights, forget_empathy, lower_the_bar, raise_the_gate])
def test_a_broken_rubric_turns_it_red(samples: Samples, edit: Callable[[dict[str, Any]], None], tmp_path: Path) -> None:
    expected = proposed(samples.cards(), tmp_path)
    assert samples.mismatches(samples.cards(changed(edit)), expected)
