"""Signal of a window as drawn columns: the one array that is drawn, measured and read.

Reads prepared bigWig files only. A column is the mean over the bases that have a value, as browsers draw it;
NaN where no base has one.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyBigWig

from renderer.values.errors import FormatError
from renderer.values.region import Region, match_chrom

Columns = npt.NDArray[np.float64]

COLUMNS = 1000
"""Columns of a window, however wide the figure: what is measured must not hang on how it is printed. As many as a
figure of the usual width has pixels."""

EXACT_SPAN = 5_000_000
"""Up to this many bp every base is read (20 MB), exact and faster than the file's own summaries, which wider
windows need."""


def read_columns(path: Path, region: Region, columns: int) -> Columns:
    """Mean signal of `region` in `columns` equal bins, shape (columns,), NaN where there is no data.

    A chromosome the file does not have gives NaN throughout: the other tracks of the scene may well have it.
    """
    try:
        with pyBigWig.open(str(path)) as bigwig:
            return _read(bigwig, region, columns)
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


def _read(bigwig: pyBigWig.pyBigWig, region: Region, columns: int) -> Columns:
    sizes: dict[str, int] = bigwig.chroms()
    chrom = match_chrom(region.chrom, sizes)
    edges = np.linspace(region.start, region.end, columns + 1)
    result = np.full(columns, np.nan)
    if chrom is None or region.start >= sizes[chrom]:
        return result
    inside = int(np.searchsorted(edges[1:], sizes[chrom], side="right"))
    if inside == 0:
        return result
    if region.span <= columns:  # fewer bases than columns: every base is drawn several columns wide
        values = np.array(bigwig.values(chrom, region.start, min(region.end, sizes[chrom])), dtype=float)
        if not len(values):
            return result
        base = np.clip((edges[:inside] - region.start).astype(int), 0, len(values) - 1)
        result[:inside] = values[base]
        return result
    end = min(region.end, sizes[chrom]) if inside == columns else int(edges[inside])
    if region.span <= EXACT_SPAN:
        result[:inside] = _bin_means(bigwig.values(chrom, region.start, end, numpy=True), inside)
    else:
        result[:inside] = np.array(bigwig.stats(chrom, region.start, end, nBins=inside, type="mean"), dtype=float)
    return result


def _bin_means(values: npt.NDArray[np.float32], bins: int) -> Columns:
    """Means of the finite values in equal bins, NaN where a bin has none."""
    if not len(values):  # pyBigWig's answer for a file without any value
        return np.full(bins, np.nan)
    starts = np.linspace(0, len(values), bins + 1)[:-1].astype(int)
    known = np.isfinite(values)
    counts = np.add.reduceat(known, starts, dtype=float)
    sums = np.add.reduceat(np.where(known, values, 0.0), starts, dtype=float)
    with np.errstate(invalid="ignore"):
        means: Columns = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
    return means


def value_range(columns: list[Columns]) -> tuple[float, float]:
    """The autoscaled (bottom, top) of tracks that share a scale: always includes 0, and is never empty."""
    finite = np.concatenate([c[np.isfinite(c)] for c in columns]) if columns else np.array([])
    if not finite.size:
        return 0.0, 1.0
    low, high = min(0.0, float(finite.min())), max(0.0, float(finite.max()))
    return (low, high) if high > low else (0.0, 1.0)
