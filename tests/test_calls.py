import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from qa_scorer.calls import CallSource, find_calls, opened
from qa_scorer.errors import UsageError
from qa_scorer.settings import Settings

VTT = "WEBVTT\n\n00:00.000 --> 00:01.000\n<v Agent>Hello"


def find(calls: str | Path, manifest: Path | None = None, **settings: str) -> list[CallSource]:
    return find_calls(str(calls), Settings(**settings), manifest)


def put(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"RIFF")
    return folder


def ids(sources: list[CallSource]) -> list[str]:
    return [source.info.call_id for source in sources]


def test_folder_gives_recordings_and_transcripts_and_nothing_else(tmp_path: Path) -> None:
    put(tmp_path, "b.WAV", "a.mp3", "deep/er/c.ogg", "expected.toml", "a.rttm", ".hidden.wav", "._a.mp3", ".git/x.wav")
    put(tmp_path, "__MACOSX/a.wav", "out/run.json", "out/transcripts/a.wav", "make.py", "table.csv")
    (tmp_path / "d.vtt").write_text(VTT)
    (tmp_path / "e.json").write_text('{"schema": 1, "turns": []}')
    (tmp_path / "f.txt").write_text("Agent: Hello there.\nCustomer: Hi, my line is down.\n")
    (tmp_path / "README.txt").write_text("These calls were made for us.\nSee: the other page.\n")
    (tmp_path / "g.truth.json").write_text('{"turns": []}')
    (tmp_path / "package.json").write_text('{"name": "x", "results": 3}')
    (tmp_path / "b.txt").write_text("Agent: the script\nCustomer: of b\n")
    sources = find(tmp_path)
    assert [(source.info.call_id, source.kind) for source in sources] == [
        ("a", "audio"),
        ("b", "audio"),
        ("c", "audio"),
        ("d", "transcript"),
        ("e", "transcript"),
        ("f", "transcript"),
    ]
    assert sources[2].path == tmp_path / "deep/er/c.ogg"
    assert sources[2].info.path == str(tmp_path / "deep/er/c.ogg")


def test_kind_asks_for_transcripts_beside_their_recordings(tmp_path: Path) -> None:
    put(tmp_path, "a.wav", "b.wav")
    (tmp_path / "a.vtt").write_text(VTT)
    (tmp_path / "calls.csv").write_text("path,agent_id\na.wav,7\nb.wav,8\ngone.wav,9\n")
    (only,) = find_calls(str(tmp_path), Settings(), kind="transcript")
    assert (only.path.name, only.info.agent_id) == ("a.vtt", "7")
    (tmp_path / "gone.wav").write_bytes(b"RIFF")
    assert [source.path.name for source in find_calls(str(tmp_path), Settings(), kind="audio")] == [
        "a.wav",
        "b.wav",
        "gone.wav",
    ]


@pytest.mark.parametrize("calls", ["a.wav", "*.wav", "**/*.wav", "[a]*"])
def test_file_and_glob(tmp_path: Path, calls: str, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "a.wav")
    (tmp_path / "calls.csv").write_text("path,agent_name,team\na.wav,Maya,North\nnot-asked-for.wav,Tom,South\n")
    for where in (str(tmp_path / calls), calls):
        monkeypatch.chdir(tmp_path)
        (only,) = [source for source in find(where) if source.kind == "audio"]
        assert (only.info.call_id, only.info.agent_name) == ("a", "Maya")


def test_a_name_with_brackets_is_a_file_first(tmp_path: Path) -> None:
    put(tmp_path, "call [1].wav")
    assert ids(find(tmp_path / "call [1].wav")) == ["call [1]"]


