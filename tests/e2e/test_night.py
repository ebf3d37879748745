"""The whole path on every sample call: real recognition, real workbooks, nothing leaves the machine."""

from __future__ import annotations

import csv
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import ROOT, SAMPLES, Machine, Night

pytestmark = pytest.mark.e2e

REAL_CALL = ROOT.parent / "shared" / "calls" / "call40_stereo_agent_left.flac"


def rows() -> list[dict[str, str]]:
    with (SAMPLES / "calls.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def card(night: Night, call_id: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((night.out / "scorecards" / f"{call_id}.json").read_text())
    return value


def test_the_night_ends_well(night: Night) -> None:
    assert night.code == 0, night.printed
    assert (night.out / "failures.csv").read_text().splitlines() == ["call_id,path,stage,reason"]
    assert json.loads((night.out / "run.json").read_text())["state"] == "finished"


def test_nothing_left_the_machine(night: Night) -> None:
    assert night.network_attempts == ""


def test_every_call_has_its_transcript_and_scorecard_in_every_form(night: Night) -> None:
    for row in rows():
        call_id = row["call_id"]
        assert (night.out / "transcripts" / f"{call_id}.json").is_file()
        for suffix in (".json", ".html", ".xlsx"):
            assert (night.out / "scorecards" / f"{call_id}{suffix}").is_file()


def test_every_agent_has_a_coaching_workbook_and_the_team_its_own(night: Night) -> None:
    agents = {row["agent_id"] for row in rows() if card(night, row["call_id"])["status"] == "scored"}
    assert len(list((night.out / "coaching").glob("*.xlsx"))) == len(agents - {""}) + ("" in agents)
    assert (night.out / "team.xlsx").is_file()
    assert (night.out / "index.html").is_file()
    for table in ("calls", "criteria", "findings", "metrics"):
        assert (night.out / "data" / f"{table}.parquet").is_file()


def test_the_samples_are_judged_as_their_scripts_plainly_show(machine: Machine, night: Night) -> None:
    done = machine.run("verify", SAMPLES, "--out", night.out)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_second_run_hears_and_judges_nothing_again(machine: Machine, night: Night) -> None:
    before = {path: path.stat().st_mtime_ns for path in (night.out / "transcripts").iterdir()}
    done = machine.run("run", SAMPLES, "--out", night.out)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"transcribe: {len(before)} kept" in done.stdout
    assert f"score: {len(before)} kept" in done.stdout
    assert {path: path.stat().st_mtime_ns for path in (night.out / "transcripts").iterdir()} == before


def test_no_personal_data_of_the_samples_is_anywhere_in_the_results(night: Night) -> None:
    private = json.loads((SAMPLES / "private.json").read_text())
    patterns = [re.compile(pattern, re.IGNORECASE) for patterns in private.values() for pattern in patterns]
    assert patterns
    looked_at = 0
    for path in filter(Path.is_file, night.out.rglob("*")):
        for name, text in contents(path):
            looked_at += 1
            found = [pattern.pattern for pattern in patterns if pattern.search(text)]
            assert not found, f"{name} holds {found}"
    assert looked_at > 100


def contents(path: Path) -> list[tuple[str, str]]:
    """Return every text in a file: of workbooks their parts, of tables their cells."""
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as book:
            return [(f"{path.name}/{part}", book.read(part).decode("utf-8", "ignore")) for part in book.namelist()]
    if path.suffix == ".parquet":
        import polars as pl

        return [(path.name, pl.read_parquet(path).write_ndjson())]
    return [(path.name, path.read_text(encoding="utf-8", errors="ignore"))]


@pytest.mark.skipif(not REAL_CALL.exists(), reason="the real call is not beside this checkout")
def test_a_real_telephone_call_becomes_a_scorecard(machine: Machine, tmp_path: Path) -> None:
    done = machine.run("run", REAL_CALL, "--out", tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    [path] = (tmp_path / "transcripts").glob("*.json")
    transcript = json.loads(path.read_text())
    assert transcript["separation"] == "channels"
    roles = {turn["speaker"]: turn["role"] for turn in transcript["turns"]}
    assert roles == {"left": "agent", "right": "customer"}
    assert json.loads((tmp_path / "scorecards" / path.name).read_text())["status"] == "scored"


def test_a_bad_file_is_one_reason_and_the_rest_is_done(machine: Machine, tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    calls.mkdir()
    (calls / "empty.wav").touch()
    (calls / "notes.wav").write_text("these are notes, not a recording")
    misdial = next(row["path"] for row in rows() if row["call_id"] == "wrong-number")
    (calls / misdial).write_bytes((SAMPLES / misdial).read_bytes())
    done = machine.run("run", calls, "--out", tmp_path / "out")
    assert done.returncode == 1
    with (tmp_path / "out" / "failures.csv").open(newline="") as file:
        failures = {row["call_id"]: row["reason"] for row in csv.DictReader(file)}
    assert set(failures) == {"empty", "notes"}
    assert all(reason.count(".wav") == 1 for reason in failures.values())
    assert json.loads((tmp_path / "out" / "scorecards" / "wrong-number.json").read_text())["status"] == "not_scored"
