"""Text signal -> bigWig; a bigWig is checked and kept. A mutated bigWig can crash pyBigWig: see `renderer.prepare`."""

from __future__ import annotations

import math
from array import array
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyBigWig

from renderer.errors import FormatError
from renderer.formats import Format
from renderer.prepare_common import interval, keep, stage
from renderer.prepared import Prepared
from renderer.text import Progress, read_rows

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

WRITE_AT_ONCE = 1_000_000
"""Intervals handed to pyBigWig at once: it copies them."""


def prepare_bigwig(path: Path, name: str, folder: Path, found: Format, report: Progress) -> Prepared:
    try:
        with pyBigWig.open(str(path)) as bigwig:
            chroms, header = dict(bigwig.chroms() or {}), bigwig.header()
            for chrom, length in list(chroms.items())[:3]:
                bigwig.stats(chrom, 0, length)  # reads the index: a truncated file fails here, not in a figure
    except (RuntimeError, OverflowError) as exc:
        raise FormatError(name, f"the bigWig cannot be read ({exc})", "It may be truncated: upload it again.") from exc
    if not chroms:
        raise FormatError(name, "the bigWig names no chromosome", "Make the file again.")
    warnings = () if header["nBasesCovered"] else ("The bigWig holds no values.",)
    target = keep(path, folder / "signal.bw")
    return Prepared(found.name, found.kind, target, chroms, True, None, warnings)


def prepare_bedgraph(path: Path, name: str, folder: Path, found: Format, report: Progress) -> Prepared:
    columns: dict[str, _Columns] = {}
    for number, row in read_rows(path, name, stage(report, 0, 0.7)):
        start, end, value = _bedgraph_row(name, number, row)
        columns.setdefault(row[0], _Columns()).add(start, end, value, number)
    sorted_columns = {chrom: columns.pop(chrom).sorted(name, chrom) for chrom in sorted(columns)}
    chroms = {chrom: int(ends.max()) for chrom, (_, ends, _) in sorted_columns.items()}
    target, partial = folder / "signal.bw", folder / "signal.part"
    with pyBigWig.open(str(partial), "w") as bigwig:
        bigwig.addHeader(list(chroms.items()))
        for chrom, (starts, ends, values) in sorted_columns.items():
            for at in range(0, len(starts), WRITE_AT_ONCE):
                first, last, signal = (column[at : at + WRITE_AT_ONCE].tolist() for column in (starts, ends, values))
                bigwig.addEntries([chrom] * len(first), first, ends=last, values=signal)
    partial.rename(target)
    return Prepared(found.name, found.kind, target, chroms, False, sum(len(s) for s, _, _ in sorted_columns.values()))


class _Columns:
    """The intervals of one chromosome while a bedGraph is read: 32 bytes each, whatever the file's order."""

    def __init__(self) -> None:
        self.starts, self.ends, self.lines = array("q"), array("q"), array("q")
        self.values = array("d")

    def add(self, start: int, end: int, value: float, line: int) -> None:
        self.starts.append(start)
        self.ends.append(end)
        self.values.append(value)
        self.lines.append(line)

    def sorted(self, name: str, chrom: str) -> tuple[Integers, Integers, Floats]:
        """Starts, ends and values in order. Raises FormatError for the first interval that overlaps another."""
        starts, ends, lines = np.array(self.starts), np.array(self.ends), np.array(self.lines)
        order = np.argsort(starts, kind="stable")
        starts, ends, lines = starts[order], ends[order], lines[order]
        overlaps = np.flatnonzero(ends[:-1] > starts[1:])
        if len(overlaps):
            at = int(overlaps[0])
            raise FormatError(
                name, f"{chrom}:{starts[at + 1]}-{ends[at + 1]} overlaps the interval of line {lines[at]}",
                "Intervals of a bedGraph must not overlap.", int(lines[at + 1]),
            )  # fmt: skip
        return starts, ends, np.array(self.values)[order]


def _bedgraph_row(name: str, number: int, row: list[str]) -> tuple[int, int, float]:
    start, end = interval(name, number, row)
    try:
        value = float(row[3])
    except (IndexError, ValueError):
        found = f"column 4 is '{row[3]}'" if len(row) > 3 else f"there are {len(row)} columns"
        raise FormatError(name, found, "A bedGraph line is chrom, start, end, number.", number) from None
    if not math.isfinite(value) or start == end:
        found = f"'{' '.join(row)[:60]}' has no finite value or no length"
        raise FormatError(name, found, "A bedGraph line is chrom, start, end, number.", number)
    return start, end, value