def test_calls_csv_is_found_and_unlisted_recordings_are_calls_too(tmp_path: Path) -> None:
    put(tmp_path, "x/one.wav", "two.wav", "three.wav")
    (tmp_path / "calls.csv").write_text(
        "call_id,path,agent_id,direction,agent_channel,language,Campaign Code\n"
        "C-1,x/one.wav,17,Inbound,left,en-GB,SPRING\n"
        "two,,18,outgoing,1,,\n"
    )
    one, three, two = find(tmp_path)
    assert (one.info.call_id, one.info.agent_id, one.info.direction, one.info.agent_channel) == (
        "C-1",
        "17",
        "inbound",
        0,
    )
    assert one.info.language == "en"
    assert one.info.extra == {"campaign_code": "SPRING"}
    assert (two.info.agent_id, two.info.direction, two.info.agent_channel) == ("18", "outbound", 1)
    assert (three.info.call_id, three.info.agent_id) == ("three", None)


@pytest.mark.parametrize(
    "data",
    [
        "\ufeffcall_id;path;Agent Name\n1;a.wav;Zoë\n".encode(),
        "sep=;\r\ncall_id;path;agent-name\r\n1;a.wav;Zoë\r\n".encode("cp1252"),
        "CALL_ID\tFile\tAGENT\n1\ta.wav\tZoë\n\n".encode("utf-16"),
        'call_id,path,agent_name\n"1","a.wav","Zoë"\n,,\n'.encode(),
    ],
)
def test_csv_as_spreadsheets_write_it(tmp_path: Path, data: bytes) -> None:
    put(tmp_path, "a.wav")
    (tmp_path / "calls.csv").write_bytes(data)
    (only,) = find(tmp_path)
    assert (only.info.call_id, only.info.agent_name) == ("1", "Zoë")


def _write_parquet(path: Path, rows: list[dict[str, object]]) -> None:
    import polars

    polars.DataFrame(rows).write_parquet(path)


def _write_xlsx(path: Path, rows: list[dict[str, object]]) -> None:
    from openpyxl import Workbook

    book = Workbook()
    book.worksheets[0].append(list(rows[0]))
    for row in rows:
        book.worksheets[0].append(list(row.values()))
    book.save(path)


def _write_jsonl(path: Path, rows: list[dict[str, object]]) -> None:
    path.write_text("\n".join(map(json.dumps, rows)))


@pytest.mark.parametrize(
    ("suffix", "write"), [("parquet", _write_parquet), ("xlsx", _write_xlsx), ("jsonl", _write_jsonl)]
)
def test_manifests_as_calls(
    tmp_path: Path, suffix: str, write: Callable[[Path, list[dict[str, object]]], None]
) -> None:
    put(tmp_path, "rec/a.wav", "rec/b.wav", "rec/not-listed.wav")
    rows: list[dict[str, object]] = [
        {"call_id": "2", "path": "rec/a.wav", "agent_id": 17, "share": 0.5, "team": None},
        {"call_id": "1", "path": "rec\\b.wav", "agent_id": 18, "share": 2.0, "team": "North"},
    ]
    write(tmp_path / f"list.{suffix}", rows)
    first, second = find(tmp_path / f"list.{suffix}")
    assert (first.info.call_id, first.info.agent_id, first.info.team, first.info.extra["share"]) == (
        "1",
        "18",
        "North",
        "2",
    )
    assert (second.info.agent_id, second.info.team, second.info.extra) == ("17", None, {"share": "0.5"})
    assert second.path == tmp_path / "rec/a.wav"


def test_manifest_elsewhere_finds_files_in_the_folder(tmp_path: Path) -> None:
    put(tmp_path, "rec/a.wav")
    (tmp_path / "m.csv").write_text("path,agent_id\na.wav,17\n")
    (only,) = find(tmp_path / "rec", manifest=tmp_path / "m.csv")
    assert only.info.agent_id == "17"


def test_a_manifest_describes_one_file_without_adding_its_other_rows(tmp_path: Path) -> None:
    put(tmp_path, "a.wav", "b.wav")
    manifest = tmp_path / "night.csv"
    manifest.write_text("call_id,path,agent_name\none,a.wav,Dana\ntwo,b.wav,Lee\n")
    [source] = find(tmp_path / "a.wav", manifest)
    assert (source.info.call_id, source.info.agent_name) == ("one", "Dana")


