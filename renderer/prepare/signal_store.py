"""Intervals with a value, in any order and number -> one bigWig, in bounded memory.

They wait on disk, a file a chromosome; only what is out of order is sorted, a stretch of the chromosome at a time.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from renderer.formats.bigwig import PIECE, BigWigWriter, Piece, zoom_sizes
from renderer.formats.text import Progress

BUFFER_BYTES = 32 << 20
"""Intervals held before they go to disk."""

AT_ONCE = 1 << 19
"""Intervals read and written at once: 6 MB, and several times that while zoom levels are summed."""

BIN_BITS = 16
"""Out-of-order chromosomes are sorted by stretches of whole bins of 2**16 bp. A bin cannot hold more intervals than
bases without an overlap, so a stretch has a bounded size."""

STRETCH = 1 << 21
"""Intervals of a stretch, about: 24 MB, and as much again while they are sorted."""


class OverlapError(Exception):
    """Two intervals of one chromosome overlap; each is (start, end)."""

    def __init__(self, chrom: str, first: tuple[int, int], second: tuple[int, int]) -> None:
        super().__init__(f"{chrom}:{second[0]}-{second[1]} overlaps {first[0]}-{first[1]}")
        self.chrom, self.first, self.second = chrom, first, second


@dataclass
class _Chrom:
    """The intervals of one chromosome: how many, as far as where, and those not on disk yet."""

    path: Path
    count: int = 0
    end: int = 0
    last: int = 0
    ordered: bool = True
    spilled: bool = False
    waiting: list[Piece] = field(default_factory=list)

    def add(self, piece: Piece) -> None:
        starts, ends = piece["start"], piece["end"]
        self.ordered &= self.last <= int(starts[0]) and bool((ends[:-1] <= starts[1:]).all())
        self.last = int(ends[-1])
        self.end = max(self.end, int(ends.max()))
        self.count += len(piece)
        self.waiting.append(piece)

    def flush(self) -> None:
        if self.waiting:
            with self.path.open("ab") as out:
                for piece in self.waiting:
                    piece.tofile(out)
            self.waiting.clear()
            self.spilled = True

    def read(self) -> Iterator[Piece]:
        """All intervals in the order they came: those on disk, then those that never had to go there."""
        if self.spilled:
            with self.path.open("rb") as kept:
                while len(piece := np.fromfile(kept, PIECE, AT_ONCE)):
                    yield piece
        if self.waiting:
            held = self.waiting[0] if len(self.waiting) == 1 else np.concatenate(self.waiting)
            for at in range(0, len(held), AT_ONCE):
                yield held[at : at + AT_ONCE]

    def drop(self) -> None:
        """Forget the intervals, on disk and in memory."""
        self.waiting.clear()
        if self.spilled:
            self.path.unlink()


class SignalStore:
    """Collects pieces under `folder` (which must exist) and writes them as one bigWig."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._chroms: dict[str, _Chrom] = {}
        self._waiting = 0

    def add(self, chrom: str, piece: Piece) -> None:
        """Take intervals of one chromosome; empty pieces are ignored."""
        if not len(piece):
            return
        kept = self._chroms.get(chrom)
        if kept is None:
            kept = self._chroms[chrom] = _Chrom(self._folder / f"{len(self._chroms)}.spill")
        kept.add(piece)
        self._waiting += piece.nbytes
        if self._waiting > BUFFER_BYTES:
            self._flush()

    def _flush(self) -> None:
        for kept in self._chroms.values():
            kept.flush()
        self._waiting = 0

    @property
    def items(self) -> int:
        """Intervals taken so far."""
        return sum(kept.count for kept in self._chroms.values())

    @property
    def ends(self) -> dict[str, int]:
        """The last end seen of each chromosome, by name."""
        return {chrom: self._chroms[chrom].end for chrom in sorted(self._chroms)}

    def write(self, target: Path, chroms: dict[str, int], report: Progress) -> None:
        """Write the bigWig with the chromosome lengths `chroms`. Raises OverlapError."""
        done, total = 0, max(1, self.items)
        partial, zooms = target.with_suffix(".part"), zoom_sizes(self.ends.values(), self.items)
        with BigWigWriter(partial, chroms, zooms, self._folder) as bigwig:
            for chrom in sorted(self._chroms):
                for piece in _in_order(self._chroms[chrom], chrom):
                    bigwig.add(chrom, piece)
                    done += len(piece)
                    report(done / total)
                self._chroms[chrom].drop()
        partial.rename(target)


def _in_order(kept: _Chrom, chrom: str) -> Iterator[Piece]:
    """The intervals by start, at most AT_ONCE at a time. Raises OverlapError at the first that overlaps another."""
    if kept.ordered:
        yield from kept.read()
        return
    before = np.zeros(0, PIECE)
    for stretch in _stretches(kept):
        stretch = stretch[np.argsort(stretch["start"], kind="stable")]
        joined = np.concatenate((before, stretch))
        overlaps = np.flatnonzero(joined["end"][:-1] > joined["start"][1:])
        if len(overlaps):
            first, second = joined[overlaps[0]], joined[overlaps[0] + 1]
            raise OverlapError(
                chrom, (int(first["start"]), int(first["end"])), (int(second["start"]), int(second["end"]))
            )
        before = joined[-1:]
        for at in range(0, len(stretch), AT_ONCE):
            yield stretch[at : at + AT_ONCE]


def _stretches(kept: _Chrom) -> Iterator[Piece]:
    """The intervals in disjoint stretches of the chromosome, from its start; unsorted within a stretch."""
    counts = np.zeros((kept.end >> BIN_BITS) + 1, np.int64)
    for piece in kept.read():
        counts += np.bincount(piece["start"] >> BIN_BITS, minlength=len(counts))
    crowded = np.flatnonzero(counts > 1 << BIN_BITS)
    if len(crowded):  # more intervals than bases: among the first of them two overlap, which ends the matter
        yield _take(kept, crowded[0], crowded[0] + 1, (1 << BIN_BITS) + 1)
        return
    groups = np.cumsum(counts) // STRETCH
    cuts = [0, *(np.flatnonzero(np.diff(groups)) + 1).tolist(), len(groups)]
    for low, high in itertools.pairwise(cuts):
        yield _take(kept, low, high, int(counts[low:high].sum()))


def _take(kept: _Chrom, low: int, high: int, most: int) -> Piece:
    """The first `most` intervals that start in the bins from `low` up to `high`."""
    found = [np.zeros(0, PIECE)]
    for piece in kept.read():
        bins = piece["start"] >> BIN_BITS
        part = piece[(bins >= low) & (bins < high)][:most]
        found.append(part)
        most -= len(part)
        if not most:
            break
    return np.concatenate(found)
