"""What a line carries when nobody speaks to us: (n,) float32 at 16 kHz, seeded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa_scorer.audio import decode
from qa_scorer.settings import Settings

RATE_HZ = 16_000
SAMPLES = Path(__file__).parents[2] / "sample_calls"
VOICES = ("double-charge.ogg", "internet-drops.flac", "late-parcel.ogg", "hotel-booking.mp3", "flight-change.wav")

Sound = NDArray[np.float32]


def silence(seconds: int) -> Sound:
    return np.zeros(seconds * RATE_HZ, dtype=np.float32)


def white(seconds: int) -> Sound:
    return (0.05 * np.random.default_rng(0).normal(size=seconds * RATE_HZ)).astype(np.float32)


def dial_tone(seconds: int) -> Sound:
    return _tones(seconds, (350, 440))


def dtmf(seconds: int) -> Sound:
    rows, columns = (697, 770, 852, 941), (1209, 1336, 1477)
    random = np.random.default_rng(1)
    parts = []
    for _ in range(seconds * 4):
        tone = _tones(1, (random.choice(rows), random.choice(columns)))[: RATE_HZ // 8]
        parts += [tone, np.zeros(RATE_HZ // 8, dtype=np.float32)]
    return np.concatenate(parts)


def hold_music(seconds: int) -> Sound:
    """A melody over chords with plucked decay, a new note three times a second."""
    random = np.random.default_rng(2)
    scale = 261.63 * 2 ** (np.array([0, 2, 4, 5, 7, 9, 11, 12]) / 12)
    notes = []
    for beat in range(seconds * 3):
        n = RATE_HZ // 3
        time = np.arange(n) / RATE_HZ
        chord = scale[(np.array([0, 2, 4]) + (beat // 6) % 4) % 8] / 2
        pitches = [random.choice(scale), *chord]
        sound = sum(np.sin(2 * np.pi * p * h * time) / h**1.5 for p in pitches for h in (1, 2, 3, 4))
        notes.append(0.06 * sound * np.exp(-4 * time))
    music = np.concatenate(notes)
    return np.resize(music, seconds * RATE_HZ).astype(np.float32)


def babble(seconds: int) -> Sound:
    """A full room: some thirty voices at once, none of them meant for us."""
    random = np.random.default_rng(3)
    room = np.zeros(seconds * RATE_HZ, dtype=np.float32)
    for name in VOICES:
        for channel in decode(SAMPLES / name, Settings()).samples:
            for _ in range(3):
                room += np.resize(np.roll(channel, random.integers(len(channel))), len(room))
    return (0.03 * room / room.std()).astype(np.float32)


NOISES: dict[str, Callable[[int], Sound]] = {
    "silence": silence,
    "hold music": hold_music,
    "DTMF": dtmf,
    "dial tone": dial_tone,
    "white noise": white,
    "babble": babble,
}


def _tones(seconds: int, frequencies: tuple[float, ...]) -> Sound:
    time = np.arange(seconds * RATE_HZ) / RATE_HZ
    return (0.1 * sum(np.sin(2 * np.pi * f * time) for f in frequencies)).astype(np.float32)
