"""What the boxes of a row of intervals say: where they lie, how many they are, how long.

Boxes nearer than a location bin are one, and of more than one can point at only their number is said, as
`renderer.measure.rows` has it. Rows of states are `states`' to read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from renderer.values.layout import NOTHING_HERE
from renderer.values.region import Region
from vlm.reader import tokens
from vlm.reader.ink.boxes import Box, find
from vlm.reader.ink.picture import Picture
from vlm.values.claim import Claim

SURE = 0.97
"""How often a box that is said is one, and how often their number is right: measured (NOTES.md)."""

TILED_COVERED, TILED_COUNT, TILED_OVERLAP = 0.8, 4, 0.1
"""A row is tiled if so much of the window is covered, by so many boxes, of whose lengths at most so much overlaps."""

SLIVER = 1.5
"""Pixels of a box at the edge of the window that may be the end of one that is not seen in it."""

APART = 0.005
"""Share of the window from which every tile is drawn apart from the next."""

LEAST_LENGTH, FEWEST_LENGTHS = 0.01, 3
"""Share of the window from which the median length of so many boxes is said: a pixel is a tenth of that."""


@dataclass(frozen=True)
class Place:
    """Boxes that lie together, in pixels, and how many they are."""

    left: int
    right: int
    count: int


def read_intervals(picture: Picture, track: int, region: Region) -> list[Claim]:
    """The claims of one row."""
    if picture.box.message is not None:
        empty = picture.box.message == NOTHING_HERE
        return [Claim("interval_count", (track,), region.start, region.end, 0, confidence=SURE)] if empty else []
    if picture.box.vmin is not None or picture.box.legend:
        return []  # drawn as a density, or states
    width, found = picture.ink.shape[1], find(picture)
    inner = [box for box in found if box.right - box.left > SLIVER or (0 < box.left and box.right < width)]
    boxes = sorted(inner, key=lambda box: (box.left, box.right))
    if boxes and is_tiled(boxes, width):
        return list(_tiles(boxes, track, region, width))
    return list(_claims(boxes, track, region, width, len(boxes) == len(found))) if boxes else []


def is_tiled(boxes: Sequence[Box], width: int) -> bool:
    """Whether boxes (left to right) lie side by side over the window."""
    covered = sum(place.right - place.left for place in together(boxes, gap=0))
    total = sum(box.right - box.left for box in boxes)
    return len(boxes) >= TILED_COUNT and covered >= TILED_COVERED * width and total - covered <= TILED_OVERLAP * total


def together(boxes: Sequence[Box], gap: float) -> list[Place]:
    """Boxes (left to right) that overlap or lie nearer than `gap` pixels, as one."""
    places: list[Place] = []
    for box in boxes:
        last = places[-1] if places else None
        if last and box.left - last.right < max(gap, 1):
            places[-1] = Place(last.left, max(last.right, box.right), last.count + 1)
        else:
            places.append(Place(box.left, box.right, 1))
    return places


def _claims(boxes: Sequence[Box], track: int, region: Region, width: int, sure: bool) -> Iterator[Claim]:
    """Of boxes apart. `sure`: none was left out."""
    places = together(boxes, gap=width / tokens.LOCATIONS)
    few = len(places) <= tokens.MOST_BOXES
    yield from (_at(place, track, region, width) for place in places if few)
    least = len(together(boxes, gap=width / tokens.LOCATIONS + _unclear(width)))
    exact = few and sure and _is_clear(boxes, width)
    count = len(places) if exact else {"min": least}
    yield Claim("interval_count", (track,), region.start, region.end, count, confidence=SURE)
    yield from _lengths(boxes, track, region, width)


def _is_clear(boxes: Sequence[Box], width: int) -> bool:
    """Whether no two places are so far apart that a pixel more or less would tell whether they are one."""
    apart = together(boxes, gap=0)
    gaps = (other.left - one.right for one, other in pairwise(apart))
    return all(abs(gap - width / tokens.LOCATIONS) > _unclear(width) for gap in gaps)


def _unclear(width: int) -> float:
    """Pixels by which a gap may be another than it is drawn."""
    return SLIVER * width / 1000 + 1


def _tiles(boxes: Sequence[Box], track: int, region: Region, width: int) -> Iterator[Claim]:
    """A few domains side by side, if all are wide enough to be drawn apart."""
    if len(boxes) > tokens.MOST_BOXES or min(box.right - box.left for box in boxes) < APART * width:
        return
    yield from (_at(box, track, region, width) for box in boxes)
    yield Claim("interval_count", (track,), region.start, region.end, len(boxes), confidence=SURE)
    yield from _lengths(boxes, track, region, width)


def _at(place: Place | Box, track: int, region: Region, width: int) -> Claim:
    start, end = (region.start + round(at * region.span / width) for at in (place.left, place.right))
    return Claim("interval_at", (track,), start, max(start + 1, end), confidence=SURE)


def _lengths(boxes: Sequence[Box], track: int, region: Region, width: int) -> Iterator[Claim]:
    length = _length(boxes, width)
    if length is not None:
        median = {"median": round(length * region.span / width)}
        yield Claim("interval_length", (track,), region.start, region.end, median, confidence=SURE)


def _length(boxes: Sequence[Box], width: int) -> float | None:
    """The median length of boxes in pixels; None if those that the window cuts might change it, or it says little."""
    lengths = np.array([box.right - box.left for box in boxes])
    cut = np.array([box.left <= 0 or box.right >= width for box in boxes])
    if len(boxes) < FEWEST_LENGTHS:
        return None
    median = float(np.median(lengths))
    return median if median >= LEAST_LENGTH * width and (lengths[cut] > median).all() else None
