"""Speech recognition with faster-whisper: all channels in one batch, and a second look where text is missing.

The only importer of faster_whisper and ctranslate2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa_scorer.errors import CallError, ModelError
from qa_scorer.records import Span
from qa_scorer.settings import Settings
from qa_scorer.speech.device import Machine, Plan, gpu_memory_bytes, load_cuda_libraries, plan
from qa_scorer.speech.doubts import doubtful, missing, second_choice
from qa_scorer.speech.passages import Passage
from qa_scorer.speech.placing import Aligned, place_words
from qa_scorer.speech.turns import NO_SPACES
from qa_scorer.speech.windows import Probabilities, Window, pack, speech_regions

RATE_HZ = 16_000
VOICE_FRAME_S = 512 / RATE_HZ
BEAM = 5
LANGUAGE_WINDOWS = 6
FALLBACK_TEMPERATURES = (0.2, 0.4, 0.6)  # hotter ones only invent

Samples = NDArray[np.float32]


@dataclass(slots=True)
class Recognizer:
    """A loaded Whisper model. ``plan`` shrinks when the GPU runs out of memory, for this process."""

    name: str
    path: Path
    plan: Plan
    threads: int
    model: Any
    voice: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One channel to hear: samples at 16 kHz, voice probability per 32 ms, and the regions with speech."""

    samples: Samples
    voice: Probabilities
    regions: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """What was heard: passages per side, in time order, and the language of the call."""

    sides: tuple[tuple[Passage, ...], ...]
    language: str
    language_confidence: float


def chosen_plan(settings: Settings) -> Plan:
    """Return where recognition will run on this machine. Raises ``ModelError``."""
    import ctranslate2

    machine = Machine(
        cuda_devices=ctranslate2.get_cuda_device_count,
        compute_types=ctranslate2.get_supported_compute_types,
        gpu_memory_bytes=gpu_memory_bytes,
        prepare_cuda=load_cuda_libraries,
    )
    return plan(settings, machine)


def load_recognizer(path: Path, settings: Settings) -> Recognizer:
    """Load a CTranslate2 folder on the best device. Raises ``ModelError``."""
    from faster_whisper.vad import get_vad_model

    chosen = chosen_plan(settings)
    return Recognizer(
        name=path.name,
        path=path,
        plan=chosen,
        threads=settings.threads,
        model=_load_model(path, chosen, settings.threads),
        voice=get_vad_model(),
    )


def listen(samples: Samples, recognizer: Recognizer) -> Side:
    """Find where one channel holds speech (Silero VAD), at whatever level it was recorded."""
    voice = _voice_probability(samples, recognizer.voice)
    return Side(samples=samples, voice=voice, regions=speech_regions(voice, VOICE_FRAME_S, len(samples) / RATE_HZ))


def recognize(sides: Sequence[Side], recognizer: Recognizer, language: str | None, hints: Sequence[str]) -> Recognition:
    """Recognize every side in shared batches, then hear again what came out doubtful or not at all.

    Raises ``CallError`` when the smallest batch does not fit into memory.
    """
    jobs = [_Job(side=i, window=window) for i, side in enumerate(sides) for window in pack(side.regions)]
    if not jobs:
        return Recognition(sides=tuple(() for _ in sides), language=language or "en", language_confidence=0.0)
    confidence = 1.0
    if language is None:
        language, confidence = _detect_language(sides, jobs, recognizer)
    session = _Session(recognizer=recognizer, sides=sides, tokenizer=_tokenizer(recognizer, language), hints=hints)
    first = dict(zip(jobs, session.hear(jobs), strict=True))
    heard = {job: session.again(job) if doubtful(passage) else passage for job, passage in first.items()}
    found = {i: [p for job, p in heard.items() if job.side == i] for i in range(len(sides))}
    gaps = [
        _Job(side=i, window=Window(pieces=(gap,)))
        for i, side in enumerate(sides)
        for gap in missing(found[i], side.voice, VOICE_FRAME_S, len(side.samples) / RATE_HZ)
    ]
    for job, passage in zip(gaps, session.hear(gaps), strict=True):
        if doubtful(passage):
            passage = session.again(job)  # noqa: PLW2901
        found[job.side] = second_choice(found[job.side], passage, job.window.pieces[0])
    ordered = tuple(tuple(sorted(p, key=lambda q: q.words[0].start or 0.0)) for p in found.values())
    return Recognition(sides=ordered, language=language, language_confidence=confidence)


@dataclass(frozen=True, slots=True)
class _Job:
    side: int
    window: Window


