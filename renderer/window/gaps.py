"""Stretches of a window that a signal file has no data for: beyond where its data begin and end on the chromosome, and
long holes in data that are dense elsewhere. In a file of reads other bases without a value have none: those are zeros.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Gap = tuple[int, int]

LEAST, LEAST_SHARE = 2_000, 0.01
"""A stretch without data takes so many bases and this share of the window: less is not seen."""

HOLE = 5_000
"""Bases of a hole in dense data: regions that cannot be mapped, not a place without a read."""

DENSE = 0.95
"""Data are dense that have a value at this share of the bases outside such holes."""


def gaps_of(known: npt.NDArray[np.bool_], start: int, step: float, *, before: bool, after: bool) -> tuple[Gap, ...]:
    """The gaps [start, end) of a window, left to right.

    `known`: whether each of its equal steps (`step` bp each, from `start`) holds any value. `before`, `after`: whether
    the chromosome has a value beyond that edge of the window.
    """
    if not known.any():
        return ()
    edges = np.flatnonzero(np.diff(np.concatenate([[True], known, [True]]).astype(np.int8)))
    runs = [(int(first), int(last)) for first, last in zip(edges[::2], edges[1::2], strict=True)]
    least = max(LEAST, LEAST_SHARE * len(known) * step)
    holes = [run for run in runs if (run[1] - run[0]) * step >= HOLE]
    outside = len(known) - sum(last - first for first, last in holes)
    dense = outside > 0 and known.sum() >= DENSE * outside
    found = []
    for first, last in runs:
        ends = (first == 0 and not before) or (last == len(known) and not after)
        if (last - first) * step >= least and (ends or (dense and (first, last) in holes)):
            found.append((start + int(first * step), start + int(last * step)))
    return tuple(found)
