"""Rows in any order and number -> sorted bgzip + index, the form that `renderer.window.intervals` reads, in bounded
memory."""

from __future__ import annotations

import heapq
import itertools
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pysam

from renderer.formats.format import Format
from renderer.formats.text import Progress
from renderer.values.prepared import Prepared

Row = tuple[str, int, int, str]
"""A line to be indexed: chrom, start, end (0-based, half-open) and the whole line, which begins with these three."""

ROWS_AT_ONCE = 200_000
"""Rows sorted in memory, about 80 MB; more are sorted in parts on disk, which are merged."""

CHARS_AT_ONCE = 64_000_000
"""The same, where lines are long."""

ROWS_WRITTEN = 10_000
"""Rows written at once, and between two reports of progress: about ten a second."""

MOST_TABIX = 2**29
"""A tabix index ends here, at 512 Mb; rows of longer chromosomes get a CSI index."""


def index_rows(
    found: Format, folder: Path, rows: Iterable[Row], warnings: tuple[str, ...], report: Progress, unique: bool = False
) -> Prepared:
    """Write the rows sorted and indexed into `folder`; of equal rows only one if `unique`.

    The lengths of chromosomes are the last ends seen. Rows must not be empty intervals, which an index cannot find.
    `report` is called once the rows, which may come from a generator with a report of its own, have all been taken.
    """
    target, items = folder / "rows.bed.gz", 0
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
    pysam.tabix_index(str(target), preset="bed", force=True, csi=max(chroms.values(), default=0) > MOST_TABIX)
    return Prepared(found.name, found.kind, target, chroms, False, items, warnings)


def _sort(rows: Iterable[Row], work: Path) -> tuple[int, Iterator[Row]]:
    """How many rows there are, and the rows in order."""
    parts: list[Path] = []
    total, last, sorted_already = 0, ("", 0, 0, ""), True
    for held in _parts(rows):
        held.sort()
        total += len(held)
        sorted_already &= last <= held[0]
        last = held[-1]
        if len(held) < ROWS_AT_ONCE and not parts:
            return total, iter(held)
        parts.append(_spill(held, work / f"{len(parts)}.rows"))
    join = itertools.chain if sorted_already else heapq.merge
    return total, join(*map(_read_spilled, parts))


def _parts(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """The rows in lists that fit in memory; only the last is shorter than ROWS_AT_ONCE, unless lines are long."""
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
