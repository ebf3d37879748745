"""`qa-scorer calibrate` from the first sheet to the figures."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from qa_scorer import cli, retention, store
from qa_scorer.calibration import read_ratings
from qa_scorer.report.coaching_review import ReviewAnswer
from qa_scorer.settings import Settings
from tests.calibration.build import SHA, card
from tests.calibration.test_ratings import fill


@pytest.fixture
def out(tmp_path: Path) -> Path:
    for number in range(4):
        one = card(f"c{number}", agent=f"a{number % 2}", greeting=1, empathy=0.5)
        store.write_record(store.scorecard_path(tmp_path / "out", f"c{number}"), one)
    return tmp_path / "out"


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str | Path) -> int:
    monkeypatch.setattr(sys, "argv", ["qa-scorer", "calibrate", *map(str, arguments)])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    return int(stopped.value.code or 0)


def test_from_sheet_to_figures(out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "export", out, "--reviewer", "Kim", "--reviewer", "Lee", "--calls", "2") == 0
    kim, lee = out / "calibration" / "Kim.xlsx", out / "calibration" / "Lee.xlsx"
    fill(kim, "Full points", "Half", "Full points", "Half")
    fill(lee, "Full points", "Half", "Full points", "No points")
    assert run(monkeypatch, "import", out, kim, lee) == 0
    capsys.readouterr()
    assert run(monkeypatch, "report", out, "--json") == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["calls"] == 2
    assert figures["everything"]["ratings"] == 8
    assert figures["everything"]["exact"] == 7 / 8
    assert figures["score_pairs"] == 4
    assert run(monkeypatch, "report", out) == 0
    page = capsys.readouterr().out
    assert "2 calls marked blind by Kim, Lee" in page
    assert "rewrite" in page
    assert max(map(len, page.splitlines())) <= 120


def test_a_filled_sheet_is_not_overwritten(
    out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "export", out, "--reviewer", "Kim") == 0
    assert run(monkeypatch, "export", out, "--reviewer", "Kim") == 2
    assert "may hold marks" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["export", "{nothing}", "--reviewer", "Kim"], "holds no scorecards"),
        (["export", "{out}"], "--reviewer"),
        (["import", "{out}", "{nothing}"], "no such file"),
        (["report", "{out}"], "no marks yet"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    out: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    sentence: str,
) -> None:
    places = {"out": str(out), "nothing": str(out / "nothing")}
    assert run(monkeypatch, *(argument.format(**places) for argument in arguments)) == 2
    assert sentence in capsys.readouterr().err


def test_a_purge_keeps_the_marks_and_deletes_the_sheet(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa_scorer.report.write_report", lambda out, settings: None)
    run(monkeypatch, "export", out, "--reviewer", "Kim", "--calls", "1")
    sheet = out / "calibration" / "Kim.xlsx"
    fill(sheet, "Full points")
    from datetime import UTC, datetime, timedelta

    retention.purge(out, retention.find_old(out, datetime.now(UTC) + timedelta(days=1)), Settings())
    assert not sheet.exists()
    assert [rating.share for rating in read_ratings(out)] == [1.0]


def test_answers_on_a_coaching_workbook_are_read_as_review(
    out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def answer(criterion: str, agree: bool, correction: str = "", reviewer: str = "Kim") -> ReviewAnswer:
        return ReviewAnswer(
            call_id="c0",
            section="opening",
            criterion=criterion,
            rubric_sha256=SHA,
            points=10.0 if criterion == "greeting" else 5.0,
            out_of=10.0,
            agree=agree,
            correction=correction,
            comment="",
            reviewer=reviewer,
        )

    given = [answer("greeting", True), answer("empathy", False, "Not applicable"), answer("closing", False)]
    monkeypatch.setattr("qa_scorer.report.blind_sheet.read_blind_sheet", lambda path: None)
    monkeypatch.setattr("qa_scorer.report.coaching_review.read_review", lambda path: given)
    (out / "sam.xlsx").touch()
    assert run(monkeypatch, "import", out, out / "sam.xlsx") == 0
    assert "1 disagreements name no corrected answer" in capsys.readouterr().out
    ratings = read_ratings(out)
    assert [(r.criterion, r.share, r.source, r.reviewer) for r in ratings] == [
        ("empathy", None, "review", "Kim"),
        ("greeting", 1.0, "review", "Kim"),
    ]
    assert run(monkeypatch, "report", out) == 0
    assert "review sheets: 50% of 2 judgements corrected" in capsys.readouterr().out
