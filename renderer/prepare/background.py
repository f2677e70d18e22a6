"""A bigWig's background: what is usual in it, from blocks spread evenly over all its data. See `values.background`.

Seconds for a file of a whole genome: its summaries tell which megabases hold data, and then no more is read than about
READ_BYTES of the file and READ_BASES of the genome. The same file gives the same numbers every time.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyBigWig

from renderer.values.background import WIDTHS, Array, Background, background_of
from renderer.values.errors import FormatError
from renderer.values.region import Region
from renderer.window.background import background_file

Values = npt.NDArray[np.float32]

TILE = 1_000_000
"""The summaries are asked which stretches of so many bp hold data: centromeres and what was cut away do not."""

BLOCK = 200_000
"""Bases read at once."""

READ_BASES = 120_000_000
"""At most so many bases are read: 12,000 of the widest bins."""

READ_BYTES = 60_000_000
"""... and at most about so many bytes of the file, so that one with a value a base takes no longer."""

UNIT_BLOCKS = 20
"""Blocks whose single values are looked at for the step of which all are multiples."""

UNIT_VALUES = 2_000
"""Distinct values looked at ..."""

UNIT_MOST = 20
"""... of which the low ones, up to so many steps, must lie on it: single precision tells no more of high ones."""

UNIT_ERROR = 0.01
"""... within this share of a step: text files print a few digits."""


def measure_background(path: Path, *, gaps_are_zero: bool, sizes: Mapping[str, int] | None = None) -> Background | None:
    """The background of a prepared bigWig; None if it holds no value.

    A base without a value counts as 0 where `gaps_are_zero` (counted from reads), else it is not known. `sizes` are
    the lengths of the genome's chromosomes, where they are known. Raises FormatError if the file cannot be read.
    """
    return _measured(path, path.name, (gaps_are_zero,), sizes)[0]


def keep_background(path: Path, name: str) -> None:
    """Measure a prepared bigWig and keep its background beside it, with gaps as zeros and with gaps as unknown.

    `name` is what a person called the file. The size of the genome is not known: a header may name what the file covers
    and no more. Raises FormatError if the file cannot be read.
    """
    names = ("gaps_are_zero", "gaps_are_unknown")
    found = dict(zip(names, _measured(path, name, (True, False), None), strict=True))
    kept = {name: one.to_json() if one else None for name, one in found.items()}
    background_file(path).write_text(json.dumps(kept), encoding="utf-8")


def _measured(path: Path, name: str, ways: Sequence[bool], sizes: Mapping[str, int] | None) -> list[Background | None]:
    """The background with gaps as zeros, or not, of each of `ways`; the file is read once."""
    try:
        with pyBigWig.open(str(path)) as bigwig:
            return _measure(bigwig, path.stat().st_size, ways, sizes)
    except RuntimeError as exc:  # pyBigWig's one error for anything it cannot read
        raise FormatError(name, f"the bigWig cannot be read ({exc})", "Upload the file again.") from exc


def _measure(
    bigwig: pyBigWig.pyBigWig, size: int, ways: Sequence[bool], sizes: Mapping[str, int] | None
) -> list[Background | None]:
    lengths = {chrom: length for chrom, length in (bigwig.chroms() or {}).items() if length}
    stretches = [one for chrom, length in lengths.items() for one in _stretches(bigwig, chrom, length)]
    extent = sum(one.end - one.start for one in stretches)
    blocks = _spread(_blocks(stretches), extent, size)
    runs = [_bins(values, ways) for values in _read(bigwig, blocks)]
    found = [background_of(part, WIDTHS[0]) for part in zip(*runs, strict=True)] or [None] * len(ways)
    if not any(found):
        return [None] * len(ways)
    chroms = list(dict.fromkeys(one.chrom for one in stretches))
    facts: dict[str, Any] = {
        "minimum": min(bigwig.stats(chrom, 0, lengths[chrom], type="min")[0] for chrom in chroms),
        "maximum": max(bigwig.stats(chrom, 0, lengths[chrom], type="max")[0] for chrom in chroms),
        "extent": extent,
        "covered": int(bigwig.header()["nBasesCovered"]),
        "measured": sum(block.end - block.start for block in blocks),
        "chroms": len(chroms),
        "genome_share": extent / max(extent, sum(sizes.values())) if sizes else None,
        "unit": _unit(np.concatenate(list(_read(bigwig, _every(blocks, UNIT_BLOCKS))))),
    }
    return [one and replace(one, **facts) for one in found]


def _read(bigwig: pyBigWig.pyBigWig, blocks: Sequence[Region]) -> Iterator[Values]:
    """Every base of each block, one block after the other."""
    return (_values(bigwig, block) for block in blocks)


def _stretches(bigwig: pyBigWig.pyBigWig, chrom: str, length: int) -> list[Region]:
    """The tiles of a chromosome that hold data, neighbours joined, cut to the first and the last value."""
    edges = np.append(np.arange(0, length, TILE), length)
    # The summaries of the whole chromosome first: most of a file's contigs may be empty.
    if not bigwig.stats(chrom, 0, length, type="coverage")[0]:
        return []
    ends = edges[-1] - edges[-1] % TILE
    full = bigwig.stats(chrom, 0, int(ends), nBins=int(ends // TILE), type="coverage") if ends else []
    rest = bigwig.stats(chrom, int(ends), length, type="coverage") if ends < length else []
    held = np.array([bool(share) for share in (*full, *rest)])
    changes = np.flatnonzero(np.diff(np.concatenate([[False], held, [False]]).astype(int))).reshape(-1, 2)
    tiles = [Region(chrom, int(edges[first]), int(edges[last])) for first, last in changes]
    return [cut for tile in tiles if (cut := _trimmed(bigwig, tile))]


def _trimmed(bigwig: pyBigWig.pyBigWig, tile: Region) -> Region | None:
    """A stretch without its empty ends: a file that was cut to a window ends there, and the summaries of wide bins
    reach into tiles without data."""
    start, end = tile.start, tile.end
    while start < end:
        head = Region(tile.chrom, start, min(start + TILE, end))
        held = np.flatnonzero(np.isfinite(_values(bigwig, head)))
        if len(held):
            start += int(held[0])
            break
        start = head.end
    while start < end:
        tail = Region(tile.chrom, max(end - TILE, start), end)
        held = np.flatnonzero(np.isfinite(_values(bigwig, tail)))
        if len(held):
            end = tail.start + int(held[-1]) + 1
            break
        end = tail.start
    return Region(tile.chrom, start, end) if start < end else None


def _blocks(stretches: list[Region]) -> list[Region]:
    return [
        Region(one.chrom, start, min(start + BLOCK, one.end))
        for one in stretches
        for start in range(one.start, one.end, BLOCK)
    ]


def _spread(blocks: list[Region], extent: int, size: int) -> list[Region]:
    """As many of the blocks, evenly spread, as may be read."""
    share = min(1.0, READ_BASES / max(extent, 1), READ_BYTES / max(size, 1))
    return _every(blocks, math.ceil(share * len(blocks)))


def _every(blocks: list[Region], count: int) -> list[Region]:
    """So many of them, evenly spread."""
    return [blocks[at * len(blocks) // count] for at in range(count)] if count < len(blocks) else blocks


def _values(bigwig: pyBigWig.pyBigWig, region: Region) -> Values:
    """Every base, NaN where it has no value."""
    values: Values = bigwig.values(region.chrom, region.start, region.end, numpy=True)
    return values


def _bins(values: Values, ways: Sequence[bool]) -> list[Array]:
    """Means of the finest bins, with gaps as zeros, or not, for each of `ways`; a rest at the end is left out, unless
    it is all there is."""
    width = min(WIDTHS[0], len(values))
    rows = values[: len(values) // width * width].reshape(-1, width)
    known = np.isfinite(rows)
    counts = np.count_nonzero(known, axis=1).astype(np.float64)
    sums = np.where(known, rows, np.float32(0)).sum(axis=1, dtype=np.float64)
    unknown: Array = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
    return [sums / width if gaps_are_zero else unknown for gaps_are_zero in ways]


def _unit(values: Values) -> float | None:
    """The step of which the values are multiples, None if there is none: the model of a file of counts."""
    distinct = np.unique(np.abs(values[np.isfinite(values) & (values != 0)]))[:UNIT_VALUES].astype(float)
    if not len(distinct):
        return None
    steps = distinct[distinct <= UNIT_MOST * distinct[0]] / distinct[0]
    whole = len(steps) > 1 and bool((np.abs(steps - np.round(steps)) < UNIT_ERROR).all())
    return float(distinct[0]) if whole else None
