"""Writes a bigWig in one pass and bounded memory: sorted intervals in, compressed blocks, zoom levels and indexes out.

The layout is that of Kent et al., Bioinformatics 26:2204 (2010), supplementary tables 5 to 19. Knows no other format.
"""

from __future__ import annotations

import itertools
import math
import shutil
import struct
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import numpy as np
import numpy.typing as npt

PIECE = np.dtype([("start", "<u4"), ("end", "<u4"), ("value", "<f4")])
"""One interval with its value, as a bigWig stores it: 12 bytes."""

Piece = npt.NDArray[np.void]

MAGIC = 0x888FFC26
ITEMS = 1024
"""Intervals of a block, as the tools of UCSC write them."""

SUMMARIES = 512
"""Zoom records of a block."""

BUFFER = 32 * SUMMARIES
"""The largest block, unpacked: a header of 24 bytes and 12 an interval, or 32 a zoom record."""

LEVEL = 1
"""zlib's fastest: signal packs no better at its default, which takes twice as long."""

FIRST_ZOOM = 10
"""Bins of the first zoom level are this many times as long as intervals are apart on average, as in UCSC's tools."""

ZOOM_STEP = 4
MOST_ZOOMS = 10

FAN = 256
"""Children of a node of either tree."""

_SUMS = np.dtype(
    [("bin", "<i8"), ("valid", "<i8"), ("low", "<f8"), ("high", "<f8"), ("sum", "<f8"), ("squares", "<f8")]
)
_RECORD = np.dtype(
    [
        ("chrom", "<u4"),
        ("start", "<u4"),
        ("end", "<u4"),
        ("valid", "<u4"),
        ("low", "<f4"),
        ("high", "<f4"),
        ("sum", "<f4"),
        ("squares", "<f4"),
    ]
)
Leaf = tuple[int, int, int, int, int]
"""A block in the index: chromosome, start, end, offset in the file, bytes."""


class BigWigWriter:
    """Use it as a context; `add` intervals chromosome by chromosome in the order of their names, sorted, disjoint.

    `chroms` gives lengths in bp, `zooms` the bin sizes of the zoom levels (see `zoom_sizes`). `work` is a folder for
    zoom levels in the making. The file is whole once the context has ended without an error.
    """

    def __init__(self, path: Path, chroms: dict[str, int], zooms: list[int], work: Path) -> None:
        self._names = {name: number for number, name in enumerate(sorted(chroms))}
        self._lengths = [chroms[name] for name in self._names]
        self._out = path.open("w+b")
        self._blocks = _Blocks(self._out)
        self._zooms = [_Zoom(size, work / f"{size}.zoom") for size in zooms]
        self._finest = self._zooms[0].size if self._zooms else max(self._lengths, default=1)
        self._total = np.zeros(0, _SUMS)
        self._chrom = -1
        self._tree_at = 64 + 24 * len(self._zooms) + 40
        tree = _chrom_tree(self._names, self._lengths, self._tree_at)
        self._data_at = self._tree_at + len(tree)
        self._out.write(bytes(self._tree_at) + tree + bytes(8))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._finish()
        finally:
            for file in (self._out, *(zoom.out for zoom in self._zooms)):
                file.close()

    def add(self, chrom: str, piece: Piece) -> None:
        """Intervals of one chromosome, after all that were added of it before."""
        if not len(piece):
            return
        number = self._names[chrom]
        if number != self._chrom:
            self._end_chrom()
            self._chrom = number
        for at in range(0, len(piece), ITEMS):
            part = piece[at : at + ITEMS]
            start, end = int(part["start"][0]), int(part["end"][-1])
            head = struct.pack("<IIIIIBBH", number, start, end, 0, 0, 1, 0, len(part))
            self._blocks.add(number, start, end, head + part.tobytes())
        sums = _bins(piece, self._finest)
        whole = sums.copy()
        whole["bin"] = 0
        self._total = _merge(np.concatenate((self._total, whole)))
        self._zoom(sums)

    def _zoom(self, sums: npt.NDArray[np.void]) -> None:
        """Hand sums up through the zoom levels."""
        for zoom in self._zooms:
            sums = zoom.add(self._chrom, self._lengths[self._chrom], sums)

    def _end_chrom(self) -> None:
        """Finish the last bins of a chromosome, level by level."""
        if self._chrom < 0:
            return
        length = self._lengths[self._chrom]
        for at, zoom in enumerate(self._zooms):
            sums = zoom.end(self._chrom, length)
            for upper in self._zooms[at + 1 :]:
                sums = upper.add(self._chrom, length, sums)

    def _finish(self) -> None:
        self._end_chrom()
        index_at = self._blocks.write_index(ITEMS)
        placed = [(zoom.size, *self._append(zoom)) for zoom in self._zooms]
        self._out.write(struct.pack("<I", MAGIC))
        self._out.seek(0)
        offsets = (self._tree_at, self._data_at, index_at, 0, 0, 0, self._tree_at - 40)
        self._out.write(struct.pack("<IHHQQQHHQQIQ", MAGIC, 4, len(placed), *offsets, BUFFER, 0))
        for size, data_at, zoom_index_at in placed:
            self._out.write(struct.pack("<IIQQ", size, 0, data_at, zoom_index_at))
        total = self._total[0] if len(self._total) else np.zeros((), _SUMS)
        self._out.write(struct.pack("<Qdddd", *(total[name] for name in ("valid", "low", "high", "sum", "squares"))))
        self._out.seek(self._data_at)
        self._out.write(struct.pack("<Q", len(self._blocks.leaves)))

    def _append(self, zoom: _Zoom) -> tuple[int, int]:
        """Copy a zoom level behind what was written; returns where its data and its index are."""
        data_at = self._out.seek(0, 2)
        self._out.write(struct.pack("<I", zoom.records))
        blocks = _Blocks(self._out)
        blocks.leaves = [(*leaf[:3], leaf[3] + data_at + 4, leaf[4]) for leaf in zoom.blocks.leaves]
        zoom.out.seek(0)
        shutil.copyfileobj(zoom.out, self._out)
        return data_at, blocks.write_index(SUMMARIES)


