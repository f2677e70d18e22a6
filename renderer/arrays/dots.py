"""Dots of a contact map: pixels off the diagonal that hold more contacts than what surrounds them, as loops do.

After HiCCUPS (Rao et al. 2014): the mean contacts over expectation of a pixel and its neighbours against those of four
surroundings, the donut, the row, the column and the lower left, which a corner of a domain or a stripe fills as well.
The least of the four folds counts. Counts in, dots out: it knows no files and no pixels of a figure.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from renderer.values.spans import Dot

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
_Box = tuple[int, int, int, int, int]
"""First and last row, first and last column, in bins from a pixel; and whether it is added (1) or taken away (-1)."""

CENTER, DONUT = 1, 5
"""Half widths, in bins, of the middle and of what surrounds it: the larger ones that HiCCUPS has, for 5-kb bins."""

GAP = 1
"""Bins between them: a dot is round, and its rim is not its surroundings."""

FOLD = 1.5
"""Least fold of a dot over each of its surroundings, as HiCCUPS asks of its own at the least."""

RARE = 1e-6
"""... and contacts that noise hardly ever gathers: the bound on their chance (Chernoff's, ten times too high at such
counts) is below this. A map has some 80,000 pixels."""

FEWEST_BINS = 60
"""Fewer bins across the window leave no room between the diagonal and the corner."""

LEAST_KNOWN = 0.7
"""Share of the middle, and of each surrounding, that must not be masked."""

RESIDUE = 1e-12
"""Share of all contacts below which a sum is what rounding leaves of none: balanced contacts are no whole numbers."""

NEAREST = 2 * DONUT + 3
"""Bins from the diagonal: nearer, the lower left reaches it, where every place is as full, and each corner of a domain
would be a dot."""


def find_dots(counts: Array, edges: Array) -> tuple[Dot, ...] | None:
    """The dots of a map, left to right; None where it has too few bins. `counts` has shape (n, n), NaN where masked,
    `edges` shape (n + 1,), bp."""
    n = len(counts)
    if n < FEWEST_BINS:
        return None
    distance = np.subtract.outer(np.arange(n), np.arange(n)).T
    known = np.isfinite(counts)
    expected = _expected(counts, known, distance)
    folds, surprise = _folds(np.where(known, counts, 0.0), np.where(known, expected, 0.0), known, _noise(counts, n))
    stands = (distance >= NEAREST) & (folds >= FOLD) & (surprise > -np.log(RARE))
    standing = np.where(stands, folds, -np.inf)
    top = stands & (standing == _highest_near(standing))
    width = CENTER
    return tuple(
        Dot(
            round(edges[i - width]),
            round(edges[i + width + 1]),
            round(edges[j - width]),
            round(edges[j + width + 1]),
            float(f"{folds[i, j]:.4g}"),
        )
        for i, j in np.argwhere(top)
        if i >= width and j + width < n
    )


def _expected(counts: Array, known: Mask, distance: npt.NDArray[np.int64]) -> Array:
    """Mean contacts at each pixel's distance."""
    n, away = len(counts), np.abs(distance)
    sums = np.bincount(away[known], counts[known], n)
    means: Array = sums / np.maximum(np.bincount(away[known], minlength=n), 1)
    return means[away]


def _surroundings() -> list[list[_Box]]:
    """The donut, the row, the column and the lower left of a pixel of the upper triangle, each as boxes to add and to
    take away."""
    far, rim, wide = DONUT, CENTER + GAP, CENTER
    arms = [(-far, -rim - 1, 0, 0, -1), (rim + 1, far, 0, 0, -1), (0, 0, -far, -rim - 1, -1), (0, 0, rim + 1, far, -1)]
    donut = [(-far, far, -far, far, 1), (-rim, rim, -rim, rim, -1), *arms]
    row = [(-wide, wide, -far, -rim - 1, 1), (-wide, wide, rim + 1, far, 1)]
    column = [(-far, -rim - 1, -wide, wide, 1), (rim + 1, far, -wide, wide, 1)]
    lower_left = [(1, far, -far, -1, 1), (1, rim, -rim, -1, -1)]
    return [donut, row, column, lower_left]


