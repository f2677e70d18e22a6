"""Signal of a window as drawn columns: the one array that is drawn, measured and read.

Reads prepared bigWig files only. A column is the mean over its bases, NaN where none has a value. In a signal that is
counted from reads a base without a value has none, and counts as 0: else two reads in a gap were drawn, and measured,
above a peak. Elsewhere, and where data are dense but for masked bases, only bases with a value count.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyBigWig

from renderer.values.errors import FormatError
from renderer.values.region import Region, match_chrom
from renderer.window.gaps import Gap, gaps_of, is_dense

Columns = npt.NDArray[np.float64]

COLUMNS = 1000
"""Columns of a window, however wide the figure: what is measured must not hang on how it is printed. As many as a
figure of the usual width has pixels."""

EXACT_SPAN = 5_000_000
"""Up to this many bp every base is read (20 MB), exact and faster than the file's own summaries, which wider
windows need."""


SUMMARIES = 1_000
"""Parts of a stretch whose summaries are asked for whether there is a value."""

STEPS = 400_000
"""Steps of a window that numbers are taken from: single bases up to 400 kb, 13 of them at EXACT_SPAN."""


@dataclass(frozen=True)
class Steps:
    """The window in equal steps of `step` bases, finer than anything drawn: what numbers in captions come from.

    `sums` of the values of each step, `counts` of the bases that have one, `extremes` the value farthest from 0 (0
    where there is none); each of shape (n,). File units. `gaps` are the stretches without data, which are no zeros;
    `dense`: nor is any other base without a value.
    """

    start: int
    step: float
    sums: Columns
    counts: Columns
    extremes: Columns
    gaps: tuple[Gap, ...] = ()
    dense: bool = False

    def are_zero(self, counted: bool) -> bool:
        """Whether a base without a value counts as 0: in a signal that is `counted` from reads, if it is not dense."""
        return counted and not self.dense

    @cached_property
    def totals(self) -> tuple[Columns, Columns]:
        """`sums` and `counts` of all steps before each, and of all; each of shape (n + 1,)."""
        before = np.zeros(len(self.sums) + 1), np.zeros(len(self.sums) + 1)
        np.cumsum(self.sums, out=before[0][1:])
        np.cumsum(self.counts, out=before[1][1:])
        return before

    @property
    def means(self) -> Columns:
        """The mean of each step over the bases with a value, NaN where there is none."""
        result: Columns = np.where(self.counts > 0, self.sums / np.maximum(self.counts, 1e-9), np.nan)
        return result

    def means_over(self, gaps_are_zero: bool) -> Columns:
        """The same, or over all bases of a step that has any value."""
        if not self.are_zero(gaps_are_zero):
            return self.means
        result: Columns = np.where(self.counts > 0, self.sums / self.step, np.nan)
        return result

    @classmethod
    def of_means(cls, means: Columns, start: int, step: float) -> Steps:
        """Steps of which only the means are known (NaN: no value)."""
        known = np.nan_to_num(means)
        return cls(start, step, known * step, np.isfinite(means) * step, known)

    def turned(self) -> Steps:
        """The same with the other sign."""
        return replace(self, sums=-self.sums, extremes=-self.extremes)


@dataclass(frozen=True)
class Window:
    """A window of one file: `columns` as they are drawn, and `steps` for numbers."""

    columns: Columns
    steps: Steps


def read_columns(path: Path, region: Region, columns: int) -> Columns:
    """Mean signal of `region` in `columns` equal bins, shape (columns,), NaN where there is no data.

    A chromosome the file does not have gives NaN throughout: the other tracks of the scene may well have it.
    """
    return read_window(path, region, columns).columns


def read_window(
    path: Path, region: Region, columns: int, gaps_are_zero: bool = False, *, blocks: bool = False
) -> Window:
    """The window of a prepared bigWig, read once. See `read_columns`.

    `gaps_are_zero`: a base without a value counts as 0 in a column that has any. `blocks`: as in transcripts there is
    nothing between blocks of values, which is not no data.
    """
    try:
        with pyBigWig.open(str(path)) as bigwig:
            return _read(bigwig, region, columns, gaps_are_zero, blocks)
    except RuntimeError as exc:  # pyBigWig's one error for anything it cannot read
        raise FormatError(
            path.name, f"the signal of {region} cannot be read ({exc})", "Upload the file again."
        ) from exc


def chrom_end(path: Path, chrom: str) -> int | None:
    """Length of the chromosome in a prepared bigWig, None if it has none of that name."""
    with pyBigWig.open(str(path)) as bigwig:
        sizes: dict[str, int] = bigwig.chroms()
    found = match_chrom(chrom, sizes)
    return None if found is None else sizes[found]


def _read(bigwig: pyBigWig.pyBigWig, region: Region, columns: int, gaps_are_zero: bool, blocks: bool) -> Window:
    sizes: dict[str, int] = bigwig.chroms()
    chrom = match_chrom(region.chrom, sizes)
    result = np.full(columns, np.nan)
    if chrom is None or region.start >= sizes[chrom]:
        return Window(result, Steps.of_means(result, region.start, region.span / columns))
    edges = np.linspace(region.start, region.end, columns + 1)
    inside = int(np.searchsorted(edges[1:], sizes[chrom], side="right"))
    end = min(region.end, sizes[chrom])
    if region.span > EXACT_SPAN:
        if inside:
            last = end if inside == columns else int(edges[inside])
            result[:inside] = _stats(bigwig, Region(chrom, region.start, last), inside, "mean")
            if gaps_are_zero:
                result[:inside] *= _stats(bigwig, Region(chrom, region.start, last), inside, "coverage")
        steps = Steps.of_means(result, region.start, region.span / columns)
        return Window(result, steps if blocks else _with_gaps(steps, bigwig, chrom, region))
    values = bigwig.values(chrom, region.start, end, numpy=True)
    if not len(values):  # pyBigWig's answer for a file without any value
        return Window(result, Steps.of_means(result, region.start, region.span / columns))
    steps = _steps(values, region.start)
    steps = steps if blocks else _with_gaps(steps, bigwig, chrom, region)
    if region.span <= columns:  # fewer bases than columns: every base is drawn several columns wide
        base = np.clip((edges[:inside] - region.start).astype(int), 0, len(values) - 1)
        result[:inside] = values[base]
    elif inside:
        last = len(values) if inside == columns else int(edges[inside]) - region.start
        result[:inside] = _bin_means(values[:last], inside, steps.are_zero(gaps_are_zero))
    return Window(result, steps)


def _with_gaps(steps: Steps, bigwig: pyBigWig.pyBigWig, chrom: str, region: Region) -> Steps:
    """The steps with the stretches that the file has no data for."""
    known = steps.counts > 0
    if known.all() or not known.any():
        return steps
    before = known[0] or _has_data(bigwig, chrom, 0, region.start)
    after = known[-1] or _has_data(bigwig, chrom, region.end, bigwig.chroms(chrom))
    gaps = gaps_of(known, steps.start, steps.step, before=before, after=after)
    return replace(steps, gaps=gaps, dense=is_dense(known, steps.step))


def _has_data(bigwig: pyBigWig.pyBigWig, chrom: str, start: int, end: int) -> bool:
    """Whether the file has any value in [start, end): where its own summaries, which reach past what they sum, say so,
    by the values themselves."""
    if start >= end:
        return False
    edges = np.linspace(start, end, min(SUMMARIES, end - start) + 1).astype(int)
    covered = bigwig.stats(chrom, start, end, nBins=len(edges) - 1, type="coverage")
    parts = (part for part, share in zip(itertools.pairwise(edges.tolist()), covered, strict=True) if share)
    return any(bigwig.intervals(chrom, *part) for part in parts)


def _stats(bigwig: pyBigWig.pyBigWig, region: Region, bins: int, kind: str) -> Columns:
    """The file's own summaries of equal bins, NaN where there is nothing."""
    return np.array(bigwig.stats(region.chrom, region.start, region.end, nBins=bins, type=kind), dtype=float)


