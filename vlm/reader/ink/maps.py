"""Contact maps read by their colour scale: pixels back to contacts, and from these boundaries and dots.

What a boundary and a dot are is `renderer.arrays`' to say, as for the files. Where the scale ends more contacts look
alike; beyond what a triangle shows they are not known. Maps are read bin by bin where the printed length of a bin says
where bins lie, else on a grid.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import permutations

import numpy as np

from renderer.arrays.dots import find_dots
from renderer.arrays.insulation import FEWEST_BINS, find_boundaries
from renderer.arrays.log_scale import share_of
from renderer.values.region import Region
from renderer.values.spans import Boundary, Dot, Insulation
from renderer.values.track import Shape
from vlm.claims.rows.boundary_differs import ERRORS, LEAST_LIKE, PARTED, WHOLE
from vlm.reader.ink.picture import Bytes, Floats, Picture
from vlm.values.claim import Claim

GRID, FINE = 200, 5
"""Bins of equal length onto which a map is laid whose own cannot be told, and places of each that are looked at."""

MOST_BINS = 500
"""No map is drawn with more."""

ROUND = 100
"""Bins of such a length (bp), or a multiple, are counted from the chromosome's start; others are of unlike lengths."""

BAR = 24
"""Pixels left of the map among which its colour scale is."""

DARK = 100
"""Ink that the upper end of the scale has."""

PALEST = 0.004
"""Share of the scale that is as good as white: a level of its 254."""

COLD = 1
"""Masked bins are drawn in a grey that has more blue than red, by this at least; the scale has none such."""

MOST, MOST_MISSING = 12, 2
"""Boundaries and dots that are said of one map, and boundaries that are said to be missing in another."""

MARGIN = 0.1
"""Depth (log2) that a difference between two maps has beyond what is asked for: what is read is not that exact."""

SURE, LESS_SURE = 0.98, 0.9
"""How often a boundary or a dot that is said is one: of known bins, measured (NOTES.md), and of a grid."""

_BINS = re.compile(r"([\d.,]+) (kb|bp) bins")


@dataclass(frozen=True)
class Map:
    """What the picture tells of a map: `counts` (n, n), NaN where it does not, `edges` (n + 1,) in bp; `own`: the bins
    are those of the map. Its insulation score is `curve`."""

    counts: Floats
    edges: Floats
    own: bool
    boundaries: tuple[Boundary, ...] = field(init=False)
    curve: Insulation = field(init=False)

    def __post_init__(self) -> None:
        boundaries, curve = find_boundaries(self.counts, self.edges)
        object.__setattr__(self, "boundaries", boundaries)
        object.__setattr__(self, "curve", curve)

    @property
    def dots(self) -> tuple[Dot, ...]:
        """The dots, if the bins are known."""
        return (find_dots(self.counts, self.edges) if self.own else None) or ()


def read_map(picture: Picture, left: int, shape: Shape, region: Region) -> Map | None:
    """The contacts of a map whose picture holds `left` pixels beside it; None without a scale, or of too few bins."""
    box = picture.box
    scale = _scale(picture, left)
    if scale is None or box.vmin is None or box.vmax is None or box.message is not None:
        return None
    edges, own = _edges(box.detail or "", region)
    if len(edges) - 1 < FEWEST_BINS:
        return None
    clean = picture.clean[:, left:]
    values = _values(clean, scale, "log" in (box.detail or ""))
    counts = box.vmin + values * (box.vmax - box.vmin)
    if own:
        return Map(_sample(counts, (edges[:-1] + edges[1:]) / 2, shape, region), edges, own)
    fine = region.start + (np.arange(FINE * (len(edges) - 1)) + 0.5) * region.span / FINE / (len(edges) - 1)
    return Map(_pooled(_sample(counts, fine, shape, region)), edges, own)


