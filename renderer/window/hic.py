"""Reading .hic files (Juicer) with hictkpy: the window's pixels, balanced where the file holds a balancing."""

from __future__ import annotations

from pathlib import Path

import hictkpy
import numpy as np
import numpy.typing as npt

from renderer.window.pixels import Part, Pixels

BALANCINGS = ("SCALE", "KR", "ICE", "VC_SQRT", "VC")
"""Corrections for coverage, the best first: Juicer's matrix balancing, its older form, cooler's, then mere ratios."""


class HicFile:
    """An open .hic file."""

    def __init__(self, path: Path) -> None:
        self._file = hictkpy.MultiResFile(str(path))
        self.resolutions = tuple(sorted(int(one) for one in self._file.resolutions()))
        self._chroms = {name: int(length) for name, length in self._file.chromosomes().items()}

    def chroms(self) -> dict[str, int]:
        """Lengths in bp, in the file's order."""
        return self._chroms

    def balancing(self, resolution: int) -> str | None:
        """The correction that is used at a resolution, or None where the file holds none."""
        has = self._file[resolution].avail_normalizations()
        return next((name for name in BALANCINGS if name in has), None)

    def read(self, chrom: str, start: int, end: int, resolution: int) -> Pixels:
        """Pixels of which both bins overlap [start, end)."""
        name = self.balancing(resolution)
        first, last = start // resolution, -(-end // resolution)
        query = f"{chrom}\t{first * resolution}\t{min(last * resolution, self._chroms[chrom])}"
        found = (
            self._file[resolution]
            .fetch(query, normalization=name or "NONE", count_type="float64", query_type="BED")
            .to_coo()
        )
        starts = np.arange(first, last, dtype=np.int64) * resolution
        ends = np.minimum(starts + resolution, self._chroms[chrom])
        part = (found.row.astype(np.int64), found.col.astype(np.int64), found.data)
        valid = np.ones(len(starts), dtype=bool) if name is None else _seen(part, len(starts))
        return Pixels(starts, ends, valid, name is not None, resolution, [part])

    def is_balanced(self, resolution: int) -> bool:
        """Whether the file holds a balancing of this resolution."""
        return self.balancing(resolution) is not None

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _seen(part: Part, n: int) -> npt.NDArray[np.bool_]:
    """Bins with a number in any of their pixels: masked ones have none."""
    first, second, counts = part
    known = np.isfinite(counts)
    seen: npt.NDArray[np.bool_] = np.zeros(n, dtype=bool)
    seen[first[known]] = seen[second[known]] = True
    return seen
