"""Rows of states read by the printed legend: which state each column of the picture is in, and what stands where.

A colour that the legend does not name, or a column that is none of its colours, tells nothing. Genes come from the
annotation: of their starts and bodies it is said what state takes most of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from renderer.values.evidence import Gene
from renderer.values.levels import START_REACH, STATE_REACH
from renderer.values.region import Region
from renderer.values.track import Track
from vlm.claims.ground import is_known, visible
from vlm.reader.ink.picture import Floats, Picture
from vlm.values.claim import Claim

SURE = 0.97
"""How often a state that is said holds: measured (NOTES.md)."""

SAME = 4
"""A pixel has a colour of the legend if no channel differs by more."""

BODY = (0.2, 0.32)
"""Where a tile is looked at, as shares of the row's height: above strand arrows, below its upper edge."""

KNOWN = 0.8
"""Share of a place whose columns must be of a colour that is named."""

MUCH, MOST = 0.35, 0.55
"""Least share of a place that is in the state it is said to be in, and of a gene or a window: a little more than asked
for."""

LEAST, ALONE, ONLY = 0.9, 3.0, 0.99
"""Columns of a place of which a state is told. Where they are fewer than the second number, all must be of one state:
in a column that holds many tiles the longest hides the others."""

MOST_STARTS, MOST_BODIES, LONG = 3, 2, 0.15
"""Starts of genes and genes that are told of, and the share of the window from which a gene is."""

APART, COMMON, MOST_DIFFER = 0.6, 0.2, 2
"""Share of a gene in other states from which two rows differ there; share of their names that rows of one segmentation
have in common; genes that are told of."""


@dataclass(frozen=True)
class States:
    """The names of states, and for each column of a row which of them it is in, -1 where that is not known."""

    track: int
    region: Region
    names: tuple[str, ...]
    columns: npt.NDArray[np.int64]

    def over(self, start: int, end: int) -> Floats | None:
        """The share of each state of the bases [start, end); None where too little is known. Columns count for as
        much as lies in it."""
        scale = len(self.columns) / self.region.span
        left, right = (at - self.region.start for at in (start, end))
        at = np.arange(len(self.columns))
        weights = np.clip(np.minimum(at + 1, right * scale) - np.maximum(at, left * scale), 0, None)
        total = weights.sum()
        known = self.columns >= 0
        if total < LEAST or weights[known].sum() < KNOWN * total:
            return None
        held: Floats = np.bincount(self.columns[known], weights[known], len(self.names)) / total
        return held if total >= ALONE or held.max() >= ONLY else None

    def touched(self, start: int, end: int) -> set[int]:
        """The states of all columns that the bases [start, end) touch."""
        scale = len(self.columns) / self.region.span
        left, right = ((at - self.region.start) * scale for at in (start, end))
        return {int(one) for one in self.columns[max(0, math.floor(left)) : math.ceil(right)]}


def read_columns(picture: Picture, track: int, region: Region) -> States | None:
    """The states of a row that has a legend; None of another."""
    legend, height = picture.box.legend, len(picture.pixels)
    if not legend or picture.box.vmin is not None or picture.box.message is not None:
        return None
    colors = np.array([_rgb(color) for color, _ in legend])
    top, bottom = (int(share * height) for share in BODY)
    tile = np.median(picture.pixels[top : max(bottom, top + 1)], axis=0)
    off = np.abs(tile[:, None, :] - colors[None]).max(axis=2)
    nearest = off.argmin(axis=1)
    columns = np.where(off.min(axis=1) <= SAME, nearest, -1)
    return States(track, region, tuple(name for _, name in legend), columns)


def _rgb(color: str) -> tuple[int, ...]:
    return tuple(int(color[at : at + 2], 16) for at in (1, 3, 5))


def say_states(states: States, genes: Sequence[Gene], raised: Sequence[Claim]) -> Iterator[Claim]:
    """The state of the window, if one takes much of it, of starts of genes, those with one of the `raised` places at
    them first, and of long genes that lie in one."""
    region = states.region
    yield from _said(states, region.start, region.end, MOST)
    known = sorted((gene for gene in genes if is_known(gene.name, gene.coding)), key=lambda gene: gene.start - gene.end)
    firsts = [gene.first_base for gene in known if region.start <= gene.first_base < region.end]
    near = {first: _start(first, region) for first in firsts}
    firsts.sort(key=lambda at: not any(one.start < near[at][1] and near[at][0] < one.end for one in raised))
    told = (_said_at_start(states, first) for first in dict.fromkeys(firsts))
    yield from [claim for claims in told for claim in claims][:MOST_STARTS]
    bodies = (visible(gene, region) for gene in known)
    long = [one for one in dict.fromkeys(bodies) if one[1] - one[0] >= LONG * region.span]
    yield from [claim for place in long for claim in _said(states, *place, MOST)][:MOST_BODIES]


def _start(first: int, region: Region) -> tuple[int, int]:
    return max(first - START_REACH, region.start), min(first + START_REACH + 1, region.end)


def _said_at_start(states: States, first: int) -> Iterator[Claim]:
    """The state of the start of a gene, if all columns at its first base have it, and much of what is near."""
    start, end = _start(first, states.region)
    held, here = states.over(start, end), states.touched(first - STATE_REACH, first + STATE_REACH + 1)
    if held is not None and len(here) == 1 and min(here) >= 0 and held[min(here)] >= MUCH:
        yield Claim("state_at", (states.track,), start, end, states.names[min(here)], confidence=SURE)


def _said(states: States, start: int, end: int, least: float) -> Iterator[Claim]:
    """The state that takes most of a place, if that is at least so much of it."""
    held = states.over(start, end)
    if held is not None and held.max(initial=0.0) >= least:
        yield Claim("state_at", (states.track,), start, end, states.names[int(held.argmax())], confidence=SURE)


def say_differing(rows: Sequence[States], tracks: Sequence[Track], genes: Sequence[Gene]) -> Iterator[Claim]:
    """Where two rows of one segmentation and of two samples give genes other states."""
    samples = {track.number: track.sample for track in tracks}
    for one, other in combinations(rows, 2):
        both, every = {*one.names} & {*other.names}, {*one.names} | {*other.names}
        if samples[one.track] == samples[other.track] or len(both) < COMMON * len(every):
            continue
        bodies = {visible(gene, one.region) for gene in genes if is_known(gene.name, gene.coding)}
        apart = {place: _apart(one, other, *place) for place in bodies if place[0] < place[1]}
        ranked = sorted(
            (place for place in apart if apart[place] >= APART),
            key=lambda place: -apart[place] * (place[1] - place[0]),
        )
        for start, end in _each_its_own(ranked)[:MOST_DIFFER]:
            yield Claim("state_differs", (one.track, other.track), start, end, confidence=SURE)


def _apart(one: States, other: States, start: int, end: int) -> float:
    """The share of a place whose states differ, as far as their colours tell."""
    first, second = one.over(start, end), other.over(start, end)
    if first is None or second is None:
        return 0.0
    names = {*one.names, *other.names}
    held = [dict(zip(row.names, shares, strict=True)) for row, shares in ((one, first), (other, second))]
    return float(sum(abs(held[0].get(name, 0.0) - held[1].get(name, 0.0)) for name in names)) / 2


def _each_its_own(ranked: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Places that do not overlap one before them."""
    kept: list[tuple[int, int]] = []
    for place in ranked:
        if all(place[1] <= one[0] or one[1] <= place[0] for one in kept):
            kept.append(place)
    return kept
