"""One call in every format: the same words by the same people."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from qa_scorer.foreign import read_transcript
from qa_scorer.records import CallInfo, Role

SAMPLES = Path(__file__).parent / "samples"
INFO = CallInfo(call_id="17", agent_name="Maya Lind")
FORMATS: dict[str, tuple[CallInfo, Mapping[str, Role] | None]] = {
    "own.json": (INFO, None),
    "whisperx.json": (INFO, {"SPEAKER_01": "agent", "SPEAKER_00": "customer"}),
    "amazon_speakers.json": (INFO, {"spk_0": "agent"}),
    "amazon_channels.json": (CallInfo(call_id="17", agent_channel=0), None),
    "call_analytics.json": (INFO, None),
    "voices.vtt": (INFO, None),
    "names.vtt": (INFO, None),
    "names.srt": (INFO, None),
    "plain.txt": (INFO, None),
}
WORD_TIMES = [name for name in FORMATS if name.endswith(".json")]


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_says_the_same(name: str) -> None:
    expected = read_transcript(SAMPLES / "own.json", INFO)
    info, roles = FORMATS[name]
    read = read_transcript(SAMPLES / name, info, roles)
    assert [(turn.role, turn.text) for turn in read.turns] == [(turn.role, turn.text) for turn in expected.turns]
    assert read.call.call_id == "17"
    assert len(read.turns) == 6


@pytest.mark.parametrize("name", WORD_TIMES)
def test_word_times_are_kept(name: str) -> None:
    expected = read_transcript(SAMPLES / "own.json", INFO)
    info, roles = FORMATS[name]
    for turn, wanted in zip(read_transcript(SAMPLES / name, info, roles).turns, expected.turns, strict=True):
        assert (turn.start, turn.end) == (wanted.start, wanted.end)
        assert [(word.text, word.start, word.end) for word in turn.words] == [
            (word.text, word.start, word.end) for word in wanted.words
        ]
        assert all(word.confidence and word.confidence > 0.8 for word in turn.words)


@pytest.mark.parametrize("name", ["voices.vtt", "names.vtt", "names.srt"])
def test_captions_have_the_times_of_their_cues_and_no_words(name: str) -> None:
    expected = read_transcript(SAMPLES / "own.json", INFO)
    for turn, wanted in zip(read_transcript(SAMPLES / name, INFO).turns, expected.turns, strict=True):
        assert (turn.start, turn.end) == (wanted.start, wanted.end)
        assert turn.words == ()


def test_plain_text_has_no_times() -> None:
    read = read_transcript(SAMPLES / "plain.txt", INFO)
    assert {turn.start for turn in read.turns} == {None}
    assert read.origin.engine == "text"


@pytest.mark.parametrize(
    ("name", "engine", "language", "separation"),
    [
        ("own.json", "qa-scorer", "en", "channels"),
        ("whisperx.json", "whisperx", "en", "diarization"),
        ("amazon_speakers.json", "amazon_transcribe", "en", "diarization"),
        ("amazon_channels.json", "amazon_transcribe", "en", "channels"),
        ("call_analytics.json", "amazon_call_analytics", "en", "channels"),
        ("voices.vtt", "webvtt", None, "diarization"),
        ("names.srt", "srt", None, "diarization"),
    ],
)
def test_origin(name: str, engine: str, language: str | None, separation: str) -> None:
    read = read_transcript(SAMPLES / name, INFO)
    assert (read.origin.engine, read.language, read.separation) == (engine, language, separation)


def test_what_is_known_about_the_call_comes_before_what_the_file_says() -> None:
    read = read_transcript(SAMPLES / "own.json", CallInfo(call_id="17", team="South", extra={"a": "1"}))
    assert (read.call.call_id, read.call.team, read.call.extra) == ("17", "South", {"a": "1"})
    assert read_transcript(SAMPLES / "own.json", CallInfo(call_id="17")).call.team == "North"


def test_labels_that_say_nothing_stay_unknown() -> None:
    read = read_transcript(SAMPLES / "whisperx.json", INFO)
    assert {turn.role for turn in read.turns} == {"unknown"}
    assert read.role_confidence is None
