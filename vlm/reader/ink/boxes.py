"""Boxes of a row of intervals, found in the picture: the lanes they are drawn in, and runs of one colour in each.

The shapes are the drawn ones (`renderer.figure.rows.intervals`): a box takes the middle of its lane, names stand beside
boxes, strand arrows and summits over them, and of two boxes of one colour that touch the first ends a pixel early.
Looks at pixels alone; where a row holds coloured ink that is no box (blocks of spliced intervals), it finds none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from vlm.reader.ink.picture import Bytes, Picture

LOW, HIGH = 0.12, 0.88
"""Where a box begins and ends in its lane, as shares of it."""

ARROWS = 0.17
"""Share of a lane above and below its middle that strand arrows take, white on a box."""

MOST_LANES = 10

FAINTEST = 16
"""Ink up to this is the soft edge of paper."""

TICK = 8
"""Ink above or below a box that a summit leaves there."""

OTHER = 4
"""Colours are two if a channel differs by more: boxes are drawn from whole pixel to whole pixel, without soft edges."""

GREY = 24
"""Channels that differ by less are grey: names, summits and the lines that join blocks of a dark row."""

EXPLAINED = 0.9
"""Share of the coloured ink of a row that must lie in boxes."""

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Box:
    """A box from `left` to `right`, in pixels from the left edge of the row, in a lane (0 is the uppermost), in one
    colour (0-255)."""

    left: int
    right: int
    lane: int
    color: tuple[int, int, int]


def find(picture: Picture) -> list[Box]:
    """The boxes of a row, lane by lane, left to right; none where its ink is not that of boxes."""
    ink = picture.ink
    if ink.max(initial=0) <= FAINTEST:
        return []
    depth = _depth(ink)
    if depth is None:
        return []
    boxes = [box for lane in range(depth) for box in _of_lane(picture, ink, lane, depth)]
    return boxes if _explain(picture, ink, boxes, depth) else []


def _within(height: int, lane: int, depth: int, low: float, high: float) -> slice:
    """Pixel rows that lie wholly between two shares of a lane, maybe none."""
    first = int(np.ceil(height * (lane + low) / depth - 0.01))
    return slice(first, max(first, int(np.floor(height * (lane + high) / depth + 0.01))))


def _rows(height: int, lane: int, depth: int, low: float, high: float) -> slice:
    """The same; the middle one at least."""
    rows = _within(height, lane, depth, low, high)
    middle = int(height * (lane + (low + high) / 2) / depth)
    return rows if rows.stop > rows.start else slice(middle, middle + 1)


def _strength(ink: Bytes, lane: int, depth: int) -> Bytes:
    """The ink that each column has above and below the arrows of a lane, shape (width,): letters do not reach both."""
    height = len(ink)
    above = ink[_rows(height, lane, depth, LOW + 0.02, 0.5 - ARROWS)]
    below = ink[_rows(height, lane, depth, 0.5 + ARROWS, HIGH - 0.02)]
    strength: Bytes = np.minimum(above.min(axis=0), below.min(axis=0))
    return strength


def _outside(ink: Bytes, lane: int, depth: int) -> Bytes:
    """The ink where a lane is left free, above and below its boxes, shape (width,): that of summits."""
    free = [_within(len(ink), lane, depth, low, high) for low, high in ((0.0, LOW), (HIGH, 1.0))]
    outside: Bytes = np.max([ink[rows].max(axis=0, initial=0) for rows in free], axis=0)
    return outside


def _depth(ink: Bytes) -> int | None:
    """The number of lanes that explains most of the ink; None if none explains any. The first and the last are used."""
    held = [[_columns(ink, lane, depth) for lane in range(depth)] for depth in _depths(ink)]
    shares = [sum(one) / len(one) if one[0] and one[-1] else 0.0 for one in held]
    best = int(np.argmax(shares))
    return best + 1 if shares[best] > 0 else None


def _columns(ink: Bytes, lane: int, depth: int) -> int:
    """Columns with a box in this lane, and nothing where the lane is left free."""
    strength = _strength(ink, lane, depth)
    return int(((strength > FAINTEST) & (_outside(ink, lane, depth) < 0.5 * strength)).sum())


def _depths(ink: Bytes) -> range:
    """Numbers of lanes for which there is room."""
    return range(1, max(1, min(MOST_LANES, len(ink) // 6)) + 1)


def _of_lane(picture: Picture, ink: Bytes, lane: int, depth: int) -> Iterator[Box]:
    strength, summits = _strength(ink, lane, depth), _outside(ink, lane, depth) > TICK
    shade = picture.pixels[int(len(ink) * (lane + (LOW + 0.5 - ARROWS) / 2) / depth)].astype(int)
    for first, last in _stretches(strength > FAINTEST):
        plain = np.flatnonzero(~summits[first:last]) + first
        if not len(plain):
            continue
        changes = np.abs(np.diff(shade[plain], axis=0)).max(axis=1, initial=0) > OTHER
        edges = [first, *plain[1:][changes].tolist(), last]
        for left, right in pairwise(edges):
            own = plain[(plain >= left) & (plain < right)]
            red, green, blue = np.median(shade[own], axis=0).astype(int).tolist()
            yield Box(left, right, lane, (red, green, blue))


def _stretches(mask: Mask) -> list[tuple[int, int]]:
    """Runs of True, half-open."""
    changes = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(int), [0]])))
    return [(int(start), int(end)) for start, end in changes.reshape(-1, 2)]


def _explain(picture: Picture, ink: Bytes, boxes: list[Box], depth: int) -> bool:
    """Whether the coloured ink of the row is that of these boxes."""
    chroma = np.ptp(picture.clean.astype(int), axis=2) > GREY
    colored = np.where(chroma, ink.astype(float), 0.0)
    if not boxes:
        return False
    inside = np.zeros(ink.shape, dtype=bool)
    for box in boxes:
        lane = slice(int(len(ink) * box.lane / depth), int(np.ceil(len(ink) * (box.lane + 1) / depth)))
        inside[lane, max(0, box.left - 1) : box.right + 1] = True
    total = float(colored.sum())
    return total == 0 or float(colored[inside].sum()) >= EXPLAINED * total
