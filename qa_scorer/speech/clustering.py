"""Voices apart: spherical k-means on embeddings and a Viterbi path through time. Pure numpy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
# Halves of one voice are this alike on short telephone windows, two voices are not (measured, see benchmarks).
ONE_VOICE = 0.75
FEWEST_WINDOWS = 2


def k_means(x: Vectors, k: int, restarts: int = 20, seed: int = 0) -> Vectors:
    """Return ``k`` unit centroids of unit vectors ``x`` (n, d), the best of several seeded starts."""
    random = np.random.default_rng(seed)
    best, best_fit = x[:k], -np.inf
    for _ in range(restarts):
        centroids = _spread_start(x, k, random)
        for _ in range(50):
            labels = (x @ centroids.T).argmax(axis=1)
            moved = unit(
                np.stack([x[labels == j].mean(axis=0) if (labels == j).any() else centroids[j] for j in range(k)])
            )
            if np.allclose(moved, centroids, atol=1e-5):
                break
            centroids = moved
        fit = float((x @ centroids.T).max(axis=1).sum())
        if fit > best_fit:
            best, best_fit = centroids, fit
    return best


def find_voices(x: Vectors) -> Vectors:
    """Return one centroid per voice heard in unit vectors ``x``: two, unless they are the same voice."""
    two = k_means(x, 2)
    labels = (x @ two.T).argmax(axis=1)
    few = min(int((labels == j).sum()) for j in (0, 1))
    alike = float(two[0] @ two[1])
    if alike > ONE_VOICE or few < FEWEST_WINDOWS:
        return unit(x.mean(axis=0, keepdims=True))
    return two


def _spread_start(x: Vectors, k: int, random: np.random.Generator) -> Vectors:
    """Pick starts far from each other (k-means++, Arthur & Vassilvitskii 2007)."""
    chosen = [x[random.integers(len(x))]]
    for _ in range(k - 1):
        distance = np.maximum(1 - (x @ np.stack(chosen).T).max(axis=1), 1e-9)
        chosen.append(x[random.choice(len(x), p=distance / distance.sum())])
    return np.stack(chosen)


def unit(x: Vectors) -> Vectors:
    """Scale every row to length one."""
    scaled: Vectors = x / np.maximum(np.linalg.norm(x, axis=-1, keepdims=True), 1e-9)
    return scaled


def viterbi(score: NDArray[np.float64], switch: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the best speaker per frame for ``score`` (n_frames, k) when a change at frame i costs ``switch[i]``."""
    n, k = score.shape
    best = score[0].copy() if n else np.zeros(k)
    back = np.zeros((n, k), dtype=np.intp)
    own = np.arange(k)
    for i in range(1, n):
        leader = int(best.argmax())
        from_leader = best[leader] - switch[i]
        back[i] = np.where(best >= from_leader, own, leader)
        best = np.maximum(best, from_leader) + score[i]
    path = np.zeros(n, dtype=np.intp)
    if n:
        path[-1] = int(best.argmax())
    for i in range(n - 1, 0, -1):
        path[i - 1] = back[i, path[i]]
    return path
