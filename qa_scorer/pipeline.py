"""The stages in order: recording → transcript → scorecard → reports.

Workers return records, this process writes them: at any moment what is on disk is whole.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Literal, TypeVar

from qa_scorer import __version__, store
from qa_scorer.batch import Failed, map_calls
from qa_scorer.calls import CallSource, opened
from qa_scorer.engines import make_engine
from qa_scorer.provenance import LANGUAGE_MODELS, judge, judging_key
from qa_scorer.records import TRANSCRIPT_SCHEMA, Scorecard, Transcript
from qa_scorer.rubric import Rubric
from qa_scorer.settings import Settings, share_machine
from qa_scorer.store import Failure, Ledger, Stage

State = Literal["done", "kept", "failed", "not_scored"]
Result = TypeVar("Result")

# Judging reads text only: minutes mean a hang, whatever the length of the call.
SCORE_TIMEOUT_S = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One call to be worked on: its source, and for judging its transcript on disk and the rubric."""

    source: CallSource
    settings: Settings
    transcript: Path | None = None
    rubric: Rubric | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One call passed one stage; ``detail`` is its score, the reason it was not scored, or the failure."""

    stage: Stage
    call_id: str
    state: State
    detail: str
    position: int
    total: int


Listener = Callable[[Event], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What a stage did: calls by state, what failed, and its wall-clock time."""

    stage: Stage
    counts: Mapping[str, int]
    failures: tuple[Failure, ...]
    seconds: float


@dataclass(slots=True)
class _Progress:
    """Counts the calls of one stage as they pass and tells the listener."""

    stage: Stage
    total: int
    listen: Listener
    began: float = field(default_factory=time.monotonic)
    counts: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)

    def passed(self, source: CallSource, state: State, detail: str = "") -> None:
        self.counts[state] += 1
        self.listen(
            Event(
                stage=self.stage,
                call_id=source.info.call_id,
                state=state,
                detail=detail,
                position=self.counts.total(),
                total=self.total,
            )
        )

    def failed(self, source: CallSource, reason: str) -> None:
        call_id, path = source.info.call_id, str(source.path)
        self.failures.append(Failure(call_id=call_id, path=path, stage=self.stage, reason=reason))
        self.passed(source, "failed", reason)

    def tally(self) -> Tally:
        seconds = round(time.monotonic() - self.began, 1)
        return Tally(stage=self.stage, counts=dict(self.counts), failures=tuple(self.failures), seconds=seconds)


def transcribe_one(job: Job) -> Transcript:
    """Hear one call. Runs in a worker, where the models are loaded once. Raises ``CallError``."""
    from qa_scorer.redact import redact

    with opened(job.source) as path:
        if job.source.kind == "transcript":
            from qa_scorer.adoption import adopt

            return redact(adopt(path, job.source.info, job.settings), job.settings)
        from qa_scorer import audio, speech

        sound = audio.decode(path, job.settings)
    return redact(speech.transcribe(sound, job.source.info, speech.load(job.settings), job.settings), job.settings)


def score_one(job: Job) -> Scorecard:
    """Judge one transcript. Runs in a worker, where the models are loaded once. Raises ``CallError``."""
    from qa_scorer import checks, language, scoring

    assert job.transcript is not None and job.rubric is not None  # noqa: S101, PT018 - narrows the job for mypy
    transcript = store.read_transcript(job.transcript)
    reason = scoring.gate(transcript, job.rubric) or _without_pack(transcript, job.settings)
    if reason is not None:
        return scoring.not_scored(transcript, job.rubric, reason)
    call = language.read(transcript, job.settings)
    card = scoring.score(transcript, checks.analyse(call, job.rubric.phrase_rules), job.rubric)
    return replace(card, judged_by=judge(job.settings))


def _without_pack(transcript: Transcript, settings: Settings) -> str | None:
    from qa_scorer.packs import has_pack

    language = (transcript.language or settings.language or "en").split("-")[0].lower()
    if has_pack(language):
        return None
    return f"language: the call is in '{language}', for which there are no phrases to listen for yet."


def transcribe_calls(
    sources: Sequence[CallSource], out: Path, settings: Settings, *, force: bool, listen: Listener
) -> Tally:
    """Turn recordings into ``out/transcripts``; what is current is kept, what fails is named and passed over."""
    ledger, progress = Ledger(out), _Progress("transcribe", len(sources), listen)
    keys: dict[str, str] = {}
    todo: list[Job] = []
    for source in sources:
        call_id, path = source.info.call_id, store.transcript_path(out, source.info.call_id)
        try:
            keys[call_id] = _hearing_key(source, _content(source, ledger), settings)
        except OSError as error:
            progress.failed(source, f"{source.path}: cannot be read: {error.strerror}.")
            continue
        if force or not ledger.is_current("transcribe", call_id, keys[call_id], path):
            todo.append(Job(source=source, settings=settings))
        else:
            _refresh_metadata(path, source, settings)
            progress.passed(source, "kept")
    for source, transcript in _work(transcribe_one, todo, settings.call_timeout_s, progress):
        call_id = source.info.call_id
        store.write_record(store.transcript_path(out, call_id), transcript)
        ledger.record("transcribe", call_id, keys[call_id])
        progress.passed(source, "done")
    return progress.tally()


