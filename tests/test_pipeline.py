"""The stages in order, with the two workers' functions replaced by fakes that record their calls."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from qa_scorer import night, pipeline, store
from qa_scorer.calls import CallSource
from qa_scorer.errors import AudioError
from qa_scorer.pipeline import Event, Job
from qa_scorer.records import CallInfo, Origin, RubricRef, Scorecard, Transcript
from qa_scorer.rubric import Rubric, load_rubric
from qa_scorer.settings import Settings
from tests.build import transcript


class InlineEngine:
    """Runs everything here and now."""

    def as_completed(
        self, function: Callable[[Any], Any], items: Iterable[Any], timeout_s: float
    ) -> Iterator[tuple[Any, Any]]:
        for item in items:
            try:
                yield item, function(item)
            except Exception as error:
                yield item, error

    def close(self) -> None:
        pass


class Workers:
    """Stand-ins for the two functions that run in workers."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.judged: list[str] = []

    def transcribe_one(self, job: Job) -> Transcript:
        self.heard.append(job.source.info.call_id)
        if job.source.path.read_bytes() == b"broken":
            raise AudioError(f"{job.source.path.name}: no audio in it.")
        return replace(transcript("A: Hello", "C: Hi"), call=job.source.info)

    def score_one(self, job: Job) -> Scorecard:
        assert job.transcript is not None
        assert job.rubric is not None
        spoken = store.read_transcript(job.transcript)
        self.judged.append(spoken.call.call_id)
        rubric = RubricRef(name=job.rubric.name, version=job.rubric.version, sha256=job.rubric.sha256)
        origin = Origin(engine="test", version="1")
        return Scorecard(call=spoken.call, rubric=rubric, origin=origin, status="scored", score=80.0, band="coach")


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> Workers:
    fake = Workers()
    monkeypatch.setattr(pipeline, "transcribe_one", fake.transcribe_one)
    monkeypatch.setattr(pipeline, "score_one", fake.score_one)
    monkeypatch.setattr(pipeline, "make_engine", lambda settings, workers: InlineEngine())
    return fake


@pytest.fixture
def rubric() -> Rubric:
    return load_rubric("standard")


def sources(folder: Path, **recordings: bytes) -> list[CallSource]:
    found = []
    for call_id, content in recordings.items():
        path = folder / f"{call_id}.wav"
        path.write_bytes(content)
        found.append(CallSource(info=CallInfo(call_id=call_id, path=str(path)), path=path, kind="audio"))
    return found


def silent(event: Event) -> None:
    pass


def hear(calls: list[CallSource], out: Path, *, force: bool = False, **settings: Any) -> pipeline.Tally:
    return pipeline.transcribe_calls(calls, out, Settings(**settings), force=force, listen=silent)


def test_what_is_current_is_not_done_again(tmp_path: Path, workers: Workers, rubric: Rubric) -> None:
    calls = sources(tmp_path, a=b"1", b=b"2")
    for _ in range(2):
        hear(calls, tmp_path)
        pipeline.score_calls(calls, tmp_path, Settings(), rubric, force=False, listen=silent)
    assert workers.heard == ["a", "b"]
    assert workers.judged == ["a", "b"]


def test_only_what_changed_is_heard_again(tmp_path: Path, workers: Workers) -> None:
    calls = sources(tmp_path, a=b"1", b=b"2")
    hear(calls, tmp_path)
    hear(sources(tmp_path, a=b"1", b=b"other"), tmp_path)
    assert workers.heard == ["a", "b", "b"]
    hear(calls, tmp_path, vocabulary=("Northwind",))
    assert workers.heard[3:] == ["a", "b"]
    store.transcript_path(tmp_path, "a").unlink()
    hear(calls, tmp_path, vocabulary=("Northwind",))
    assert workers.heard[5:] == ["a"]
    hear(calls, tmp_path, force=True, vocabulary=("Northwind",))
    assert workers.heard[6:] == ["a", "b"]


def test_another_rubric_judges_again_without_hearing(tmp_path: Path, workers: Workers, rubric: Rubric) -> None:
    calls = sources(tmp_path, a=b"1")
    hear(calls, tmp_path)
    pipeline.score_calls(calls, tmp_path, Settings(), rubric, force=False, listen=silent)
    pipeline.score_calls(calls, tmp_path, Settings(), load_rubric("sales"), force=False, listen=silent)
    assert workers.heard == ["a"]
    assert workers.judged == ["a", "a"]


def test_a_bad_call_is_named_and_the_rest_is_done(tmp_path: Path, workers: Workers) -> None:
    calls = sources(tmp_path, a=b"1", b=b"broken", c=b"3")
    calls.append(replace(calls[0], info=CallInfo(call_id="d", path="gone.wav"), path=tmp_path / "a.wav" / "gone.wav"))
    tally = hear(calls, tmp_path)
    assert tally.counts["done"] == 2
    assert {failure.call_id for failure in tally.failures} == {"b", "d"}
    assert not store.transcript_path(tmp_path, "b").exists()


def test_a_corrected_agent_name_needs_no_new_recognition(tmp_path: Path, workers: Workers) -> None:
    calls = sources(tmp_path, a=b"1")
    hear(calls, tmp_path)
    named = [replace(calls[0], info=replace(calls[0].info, agent_name="Dana"))]
    assert hear(named, tmp_path).counts == {"kept": 1}
    assert store.read_transcript(store.transcript_path(tmp_path, "a")).call.agent_name == "Dana"
    assert workers.heard == ["a"]


def test_every_call_is_reported_to_the_listener(tmp_path: Path, workers: Workers) -> None:
    events: list[Event] = []
    calls = sources(tmp_path, a=b"1", b=b"broken")
    pipeline.transcribe_calls(calls, tmp_path, Settings(), force=False, listen=events.append)
    assert [(event.call_id, event.state, event.position, event.total) for event in events] == [
        ("a", "done", 1, 2),
        ("b", "failed", 2, 2),
    ]


def test_a_sample_is_the_same_every_time_and_fair_to_every_agent(tmp_path: Path) -> None:
    calls = [
        CallSource(info=CallInfo(call_id=f"{agent}{n}", agent_id=agent), path=tmp_path, kind="audio")
        for agent in ("ann", "bo")
        for n in range(20)
    ]
    drawn = night.choose(calls, limit=None, per_agent=3)
    assert drawn == night.choose(list(calls), limit=None, per_agent=3)
    assert [sum(call.info.agent_id == agent for call in drawn) for agent in ("ann", "bo")] == [3, 3]
    assert night.choose(calls, limit=2, per_agent=None) == calls[:2]


def test_another_engines_file_in_our_place_is_kept_aside(tmp_path: Path) -> None:
    home = store.transcript_path(tmp_path, "a")
    home.parent.mkdir()
    content = '{"segments": [{"start": 0.0, "end": 1.0, "text": "Hello", "speaker": "agent"}]}'
    home.write_text(content)
    store.write_record(store.transcript_path(tmp_path, "b"), transcript("A: Hello", call_id="b"))
    foreign, found = night.find_transcripts(tmp_path, tmp_path, Settings(), None)
    assert [source.info.call_id for source in found] == ["a", "b"]
    assert [source.path.read_text() for source in foreign] == [content]
    assert not home.exists()
