"""Batches that do not fit: halved, then computed smaller, then this one call failed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qa_scorer.errors import CallError, ModelError
from qa_scorer.records import Span
from qa_scorer.settings import Settings
from qa_scorer.speech import asr
from qa_scorer.speech.asr import Job, Recognizer, Session, Side, load_recognizer
from qa_scorer.speech.device import Plan
from qa_scorer.speech.passages import Passage
from qa_scorer.speech.recognition import recognize, spread_first
from qa_scorer.speech.windows import Window
from tests.speech.said import passage

SIDE = Side(samples=np.zeros(16_000, dtype=np.float32), voice=np.zeros(32, dtype=np.float32), regions=())
JOBS = [Job(side=0, window=Window(pieces=(Span(start=float(i), end=i + 1.0),))) for i in range(10)]


class Memory:
    """Stands in for decoding: fails as CTranslate2 does when a batch is larger than what fits its arithmetic."""

    def __init__(self, fits: dict[str, int]) -> None:
        self.fits = fits
        self.tried: list[tuple[str, int]] = []

    def decode(self, session: Session, jobs: Sequence[Job], temperature: float) -> list[Passage]:
        arithmetic = session.recognizer.plan.compute_types[0]
        self.tried.append((arithmetic, len(jobs)))
        if len(jobs) > self.fits[arithmetic]:
            raise RuntimeError("CUDA failed with error out of memory")
        return [passage(f"window {job.window.pieces[0].start:.0f}") for job in jobs]


@pytest.fixture
def session() -> Session:
    chosen = Plan(device="cuda", compute_types=("float16", "int8"), batch_size=8)
    recognizer = Recognizer(name="m", path=Path("m"), plan=chosen, threads=1, model=None, voice=None)
    return Session(recognizer=recognizer, sides=[SIDE], hints=())


def use(monkeypatch: pytest.MonkeyPatch, memory: Memory) -> Memory:
    def decode(self: Session, jobs: Sequence[Job], temperature: float) -> list[Passage]:
        return memory.decode(self, jobs, temperature)

    monkeypatch.setattr(Session, "_decode", decode)
    monkeypatch.setattr(asr, "_load_model", lambda path, chosen, threads: chosen.compute_types[0])
    return memory


def test_what_fits_runs_in_whole_batches(monkeypatch: pytest.MonkeyPatch, session: Session) -> None:
    memory = use(monkeypatch, Memory({"float16": 8}))
    assert len(session.hear(JOBS)) == 10
    assert memory.tried == [("float16", 8), ("float16", 2)]


def test_the_batch_is_halved_until_it_fits(monkeypatch: pytest.MonkeyPatch, session: Session) -> None:
    memory = use(monkeypatch, Memory({"float16": 3}))
    heard = session.hear(JOBS)
    assert [p.text for p in heard] == [f"window {i}" for i in range(10)], "nothing is lost or done twice"
    assert memory.tried[:3] == [("float16", 8), ("float16", 4), ("float16", 2)]
    assert session.recognizer.plan.batch_size == 2, "and stays there for the next call"


def test_then_the_arithmetic_shrinks(monkeypatch: pytest.MonkeyPatch, session: Session) -> None:
    memory = use(monkeypatch, Memory({"float16": 0, "int8": 4}))
    assert len(session.hear(JOBS)) == 10
    assert ("float16", 1) in memory.tried
    assert session.recognizer.plan.compute_types == ("int8",)
    assert session.recognizer.model == "int8"


def test_then_the_call_fails(monkeypatch: pytest.MonkeyPatch, session: Session) -> None:
    use(monkeypatch, Memory({"float16": 0, "int8": 0}))
    with pytest.raises(CallError, match="not enough memory on cuda"):
        session.hear(JOBS)


def test_other_errors_are_not_taken_for_memory(monkeypatch: pytest.MonkeyPatch, session: Session) -> None:
    def broken(self: Session, jobs: Any, temperature: float) -> list[Passage]:
        raise RuntimeError("invalid model")

    monkeypatch.setattr(Session, "_decode", broken)
    with pytest.raises(RuntimeError, match="invalid model"):
        session.hear(JOBS)


def test_a_doubtful_window_is_heard_again_until_it_is_plausible(
    monkeypatch: pytest.MonkeyPatch, session: Session
) -> None:
    tries = {0.2: passage("la la " * 50), 0.4: passage("This is plausible.")}
    asked: list[float] = []

    def decode(self: Session, jobs: Any, temperature: float) -> list[Passage]:
        asked.append(temperature)
        return [tries[temperature]]

    monkeypatch.setattr(Session, "_decode", decode)
    assert session.again(JOBS[0]).text == "This is plausible."
    assert asked == [0.2, 0.4]


def test_a_side_without_speech_is_not_recognized(session: Session) -> None:
    heard = recognize([SIDE, SIDE], session.recognizer, None, ())
    assert heard.sides == ((), ())
    assert heard.language is None


def test_the_first_batch_comes_from_the_whole_call() -> None:
    ordered = spread_first(JOBS, 4)
    assert [job.window.pieces[0].start for job in ordered[:4]] == [0.0, 3.0, 6.0, 9.0]
    assert sorted(job.window.pieces[0].start for job in ordered) == [float(i) for i in range(10)]
    assert spread_first(JOBS, 32) == JOBS


def test_a_folder_without_a_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="qa-scorer models pull"):
        load_recognizer(tmp_path, Settings(device="cpu"))
