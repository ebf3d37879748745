"""The other side leaking into a channel: found where its level follows the other's, and muted. Pure.

Leaks come from headsets and hybrids, typically 15–35 dB under the voice itself; recognized as they are, they double the
other side's words.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from qa_scorer.audio import window_rms

FRAME = 512  # 32 ms at 16 kHz, the step of the voice detector
TALKING_DB = 20.0  # under the loud part of a channel its owner no longer talks clearly
LEAST_ATTENUATION_DB = 10.0  # louder than that it is no leak but a shared line
FOLLOWS = 0.5  # correlation of the two levels (dB) while only the other talks; unrelated noise stays under 0.2
MARGIN_DB = 6.0  # above the leak by this much, the owner talks too
FEWEST_FRAMES = 60  # two seconds of evidence

Samples = NDArray[np.float32]
Levels = NDArray[np.float64]


def without_crosstalk(own: Samples, other: Samples) -> Samples:
    """Return ``own`` (n,) with the leak of ``other`` muted; the same array where there is none."""
    n = min(len(own), len(other)) // FRAME
    if n < FEWEST_FRAMES:
        return own
    own_db, other_db = _level_db(own)[:n], _spread(_level_db(other)[:n])
    attenuation = _attenuation_db(own_db, other_db)
    if attenuation is None:
        return own
    leak = (other_db > _loud(other_db) - TALKING_DB) & (own_db < other_db - attenuation + MARGIN_DB)
    muted = own.copy()
    muted[: n * FRAME].reshape(n, FRAME)[leak] = 0.0
    return muted


def _attenuation_db(own_db: Levels, other_db: Levels) -> float | None:
    """Return by how much the other side is weakened in this channel, or ``None`` where it does not leak."""
    # Compared with what each channel has of its own, since the recorder may have set them to different levels.
    own_share, other_share = own_db - _loud(own_db), other_db - _loud(other_db)
    only_other = (other_share > -TALKING_DB) & (own_share < other_share - LEAST_ATTENUATION_DB)
    if only_other.sum() < FEWEST_FRAMES:
        return None
    heard, said = own_db[only_other], other_db[only_other]
    if heard.std() < 1e-6 or said.std() < 1e-6 or np.corrcoef(heard, said)[0, 1] < FOLLOWS:
        return None
    return float(np.median(said - heard))


def _loud(level_db: Levels) -> float:
    return float(np.percentile(level_db, 95))


def _level_db(samples: Samples) -> Levels:
    levels: Levels = 20 * np.log10(window_rms(samples, FRAME) + 1e-6)
    return levels


def _spread(level_db: Levels, reach: int = 3) -> Levels:
    """Take the loudest of the last 0.1 s: a leak comes later, and rings on."""
    padded = np.concatenate([np.full(reach, level_db[0]), level_db])
    spread: Levels = np.max(np.lib.stride_tricks.sliding_window_view(padded, reach + 1), axis=1)
    return spread
