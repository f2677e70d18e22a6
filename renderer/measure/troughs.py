"""Troughs: dips within raised ground, and the minima of a signed signal. A trough is never a peak drawn downwards.

Columns in, troughs out: it knows no files, no pixels and no labels.
"""

from __future__ import annotations

import itertools

import numpy as np

from renderer.arrays.valleys import APART, PROMINENCE, find_valleys
from renderer.measure.signed import Array, roughness
from renderer.measure.updown import FOLD, REACH, Limits, updown
from renderer.values.background import Background
from renderer.values.region import Region
from renderer.values.spans import Raised, Trough

NOISE = 30.0
"""A dip pays so many dispersions of the raised ground round it, as a span does of the file ..."""

LEAST = 0.005
"""... and takes at least about this share of the window."""

SIGMAS = 8.0
"""A minimum of a signed signal lies PROMINENCE spreads below both sides, and so many deviations of its noise (a
thousand columns of noise reach from -3.3 to 3.3)."""


def dips(columns: Array, region: Region, raised: Raised) -> tuple[Trough, ...]:
    """The dips in what `raised` found in these columns (shape (n,), file units, NaN: not known), left to right.

    A dip is at most 1 / FOLD of the raised ground on both sides of it: inside a span, in a window that lies within
    raised ground, or between two spans that are both at least as long as it.
    """
    width = region.span / len(columns)
    stretches = [(span.start, span.end) for span in raised.spans]
    for left, right in itertools.pairwise(raised.spans):
        if 0 < right.start - left.end <= min(left.length, right.length):
            stretches.append((left.start, right.end))
    if raised.whole is not None:
        stretches = [(region.start, region.end)]
    cuts = {(round((start - region.start) / width), round((end - region.start) / width)) for start, end in stretches}
    found = {dip for start, end in cuts for dip in _dips(columns, region, start, end)}
    return tuple(sorted(found, key=lambda dip: dip.start))


def _dips(columns: Array, region: Region, start: int, end: int) -> list[Trough]:
    """Those within columns [start, end), most of which are raised."""
    part, width = columns[start:end], region.span / len(columns)
    known = np.isfinite(part)
    heights = np.clip(np.where(known, part, 0.0), 0.0, None)
    if known.sum() < 3:
        return []
    usual = float(np.median(heights[known]))
    # Next to nothing beside what stands here is nothing, and no unit of noise.
    noise = roughness(heights[known] / usual) if usual > heights.max() / REACH else 0.0
    penalty = usual * width * max(NOISE * noise, LEAST * len(columns))
    cut = updown(heights, known * width, penalty, Limits(cap=usual / FOLD))
    found = []
    for left, dip, right in zip(cut, cut[1:], cut[2:], strict=False):
        if not dip.raised:
            at = dip.start + int(np.where(known, heights, np.inf)[dip.start : dip.end].argmin())
            low, high, bottom = (round(region.start + (start + one) * width) for one in (dip.start, dip.end, at + 0.5))
            found.append(Trough(low, high, bottom, float(heights[at]), dip.level, min(left.level, right.level)))
    return found


def minima(columns: Array, region: Region, file: Background | None = None, share: float = 1.0) -> tuple[Trough, ...]:
    """The troughs of a signed signal, as boundaries are of an insulation score; left to right.

    `columns` are the means of equal parts of `region` (shape (n,), file units, NaN: not known); `file` as in
    `signed_stretches`; `share` of the depth of a clear trough is enough. A trough's ends are those of its lower half;
    what lies in a gap is none.
    """
    known = np.isfinite(columns)
    if known.sum() < 3:
        return ()
    places = np.arange(len(columns))
    filled = np.interp(places, places[known], columns[known])
    spread = _deviation(columns, region, file)
    noise = SIGMAS * np.sqrt(roughness(columns[known]))
    least = share * max(PROMINENCE * spread, noise)
    if not least:
        return ()
    width = region.span / len(columns)
    troughs = []
    for valley in find_valleys(filled, least, max(1, round(APART * len(columns)))):
        if known[valley.at]:
            low, high = int(np.floor(valley.left + 0.5)), int(np.ceil(valley.right + 0.5))
            start, end, bottom = (round(region.start + place * width) for place in (low, high, valley.at + 0.5))
            depth, level = float(columns[valley.at]), float(np.nanmean(columns[low:high]))
            troughs.append(Trough(start, end, bottom, depth, level, depth + valley.depth))
    return tuple(troughs)


def _deviation(columns: Array, region: Region, file: Background | None) -> float:
    """How far columns of this width usually lie from their mean, in file units."""
    if file is not None and file.is_wider(region.span):
        return file.at(region.span / len(columns)).sd
    return float(np.nanstd(columns))
