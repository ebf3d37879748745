"""Recordings to samples: one decode, the channels that differ, a clear sentence for a file that cannot be used."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa_scorer.errors import AudioError
from qa_scorer.records import AudioInfo
from qa_scorer.settings import Settings

SAMPLE_RATE_HZ = 16_000
DEAD_CHANNEL_DBFS = (
    -60.0
)  # telephone line noise lies around -55 dBFS and louder; a dead leg is digital silence or dither
SHORTEST_S = 0.2  # less than one short word

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Audio:
    """A decoded recording: ``samples`` is (n_channels, n_samples) float32 at 16 kHz.

    One channel means that one is all there is to hear, also when the file has two: ``info.notes`` says why.
    ``kept`` holds the file's own channel number (0 = left) of every row of ``samples``.
    """

    samples: Samples
    info: AudioInfo
    kept: tuple[int, ...]


def decode(path: Path, settings: Settings) -> Audio:
    """Decode a recording once, resample to 16 kHz, and keep the channels that differ.

    Memory is that of the decoded samples (64 kB per second and channel). Raises ``AudioError`` with one sentence.
    """
    name = path.name
    if not path.is_file():
        raise AudioError(f"{name}: no such recording.")
    if path.stat().st_size == 0:
        raise AudioError(f"{name}: the file is empty (0 bytes); fetch it again from the recorder.")
    raw, stream = _decode_file(path)
    if stream.missing_tail:
        raw, stream = _decode_file(path, ignore_length=True)
    if raw.shape[1] < SHORTEST_S * SAMPLE_RATE_HZ:
        raise AudioError(f"{name}: holds {raw.shape[1] / SAMPLE_RATE_HZ:.2f} s of audio, too little to hear anything.")
    chosen = _choose_channels(len(raw), settings.channels, name)
    kept, notes = _distinct_channels(raw, chosen)
    info = AudioInfo(
        sha256=_sha256(path),
        duration=round(raw.shape[1] / SAMPLE_RATE_HZ, 3),
        channels=len(raw),
        sample_rate=stream.sample_rate,
        codec=stream.codec,
        notes=(*stream.notes, *notes),
    )
    samples = raw if kept == tuple(range(len(raw))) else np.stack([raw[channel] for channel in kept])
    return Audio(samples=samples, info=info, kept=kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stream:
    """What the container said, and what was found while reading it."""

    sample_rate: int
    codec: str
    notes: tuple[str, ...]
    missing_tail: bool = False


def _decode_file(path: Path, *, ignore_length: bool = False) -> tuple[Samples, _Stream]:
    import av

    options = {"ignore_length": "1"} if ignore_length else {}
    try:
        with av.open(str(path), options=options, metadata_errors="ignore") as container:
            if not container.streams.audio:
                raise AudioError(f"{path.name}: there is no audio stream in this file.")
            stream = container.streams.audio[0]
            if not stream.codec_context.sample_rate:
                raise AudioError(f"{path.name}: the header gives no sample rate; the file is damaged.")
            tally = _Tally()
            samples = _collect(_blocks(container, stream, tally))
            promised = _promised_s(container, stream)
            bytes_per_second = (stream.codec_context.bit_rate or 0) / 8
            codec, rate = stream.codec_context.name, stream.codec_context.sample_rate
            is_wav = container.format.name == "wav"
    except (av.error.FFmpegError, ValueError) as error:
        raise AudioError(f"{path.name}: not a recording that can be decoded ({_reason(error)}).") from error
    heard = samples.shape[1] / SAMPLE_RATE_HZ
    if heard == 0:
        raise AudioError(f"{path.name}: the header is there but no audio could be decoded; the file is damaged.")
    notes = []
    if ignore_length:
        notes.append("the header gives a wrong length; read to the end of the file")
    elif promised and heard < promised - max(1.0, 0.02 * promised):
        notes.append(f"ends early: {heard:.1f} s of the {promised:.1f} s its header promises")
    if tally.damaged:
        notes.append(f"{tally.damaged} damaged packets skipped")
    in_file = path.stat().st_size / bytes_per_second if bytes_per_second else 0.0
    missing_tail = is_wav and not ignore_length and in_file > 1.1 * heard + 1.0
    return samples, _Stream(sample_rate=rate, codec=codec, notes=tuple(notes), missing_tail=missing_tail)


@dataclass(slots=True)
class _Tally:
    damaged: int = 0


def _blocks(container: Any, stream: Any, tally: _Tally) -> Iterator[Samples]:
    """Yield (n_channels, n) blocks at 16 kHz; a damaged packet is skipped and counted, a torn end ends the stream."""
    import av

    resampler: Any = None
    signature: tuple[str, int, str] | None = None
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except (StopIteration, av.error.EOFError):
            break
        except av.error.FFmpegError:
            tally.damaged += 1
            break
        try:
            frames = packet.decode()
        except av.error.FFmpegError:
            tally.damaged += 1
            continue
        for frame in frames:
            now = (frame.layout.name, frame.sample_rate, frame.format.name)
            if now != signature:
                if resampler is not None:
                    yield from (block.to_ndarray() for block in resampler.resample(None))
                resampler = av.AudioResampler(format="fltp", layout=frame.layout, rate=SAMPLE_RATE_HZ)
                signature = now
            frame.pts = None
            yield from (block.to_ndarray() for block in resampler.resample(frame))
    if resampler is not None:
        yield from (block.to_ndarray() for block in resampler.resample(None))


def _collect(blocks: Iterator[Samples]) -> Samples:
    """Gather blocks into one array that grows in place, so that the peak is the samples and no second copy."""
    buffer, used = np.empty((0, 1), dtype=np.float32), 0
    for block in blocks:
        if used == 0:
            buffer = np.empty((60 * SAMPLE_RATE_HZ, len(block)), dtype=np.float32)
        if len(block) != buffer.shape[1]:
            raise ValueError("the number of channels changes within the recording")
        end = used + block.shape[1]
        if end > len(buffer):
            buffer.resize((max(end, len(buffer) * 5 // 4), buffer.shape[1]), refcheck=False)
        buffer[used:end] = np.nan_to_num(block.T, nan=0.0, posinf=1.0, neginf=-1.0)  # float files may hold anything
        used = end
    buffer.resize((used, buffer.shape[1]), refcheck=False)
    return buffer.T


def _promised_s(container: Any, stream: Any) -> float | None:
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return container.duration / 1_000_000 if container.duration else None


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _choose_channels(n_channels: int, wanted: tuple[int, ...], name: str) -> tuple[int, ...]:
    """Return the channels to hear: all of one or two, of more only those named in the setting ``channels``."""
    if n_channels <= 2:
        return tuple(range(n_channels))
    if not wanted:
        raise AudioError(
            f"{name}: has {n_channels} channels; "
            "name the two with the speakers, e.g. channels = [0, 1] in qa-scorer.toml."
        )
    if len(wanted) > 2 or len(set(wanted)) != len(wanted) or max(wanted) >= n_channels or min(wanted) < 0:
        raise AudioError(
            f"{name}: has {n_channels} channels (0 to {n_channels - 1}); "
            f"the setting channels = {list(wanted)} does not fit."
        )
    return wanted


def _distinct_channels(raw: Samples, chosen: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Drop a dead channel or the second of two alike; return the channels kept and notes in words."""
    if len(chosen) == 1:
        return chosen, ()
    names = {channel: _channel_name(channel, len(raw)) for channel in chosen}
    levels = {channel: speech_level_dbfs(raw[channel]) for channel in chosen}
    alive = tuple(channel for channel in chosen if levels[channel] > DEAD_CHANNEL_DBFS)
    if not alive:
        return chosen[:1], ("both channels are silent",)
    if len(alive) == 1:
        dead = next(channel for channel in chosen if channel not in alive)
        return alive, (f"the {names[dead]} channel is silent; heard as mono",)
    if same_signal(raw[chosen[0]], raw[chosen[1]]):
        louder = max(chosen, key=lambda channel: levels[channel])
        return (louder,), ("both channels carry the same sound (dual mono); heard as mono",)
    return chosen, ()


