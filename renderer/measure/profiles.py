"""Whole profiles: how alike two signals run along a window, the two sides of a viewpoint of contacts, and how
polymerase runs along genes: where in them it steps up, and how far past their ends it goes on.

Signals in, numbers and places out: no file is opened and nothing is judged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
import numpy.typing as npt

from renderer.measure.levels import Windowed
from renderer.values.design import Design
from renderer.values.evidence import Gene, Peak
from renderer.values.levels import START_REACH, Beyond, Likeness, Place
from renderer.values.region import Region

BINS = 200
"""Profiles are compared in about so many bins of a round width."""

LEAST_BINS = 20
"""A correlation of fewer bins says nothing."""

CONTROLLED = ("control", "strand")
"""Contrasts whose sides are not expected to look alike."""

LEAST_SIDE = 0.05
"""A side of a viewpoint that takes less of the window than this is none."""

ROUND = (1, 2, 5)

LEAST_PART, PART_SHARE = 5_000, 0.2
"""A part of a gene has so many bases, and this share of it."""

STEP_FOLD = 2.0
"""Transcription steps up where it is this many times as dense behind a peak, or past an end, as before it."""

STRIDE, GOES_ON = 1_000, 0.25
"""Past the end of a gene a signal goes on while every further so many bases have this share of its mean ..."""

FARTHEST = 20_000
"""... and no farther than this (bp): polymerase is off by then."""


def likeness(signals: Mapping[int, Windowed], design: Design, region: Region) -> tuple[Likeness, ...]:
    """The correlation of the first tracks of any two conditions of a contrast; each pair once."""
    pairs = {
        (min(one.tracks[0], other.tracks[0]), max(one.tracks[0], other.tracks[0]))
        for contrast in design.contrasts
        if contrast.factor not in CONTROLLED
        for one, other in combinations(contrast.conditions, 2)
    }
    means = {number: _means(signals[number], region) for pair in pairs for number in pair if number in signals}
    found = (_likeness(one, other, means, region) for one, other in sorted(pairs) if {one, other} <= means.keys())
    return tuple(one for one in found if one is not None)


def bin_width(region: Region) -> int:
    """A round number of bases: 1, 2 or 5 times a power of ten, so that about BINS of them fill the window."""
    wanted = max(1.0, region.span / BINS)
    power = 10 ** int(np.floor(np.log10(wanted)))
    return int(max(times * power for times in ROUND if times * power <= wanted))


def _means(signal: Windowed, region: Region) -> npt.NDArray[np.float64]:
    width = bin_width(region)
    levels = (signal.over(start, start + width) for start in range(region.start, region.end - width + 1, width))
    return np.array([np.nan if one is None or not one.covered else one.mean for one in levels])


def _likeness(one: int, other: int, means: Mapping[int, npt.NDArray[np.float64]], region: Region) -> Likeness | None:
    first, second = means[one], means[other]
    known = np.isfinite(first) & np.isfinite(second)
    if known.sum() < LEAST_BINS or np.ptp(first[known]) == 0 or np.ptp(second[known]) == 0:
        return None
    r = float(np.corrcoef(first[known], second[known])[0, 1])
    return Likeness(one, other, round(r, 4), bin_width(region), int(known.sum()))


def sides_of(viewed: Sequence[Windowed], region: Region) -> tuple[Place, ...]:
    """Left and right of the viewpoint that these contact profiles share: their highest bin. Its own ground, the
    stretch of bins round it that lie above the mean of the window in any profile, is no side."""
    if not viewed:
        return ()
    width = bin_width(region)
    means = [np.nan_to_num(np.abs(_means(signal, region))) for signal in viewed]
    relative = np.max([one / max(float(one.mean()), 1e-12) for one in means], axis=0)
    peak = left = right = int(np.argmax(relative))
    while left > 0 and relative[left - 1] >= 1:
        left -= 1
    while right + 1 < len(relative) and relative[right + 1] >= 1:
        right += 1
    ends = (region.start, region.start + left * width), (region.start + (right + 1) * width, region.end)
    sides = [
        Place("side", start, end, name)
        for name, (start, end) in zip(("left", "right"), ends, strict=True)
        if end - start >= LEAST_SIDE * region.span
    ]
    return tuple(sides) if relative[peak] > 1 else ()


def parts_of(signal: Windowed, peaks: Sequence[Peak], own: Sequence[Gene], region: Region) -> tuple[Place, ...]:
    """Where nascent RNA of one strand steps up inside genes of that strand (`own`) whose starts are in view: the parts
    of the gene before and after its highest peak there, which is higher than any at its start. START_REACH is left out
    beside both."""
    found: list[Place] = []
    for gene in own:
        first, (start, end) = gene.first_base, (max(gene.start, region.start), min(gene.end, region.end))
        least = max(LEAST_PART, round(PART_SHARE * (end - start)))
        inside = [one for one in peaks if one.salient and start + least <= one.at < end - least]
        at_start = signal.over(first - START_REACH, first + START_REACH + 1) if start <= first < end else None
        if not inside or at_start is None:
            continue
        best = max(inside, key=_height)
        parts = _parted(gene, best.at, start, end)
        levels = [signal.over(one.start, one.end) for one in parts]
        before, after = (abs(one.mean) if one else 0.0 for one in levels)
        if all(levels) and after >= STEP_FOLD * before and after > 0 and _height(best) > abs(at_start.maximum):
            found += parts
    return tuple(found)


def _height(peak: Peak) -> float:
    """Its highest base; where that is not known its highest column."""
    return abs(peak.value if peak.top is None else peak.top)


def _parted(gene: Gene, at: int, start: int, end: int) -> tuple[Place, Place]:
    """The parts of a gene before and after a place in it, in the direction of transcription."""
    left = Place("upstream", start, at - START_REACH, gene.name, gene.strand, coding=gene.coding)
    right = Place("downstream", at + START_REACH, end, gene.name, gene.strand, coding=gene.coding)
    if gene.strand != "-":
        return replace(left, start=start + START_REACH), right
    return replace(right, kind="upstream", end=end - START_REACH), replace(left, kind="downstream")


def beyond_ends(signal: Windowed, own: Sequence[Gene], region: Region) -> tuple[Beyond, ...]:
    """How far nascent RNA of one strand goes on past the ends of genes of that strand (`own`) that have at least as
    much of it as the window on average; none of a gene whose end another of them covers."""
    whole, found = signal.over(region.start, region.end), list[Beyond]()
    if whole is None:
        return ()
    for gene in own:
        forward = gene.strand != "-"
        end = gene.end if forward else gene.start
        covered = any(one is not gene and one.start < end + forward and end - (not forward) < one.end for one in own)
        inner = (gene.start + START_REACH, end) if forward else (end, gene.end - START_REACH)
        body = signal.over(*inner) if inner[0] < inner[1] and region.start < end < region.end else None
        if covered or body is None or not body.mean or abs(body.mean) < abs(whole.mean):
            continue
        ahead = [one.start - end for one in own if one.start >= end] if forward else []
        ahead += [end - one.end for one in own if one.end <= end] if not forward else []
        room = min(ahead, default=FARTHEST), region.end - end if forward else end - region.start, FARTHEST
        reach, mean, stepped = _reach(signal, end, forward, min(room), abs(body.mean))
        cut = stepped or reach + STRIDE > min(room) < FARTHEST
        found.append(Beyond(gene.name, gene.strand, end, reach, mean, abs(body.mean), cut))
    return tuple(found)


def _reach(signal: Windowed, end: int, forward: bool, room: int, body: float) -> tuple[int, float, bool]:
    """How far past an end, in whole strides within `room`, a gene's own signal of this mean goes on; its mean there;
    and whether it steps up again. All of it has no higher mean than the gene: what is denser began elsewhere."""

    def mean(near: int, far: int) -> float | None:
        level = signal.over(end + near, end + far) if forward else signal.over(end - far, end - near)
        return None if level is None else abs(level.mean)

    reach, before, stepped = 0, body, False
    while reach + STRIDE <= room:
        here = mean(reach, reach + STRIDE)
        stepped = here is not None and here >= STEP_FOLD * before
        if here is None or here < GOES_ON * body or stepped:
            break
        reach += STRIDE
        before = mean(0, reach) or 0.0
    while reach and (mean(0, reach) or 0.0) > body:
        reach, stepped = reach - STRIDE, True
    return reach, (mean(0, reach) or 0.0) if reach else 0.0, stepped