def _folds(observed: Array, expected: Array, known: Mask, noise: Array) -> tuple[Array, Array]:
    """The middle over the fullest of its surroundings, each over what is expected there; and how surprising so much in
    the middle is, given that: minus the logarithm of a bound on its chance. NaN where too much is masked."""
    tables = [_sums_before(one) for one in (observed, expected, known.astype(float))]
    middle = [(-CENTER, CENTER, -CENTER, CENTER, 1)]
    here = _over_expected(tables, middle)
    most = np.max([_over_expected(tables, boxes) for boxes in _surroundings()], axis=0)
    usual = _sums(tables[1], middle) / noise
    with np.errstate(invalid="ignore", divide="ignore"):
        folds: Array = np.where(most > 0, here / most, np.nan)
        mean = most * usual
        surprise: Array = np.where(folds > 1, mean * (folds * np.log(folds) - folds + 1), 0.0)
    return folds, surprise


def _sums_before(values: Array) -> Array:
    """Sums of all pixels above and left of each corner, of the map with a margin of zeros."""
    wide = np.pad(values, DONUT)
    return np.pad(wide.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))


def _sums(table: Array, boxes: Sequence[_Box]) -> Array:
    """For each pixel of the map, the sum over boxes that lie so many bins (ends included) from it."""
    n = len(table) - 1 - 2 * DONUT
    total = np.zeros((n, n))
    for top, bottom, left, right, sign in boxes:
        rows, columns = ([DONUT + low, DONUT + high + 1] for low, high in ((top, bottom), (left, right)))
        (a, b), (c, d) = ([slice(at, at + n) for at in ends] for ends in (rows, columns))
        total += sign * (table[b, d] - table[a, d] - table[b, c] + table[a, c])
    total[np.abs(total) < RESIDUE * table[-1, -1]] = 0.0
    return total


def _over_expected(tables: Sequence[Array], boxes: Sequence[_Box]) -> Array:
    seen, usual, held = (_sums(table, boxes) for table in tables)
    size = sum((bottom - top + 1) * (right - left + 1) * sign for top, bottom, left, right, sign in boxes)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio: Array = np.where((held >= LEAST_KNOWN * size) & (usual > 1e-9), seen / usual, np.nan)
    return ratio


def _highest_near(values: Array) -> Array:
    """The highest value of the square of DONUT bins to each side."""
    n = len(values)
    for axis in (0, 1):
        room = np.pad(values, [(DONUT, DONUT) if one == axis else (0, 0) for one in (0, 1)], constant_values=-np.inf)
        values = np.max([room.take(range(at, at + n), axis) for at in range(2 * DONUT + 1)], axis=0)
    return values


def _noise(counts: Array, n: int) -> Array:
    """The variance of noise over the mean, at each pixel's distance: 1 for raw counts, another unit for balanced ones.
    Neighbours along a diagonal tell it: they are expected to hold the same."""
    noise = np.ones(n)
    for away in range(n - 2):
        reach = max(1, away // 8)
        bands = [np.diagonal(counts, one) for one in range(max(0, away - reach), min(n - 1, away + reach + 1))]
        steps, values = (np.concatenate(part) for part in ([np.diff(band) for band in bands], bands))
        steps, values = steps[np.isfinite(steps)], values[np.isfinite(values)]
        mean = values.mean() if len(values) else 0.0
        noise[away] = (steps**2).mean() / 2 / mean if len(steps) and mean > 0 else noise[max(0, away - 1)]
    result: Array = np.maximum(noise, 1e-12)[np.abs(np.subtract.outer(np.arange(n), np.arange(n)))]
    return result
