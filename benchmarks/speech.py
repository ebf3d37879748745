"""Measure speech: words, roles, diarization, speed and memory, beside plain faster-whisper and plain pyannote.

    python benchmarks/speech.py sample_calls/manifest-speech.csv --mono --peers

The manifest is a csv with the columns `audio`, `reference` (turns as JSON, or empty), `rttm` (or empty) and
`roles` ("dana=agent bob=customer": the labels of the rttm; empty where nobody is an agent). Paths are relative to the
manifest. Calls come as they are, and with --mono the two-channel ones once more mixed down. CPU seconds are those of
the whole process: on a shared machine they compare where wall-clock times do not.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.speech_truth import Case, diarization_errors, read_manifest, role_accuracy, word_errors
from qa_scorer.audio import SAMPLE_RATE_HZ, Audio
from qa_scorer.records import CallInfo, Turn
from qa_scorer.settings import Settings
from qa_scorer.speech import load, transcribe
from qa_scorer.speech.transcription import EMBEDDING, SEGMENTATION, separate_voices


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one system made of one case: ratios 0–1, seconds; ``None`` where there is no truth."""

    wer: float | None
    errors: int
    words: int
    role_accuracy: float | None
    wall_s: float
    cpu_s: float
    diarization_s: float = 0.0


def main() -> None:
    """Run every case and print one markdown table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("manifest", type=Path)
    parser.add_argument("--mono", action="store_true", help="also mix two-channel calls to mono")
    parser.add_argument("--peers", action="store_true", help="also run plain faster-whisper and plain pyannote")
    parser.add_argument("--only", default="", help="calls whose name contains this")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    settings = Settings(threads=options.threads)
    cases = [case for case in read_manifest(options.manifest, settings, mono=options.mono) if options.only in case.name]
    models = load(settings)
    mono = next((case.audio.samples[0] for case in cases if len(case.audio.samples) == 1), None)
    if mono is not None:
        separate_voices(mono[: 20 * SAMPLE_RATE_HZ], models, settings)  # load its models before the clock runs
    print("| call | system | WER % | right side % | DER % | confusion % | DER % (collar 0.25 s) | × real time |")
    print("|---|---|---|---|---|---|---|---|")
    ours = [run_ours(case, models, settings) for case in cases]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    if options.peers:
        run_faster_whisper(cases, ours, settings)
        run_pyannote(cases, ours, models)
    summary(cases, ours, peak)


def run_ours(case: Case, models: Any, settings: Settings) -> Result:
    """Transcribe, measure and print a row."""
    transcript, wall, cpu = _timed(lambda: transcribe(case.audio, CallInfo(call_id=case.name), models, settings))
    errors, words = word_errors(case, _texts(transcript.turns, case.audio))
    result = Result(
        wer=errors / words if words else None,
        errors=errors,
        words=words,
        role_accuracy=role_accuracy(case, transcript),
        wall_s=wall,
        cpu_s=cpu,
    )
    scores = ("", "", "")
    if case.rttm and len(case.audio.samples) == 1:
        third = len({turn.speaker for turn in transcript.turns}) > 2
        found, seconds, _ = _timed(lambda: separate_voices(case.audio.samples[0], models, settings, transfer=third))
        scores = diarization_errors(case, found)
        result = replace(result, diarization_s=seconds)
    _row(case, "qa-scorer", result, scores)
    return result


def run_faster_whisper(cases: Sequence[Case], ours: Sequence[Result], settings: Settings) -> None:
    """Run plain faster-whisper, sequential and batched, on the same channels."""
    from faster_whisper import BatchedInferencePipeline, WhisperModel

    path = settings.models_dir / "whisper-base"
    model = WhisperModel(str(path), device="cpu", compute_type="int8", cpu_threads=settings.threads)
    batched = BatchedInferencePipeline(model)
    systems: dict[str, Callable[[Any], Any]] = {
        "faster-whisper, one by one": lambda s: model.transcribe(s, vad_filter=True, word_timestamps=True)[0],
        "faster-whisper, batched": lambda s: batched.transcribe(s, batch_size=8, word_timestamps=True)[0],
    }
    for system, recognize in systems.items():
        ratios = []
        for case, own in zip(cases, ours, strict=True):
            heard, wall, cpu = _timed(
                lambda case=case, recognize=recognize: [
                    " ".join(segment.text for segment in recognize(samples)) for samples in case.audio.samples
                ]
            )
            errors, words = word_errors(case, heard)
            ratios.append(own.cpu_s / cpu)
            result = Result(
                wer=errors / words if words else None,
                errors=errors,
                words=words,
                role_accuracy=None,
                wall_s=wall,
                cpu_s=cpu,
            )
            _row(case, system, result, ("", "", ""))
        print(f"\nCPU seconds of qa-scorer per CPU second of {system}: median {np.median(ratios):.2f}\n")


def run_pyannote(cases: Sequence[Case], ours: Sequence[Result], models: Any) -> None:
    """Run plain pyannote, told how many speak, on the calls of one channel."""
    from benchmarks.plain_pyannote import PlainPyannote

    embedder = replace(models.separator(EMBEDDING), half=False)  # pyannote computes in full precision
    pipeline = PlainPyannote(models.separator(SEGMENTATION), embedder)
    ratios, length, spent = [], 0.0, 0.0
    for case, own in zip(cases, ours, strict=True):
        if not own.diarization_s:
            continue
        speakers = len({label for _, _, label in case.rttm})
        found, wall, cpu = _timed(lambda case=case, speakers=speakers: pipeline(case.audio.samples[0], speakers))
        result = Result(wer=None, errors=0, words=0, role_accuracy=None, wall_s=wall, cpu_s=cpu)
        _row(case, "pyannote, agglomerative", result, diarization_errors(case, found))
        ratios.append(own.diarization_s / wall)
        length, spent = length + case.audio.info.duration, spent + wall
    if ratios:
        print(
            f"\nReal-time factor of plain pyannote {spent / length:.3f}; qa-scorer's diarization takes"
            f" {np.median(ratios):.2f} of its time (median)\n"
        )


def summary(cases: Sequence[Case], ours: Sequence[Result], peak_gb: float) -> None:
    """Print the sums over all calls."""
    errors, words = sum(result.errors for result in ours), sum(result.words for result in ours)
    for kind, n_channels in (("two-channel", 2), ("mono", 1)):
        roles = [
            r.role_accuracy
            for case, r in zip(cases, ours, strict=True)
            if len(case.audio.samples) == n_channels and r.role_accuracy is not None
        ]
        if roles:
            print(
                f"Words on the right side, {kind}: mean {100 * np.mean(roles):.1f} %, lowest {100 * min(roles):.1f} %"
            )
    if words:
        print(f"WER over all {words} reference words: {100 * errors / words:.1f} %")
    seconds = sum(case.audio.info.duration for case in cases)
    print(
        f"Real-time factor {sum(r.wall_s for r in ours) / seconds:.3f}, CPU {sum(r.cpu_s for r in ours) / seconds:.3f}"
    )
    mono = [(case, r) for case, r in zip(cases, ours, strict=True) if r.diarization_s]
    if mono:
        length = sum(case.audio.info.duration for case, _ in mono)
        print(f"Real-time factor of diarization {sum(r.diarization_s for _, r in mono) / length:.3f}")
    print(f"Peak memory {peak_gb:.2f} GB")


def _texts(turns: Sequence[Turn], audio: Audio) -> list[str]:
    if len(audio.samples) == 1:
        said = sorted((word for turn in turns for word in turn.words), key=lambda word: word.start or 0.0)
        return [" ".join(word.text for word in said)]
    speakers = sorted({turn.speaker for turn in turns})
    return [" ".join(turn.text for turn in turns if turn.speaker == speaker) for speaker in speakers]


def _row(case: Case, system: str, result: Result, scores: tuple[str, str, str]) -> None:
    wer = "" if result.wer is None else f"{100 * result.wer:.1f}"
    roles = "" if result.role_accuracy is None else f"{100 * result.role_accuracy:.1f}"
    speed = f"{case.audio.info.duration / result.wall_s:.1f}"
    print("|", " | ".join((case.name, system, wer, roles, *scores, speed)), "|", flush=True)


def _timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    made = work()
    return made, time.perf_counter() - wall, time.process_time() - cpu


if __name__ == "__main__":
    sys.exit(main())