def test_sidecar_and_file_name(tmp_path: Path) -> None:
    put(tmp_path, "17_C9_inbound.wav", "plain.wav")
    (tmp_path / "17_C9_inbound.json").write_text(
        json.dumps({"Agent ID": "99", "team": "North", "extra": {"csat": 4}, "tags": ["a"], "path": "elsewhere.wav"})
    )
    pattern = r"^(?P<agent_id>\d+)_(?P<call_id>[^_]+)_(?P<direction>\w+)\."
    first, second = find(tmp_path, filename_pattern=pattern)
    assert (first.info.call_id, first.info.agent_id, first.info.direction) == ("C9", "99", "inbound")
    assert first.info.extra == {"csat": "4", "tags": '["a"]'}
    assert first.path.name == "17_C9_inbound.wav"
    assert second.info.call_id == "plain"
    (tmp_path / "calls.csv").write_text("path,agent_id\n17_C9_inbound.wav,3\n")
    assert find(tmp_path, filename_pattern=pattern)[0].info.agent_id == "3"


@pytest.mark.parametrize(
    ("content", "note"),
    [("{oops", "not readable JSON"), ("[1]", "not a JSON object"), ('{"direction": "sideways"}', "direction")],
)
def test_a_bad_sidecar_costs_its_metadata_and_not_the_night(tmp_path: Path, content: str, note: str) -> None:
    put(tmp_path, "a.wav")
    (tmp_path / "a.json").write_text(content)
    (only,) = find(tmp_path)
    assert only.info.agent_id is None
    assert note in only.notes[0]
    assert "a.json" in only.notes[0]


def test_a_transcript_beside_its_recording_is_no_sidecar(tmp_path: Path) -> None:
    put(tmp_path, "a.wav")
    (tmp_path / "a.json").write_text('{"segments": [], "language": "en"}')
    (only,) = find(tmp_path)
    assert (only.kind, only.info.language, only.notes) == ("audio", None, ())


def test_same_name_in_two_folders_takes_the_folder_into_the_id(tmp_path: Path) -> None:
    put(tmp_path, "mon/1.wav", "tue/1.wav", "tue/2.wav")
    assert ids(find(tmp_path)) == ["2", "mon-1", "tue-1"]


def test_ids_are_safe_file_names(tmp_path: Path) -> None:
    put(tmp_path, "a.wav", "b.wav")
    (tmp_path / "calls.csv").write_text(f"path,call_id\na.wav,2024/01/02 10:00\nb.wav,{'x' * 300}\n")
    first, second = find(tmp_path)
    assert first.info.call_id == "2024_01_02 10_00"
    assert first.info.extra["original_call_id"] == "2024/01/02 10:00"
    assert len(second.info.call_id) < 100


@pytest.mark.parametrize(
    ("manifest", "parts"),
    [
        ("path,call_id\na.wav,1\nb.wav,1\n", ["'1'", "a.wav", "b.wav", "line 2", "line 3"]),
        ("path,call_id\na.wav,b\n", ["'b'", "a.wav", "b.wav"]),
        ("path,call_id\na.wav,1\n\nnowhere.wav,2\n", ["calls.csv line 4", "nowhere.wav"]),
        ("path,call_id\n,ghost\n", ["calls.csv line 2", "'ghost'"]),
        ("path,call_id\na.wav,1\na.wav,2\n", ["line 2", "line 3", "a.wav"]),
        ("path,direction\na.wav,sideways\n", ["calls.csv line 2", "sideways", "inbound or outbound"]),
        ("path,agent_channel\na.wav,middle\n", ["calls.csv line 2", "middle", "0 (left)"]),
        ("path,agent_channel\na.wav,-1\n", ["calls.csv line 2", "-1"]),
        ("name,team\na.wav,North\n", ["calls.csv", "'path' or 'call_id'", "name, team"]),
        ("path,team,team\na.wav,North,South\n", ["calls.csv", "'team'"]),
        ("path,team\na.wav,North, or South\n", ["calls.csv line 2", "3 cells for 2 columns"]),
        ("path,team\n", ["calls.csv", "lists no calls"]),
        ("", ["calls.csv", "lists no calls"]),
    ],
)
def test_errors_name_what_is_wrong(tmp_path: Path, manifest: str, parts: list[str]) -> None:
    put(tmp_path, "a.wav", "b.wav")
    (tmp_path / "calls.csv").write_text(manifest)
    with pytest.raises(UsageError) as error:
        find(tmp_path)
    for part in parts:
        assert part in str(error.value)


