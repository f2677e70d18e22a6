"""The insulation score of a contact map, and the boundaries at its minima (Crane et al. 2015).

It is the contacts across a place, in a diamond that reaches `DIAMOND` of the map to both sides, against what bins of
such distances have on average. The strength of a boundary is the depth of the minimum, the prominence in log2 units, as
cooltools gives it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from renderer.arrays.valleys import find_valleys
from renderer.values.spans import Boundary, Insulation

Array = npt.NDArray[np.float64]

DIAMOND = 0.05
"""Half a diamond's width as a share of the window: domains down to about 50 of 1000 pixels show; smaller ones are
texture."""

LEAST_DIAMOND = 3
"""... but at least this many bins, or a single pixel makes a minimum."""

FEWEST_BINS = 20
"""Fewer bins across the window show no domains."""

DEPTH = 0.3
"""Least depth of a boundary, log2: contacts across it fall by a fifth. Fainter ones are not seen without a curve."""

SALIENT_DEPTH = 0.8
"""Depth from which a boundary is pointed at, log2: contacts across it fall by more than two fifths. On drawn maps of
simulated domains, those of 0.7 are found on a second look, those of 1.0 at once."""

NOISE_FOLD = 6.0
"""... and it must be this many times the error of the score, which two halves of each diamond tell: the highest and the
lowest of some twenty independent diamonds of mere noise lie four errors apart."""

LEAST_KNOWN = 0.5
"""Share of a diamond's pixels that must not be masked."""


def find_boundaries(counts: Array, edges: Array) -> tuple[tuple[Boundary, ...], Insulation]:
    """The boundaries of a map that are strong enough to be seen, left to right, and its score.

    `counts` has shape (n, n), NaN where masked, `edges` shape (n + 1,), bp, of bins of one length (the first and the
    last may be cut). Places nearer to an end of the map than a diamond reaches are not judged. Raises ValueError for
    fewer than FEWEST_BINS.
    """
    if len(counts) < FEWEST_BINS:
        raise ValueError(f"{len(counts)} bins show no domains; at least {FEWEST_BINS} do")
    reach = max(LEAST_DIAMOND, round(DIAMOND * len(counts)))
    score, error = insulation(counts, reach)
    boundaries = tuple(_minima(score, error, edges, reach, _diamond_means(counts, reach)))
    step = float(edges[2] - edges[1])
    told = tuple(float(f"{one:.3g}") if np.isfinite(one) else None for one in score)
    return boundaries, Insulation(float(edges[1]) - step, step, reach * step, min(error, 99.0), told)


def insulation(counts: Array, reach: int) -> tuple[Array, float]:
    """Score at each inner edge of an (n, n) map, shape (n + 1,), log2, NaN where no diamond fits or too much of it is
    masked; and the score's standard error.

    The error is told by the two colours of a chessboard on the map: both halves of a diamond see the same contacts.
    """
    known = np.isfinite(counts)
    observed = np.where(known, counts, 0.0)
    expected = np.where(known, _expected(counts), 0.0)
    board = np.indices(counts.shape).sum(axis=0) % 2 == 0
    score = _log_ratio(observed, expected, reach)
    halves = [_log_ratio(observed * half, expected * half, reach) for half in (board, ~board)]
    score[_diamonds(known.astype(float), reach) < LEAST_KNOWN * reach * reach] = np.nan
    whole = np.isfinite([score, *halves]).all(axis=0)
    differences = halves[0][whole] - halves[1][whole]
    error = float(np.std(differences)) / 2 if len(differences) else np.inf
    if np.isfinite(score).any():
        score -= np.nanmedian(score)
    return score, error


def _expected(counts: Array) -> Array:
    """Mean contacts at each pixel's distance in bins."""
    n = len(counts)
    distance = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    known = np.isfinite(counts)
    sums = np.bincount(distance[known], counts[known], n)
    means: Array = sums / np.maximum(np.bincount(distance[known], minlength=n), 1)
    return means[distance]


def _log_ratio(observed: Array, expected: Array, reach: int) -> Array:
    seen, mean = _diamonds(observed, reach), _diamonds(expected, reach)
    floor = 0.01 * mean  # an empty diamond: 100 times fewer contacts than usual, not infinitely fewer
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio: Array = np.log2(np.maximum(seen, floor) / mean)
    return ratio


def _diamonds(values: Array, reach: int) -> Array:
    """Sums over [i - reach, i) x [i, i + reach) for each edge i, shape (n + 1,), NaN where it does not fit."""
    n = len(values)
    table = np.zeros((n + 1, n + 1))
    table[1:, 1:] = values.cumsum(axis=0).cumsum(axis=1)
    sums = np.full(n + 1, np.nan)
    at = np.arange(reach, n - reach + 1)
    sums[at] = table[at, at + reach] - table[at - reach, at + reach] - table[at, at] + table[at - reach, at]
    return sums


def _diamond_means(counts: Array, reach: int) -> Array:
    """The mean contacts of a known pixel in each diamond, shape (n + 1,), NaN where it does not fit."""
    known = np.isfinite(counts)
    with np.errstate(invalid="ignore", divide="ignore"):
        means: Array = _diamonds(np.where(known, counts, 0.0), reach) / _diamonds(known.astype(float), reach)
    return means


def _minima(score: Array, error: float, edges: Array, reach: int, means: Array) -> Iterator[Boundary]:
    """Minima that are deep enough, left to right. Masked places are passed over by a straight line."""
    known = np.flatnonzero(np.isfinite(score))
    if not len(known):
        return
    at = np.arange(known[0], known[-1] + 1)
    filled = np.interp(at, known, score[known])
    least = max(DEPTH, NOISE_FOLD * error)
    for valley in find_valleys(filled, least, reach):
        place, depth = at[valley.at], valley.depth
        if np.isfinite(score[place]):
            sides = [means[one] for one in (place - reach, place + reach) if 0 <= one < len(means)]
            sides = [float(one) for one in sides if np.isfinite(one)]
            across, beside = (float(means[place]), sum(sides) / len(sides)) if sides else (None, None)
            yield Boundary(round(edges[place]), depth, depth >= SALIENT_DEPTH, across, beside)
