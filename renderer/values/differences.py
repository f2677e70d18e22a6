"""Do two samples, or two groups of replicates, differ at a place? Levels in, a verdict with its numbers out.

A fold is told from the means of the files, base by base. Whether it may be called a difference needs more: that the
higher side stands out of its own background, that replicates do not overlap, and that the files may be compared at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from renderer.values.levels import Depth, Difference, Level

LEAST_FOLD = 2.0
"""A difference is at least this many times ..."""

LEAST_REPLICATE_FOLD = 1.5
"""... and with replicates the least of the higher side this many times the most of the lower."""

ALIKE_FOLD = 1.3
"""Below this many times, the sides are alike."""

STAND_OUT = 5.0
"""The higher side is at least this many times its own background (the median of its window, in steps of the window)."""

SHARED = 5
"""Features that both tracks have: from so many on their median ratio tells the depth ..."""

AGREEMENT = 0.5
"""... if half of them lie within this many log2 units of it."""

NEAR_ZERO = 0.01
"""A lower side below this share of the higher one is as good as 0: the fold is told as 'over 90-fold' at most."""

MOST_FOLD = 90.0

TREND_STEP, TREND_ENDS = 1.15, 1.5
"""A trend goes one way by at least this at every step, and by this from end to end."""


def depth_of(first: Sequence[Level | None], second: Sequence[Level | None], background: tuple[float, float]) -> Depth:
    """The depth of the first track over the second from features both have: levels over the same places.

    Only places where both stand out of their own background count: what one lacks says nothing of depth. Features that
    do not agree tell no depth, as those of a window of one gene, whose change they would hide.
    """
    pairs = [
        (one.mean, other.mean)
        for one, other in zip(first, second, strict=True)
        if one and other and one.mean >= STAND_OUT * background[0] > 0 and other.mean >= STAND_OUT * background[1] > 0
    ]
    if len(pairs) < SHARED:
        return Depth(1.0, "unknown", len(pairs))
    logs = np.log2([one / other for one, other in pairs])
    middle = float(np.median(logs))
    if float(np.median(np.abs(logs - middle))) > AGREEMENT:
        return Depth(1.0, "unknown", len(pairs))
    return Depth(float(2**middle), "features", len(pairs))


def compare(
    first: Sequence[Level],
    second: Sequence[Level],
    depth: Depth,
    background: float,
    of: str = "mean",
) -> Difference:
    """How the members of `first` (one or several replicates) compare with those of `second` over one place.

    `background` is that of the higher side, in file units; `of` is "mean" or "maximum". Magnitudes are compared: a
    minus strand stored below 0 is as high as it is deep.
    """
    ones, others = (_values(side, of) for side in (first, second))
    one, other = float(np.mean(ones)), float(np.mean(others))
    high, low = max(one, other), min(one, other)
    told = low > NEAR_ZERO * high
    fold = one / other if told else None
    adjusted = fold / depth.ratio if fold is not None else None
    differs = (
        high > 0
        and high >= STAND_OUT * background
        and _parted(ones, others)
        and all(value is None or max(value, 1 / value) >= LEAST_FOLD for value in (fold, adjusted))
        and (fold is None or adjusted is None or (fold > 1) == (adjusted > 1))
    )
    alike = fold is not None and adjusted is not None and all(max(f, 1 / f) < ALIKE_FOLD for f in (fold, adjusted))
    return Difference(
        one,
        other,
        (min(ones), max(ones)),
        (min(others), max(others)),
        fold,
        adjusted,
        None if told else min(MOST_FOLD, high / low if low else MOST_FOLD),
        differs,
        alike,
    )


def _values(levels: Sequence[Level], of: str) -> list[float]:
    return [abs(float(getattr(level, of))) for level in levels]


def _parted(ones: Sequence[float], others: Sequence[float]) -> bool:
    """Whether the replicates of the two sides do not come near each other; single tracks have no spread to ask."""
    if len(ones) == 1 and len(others) == 1:
        return True
    upper, lower = (ones, others) if np.mean(ones) > np.mean(others) else (others, ones)
    return min(upper) >= LEAST_REPLICATE_FOLD * max(lower)


def trend_of(values: Sequence[float]) -> str | None:
    """'rises' or 'falls' where ordered levels go one way at every step and far enough from end to end, else None."""
    if len(values) < 3 or min(values) < 0:
        return None
    for name, ordered in (("rises", list(values)), ("falls", list(values)[::-1])):
        steps = all(later >= TREND_STEP * earlier and later > 0 for earlier, later in pairwise(ordered))
        if steps and ordered[-1] >= TREND_ENDS * ordered[0]:
            return name
    return None


def agree(values: Sequence[float]) -> bool:
    """Whether replicates agree: the highest is less than LEAST_FOLD times the lowest."""
    return len(values) > 1 and min(values) > 0 and max(values) < LEAST_FOLD * min(values)


def out_of_line(values: Mapping[int, float]) -> int | None:
    """The one replicate (by number) that the others are not alike: of three or more the only one that lies LEAST_FOLD
    times off their median or more, while they agree; of two that are so far apart the higher one. None where there is
    no such one."""
    if len(values) < 2 or agree(list(values.values())):
        return None
    if len(values) == 2:
        high, low = sorted(values, key=lambda number: -values[number])
        return high if values[high] >= LEAST_FOLD * values[low] > 0 else None
    for number, value in values.items():
        others = [other for one, other in values.items() if one != number]
        middle = float(np.median(others))
        if agree(others) and not middle / LEAST_FOLD < value < middle * LEAST_FOLD:
            return number
    return None
