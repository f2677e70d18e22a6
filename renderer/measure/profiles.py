"""Whole profiles: how alike two signals run along a window, and the two sides of a viewpoint of contacts.

Signals in, numbers and places out: no file is opened and nothing is judged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt

from renderer.measure.levels import Windowed
from renderer.values.design import Design
from renderer.values.levels import Likeness, Place
from renderer.values.region import Region

BINS = 200
"""Profiles are compared in about so many bins of a round width."""

LEAST_BINS = 20
"""A correlation of fewer bins says nothing."""

CONTROLLED = ("control", "strand")
"""Contrasts whose sides are not expected to look alike."""

LEAST_SIDE = 0.05
"""A side of a viewpoint that takes less of the window than this is none."""

ROUND = (1, 2, 5)


def likeness(signals: Mapping[int, Windowed], design: Design, region: Region) -> tuple[Likeness, ...]:
    """The correlation of the first tracks of any two conditions of a contrast; each pair once."""
    pairs = {
        (min(one.tracks[0], other.tracks[0]), max(one.tracks[0], other.tracks[0]))
        for contrast in design.contrasts
        if contrast.factor not in CONTROLLED
        for one, other in combinations(contrast.conditions, 2)
    }
    means = {number: _means(signals[number], region) for pair in pairs for number in pair if number in signals}
    found = (_likeness(one, other, means, region) for one, other in sorted(pairs) if {one, other} <= means.keys())
    return tuple(one for one in found if one is not None)


def bin_width(region: Region) -> int:
    """A round number of bases: 1, 2 or 5 times a power of ten, so that about BINS of them fill the window."""
    wanted = max(1.0, region.span / BINS)
    power = 10 ** int(np.floor(np.log10(wanted)))
    return int(max(times * power for times in ROUND if times * power <= wanted))


def _means(signal: Windowed, region: Region) -> npt.NDArray[np.float64]:
    width = bin_width(region)
    levels = (signal.over(start, start + width) for start in range(region.start, region.end - width + 1, width))
    return np.array([np.nan if one is None or not one.covered else one.mean for one in levels])


def _likeness(one: int, other: int, means: Mapping[int, npt.NDArray[np.float64]], region: Region) -> Likeness | None:
    first, second = means[one], means[other]
    known = np.isfinite(first) & np.isfinite(second)
    if known.sum() < LEAST_BINS or np.ptp(first[known]) == 0 or np.ptp(second[known]) == 0:
        return None
    r = float(np.corrcoef(first[known], second[known])[0, 1])
    return Likeness(one, other, round(r, 4), bin_width(region), int(known.sum()))


def sides_of(viewed: Sequence[Windowed], region: Region) -> tuple[Place, ...]:
    """Left and right of the viewpoint that these contact profiles share: their highest bin. Its own ground, the
    stretch of bins round it that lie above the mean of the window in any profile, is no side."""
    if not viewed:
        return ()
    width = bin_width(region)
    means = [np.nan_to_num(np.abs(_means(signal, region))) for signal in viewed]
    relative = np.max([one / max(float(one.mean()), 1e-12) for one in means], axis=0)
    peak = left = right = int(np.argmax(relative))
    while left > 0 and relative[left - 1] >= 1:
        left -= 1
    while right + 1 < len(relative) and relative[right + 1] >= 1:
        right += 1
    ends = (region.start, region.start + left * width), (region.start + (right + 1) * width, region.end)
    sides = [
        Place("side", start, end, name)
        for name, (start, end) in zip(("left", "right"), ends, strict=True)
        if end - start >= LEAST_SIDE * region.span
    ]
    return tuple(sides) if relative[peak] > 1 else ()
