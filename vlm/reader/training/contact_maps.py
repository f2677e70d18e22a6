"""Simulated contact maps for training: distance decay, nested domains, loops, compartments, noise. Arrays only."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Rng = np.random.Generator


def simulate_map(rng: Rng) -> Array:
    """A symmetric map of counts, shape (n, n) with n from 40 to 320; masked bins are NaN."""
    bins = int(10 ** rng.uniform(np.log10(40), np.log10(320)))
    distance = np.abs(np.subtract.outer(np.arange(bins), np.arange(bins)))
    expected = (1.0 + distance) ** -rng.uniform(0.6, 1.3)
    if rng.random() < 0.85:
        expected = expected * _domains(rng, bins)
    if rng.random() < 0.4:
        expected = expected * _compartments(rng, bins)
    if rng.random() < 0.4:
        expected = expected + _loops(rng, bins, distance)
    depth = 10 ** rng.uniform(0.5, 3.5)
    counts = rng.poisson(np.triu(expected * depth)).astype(float)
    counts = counts + np.triu(counts, 1).T
    return _mask(rng, counts)


def _domains(rng: Rng, bins: int) -> Array:
    """Enrichment inside domains, some of them parted again."""
    fold = np.ones((bins, bins))
    cuts = np.sort(rng.choice(np.arange(1, bins), int(rng.integers(1, 11)), replace=False))
    for start, end in pairwise([0, *cuts.tolist(), bins]):
        if rng.random() < 0.9:
            fold[start:end, start:end] *= rng.uniform(1.2, 4.0)
        if end - start > 12 and rng.random() < 0.4:
            middle = int(rng.integers(start + 4, end - 4))
            twice = rng.uniform(1.2, 2.0)
            fold[start:middle, start:middle] *= twice
            fold[middle:end, middle:end] *= twice
    return fold


def _compartments(rng: Rng, bins: int) -> Array:
    """Alternating A and B: a chequered map."""
    sign = np.sign(np.sin(np.arange(bins) / bins * rng.uniform(3, 20) + rng.uniform(0, 6)))
    chequered: Array = 1 + rng.uniform(0.05, 0.4) * np.outer(sign, sign)
    return chequered


def _loops(rng: Rng, bins: int, distance: Array) -> Array:
    """Dots away from the diagonal."""
    dots = np.zeros((bins, bins))
    for _ in range(rng.integers(1, 6)):
        one, two = np.sort(rng.integers(0, bins, 2))
        grid = (np.arange(bins) - one)[:, None] ** 2 + (np.arange(bins) - two)[None, :] ** 2
        dots += rng.uniform(0.05, 0.4) * np.exp(-grid / rng.uniform(1, 6))
    return dots + dots.T


def _mask(rng: Rng, counts: Array) -> Array:
    """Bins without data: single ones, a stretch, or all of them."""
    pick = rng.random()
    if pick < 0.02:
        return np.full_like(counts, np.nan)
    lost = rng.random(len(counts)) < (0.0 if pick < 0.6 else rng.uniform(0, 0.08))
    if pick > 0.9:
        start = rng.integers(0, len(counts))
        lost[start : start + int(rng.uniform(0.02, 0.25) * len(counts))] = True
    counts[lost, :] = np.nan
    counts[:, lost] = np.nan
    return counts
