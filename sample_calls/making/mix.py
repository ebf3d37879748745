"""Place the turns on a timeline and put them through a telephone line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from making.scripts import Line, Script, Sound
from making.voices import RATE_HZ, Samples

SPEECH_DB = -24.0
"""Level of active speech, dB below full scale: where telephone recordings usually lie."""

PAUSE_S = (0.25, 1.1)
LEAD_S, TAIL_S = 0.8, 0.7
AGENT_SIDE, CUSTOMER_SIDE = 0, 1
BAND_HZ = (300, 3400)

# The hold tune, our own: note numbers over four bars of a slow waltz, one chord a bar.
CHORDS = ((48, 64, 67), (45, 64, 69), (41, 65, 69), (43, 62, 71))
MELODY = (76, 79, 84, 81, 79, 76, 77, 81, 77, 74, 71, 74)
BEAT_S = 0.55


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A turn as it lies in the recording, times in seconds; ``speech`` are its stretches without inner pauses."""

    speaker: str
    role: str
    text: str
    start: float
    end: float
    speech: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """The finished call: ``samples`` (n_channels, n_samples) float32 at 8 kHz, and where every turn lies."""

    samples: Samples
    turns: tuple[Placed, ...]


def record(script: Script, speak: Callable[[Line], Samples]) -> Recording:
    """Perform ``script``: agent's side and customer's side on a line each, mixed to one channel for mono."""
    rng = np.random.default_rng(list(script.name.encode()))
    pieces: list[tuple[int, int, Samples]] = []
    turns: list[Placed] = []
    now, last = LEAD_S, (LEAD_S, LEAD_S)
    for part in script.parts:
        if isinstance(part, Sound):
            pieces.append((AGENT_SIDE, _at(now + 0.4), _sound(part)))
            now += part.seconds + 0.8
            continue
        speaker = script.speakers[part.speaker]
        voice = _levelled(speak(part))
        start = _start(part, now, last, rng)
        if part.how == "within":
            start = min(start, now)
        end = start + len(voice) / RATE_HZ
        side = CUSTOMER_SIDE if speaker.role == "customer" else AGENT_SIDE
        quieter = -4.0 if part.how == "within" else 0.0
        pieces.append((side, _at(start), voice * _gain(SPEECH_DB + speaker.level_db + quieter)))
        turns.append(
            Placed(
                speaker=part.speaker,
                role=speaker.role,
                text=part.text,
                start=round(start, 3),
                end=round(end, 3),
                speech=_speech(voice, start),
            )
        )
        if part.how != "within":
            last = (start, end)
        now = max(now, end)
    sides = np.zeros((2, _at(now + TAIL_S)), np.float32)
    for side, begin, samples in pieces:
        sides[side, begin : begin + len(samples)] += samples
    return Recording(samples=_laid_out(script, sides, rng), turns=tuple(sorted(turns, key=lambda turn: turn.start)))


def _start(line: Line, now: float, last: tuple[float, float], rng: np.random.Generator) -> float:
    """Return when ``line`` begins; ``last`` is the turn before it, back-channels apart."""
    pause = rng.triangular(PAUSE_S[0], 0.45, PAUSE_S[1])
    if line.how == "after":
        return now + line.seconds
    if line.how == "over":
        return max(last[1] - line.seconds, last[0] + 0.3)
    if line.how == "within":
        return last[0] + (line.seconds or 0.6 * (last[1] - last[0]))
    return float(now + pause)


def _laid_out(script: Script, sides: Samples, rng: np.random.Generator) -> Samples:
    if script.leak_db is not None:
        sides = sides + sides[::-1] * _gain(script.leak_db)
    lines = np.stack([_telephone(side, script.noise_db + rng.uniform(-2, 2), rng) for side in sides])
    if script.layout == "mono":
        lines = lines.sum(axis=0, keepdims=True) * 0.9
    elif script.layout == "agent right":
        lines = lines[::-1]
    return np.clip(lines, -0.99, 0.99).astype(np.float32)


