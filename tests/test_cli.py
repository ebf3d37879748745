"""The command line as a user meets it: one sentence an error, the right exit code, help with an example."""

import json
import sys
from pathlib import Path

import pytest

from qa_scorer import cli, store
from qa_scorer.store import Failure


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str | Path) -> int:
    monkeypatch.setattr(sys, "argv", ["qa-scorer", *map(str, arguments)])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    return int(stopped.value.code or 0)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["run", "nowhere"], "nowhere: no such file or folder"),
        (["run", "{empty}"], "no recordings in"),
        (["run", "{calls}", "--rubric", "standart"], "no such rubric"),
        (["run", "{calls}", "--config", "none.toml"], "no such settings file"),
        (["run", "{calls}", "--device", "tpu"], "--device"),
        (["run", "{calls}", "--no-redact"], "allow_unredacted = true"),
        (["run", "{calls}", "--manifest", "none.csv"], "none.csv: no such manifest"),
        (["status", "{empty}"], "no run was made here"),
        (["report", "{empty}"], "no scorecards here"),
        (["score", "{empty}"], "no recordings in"),
        (["run"], "Missing argument"),
        (["walk"], "No such command"),
    ],
)
def test_bad_usage_is_one_sentence_and_exit_2(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    arguments: list[str],
    sentence: str,
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "calls").mkdir()
    (tmp_path / "calls" / "a.wav").write_bytes(b"RIFF")
    monkeypatch.chdir(tmp_path)
    places = {"empty": tmp_path / "empty", "calls": tmp_path / "calls"}
    assert run(monkeypatch, *(argument.format(**places) for argument in arguments)) == 2
    printed = capsys.readouterr()
    assert sentence in printed.err
    assert "Traceback" not in printed.err
    assert printed.out == ""


def test_status_counts_what_is_done_failed_and_pending(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    last = {
        "state": "running",
        "started_at": "2026-03-02T22:00:00+00:00",
        "finished_at": None,
        "call_ids": ["a", "b", "c"],
        "rubric": {"name": "standard", "version": "1.0"},
    }
    store.write_json(tmp_path / "run.json", last)
    store.write_json(store.transcript_path(tmp_path, "a"), {})
    store.write_json(store.scorecard_path(tmp_path, "a"), {})
    store.write_failures(tmp_path, [Failure(call_id="b", path="b.wav", stage="transcribe", reason="no audio in it.")])
    assert run(monkeypatch, "status", tmp_path, "--json") == 0
    summary = json.loads(capsys.readouterr().out)
    counts = {name: summary[name] for name in ("planned", "transcribed", "scored", "failed", "pending")}
    assert counts == {"planned": 3, "transcribed": 1, "scored": 1, "failed": 1, "pending": 1}
    assert run(monkeypatch, "status", tmp_path) == 0
    assert "failed b (transcribe): no audio in it." in capsys.readouterr().out


def test_the_version_is_printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "--version") == 0
    assert capsys.readouterr().out.startswith("qa-scorer ")


def test_a_checks_page_shows_what_to_say_instead(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "checks", "show", "expectation.overpromise") == 0
    shown = capsys.readouterr().out
    assert "better: Here's what I will do, and by when" in shown
    assert "  always\n    → They usually …" in shown
