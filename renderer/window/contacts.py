"""Contact maps (Hi-C and its kin) of a window: the one matrix that is drawn and measured.

A prepared file is a .cool or .mcool (read by `renderer.window.cool`; a HiCExplorer .h5 was made one at upload) or a
.hic (read by `renderer.window.hic`). Only the window is read, at the finest resolution that can still be told apart on
paper.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from renderer.formats.format import resolve
from renderer.formats.table import FORMATS
from renderer.values.errors import FormatError, LocutionError
from renderer.values.region import Region, match_chrom
from renderer.window.pixels import Floats, Integers, Part, Pixels

MOST_BINS = 400
"""Bins across a window by default: about 2.5 of 1000 pixels each, the least a reader tells apart."""

FEWEST_BINS = 100
"""A sparse map is read at a coarser resolution as long as this many bins stay across the window."""

LEAST_FILLED = 0.5
"""Share of the pixels near the diagonal that must hold a contact; below it a map is a scatter of dots, and a coarser
resolution shows more."""

NEAR = 0.1
"""How far from the diagonal `LEAST_FILLED` looks, as a share of the window: where domains show."""


DAMAGE = (OSError, RuntimeError, KeyError, IndexError, TypeError, ValueError, SystemError, MemoryError)
"""What h5py, PyTables and hictk raise when the bytes they are given make no sense."""


def last_line(exc: BaseException) -> str:
    """The last line of an error's text: HDF5 puts its whole call stack before what it has to say."""
    lines = [line.strip() for line in str(exc).splitlines() if line.strip()]
    return lines[-1] if lines else type(exc).__name__


@dataclass(frozen=True)
class ContactMap:
    """Contacts between the bins of a window.

    `edges`: shape (n + 1,), bp, 0-based, ascending; the outer bins may reach past the window. `counts`: shape (n, n),
    symmetric, NaN where a bin is masked or empty. `balanced`: counts were corrected for the coverage of their bins.
    `resolution`: bp of a bin (the median where bins differ).
    """

    edges: Integers
    counts: Floats
    balanced: bool
    resolution: int

    @property
    def n(self) -> int:
        """Bins across the window."""
        return len(self.edges) - 1


class ContactFile(Protocol):
    """An open contact file, whatever its format."""

    resolutions: tuple[int, ...]
    """bp of a bin, ascending; 0 where bins differ in length."""

    def chroms(self) -> dict[str, int]:
        """Lengths in bp."""

    def read(self, chrom: str, start: int, end: int, resolution: int) -> Pixels:
        """Pixels of which both bins overlap [start, end)."""

    def is_balanced(self, resolution: int) -> bool:
        """Whether counts of this resolution are corrected for the coverage of their bins."""

    def close(self) -> None:
        """Close it."""


def open_contacts(path: Path, format: str) -> ContactFile:
    """The file at `path`, which may end in '::/group' as coolers are named. Raises FormatError."""
    opened: ContactFile = resolve(FORMATS[format].reader)(path)
    return opened


def read_contacts(
    path: Path, format: str, region: Region, most_bins: int = MOST_BINS, resolution: int | None = None
) -> ContactMap | None:
    """The contacts of `region`, or None where the file lacks the chromosome or ends before the window.

    `resolution` (bp), or a group named behind '::' in `path`, fixes what is otherwise chosen: the finest with at most
    `most_bins` bins across the window, or a coarser one where that is too sparse. Where every resolution is finer
    than the window can show, bins are joined.
    Raises FormatError for a damaged file, LocutionError for a resolution the file does not have.
    """
    try:
        with closing(open_contacts(path, format)) as file:
            return _read(file, region, most_bins, resolution)
    except DAMAGE as exc:
        name = Path(str(path).partition("::")[0]).name
        raise FormatError(
            name, f"the contacts of {region} cannot be read ({last_line(exc)})", "Upload the file again."
        ) from exc


def _read(file: ContactFile, region: Region, most_bins: int, resolution: int | None) -> ContactMap | None:
    chrom = match_chrom(region.chrom, file.chroms())
    if chrom is None or region.start >= file.chroms()[chrom]:
        return None
    end = min(region.end, file.chroms()[chrom])
    found = None
    for choice, bins in _choices(file.resolutions, region, most_bins, resolution):
        found = _to_map(file.read(chrom, region.start, end, choice), region, bins)
        if found is None or is_filled(found):
            break
    return found