def _channel_name(channel: int, n_channels: int) -> str:
    return ("left", "right")[channel] if n_channels == 2 else f"number {channel}"


def speech_level_dbfs(samples: Samples) -> float:
    """Return the level of the loud part: the 95th percentile of 100 ms RMS over what is not digital silence."""
    rms = window_rms(samples, SAMPLE_RATE_HZ // 10)
    rms = rms[rms > 1e-5]
    if len(rms) < 3:
        return -120.0
    return float(20 * np.log10(np.percentile(rms, 95)))


def window_rms(samples: Samples, size: int) -> NDArray[np.float64]:
    """Return the root mean square of each whole window of ``size`` samples (one short window if there is no whole)."""
    count = max(1, len(samples) // size)
    windows = samples[: count * size]
    if len(windows) < size:
        return np.array([np.sqrt(np.mean(np.square(windows), dtype=np.float64))])
    # einsum squares and sums without a squared copy of the whole recording
    grid = windows.reshape(count, size)
    energy: NDArray[np.float64] = np.einsum("ij,ij->i", grid, grid, dtype=np.float64)
    return np.sqrt(energy / size)


def same_signal(left: Samples, right: Samples, *, alike: float = 0.85, max_lag_ms: int = 20) -> bool:
    """Tell whether two channels carry one sound, allowing a gain, a delay up to ``max_lag_ms`` and codec noise.

    Each loud half second is compared after one gain and one delay for the whole call: 2g<l,r> / (|l|² + g²|r|²) is 1
    for equal sound, about 0.2 where one speaker leaks into the other channel at -20 dB, and 0 for strangers. The
    median decides, so that a ring tone on both channels does not.
    """
    size = SAMPLE_RATE_HZ // 2
    count = min(len(left), len(right)) // size
    if count == 0:
        return bool(np.allclose(left, right, atol=1e-3))
    energy = window_rms(left, size)[:count] ** 2 + window_rms(right, size)[:count] ** 2
    loud = np.flatnonzero(energy >= 1e-3 * np.percentile(energy, 95))
    picks = loud[np.unique(np.linspace(0, len(loud) - 1, min(len(loud), 120)).astype(int))]
    lags = SAMPLE_RATE_HZ * max_lag_ms // 1000
    pairs = [(left[i * size : (i + 1) * size], right[i * size : (i + 1) * size]) for i in picks]
    cross = np.stack([_cross_correlation(a, b, lags) for a, b in pairs])
    left_energy = np.array([np.vdot(a, a) for a, _ in pairs])
    right_energy = np.array([np.vdot(b, b) for _, b in pairs])
    gain = np.sqrt(left_energy.sum() / max(right_energy.sum(), 1e-12))
    lag = int(np.abs(cross.sum(axis=0)).argmax())
    likeness = 2 * gain * np.abs(cross[:, lag]) / np.maximum(left_energy + gain**2 * right_energy, 1e-12)
    return bool(np.median(likeness) >= alike)


def _cross_correlation(a: Samples, b: Samples, lags: int) -> NDArray[np.float64]:
    """Return the cross-correlation at delays -lags … +lags samples."""
    size = 1 << (len(a) + lags).bit_length()
    spectrum = np.fft.rfft(a, size) * np.conj(np.fft.rfft(b, size))
    full = np.fft.irfft(spectrum, size)
    return np.concatenate([full[-lags:], full[: lags + 1]])


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