def _edges(detail: str, region: Region) -> tuple[Floats, bool]:
    """Edges of bins, those of the map if they can be told, and whether they can."""
    said = _BINS.search(detail)
    size = float(said[1].replace(",", "")) * (1000 if said[2] == "kb" else 1) if said else 0.0
    if said and size % ROUND == 0 and region.span / size <= MOST_BINS:
        first, last = int(region.start // size), int(-(-region.end // size))
        edges: Floats = np.arange(first, last + 1, dtype=float) * size
        return edges, True
    grid: Floats = np.linspace(region.start, region.end, (min(GRID, int(region.span / size)) if size else GRID) + 1)
    return grid, False


def _scale(picture: Picture, left: int) -> Floats | None:
    """The lightness (sum of channels) of the colour scale from its bottom to its top, shape (height,); None without."""
    for at in range(left - 1, -1, -1):
        column = picture.pixels[::-1, at].astype(float)
        light: Floats = column.sum(axis=1)
        if 255 - column[-1].min() > DARK and (np.diff(light) <= 0).all() and light[0] > 3 * (255 - DARK):
            return light
    return None


def _values(clean: Bytes, scale: Floats, log: bool) -> Floats:
    """Each pixel's share of the range, shape (height, width), NaN where masked."""
    light = clean.astype(float).sum(axis=2)
    heights = (np.arange(len(scale)) + 0.5) / len(scale)
    dark = np.interp(light, scale[::-1], heights[::-1])
    dark = np.clip((dark - heights[0]) / (heights[-1] - heights[0]), 0, 1)
    dark[dark < PALEST] = 0.0
    share = share_of(dark) if log else dark
    masked = clean[..., 2].astype(int) - clean[..., 0] >= COLD
    return np.where(masked, np.nan, share)


def _pooled(fine: Floats) -> Floats:
    """The means of squares of FINE by FINE, of what is known of them."""
    n = len(fine) // FINE
    squares = fine.reshape(n, FINE, n, FINE)
    known = np.isfinite(squares)
    sums, numbers = np.where(known, squares, 0.0).sum(axis=(1, 3)), known.sum(axis=(1, 3))
    means: Floats = np.where(numbers > 0, sums / np.maximum(numbers, 1), np.nan)
    return means


def _sample(counts: Floats, middles: Floats, shape: Shape, region: Region) -> Floats:
    """The contacts of each pair of places (n,), shape (n, n), from the pixel in their middle."""
    height, width = counts.shape
    x = (np.clip(middles, region.start, region.end - 1) - region.start) / region.span * width
    if shape == "square":
        rows = np.clip(x / width * height, 0, height - 1).astype(int)
        found = counts[np.ix_(rows, np.clip(x, 0, width - 1).astype(int))]
        upper: Floats = np.triu(found)
        return upper + np.triu(found, 1).T
    across = (x[:, None] + x[None, :]) / 2
    away = np.abs(x[:, None] - x[None, :]) / 2
    rows = height - 1 - np.floor(away).astype(int)
    inside = rows >= 0
    found = counts[np.clip(rows, 0, height - 1), np.clip(across, 0, width - 1).astype(int)]
    return np.where(inside, found, np.nan)


def say_map(found: Map, track: int, region: Region) -> Iterator[Claim]:
    """The boundaries that stand out, and the dots of a map whose bins are known, the clearest first."""
    for boundary in _clear(found.boundaries)[:MOST]:
        yield _boundary((track,), boundary, region, SURE if found.own else LESS_SURE)
    for dot in sorted(found.dots, key=lambda one: -one.fold)[:MOST]:
        anchors = {"anchors": [[dot.start1, dot.end1], [dot.start2, dot.end2]]}
        start, end = max(dot.start1, region.start), min(dot.end2, region.end)
        yield Claim("corner_dot", (track,), start, end, anchors, confidence=SURE)


def say_parted(maps: Mapping[int, Map], region: Region) -> Iterator[Claim]:
    """Boundaries of one map that are none in another whose bins are like them."""
    for (one, found), (other, without) in permutations(maps.items(), 2):
        steps = sorted(each.curve.step for each in (found, without))
        if steps[0] < LEAST_LIKE * steps[1] or not (found.own and without.own):
            continue
        missing = [each for each in _clear(found.boundaries) if _is_missing(each, found, without)]
        yield from (_boundary((one, other), each, region, SURE, "boundary_differs") for each in missing[:MOST_MISSING])


def _is_missing(boundary: Boundary, found: Map, without: Map) -> bool:
    """Whether it is one here and none there, by a margin."""
    depths = [each.curve.depth(boundary.position) for each in (found, without)]
    if depths[0] is None or depths[1] is None:
        return False
    error = float(np.hypot(found.curve.error, without.curve.error))
    clear = depths[0] >= PARTED + MARGIN and depths[1] < WHOLE - MARGIN
    return bool(clear and depths[0] - depths[1] > ERRORS * error + MARGIN)


def _clear(boundaries: tuple[Boundary, ...]) -> list[Boundary]:
    """Those that are pointed at, the strongest first."""
    return sorted((one for one in boundaries if one.salient), key=lambda one: -one.strength)


def _boundary(
    tracks: tuple[int, ...], boundary: Boundary, region: Region, sure: float, kind: str = "domain_boundary"
) -> Claim:
    at = min(max(boundary.position, region.start), region.end - 1)
    return Claim(kind, tracks, at, at + 1, confidence=sure)
