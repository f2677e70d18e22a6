"""Contact map -> ContactEvidence: where the drawn map is parted, and its dots (`renderer.measure.dots`); and
matrices of separation scores, whose minima are boundaries as well.

A boundary is a minimum of the insulation score of the drawn bins (Crane et al. 2015): the contacts across a place, in
a diamond that reaches `DIAMOND` of the window to both sides, against what bins of such distances have on average. Its
strength is the depth of the minimum, the prominence in log2 units, as cooltools gives it. What crosses a boundary is
told beside what diamonds of the same distances next to it hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
import numpy.typing as npt

from renderer.measure.dots import find_dots
from renderer.measure.troughs import minima
from renderer.measure.valleys import find_valleys
from renderer.values.evidence import ContactEvidence
from renderer.values.region import Region
from renderer.values.spans import Boundary, Insulation
from renderer.window.contacts import ContactMap
from renderer.window.matrices import ScoreMatrix
from renderer.window.signal import COLUMNS

Array = npt.NDArray[np.float64]

GRID = 200
"""Bins of equal length onto which maps with unequal ones (restriction fragments) are laid before they are measured."""

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

SAME_PLACE = 0.01
"""Minima of two window sizes are at one place within this share of the window."""

LEAST_KNOWN = 0.5
"""Share of a diamond's pixels that must not be masked."""


def measure_contacts(map: ContactMap, region: Region) -> ContactEvidence:
    """Boundaries of the map that lie in `region` (positions in bp, 0-based) and are strong enough to be seen.

    Places nearer to an edge of the window than a diamond reaches are not judged.
    """
    covered = _covered(map, region)
    if not covered:
        return ContactEvidence("no_data", map.resolution, 0.0)
    edges, counts = _regular(map, region)
    if len(counts) < FEWEST_BINS:
        return ContactEvidence("plain", map.resolution, covered)
    reach = max(LEAST_DIAMOND, round(DIAMOND * len(counts)))
    score, error = insulation(counts, reach)
    means = _diamond_means(counts, reach)
    boundaries = tuple(_minima(score, error, edges, reach, means))
    step = float(edges[2] - edges[1])
    told = tuple(float(f"{one:.3g}") if np.isfinite(one) else None for one in score)
    curve = Insulation(float(edges[1]) - step, step, reach * step, min(error, 99.0), told)
    dots = find_dots(counts, edges) if counts is map.counts else None  # a grid smears what one fragment holds
    state: Literal["domains", "plain"] = "domains" if boundaries else "plain"
    return ContactEvidence(state, map.resolution, covered, boundaries, curve, dots)


def measure_scores(matrix: ScoreMatrix, region: Region) -> ContactEvidence:
    """Boundaries of a matrix of separation scores (one column a window size, HiCExplorer's): minima of the mean line,
    each where its lowest row is."""
    mean = matrix.mean()
    known = np.isfinite(mean)
    widths = matrix.ends - matrix.starts
    if known.sum() < FEWEST_BINS:
        return ContactEvidence("no_data", 0, 0.0)
    middles = (matrix.starts + matrix.ends) / 2
    parts = region.start + (np.arange(min(COLUMNS, len(mean))) + 0.5) * region.span / min(COLUMNS, len(mean))
    columns = np.interp(parts, middles[known], mean[known], left=np.nan, right=np.nan)
    spread = float(np.nanstd(columns))
    boundaries = []
    for trough in minima(columns, region):
        inside = np.flatnonzero((middles >= trough.start) & (middles < trough.end) & known)
        if len(inside):
            row = int(inside[mean[inside].argmin()])
            depth = (trough.beside - trough.depth) / spread
            sizes = _lowest_here(matrix, row, SAME_PLACE * region.span)
            boundaries.append(Boundary(int(matrix.starts[row]), depth, True, score=float(mean[row]), sizes=sizes))
    inside = np.clip(np.minimum(matrix.ends, region.end) - np.maximum(matrix.starts, region.start), 0, None)
    covered = min(1.0, float(inside[known].sum()) / region.span)
    state: Literal["domains", "plain"] = "domains" if boundaries else "plain"
    return ContactEvidence(state, int(np.median(widths)), covered, tuple(boundaries))


def _lowest_here(matrix: ScoreMatrix, row: int, reach: float) -> tuple[int, int]:
    """How many columns have their lowest score at this row or near it, of those with a score."""
    columns = [column for column in matrix.scores.T if np.isfinite(column).any()]
    lowest = [int(np.nanargmin(column)) for column in columns]
    return sum(bool(abs(matrix.starts[at] - matrix.starts[row]) <= reach) for at in lowest), len(columns)


def _covered(map: ContactMap, region: Region) -> float:
    """The share of the window under bins with contacts."""
    inside = np.minimum(map.edges[1:], region.end) - np.maximum(map.edges[:-1], region.start)
    known = np.isfinite(map.counts).any(axis=0)
    return float(np.clip(inside, 0, None)[known].sum() / region.span)


def _regular(map: ContactMap, region: Region) -> tuple[Array, Array]:
    """Edges and counts with bins of one length: the map's own, or what a grid would hold where they differ."""
    widths = np.diff(map.edges)
    if (widths[1:-1] == map.resolution).all():  # the chromosome's last bin may be short
        return map.edges.astype(float), map.counts
    grid = np.linspace(max(region.start, map.edges[0]), min(region.end, map.edges[-1]), min(GRID, map.n) + 1)
    overlap = np.minimum(grid[1:, None], map.edges[None, 1:]) - np.maximum(grid[:-1, None], map.edges[None, :-1])
    share = np.clip(overlap, 0, None)
    known = np.isfinite(map.counts)
    density = np.where(known, map.counts, 0) / (widths[:, None] * widths[None, :])
    area = share @ known @ share.T
    with np.errstate(invalid="ignore", divide="ignore"):
        counts: Array = np.where(area > 0, share @ density @ share.T / area, np.nan)
    return grid, counts * (grid[1] - grid[0]) ** 2


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
    differences = (halves[0] - halves[1])[np.isfinite(score)]
    differences = differences[np.isfinite(differences)]
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
