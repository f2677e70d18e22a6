"""A HiCExplorer .h5 matrix -> a .cool file, in stretches, so that a window of it can be read alone.

The .h5 is a compressed sparse matrix of the whole genome (PyTables, mostly Blosc), its upper triangle or all of it.
A corrected matrix holds corrected values: they are kept, and the bins get weights of 1, or NaN where masked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import tables
from scipy.sparse import csr_matrix, triu

from renderer.formats.text import Progress
from renderer.values.errors import FormatError
from renderer.window.contacts import DAMAGE, last_line
from renderer.window.pixels import Floats, Integers

VALID = "A HiCExplorer matrix has the groups 'intervals' and 'matrix', as hicBuildMatrix writes them."

ROWS_AT_ONCE = 2_000_000
"""Pixels held at once, about 50 MB."""

CHUNK = 65_536
"""Values in one compressed piece of a dataset."""


@dataclass(frozen=True)
class _Bins:
    """Bins of the genome, ordered by chromosome: `chroms` in their order, `first` the number of each one's first bin
    and at last that of all bins."""

    chroms: tuple[str, ...]
    first: Integers
    starts: Integers
    ends: Integers
    weights: Floats | None

    def lengths(self) -> dict[str, int]:
        """The last end of each chromosome."""
        return {
            chrom: int(self.ends[lo:hi].max())
            for chrom, lo, hi in zip(self.chroms, self.first[:-1], self.first[1:], strict=True)
        }


def convert(path: Path, name: str, target: Path, report: Progress) -> None:
    """Write the matrix at `path`, which a person called `name`, to `target`. Raises FormatError."""
    try:
        with tables.open_file(str(path), "r") as source, h5py.File(target, "w") as out:
            bins = _read_bins(source.root, name)
            _write_bins(out, bins)
            _write_pixels(out, source.root.matrix, len(bins.starts), report)
    except (*DAMAGE, tables.HDF5ExtError, tables.NoSuchNodeError) as exc:
        raise FormatError(name, f"the matrix cannot be read ({last_line(exc)})", VALID) from exc


def _read_bins(root: Any, name: str) -> _Bins:
    listed = [one.decode() if isinstance(one, bytes) else str(one) for one in root.intervals.chr_list.read()]
    starts = np.asarray(root.intervals.start_list.read(), dtype=np.int64)
    ends = np.asarray(root.intervals.end_list.read(), dtype=np.int64)
    named = np.array(listed)
    first = np.flatnonzero(np.append(True, named[1:] != named[:-1]))
    chroms = tuple(named[first].tolist())
    within = named[1:] == named[:-1]
    if len(set(chroms)) < len(chroms) or (within & (starts[1:] < ends[:-1])).any() or (ends <= starts).any():
        raise FormatError(name, "its bins are not in the order of the genome", "Make the matrix again.")
    weights = None
    if "correction_factors" in root:
        weights = np.ones(len(starts))
        weights[np.asarray(root.nan_bins.read(), dtype=np.int64) if "nan_bins" in root else []] = np.nan
    return _Bins(chroms, np.append(first, len(starts)).astype(np.int64), starts, ends, weights)


def _write_bins(out: h5py.File, bins: _Bins) -> None:
    lengths = bins.lengths()
    widths = bins.ends - bins.starts
    size = int(widths[0]) if len(widths) else 0
    last = np.zeros(len(widths), dtype=bool)
    last[bins.first[1:] - 1] = True
    regular = bool(((widths == size) | last).all() and (bins.starts % max(size, 1) == 0).all())
    out.attrs.update(
        {
            "format": "HDF5::Cooler",
            "format-version": 3,
            "bin-type": "fixed" if regular else "variable",
            "bin-size": size if regular else "null",
            "storage-mode": "symmetric-upper",
        }
    )
    columns: dict[str, Any] = {
        "chroms/name": np.array([chrom.encode() for chrom in bins.chroms]),
        "chroms/length": np.array(list(lengths.values()), dtype=np.int64),
        "bins/chrom": np.repeat(np.arange(len(bins.chroms), dtype=np.int32), np.diff(bins.first)),
        "bins/start": bins.starts,
        "bins/end": bins.ends,
        "indexes/chrom_offset": bins.first,
    }
    if bins.weights is not None:
        columns["bins/weight"] = bins.weights
    for place, values in columns.items():
        out.create_dataset(place, data=values, compression="gzip", compression_opts=1, shuffle=True)


def _write_pixels(out: h5py.File, matrix: Any, n: int, report: Progress) -> None:
    offsets = np.zeros(n + 1, dtype=np.int64)
    kinds = {"bin1_id": np.int64, "bin2_id": np.int64, "count": np.float64}
    written = {
        column: out.create_dataset(
            f"pixels/{column}",
            (0,),
            kind,
            chunks=(CHUNK,),
            maxshape=(None,),
            compression="gzip",
            compression_opts=1,
            shuffle=True,
        )
        for column, kind in kinds.items()
    }
    total = 0
    for first, part in _stretches(matrix, n):
        last = first + part.shape[0]
        offsets[first + 1 : last + 1] = total + part.indptr[1:]
        rows = np.repeat(np.arange(first, last), np.diff(part.indptr))
        for column, values in zip(kinds, (rows, part.indices, part.data), strict=True):
            written[column].resize((total + len(values),))
            written[column][total:] = values
        total += part.nnz
        report(last / n)
    out.create_dataset("indexes/bin1_offset", data=offsets, compression="gzip", compression_opts=1, shuffle=True)
    out.attrs.update({"nbins": n, "nchroms": len(out["chroms/name"]), "nnz": total})


def _stretches(matrix: Any, n: int) -> Iterator[tuple[int, Any]]:
    """The upper triangle in stretches of rows, each with the number of its first; bins of a row in order, no zeros."""
    offsets = np.asarray(matrix.indptr.read(), dtype=np.int64)
    first = 0
    while first < n:
        last = max(first + 1, int(np.searchsorted(offsets, offsets[first] + ROWS_AT_ONCE, side="right")) - 1)
        lo, hi = int(offsets[first]), int(offsets[min(last, n)])
        part = csr_matrix(
            (matrix.data[lo:hi].astype(float), matrix.indices[lo:hi], offsets[first : last + 1] - lo),
            shape=(last - first, n),
        )
        part.data[~np.isfinite(part.data)] = 0
        upper = triu(part, k=first, format="csr")
        upper.eliminate_zeros()
        upper.sort_indices()
        yield first, upper
        first = last
