"""The stages of hearing one call, in order."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa_scorer import __version__
from qa_scorer.audio import SAMPLE_RATE_HZ, Audio, window_rms
from qa_scorer.models import hashes, resolve
from qa_scorer.records import CallInfo, Origin, Removed, Role, Separation, Span, Transcript, Turn, Word
from qa_scorer.settings import Settings
from qa_scorer.speech.asr import VOICE_FRAME_S, Recognizer, Side, chosen_plan, listen, load_recognizer
from qa_scorer.speech.attribution import assign_words
from qa_scorer.speech.crosstalk import without_crosstalk
from qa_scorer.speech.diarize import Diarization, diarize
from qa_scorer.speech.facts import conversation_facts
from qa_scorer.speech.guard import Guarded, guard
from qa_scorer.speech.recognition import recognize
from qa_scorer.speech.roles import Roles, assign_roles
from qa_scorer.speech.turns import Utterance, text, utterances
from qa_scorer.speech.windows import runs

STARTER_MODEL, GPU_MODEL = "whisper-base", "large-v3-turbo"
SEGMENTATION, EMBEDDING, HUB_PIPELINE = "segmentation-3.0", "ecapa-voxceleb", "speaker-diarization-community-1"
# Words that announce somebody else on the company's side: only then is a third voice looked for.
TRANSFER = re.compile(
    r"\b(?:transfer(?:ring)? you|put (?:you|him|her|them) (?:through|on)|connect you|supervisor|manager|colleague"
    r"|specialist|senior agent|team lead(?:er)?)\b",
    re.IGNORECASE,
)


@dataclass(slots=True)
class SpeechModels:
    """The models of this process. Those for mono are loaded when the first mono call comes."""

    settings: Settings
    recognizer: Recognizer
    _separators: dict[str, Any] = field(default_factory=dict)

    def separator(self, name: str) -> Any:
        """Return a model that tells voices apart, loaded once."""
        if name not in self._separators:
            self._separators[name] = _load_separator(name, self.settings, self.recognizer)
        return self._separators[name]


def load(settings: Settings) -> SpeechModels:
    """Load recognition once per process. Raises ``ModelError`` with the command that mends it."""
    relevant = settings.model_copy(update={"rubric": "", "brand": (), "vocabulary": ()})
    return _load(relevant.model_dump_json())


def needed_models(settings: Settings) -> list[str]:
    """Return the names of the models a run with these settings may use."""
    separation = [HUB_PIPELINE] if settings.diarization == "pyannote" else [SEGMENTATION, EMBEDDING]
    return [_recognizer_name(settings, chosen_plan(settings).device), *separation]


def transcribe(audio: Audio, info: CallInfo, models: SpeechModels, settings: Settings) -> Transcript:
    """Turn one decoded call into a transcript with roles, facts and no invented words; nothing is redacted yet."""
    hints = _hints(info, settings)
    sides = [listen(samples, models.recognizer) for samples in _channels(audio)]
    heard = recognize(sides, models.recognizer, info.language or settings.language, hints)
    guarded = [
        guard(passages, side.voice.tolist(), VOICE_FRAME_S, hints)
        for passages, side in zip(heard.sides, sides, strict=True)
    ]
    words, separation = _by_speaker(audio, sides, guarded, models, settings)
    pieces = utterances(words)
    said = _said(pieces, words, heard.language)
    agent = _agent_label(audio, info, settings, separation)
    roles = assign_roles(said, info, settings.brand, settings.role_threshold, agent)
    turns = tuple(_turn(piece, roles, heard.language) for piece in pieces)
    return Transcript(
        call=info,
        audio=audio.info,
        origin=_origin(models, settings, separation),
        language=heard.language,
        language_confidence=heard.language_confidence,
        separation=separation,
        role_confidence=roles.confidence,
        turns=turns,
        facts=conversation_facts(turns, audio.info.duration, _sound(audio, sides)),
        removed=Removed(hallucinated_words=sum(side.removed for side in guarded)),
    )


def _channels(audio: Audio) -> list[NDArray[np.float32]]:
    if len(audio.samples) == 1:
        return [audio.samples[0]]
    left, right = audio.samples
    return [without_crosstalk(left, right), without_crosstalk(right, left)]


def _by_speaker(
    audio: Audio, sides: Sequence[Side], guarded: Sequence[Guarded], models: SpeechModels, settings: Settings
) -> tuple[Mapping[str, Sequence[Word]], Separation]:
    """Return the words of each speaker, and how the speakers were told apart."""
    speaking = [i for i, side in enumerate(guarded) if side.words]
    if len(sides) == 2 and len(speaking) == 2:
        labels = _channel_labels(audio)
        return {label: side.words for label, side in zip(labels, guarded, strict=True)}, "channels"
    if not speaking:
        return {}, "single"
    only = speaking[0]
    said = guarded[only].words
    transfer = bool(TRANSFER.search(text(said)))
    voices = separate_voices(sides[only].samples, models, settings, transfer=transfer)
    separated = assign_words(said, voices.likelihood, voices.frame_s)
    if len(separated) < 2:
        label = _channel_labels(audio)[only]
        return {label: said}, "single"
    return separated, "diarization"


def separate_voices(
    samples: NDArray[np.float32], models: SpeechModels, settings: Settings, *, transfer: bool = False
) -> Diarization:
    """Tell the voices of one channel (n,) at 16 kHz apart; after a ``transfer`` there may be a third."""
    if settings.diarization == "pyannote":
        from qa_scorer.speech.hub import diarize_with_pipeline

        return diarize_with_pipeline(samples, models.separator(HUB_PIPELINE), settings.speakers)
    segmenter, embedder = models.separator(SEGMENTATION), models.separator(EMBEDDING)
    return diarize(samples, segmenter, embedder, settings.speakers, transfer=transfer)


def _said(
    pieces: Sequence[Utterance], words: Mapping[str, Sequence[Word]], language: str | None
) -> dict[str, list[str]]:
    said: dict[str, list[str]] = {speaker: [] for speaker in words}
    for piece in pieces:
        said[piece.speaker].append(text(piece.words, language))
    return said


def _turn(piece: Utterance, roles: Roles, language: str | None) -> Turn:
    role: Role = roles.of.get(piece.speaker, "unknown")
    return Turn(
        role=role,
        speaker=piece.speaker,
        start=round(piece.start, 3),
        end=round(piece.end, 3),
        text=text(piece.words, language),
        words=piece.words,
    )


def _channel_labels(audio: Audio) -> list[str]:
    if audio.info.channels == 1:
        return ["mono"]
    if audio.info.channels == 2:
        return [("left", "right")[channel] for channel in audio.kept]
    return [f"channel_{channel}" for channel in audio.kept]


def _agent_label(audio: Audio, info: CallInfo, settings: Settings, separation: Separation) -> str | None:
    """Return the speaker label that the metadata names as the agent's channel."""
    channel = info.agent_channel if info.agent_channel is not None else settings.agent_channel
    labels = dict(zip(audio.kept, _channel_labels(audio), strict=True))
    if separation == "diarization" or channel is None or audio.info.channels == 1:
        return None
    dual_mono = len(audio.kept) == 1 and any("dual mono" in note for note in audio.info.notes)
    return None if dual_mono else labels.get(channel, f"channel_{channel}")


