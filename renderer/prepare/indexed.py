"""Rows in any order and number -> sorted bgzip + index, the form that `renderer.window.intervals` reads, in bounded
memory."""

from __future__ import annotations

import heapq
import itertools
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pysam

from renderer.formats.format import Format
from renderer.formats.text import Progress
from renderer.values.prepared import Prepared

Row = tuple[str, int, int, str]
"""A line to be indexed: chrom, start, end (0-based, half-open) and the whole line, which begins with these three."""

Places = npt.NDArray[np.int64]
Block = tuple[str, Places, Places, list[bytes]]
"""Such lines of one chromosome, without their ends: its name, their starts, ends, and the lines."""

ROWS_AT_ONCE = 200_000
"""Rows sorted in memory, about 80 MB; more are sorted in parts on disk, which are merged."""

CHARS_AT_ONCE = 64_000_000
"""The same, where lines are long."""

ROWS_WRITTEN = 10_000
"""Rows written at once, and between two reports of progress: about ten a second."""

TARGET = "rows.bed.gz"

MOST_TABIX = 2**29
"""A tabix index ends here, at 512 Mb; rows of longer chromosomes get a CSI index."""


def index_rows(
    found: Format, folder: Path, rows: Iterable[Row], warnings: tuple[str, ...], report: Progress, unique: bool = False
) -> Prepared:
    """Write the rows sorted and indexed into `folder`; of equal rows only one if `unique`.

    The lengths of chromosomes are the last ends seen. Rows must not be empty intervals, which an index cannot find.
    `report` is called once the rows, which may come from a generator with a report of its own, have all been taken.
    """
    target, items = folder / TARGET, 0
    chroms: dict[str, int] = {}
    with tempfile.TemporaryDirectory(dir=folder) as work, pysam.BGZFile(str(target), "wb") as out:
        total, ordered = _sort(rows, Path(work))
        stream = _once(ordered) if unique else ordered
        while batch := list(itertools.islice(stream, ROWS_WRITTEN)):
            for chrom, _, end, _ in batch:
                chroms[chrom] = max(end, chroms.get(chrom, 0))
            out.write("".join(f"{line}\n" for *_, line in batch).encode())
            items += len(batch)
            report(0.9 * items / total)
    report(0.9)
    return replace(_indexed(found, target, chroms, items), warnings=warnings)


def _indexed(found: Format, target: Path, chroms: dict[str, int], items: int) -> Prepared:
    pysam.tabix_index(str(target), preset="bed", force=True, csi=max(chroms.values(), default=0) > MOST_TABIX)
    return Prepared(found.name, found.kind, target, chroms, False, items)


def index_blocks(found: Format, folder: Path, blocks: Iterable[Block], report: Progress) -> Prepared:
    """The same of blocks of rows, which take a fraction of the time; rows of one place stay in their order."""
    target = folder / TARGET
    with tempfile.TemporaryDirectory(dir=folder) as work, pysam.BGZFile(str(target), "wb") as out:
        stores: dict[str, _Chrom] = {}
        waiting = 0
        for chrom, starts, ends, lines in blocks:
            if chrom not in stores:
                stores[chrom] = _Chrom(Path(work) / f"{len(stores)}.chrom")
            waiting += stores[chrom].add(starts, ends, lines)
            if waiting > CHARS_AT_ONCE:
                for store in stores.values():
                    store.flush()
                waiting = 0
        total = sum(store.items for store in stores.values())
        done = 0
        for chrom in sorted(stores):
            for text in stores[chrom].ordered(Path(work)):
                out.write(text)
            done += stores[chrom].items
            report(0.9 * done / total)
    ends_seen = {chrom: stores[chrom].end for chrom in sorted(stores)}
    return _indexed(found, target, ends_seen, total)


