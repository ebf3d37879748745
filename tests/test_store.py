"""Records on disk: whole, versioned, the same bytes every time."""

import hashlib
import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from qa_scorer import store
from qa_scorer.errors import CallError
from qa_scorer.records import Transcript
from tests.build import transcript


@pytest.fixture
def spoken() -> Transcript:
    return transcript("A: Good morning, Northwind, how can I help?", "C: My invoice is wrong.")


def test_a_transcript_comes_back_as_it_was_written(tmp_path: Path, spoken: Transcript) -> None:
    path = store.transcript_path(tmp_path, "a")
    store.write_record(path, spoken)
    again = store.read_transcript(path)
    assert again.turns[0].text == spoken.turns[0].text
    assert store.encode(again) == path.read_bytes()


def test_the_same_record_is_the_same_bytes(spoken: Transcript) -> None:
    assert store.encode(spoken) == store.encode(replace(spoken))


def test_a_newer_schema_is_refused_with_the_mend(tmp_path: Path, spoken: Transcript) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(store.encode(replace(spoken, schema=99)))
    with pytest.raises(CallError, match=r"newer qa-scorer \(schema 99.*upgrade"):
        store.read_transcript(path)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": "one"}', '{"schema": 1}'])
def test_a_damaged_file_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(CallError, match=r"a\.json"):
        store.read_transcript(path)


def test_an_unknown_key_is_not_read_over(tmp_path: Path, spoken: Transcript) -> None:
    value = json.loads(store.encode(spoken))
    value["call"]["agent_nmae"] = "Dana"
    path = tmp_path / "a.json"
    path.write_text(json.dumps(value))
    with pytest.raises(CallError, match=r"call\.agent_nmae"):
        store.read_transcript(path)


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.json"
    store.write_bytes_atomic(path, b"old")

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        store.write_bytes_atomic(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_results_can_be_read_by_the_team(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    store.write_bytes_atomic(path, b"x")
    plain = tmp_path / "plain"
    plain.touch()
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)


def test_own_transcripts_are_told_from_other_json(tmp_path: Path, spoken: Transcript) -> None:
    store.write_record(tmp_path / "own.json", spoken)
    (tmp_path / "other.json").write_text('{"segments": []}')
    assert store.is_transcript(tmp_path / "own.json")
    assert not store.is_transcript(tmp_path / "other.json")


def test_the_ledger_remembers_across_runs_and_forgives_a_cut_line(tmp_path: Path) -> None:
    made = tmp_path / "made"
    made.touch()
    store.Ledger(tmp_path).record("score", "a", "key")
    with (tmp_path / store.LEDGER_NAME).open("a") as file:
        file.write('{"stage": "score", "ca')
    ledger = store.Ledger(tmp_path)
    assert ledger.is_current("score", "a", "key", made)
    assert not ledger.is_current("score", "a", "other key", made)
    assert not ledger.is_current("transcribe", "a", "key", made)
    assert not ledger.is_current("score", "a", "key", tmp_path / "gone")


def test_a_changed_file_has_another_digest(tmp_path: Path) -> None:
    recording = tmp_path / "a.wav"
    recording.write_bytes(b"one")
    first = store.Ledger(tmp_path).content_digest(recording)
    assert store.Ledger(tmp_path).content_digest(recording) == first
    recording.write_bytes(b"three")
    assert store.Ledger(tmp_path).content_digest(recording) == hashlib.sha256(b"three").hexdigest() != first


def test_failures_come_back_with_commas_and_quotes(tmp_path: Path) -> None:
    failure = store.Failure(call_id="a", path="x,y.wav", stage="transcribe", reason='no "audio", at all')
    store.write_failures(tmp_path, [failure])
    assert store.read_failures(tmp_path) == [failure]
    assert store.read_failures(tmp_path / "elsewhere") == []
