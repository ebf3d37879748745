"""After a purge no word of an old call is left anywhere, and every score is."""

from __future__ import annotations

import io
import json
import os
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from qa_scorer import retention, store
from qa_scorer.errors import UsageError
from qa_scorer.records import (
    CriterionScore,
    Finding,
    Opportunity,
    Outcome,
    RubricRef,
    Scorecard,
    SectionScore,
)
from qa_scorer.report import write_report
from qa_scorer.settings import Settings
from tests.build import transcript

SECRETS = ("walrus", "Kowalski", "zeppelin", "1234-recording", "xylophone")
NOW = datetime.now(UTC)


def card_for(call_id: str, started: datetime | None, **info: object) -> tuple[Scorecard, object]:
    heard = transcript(
        "A: Hello this is about your walrus",
        "C: Yes I am Kowalski and furious about the zeppelin",
        call_id=call_id,
        agent_id="a1",
        agent_name="Sam Reed",
        started_at=started.isoformat() if started else None,
        path=f"calls/1234-recording-{call_id}.wav",
        customer_id="xylophone",
        extra={"note": "walrus owner"},
        **info,
    )
    said = Finding(signal="greeting.salutation", verdict="present", role="agent", turn=0, quote="about your walrus")
    moan = Finding(
        signal="empathy.feeling", verdict="present", role="agent", turn=1, quote="furious about the zeppelin"
    )
    criterion = CriterionScore(
        id="greeting",
        question="Greeted?",
        weight=1,
        points=1,
        out_of=1,
        applicable=True,
        reason="Heard: about your walrus.",
        findings=(said,),
    )
    card = Scorecard(
        call=heard.call,
        rubric=RubricRef(name="standard", version="1", sha256="0" * 64),
        origin=heard.origin,
        status="scored",
        score=87.5,
        score_before_critical=87.5,
        band="pass",
        outcome=Outcome(label="resolved", confidence=0.9, evidence=(moan,)),
        sections=(SectionScore(id="opening", title="Opening", weight=100, score=87.5, criteria=(criterion,)),),
        findings=(said, moan),
        opportunities=(
            Opportunity(kind="distress", turn=1, role="customer", quote="I am Kowalski and furious", answers=(moan,)),
        ),
    )
    return card, heard


@pytest.fixture
def out(tmp_path: Path) -> Path:
    out = tmp_path / "out"
    for call_id, age in (("old-1", 200), ("old-2", 100), ("new", 5)):
        card, heard = card_for(call_id, NOW - timedelta(days=age))
        store.write_record(store.transcript_path(out, call_id), heard)
        store.write_record(store.scorecard_path(out, call_id), card)
    (out / "originals").mkdir()
    (out / "originals" / "old-1.json").write_text('{"results": "walrus"}')
    ledger = [
        {"file": "calls/1234-recording-old-1.wav", "size": 1, "mtime": 1, "sha256": "a"},
        {"file": "calls/1234-recording-new.wav", "size": 1, "mtime": 1, "sha256": "b"},
        {"stage": "score", "call": "old-1", "key": "k"},
    ]
    (out / "ledger.jsonl").write_text("".join(json.dumps(line) + "\n" for line in ledger))
    store.write_failures(
        out, [store.Failure(call_id="old-2", path="calls/1234-recording-old-2.wav", stage="score", reason="x")]
    )
    return out