@pytest.mark.parametrize(
    ("name", "data", "part"),
    [
        ("m.xlsx", b"not a workbook", "not a readable xlsx"),
        ("m.parquet", b"PAR1", "not a readable parquet"),
        ("m.jsonl", b'{"path": "a.wav"}\n{oops\n', "line 2"),
        ("m.jsonl", b"[1]\n", "one JSON object a line"),
    ],
)
def test_unreadable_manifests(tmp_path: Path, name: str, data: bytes, part: str) -> None:
    put(tmp_path, "a.wav")
    (tmp_path / name).write_bytes(data)
    with pytest.raises(UsageError, match=part) as error:
        find(tmp_path / name)
    assert name in str(error.value)


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no recordings in .*looked for \.wav"):
        find(tmp_path)
    with pytest.raises(UsageError, match="no such file or folder"):
        find(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="no such manifest"):
        find(tmp_path / "nowhere.csv")
    with pytest.raises(UsageError, match="no such manifest"):
        find(put(tmp_path, "a.wav"), manifest=tmp_path / "nowhere.csv")
    with pytest.raises(UsageError, match="no recordings"):
        find(tmp_path / "*.flac")


@pytest.mark.parametrize(("pattern", "part"), [("(", "not a regular expression"), (r"\d+", "names no group")])
def test_bad_filename_pattern(tmp_path: Path, pattern: str, part: str) -> None:
    with pytest.raises(UsageError, match=part):
        find(put(tmp_path, "a.wav"), filename_pattern=pattern)


def test_storage_address(tmp_path: Path) -> None:
    import fsspec

    storage = fsspec.filesystem("memory")
    storage.pipe("/night/a.wav", b"RIFF a")
    storage.pipe("/night/deep/b.wav", b"RIFF b")
    storage.pipe("/night/b.json", b"{}")
    storage.pipe("/night/a.json", b'{"team": "North"}')
    storage.pipe("/night/calls.csv", b"path,agent_id\na.wav,17\n")
    try:
        first, second = find("memory://night")
        assert (first.info.path, first.info.agent_id, first.info.team) == ("memory:///night/a.wav", "17", "North")
        with opened(first) as path:
            assert path.read_bytes() == b"RIFF a"
            assert path.suffix == ".wav"
        assert not path.exists()
        assert ids(find("memory://night/*.wav")) == ["a"]
        assert ids(find("memory://night/deep/b.wav")) == ["b"]
        assert ids(find("memory://night/calls.csv")) == ["a"]
        assert second.info.call_id == "b"
        storage.pipe("/night/calls.csv", b"path,agent_id\nnowhere.wav,17\n")
        with pytest.raises(UsageError, match=r"calls.csv line 2 names nowhere.wav"):
            find("memory://night")
    finally:
        storage.rm("/night", recursive=True)
    with pytest.raises(UsageError, match="memory://night"):
        find("memory://night")
    with pytest.raises(UsageError, match="no-such"):
        find("no-such://bucket/calls")


def test_local_calls_are_opened_where_they_are(tmp_path: Path) -> None:
    (only,) = find(put(tmp_path, "a.wav"))
    with opened(only) as path:
        assert path == tmp_path / "a.wav"


def test_ten_thousand_files_in_seconds(tmp_path: Path) -> None:
    lines = ["path,agent_id"]
    for number in range(10_000):
        (tmp_path / f"{number:05}.wav").touch()
        lines.append(f"{number:05}.wav,{number % 40}")
    (tmp_path / "calls.csv").write_text("\n".join(lines))
    began = time.process_time()  # a busy machine is not this code's fault
    found = find(tmp_path)
    assert len(found) == 10_000
    assert found[41].info.agent_id == "1"
    assert time.process_time() - began < 5
