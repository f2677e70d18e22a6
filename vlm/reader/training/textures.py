"""Simulated signal with the textures of real assays, as drawn columns. No file, no drawing: seeded arrays only.

Each texture is a function (rng, n) -> columns of shape (n,), non-negative, arbitrary units. They imitate what one
sees in a browser, not how reads are sampled: sparse ChIP peaks, rough domains, exon staircases, spiky nascent RNA,
input noise, smooth replication timing, zero-inflated counts.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Rng = np.random.Generator


def _smooth(values: Array, width: float) -> Array:
    """Running mean over `width` columns."""
    size = min(max(1, round(width)), len(values))
    if size <= 1:
        return values
    smoothed: Array = np.convolve(values, np.ones(size) / size, mode="same")
    return smoothed


def _background(rng: Rng, n: int) -> Array:
    """Low fuzz under ChIP peaks: nothing, sparse reads, or smooth noise."""
    kind = rng.integers(3)
    level = rng.uniform(0.0, 0.12)
    if kind == 0:
        return np.zeros(n)
    if kind == 1:
        return np.asarray(rng.random(n) < rng.uniform(0.02, 0.5), dtype=float) * rng.gamma(2, level / 2, n)
    return _smooth(rng.gamma(rng.uniform(0.5, 4), 1, n), rng.uniform(1, 8)) * level / 2


def _bump(rng: Rng, n: int, centre: float, width: float) -> Array:
    """One peak: Gaussian, pointed, flat-topped or bimodal, with some roughness."""
    x = (np.arange(n) - centre) / max(width, 0.5)
    kind = rng.integers(4)
    shape = (
        np.exp(-(x**2) / 2),
        np.exp(-np.abs(x)),
        1 / (1 + x**8),
        np.exp(-((x - 0.9) ** 2) / 0.6) + rng.uniform(0.5, 1) * np.exp(-((x + 0.9) ** 2) / 0.6),
    )[kind]
    rough = rng.uniform(0, 0.5)
    bump: Array = shape * (1 - rough + rough * rng.random(n) * 2)
    return bump


def sparse_peaks(rng: Rng, n: int) -> Array:
    """ChIP of a factor or a promoter mark: a few peaks on a low background."""
    values = _background(rng, n)
    for _ in range(rng.integers(1, 9) if rng.random() < 0.85 else rng.integers(9, 25)):
        width = n * 10 ** rng.uniform(-3.3, -1.7)
        values += rng.lognormal(0, 0.8) * _bump(rng, n, rng.uniform(0, n), width)
    return values


def domains(rng: Rng, n: int) -> Array:
    """H3K27me3, H3K36me3: rough plateaus, here and there a summit on them."""
    values = rng.uniform(0.3, 2) * _background(rng, n)
    for _ in range(rng.integers(1, 4)):
        start = rng.uniform(-0.1, 0.95) * n
        length = n * rng.uniform(0.03, 0.55)
        x = np.arange(n)
        edge = rng.uniform(0.002, 0.03) * n
        plateau = 1 / (1 + np.exp(-(x - start) / edge)) - 1 / (1 + np.exp(-(x - start - length) / edge))
        slope = 1 + rng.uniform(-0.8, 0.8) * (x - start) / max(length, 1)
        texture = _smooth(rng.gamma(rng.uniform(0.4, 8), 1, n), 10 ** rng.uniform(0, 1.6))
        values += rng.uniform(0.3, 1.2) * np.clip(plateau * slope, 0, None) * texture / (texture.mean() + 1e-9)
    if rng.random() < 0.3:
        values += sparse_peaks(rng, n) * rng.uniform(0.1, 0.8)
    return values


def exons(rng: Rng, n: int) -> Array:
    """RNA-seq: box-like exons of genes, heights alike within a gene, long 3' ends; introns nearly empty."""
    values = np.zeros(n)
    for _ in range(rng.integers(1, 6)):
        level, start = rng.lognormal(0, 1.2), rng.uniform(-0.1, 0.95) * n
        length = n * rng.uniform(0.01, 0.6)
        body = slice(max(0, int(start)), max(0, min(n, int(start + length))))
        values[body] += level * rng.uniform(0, 0.08) * rng.gamma(1, 1, len(values[body]))
        for _ in range(rng.integers(1, 16)):
            at, size = start + rng.uniform(0, 1) * length, max(1, round(n * 10 ** rng.uniform(-3.2, -1.7)))
            part = slice(max(0, int(at)), max(0, min(n, int(at) + size)))
            values[part] += level * rng.lognormal(0, 0.5) * rng.uniform(0.7, 1.3, len(values[part]))
    return values