class _Blocks:
    """Compressed blocks of a file, and where they are."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self.leaves: list[Leaf] = []

    def add(self, chrom: int, start: int, end: int, data: bytes) -> None:
        packed = zlib.compress(data, LEVEL)
        self.leaves.append((chrom, start, end, self._out.tell(), len(packed)))
        self._out.write(packed)

    def write_index(self, slot: int) -> int:
        """Append the R-tree of the blocks; returns where it begins."""
        at = self._out.seek(0, 2)
        leaves = self.leaves
        first, last = (leaves[0], leaves[-1]) if leaves else ((0, 0, 0, 0, 0),) * 2
        head = struct.pack(
            "<IIQIIIIQII", 0x2468ACE0, FAN, len(leaves), first[0], first[1], last[0], last[2], at, slot, 0
        )
        packed = [struct.pack("<IIIIQQ", chrom, start, chrom, end, *place) for chrom, start, end, *place in leaves]

        def inner(low: int, high: int, offset: int) -> bytes:
            return struct.pack("<IIIIQ", *leaves[low][:2], leaves[high][0], leaves[high][2], offset)

        self._out.write(head + _tree(packed, 24, inner, at + len(head)))
        return at


class _Zoom:
    """One zoom level in the making: bins of `size` bp, the last of them still growing."""

    def __init__(self, size: int, path: Path) -> None:
        self.size = size
        self.records = 0
        self.out = path.open("w+b")
        self.blocks = _Blocks(self.out)
        self._growing = np.zeros(0, _SUMS)
        self._held = np.zeros(0, _RECORD)

    def add(self, chrom: int, length: int, sums: npt.NDArray[np.void]) -> npt.NDArray[np.void]:
        """Take sums by bins of this level; returns those that are final, by bins of the next level."""
        merged = _merge(np.concatenate((self._growing, sums)))
        self._growing = merged[-1:]
        return self._emit(chrom, length, merged[:-1])

    def end(self, chrom: int, length: int) -> npt.NDArray[np.void]:
        """The chromosome has ended: the last bin is final, too."""
        last, self._growing = self._growing, self._growing[:0]
        rest = self._emit(chrom, length, last)
        self._write(len(self._held))
        return rest

    def _emit(self, chrom: int, length: int, sums: npt.NDArray[np.void]) -> npt.NDArray[np.void]:
        records = np.empty(len(sums), _RECORD)
        records["chrom"], records["start"] = chrom, sums["bin"] * self.size
        records["end"] = np.minimum((sums["bin"] + 1) * self.size, length)
        for name in ("valid", "low", "high", "sum", "squares"):
            records[name] = sums[name]
        self._held = np.concatenate((self._held, records))
        self._write(len(self._held) // SUMMARIES * SUMMARIES)
        upper = sums.copy()
        upper["bin"] //= ZOOM_STEP
        return upper

    def _write(self, count: int) -> None:
        for at in range(0, count, SUMMARIES):
            part = self._held[at : min(at + SUMMARIES, count)]
            self.blocks.add(int(part["chrom"][0]), int(part["start"][0]), int(part["end"][-1]), part.tobytes())
        self.records += count
        self._held = self._held[count:]


def zoom_sizes(ends: Iterable[int], intervals: int) -> list[int]:
    """Bin sizes of zoom levels in bp for so many intervals on chromosomes whose data end there, each ZOOM_STEP times
    the one before; none where the data are fewer than a screen's columns anyway."""
    reach = list(ends)
    first = max(FIRST_ZOOM, FIRST_ZOOM * sum(reach) // max(intervals, 1))
    sizes = (first * ZOOM_STEP**level for level in range(MOST_ZOOMS))
    return list(itertools.takewhile(lambda size: size < max(reach, default=0), sizes))


def _bins(piece: Piece, size: int) -> npt.NDArray[np.void]:
    """Sums of the intervals by bins of `size` bp: those that cross a border are cut there."""
    starts, ends, values = piece["start"].astype(np.int64), piece["end"].astype(np.int64), piece["value"].astype(float)
    first = starts // size
    counts = (ends - 1) // size - first + 1
    which = np.repeat(np.arange(len(piece)), counts)
    sums = np.empty(len(which), _SUMS)
    sums["bin"] = first[which] + np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
    left, right = sums["bin"] * size, (sums["bin"] + 1) * size
    sums["valid"] = np.minimum(ends[which], right) - np.maximum(starts[which], left)
    sums["low"] = sums["high"] = values[which]
    sums["sum"] = sums["valid"] * values[which]
    sums["squares"] = sums["sum"] * values[which]
    return _merge(sums)


def _merge(sums: npt.NDArray[np.void]) -> npt.NDArray[np.void]:
    """One row a bin; rows of one bin stand together."""
    if not len(sums):
        return sums
    at = np.flatnonzero(np.diff(sums["bin"], prepend=-1))
    merged = sums[at]
    for name, join in (
        ("valid", np.add),
        ("low", np.minimum),
        ("high", np.maximum),
        ("sum", np.add),
        ("squares", np.add),
    ):
        merged[name] = join.reduceat(sums[name], at)
    return merged


def _chrom_tree(names: dict[str, int], lengths: list[int], at: int) -> bytes:
    """The B+ tree from chromosome names, in their order, to number and length, to stand at offset `at`."""
    keys = [name.encode() for name in names]
    width = max(map(len, keys), default=1)
    leaves = [struct.pack(f"<{width}sII", key, *row) for key, *row in zip(keys, names.values(), lengths, strict=True)]
    head = struct.pack("<IIIIQQ", 0x78CA8C91, FAN, width, 8, len(keys), 0)
    return head + _tree(
        leaves, width + 8, lambda low, _, offset: struct.pack(f"<{width}sQ", keys[low], offset), at + len(head)
    )


def _tree(leaves: list[bytes], width: int, inner: Callable[[int, int, int], bytes], at: int) -> bytes:
    """The nodes of a tree, its root first, to stand at offset `at`.

    `inner` packs, in `width` bytes, the leaves from one number to another (inclusive) and the offset of their node.
    """
    counts = [len(leaves)]
    while counts[-1] > FAN:
        counts.append(math.ceil(counts[-1] / FAN))
    widths = [len(leaves[0]) if leaves else 0] + [width] * (len(counts) - 1)
    bases = [0] * len(counts)
    for level in reversed(range(len(counts))):
        bases[level] = at
        at += 4 * max(1, math.ceil(counts[level] / FAN)) + widths[level] * counts[level]
    nodes: list[bytes] = []
    for level in reversed(range(len(counts))):
        items = leaves
        if level:
            span, below = FAN**level, 4 + FAN * widths[level - 1]
            items = [
                inner(n * span, min((n + 1) * span, len(leaves)) - 1, bases[level - 1] + n * below)
                for n in range(counts[level])
            ]
        for first in range(0, max(1, len(items)), FAN):
            group = items[first : first + FAN]
            nodes.append(struct.pack("<BBH", level == 0, 0, len(group)) + b"".join(group))
    return b"".join(nodes)
