"""Stretches of a signed signal (a log ratio, an eigenvector, an insulation score) that lie above 0, and below.

The best cut of the columns into three states, above, near and below 0, by dynamic programming: a stretch gains what its
columns rise over a margin, and pays for its beginning what noise alone hardly ever gains. Heights count in spreads of
the file, so values may be in any unit. Columns in, stretches out: it knows no files, no pixels and no labels.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from renderer.values.background import Background
from renderer.values.region import Region
from renderer.values.spans import SignedStretch

Array = npt.NDArray[np.float64]

MARGIN = 0.25
"""A column speaks for a side if it is farther from 0 than this share of the spread."""

LEAST = 0.01
"""A stretch at one spread from 0 takes at least this share of the window (and MARGIN more) ..."""

RARE = 12.0
"""... and is so high or long that noise reaches it once in exp(12) columns: a walk with drift -MARGIN and variance v
exceeds h with a probability of exp(-2 MARGIN h / v)."""


def signed_stretches(
    columns: Array, region: Region, file: Background | None = None
) -> tuple[tuple[SignedStretch, ...], tuple[SignedStretch, ...]]:
    """The stretches above 0 and those below it, each left to right.

    `columns` are the means of equal parts of `region` (shape (n,), file units, NaN: not known). `file` is the
    background of the file; without one, or from a file no wider than the window, the window's own spread counts.
    """
    known = np.isfinite(columns)
    spread = usual_spread(columns, region, file)
    if not spread:
        return (), ()
    heights = np.where(known, columns, 0.0) / spread
    states = _states(heights, known, _due(heights[known], len(columns)))
    found = {side: [_stretch(columns, region, run) for run in _runs(states == side, known)] for side in (1, -1)}
    return tuple(found[1]), tuple(found[-1])


def usual_spread(columns: Array, region: Region, file: Background | None) -> float:
    """How far columns of this width usually lie from 0, in file units: the root of their mean square; 0 if none is."""
    if file is not None and file.is_wider(region.span):
        level = file.at(region.span / len(columns))
        return float(np.hypot(level.mean, level.sd))
    known = columns[np.isfinite(columns)]
    return float(np.sqrt(np.mean(known**2))) if len(known) else 0.0


def roughness(heights: Array) -> float:
    """The variance of noise that is not shared by neighbours."""
    return float(np.mean(np.diff(heights) ** 2) / 2) if len(heights) > 1 else 0.0


def _due(heights: Array, columns: int) -> float:
    """What a stretch pays, in columns at one spread."""
    return max(LEAST * columns, RARE * roughness(heights) / (2 * MARGIN))


def _states(heights: Array, known: npt.NDArray[np.bool_], due: float) -> npt.NDArray[np.int64]:
    """The state of every column (-1, 0, 1) of the best cut."""
    gains = np.stack([-heights - MARGIN, np.zeros_like(heights), heights - MARGIN]).T * known[:, None]
    # Into a stretch one pays; out of it, nothing. From one side to the other is out and in.
    pay = np.array([[0.0, 0.0, due], [due, 0.0, due], [due, 0.0, 0.0]])
    best = gains[0] - pay[1]
    came = np.zeros((len(heights), 3), np.int64)
    for at in range(1, len(heights)):
        ways = best[:, None] - pay
        came[at] = ways.argmax(axis=0)
        best = ways.max(axis=0) + gains[at]
    states = np.empty(len(heights), np.int64)
    states[-1] = best.argmax()
    for at in range(len(heights) - 1, 0, -1):
        states[at - 1] = came[at, states[at]]
    return states - 1


def _runs(mask: npt.NDArray[np.bool_], known: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Runs of True as half-open column numbers, without unknown columns at their ends."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(int), [0]]))).reshape(-1, 2)
    runs = []
    for start, end in edges:
        inside = start + np.flatnonzero(known[start:end])
        runs.append((int(inside[0]), int(inside[-1]) + 1))
    return runs


def _stretch(columns: Array, region: Region, run: tuple[int, int]) -> SignedStretch:
    start, end = run
    width = region.span / len(columns)
    at = start + int(np.nanargmax(np.abs(columns[start:end])))
    return SignedStretch(
        round(region.start + start * width),
        round(region.start + end * width),
        float(np.nanmean(columns[start:end])),
        int(region.start + (at + 0.5) * width),
        float(columns[at]),
    )
