"""Verification: expectations, comparison, word errors, roles, reports, proposals, the command."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jiwer
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from qa_scorer import cli, store
from qa_scorer.cli.verify import verify as verify_command
from qa_scorer.errors import UsageError
from qa_scorer.records import Finding, Outcome, Scorecard, Transcript
from qa_scorer.rubric import load_rubric
from qa_scorer.scoring import not_scored
from qa_scorer.verification import (
    Check,
    Expectation,
    Result,
    junit_xml,
    load_expectations,
    proposal,
    table,
    verify,
    word_error_rate,
)
from qa_scorer.verification.comparison import Span, compare_call, role_share
from qa_scorer.verification.wording import Said, normal_words
from tests.build import transcript

ROOT = Path(__file__).parents[1]
CALL = transcript("A: Hello, this is Sam.", "C: My order is late.", "A: I am sorry about that.", call_id="late-order")
TRUTH = [Span(role=turn.role, start=turn.start or 0.0, end=turn.end or 0.0, text=turn.text) for turn in CALL.turns]


def finding(signal: str, start: float, role: Any = "agent", **more: Any) -> Finding:
    return Finding(signal=signal, verdict="present", role=role, start=start, end=start + 1, **more)


CARD = replace(
    not_scored(CALL, load_rubric("standard"), ""),
    status="scored",
    score=72.5,
    compliance_score=100.0,
    band="coach",
    outcome=Outcome(label="follow_up", confidence=0.9, customer_end="neutral"),
    duration=100.0,
    findings=(
        finding("greeting.name", 1),
        finding("empathy.apology", 30),
        finding("empathy.apology", 60),
        finding("negative.policy", 95),
        replace(finding("closing.thanks", 90), verdict="absent"),
    ),
)


def expect(text: str, folder: Path) -> dict[str, Expectation]:
    path = folder / "expected.toml"
    path.write_text(text, encoding="utf-8")
    return load_expectations(path)


def mismatches(folder: Path, *lines: str, card: Scorecard = CARD, heard: Transcript | None = None) -> list[str]:
    [expectation] = expect("[call.late-order]\n" + "\n".join(lines), folder).values()
    checks = compare_call(expectation, card, heard, TRUTH if heard else None)
    return [f"{check.name}: {check.expected} / {check.found}" for check in checks if not check.met]


# ── comparing ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("line", "mismatch"),
    [
        ('status = "not_scored"', "status: not_scored / scored"),
        ('outcome = "follow_up"', None),
        ('outcome = ["resolved", "follow_up"]', None),
        ('outcome = "resolved"', "outcome: resolved / follow_up"),
        ('customer_end = ["neutral", "satisfied"]', None),
        ('customer_end = "satisfied"', "customer_end: satisfied / neutral"),
        ('band = ["coach", "review"]', None),
        ('band = "pass"', "band: pass / coach"),
        ("score = [70, 75]", None),
        ("score = [80, 100]", "score: 80 to 100 / 72.5"),
        ("compliance_score = [0, 50]", "compliance_score: 0 to 50 / 100"),
        ('must_find = ["greeting.name", "empathy.*"]', None),
        ('must_find = ["closing.thanks"]', "must find: closing.thanks / 0 found"),
        ('must_find = [{ signal = "empathy.apology", min = 2 }]', None),
        (
            'must_find = [{ signal = "empathy.apology", min = 3 }]',
            "must find: empathy.apology at least 3 times / 2 found",
        ),
        ('must_find = [{ signal = "greeting.name", role = "agent", first_s = 5 }]', None),
        (
            'must_find = [{ signal = "greeting.name", role = "customer" }]',
            "must find: greeting.name by the customer / 0 found",
        ),
        ('must_find = [{ signal = "negative.policy", last_s = 10 }]', None),
        ('must_find = [{ signal = "negative.policy", last_percent = 10 }]', None),
        (
            'must_find = [{ signal = "negative.policy", first_percent = 50 }]',
            "must find: negative.policy in the first 50 % / 0 found",
        ),
        ('must_not_find = ["negative.blame", "closing.*"]', None),
        ('must_not_find = ["negative.*"]', "must not find: negative.* / found at 95 s"),
        ('must_not_find = [{ signal = "negative.policy", first_s = 60 }]', None),
        (
            'must_not_find = [{ signal = "negative.policy", last_s = 60 }]',
            "must not find: negative.policy in the last 60 s / found at 95 s",
        ),
        ('must_not_find = [{ signal = "empathy.apology", min = 3 }]', None),
    ],
)
def test_each_expectation_is_compared(tmp_path: Path, line: str, mismatch: str | None) -> None:
    assert mismatches(tmp_path, line) == ([mismatch] if mismatch else [])


def test_a_call_that_was_not_scored_is_compared_by_reason(tmp_path: Path) -> None:
    gated = replace(CARD, status="not_scored", reason="too short: it lasts 12 s.", score=None, band=None)
    assert mismatches(tmp_path, 'status = "not_scored"', 'reason = "too short"', card=gated) == []
    assert mismatches(tmp_path, 'status = "not_scored"', 'reason = "voicemail"', card=gated) == [
        "reason: voicemail / too short: it lasts 12 s."
    ]
    # Nothing else is asked of it: what was expected of a scored call is one mismatch, not ten.
    assert mismatches(tmp_path, 'must_find = ["greeting.name"]', card=gated) == [
        "status: scored / not_scored: too short: it lasts 12 s."
    ]


def test_roles_and_words_are_compared_with_what_was_said(tmp_path: Path) -> None:
    both = ('roles = "right"', "wer_max = 0.1")
    assert mismatches(tmp_path, *both, heard=CALL) == []
    other: dict[Any, Any] = {"agent": "customer", "customer": "agent"}
    swapped = replace(CALL, turns=tuple(replace(turn, role=other[turn.role]) for turn in CALL.turns))
    assert mismatches(tmp_path, *both, heard=swapped) == ["roles: right / 0 % right"]
    unknown = replace(CALL, turns=tuple(replace(turn, role="unknown") for turn in CALL.turns))
    assert mismatches(tmp_path, *both, heard=unknown) == ["roles: right / 0 % right"]
    assert mismatches(tmp_path, 'roles = "unknown"', heard=unknown) == []
    assert mismatches(tmp_path, 'roles = "unknown"', heard=CALL) == ["roles: unknown / agent and customer"]
    wrong = replace(CALL, turns=(replace(CALL.turns[0], text="Yellow, this is spam."), *CALL.turns[1:]))
    assert mismatches(tmp_path, *both, heard=wrong) == ["words wrong: at most 10% / 15.4%"]


def test_the_share_of_right_roles_is_of_the_time_both_know() -> None:
    half = replace(CALL, turns=(CALL.turns[0], replace(CALL.turns[2], role="customer")))
    assert role_share(CALL, TRUTH) == 1
    lengths = [(turn.end or 0) - (turn.start or 0) for turn in CALL.turns]
    assert role_share(half, TRUTH) == pytest.approx(lengths[0] / (lengths[0] + lengths[2]))
    assert role_share(replace(CALL, turns=()), TRUTH) == 0


def test_defaults_hold_unless_a_call_says_otherwise(tmp_path: Path) -> None:
    text = '[defaults]\nroles = "right"\nwer_max = 0.12\n[call.a]\n[call.b]\nroles = "any"\nwer_max = 0.3\n'
    expectations = expect(text, tmp_path)
    assert (expectations["a"].roles, expectations["a"].wer_max) == ("right", 0.12)
    assert (expectations["b"].roles, expectations["b"].wer_max) == ("any", 0.3)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[call.a]\nstauts = "scored"\n', r"expected\.toml:2: call\.a\.stauts: unknown key; .*did you mean 'status'"),
        ('[call.a]\nstatus = "fine"\n', r":2: call\.a\.status: 'fine' is not known; allowed are scored, not_scored"),
        ('[call.a]\nmust_find = [\n  "greeting.hello",\n]\n', r":3: must_find: unknown signal 'greeting\.hello'"),
        ('[call.a]\nmust_not_find = ["negativ.*"]\n', r":2: must_not_find: unknown signal"),
        ('[call.a]\nmust_find = [{ signal = "greeting.name", first = 3 }]\n', r":2: .*first: unknown key; .*first_s"),
        ("[call.a]\nscore = 80\n", r":2: call\.a\.score: must be a list"),
        ("[call.a\n", r"not valid TOML"),
    ],
)
def test_a_mistake_in_the_expectations_names_its_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        expect(text, tmp_path)


def test_the_sample_calls_expectations_can_be_read() -> None:
    expectations = load_expectations(ROOT / "sample_calls" / "expected.toml")
    assert len(expectations) >= 14
    scored = [expectation for expectation in expectations.values() if expectation.status == "scored"]
    for expectation in scored:
        named = {item.signal.partition(".")[0] for item in (*expectation.must_find, *expectation.must_not_find)}
        assert {"greeting", "rapport", "negative", "empathy"} <= named
        assert expectation.outcome
    assert {expectation.reason for expectation in expectations.values()} > {"voicemail", "too short"}


# ── a folder of results ─────────────────────────────────────────────────────────────────────────────────────────────


def results(out: Path, calls: Path, **cards: Scorecard) -> None:
    for name, card in cards.items():
        info = replace(card.call, call_id=name)
        store.write_record(store.scorecard_path(out, name), replace(card, call=info))
        store.write_record(store.transcript_path(out, name), replace(CALL, call=info))
        truth = [{"role": said.role, "start": said.start, "end": said.end, "text": said.text} for said in TRUTH]
        store.write_json(calls / "truth" / f"{name}.json", truth)


def test_results_on_disk_are_compared_call_by_call(tmp_path: Path) -> None:
    out, calls = tmp_path / "out", tmp_path / "calls"
    results(out, calls, good=CARD, bad=CARD)
    failure = store.Failure(call_id="broken", path="broken.wav", stage="transcribe", reason="broken.wav: no audio.")
    store.write_failures(out, [failure])
    text = (
        '[defaults]\nroles = "right"\n[call.good]\nband = "coach"\n[call.bad]\nband = "pass"\n'
        '[call.broken]\n[call.bust]\nstatus = "failed"\n'
    )
    found = {result.call_id: result for result in verify(expect(text, tmp_path), out, calls)}
    assert [call_id for call_id, result in found.items() if result.mismatches] == ["bad", "broken"]
    assert [check.name for check in found["good"].checks] == ["status", "band", "roles"]
    assert found["broken"].mismatches[0].found == "failed: broken.wav: no audio."
    assert found["bust"].checks[0].found == "failed: no scorecard"


def test_truth_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    results(tmp_path, tmp_path, good=CARD)
    (tmp_path / "truth" / "good.json").write_text('[{"role": "agent"}]')
    with pytest.raises(UsageError, match=r"good\.json: not a list of turns"):
        verify(expect("[call.good]\n", tmp_path), tmp_path, tmp_path)


def test_the_table_and_junit_xml_say_the_same() -> None:
    met = Check(name="band", expected="pass", found="pass", met=True)
    missed = Check(name="must find", expected="a <b> & \x00c", found="0 found", met=False)
    both = [Result(call_id="one", checks=(met,)), Result(call_id="two", checks=(met, missed))]
    lines = table(both)
    assert lines[0].split() == ["one", "ok", "1", "of", "1", "as", "expected"]
    assert lines[1].split()[:2] == ["two", "MISMATCH"]
    assert "expected a <b>" in lines[2]
    assert lines[-1] == "2 calls verified, 1 with mismatches."
    suite = ET.fromstring(junit_xml(both)).find("testsuite")  # noqa: S314 - our own text
    assert suite is not None
    assert (suite.get("tests"), suite.get("failures")) == ("3", "1")
    assert [case.get("classname") for case in suite.iter("testcase")] == ["one", "two", "two"]
    [failure] = suite.iter("failure")
    assert failure.get("message") == "expected a <b> & c, got 0 found"


# ── proposals ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_proposal_is_met_by_what_it_was_made_of(tmp_path: Path) -> None:
    gated = replace(
        CARD, call=replace(CARD.call, call_id="a call"), status="not_scored", reason="voicemail: x.", score=None
    )
    text = proposal([CARD, gated], {})
    expectations = expect(text, tmp_path)
    assert set(expectations) == {"late-order", "a call"}
    for card in (CARD, gated):
        assert all(check.met for check in compare_call(expectations[card.call.call_id], card, None))
    assert [item.signal for item in expectations["late-order"].must_find] == [
        "empathy.apology",
        "greeting.name",
        "negative.policy",
    ]
    assert "negative.blame" in {item.signal for item in expectations["late-order"].must_not_find}
    assert expectations["a call"].reason == "voicemail"


def test_a_proposal_keeps_what_still_holds_and_the_comments(tmp_path: Path) -> None:
    old_text = """# Head.

