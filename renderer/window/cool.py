"""Reading .cool and .mcool files: the window's pixels, and nothing else, straight from HDF5.

The layout is that of the cooler format, version 2 and 3: `chroms`, `bins`, `pixels` sorted by their first and second
bin, and `indexes` that say where a chromosome's bins and a bin's pixels start. A .mcool holds one such group for each
resolution, under `resolutions/` or, in older files, by zoom level at the root.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from renderer.values.errors import FormatError
from renderer.window.pixels import Floats, Integers, Part, Pixels

VALID = "Valid are .cool and .mcool (cooler 2 or 3) and HiCExplorer .h5."

GROUPS = ("chroms", "bins", "pixels", "indexes")
"""What makes a group of an HDF5 file a cooler."""

READ_AT_ONCE = 2_000_000
"""Pixels read in one go (32 MB), so that a wide window of a fine map does not fill the memory."""

FAR_ROWS = 4
"""Rows of a genome-wide map are mostly contacts with other chromosomes. Where a row fills more than this many of the
pieces the file was compressed in, each row is read only as far as the window goes; else that saves nothing."""

WEIGHED_PIXELS = 1_000_000
"""Pixels from the start of a matrix by which its balancing weights are tried: some tens of milliseconds."""

UNEVEN = 1.5
"""Weights that balance make sums over bins vary less; where these vary this many times as much, they do not."""

LEAST_SPREAD = 0.3
"""... and as a share of their mean at least UNEVEN times this: even sums vary this much by where domains lie."""


class CoolFile:
    """An open .cool or .mcool; `path` may end in '::/group' to name one resolution of it."""

    def __init__(self, path: Path) -> None:
        name, _, wanted = str(path).partition("::")
        self._file = h5py.File(name, "r")
        try:
            self._groups = find_coolers(self._file, wanted.strip("/"), Path(name).name)
        except BaseException:
            self._file.close()
            raise
        self.resolutions = tuple(sorted(self._groups))

    def chroms(self) -> dict[str, int]:
        """Lengths in bp, in the file's order."""
        return chrom_lengths(self._groups[self.resolutions[0]])

    def read(self, chrom: str, start: int, end: int, resolution: int) -> Pixels:
        """Pixels of which both bins overlap [start, end)."""
        cooler = self._groups[resolution]
        first, starts, ends = _window_bins(cooler, list(chrom_lengths(cooler)).index(chrom), start, end)
        weights = read_weights(cooler, first, first + len(starts)) if self.is_balanced(resolution) else None
        valid = np.ones(len(starts), dtype=bool) if weights is None else np.isfinite(weights)
        parts = _window_parts(cooler, first, len(starts), weights)
        return Pixels(starts, ends, valid, weights is not None, resolution, parts)

    def is_balanced(self, resolution: int) -> bool:
        """Whether the cooler holds balancing weights that even its bins out; a map with too few contacts has only
        missing ones."""
        group = self._groups[resolution]
        if "weight" not in group["bins"] or not np.isfinite(group["bins/weight"][:]).any():
            return False
        return not spread_grows(group)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def is_cooler(group: Any) -> bool:
    """Whether an HDF5 group holds a cooler."""
    return isinstance(group, h5py.Group) and all(name in group for name in GROUPS)


def bin_size(cooler: h5py.Group) -> int:
    """bp of a bin, 0 where bins differ."""
    try:
        return int(cooler.attrs["bin-size"])
    except (KeyError, ValueError):  # written as 'null' or 'None'
        return 0


def find_coolers(file: h5py.File, wanted: str, name: str) -> dict[int, h5py.Group]:
    """The coolers of a file by resolution. Raises FormatError that says which groups there are instead."""
    if wanted:
        found = [file[wanted]] if wanted in file and is_cooler(file[wanted]) else []
    elif is_cooler(file):
        found = [file]
    else:
        parent = file.get("resolutions", file)
        found = [group for group in parent.values() if is_cooler(group)]
    if not found:
        has = ", ".join(map(str, list(file)[:8])) or "none"
        asked = f"there is no contact map at '::/{wanted}'" if wanted else "this HDF5 file holds no contact map"
        raise FormatError(name, f"{asked} (its groups: {has})", VALID)
    return {bin_size(group): group for group in found}


def chrom_lengths(cooler: h5py.Group) -> dict[str, int]:
    """Chromosome lengths in bp, in the file's order."""
    names = [one.decode() if isinstance(one, bytes) else str(one) for one in cooler["chroms/name"][:]]
    return dict(zip(names, cooler["chroms/length"][:].tolist(), strict=True))


