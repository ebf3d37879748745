"""The corners of the formats, and files that cannot be read."""

import json
from pathlib import Path

import pytest

from qa_scorer.errors import CallError
from qa_scorer.foreign import read_transcript
from qa_scorer.foreign.draft import labelled_roles
from qa_scorer.records import CallInfo, Transcript


def read(tmp_path: Path, content: str | bytes, name: str = "call.txt", **info: str) -> Transcript:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_transcript(path, CallInfo(call_id="1", **info))  # type: ignore[arg-type]


def said(transcript: Transcript) -> list[tuple[str, str]]:
    return [(turn.role, turn.text) for turn in transcript.turns]


@pytest.mark.parametrize(
    ("label", "role"),
    [
        ("Agent", "agent"),
        ("AGENT 2", "agent"),
        ("agent_1", "agent"),
        ("Customer Service Representative", "agent"),
        ("Advisor", "agent"),
        ("Maya (Agent)", "agent"),
        ("Maya", "agent"),
        ("Maya Lind", "agent"),
        ("CUSTOMER", "customer"),
        ("Caller", "customer"),
        ("client-1", "customer"),
        ("Supervisor", "other"),
        ("IVR", "other"),
        ("Reporter", "unknown"),
        ("SPEAKER_00", "unknown"),
    ],
)
def test_roles_by_label(label: str, role: str) -> None:
    info = CallInfo(call_id="1", agent_name="Maya Lind")
    assert labelled_roles([label, "x", "y"], info, {})[label] == role


def test_the_last_speaker_left_is_the_last_side_open() -> None:
    info = CallInfo(call_id="1", agent_name="Maya Lind")
    assert labelled_roles(["Maya", "Tom"], info, {}) == {"Maya": "agent", "Tom": "customer"}
    assert labelled_roles(["Tom"], info, {}) == {"Tom": "unknown"}
    assert labelled_roles(["a", "b"], info, {"B": "customer"}) == {"a": "agent", "b": "customer"}
    assert labelled_roles(["Agent", "Supervisor", "Jo"], info, {})["Jo"] == "customer"


def test_plain_text_with_times_wrapped_lines_and_colons(tmp_path: Path) -> None:
    transcript = read(
        tmp_path,
        "[00:00:05] Agent: Hello, here's the thing: it works.\n"
        "10:30 suits us.\n\n"
        "Customer (0:12): Note: it does not, File --> Save.\n"
        "00:20 Agent: Oh.\n",
    )
    assert said(transcript) == [
        ("agent", "Hello, here's the thing: it works. 10:30 suits us."),
        ("customer", "Note: it does not, File --> Save."),
        ("agent", "Oh."),
    ]
    assert [turn.start for turn in transcript.turns] == [5.0, 12.0, 20.0]


def test_names_only(tmp_path: Path) -> None:
    content = "Maya: Hello.\nTom Baker: Hi.\nMaya: How are you?\nTom Baker: Fine.\n"
    assert [role for role, _ in said(read(tmp_path, content, agent_name="Maya Lind"))] == [
        "agent",
        "customer",
        "agent",
        "customer",
    ]
    assert {role for role, _ in said(read(tmp_path, content))} == {"unknown"}


def test_other_encodings(tmp_path: Path) -> None:
    for data in ("Agent: Zoë?\nCustomer: Oui.".encode(code) for code in ("cp1252", "utf-16", "utf-8-sig")):
        assert said(read(tmp_path, data))[0] == ("agent", "Zoë?")


def test_captions_where_one_cue_holds_both_and_the_next_goes_on(tmp_path: Path) -> None:
    content = (
        "1\n00:00:01,000 --> 00:00:03,000\nAgent: Hello.\nCustomer: Hi.\n\n"
        "2\n00:00:03,500 --> 00:00:05,000\nmy line is down\n"
        "3\n00:00:09,000 --> 00:00:10,000\nit is really down\n"
    )
    transcript = read(tmp_path, content, "call.srt")
    # A pause of more than two seconds ends a turn, as it does in this tool's own transcripts.
    assert said(transcript) == [
        ("agent", "Hello."),
        ("customer", "Hi. my line is down"),
        ("customer", "it is really down"),
    ]