[defaults]
wer_max = 0.2

# Above.
[call.late-order]  # beside
status = "scored"
outcome = ["resolved", "follow_up"]
band = "pass"
must_find = ["greeting.name", "closing.thanks", { signal = "empathy.apology", min = 2 }]
must_not_find = ["negative.blame", "negative.policy"]

[call.other]
band = "flag"
"""
    old = expect(old_text, tmp_path)
    text = proposal([CARD], old, old_text)
    assert text.startswith("# Head.\n\n[defaults]\nwer_max = 0.2\n")
    assert "# Above.\n[call.late-order]  # beside\n" in text
    assert text.count("wer_max") == 1
    new = expect(text, tmp_path)
    assert new["late-order"].outcome == ("resolved", "follow_up")
    assert new["late-order"].band == ("coach",)
    assert new["late-order"].score is None
    assert [(item.signal, item.min) for item in new["late-order"].must_find] == [
        ("greeting.name", 1),
        ("empathy.apology", 2),
    ]
    assert [item.signal for item in new["late-order"].must_not_find] == ["negative.blame"]
    assert new["other"] == old["other"]
    assert proposal([CARD], new, text) == text


# ── word errors ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("It's forty-two dollars.", "it is 42 dollars"),
        ("I can't. I won't!", "I cannot, I will not"),
        ("Um, OK, alright", "okay all right"),
        ("four one two", "412"),
        ("Mr. Smith", "mister Smith"),
        ("nine thirty", "9:30"),
    ],
)
def test_spelling_is_no_error(one: str, other: str) -> None:
    assert normal_words(one) == normal_words(other)


def said(*texts: str) -> list[Said]:
    return [
        Said(role="agent" if at % 2 == 0 else "customer", start=float(at), text=text) for at, text in enumerate(texts)
    ]


words = st.lists(st.sampled_from(["parcel", "late", "account", "refund", "today", "please"]), min_size=1, max_size=12)


@settings(deadline=None)
@given(words, words)
def test_the_rate_is_the_usual_one(truth: list[str], heard: list[str]) -> None:
    rate = word_error_rate(said(" ".join(truth)), said(" ".join(heard)))
    assert rate == pytest.approx(jiwer.wer(" ".join(truth), " ".join(heard)))


def test_crosstalk_is_compared_side_by_side() -> None:
    truth = said("one parcel is late", "sorry")
    heard = [
        Said(role="customer", start=0.0, text="sorry"),
        Said(role="agent", start=0.5, text="one parcel is late"),
    ]
    assert word_error_rate(truth, heard) == 0


def test_roles_do_not_change_the_rate() -> None:
    truth = said("one parcel is late", "sorry about that")
    swapped: dict[Any, Any] = {"agent": "customer", "customer": "agent"}
    assert word_error_rate(truth, [replace(turn, role=swapped[turn.role]) for turn in truth]) == 0


# ── the command ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def night(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder with one call, whose night is played from a stored card instead of recognized."""
    calls = tmp_path / "calls"
    calls.mkdir()
    (calls / "late-order.txt").write_text("Agent: Hello, this is Sam.\nCustomer: My order is late.\n")

    def run_night(sources: Any, out: Path, *_: Any, **__: Any) -> None:
        results(out, calls, **{source.info.call_id: CARD for source in sources})
        store.write_failures(out, [])

    monkeypatch.setattr("qa_scorer.night.run_night", run_night)
    (calls / "expected.toml").write_text('[call.late-order]\nband = "coach"\n')
    return calls