@pytest.fixture
def no_report(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa_scorer.report.write_report", lambda out, settings: None)


def text_below(out: Path) -> dict[str, str]:
    """Return everything that can be read below ``out``, workbooks and tables unpacked."""
    import polars as pl

    found = {}
    for path in sorted(path for path in out.rglob("*") if path.is_file()):
        data = path.read_bytes()
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(io.BytesIO(data)) as book:
                data = b"\n".join(book.read(name) for name in book.namelist())
        elif path.suffix == ".parquet":
            data = pl.read_parquet(path).write_json().encode()
        found[str(path.relative_to(out))] = data.decode(errors="replace")
    return found


def test_nothing_that_was_said_is_left_and_every_score_is(out: Path) -> None:
    write_report(out, Settings())
    before = text_below(out)
    assert all(any(secret in text for text in before.values()) for secret in SECRETS)

    old = retention.find_old(out, NOW + timedelta(days=1))
    assert [call.call_id for call in old] == ["new", "old-1", "old-2"]
    retention.purge(out, old, Settings())

    left = [(name, secret) for name, text in text_below(out).items() for secret in SECRETS if secret in text]
    assert left == []
    for call_id in ("old-1", "old-2", "new"):
        card = store.read_scorecard(store.scorecard_path(out, call_id))
        assert card.score == 87.5
        assert card.call.agent_name == "Sam Reed"
        assert card.sections[0].criteria[0].findings[0].signal == "greeting.salutation"
        assert store.scorecard_path(out, call_id).with_suffix(".html").exists()
    assert list((out / "coaching").glob("*.xlsx"))


@pytest.mark.usefixtures("no_report")
def test_only_calls_older_than_asked_are_touched(out: Path) -> None:
    new = store.scorecard_path(out, "new").read_bytes(), store.transcript_path(out, "new").read_bytes()
    retention.purge(out, retention.find_old(out, NOW - timedelta(days=150)), Settings())
    assert not store.transcript_path(out, "old-1").exists()
    assert store.transcript_path(out, "old-2").exists()
    assert new == (store.scorecard_path(out, "new").read_bytes(), store.transcript_path(out, "new").read_bytes())
    assert "1234-recording-old-1" not in (out / "ledger.jsonl").read_text()
    assert "1234-recording-new" in (out / "ledger.jsonl").read_text()


@pytest.mark.usefixtures("no_report")
def test_a_second_purge_finds_nothing(out: Path) -> None:
    retention.purge(out, retention.find_old(out, NOW), Settings())
    assert retention.find_old(out, NOW) == []
    assert not retention.was_interrupted(out)


def test_an_interrupted_purge_is_noticed_and_finished(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("qa_scorer.report.write_report", stop)
        with pytest.raises(KeyboardInterrupt):
            retention.purge(out, retention.find_old(out, NOW), Settings())
    assert retention.find_old(out, NOW) == []
    assert retention.was_interrupted(out)
    retention.purge(out, [], Settings())
    assert not any("walrus" in text for text in text_below(out).values())


def test_without_a_start_the_date_of_the_file_counts(tmp_path: Path) -> None:
    card, heard = card_for("undated", None)
    paths = store.transcript_path(tmp_path, "undated"), store.scorecard_path(tmp_path, "undated")
    store.write_record(paths[0], heard)
    store.write_record(paths[1], card)
    assert retention.find_old(tmp_path, NOW - timedelta(days=30)) == []
    for path in paths:
        os.utime(path, (0, (NOW - timedelta(days=40)).timestamp()))
    assert [call.call_id for call in retention.find_old(tmp_path, NOW - timedelta(days=30))] == ["undated"]


@pytest.mark.usefixtures("no_report")
def test_a_transcript_without_a_scorecard_goes_too(tmp_path: Path) -> None:
    _, heard = card_for("unscored", NOW - timedelta(days=200))
    store.write_record(store.transcript_path(tmp_path, "unscored"), heard)
    (tmp_path / "transcripts" / "foreign.vtt").write_text("WEBVTT\nwalrus")
    os.utime(tmp_path / "transcripts" / "foreign.vtt", (0, 0))
    old = retention.find_old(tmp_path, NOW - timedelta(days=90))
    assert [call.call_id for call in old] == ["foreign", "unscored"]
    retention.purge(tmp_path, old, Settings())
    assert list((tmp_path / "transcripts").iterdir()) == []


@pytest.mark.usefixtures("no_report")
def test_a_workbook_of_an_agent_who_has_no_calls_here_any_more_goes(out: Path) -> None:
    stale = out / "coaching" / "gone.xlsx"
    stale.parent.mkdir()
    stale.write_bytes(b"walrus")
    os.utime(stale, (0, 0))
    retention.purge(out, retention.find_old(out, NOW), Settings())
    assert not stale.exists()


def test_reasons_lose_the_words_they_quote() -> None:
    card, _ = card_for("x", None)
    blank = retention.without_words(card)
    assert blank.sections[0].criteria[0].reason == "Heard: …."
    assert retention.count_quotes(card) == 6
    assert retention.count_quotes(blank) == 0
    assert replace(blank, call=card.call).score == card.score


@pytest.mark.parametrize(("text", "days"), [("90d", 90), ("13w", 91), (" 1 D ", 1)])
def test_ages(text: str, days: int) -> None:
    assert retention.parse_age(text) == timedelta(days=days)


@pytest.mark.parametrize("text", ["90", "d", "-3d", "3 months", ""])
def test_an_age_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="90d or 13w"):
        retention.parse_age(text)


def test_a_folder_without_results_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no results"):
        retention.find_old(tmp_path, NOW)