class _Chrom:
    """The rows of one chromosome in the order they came: on disk, then those that wait."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._waiting: list[bytes] = []
        self._sorted, self._last, self._size = True, (0, 0), 0
        self.items = self.end = 0

    def add(self, starts: Places, ends: Places, lines: list[bytes]) -> int:
        """Take rows; returns how many bytes they are."""
        rises = (starts[1:] > starts[:-1]) | ((starts[1:] == starts[:-1]) & (ends[1:] >= ends[:-1]))
        self._sorted &= self._last <= (int(starts[0]), int(ends[0])) and bool(rises.all())
        self._last = int(starts[-1]), int(ends[-1])
        self.items += len(lines)
        self.end = max(self.end, int(ends.max()))
        text = b"\n".join(lines) + b"\n"
        self._size += len(text)
        self._waiting.append(text)
        return len(text)

    def flush(self) -> None:
        if self._waiting:
            with self._path.open("ab") as out:
                out.writelines(self._waiting)
            self._waiting.clear()

    def ordered(self, work: Path) -> Iterator[bytes]:
        """The text in order. Out of order, as much as fits in memory is sorted at once, more of it in parts on disk."""
        if self._sorted:
            yield from self._text()
        elif self._size <= 4 * CHARS_AT_ONCE:
            lines = b"".join(self._text()).splitlines(keepends=True)
            starts, ends = (np.array([line.split(b"\t", 3)[at] for line in lines]).astype(np.int64) for at in (1, 2))
            order = np.lexsort((ends, starts)).tolist()
            for at in range(0, len(order), ROWS_WRITTEN):
                yield b"".join([lines[row] for row in order[at : at + ROWS_WRITTEN]])
        else:
            self.flush()
            _, rows = _sort(_read_spilled(self._path), work)
            while batch := list(itertools.islice(rows, ROWS_WRITTEN)):
                yield "".join(f"{line}\n" for *_, line in batch).encode()

    def _text(self) -> Iterator[bytes]:
        if self._path.exists():
            with self._path.open("rb") as kept:
                while text := kept.read(CHARS_AT_ONCE):
                    yield text
        yield from self._waiting


def gather(rows: Iterable[Row]) -> Iterator[Block]:
    """Rows one by one as blocks."""
    for chrom, same in itertools.groupby(rows, key=lambda row: row[0]):
        held = list(same)
        starts, ends = (np.array([row[at] for row in held], np.int64) for at in (1, 2))
        yield chrom, starts, ends, [row[3].encode() for row in held]


def _sort(rows: Iterable[Row], work: Path) -> tuple[int, Iterator[Row]]:
    """How many rows there are, and the rows in order."""
    lists = _parts(rows)
    first, second = next(lists, []), next(lists, None)
    if second is None:
        return len(first), iter(sorted(first))
    parts: list[Path] = []
    total, last, sorted_already = 0, ("", 0, 0, ""), True
    for held in itertools.chain((first, second), lists):
        held.sort()
        total += len(held)
        sorted_already &= last <= held[0]
        last = held[-1]
        parts.append(_spill(held, work / f"{len(parts)}.rows"))
    join = itertools.chain if sorted_already else heapq.merge
    return total, join(*map(_read_spilled, parts))


def _parts(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """The rows in lists that fit in memory, none of them empty."""
    held: list[Row] = []
    size = 0
    for row in rows:
        held.append(row)
        size += len(row[3])
        if len(held) == ROWS_AT_ONCE or size > CHARS_AT_ONCE:
            yield held
            held, size = [], 0
    if held:
        yield held


def _spill(rows: list[Row], path: Path) -> Path:
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.writelines(f"{line}\n" for _, _, _, line in rows)
    return path


def _read_spilled(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            chrom, start, end, _ = (line + "\t").split("\t", 3)
            yield chrom, int(start), int(end), line.removesuffix("\n")


def _once(rows: Iterable[Row]) -> Iterator[Row]:
    """Of neighbours that are equal, the first."""
    return (row for row, _ in itertools.groupby(rows))