def run(*arguments: str) -> tuple[int, str]:
    app = cli.typer.Typer()
    app.command()(verify_command)
    result = CliRunner().invoke(app, list(arguments))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def test_the_command_ends_with_1_on_a_mismatch(night: Path, tmp_path: Path) -> None:
    report = tmp_path / "reports" / "verify.xml"
    code, output = run(str(night), "--junit-xml", str(report))
    assert (code, output.splitlines()[-1]) == (0, "1 call verified, all as expected.")
    assert ET.parse(report).getroot().tag == "testsuites"  # noqa: S314 - our own text
    (night / "expected.toml").write_text('[call.late-order]\nband = "pass"\n')
    code, output = run(str(night), "--out", str(tmp_path / "kept"))
    assert code == 1
    assert "band: expected pass, got coach" in output
    assert (tmp_path / "kept" / "scorecards" / "late-order.json").exists()


def test_the_command_writes_expectations_for_review(night: Path) -> None:
    (night / "expected.toml").unlink()
    with pytest.raises(UsageError, match=r"no such file; .*--update"):
        run(str(night))
    code, output = run(str(night), "--update")
    assert code == 0
    assert "review the changes" in output
    assert run(str(night))[0] == 0


def test_calls_nobody_expects_anything_of_are_named(night: Path) -> None:
    (night / "another.txt").write_text("Agent: Hello, this is Sam.\nCustomer: My order is late.\n")
    code, output = run(str(night))
    assert code == 0
    assert "another: nothing is expected of it" in output
    assert json.loads((night / "truth" / "another.json").read_text())
