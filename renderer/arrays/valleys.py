"""Valleys of a curve: local minima, how deep each is, and how wide at half its depth.

What `scipy.signal.find_peaks` and `peak_widths` find in the negated curve (tests hold that), in few lines: loading
scipy.signal takes longer than drawing a figure does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


PROMINENCE = 1.0
"""A minimum of a signed curve lies so many of its standard deviations below both sides ..."""

APART = 0.01
"""... and this share of the window from a deeper one."""


@dataclass(frozen=True)
class Valley:
    """A minimum at index `at`; `depth` below the lower of its two sides; `left` and `right` are where the curve, drawn
    through its values, crosses half that depth, as fractions of an index."""

    at: int
    depth: float
    left: float
    right: float


def find_valleys(curve: Array, depth: float, apart: int = 1) -> list[Valley]:
    """Those of a curve without NaN that are at least so deep, left to right.

    Of two less than `apart` indices from each other the lower one counts. A flat bottom counts in its middle; the ends
    of the curve are none.
    """
    found = [_valley(curve, at) for at in _apart(curve, _bottoms(curve), apart)]
    return [valley for valley in found if valley.depth >= depth]


def _bottoms(curve: Array) -> npt.NDArray[np.int64]:
    """Indices of what lies lower than its neighbours; the middle of a flat bottom."""
    starts = np.flatnonzero(np.diff(curve, prepend=np.nan) != 0)  # of runs of one value
    ends = np.append(starts[1:], len(curve)) - 1
    levels = curve[starts]
    lower = np.flatnonzero((levels[1:-1] < levels[:-2]) & (levels[1:-1] < levels[2:])) + 1
    middles: npt.NDArray[np.int64] = (starts[lower] + ends[lower]) // 2
    return middles


def _apart(curve: Array, bottoms: npt.NDArray[np.int64], apart: int) -> npt.NDArray[np.int64]:
    """The bottoms without those that lie too near to a lower one."""
    kept = np.ones(len(bottoms), dtype=bool)
    for lowest in np.argsort(-curve[bottoms])[::-1]:
        if kept[lowest]:
            kept &= np.abs(bottoms - bottoms[lowest]) >= apart
            kept[lowest] = True
    return bottoms[kept]


def _valley(curve: Array, at: int) -> Valley:
    left, right = _side(curve[at::-1]), _side(curve[at:])
    depth = min(left.max(), right.max()) - curve[at]
    half = curve[at] + depth / 2
    (before, short_left), (behind, short_right) = _crossing(left, half), _crossing(right, half)
    return Valley(int(at), float(depth), float(at - before + short_left), float(at + behind - short_right))


def _side(curve: Array) -> Array:
    """From the first value of a curve, its bottom, on to before what lies lower."""
    lower = np.flatnonzero(curve < curve[0])
    return curve[: lower[0]] if len(lower) else curve


def _crossing(side: Array, level: float) -> tuple[int, float]:
    """The first index, from its bottom, at which a side is at least at a level, and by how much of a step it was there
    before."""
    reached = int(np.flatnonzero(side >= level)[0])
    if side[reached] == level:
        return reached, 0.0
    return reached, float((side[reached] - level) / (side[reached] - side[reached - 1]))