def _choices(resolutions: tuple[int, ...], region: Region, most_bins: int, wanted: int | None) -> list[tuple[int, int]]:
    """Resolutions to try, each with the most bins to draw, best first: the finest that fits, then ever coarser ones,
    and at last bins joined, as long as enough are left."""
    if wanted is not None and wanted not in resolutions:
        has = ", ".join(f"{one:,}" for one in resolutions)
        raise LocutionError(f"There is no resolution of {wanted:,} bp in this contact map. It has {has}.")
    if wanted is not None:
        return [(wanted, most_bins)]
    fitting = [one for one in resolutions if one and region.span / one <= most_bins] or [resolutions[-1]]
    clear = [(one, most_bins) for one in fitting if one == fitting[0] or region.span / one >= FEWEST_BINS]
    last = clear[-1][0]
    joined = [(last, bins) for bins in (most_bins // 2, most_bins // 4) if region.span > 2 * bins * last]
    return [*clear, *(one for one in joined if one[1] >= FEWEST_BINS)]


def is_filled(map: ContactMap) -> bool:
    """Whether enough pixels near the diagonal hold a contact for the map to be read."""
    reach = max(2, round(NEAR * map.n))
    band = [np.diagonal(map.counts, offset) for offset in range(1, min(reach, map.n))]
    near = np.concatenate(band) if band else np.ones(1)
    near = near[np.isfinite(near)]
    return bool(len(near)) and float(np.mean(near > 0)) >= LEAST_FILLED


def _to_map(pixels: Pixels, region: Region, most_bins: int) -> ContactMap | None:
    """Pixels as a matrix of at most about `most_bins` bins; None where no bin overlaps the window."""
    if not len(pixels.starts):
        return None
    groups = _groups(pixels, region, most_bins)
    n = int(groups[-1]) + 1
    counts = _add_up(pixels.parts, groups, n)
    members = np.bincount(groups, minlength=n)
    share = np.bincount(groups, pixels.valid, n) / members
    counts /= np.where(share > 0, share, np.nan)[:, None] * np.where(share > 0, share, np.nan)[None, :]
    firsts = np.searchsorted(groups, np.arange(n))
    starts, ends = pixels.starts[firsts], pixels.ends[np.append(firsts[1:], len(groups)) - 1]
    edges, counts = _close_gaps(starts, ends, counts)
    empty = ~(np.nansum(counts, axis=0) > 0)
    counts[empty] = np.nan
    counts[:, empty] = np.nan
    return ContactMap(edges, counts, pixels.balanced, int(np.median(ends - starts)))


def _groups(pixels: Pixels, region: Region, most_bins: int) -> Integers:
    """The drawn bin of each bin: itself, or where there are too many the stretch of the chromosome it starts in.

    Stretches are counted from the chromosome's start, so that a map does not change when the window moves.
    """
    count = len(pixels.starts)
    if count <= most_bins + 2:  # a window that cuts its outer bins holds up to two more
        return np.arange(count, dtype=np.int64)
    step = -(-region.span // most_bins)
    # Where bins differ, two digits: a window that is one base longer must not cut them anew.
    step = -(-step // pixels.step) * pixels.step if pixels.step else round(step, 2 - len(str(step)))
    return np.unique(pixels.starts // step, return_inverse=True)[1].astype(np.int64)


def _add_up(parts: Iterable[Part], groups: Integers, n: int) -> Floats:
    """The symmetric matrix of the sums of all pixels whose bins fall in the same groups, shape (n, n)."""
    upper = np.zeros(n * n)
    for first, second, counts in parts:
        known = np.isfinite(counts)
        upper += np.bincount(groups[first[known]] * n + groups[second[known]], counts[known], n * n)
    square: Floats = upper.reshape(n, n)
    both: Floats = square + square.T
    np.fill_diagonal(both, np.diagonal(square))
    return both


def _close_gaps(starts: Integers, ends: Integers, counts: Floats) -> tuple[Integers, Floats]:
    """Edges, and the counts with a masked bin wherever two bins do not touch."""
    gaps = np.flatnonzero(starts[1:] > ends[:-1])
    if len(gaps):
        counts = np.insert(counts, gaps + 1, np.nan, axis=0)
        counts = np.insert(counts, gaps + 1, np.nan, axis=1)
        starts = np.insert(starts, gaps + 1, ends[gaps])
    return np.append(starts, ends[-1]).astype(np.int64), counts
