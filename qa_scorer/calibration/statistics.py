"""Agreement between raters, as plain numbers."""

from __future__ import annotations

from collections.abc import Sequence

LEVELS = (0.0, 0.5, 1.0)
"""The marks a person can give, as shares of a criterion's points."""
ROUNDING = 1e-9


def level(share: float) -> int:
    """Return the index of the mark nearest to a share; halfway goes to the higher one."""
    return min(range(len(LEVELS)), key=lambda index: (abs(share - LEVELS[index]), -index))


def share_of(hits: Sequence[bool]) -> float | None:
    """Return how many of the comparisons hold (0–1), ``None`` for none."""
    return sum(hits) / len(hits) if hits else None


def weighted_kappa(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Return Cohen's kappa with quadratic weights over the three marks (Cohen 1968), 1 at best and 0 by chance.

    ``None`` where it is not defined: fewer than two pairs, or both raters gave one and the same mark throughout.
    """
    from sklearn.metrics import cohen_kappa_score

    mine, theirs = [level(share) for share in first], [level(share) for share in second]
    if len(mine) < 2 or len({*mine, *theirs}) < 2:
        return None
    return float(cohen_kappa_score(mine, theirs, weights="quadratic", labels=list(range(len(LEVELS)))))


def krippendorff_alpha(units: Sequence[Sequence[float]]) -> float | None:
    """Return Krippendorff's alpha, interval metric, for any number of raters and missing ratings.

    A unit holds the ratings one thing got. Formula and test values: Krippendorff, "Computing Krippendorff's
    Alpha-Reliability" (2011). ``None`` where it is not defined: no unit was rated twice, or all ratings are the same.
    """
    paired = [unit for unit in units if len(unit) > 1]
    expected = _squares([value for unit in paired for value in unit])
    if expected < ROUNDING:
        return None
    observed = sum(_squares(unit) / (len(unit) - 1) for unit in paired)
    return 1 - (sum(map(len, paired)) - 1) * observed / expected


def _squares(values: Sequence[float]) -> float:
    """Return the sum of squared differences over all ordered pairs, in one pass."""
    return 2 * (len(values) * sum(value * value for value in values) - sum(values) ** 2)
