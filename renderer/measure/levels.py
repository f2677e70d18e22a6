"""Signals over places, base by base: what numbers in captions and comparisons between samples are made from.

Columns of a figure are too coarse for a fold or an exon; here every base of the window counts once. Arrays and places
in, numbers out: no file is opened and nothing is judged.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from renderer.values.evidence import Gene
from renderer.values.levels import START_REACH, Level, Place
from renderer.values.region import Region
from renderer.window.signal import Steps

LEAST_MEASURED = 0.5
"""A place of which less than this share was measured, and nothing found, is not known to hold nothing."""

DIGITS = 6
"""Significant digits that are kept: more than any file's values bear out."""


class Windowed:
    """One signal over a window, ready to be asked for any stretch of it.

    `gaps_are_zero`: the signal is counted from reads, so a base without a value has none; but for stretches that the
    file has no data for, and any such base in dense data, of which nothing is known.
    """

    def __init__(self, steps: Steps, gaps_are_zero: bool) -> None:
        self.steps, self.gaps_are_zero = steps, steps.are_zero(gaps_are_zero)
        self._sums, self._counts = steps.totals
        self._known = steps.counts > 0
        self._measured = _bases_measured(steps) if self.gaps_are_zero else self._counts

    def over(self, start: int, end: int) -> Level | None:
        """The level over [start, end), cut to the window; None outside it, or where nothing at all is known."""
        first, last = self._at(start), self._at(end, up=True)
        if last <= first:
            return None
        known = float(self._counts[last] - self._counts[first])
        bases = (last - first) * self.steps.step
        measured = float(self._measured[last] - self._measured[first])
        if not known:
            return Level(0.0, 0.0, None, 0.0) if self.gaps_are_zero and measured >= LEAST_MEASURED * bases else None
        mean = float(self._sums[last] - self._sums[first]) / max(measured, known)
        inside = self.steps.extremes[first:last]
        outward = -inside if mean < 0 else inside
        at = int(np.where(self._known[first:last], outward, -np.inf).argmax())
        summit = self.steps.start + int((first + at) * self.steps.step + self.steps.step / 2)
        return Level(_rounded(mean), _rounded(float(inside[at])), summit, _rounded(min(1.0, known / bases)))

    def highest(self, start: int, end: int, width: int = 1) -> float:
        """The highest mean of `width` bases that touch [start, end), or what comes near it: whole steps, and no more
        than the window has. Single steps count by their highest base. 0 where nothing is known."""
        steps = self.steps
        size = min(max(1, round(width / steps.step)), len(steps.sums))
        first, last = max(0, self._at(start) - size + 1), self._at(end, up=True)
        if size == 1:
            return float(np.where(self._known[first:last], steps.extremes[first:last], 0.0).max(initial=0.0))
        last = min(last, len(steps.sums) - size + 1)
        sums = self._sums[first + size : last + size] - self._sums[first:last]
        bases = np.maximum(self._counts[first + size : last + size] - self._counts[first:last], 1e-9)
        means = sums / (size * steps.step if self.gaps_are_zero else bases)
        return float(means.max(initial=0.0))

    def means(self, parts: int) -> npt.NDArray[np.float64]:
        """The means of so many equal parts of the window, NaN where nothing is known; shape (parts,)."""
        edges = np.linspace(0, len(self.steps.sums), parts + 1).astype(int)
        sums, known = (np.diff(totals[edges]) for totals in (self._sums, self._counts))
        if self.gaps_are_zero:
            known = np.diff(self._measured[edges])
        result: npt.NDArray[np.float64] = np.where(known > 0, sums / np.maximum(known, 1e-9), np.nan)
        return result

    def _at(self, position: int, up: bool = False) -> int:
        at = (position - self.steps.start) / self.steps.step
        return min(max(math.ceil(at) if up else math.floor(at), 0), len(self.steps.sums))


def _bases_measured(steps: Steps) -> npt.NDArray[np.float64]:
    """The bases before each step, and of all, that lie in no gap of the file; shape (n + 1,)."""
    bases = np.full(len(steps.sums), steps.step)
    for start, end in steps.gaps:
        first, last = (round((at - steps.start) / steps.step) for at in (start, end))
        bases[max(0, first) : last] = 0.0
    return np.concatenate([[0.0], np.cumsum(bases)])


def levels(signal: Windowed, places: Sequence[Place]) -> tuple[Level | None, ...]:
    """The level of one signal over each of `places`."""
    return tuple(signal.over(place.start, place.end) for place in places)


def places_of(region: Region, genes: Iterable[Gene], spans: Iterable[tuple[int, int]] = ()) -> tuple[Place, ...]:
    """What is worth measuring in a window: itself; of each gene its own start, body and exons, as far as they are in
    view; and the stretches that stand out in some track, overlapping ones as one."""
    found = [Place("window", region.start, region.end)]
    for gene in genes:
        found += _places_of_gene(gene, region)
    found += [Place("span", start, end) for start, end in merged(spans)]
    return tuple(found)


def _places_of_gene(gene: Gene, region: Region) -> list[Place]:
    found = []
    first = gene.first_base
    if region.start <= first < region.end and gene.strand in ("+", "-"):
        start, end = max(first - START_REACH, region.start), min(first + START_REACH + 1, region.end)
        found.append(Place("start", start, end, gene.name, gene.strand, coding=gene.coding))
    start, end = max(gene.start, region.start), min(gene.end, region.end)
    if start < end:
        found.append(Place("body", start, end, gene.name, gene.strand, coding=gene.coding))
    numbered = list(enumerate(gene.exons if gene.strand != "-" else gene.exons[::-1], 1))
    for number, (left, right) in numbered if len(numbered) > 1 else ():
        if left >= region.start and right <= region.end:
            found.append(Place("exon", left, right, gene.name, gene.strand, number, gene.coding))
    return found


def merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Intervals left to right, those that overlap as one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")