def spikes(rng: Rng, n: int) -> Array:
    """PRO-seq, GRO-seq on one strand: a promoter-proximal spike, then a low ragged body to the gene's end."""
    values = np.asarray(rng.random(n) < rng.uniform(0, 0.08), dtype=float) * rng.gamma(1, 0.08, n)
    for _ in range(rng.integers(1, 5)):
        start, length = rng.uniform(-0.2, 1) * n, n * rng.uniform(0.02, 0.8)
        level = rng.lognormal(-1.2, 0.8)
        body = slice(max(0, int(start)), max(0, min(n, int(start + length))))
        ragged = rng.gamma(rng.uniform(0.3, 3), 1, len(values[body])) * (
            rng.random(len(values[body])) < rng.uniform(0.2, 1)
        )
        values[body] += level * _smooth(ragged, 10 ** rng.uniform(0, 1))
        if rng.random() < 0.7 and 0 <= start < n:
            width = max(1, round(n * 10 ** rng.uniform(-3, -2)))
            values[int(start) : int(start) + width] += rng.lognormal(0.3, 0.8)
    return values


def noise(rng: Rng, n: int) -> Array:
    """Input, IgG, a failed ChIP: raised everywhere, nothing stands out."""
    values = _smooth(rng.gamma(rng.uniform(0.4, 6), 1, n), 10 ** rng.uniform(0, 1.5))
    drift = 1 + rng.uniform(0, 0.6) * np.sin(np.arange(n) / n * rng.uniform(1, 12) + rng.uniform(0, 6))
    values *= drift
    if rng.random() < 0.25:
        values += rng.uniform(1, 5) * values.mean() * _bump(rng, n, rng.uniform(0, n), n * 10 ** rng.uniform(-3, -1.8))
    return values


def waves(rng: Rng, n: int) -> Array:
    """Replication timing, GC content, insulation: smooth hills, often raised throughout."""
    knots = rng.uniform(0, 1, rng.integers(4, 26)) ** rng.uniform(0.6, 2.5)
    values = np.interp(np.linspace(0, 1, n), np.linspace(0, 1, len(knots)), knots)
    smooth = _smooth(np.pad(values, n // 4, mode="edge"), n / len(knots) * rng.uniform(0.3, 1))
    return smooth[n // 4 : n // 4 + n] + rng.uniform(0, 0.05) * rng.random(n)


def boxes(rng: Rng, n: int) -> Array:
    """Expression values per gene, copy number: a few constant steps."""
    values = np.zeros(n)
    for _ in range(rng.integers(1, 9)):
        start, length = rng.uniform(-0.1, 1) * n, n * 10 ** rng.uniform(-2.7, -0.3)
        values[max(0, int(start)) : max(0, int(start + length) + 1)] = rng.lognormal(0, 1)
    return values


def counts(rng: Rng, n: int) -> Array:
    """Few reads: isolated columns of one, two, three ... counts."""
    values = rng.poisson(10 ** rng.uniform(-2.5, -0.3), n).astype(float)
    if rng.random() < 0.4:
        values += rng.poisson(np.clip(sparse_peaks(rng, n) * 2, 0, 50))
    return values


def level(rng: Rng, n: int) -> Array:
    """A constant track, or none at all."""
    return np.full(n, rng.choice([0.0, 1.0, rng.uniform(0.1, 9)])) + rng.uniform(0, 0.03) * rng.random(n)


TEXTURES: tuple[tuple[Callable[[Rng, int], Array], float, bool], ...] = (
    (sparse_peaks, 0.30, True),
    (domains, 0.20, True),
    (exons, 0.11, False),
    (spikes, 0.11, False),
    (noise, 0.12, True),
    (waves, 0.05, True),
    (boxes, 0.04, True),
    (counts, 0.05, True),
    (level, 0.02, True),
)
"""Every texture with its share, and whether assays that look so have domains."""


def draw_texture(rng: Rng, n: int) -> tuple[Array, bool]:
    """Columns of one random texture, now and then of two added together or with a gap of missing data; and whether its
    assay has domains."""
    functions, shares, broad = zip(*TEXTURES, strict=True)
    pick = int(rng.choice(len(functions), p=np.array(shares) / sum(shares)))
    values: Array = functions[pick](rng, n)
    if rng.random() < 0.06:
        other = functions[rng.integers(len(functions))](rng, n)
        values = values / (values.max() + 1e-9) + rng.uniform(0.1, 1) * other / (other.max() + 1e-9)
    if rng.random() < 0.06:
        start = rng.uniform(0, 1) * n
        values[int(start) : int(start + rng.uniform(0.02, 0.5) * n)] = np.nan
    return values * 10 ** rng.uniform(-1, 3), bool(broad[pick])
