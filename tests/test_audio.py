"""Every format of the contract, and every way a file can be broken: a decoded recording or one clear sentence."""

import struct
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qa_scorer.audio import SAMPLE_RATE_HZ, Samples, decode, same_signal, speech_level_dbfs
from qa_scorer.errors import AudioError
from qa_scorer.settings import Settings

RECORDINGS = Path(__file__).parent / "recordings"
SETTINGS = Settings()


def speech_like(seed: int = 0, seconds: float = 3.0, rate: int = SAMPLE_RATE_HZ) -> Samples:
    """Noise in bursts, like syllables: two seeds are two strangers."""
    random = np.random.default_rng(seed)
    n = round(seconds * 8000)
    noise = random.normal(size=n) * np.resize(np.repeat(random.random(round(seconds * 5)) > 0.4, 1600), n)
    telephone = np.convolve(noise, np.ones(3) / 3, mode="same")
    return (0.15 * np.interp(np.arange(round(seconds * rate)) * 8000 / rate, np.arange(n), telephone)).astype(
        np.float32
    )


def write(path: Path, channels: Any, rate: int = SAMPLE_RATE_HZ, codec: str = "pcm_s16le") -> Path:
    """Write (n_channels, n) float32 with any encoder PyAV has."""
    import av

    samples = np.atleast_2d(np.asarray(channels, dtype=np.float32))
    layout = {1: "mono", 2: "stereo", 6: "5.1"}[len(samples)]
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, layout=layout)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), format="fltp", layout=layout)
        frame.sample_rate = rate
        fifo = av.AudioFifo()
        fifo.write(frame)
        resampler = av.AudioResampler(format=stream.format, layout=layout, rate=rate)
        while (part := fifo.read(1024, partial=True)) is not None:
            for converted in resampler.resample(part):
                container.mux(stream.encode(converted))
        for converted in resampler.resample(None):
            container.mux(stream.encode(converted))
        container.mux(stream.encode(None))
    return path


def reason(path: Path, settings: Settings = SETTINGS) -> str:
    with pytest.raises(AudioError) as error:
        decode(path, settings)
    sentence = str(error.value)
    assert path.name in sentence
    assert sentence.endswith(".")
    assert "Traceback" not in sentence
    return sentence


@pytest.mark.parametrize(
    ("name", "codec", "rate"),
    [
        ("pcm16.wav", "pcm_s16le", 8000),
        ("pcm8.wav", "pcm_u8", 8000),
        ("float.wav", "pcm_f32le", 44100),
        ("mulaw.wav", "pcm_mulaw", 8000),
        ("alaw.wav", "pcm_alaw", 8000),
        ("adpcm.wav", "adpcm_ms", 8000),
        ("ima.wav", "adpcm_ima_wav", 8000),
        ("call.mp3", "mp3", 16000),
        ("call.ogg", "libopus", 48000),
        ("call.webm", "libopus", 48000),
        ("call.flac", "flac", 8000),
        ("call.m4a", "aac", 16000),
        ("call.amr", "libopencore_amrnb", 8000),
    ],
)
def test_formats(tmp_path: Path, name: str, codec: str, rate: int) -> None:
    said = speech_like(rate=rate)
    audio = decode(write(tmp_path / name, said, rate, codec), SETTINGS)
    assert audio.samples.shape[0] == 1
    assert audio.samples.dtype == np.float32
    assert audio.samples.shape[1] / SAMPLE_RATE_HZ == pytest.approx(3.0, abs=0.15)
    assert speech_level_dbfs(audio.samples[0]) == pytest.approx(speech_level_dbfs(said), abs=6.0)
    assert audio.info.sample_rate == rate
    assert audio.info.duration == pytest.approx(3.0, abs=0.15)
    assert len(audio.info.sha256) == 64


def test_gsm() -> None:
    audio = decode(RECORDINGS / "tone-gsm.wav", SETTINGS)
    assert audio.info.codec == "gsm_ms"
    assert audio.info.duration == pytest.approx(1.0, abs=0.1)


def test_a_tone_keeps_its_pitch(tmp_path: Path) -> None:
    tone = 0.3 * np.sin(2 * np.pi * 1000 * np.arange(44100 * 2) / 44100)
    samples = decode(write(tmp_path / "tone.wav", tone, 44100), SETTINGS).samples[0]
    assert np.abs(np.fft.rfft(samples[:16000])).argmax() == 1000


def test_two_channels_that_differ_stay_two(tmp_path: Path) -> None:
    audio = decode(write(tmp_path / "call.wav", [speech_like(1), speech_like(2)]), SETTINGS)
    assert audio.samples.shape[0] == 2
    assert audio.kept == (0, 1)
    assert audio.info.notes == ()


def _noisy(samples: Samples, seed: int = 9, level: float = 0.002) -> Samples:
    return samples + level * np.random.default_rng(seed).normal(size=len(samples))


@pytest.mark.parametrize(
    "second",
    [
        lambda s: s,
        lambda s: 0.25 * s,
        lambda s: np.roll(s, 1),
        lambda s: np.roll(s, 40),
        _noisy,
        lambda s: -s,
        lambda s: 0.5 * np.roll(_noisy(s), 1),
    ],
    ids=["equal", "quieter", "a sample later", "2.5 ms later", "codec noise", "inverted", "all together"],
)
def test_dual_mono_is_heard_once(tmp_path: Path, second: Callable[[Samples], Samples]) -> None:
    said = speech_like(1)
    audio = decode(write(tmp_path / "dual.wav", [said, second(said)]), SETTINGS)
    assert audio.samples.shape[0] == 1
    assert "dual mono" in audio.info.notes[0]
    assert audio.info.channels == 2


