"""Where exactly a peak is that the model points at: the highest drawn column in reach of the location it said.

The model answers in `tokens.LOCATIONS` bins of the window; the picture is finer. Looks at pixels, like the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from renderer.values.region import Region
from vlm.claims.registry import points
from vlm.reader import tokens
from vlm.reader.strips import Ink
from vlm.values.claim import Claim

DARK = 0.4
"""Share of the darkest ink from which a pixel belongs to the signal and not to its soft edge."""

REACH = 1
"""Bins to each side of the one that was said: two peaks are further apart than that."""


def drawn_heights(ink: Ink) -> npt.NDArray[np.int64]:
    """Height of each column of a signal's box in pixels, shape (width,): from the bottom to its highest dark pixel."""
    dark = ink >= max(1.0, DARK * float(ink.max(initial=0)))
    first = dark.argmax(axis=0)
    heights: npt.NDArray[np.int64] = np.where(dark.any(axis=0), len(ink) - first, 0)
    return heights


def sharpen(claims: Sequence[Claim], ink: Ink, region: Region) -> list[Claim]:
    """The claims of one signal track, those on peaks narrowed to the highest column near where they point."""
    heights = drawn_heights(ink)
    return [_sharpen(claim, heights, region) if points(claim) == "summit" else claim for claim in claims]


def _sharpen(claim: Claim, heights: npt.NDArray[np.int64], region: Region) -> Claim:
    width, reach = len(heights), REACH * region.span / tokens.LOCATIONS
    low, high = ((edge - region.start) / region.span * width for edge in (claim.start - reach, claim.end + reach))
    first, last = max(0, round(low)), min(width, round(high))
    if first >= last or not heights[first:last].any():
        return claim
    top = np.flatnonzero(heights[first:last] == heights[first:last].max()) + first
    column = int(top[len(top) // 2])
    start = region.start + column * region.span // width
    return replace(claim, start=start, end=max(start + 1, region.start + (column + 1) * region.span // width))
