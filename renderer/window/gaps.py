"""Stretches of a window that a signal file has no data for: beyond where its data begin and end on the chromosome, and
long holes in data that are dense elsewhere. In a file of reads other bases without a value have none: those are zeros,
unless its data are dense (`is_dense`).
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


MOSTLY = 0.5
"""... and at this share of those between the first and the last: one covered block amid none is one of reads."""


def is_dense(known: npt.NDArray[np.bool_], step: float) -> bool:
    """Whether what has no value between the first and the last of these steps (as of `gaps_of`) was masked, so that it
    is no zero, however short; one block of values and steps as long as holes cannot tell."""
    at = np.flatnonzero(known)
    if not len(at) or step >= HOLE:
        return False
    inside = known[at[0] : at[-1] + 1]
    return MOSTLY <= float(inside.mean()) < 1 and _fills(inside, _runs(inside), step)


def _runs(known: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """The runs [first, last) of steps without a value."""
    edges = np.flatnonzero(np.diff(np.concatenate([[True], known, [True]]).astype(np.int8)))
    return [(int(first), int(last)) for first, last in zip(edges[::2], edges[1::2], strict=True)]


def _fills(known: npt.NDArray[np.bool_], runs: list[tuple[int, int]], step: float) -> bool:
    """Whether there is a value nearly everywhere outside holes."""
    outside = len(known) - sum(last - first for first, last in runs if (last - first) * step >= HOLE)
    return outside > 0 and bool(known.sum() >= DENSE * outside)


def gaps_of(known: npt.NDArray[np.bool_], start: int, step: float, *, before: bool, after: bool) -> tuple[Gap, ...]:
    """The gaps [start, end) of a window, left to right.

    `known`: whether each of its equal steps (`step` bp each, from `start`) holds any value. `before`, `after`: whether
    the chromosome has a value beyond that edge of the window.
    """
    if not known.any():
        return ()
    runs = _runs(known)
    least = max(LEAST, LEAST_SHARE * len(known) * step)
    dense = _fills(known, runs, step)
    found = []
    for first, last in runs:
        ends = (first == 0 and not before) or (last == len(known) and not after)
        if (last - first) * step >= least and (ends or (dense and (last - first) * step >= HOLE)):
            found.append((start + int(first * step), start + int(last * step)))
    return tuple(found)