def test_two_voices_in_one_cue(tmp_path: Path) -> None:
    content = "WEBVTT\n\n1:00:01.000 --> 1:00:03.000\n<v Agent>Hello.</v> <v Caller>Hi &amp; bye.</v>\n"
    transcript = read(tmp_path, content, "call.vtt")
    assert said(transcript) == [("agent", "Hello."), ("customer", "Hi & bye.")]
    assert transcript.turns[0].start == 3601.0


def test_whisperx_words_go_to_their_own_speaker(tmp_path: Path) -> None:
    words = [
        {"word": "Hello", "start": 0.0, "end": 0.4, "score": 0.9, "speaker": "agent"},
        {"word": "17", "speaker": "agent"},
        {"word": "Hi", "start": 1.0, "end": 1.2, "score": 0.8, "speaker": "customer"},
    ]
    segment = {"start": 0.0, "end": 1.2, "text": " Hello 17 Hi", "words": words, "speaker": "agent"}
    transcript = read(tmp_path, json.dumps({"segments": [segment], "language": "en"}), "call.json")
    assert said(transcript) == [("agent", "Hello 17"), ("customer", "Hi")]
    assert transcript.turns[0].words[1].start is None
    assert transcript.turns[0].end == 0.4


def test_whisper_without_speakers_is_one_unknown_voice(tmp_path: Path) -> None:
    content = json.dumps(
        {"segments": [{"start": 0, "end": 1, "text": " Hello."}, {"start": 1, "end": 2, "text": " Hi."}]}
    )
    transcript = read(tmp_path, content, "call.json")
    assert (said(transcript), transcript.separation) == ([("unknown", "Hello. Hi.")], "single")


def test_amazon_labels_on_the_words_themselves(tmp_path: Path) -> None:
    def item(text: str, at: float, speaker: str) -> dict[str, object]:
        times = {"start_time": str(at), "end_time": str(at + 0.2)}
        return {"type": "pronunciation", "alternatives": [{"content": text}], "speaker_label": speaker, **times}

    items = [item("Hello", 0.1, "agent"), item("Hi", 0.5, "customer"), item("So", 0.9, "agent")]
    transcript = read(tmp_path, json.dumps({"results": {"items": items}}), "call.json")
    assert said(transcript) == [("agent", "Hello"), ("customer", "Hi"), ("agent", "So")]


OWN = (
    '{"schema": 1, "call": {"call_id": "1"}, "origin": {"engine": "x", "version": "1"}, '
    '"separation": "single", "turns": '
)


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        ("", ["no speakers found", "'Agent: …'"]),
        ("just words\nand more words", ["no speakers found"]),
        ('{"segments": [', ["line 1", "not valid JSON"]),
        ("[{}]", ["not a transcript this tool knows", "WhisperX"]),
        ('{"name": "x"}', ["not a transcript this tool knows"]),
        ('{"segments": [{"start": 0}]}', ["segments[0]", "'text'"]),
        ('{"segments": [{"text": "a", "start": "soon"}]}', ["segments[0]", "'soon'", "seconds"]),
        ('{"segments": [{"text": "a", "start": -1}]}', ["segments[0]", "-1"]),
        ('{"segments": []}', ["holds no words"]),
        ('{"results": {"transcripts": []}}', ["results.items", "did not complete"]),
        ('{"results": {"items": [{"type": "pronunciation"}]}}', ["results.items[0]", "alternatives"]),
        ('{"Transcript": [{"ParticipantRole": "AGENT"}]}', ["Transcript[0]", "'Content'"]),
        ('{"schema": 99, "turns": []}', ["schema 99", "update"]),
        (OWN + '[{"role": "boss", "speaker": "a", "text": "x"}]}', ["turns.0.role", "transcript JSON"]),
        (OWN + '[], "surprise": 1}', ["surprise"]),
        ("WEBVTT\n\n00:01.000 --> soon\nHello", ["line 3", "not a timing"]),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\nhello there", ["1.0 s", "no speaker", "<v Agent>"]),
        ("WEBVTT\n", ["no cue"]),
    ],
)
def test_bad_files_say_where_and_what_to_do(tmp_path: Path, content: str, parts: list[str]) -> None:
    with pytest.raises(CallError) as error:
        read(tmp_path, content, "bad.file")
    message = str(error.value)
    for part in ["bad.file", *parts]:
        assert part in message
    assert "\n" not in message


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CallError, match="cannot be read"):
        read_transcript(tmp_path / "gone.vtt", CallInfo(call_id="1"))
