"""How the stages fit together, with recognition and voices played by stand-ins."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qa_scorer.audio import Audio
from qa_scorer.records import AudioInfo, CallInfo
from qa_scorer.settings import Settings
from qa_scorer.speech import transcription
from qa_scorer.speech.asr import Recognizer, Side
from qa_scorer.speech.device import Plan
from qa_scorer.speech.diarize import Diarization
from qa_scorer.speech.passages import Passage
from qa_scorer.speech.recognition import Recognition
from qa_scorer.speech.transcription import SpeechModels, transcribe
from tests.speech.said import passage

SETTINGS = Settings(device="cpu")
AGENT = passage("Thank you for calling, how can I help you?", 0.5)
CUSTOMER = passage("Hi, I'm calling because my card is lost.", 5.0)
NOTHING: tuple[Passage, ...] = ()


def audio(n_channels: int = 2, kept: tuple[int, ...] = (0, 1), notes: tuple[str, ...] = ()) -> Audio:
    info = AudioInfo(sha256="0", duration=10.0, channels=n_channels, sample_rate=8000, codec="pcm", notes=notes)
    random = np.random.default_rng(0)
    samples = (0.1 * random.normal(size=(len(kept), 160_000))).astype(np.float32)
    return Audio(samples=samples, info=info, kept=kept)


class Stage:
    """What recognition is to hear on each side, and what it was asked."""

    def __init__(self, *heard: tuple[Passage, ...], voices: Diarization | None = None) -> None:
        self.heard = heard
        self.voices = voices
        self.hints: Sequence[str] = ()
        self.transfer: bool | None = None

    def recognize(self, sides: Any, recognizer: Any, language: str | None, hints: Sequence[str]) -> Recognition:
        self.hints = hints
        return Recognition(sides=self.heard, language=language or "en", language_confidence=0.9)

    def separate(self, samples: Any, models: Any, settings: Settings, *, transfer: bool = False) -> Diarization:
        assert self.voices is not None
        self.transfer = transfer
        return self.voices


def voices(*changes: float) -> Diarization:
    """One speaker until the first change, the other until the next."""
    time = np.arange(500) * 0.02
    second = (np.searchsorted(np.array(changes), time) % 2).astype(np.float32)
    likelihood = np.stack([1 - second, second], axis=1) if changes else np.ones((500, 1), dtype=np.float32)
    return Diarization(frame_s=0.02, talks=likelihood > 0.5, likelihood=likelihood)


@pytest.fixture
def models() -> SpeechModels:
    plan = Plan(device="cpu", compute_types=("int8",), batch_size=8)
    recognizer = Recognizer(name="m", path=Path("m"), plan=plan, threads=1, model=None, voice=None)
    return SpeechModels(settings=SETTINGS, recognizer=recognizer)


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Any:
    def start(stage: Stage) -> Stage:
        side = Side(samples=np.zeros(160_000, dtype=np.float32), voice=np.full(313, 0.9, dtype=np.float32), regions=())
        monkeypatch.setattr(transcription, "listen", lambda samples, recognizer: side)
        monkeypatch.setattr(transcription, "recognize", stage.recognize)
        monkeypatch.setattr(transcription, "separate_voices", stage.separate)
        monkeypatch.setattr(transcription, "hashes", lambda names, models_dir: dict.fromkeys(names, "hash"))
        return stage

    return start


def roles(transcript: Any) -> dict[str, str]:
    return {turn.speaker: turn.role for turn in transcript.turns}


def test_two_channels(play: Any, models: SpeechModels) -> None:
    play(Stage((AGENT,), (CUSTOMER,)))
    transcript = transcribe(audio(), CallInfo(call_id="c"), models, SETTINGS)
    assert transcript.separation == "channels"
    assert roles(transcript) == {"left": "agent", "right": "customer"}
    assert transcript.facts.agent_talk_share is not None
    assert list(transcript.origin.models) == ["whisper-base"]


def test_the_agents_channel_from_metadata_or_settings(play: Any, models: SpeechModels) -> None:
    play(Stage((passage("Yes."),), (passage("Hello there.", 3.0),)))
    by_call = transcribe(audio(), CallInfo(call_id="c", agent_channel=1), models, SETTINGS)
    by_setting = transcribe(audio(), CallInfo(call_id="c"), models, SETTINGS.model_copy(update={"agent_channel": 1}))
    assert roles(by_call) == roles(by_setting) == {"left": "customer", "right": "agent"}


def test_mono_goes_by_voice(play: Any, models: SpeechModels) -> None:
    stage = play(Stage((AGENT, CUSTOMER), voices=voices(4.5)))
    transcript = transcribe(audio(1, (0,)), CallInfo(call_id="c"), models, SETTINGS)
    assert transcript.separation == "diarization"
    assert roles(transcript) == {"speaker_0": "agent", "speaker_1": "customer"}
    assert stage.transfer is False


def test_words_of_a_transfer_ask_for_a_third_voice(play: Any, models: SpeechModels) -> None:
    stage = play(Stage((AGENT, passage("I'll transfer you to my supervisor.", 5.0)), voices=voices(4.5)))
    transcribe(audio(1, (0,)), CallInfo(call_id="c"), models, SETTINGS)
    assert stage.transfer is True


def test_one_voice_is_single(play: Any, models: SpeechModels) -> None:
    play(Stage((AGENT,), voices=voices()))
    transcript = transcribe(audio(1, (0,)), CallInfo(call_id="c"), models, SETTINGS)
    assert transcript.separation == "single"
    assert roles(transcript) == {"mono": "agent"}


def test_words_on_one_of_two_channels_are_heard_as_mono(play: Any, models: SpeechModels) -> None:
    play(Stage(NOTHING, (AGENT, CUSTOMER), voices=voices(4.5)))
    transcript = transcribe(audio(), CallInfo(call_id="c", agent_channel=0), models, SETTINGS)
    assert transcript.separation == "diarization"
    assert roles(transcript) == {"speaker_0": "agent", "speaker_1": "customer"}


def test_a_channel_number_says_nothing_about_dual_mono(play: Any, models: SpeechModels) -> None:
    play(Stage((AGENT,), voices=voices()))
    dual = audio(2, (0,), ("both channels carry the same sound (dual mono); heard as mono",))
    transcript = transcribe(dual, CallInfo(call_id="c", agent_channel=1), models, SETTINGS)
    assert roles(transcript) == {"left": "agent"}


def test_nobody_speaks(play: Any, models: SpeechModels) -> None:
    play(Stage(NOTHING, NOTHING))
    transcript = transcribe(audio(), CallInfo(call_id="c"), models, SETTINGS)
    assert transcript.turns == ()
    assert transcript.separation == "single"
    assert transcript.role_confidence is None


def test_what_the_guard_removes_is_counted(play: Any, models: SpeechModels) -> None:
    play(Stage((AGENT, passage("Thanks for watching!", 8.0)), (CUSTOMER,)))
    transcript = transcribe(audio(), CallInfo(call_id="c"), models, SETTINGS)
    assert transcript.removed.hallucinated_words == 3


def test_hints_are_the_names_of_the_call(play: Any, models: SpeechModels) -> None:
    stage = play(Stage((AGENT,), (CUSTOMER,)))
    settings = SETTINGS.model_copy(update={"brand": ("Acme",), "vocabulary": ("Turbo", "Acme")})
    transcribe(audio(), CallInfo(call_id="c", agent_name="Dana"), models, settings)
    assert stage.hints == ("Acme", "Dana", "Turbo")
