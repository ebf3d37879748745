"""Speech recognition with faster-whisper: batches of windows from all channels, decoded and aligned.

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
from qa_scorer.speech.doubts import doubtful
from qa_scorer.speech.passages import Passage
from qa_scorer.speech.placing import Aligned, place_words
from qa_scorer.speech.turns import NO_SPACES
from qa_scorer.speech.windows import Probabilities, Window, reach_out, speech_regions

RATE_HZ = 16_000
VOICE_FRAME = 512  # samples, the step of Silero VAD
VOICE_FRAME_S = VOICE_FRAME / RATE_HZ
VOICE_BLOCK = VOICE_FRAME * 18_750  # ten minutes
BEAM = 5
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
    """Find where one channel holds speech (Silero VAD, and its loudness beside), at whatever level it was recorded."""
    voice, duration_s = _voice_probability(samples, recognizer.voice), len(samples) / RATE_HZ
    regions = speech_regions(voice, VOICE_FRAME_S, duration_s)
    return Side(
        samples=samples, voice=voice, regions=reach_out(regions, _loudness_db(samples), VOICE_FRAME_S, duration_s)
    )


def _loudness_db(samples: Samples) -> NDArray[np.float32]:
    frame = round(VOICE_FRAME_S * RATE_HZ)
    whole = samples[: len(samples) // frame * frame].reshape(-1, frame)
    power = np.einsum("ij,ij->i", whole, whole) / frame
    return np.asarray(10 * np.log10(power + 1e-10), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Job:
    """A window to hear, and the number of its side."""

    side: int
    window: Window


@dataclass(slots=True)
class Session:
    """One call being recognized. A language that is not given is found in the first batch."""

    recognizer: Recognizer
    sides: Sequence[Side]
    hints: Sequence[str]
    language: str | None = None
    language_confidence: float = 1.0

    def hear(self, jobs: Sequence[Job]) -> list[Passage]:
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

    def again(self, job: Job) -> Passage:
        """Hear one window at rising temperatures; return the first plausible passage, else the likeliest."""
        _repeatable()
        tries = []
        for temperature in FALLBACK_TEMPERATURES:
            passage = self._decode([job], temperature)[0]
            if not doubtful(passage):
                return passage
            tries.append(passage)
        sound = [passage for passage in tries if not passage.loops]
        return max(sound or tries, key=lambda passage: passage.mean_log_probability)

    def _decode(self, jobs: Sequence[Job], temperature: float) -> list[Passage]:
        model = self.recognizer.model
        encoded = _encode(self.sides, jobs, model)
        if self.language is None:
            self.language, self.language_confidence = _spoken_language(model, encoded, jobs)
        tokenizer = _tokenizer(self.recognizer, self.language)
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
        spaced = self.language not in NO_SPACES
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


def _encode(sides: Sequence[Side], jobs: Sequence[Job], model: Any) -> Any:
    from faster_whisper.audio import pad_or_trim

    cuts = [job.window.cut(sides[job.side].samples, RATE_HZ) for job in jobs]
    return model.encode(np.stack([pad_or_trim(model.feature_extractor(cut)[..., :-1]) for cut in cuts]))


def _spoken_language(model: Any, encoded: Any, jobs: Sequence[Job]) -> tuple[str, float]:
    """Average the language probabilities of the encoded windows, by how much speech each holds."""
    if not model.model.is_multilingual:
        return "en", 1.0
    probability: dict[str, float] = {}
    total = sum(job.window.duration for job in jobs)
    for job, found in zip(jobs, model.model.detect_language(encoded), strict=True):
        for token, share in found:
            code = token[2:-2]
            probability[code] = probability.get(code, 0.0) + share * job.window.duration / total
    best = max(probability, key=lambda code: probability[code])
    return best, round(min(1.0, probability[best]), 4)


def _tokenizer(recognizer: Recognizer, language: str) -> Any:
    from faster_whisper.tokenizer import Tokenizer

    multilingual = recognizer.model.model.is_multilingual
    if not multilingual and language != "en":
        raise CallError(f"the call is in '{language}' but the model {recognizer.name} knows only English.")
    try:
        return Tokenizer(recognizer.model.hf_tokenizer, multilingual, task="transcribe", language=language)
    except ValueError as error:
        raise CallError(f"language '{language}' is not one the model {recognizer.name} knows.") from error


def _repeatable() -> None:
    """Let sampling come out the same every time."""
    import ctranslate2

    ctranslate2.set_random_seed(0)


def _suppressed(tokenizer: Any) -> tuple[int, ...]:
    from faster_whisper.transcribe import get_suppressed_tokens

    return tuple(get_suppressed_tokens(tokenizer, [-1]))


def _voice_probability(samples: Samples, voice: Any) -> Probabilities:
    """Ask the detector in blocks: at once it would copy the whole recording twice."""
    blocks = []
    for start in range(0, len(samples), VOICE_BLOCK):
        block = samples[start : start + VOICE_BLOCK]
        padded = np.pad(block, (0, -len(block) % VOICE_FRAME))
        blocks.append(np.asarray(voice(padded), dtype=np.float32).reshape(-1))
    return np.concatenate(blocks) if blocks else np.zeros(0, dtype=np.float32)


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