@dataclass(frozen=True, slots=True)
class _Session:
    """One call being recognized: what stays the same from batch to batch."""

    recognizer: Recognizer
    sides: Sequence[Side]
    tokenizer: Any
    hints: Sequence[str]

    def hear(self, jobs: Sequence[_Job]) -> list[Passage]:
        """Return a passage per job, halving the batch and then the arithmetic when memory runs out."""
        passages: list[Passage] = []
        while len(passages) < len(jobs):
            size = self.recognizer.plan.batch_size
            batch = jobs[len(passages) : len(passages) + size]
            try:
                passages += self._decode(batch, 0.0)
            except (RuntimeError, MemoryError) as error:
                if "out of memory" not in str(error).lower() and not isinstance(error, MemoryError):
                    raise
                _shrink(self.recognizer)
        return passages

    def again(self, job: _Job) -> Passage:
        """Hear one window at rising temperatures; return the first plausible passage, else the likeliest."""
        tries = []
        for temperature in FALLBACK_TEMPERATURES:
            passage = self._decode([job], temperature)[0]
            if not doubtful(passage):
                return passage
            tries.append(passage)
        sound = [passage for passage in tries if not passage.loops]
        return max(sound or tries, key=lambda passage: passage.mean_log_probability)

    def _decode(self, jobs: Sequence[_Job], temperature: float) -> list[Passage]:
        model, tokenizer = self.recognizer.model, self.tokenizer
        encoded = _encode(self.sides, jobs, model)
        prompt = model.get_prompt(tokenizer, [], without_timestamps=True, hotwords=", ".join(self.hints) or None)
        search: dict[str, Any] = {"beam_size": BEAM}
        if temperature:
            search = {"beam_size": 1, "num_hypotheses": 5, "sampling_topk": 0, "sampling_temperature": temperature}
        results = model.model.generate(
            encoded,
            [prompt] * len(jobs),
            max_length=model.max_length,
            return_scores=True,
            return_no_speech_prob=True,
            suppress_blank=True,
            suppress_tokens=_suppressed(tokenizer),
            **search,
        )
        tokens = [[token for token in result.sequences_ids[0] if token < tokenizer.eot] for result in results]
        frames = [min(model.frames_per_second * 30, int(job.window.duration * model.frames_per_second)) for job in jobs]
        alignments = _align(model, tokenizer, tokens, encoded, frames)
        spaced = tokenizer.language_code not in NO_SPACES
        passages = []
        for job, result, alignment in zip(jobs, results, alignments, strict=True):
            length = len(result.sequences_ids[0])
            side = self.sides[job.side]
            passages.append(
                Passage(
                    words=place_words(alignment, job.window, side.voice, VOICE_FRAME_S, spaced=spaced),
                    mean_log_probability=result.scores[0] * length / (length + 1),
                    no_speech=result.no_speech_prob,
                )
            )
        return passages


def _align(model: Any, tokenizer: Any, tokens: list[list[int]], encoded: Any, frames: list[int]) -> list[list[Aligned]]:
    from faster_whisper.transcribe import merge_punctuations

    alignments = model.find_alignment(tokenizer, tokens, encoded, frames)
    for alignment in alignments:
        merge_punctuations(alignment, "\"'“¿([{-", "\"'.。,，!！?？:：”)]}、")
    return [
        [
            Aligned(
                text=item["word"],
                start=float(item["start"]),
                end=float(item["end"]),
                probability=float(item["probability"]),
            )
            for item in alignment
        ]
        for alignment in alignments
    ]


def _encode(sides: Sequence[Side], jobs: Sequence[_Job], model: Any) -> Any:
    from faster_whisper.audio import pad_or_trim

    cuts = [job.window.cut(sides[job.side].samples, RATE_HZ) for job in jobs]
    return model.encode(np.stack([pad_or_trim(model.feature_extractor(cut)[..., :-1]) for cut in cuts]))


def _detect_language(sides: Sequence[Side], jobs: Sequence[_Job], recognizer: Recognizer) -> tuple[str, float]:
    """Average the language probabilities of windows spread over the whole call and all sides, by their speech."""
    model = recognizer.model
    if not model.model.is_multilingual:
        return "en", 1.0
    picks = sorted({int(i) for i in np.linspace(0, len(jobs) - 1, min(LANGUAGE_WINDOWS, len(jobs)))})
    chosen = [jobs[i] for i in picks]
    probability: dict[str, float] = {}
    weight = sum(job.window.duration for job in chosen)
    for job in chosen:
        for token, share in model.model.detect_language(_encode(sides, [job], model))[0]:
            code = token[2:-2]
            probability[code] = probability.get(code, 0.0) + share * job.window.duration / weight
    best = max(probability, key=lambda code: probability[code])
    return best, round(probability[best], 4)


def _tokenizer(recognizer: Recognizer, language: str) -> Any:
    from faster_whisper.tokenizer import Tokenizer

    multilingual = recognizer.model.model.is_multilingual
    if not multilingual and language != "en":
        raise CallError(f"the call is in '{language}' but the model {recognizer.name} knows only English.")
    try:
        return Tokenizer(recognizer.model.hf_tokenizer, multilingual, task="transcribe", language=language)
    except ValueError as error:
        raise CallError(f"language '{language}' is not one the model {recognizer.name} knows.") from error


def _suppressed(tokenizer: Any) -> tuple[int, ...]:
    from faster_whisper.transcribe import get_suppressed_tokens

    return tuple(get_suppressed_tokens(tokenizer, [-1]))


def _voice_probability(samples: Samples, voice: Any) -> Probabilities:
    padded = np.pad(samples, (0, -len(samples) % 512))
    return np.asarray(voice(padded), dtype=np.float32).reshape(-1)


def _load_model(path: Path, chosen: Plan, threads: int) -> Any:
    from faster_whisper import WhisperModel

    if not (path / "model.bin").is_file():
        raise ModelError(f"{path} holds no CTranslate2 model (model.bin); `qa-scorer models pull` installs one.")
    try:
        return WhisperModel(
            str(path),
            device=chosen.device,
            compute_type=chosen.compute_types[0],
            cpu_threads=threads,
            local_files_only=True,
        )
    except (RuntimeError, ValueError) as error:
        raise ModelError(f"{path.name} cannot be loaded on {chosen.device} ({error}).") from error


def _shrink(recognizer: Recognizer) -> None:
    """Halve the batch, and at a batch of one take the next smaller arithmetic; raises ``CallError`` at the end."""
    now = recognizer.plan
    if now.batch_size > 1:
        recognizer.plan = replace(now, batch_size=now.batch_size // 2)
    elif len(now.compute_types) > 1:
        recognizer.plan = replace(now, compute_types=now.compute_types[1:], batch_size=4)
        recognizer.model = _load_model(recognizer.path, recognizer.plan, recognizer.threads)
    else:
        raise CallError(f"not enough memory on {now.device} for {recognizer.name}, even one window at a time.")
