"""Interval rows: boxes in lanes, tilings as one band, variants as ticks, a density where there are too many.

Colours come from the file (itemRgb) where it has any; else the track's colour, lighter where a score is low.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import to_hex

from renderer.assays.states import printed_name
from renderer.figure.lettering import POINTS, font_families, text_width
from renderer.figure.rows.base import (
    MOST_ITEMS,
    MOST_LANES,
    Box,
    Row,
    box,
    chevrons,
    density_row,
    keep_descenders,
    message_row,
    pack,
)
from renderer.figure.style import Theme, contrast, parse_color
from renderer.values.layout import NOTHING_HERE
from renderer.values.region import Region
from renderer.window.intervals import Interval

MOST_NAMES = 40
"""More names than this in a row are clutter."""

NAMED_LANES = 4
"""Names may not push a row to more lanes than this; they are left out first."""

TILED_COVER = 0.6
"""A tiling covers at least this share of the window ..."""

TILED_COUNT = 4
"""... with at least this many boxes ..."""

TILED_OVERLAP = 0.02
"""... that overlap their neighbours by at most this share of what they cover: files disagree by a base or two."""

PALEST = 0.3
"""Weight of the colour of an item with score 0: still seen on white."""

FULL_SCORE = 1000
"""BED scores run from 0 to this."""

ARROW_PX = 24
"""A box this wide has room for a strand arrow."""

SUMMIT_PX = 4
"""A box this wide shows where its summit is; in a narrower one the tick would hide the box."""

SPAN_PX = 3
"""Variants shorter than this are ticks; where one is longer, as structural variants are, all are boxes."""

APART_PX = 4
"""Boxes of one colour that touch are drawn a pixel apart where the first is at least this wide: five domains side by
side are not one bar."""

MOST_STATES = 25
"""More colours than this are no legend: a file may colour by score."""

_SERIAL = re.compile(
    r"^$|^\.$|^\d+$|(?:peak|region|interval|item|feature|domain|tad|loop)s?[\W_]?\d+[a-z]?$", re.IGNORECASE
)


@dataclass(frozen=True)
class _Frame:
    """The window in pixels, and the look of one row. `across`: pixels of the window, where the picture has fewer than
    the theme: what takes a pixel must not fall between two."""

    region: Region
    theme: Theme
    color: str
    across: float | None = None

    @property
    def pixel(self) -> float:
        """Base pairs of one pixel."""
        return self.region.span / (self.across or self.theme.plot_width)

    @property
    def font_px(self) -> float:
        return self.theme.font_px - 2

    def visible(self, item: Interval) -> tuple[float, float]:
        """The item's part of the window, at least one pixel: a 200 bp peak in a 5 Mb window must still be seen."""
        start, end = max(item.start, self.region.start), min(item.end, self.region.end)
        return start, max(end, start + self.pixel)


def interval_row(
    track: int,
    label: str,
    items: Sequence[Interval],
    region: Region,
    color: str,
    theme: Theme,
    format: str = "bed",
    dense: bool = False,
) -> Row:
    """Boxes in as many lanes as overlaps need. `dense` squeezes them into one lane without names."""
    if not items:
        return message_row(track, label, NOTHING_HERE, theme)
    frame = _Frame(region, theme, color)
    tiled = is_tiled(items, region)
    if len(items) > MOST_ITEMS and not tiled and not any(item.color for item in items):
        return density_row(track, label, [(i.start, i.end) for i in items], region, color, theme, "items")
    if format == "vcf" and all(item.end - item.start < SPAN_PX * frame.pixel for item in items):
        return Row(track, label, theme.row_height, partial(_paint_ticks, items=items, frame=frame), color=color)
    shown = _thin_out(items, frame)
    if tiled or dense:
        paint = partial(_paint, items=shown, lanes=[0] * len(shown), depth=1, names=(), frame=frame)
        legend = _legend(items, frame) if tiled else ()
        row = Row(track, label, theme.row_height + 1, paint, color=color, legend=legend, states=legend)
    else:
        row = _lane_row(track, label, shown, frame)
    hidden = len(items) - len(shown)
    notes = [f"{hidden:,} of {len(items):,} items narrower than a pixel are not drawn" if hidden else None, row.note]
    return replace(row, note="; ".join(filter(None, notes)) or None)


