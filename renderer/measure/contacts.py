"""Contact map -> ContactEvidence: where the drawn map is parted (`renderer.arrays.insulation`), and its dots
(`renderer.arrays.dots`); and matrices of separation scores, whose minima are boundaries as well.

What crosses a boundary is told beside what diamonds of the same distances next to it hold.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from renderer.arrays.dots import find_dots
from renderer.arrays.insulation import FEWEST_BINS, find_boundaries
from renderer.measure.troughs import minima
from renderer.values.evidence import ContactEvidence
from renderer.values.region import Region
from renderer.values.spans import Boundary
from renderer.window.contacts import ContactMap
from renderer.window.matrices import ScoreMatrix
from renderer.window.signal import COLUMNS

Array = npt.NDArray[np.float64]

GRID = 200
"""Bins of equal length onto which maps with unequal ones (restriction fragments) are laid before they are measured."""

SAME_PLACE = 0.01
"""Minima of two window sizes are at one place within this share of the window."""


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
    boundaries, curve = find_boundaries(counts, edges)
    dots = find_dots(counts, edges) if counts is map.counts else None  # a grid smears what one fragment holds
    state: Literal["domains", "plain"] = "domains" if boundaries else "plain"
    return ContactEvidence(state, map.resolution, covered, boundaries, curve, dots)


SHALLOW = 1 / 3
"""A minimum of separation scores that is as low as a clear one counts with this share of its depth: a wide trough has
several."""


def measure_scores(matrix: ScoreMatrix, region: Region) -> ContactEvidence:
    """Boundaries of a matrix of separation scores (one column a window size, HiCExplorer's): minima of the mean line,
    each where its lowest row is, and what else is as low as one of them."""
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
    least = max((clear.depth for clear in minima(columns, region)), default=-np.inf)
    for trough in (one for one in minima(columns, region, share=SHALLOW) if one.depth <= least):
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
