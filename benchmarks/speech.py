"""Measure speech: words, roles, diarization, speed and memory, beside plain faster-whisper and plain pyannote.

    python benchmarks/speech.py sample_calls/manifest-speech.csv --mono --peers

The manifest is a csv with the columns `audio`, `reference` (turns as JSON, or empty), `rttm` (or empty) and
`roles` ("dana=agent bob=customer": the labels of the rttm; empty where nobody is an agent). Paths are relative to the
manifest. Calls come as they are, and with --mono the two-channel ones once more mixed down. CPU seconds are those of
the whole process: on a shared machine they compare where wall-clock times do not.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import jiwer
import numpy as np
from whisper_normalizer.english import EnglishTextNormalizer

from qa_scorer.audio import SAMPLE_RATE_HZ, Audio, decode
from qa_scorer.records import CallInfo, Transcript, Turn
from qa_scorer.settings import Settings
from qa_scorer.speech import load, transcribe
from qa_scorer.speech.transcription import EMBEDDING, SEGMENTATION, separate_voices

NORMALIZE = EnglishTextNormalizer()
BOUNDARY_S = 0.15  # how exact an rttm made from energy is


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One recording with its truth; ``roles`` maps rttm labels to roles."""

    name: str
    audio: Audio
    turns: tuple[Turn, ...]
    rttm: tuple[tuple[float, float, str], ...]
    roles: dict[str, str]


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


def read_manifest(path: Path, settings: Settings, *, mono: bool) -> list[Case]:
    """Decode every call of the manifest."""
    cases = []
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            audio = decode(path.parent / row["audio"], settings)
            case = Case(
                name=Path(row["audio"]).stem,
                audio=audio,
                turns=_read_turns(path.parent / row["reference"]) if row["reference"] else (),
                rttm=_read_rttm(path.parent / row["rttm"]) if row["rttm"] else (),
                roles=dict(pair.split("=") for pair in row["roles"].split()),
            )
            cases.append(case)
            if mono and len(audio.samples) == 2:
                mixed = Audio(
                    samples=audio.samples.mean(axis=0, keepdims=True), info=replace(audio.info, channels=1), kept=(0,)
                )
                cases.append(replace(case, name=f"{case.name} (mono mix)", audio=mixed))
    return cases


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


def word_errors(case: Case, heard: Sequence[str]) -> tuple[int, int]:
    """Return (errors, words) against the reference: per side on two channels, in order of time on one."""
    if not case.turns:
        return 0, 0
    if len(heard) == 1:
        return _errors(" ".join(turn.text for turn in case.turns), heard[0])
    sides = [
        " ".join(turn.text for turn in case.turns if turn.role == "agent"),
        " ".join(turn.text for turn in case.turns if turn.role != "agent"),
    ]
    orders = [list(heard), list(heard)[::-1]]
    totals = [[_errors(side, text) for side, text in zip(sides, order, strict=True)] for order in orders]
    best = min(totals, key=lambda pairs: sum(errors for errors, _ in pairs))
    return sum(errors for errors, _ in best), sum(words for _, words in best)


def _errors(reference: str, heard: str) -> tuple[int, int]:
    output = jiwer.process_words(NORMALIZE(reference), NORMALIZE(heard) or "nothing")
    return output.substitutions + output.deletions + output.insertions, len(output.references[0])


def role_accuracy(case: Case, transcript: Transcript) -> float | None:
    """Return the share of words that have the role of whoever said them.

    Against a text the words are aligned; where there is only an rttm, whoever talks at the middle of the word counts.
    """
    heard = [
        (word, turn.role, word_time)
        for turn in transcript.turns
        for word in turn.words
        if (word_time := ((word.start or 0.0) + (word.end or 0.0)) / 2) is not None
    ]
    heard.sort(key=lambda item: item[2])
    if case.turns:
        truth = [(part, turn.role) for turn in case.turns for part in NORMALIZE(turn.text).split()]
        said = [(part, role) for word, role, _ in heard for part in NORMALIZE(word.text).split()]
        if not said:
            return 0.0
        aligned = jiwer.process_words(" ".join(w for w, _ in truth), " ".join(w for w, _ in said)).alignments[0]
        pairs = [
            (truth[a.ref_start_idx + i][1], said[a.hyp_start_idx + i][1])
            for a in aligned
            if a.type in ("equal", "substitute")
            for i in range(a.ref_end_idx - a.ref_start_idx)
        ]
        return sum(a == b for a, b in pairs) / max(1, len(pairs))
    if not case.roles:
        return None
    judged = []
    for _, role, middle in heard:
        there = {case.roles[label] for a, b, label in case.rttm if a - BOUNDARY_S <= middle <= b + BOUNDARY_S}
        if there:
            judged.append(role in there)
    return sum(judged) / len(judged) if judged else None


def diarization_errors(case: Case, found: Any) -> tuple[str, str, str]:
    """Return DER, its confusion, and DER with a collar of 0.25 s on each side, in percent."""
    from pyannote.core import Annotation, Segment
    from pyannote.metrics.diarization import DiarizationErrorRate

    reference, heard = Annotation(), Annotation()
    for i, (start, end, label) in enumerate(case.rttm):
        reference[Segment(start, end), i] = label
    for speaker in range(found.talks.shape[1]):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], found.talks[:, speaker].astype(int), [0]])))
        for a, b in zip(edges[::2], edges[1::2], strict=True):
            heard[Segment(a * found.frame_s, b * found.frame_s), f"{speaker}-{a}"] = str(speaker)
    duration = Segment(0, case.audio.info.duration)
    exact = DiarizationErrorRate()(reference, heard, uem=duration, detailed=True)
    collar = DiarizationErrorRate(collar=0.5)(reference, heard, uem=duration)
    total = exact["total"]
    return (
        f"{100 * exact['diarization error rate']:.1f}",
        f"{100 * exact['confusion'] / total:.2f}",
        f"{100 * collar:.1f}",
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


def _read_turns(path: Path) -> tuple[Turn, ...]:
    return tuple(Turn(**turn) for turn in json.loads(path.read_text(encoding="utf-8")))


def _read_rttm(path: Path) -> tuple[tuple[float, float, str], ...]:
    rows = [line.split() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return tuple((float(row[3]), float(row[3]) + float(row[4]), row[7]) for row in rows)


if __name__ == "__main__":
    sys.exit(main())