def score_calls(
    sources: Sequence[CallSource], out: Path, settings: Settings, rubric: Rubric, *, force: bool, listen: Listener
) -> Tally:
    """Turn transcripts in ``out`` into ``out/scorecards``; a call without a transcript is passed over in silence."""
    ready = [source for source in sources if store.transcript_path(out, source.info.call_id).exists()]
    ledger, progress = Ledger(out), _Progress("score", len(ready), listen)
    judge = judging_key(rubric, settings)
    keys: dict[str, str] = {}
    todo: list[Job] = []
    for source in ready:
        call_id, transcript = source.info.call_id, store.transcript_path(out, source.info.call_id)
        keys[call_id] = store.digest(judge, ledger.content_digest(transcript))
        if force or not ledger.is_current("score", call_id, keys[call_id], store.scorecard_path(out, call_id)):
            todo.append(Job(source=source, settings=settings, transcript=transcript, rubric=rubric))
        else:
            progress.passed(source, "kept")
    for source, card in _work(score_one, todo, SCORE_TIMEOUT_S, progress):
        call_id = source.info.call_id
        store.write_record(store.scorecard_path(out, call_id), card)
        ledger.record("score", call_id, keys[call_id])
        if card.score is None:
            progress.passed(source, "not_scored", card.reason)
        else:
            progress.passed(source, "done", f"{card.score:.0f} {card.band}")
    return progress.tally()


def score_aside(
    sources: Sequence[CallSource], out: Path, settings: Settings, rubric: Rubric, *, listen: Listener
) -> Iterator[Scorecard]:
    """Yield what the transcripts in ``out`` would score under ``rubric``; nothing is written."""
    jobs = [
        Job(source=source, settings=settings, transcript=path, rubric=rubric)
        for source in sources
        if (path := store.transcript_path(out, source.info.call_id)).exists()
    ]
    progress = _Progress("score", len(jobs), listen)
    for source, card in _work(score_one, jobs, SCORE_TIMEOUT_S, progress):
        progress.passed(source, "done")
        yield card


def check_models(sources: Sequence[CallSource], settings: Settings) -> dict[str, str]:
    """Return name → sha256 of the models these calls need.

    Raises ``ModelError`` now, not at the first call of the night, when weights are missing.
    """
    from qa_scorer import models

    needed = list(LANGUAGE_MODELS)
    if any(source.kind == "audio" for source in sources):
        from qa_scorer import speech

        needed += speech.needed_models(settings)
    for name in needed:
        models.resolve(name, settings.models_dir)
    return models.hashes(needed, settings.models_dir)


def _work(
    function: Callable[[Job], Result], jobs: Sequence[Job], timeout_s: float, progress: _Progress
) -> Iterator[tuple[CallSource, Result]]:
    if not jobs:
        return
    workers, settings = share_machine(jobs[0].settings, len(jobs))
    shared = (replace(job, settings=settings) for job in jobs)
    with closing(make_engine(settings, workers)) as engine:
        for outcome in map_calls(engine, function, shared, timeout_s):
            if isinstance(outcome, Failed):
                progress.failed(outcome.item.source, outcome.reason)
            else:
                yield outcome.item.source, outcome.result


def _content(source: CallSource, ledger: Ledger) -> str:
    # A file in remote storage is known by its address: fetching it only to compare would cost what it saves.
    return ledger.content_digest(source.path) if source.path.exists() else source.info.path


def _hearing_key(source: CallSource, content: str, settings: Settings) -> str:
    """Digest everything a transcript depends on, so that a stale one is never kept."""
    relevant = settings.model_dump(
        mode="json",
        include={
            *("model", "compute_type", "brand", "vocabulary", "agent_channel", "channels", "speakers", "diarization"),
            *("language", "role_threshold", "roles", "redact", "redact_names"),
        },
    )
    info = source.info
    hints = (info.agent_channel, info.language, info.direction)
    return store.digest(TRANSCRIPT_SCHEMA, __version__, source.kind, content, relevant, hints)


def _refresh_metadata(path: Path, source: CallSource, settings: Settings) -> None:
    """Give a kept transcript the metadata of today: a corrected agent name needs no new recognition."""
    from qa_scorer.redact import redact_metadata

    if source.kind == "transcript":
        return  # its metadata is partly the file's own, and was merged when it was read
    transcript = store.read_transcript(path)
    call = redact_metadata(source.info, settings)
    if asdict(transcript.call) != asdict(call):
        store.write_record(path, replace(transcript, call=call))
