"""Lines of a row of separation scores: the mean of them, which is drawn dark over the others, traced column by column.

Its minima are boundaries, as `renderer.measure.contacts` finds them in the scores.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from renderer.arrays.valleys import APART, PROMINENCE, Valley, find_valleys
from renderer.values.region import Region
from vlm.reader.ink.picture import Floats, Picture
from vlm.values.claim import Claim

DARK = 0.93
"""Share of the darkest ink of the row that the mean has: three of the faint lines on each other have less."""

KNOWN = 0.6
"""Share of the columns in which the line must be seen."""

CLEAR = 1.2
"""A minimum is said that is so many times as deep as one must be."""

FLAT, NEAR = 1.5, 0.012
"""Pixels within which the line is as low, and the share of the window within which it may be so."""

SURE = 0.95
"""How often a minimum that is said is one: measured (NOTES.md)."""

MOST = 12
"""Minima that are said of one row."""


def trace_line(picture: Picture) -> Floats:
    """The value of the line in each column, shape (width,), on the scale of the row; NaN where it is not seen."""
    box, ink = picture.box, picture.ink.astype(float)
    if box.vmin is None or box.vmax is None or not ink.size:
        return np.full(picture.pixels.shape[1], np.nan)
    dark = ink >= max(1.0, DARK * np.quantile(ink.max(axis=0), 0.9))
    rows = np.arange(len(ink))[:, None] + 0.5
    numbers = dark.sum(axis=0)
    middle = np.where(numbers > 0, (dark * rows).sum(axis=0) / np.maximum(numbers, 1), np.nan)
    line: Floats = box.vmax - middle / len(ink) * (box.vmax - box.vmin)
    return line


def say_minima(picture: Picture, track: int, region: Region) -> Iterator[Claim]:
    """The deepest minima of the line."""
    line = trace_line(picture)
    seen = np.isfinite(line)
    if seen.mean() < KNOWN:
        return
    at = np.arange(len(line))
    filled = np.interp(at, at[seen], line[seen])
    least = CLEAR * PROMINENCE * float(np.std(filled))
    valleys = find_valleys(filled, least, max(1, round(APART * len(line)))) if least else []
    for valley in sorted(valleys, key=lambda one: -one.depth)[:MOST]:
        if _is_sharp(filled, valley, picture):
            start, end = (region.start + at * region.span // len(line) for at in (valley.at, valley.at + 1))
            yield Claim("domain_boundary", (track,), start, max(start + 1, end), confidence=SURE)


def _is_sharp(line: Floats, valley: Valley, picture: Picture) -> bool:
    """Whether the line is as low nowhere else in the lower half of a valley: along a flat one the lowest place is not
    seen."""
    low, high = int(valley.left), int(valley.right) + 1
    pixel = ((picture.box.vmax or 0.0) - (picture.box.vmin or 0.0)) / len(picture.pixels)
    bottom = np.flatnonzero(line[low:high] <= line[valley.at] + FLAT * pixel) + low
    return bool(np.abs(bottom - valley.at).max(initial=0) <= NEAR * len(line))