def _levelled(voice: Samples) -> Samples:
    """Bring ``voice`` to unit level as heard through the line: a deep voice loses most of its power there."""
    heard = _band_limited(voice)
    level = np.sqrt(np.mean(heard[np.abs(heard) > 0.1 * np.abs(heard).max()] ** 2))
    return np.asarray(voice / level, np.float32)


def _band_limited(samples: Samples) -> Samples:
    from scipy.signal import butter, sosfiltfilt

    band = butter(4, BAND_HZ, "bandpass", fs=RATE_HZ, output="sos")
    return np.asarray(sosfiltfilt(band, samples), np.float32)


def _telephone(side: Samples, noise_db: float, rng: np.random.Generator) -> Samples:
    """Band-limit one side, add hiss and a little mains hum, and pass it through the exchange's μ-law."""
    from scipy.signal import lfilter

    hiss = lfilter([1.0], [1.0, -0.6], rng.standard_normal(len(side)))
    hum = np.sin(2 * np.pi * 180 * np.arange(len(side)) / RATE_HZ)
    noise = hiss / np.std(hiss) + 0.3 * hum
    heard = _band_limited(side) + noise * _gain(noise_db)
    heard = np.clip(heard, -1, 1)
    squeezed = np.sign(heard) * np.log1p(255 * np.abs(heard)) / np.log(256)
    stepped = np.round(squeezed * 127) / 127
    return np.asarray(np.sign(stepped) * np.expm1(np.abs(stepped) * np.log(256)) / 255, np.float32)


def _sound(sound: Sound) -> Samples:
    times = np.arange(_at(sound.seconds)) / RATE_HZ
    if sound.kind == "tone":
        return np.asarray(np.sin(2 * np.pi * 1000 * times) * _gain(-20), np.float32)
    if sound.kind == "quiet":
        return np.zeros(len(times), np.float32)
    music = np.zeros(len(times) + 4 * RATE_HZ, np.float32)
    for beat in range(int(sound.seconds / BEAT_S)):
        bar = CHORDS[beat // 3 % len(CHORDS)]
        notes = (bar[0],) if beat % 3 == 0 else bar[1:]
        for note in (*notes, MELODY[beat % len(MELODY)]):
            begin = _at(beat * BEAT_S)
            music[begin : begin + 2 * RATE_HZ] += _note(note)
    fade = np.minimum(1, np.minimum(times, times[::-1]) / 0.4)
    return np.asarray(music[: len(times)] * fade * _gain(SPEECH_DB - 3), np.float32)


def _note(number: int) -> Samples:
    """Return two seconds of a plucked note (MIDI ``number``)."""
    times = np.arange(2 * RATE_HZ) / RATE_HZ
    pitch_hz = 440 * 2 ** ((number - 69) / 12)
    overtones = sum(np.sin(2 * np.pi * pitch_hz * k * times) / k**1.5 for k in range(1, 6) if pitch_hz * k < 3600)
    return np.asarray(overtones * np.exp(-2.2 * times) * np.minimum(1, times / 0.01), np.float32)


def _speech(voice: Samples, start: float) -> tuple[tuple[float, float], ...]:
    """Return the stretches of ``voice`` that hold speech, parted where it pauses for 0.25 s or more."""
    frame = RATE_HZ // 100
    frames = voice[: len(voice) // frame * frame].reshape(-1, frame)
    loud = np.flatnonzero(np.sqrt(np.mean(frames**2, axis=1)) > 0.05)
    parts = np.split(loud, np.flatnonzero(np.diff(loud) > 25) + 1)
    return tuple((round(start + part[0] / 100, 3), round(start + (part[-1] + 1) / 100, 3)) for part in parts)


def _at(time_s: float) -> int:
    return round(time_s * RATE_HZ)


def _gain(level_db: float) -> float:
    return float(10 ** (level_db / 20))