def _steps(values: npt.NDArray[np.float32], start: int) -> Steps:
    size = -(-len(values) // STEPS)
    known = np.isfinite(values)
    clean = np.where(known, values, np.float32(0))
    if size == 1:
        return Steps(start, 1.0, clean.astype(np.float64), known.astype(np.float64), clean.astype(np.float64))
    firsts = np.arange(0, len(values), size)
    sums = np.add.reduceat(clean, firsts, dtype=np.float64)
    counts = np.add.reduceat(known, firsts, dtype=np.float64)
    top, bottom = np.maximum.reduceat(clean, firsts), np.minimum.reduceat(clean, firsts)
    extremes = np.where(-bottom > top, bottom, top).astype(np.float64)
    return Steps(start, float(size), sums, counts, extremes)


def _bin_means(values: npt.NDArray[np.float32], bins: int, gaps_are_zero: bool) -> Columns:
    """Means of equal bins, over the finite values, or with 0 for others; NaN where a bin has none."""
    starts = np.linspace(0, len(values), bins + 1)[:-1].astype(int)
    known = np.isfinite(values)
    counts = np.add.reduceat(known, starts, dtype=float)
    sums = np.add.reduceat(np.where(known, values, 0.0), starts, dtype=float)
    with np.errstate(invalid="ignore"):
        bases = np.diff(np.append(starts, len(values))) if gaps_are_zero else np.maximum(counts, 1)
        means: Columns = np.where(counts > 0, sums / bases, np.nan)
    return means


def value_range(columns: list[Columns]) -> tuple[float, float]:
    """The autoscaled (bottom, top) of tracks that share a scale: always includes 0, and is never empty."""
    finite = np.concatenate([c[np.isfinite(c)] for c in columns]) if columns else np.array([])
    if not finite.size:
        return 0.0, 1.0
    low, high = min(0.0, float(finite.min())), max(0.0, float(finite.max()))
    return (low, high) if high > low else (0.0, 1.0)
