import numpy as np
import pytest
from numpy.typing import NDArray

from qa_scorer.speech.crosstalk import without_crosstalk

RATE_HZ = 16_000


def talk(seed: int, *stretches: tuple[float, float], seconds: float = 20.0) -> NDArray[np.float32]:
    """Noise with the swing of syllables in the given stretches, over a quiet line."""
    random = np.random.default_rng(seed)
    n = round(seconds * RATE_HZ)
    swing = np.repeat(10 ** random.uniform(-1.2, 0, n // 2400 + 1), 2400)[:n]
    voice = np.zeros(n)
    for start, end in stretches:
        voice[round(start * RATE_HZ) : round(end * RATE_HZ)] = 0.2
    return (voice * swing * random.normal(size=n) + 3e-4 * random.normal(size=n)).astype(np.float32)


LEFT, RIGHT = talk(1, (1, 6), (11, 14)), talk(2, (7, 10), (13, 18))


def level(samples: NDArray[np.float32], start: float, end: float) -> float:
    return float(np.sqrt(np.mean(samples[round(start * RATE_HZ) : round(end * RATE_HZ)] ** 2)))


@pytest.mark.parametrize("delay", [0, 40, 800])
@pytest.mark.parametrize("gain", [0.1, 0.03])
def test_a_leak_is_muted_and_the_owner_is_not(gain: float, delay: int) -> None:
    leaking = RIGHT + gain * np.roll(LEFT, delay)
    clean = without_crosstalk(leaking, LEFT)
    assert level(clean, 2, 5) < 0.2 * level(leaking, 2, 5)
    assert level(clean, 7.2, 9.8) == pytest.approx(level(leaking, 7.2, 9.8), rel=0.02)
    assert level(clean, 13, 14) > 0.9 * level(leaking, 13, 14), "talking at once keeps its voice"


def test_without_a_leak_nothing_changes() -> None:
    assert without_crosstalk(RIGHT, LEFT) is RIGHT


def test_a_quietly_recorded_side_is_no_leak() -> None:
    quiet = 0.05 * RIGHT
    assert without_crosstalk(quiet, LEFT) is quiet


def test_too_short_to_tell() -> None:
    assert without_crosstalk(RIGHT[:8000], LEFT[:8000]).shape == (8000,)
