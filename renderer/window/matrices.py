"""bedGraph matrices (several scores at a place, e.g. a TAD separation score at several window sizes) of a window.

Reads the bgzip + tabix file that `renderer.prepare.contacts` wrote. Coordinates are 0-based, half-open.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pysam

from renderer.values.errors import FormatError
from renderer.values.region import Region, match_chrom

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ScoreMatrix:
    """Scores of a window: `starts` and `ends`, shape (n,), bp; `scores`, shape (n, k), NaN where there is none."""

    starts: Floats
    ends: Floats
    scores: Floats

    def mean(self) -> Floats:
        """The mean over the columns at each place, shape (n,), NaN where no column has a score."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # "Mean of empty slice"
            means: Floats = np.nanmean(self.scores, axis=1)
        return means

    def binned(self, region: Region, most: int) -> ScoreMatrix:
        """At most `most` places: means of those whose middles fall in the same of `most` parts of the window."""
        if len(self.starts) <= most:
            return self
        middles = (self.starts + self.ends) / 2
        part = np.clip((middles - region.start) / region.span * most, 0, most - 1).astype(int)
        firsts = np.flatnonzero(np.diff(part, prepend=-1))
        known = np.isfinite(self.scores)
        counts = np.add.reduceat(known, firsts, axis=0, dtype=float)
        sums = np.add.reduceat(np.where(known, self.scores, 0.0), firsts, axis=0)
        scores = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
        return ScoreMatrix(self.starts[firsts], np.maximum.reduceat(self.ends, firsts), scores)


def read_matrix(path: Path, region: Region) -> ScoreMatrix:
    """Every row that overlaps the window, by start; none where the file lacks the chromosome. Raises FormatError."""
    try:
        with pysam.TabixFile(str(path)) as table:
            chrom = match_chrom(region.chrom, table.contigs)
            rows = (
                [] if chrom is None else [row.split("\t")[1:] for row in table.fetch(chrom, region.start, region.end)]
            )
        values = np.array(rows, dtype=float) if rows else np.zeros((0, 3))
    except (OSError, ValueError) as exc:
        raise FormatError(path.name, f"{region} cannot be read ({exc})", "Upload the file again.") from exc
    return ScoreMatrix(values[:, 0], values[:, 1], values[:, 2:])