def test_dual_mono_through_a_codec(tmp_path: Path) -> None:
    said = speech_like(1, rate=48000)
    audio = decode(write(tmp_path / "dual.ogg", [said, 0.7 * said], 48000, "libopus"), SETTINGS)
    assert audio.samples.shape[0] == 1


def test_crosstalk_is_no_dual_mono() -> None:
    left, right = speech_like(1), speech_like(2)
    assert not same_signal(left + 0.1 * right, right + 0.1 * left)
    assert not same_signal(left + 0.3 * right, right + 0.3 * left)


def test_a_ring_on_both_channels_is_no_dual_mono() -> None:
    ring = np.zeros(48000, dtype=np.float32)
    ring[:12000] = 0.8 * np.sin(np.arange(12000) * 0.17)
    assert not same_signal(speech_like(1) + ring, speech_like(2) + ring)


@pytest.mark.parametrize(("silent", "heard"), [(0, 1), (1, 0)])
def test_a_dead_channel_is_noted(tmp_path: Path, silent: int, heard: int) -> None:
    channels = [speech_like(1), speech_like(2)]
    channels[silent] = np.full_like(channels[silent], 1e-4)
    audio = decode(write(tmp_path / "one.wav", channels), SETTINGS)
    assert audio.kept == (heard,)
    assert f"the {('left', 'right')[silent]} channel is silent" in audio.info.notes[0]


def test_a_quiet_channel_is_not_dead(tmp_path: Path) -> None:
    audio = decode(write(tmp_path / "quiet.wav", [speech_like(1), 0.03 * speech_like(2)]), SETTINGS)
    assert audio.samples.shape[0] == 2


def test_many_channels_need_the_setting(tmp_path: Path) -> None:
    path = write(tmp_path / "six.wav", [speech_like(i, rate=44100) for i in range(6)], 44100)
    assert "channels = [0, 1]" in reason(path)
    audio = decode(path, Settings(channels=(2, 5)))
    assert audio.kept == (2, 5)
    assert audio.samples.shape[0] == 2
    assert "0 to 5" in reason(path, Settings(channels=(1, 9)))


def test_no_file(tmp_path: Path) -> None:
    assert "no such recording" in reason(tmp_path / "gone.wav")


def test_empty_file(tmp_path: Path) -> None:
    (tmp_path / "empty.wav").touch()
    assert "empty (0 bytes)" in reason(tmp_path / "empty.wav")


def test_text_renamed(tmp_path: Path) -> None:
    (tmp_path / "notes.wav").write_text("Agent: Hello, how can I help?\n" * 50)
    assert "not a recording that can be decoded" in reason(tmp_path / "notes.wav")


def test_noise_renamed(tmp_path: Path) -> None:
    (tmp_path / "noise.mp3").write_bytes(np.random.default_rng(0).integers(0, 256, 3000, dtype=np.uint8).tobytes())
    reason(tmp_path / "noise.mp3")


def test_no_audio_stream(tmp_path: Path) -> None:
    import av

    path = tmp_path / "film.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=5)
        stream.width = stream.height = 32
        frame = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), dtype=np.uint8), format="rgb24")
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    assert "no audio stream" in reason(path)


def test_header_only(tmp_path: Path) -> None:
    path = tmp_path / "header.wav"
    path.write_bytes(write(tmp_path / "whole.wav", speech_like()).read_bytes()[:44])
    reason(path)


def test_too_short(tmp_path: Path) -> None:
    assert "too little" in reason(write(tmp_path / "blip.wav", speech_like()[:800]))


@pytest.mark.parametrize(("name", "codec"), [("cut.wav", "pcm_s16le"), ("cut.flac", "flac"), ("cut.mp3", "mp3")])
def test_truncated_is_heard_as_far_as_it_goes(tmp_path: Path, name: str, codec: str) -> None:
    whole = write(tmp_path / f"whole-{name}", speech_like(seconds=10.0), codec=codec)
    path = tmp_path / name
    path.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    audio = decode(path, SETTINGS)
    assert 3.0 < audio.info.duration < 6.5
    if codec == "flac":  # the others do not say how long they should be
        assert "ends early" in audio.info.notes[0]


def test_truncated_m4a_has_one_reason(tmp_path: Path) -> None:
    whole = write(tmp_path / "whole.m4a", speech_like(seconds=10.0), codec="aac").read_bytes()
    path = tmp_path / "cut.m4a"
    path.write_bytes(whole[: len(whole) // 2])
    reason(path)


def test_damage_in_the_middle_costs_only_itself(tmp_path: Path) -> None:
    whole = bytearray(write(tmp_path / "whole.mp3", speech_like(seconds=10.0), codec="mp3").read_bytes())
    middle = len(whole) // 2
    whole[middle : middle + 400] = bytes(400)
    path = tmp_path / "hurt.mp3"
    path.write_bytes(whole)
    assert decode(path, SETTINGS).info.duration > 9.0


@pytest.mark.parametrize("claimed", [0, 1000, 0x7FFFFFF0, 0xFFFFFFFF])
def test_a_header_that_lies_about_its_length(tmp_path: Path, claimed: int) -> None:
    path = tmp_path / "lie.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes((speech_like(seconds=10.0, rate=8000) * 32767).astype("<i2").tobytes())
    raw = bytearray(path.read_bytes())
    raw[40:44] = struct.pack("<I", claimed)
    path.write_bytes(raw)
    assert decode(path, SETTINGS).info.duration == pytest.approx(10.0, abs=0.1)


def test_silence_is_decoded_and_left_to_the_gates(tmp_path: Path) -> None:
    audio = decode(write(tmp_path / "silence.wav", np.zeros((2, 32000))), SETTINGS)
    assert audio.samples.shape[0] == 1
    assert not audio.samples.any()