def _thin_out(items: Sequence[Interval], frame: _Frame) -> Sequence[Interval]:
    """Of a crowd of items narrower than a pixel, the longest that starts in each pixel: the others would be hidden by
    it, and take most of the time."""
    if len(items) <= MOST_ITEMS:
        return items
    longest: dict[int, Interval] = {}
    for item in items:
        place = int((item.start - frame.region.start) / frame.pixel)
        if item.end - item.start < frame.pixel and (
            place not in longest or item.end - item.start > longest[place].end - longest[place].start
        ):
            longest[place] = item
    kept = set(map(id, longest.values()))
    return [item for item in items if item.end - item.start >= frame.pixel or id(item) in kept]


def _lane_row(track: int, label: str, items: Sequence[Interval], frame: _Frame) -> Row:
    names = _names(items)
    lanes = pack([_extent(i, n, frame) for i, n in zip(items, names, strict=True)], gap=0)
    if any(names) and max(lanes) >= NAMED_LANES:
        names = [""] * len(items)
        lanes = pack([_extent(i, "", frame) for i in items], gap=0)
    depth = min(max(lanes) + 1, MOST_LANES)
    dropped = sum(lane >= depth for lane in lanes)
    note = f"{dropped:,} more items overlap here and are not drawn" if dropped else None
    lane_px = frame.theme.row_height - 2 if any(names) else round(0.75 * frame.theme.row_height)
    height = max(frame.theme.row_height + 1, depth * lane_px)
    paint = partial(_paint, items=items, lanes=lanes, depth=depth, names=names, frame=frame)
    return Row(track, label, height, paint, note=note, color=frame.color)


def is_tiled(items: Sequence[Interval], region: Region) -> bool:
    """Whether the items lie side by side over most of the window, as chromatin states do."""
    if len(items) < TILED_COUNT:
        return False
    end, covered, doubled = region.start, 0, 0
    for item in sorted(items, key=lambda item: (item.start, item.end)):
        start, last = max(item.start, region.start), min(item.end, region.end)
        covered += max(0, last - max(start, end))
        doubled += max(0, min(last, end) - start)
        end = max(end, last)
    return covered >= TILED_COVER * region.span and doubled <= TILED_OVERLAP * covered


def _legend(items: Sequence[Interval], frame: _Frame) -> tuple[tuple[str, str], ...]:
    """Colour and name of the states in view, the most of the window first. Numbered states of one colour share its
    place: '4_Strong_Enhancer' and '5_Strong_Enhancer' are 'Strong Enhancer'."""
    share: dict[str, float] = {}
    names: dict[str, dict[str, None]] = {}
    for item in items:
        name = printed_name(item.name)
        if item.color and name not in ("", "."):
            start, end = frame.visible(item)
            share[item.color] = share.get(item.color, 0) + end - start
            names.setdefault(item.color, {})[name] = None
    listed = sorted(share, key=lambda color: -share[color])
    return tuple((color, ", ".join(names[color])) for color in listed) if len(listed) <= MOST_STATES else ()


def _names(items: Sequence[Interval]) -> list[str]:
    """The names worth writing: not serial numbers, not too many, not one name over and over."""
    names = [item.name for item in items]
    serial = sum(bool(_SERIAL.search(name)) for name in names)
    if len(items) > MOST_NAMES or serial > len(items) / 2 or (len(items) > 2 and len(set(names)) == 1):
        return [""] * len(items)
    return ["" if _SERIAL.search(name) else name for name in names]


def _extent(item: Interval, name: str, frame: _Frame) -> tuple[float, float]:
    """What a box with its name takes up. One pixel less without a name: files disagree by a base."""
    start, end = frame.visible(item)
    if not name:
        return start, max(start, end - frame.pixel)
    width = (text_width(name, frame.font_px) + 6) * frame.pixel
    return (start, end + width + 4 * frame.pixel) if end + width <= frame.region.end else (start - width, end)


def _paint(
    ax: Axes, items: Sequence[Interval], lanes: Sequence[int], depth: int, names: Sequence[str], frame: _Frame
) -> None:
    frame = replace(frame, across=min(frame.theme.plot_width, ax.bbox.width))
    shown = [(item, lane) for item, lane in zip(items, lanes, strict=True) if lane < depth]
    colors = _colors([item for item, _ in shown], frame.color)
    ends = _drawn_ends(shown, colors, frame)
    bodies = [_body(item, lane, frame, end) for (item, lane), end in zip(shown, ends, strict=True)]
    boxes = [part for body in bodies for part in body]
    fills = [color for body, color in zip(bodies, colors, strict=True) for _ in body]
    ax.add_collection(PolyCollection(boxes, facecolors=fills, linewidths=0))
    lines = [
        mark for (item, lane), color in zip(shown, colors, strict=True) for mark in _marks(item, lane, color, frame)
    ]
    if lines:
        ax.add_collection(
            LineCollection([line for line, _ in lines], colors=[color for _, color in lines], linewidths=0.9, zorder=3)
        )
    for (item, lane), name in zip(shown, names or [""] * len(shown), strict=False):
        if name:
            _write_name(ax, item, lane, name, frame)
    ax.set_ylim(depth, 0)