def _window_bins(cooler: h5py.Group, chrom: int, start: int, end: int) -> tuple[int, Integers, Integers]:
    """Number of the first bin that overlaps [start, end), and starts and ends of all that do."""
    lo, hi = (int(at) for at in cooler["indexes/chrom_offset"][chrom : chrom + 2])
    size = bin_size(cooler)
    if size:
        lo, hi = lo + start // size, min(hi, lo - (-end // size))
    starts = cooler["bins/start"][lo:hi].astype(np.int64)
    ends = cooler["bins/end"][lo:hi].astype(np.int64)
    inside = np.flatnonzero((starts < end) & (ends > start))
    if not len(inside):
        return lo, starts[:0], ends[:0]
    window = slice(int(inside[0]), int(inside[-1]) + 1)
    return lo + window.start, starts[window], ends[window]


def read_weights(cooler: h5py.Group, first: int, last: int) -> Floats | None:
    """Balancing weights of bins, NaN where masked; None for a map that was not balanced."""
    if "weight" not in cooler["bins"]:
        return None
    stored = cooler["bins/weight"]
    weights: Floats = stored[first:last].astype(float)
    if stored.attrs.get("divisive_weights", False):  # as in files that were made from a .hic
        weights = 1 / weights
    weights[~np.isfinite(weights)] = np.nan
    return weights


def spread_grows(cooler: h5py.Group) -> bool:
    """Whether sums over bins, in the first rows of the map, vary much more with its weights than without: sums of
    coverage, say, that some tool keeps under the name of weights."""
    offsets = cooler["indexes/bin1_offset"][:].astype(np.int64)
    rows = int(np.searchsorted(offsets, WEIGHED_PIXELS, side="right")) - 1
    weights = read_weights(cooler, 0, rows)
    if weights is None:
        return False
    first, second = (cooler[f"pixels/{column}"][: offsets[rows]] for column in ("bin1_id", "bin2_id"))
    inside = second < rows
    counts = cooler["pixels/count"][: offsets[rows]][inside].astype(float)
    first, second, spreads = first[inside], second[inside], []
    for factor in (np.where(np.isfinite(weights), 1.0, np.nan), weights):
        values = np.nan_to_num(counts * factor[first] * factor[second])
        sums = np.bincount(first, values, rows) + np.bincount(second, values, rows)
        sums = sums[sums > 0]
        spreads.append(sums.std() / sums.mean() if len(sums) else 0.0)
    return bool(spreads[1] > UNEVEN * max(spreads[0], LEAST_SPREAD))


def _window_parts(cooler: h5py.Group, first: int, n: int, weights: Floats | None) -> Iterator[Part]:
    """The pixels between the `n` bins from `first` on, balanced where there are weights, in parts."""
    offsets = cooler["indexes/bin1_offset"][first : first + n + 1].astype(np.int64)
    for lo, hi in _spans(offsets, n, cooler["pixels/bin2_id"].chunks):
        rows, columns, counts = _read_span(cooler, offsets, lo, hi, first, n)
        yield rows, columns, counts if weights is None else counts * weights[rows] * weights[columns]


def _spans(offsets: Integers, n: int, chunks: tuple[int, ...] | None) -> list[tuple[int, int]]:
    """Stretches of the pixel table that hold all pixels of the window: rows of `offsets`, bins up to the n-th."""
    whole = [(int(offsets[0]), int(offsets[-1]))]
    if offsets[-1] - offsets[0] > n * FAR_ROWS * (chunks or (1,))[0]:
        most = np.minimum(offsets[1:], offsets[:-1] + np.arange(n, 0, -1))
        whole = list(zip(offsets[:-1].tolist(), most.tolist(), strict=True))
    return [
        (at, min(stop, at + READ_AT_ONCE))
        for start, stop in whole
        for at in range(start, max(stop, start + 1), READ_AT_ONCE)
    ]


def _read_span(cooler: h5py.Group, offsets: Integers, lo: int, hi: int, first: int, n: int) -> Part:
    """The pixels [lo, hi) of the table whose second bin lies in the window."""
    rows = np.repeat(np.arange(n), np.diff(np.clip(offsets, lo, hi)).astype(np.int64))
    columns = cooler["pixels/bin2_id"][lo:hi].astype(np.int64, copy=False) - first
    keep = columns < n
    return rows[keep], columns[keep], cooler["pixels/count"][lo:hi][keep].astype(float, copy=False)
