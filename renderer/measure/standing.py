"""How signals and rows stand among what else the window shows: the highest peak over all the rest, a signal within the
classes of a row, intervals over those of another row. Signals and intervals in, numbers out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations

import numpy as np

from renderer.measure.levels import Windowed, merged
from renderer.values.evidence import Peak
from renderer.values.levels import ClassLevel, Overlap, Standing
from renderer.values.region import Region
from renderer.window.intervals import Interval

LEAST_GUARD = 500
"""Bases to each side of a peak that are its own slope, where it is narrower than that."""

LEAST_SHARE = 0.02
"""Below this share of the window a class is too little to tell a level of."""

MOST_INTERVALS = 300
"""Of rows with more intervals in the window no overlaps are told: nobody could see them."""

DIGITS = 6


def standing_of(signal: Windowed, peaks: Sequence[Peak], region: Region) -> Standing | None:
    """How the peak with the highest base stands over the rest; None if there is none, or nothing beside it."""
    known = [peak for peak in peaks if peak.top is not None]
    if not known:
        return None
    best = max(known, key=lambda peak: abs(peak.top or 0.0))
    reach = max(LEAST_GUARD, best.end - best.start)
    start, end = max(best.start - reach, region.start), min(best.end + reach, region.end)
    here = signal.over(best.start, best.end)
    beside = [level for level in (signal.over(region.start, start), signal.over(end, region.end)) if level is not None]
    if here is None or here.summit is None or not beside:
        return None
    rival = max(beside, key=lambda level: abs(level.maximum))
    if abs(rival.maximum) > abs(here.maximum):
        return None  # the highest base is in no peak
    return Standing(here.summit, here.maximum, start, end, rival.maximum, rival.summit)


def class_levels(
    signal: Windowed, rows: Mapping[int, Mapping[str, Sequence[tuple[int, int]]]], region: Region
) -> tuple[ClassLevel, ...]:
    """The mean of a signal in each class of each row of named stretches (`rows.spans_by_name`); classes of little of
    the window left out."""
    found = []
    for row, joined in rows.items():
        for name, whole in joined.items():
            cut = ((max(start, region.start), min(end, region.end)) for start, end in whole)
            spans = [(start, end) for start, end in cut if start < end]
            share = sum(end - start for start, end in spans) / region.span
            mean = _mean_over(signal, spans) if share >= LEAST_SHARE else None
            if mean is not None:
                found.append(ClassLevel(row, name, round(share, 4), mean))
    return tuple(found)


def _mean_over(signal: Windowed, spans: Sequence[tuple[int, int]]) -> float | None:
    """The mean over several stretches, weighed by their bases; None where nothing is known."""
    levels = [(end - start, level) for start, end in spans if (level := signal.over(start, end)) is not None]
    weights = [bases * (1.0 if signal.gaps_are_zero else level.covered) for bases, level in levels]
    if not sum(weights):
        return None
    return float(f"{np.average([level.mean for _, level in levels], weights=weights):.{DIGITS}g}")


def overlaps(rows: Mapping[int, Sequence[Interval]], region: Region) -> tuple[Overlap, ...]:
    """How often the intervals of each row meet those of each other row."""
    shown = {
        row: [one for one in intervals if one.start < region.end and one.end > region.start]
        for row, intervals in rows.items()
    }
    few = {row: intervals for row, intervals in shown.items() if 0 < len(intervals) <= MOST_INTERVALS}
    return tuple(_overlap(few, one, other) for one, other in permutations(few, 2))


def _overlap(rows: Mapping[int, Sequence[Interval]], one: int, other: int) -> Overlap:
    spans = merged((interval.start, interval.end) for interval in rows[other])
    starts, ends = np.array([start for start, _ in spans]), np.array([end for _, end in spans])
    met = list(_met(rows[one], starts, ends))
    return Overlap(one, other, sum(met), len(met))


def _met(intervals: Sequence[Interval], starts: np.ndarray, ends: np.ndarray) -> Iterator[bool]:
    for interval in intervals:
        at = int(np.searchsorted(ends, interval.start, side="right"))
        yield at < len(starts) and bool(starts[at] < interval.end)