def _colors(items: Sequence[Interval], color: str) -> list[str]:
    """Each item's own colour; else the track's, lighter for a lower score where scores tell items apart."""
    scores = {item.score for item in items if item.score is not None}
    shaded = len(scores) > 1 and min(scores) >= 0 and max(scores) <= FULL_SCORE
    return [item.color or (_shade(color, item.score or 0.0) if shaded else color) for item in items]


def _shade(color: str, score: float) -> str:
    weight = PALEST + (1 - PALEST) * score / FULL_SCORE
    return str(to_hex([1 - weight * (1 - part) for part in parse_color(color)]))


def _drawn_ends(shown: Sequence[tuple[Interval, int]], colors: Sequence[str], frame: _Frame) -> list[float]:
    """Where each box ends: a pixel early where the next of its lane and colour begins there."""
    ends = [frame.visible(item)[1] for item, _ in shown]
    order = sorted(range(len(shown)), key=lambda at: (shown[at][1], shown[at][0].start))
    for one, other in pairwise(order):
        (item, lane), (following, other_lane) = shown[one], shown[other]
        wide = item.end - item.start >= APART_PX * frame.pixel and following.start < frame.region.end
        touching = lane == other_lane and colors[one] == colors[other]
        if wide and touching and abs(following.start - item.end) < frame.pixel:
            ends[one] = min(ends[one], following.start - frame.pixel)
    return ends


def _body(item: Interval, lane: int, frame: _Frame, end: float) -> list[Box]:
    """The box of an item up to `end`; its blocks, taller where thick, if it has any."""
    low, high = (lane + 0.12, lane + 0.88)
    start, _ = frame.visible(item)
    if len(item.blocks) < 2 and item.thick in (None, (item.start, item.end)):
        return [box(start, end, low, high)]
    boxes = []
    for first, last in item.blocks or ((start, end),):
        thick = item.thick or (item.start, item.end)
        tall = (max(first, thick[0]), min(last, thick[1]))
        boxes.append(box(first, max(last, first + frame.pixel), lane + 0.28, lane + 0.72))
        if tall[0] < tall[1]:
            boxes.append(box(tall[0], max(tall[1], tall[0] + frame.pixel), low, high))
    return boxes


def _marks(item: Interval, lane: int, color: str, frame: _Frame) -> list[tuple[Box, str]]:
    """What is drawn over a box: the line that joins its blocks, strand arrows, the summit."""
    start, end = frame.visible(item)
    middle = lane + 0.5
    marks: list[tuple[Box, str]] = []
    if len(item.blocks) > 1:
        marks.append(([(start, middle), (end, middle)], color))
    elif end - start >= ARROW_PX * frame.pixel:
        on_top = "#ffffff" if contrast(parse_color(color)) > 2.5 else frame.theme.text
        marks += [(line, on_top) for line in chevrons(start, end, item.strand, middle, frame.pixel)]
    if item.summit is not None and end - start >= SUMMIT_PX * frame.pixel:
        marks.append(([(item.summit + 0.5, lane + 0.02), (item.summit + 0.5, lane + 0.98)], frame.theme.text))
    return marks


def _write_name(ax: Axes, item: Interval, lane: int, name: str, frame: _Frame) -> None:
    start, end = frame.visible(item)
    width = (text_width(name, frame.font_px) + 6) * frame.pixel
    right = end + width <= frame.region.end
    written = ax.text(
        end + 4 * frame.pixel if right else start - 4 * frame.pixel,
        lane + 0.53,
        name,
        ha="left" if right else "right",
        va="center_baseline",
        fontsize=frame.font_px * POINTS,
        color=frame.theme.text,
        clip_on=True,
        parse_math=False,
        family=font_families(name),
    )
    keep_descenders(written, ax)


def _paint_ticks(ax: Axes, items: Sequence[Interval], frame: _Frame) -> None:
    """One line for each variant."""
    places = [sum(frame.visible(item)) / 2 for item in items]
    colors = [item.color or frame.color for item in items]
    ax.add_collection(LineCollection([[(x, 0.1), (x, 0.9)] for x in places], colors=colors, linewidths=0.9))
    ax.set_ylim(1, 0)
