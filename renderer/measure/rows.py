"""What a person can see in a row of intervals or links, as numbers: boxes and arcs one can tell apart, how full the
row is, and what states it names (chromatin states, TAD classes).

It knows no files and no pixels: features in, evidence out, whatever their order. Lengths are shares of the window; the
same labels train our model, check every claim, and feed `measured`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from renderer.assays.states import are_known
from renderer.measure.levels import merged
from renderer.values.evidence import Arc, IntervalEvidence, LinkEvidence, Span
from renderer.values.levels import START_REACH, STATE_REACH, Place
from renderer.values.region import Region
from renderer.window.intervals import Interval, Link

APART = 1 / 128
"""Boxes with a gap below this share of the window are one place to the eye (8 of 1000 pixels), and so are arcs with
both feet this close: it is the location bin in which a model answers."""

MOST_BOXES = 12
"""More boxes than this nobody points at one by one: the row is dense ..."""

DENSE_COUNT = 400
"""... and so is one of more intervals than this, however they clump: it is drawn as a density."""

TILED_COVERED = 0.8
"""Tiles cover at least this share of the window ..."""

TILED_COUNT = 4
"""... with at least this many boxes side by side ..."""

TILED_OVERLAP = 0.1
"""... that overlap by at most this share of their length: stacked transcripts are no tiles."""

MOST_ARCS = 12
"""More arcs than this nobody points at one by one: the row is dense."""

KEPT_ARCS = 100
"""Arcs that are kept in evidence, the widest: a record has room for no more."""

SLIVER = 1 / 1000
"""What reaches into the window by less than this share of it, and goes on beyond its edge, is not seen in it: the
neighbour of a domain that ends where the window begins."""

LONGEST_NAME = 80
"""Names are cut to this many characters: a BED name field may hold anything."""

MOST_NAMES = 30
"""A segmentation has at most this many states (Roadmap's largest model has 25); more names are no states."""

LEAST_SHARE = 0.005
"""Below half a per cent of a place a state is not told of."""


@dataclass(frozen=True)
class _Box:
    """An interval cut to the window, and `outer`, all of it."""

    start: int
    end: int
    name: str
    outer: tuple[int, int]

    @property
    def cut(self) -> tuple[int, int] | None:
        """All of it, if the window cuts it."""
        return None if (self.start, self.end) == self.outer else self.outer


def measure_intervals(items: Sequence[Interval], region: Region) -> IntervalEvidence:
    """Measure a row of intervals; those outside the window do not count, nor those of which
    only a SLIVER lies in it. An empty interval counts as one base.

    In a tiled row the spans are its tiles, neighbours of one name joined, that are wide enough to point at.
    """
    boxes = sorted(_boxes(items, region), key=lambda box: (box.start, box.end, box.name))
    if not boxes:
        return IntervalEvidence(0)
    whole = [box.outer for box in boxes]
    lengths: dict[str, Any] = {
        "median": round(float(np.median([end - start for start, end in whole]))),
        "longest": max(whole, key=lambda one: one[1] - one[0]),
    }
    merged = _merge(boxes, gap=0)
    covered = sum(span.end - span.start for span in merged) / region.span
    if _is_tiled(boxes, covered, region):
        return IntervalEvidence(len(boxes), "tiled", covered, _tiles(boxes, region), **lengths)
    spans = _merge(boxes, gap=APART * region.span)
    state: Literal["few", "dense"] = "dense" if len(spans) > MOST_BOXES or len(boxes) > DENSE_COUNT else "few"
    return IntervalEvidence(len(boxes), state, covered, tuple(spans), **lengths)


def _boxes(items: Sequence[Interval], region: Region) -> list[_Box]:
    boxes = []
    for item in items:
        end = max(item.end, item.start + 1)
        inside = min(end, region.end) - max(item.start, region.start)
        if inside > 0 and (inside >= SLIVER * region.span or inside == end - item.start):
            name = "" if item.name == "." else item.name[:LONGEST_NAME]
            boxes.append(_Box(max(item.start, region.start), min(end, region.end), name, (item.start, end)))
    return boxes


def _merge(boxes: Sequence[_Box], gap: float) -> list[Span]:
    """Spans of boxes (sorted by start) that overlap or lie closer than `gap`."""
    spans: list[Span] = []
    for box in boxes:
        last = spans[-1] if spans else None
        if last and (box.start <= last.end or box.start - last.end < gap):
            spans[-1] = Span(last.start, max(last.end, box.end), last.count + 1)
        else:
            spans.append(Span(box.start, box.end, 1, box.name, box.cut))
    return spans


def _is_tiled(boxes: Sequence[_Box], covered: float, region: Region) -> bool:
    total = sum(box.end - box.start for box in boxes)
    overlap = 1 - covered * region.span / total
    return len(boxes) >= TILED_COUNT and covered >= TILED_COVERED and overlap <= TILED_OVERLAP


def _tiles(boxes: Sequence[_Box], region: Region) -> tuple[Span, ...]:
    tiles: list[Span] = []
    for box in boxes:
        last = tiles[-1] if tiles else None
        if last and box.name and box.name == last.name and box.start <= last.end:
            tiles[-1] = replace(last, end=max(last.end, box.end), count=last.count + 1, outer=None)
        else:
            tiles.append(Span(box.start, box.end, 1, box.name, box.cut))
    return tuple(tile for tile in tiles if tile.end - tile.start >= APART * region.span)


def measure_links(links: Sequence[Link], region: Region) -> LinkEvidence:
    """Measure a row of links; one without an anchor in the window does not count. The left anchor comes first.

    Links whose feet (the middles of their anchors) lie together are drawn as one arc; beyond an edge of the window
    all places are one. An arc has the anchors of the link that scores highest.
    """
    arcs = sorted((arc for link in links if (arc := _arc(link, region))), key=_widest)
    groups = _together(arcs, region)
    seen = sorted((_one(group) for group in groups), key=_widest)
    state: Literal["none", "few", "dense"] = "none" if not seen else "few" if len(seen) <= MOST_ARCS else "dense"
    return LinkEvidence(len(arcs), state, tuple(seen[:KEPT_ARCS]))


def _arc(link: Link, region: Region) -> Arc | None:
    (start1, end1), (start2, end2) = sorted([(link.start1, link.end1), (link.start2, link.end2)])
    shown = [start < region.end and end > region.start for start, end in ((start1, end1), (start2, end2))]
    return Arc(start1, end1, start2, end2, link.score, all(shown)) if any(shown) else None


def _widest(arc: Arc) -> tuple[float, ...]:
    """A sort key that leaves nothing to the order of the file."""
    first, second = feet(arc)
    return (first - second, arc.start1, arc.end1, arc.start2, arc.end2, -arc.score)


def feet(arc: Arc) -> tuple[float, float]:
    """Where an arc stands: the middles of its anchors."""
    return (arc.start1 + arc.end1) / 2, (arc.start2 + arc.end2) / 2


def _together(arcs: Sequence[Arc], region: Region) -> list[list[Arc]]:
    """Arcs grouped by feet that lie together; each joins the first group whose first arc is near."""
    feet_seen = np.clip([feet(arc) for arc in arcs], region.start, region.end).reshape(-1, 2)
    leads = np.empty_like(feet_seen)
    groups: list[list[Arc]] = []
    for arc, places in zip(arcs, feet_seen, strict=True):
        apart = np.abs(leads[: len(groups)] - places).max(axis=1, initial=0.0)
        near = np.flatnonzero(apart < APART * region.span)
        if len(near):
            groups[near[0]].append(arc)
        else:
            leads[len(groups)] = places
            groups.append([arc])
    return groups


def _one(group: Sequence[Arc]) -> Arc:
    best = min(group, key=lambda arc: (-arc.score, *_widest(arc)))
    return replace(best, count=len(group))


# --- rows whose intervals name states


def are_states(intervals: Sequence[Interval]) -> bool:
    """Whether a row of intervals names states: a few names, most of them used again and again, or known as such."""
    names = {one.name for one in intervals if one.name not in ("", ".")}
    return 1 < len(names) <= MOST_NAMES and (len(intervals) >= 2 * len(names) or are_known(names))


def spans_by_name(intervals: Sequence[Interval]) -> dict[str, list[tuple[int, int]]]:
    """The stretches under each name, left to right, those that overlap as one."""
    by_name: dict[str, list[tuple[int, int]]] = {}
    for one in intervals:
        if one.name not in ("", "."):
            by_name.setdefault(one.name, []).append((one.start, one.end))
    return {name: merged(spans) for name, spans in by_name.items()}


def shares(
    joined: Mapping[str, list[tuple[int, int]]], places: Sequence[Place], region: Region
) -> tuple[Mapping[str, float], ...]:
    """For each place the share of its bases under each name (`spans_by_name`), the largest first; small ones left
    out. Of the start of a gene the bases within STATE_REACH of it count."""
    return tuple(_shares(joined, _near_base(place, region) if place.kind == "start" else place) for place in places)


def _near_base(start: Place, region: Region) -> Place:
    """What of the start of a gene lies within STATE_REACH of its first base; the window may cut it on one side."""
    first = start.start + START_REACH if start.start > region.start else start.end - START_REACH - 1
    low, high = max(start.start, first - STATE_REACH), min(start.end, first + STATE_REACH + 1)
    return replace(start, start=low, end=high) if low < high else start


def _shares(joined: Mapping[str, list[tuple[int, int]]], place: Place) -> dict[str, float]:
    length = max(1, place.end - place.start)
    held = {
        name: sum(max(0, min(end, place.end) - max(start, place.start)) for start, end in _near(spans, place)) / length
        for name, spans in joined.items()
    }
    kept = sorted((name for name in held if held[name] >= LEAST_SHARE), key=lambda name: (-held[name], name))
    return {name: float(f"{held[name]:.4g}") for name in kept}


def _near(spans: list[tuple[int, int]], place: Place) -> list[tuple[int, int]]:
    """Those of spans that lie apart, left to right, which may overlap the place."""
    first = bisect_right(spans, (place.start, place.start)) - 1
    return spans[max(0, first) : bisect_left(spans, (place.end, place.end))]
