"""Write a recording in its format, and what is true about it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import cast

import numpy as np

from making.mix import Placed, Recording
from making.scripts import Format
from making.voices import RATE_HZ

SUFFIXES: dict[Format, str] = {"wav": "wav", "ulaw": "wav", "mp3": "mp3", "opus": "ogg", "flac": "flac"}
CODECS: dict[Format, tuple[str, int | None]] = {
    "wav": ("pcm_s16le", None),
    "ulaw": ("pcm_mulaw", None),
    "mp3": ("libmp3lame", 24_000),
    "opus": ("libopus", 20_000),
    "flac": ("flac", None),
}
"""Encoder, and its bit rate a channel."""


def write_audio(path: Path, recording: Recording, audio_format: Format) -> None:
    """Encode ``recording`` at 8 kHz."""
    import av

    codec, bit_rate = CODECS[audio_format]
    channels = len(recording.samples)
    layout = "mono" if channels == 1 else "stereo"
    interleaved = np.round(recording.samples * 32767).astype(np.int16).T.reshape(1, -1)
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(interleaved), format="s16", layout=layout)
    frame.sample_rate = RATE_HZ
    with av.open(str(path), "w", options={"fflags": "+bitexact"}) as container:
        stream = cast("av.AudioStream", container.add_stream(codec, rate=RATE_HZ, layout=layout))
        if bit_rate is not None:
            stream.bit_rate = bit_rate * channels
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def write_truth(path: Path, turns: Iterable[Placed]) -> None:
    """Write the turns as a JSON list of role, speaker, start, end and text, one turn a line."""
    rows = [
        json.dumps({"role": t.role, "speaker": t.speaker, "start": t.start, "end": t.end, "text": t.text})
        for t in turns
    ]
    path.write_text("[\n" + ",\n".join(rows) + "\n]\n", encoding="utf-8")


def write_rttm(path: Path, name: str, turns: Iterable[Placed]) -> None:
    """Write who speaks when, pauses inside turns left out, as the RTTM that diarization is measured with."""
    rows = [
        f"SPEAKER {name} 1 {start:.3f} {end - start:.3f} <NA> <NA> {turn.speaker} <NA> <NA>\n"
        for turn in turns
        for start, end in turn.speech
    ]
    path.write_text("".join(rows), encoding="utf-8")
