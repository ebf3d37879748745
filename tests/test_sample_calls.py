"""The sample calls are complete and are what their scripts and tables say. No models needed."""

from __future__ import annotations

import csv
import json
import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent.parent / "sample_calls"
CODECS = {"wav": "pcm_s16le", "ulaw": "pcm_mulaw", "mp3": "mp3float", "opus": "opus", "flac": "flac"}
CALLS = {row["call_id"]: row for row in csv.DictReader((FOLDER / "calls.csv").open(encoding="utf-8"))}
EXPECTED = tomllib.loads((FOLDER / "expected.toml").read_text(encoding="utf-8"))
CHECKS = ("greeting", "rapport", "negative", "empathy", "resolution")
NOT_SCORED = {"voicemail": "voicemail", "wrong-number": "too short"}


def script(call_id: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{call_id}.toml").read_text(encoding="utf-8"))


def truth(call_id: str) -> list[dict[str, Any]]:
    return json.loads((FOLDER / "truth" / f"{call_id}.json").read_text(encoding="utf-8"))


def signals(entries: list[Any]) -> list[str]:
    return [entry if isinstance(entry, str) else entry["signal"] for entry in entries]


def test_every_recording_is_listed_and_every_call_has_all_its_files() -> None:
    recordings = {path.name for path in FOLDER.iterdir() if path.suffix in {".wav", ".mp3", ".ogg", ".flac"}}
    scripts = {path.stem for path in FOLDER.glob("*.toml")} - {"expected"}
    assert recordings == {row["path"] for row in CALLS.values()}
    assert scripts == set(CALLS) == set(EXPECTED["call"])
    assert {path.stem for path in FOLDER.glob("truth/*.json")} == set(CALLS)
    assert {path.stem for path in FOLDER.glob("truth/*.rttm")} == set(CALLS)


def test_the_collection_is_as_promised() -> None:
    layouts = Counter(script(call_id)["layout"] == "mono" for call_id in CALLS)
    assert layouts == {False: 8, True: 6}
    assert {script(call_id)["format"] for call_id in CALLS} == set(CODECS)
    assert len({row["agent_id"] for row in CALLS.values()}) == 3
    assert len({row["team"] for row in CALLS.values()}) == 2
    assert sum((FOLDER / row["path"]).stat().st_size for row in CALLS.values()) <= 15_000_000


@pytest.mark.parametrize("call_id", CALLS)
def test_a_recording_is_in_the_format_of_its_script(call_id: str) -> None:
    import av

    written = script(call_id)
    with av.open(str(FOLDER / CALLS[call_id]["path"])) as container:
        stream = container.streams.audio[0]
        assert stream.codec_context.name == CODECS[written["format"]]
        assert stream.codec_context.channels == (1 if written["layout"] == "mono" else 2)
        # Opus always decodes at 48 kHz, whatever went in.
        assert stream.codec_context.sample_rate == (48_000 if written["format"] == "opus" else 8_000)
        assert container.duration is not None
        duration_s = container.duration / av.time_base
    assert truth(call_id)[-1]["end"] == pytest.approx(duration_s, abs=4.0)
    assert 40 <= duration_s <= 180 or call_id in NOT_SCORED
    assert call_id != "wrong-number" or duration_s < 20


@pytest.mark.parametrize("call_id", CALLS)
def test_the_truth_is_the_script_in_order(call_id: str) -> None:
    written, turns = script(call_id), truth(call_id)
    assert [turn["start"] for turn in turns] == sorted(turn["start"] for turn in turns)
    assert all(turn["start"] < turn["end"] for turn in turns)
    assert {turn["speaker"] for turn in turns} == set(written["speakers"])
    assert all(turn["role"] == written["speakers"][turn["speaker"]]["role"] for turn in turns)
    spoken = [line for line in written["dialogue"].splitlines() if line and not line.startswith("*")]
    words = [re.sub(r"\{([^|}]+)\|[^}]+\}", r"\1", line.split(": ", 1)[1]).strip() for line in spoken]
    assert Counter(turn["text"] for turn in turns) == Counter(words)


@pytest.mark.parametrize("call_id", CALLS)
def test_the_rttm_lies_within_the_turns(call_id: str) -> None:
    rows = [line.split() for line in (FOLDER / "truth" / f"{call_id}.rttm").read_text(encoding="utf-8").splitlines()]
    for row in rows:
        start, end = float(row[3]), float(row[3]) + float(row[4])
        inside = [
            t for t in truth(call_id) if t["speaker"] == row[7] and t["start"] - 0.02 <= start < end <= t["end"] + 0.02
        ]
        assert inside, row
    assert {row[7] for row in rows} == {turn["speaker"] for turn in truth(call_id)}


@pytest.mark.parametrize("call_id", CALLS)
def test_the_agents_channel_is_where_the_metadata_says(call_id: str) -> None:
    stated, layout = CALLS[call_id]["agent_channel"], script(call_id)["layout"]
    assert stated in {"", {"agent left": "0", "agent right": "1", "mono": ""}[layout]}


def test_some_agents_must_be_found_from_the_words() -> None:
    unknown = [script(call_id)["layout"] for call_id, row in CALLS.items() if not row["agent_channel"]]
    assert {"agent left", "agent right", "mono"} == set(unknown)


@pytest.mark.parametrize("call_id", CALLS)
def test_the_expectation_speaks_of_all_five_checks(call_id: str) -> None:
    expected = EXPECTED["call"][call_id]
    if call_id in NOT_SCORED:
        assert expected["status"] == "not_scored"
        assert expected["reason"] == NOT_SCORED[call_id]
        return
    assert expected["status"] == "scored"
    named = signals(expected["must_find"]) + signals(expected["must_not_find"])
    assert {name.split(".")[0] for name in named} >= set(CHECKS)
    assert not set(signals(expected["must_find"])) & set(signals(expected["must_not_find"]))


def test_the_personal_data_is_invented_but_looks_real() -> None:
    texts = [turn["text"].lower() for turn in truth("hotel-booking")]
    card = next(text for text in texts if "four two four two" in text)
    digits = [{"two": 2, "four": 4}[word] for word in re.findall(r"two|four", card)]
    doubled = [digit if i % 2 else digit * 2 - 9 * (digit > 4) for i, digit in enumerate(digits)]
    assert len(digits) == 16
    assert sum(doubled) % 10 == 0
    assert any("at example dot com" in text for text in texts)
    assert any("five five five, oh one" in text for text in texts)