def _hints(info: CallInfo, settings: Settings) -> tuple[str, ...]:
    names = [*settings.brand, *([info.agent_name] if info.agent_name else []), *settings.vocabulary]
    return tuple(dict.fromkeys(name.strip() for name in names if name.strip()))


def _sound(audio: Audio, sides: Sequence[Side]) -> tuple[Span, ...]:
    """Return stretches of a second or more without voice whose level is near that of speech: music or a tone."""
    size = round(VOICE_FRAME_S * SAMPLE_RATE_HZ)
    found = []
    for side in sides:
        level = window_rms(side.samples, size)
        voiced = side.voice[: len(level)] > 0.5
        speech = float(np.median(level[: len(voiced)][voiced])) if voiced.any() else 0.05
        loud = (level > 0.15 * speech)[: len(voiced)] & ~voiced
        # music breathes: a second counts when most of it sounds
        share = np.convolve(loud, np.ones(31) / 31, mode="same") > 0.6
        found += [
            Span(start=a * VOICE_FRAME_S, end=b * VOICE_FRAME_S)
            for a, b in runs(share)
            if (b - a) * VOICE_FRAME_S >= 1.0
        ]
    return tuple(found)


def _origin(models: SpeechModels, settings: Settings, separation: Separation) -> Origin:
    names = [_recognizer_name(settings, models.recognizer.plan.device)]
    if separation == "diarization":
        names += [HUB_PIPELINE] if settings.diarization == "pyannote" else [SEGMENTATION, EMBEDDING]
    plan = models.recognizer.plan
    return Origin(
        engine="qa-scorer",
        version=__version__,
        models=hashes(names, settings.models_dir),
        settings={
            "model": models.recognizer.name,
            "device": plan.device,
            "compute_type": plan.compute_types[0],
            "diarization": settings.diarization,
        },
    )


def _recognizer_name(settings: Settings, device: str) -> str:
    if settings.model != "auto":
        return settings.model
    if device == "cuda" and (settings.models_dir / GPU_MODEL).is_dir():
        return GPU_MODEL
    return STARTER_MODEL


@cache
def _load(dumped: str) -> SpeechModels:
    settings = Settings.model_validate_json(dumped)
    name = _recognizer_name(settings, chosen_plan(settings).device)
    return SpeechModels(settings=settings, recognizer=load_recognizer(resolve(name, settings.models_dir), settings))


def _load_separator(name: str, settings: Settings, recognizer: Recognizer) -> Any:
    folder = resolve(name, settings.models_dir)
    device = recognizer.plan.device
    if name == SEGMENTATION:
        from qa_scorer.speech.segmentation import load_segmenter

        return load_segmenter(folder / "segmentation-3.0.onnx", settings.threads)
    if name == EMBEDDING:
        from qa_scorer.speech.embeddings import load_embedder

        return load_embedder(folder / "embedding_model.ckpt", device, settings.threads)
    from qa_scorer.speech.hub import load_pipeline

    return load_pipeline(folder, device)
