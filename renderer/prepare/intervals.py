"""Intervals of every format -> rows of `Interval`: BED and its relatives, bigBed, VCF."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from urllib.parse import unquote

from renderer.formats.autosql import autosql_columns, bed_places, read_autosql
from renderer.formats.bigbed import bigbed_chroms, read_bigbed
from renderer.formats.fields import finite, interval, read_color
from renderer.formats.format import Format
from renderer.formats.text import (
    Progress,
    block_lines,
    is_data,
    is_missing,
    read_blocks,
    read_rows,
    split_row,
    without_head,
)
from renderer.prepare.by_columns import bed_blocks
from renderer.prepare.common import stage
from renderer.prepare.indexed import Block, Row, gather, index_blocks, index_rows
from renderer.values.errors import FormatError
from renderer.values.prepared import Prepared
from renderer.window.intervals import Interval

_NOTHING = ("", ".")
_TAGS = re.compile(r"(?:^|;)\s*Name=([^;]+)")
"""The name among attributes of GFF, which IGV takes in the name column under #gffTags."""


@dataclass(frozen=True)
class Columns:
    """What the columns of a relative of BED mean: there are at least so many, and as many as in the first row; of
    more than `known`, the rest is not read.

    `colors`: columns 7 to 9 are a thick part and a colour; `blocks`: 10 to 12 are blocks; `summit`: 10 is one.
    """

    called: str
    least: int = 3
    known: int = 12
    colors: bool = False
    blocks: bool = False
    summit: bool = False


BED = Columns("bed", known=9, colors=True)
BED12 = Columns("bed12", 12, 12, colors=True, blocks=True)
NARROW_PEAK = Columns("narrowpeak", 10, 10, summit=True)
BROAD_PEAK = Columns("broadpeak", 9, 9)
GAPPED_PEAK = Columns("gappedpeak", 15, 15, colors=True, blocks=True)

WIDEST_BED = 12
"""Columns that a BED may have; labs fill the last of them as they like, and what is beyond is a program's own."""

Reshape = Callable[[str, int, list[str]], list[str]]
"""A row of another table, in the file of this name on the line of this number, as one with the columns asked for.
Raises FormatError with the line."""


def prepare_intervals(
    columns: Columns,
    path: Path,
    name: str,
    folder: Path,
    found: Format,
    report: Progress,
    reshape: Reshape | None = None,
    notes: tuple[str, ...] = (),
) -> Prepared:
    """Intervals of a text with these columns, or of one whose rows `reshape` gives them. Raises FormatError with the
    line."""
    bed = BedParser(name, columns)
    if reshape is None and not columns.blocks:
        blocks = (part for one in read_blocks(path, name, stage(report, 0, 0.7)) for part in bed.blocks(*one))
        made = index_blocks(found, folder, blocks, stage(report, 0.7, 1))
    else:
        source = read_rows(path, name, stage(report, 0, 0.7))
        rows = ((number, reshape(name, number, row)) for number, row in source) if reshape else source
        made = index_rows(found, folder, bed.rows(rows), (), stage(report, 0.7, 1))
    return replace(made, warnings=notes + bed.warnings())


prepare_bed = partial(prepare_intervals, BED)
prepare_bed12 = partial(prepare_intervals, BED12)
prepare_narrow_peaks = partial(prepare_intervals, NARROW_PEAK)
prepare_broad_peaks = partial(prepare_intervals, BROAD_PEAK)
prepare_gapped_peaks = partial(prepare_intervals, GAPPED_PEAK)


def prepare_bigbed(path: Path, name: str, folder: Path, found: Format, report: Progress) -> Prepared:
    """A bigBed, whose columns its autoSql names; it also says the lengths of chromosomes. Raises FormatError."""
    columns = autosql_columns(read_autosql(path))
    peaks = {"signalValue", "peak"} <= set(columns)
    places = range(3, 10) if peaks or not columns else bed_places(columns)
    bed = BedParser(name, NARROW_PEAK if peaks else BED12 if "blockCount" in columns else BED)
    entries = read_bigbed(path, name, stage(report, 0, 0.7))
    picked = (
        (number, row[:3] + ["." if at is None or at >= len(row) else row[at] for at in places])
        for number, row in entries
    )
    rows = index_rows(found, folder, bed.rows(picked), (), stage(report, 0.7, 1))
    return replace(rows, chroms=bigbed_chroms(path, name), sized=True, warnings=bed.warnings())


def _row(chrom: str, item: Interval) -> Row:
    """The row to be indexed."""
    return chrom, item.start, item.end, item.to_line(chrom)


class BedParser:
    """Rows of one file in BED or a relative; `name` is the file's. It counts what had to be left out."""

    def __init__(self, name: str, columns: Columns) -> None:
        self._name, self._columns, self._width = name, columns, 0
        self._left_out: Counter[str] = Counter()

    def warnings(self) -> tuple[str, ...]:
        """What had to be left out of the rows read so far, a sentence each."""
        more = range(self._columns.known + 1, self._width + 1) if self._width > WIDEST_BED else ()
        unread = (
            f"Column{'s' * (len(more) > 1)} {' to '.join(map(str, dict.fromkeys((more[0], more[-1]))))}" if more else ""
        )
        counted = (f"{count:,} rows have {what}." for what, count in self._left_out.items())
        return (f"{unread} {'are' if len(more) > 1 else 'is'} not used.",) * bool(more) + tuple(counted)

    def rows(self, rows: Iterable[tuple[int, list[str]]]) -> Iterator[Row]:
        """The rows to be indexed. Raises FormatError with the line."""
        for number, row in rows:
            yield _row(row[0], self.parse(number, row))

    def blocks(self, first: int, block: bytes) -> Iterable[Block]:
        """The rows of a block of whole lines, whose first has number `first`: by columns where they are plain, else row
        by row. Raises FormatError with the line."""
        data = without_head(block)
        width = data[: data.find(b"\n")].count(b"\t") + 1
        if data and width == (self._width or width) and self._columns.least <= width <= self._columns.known:
            found = bed_blocks(data, width, self._columns.colors, self._columns.summit)
            if found is not None:
                self._width = width
                return found
        lines = block_lines(self._name, first, block)
        return gather(self.rows((number, split_row(line)) for number, line in lines if is_data(line)))

    def parse(self, number: int, row: list[str]) -> Interval:
        """One row as an interval. Raises FormatError with the line."""
        start, end = interval(self._name, number, row)
        self._width = self._width or len(row)
        if len(row) != self._width or len(row) < self._columns.least:
            valid = f"Every line of this {self._columns.called} file has {max(self._width, self._columns.least)}."
            raise FormatError(self._name, f"there are {len(row)} columns", valid, number)
        name, strand = self._label(number, row)
        score = self._score(row)
        # Numbers that are no positions before it tell that column 9 is no colour either.
        colored = (
            self._columns.colors and len(row) >= 8 and all(text.isdigit() or text in _NOTHING for text in row[6:8])
        )
        return Interval(
            start,
            max(end, start + 1),  # an empty interval, as of an insertion, is kept as the base after it
            name,
            strand,
            self._color(row) if colored else None,
            self._summit(number, row, start, end) if self._columns.summit else None,
            score,
            self._blocks(number, row, start, end) if self._columns.blocks else (),
            _thick(row, start, end) if colored else None,
        )

    def _label(self, number: int, row: list[str]) -> tuple[str, str]:
        """Name and strand."""
        name = row[3] if len(row) > 3 and row[3] not in _NOTHING else ""
        if "=" in name:
            tag = _TAGS.search(name)
            name = unquote(tag[1]) if tag else name
        strand = row[5] if len(row) > 5 and row[5] not in _NOTHING else "."
        if strand not in "+-.":
            raise FormatError(self._name, f"the strand in column 6 is '{strand[:40]}'", "It must be +, - or .", number)
        return name, strand

    def _score(self, row: list[str]) -> float | None:
        if len(row) < 5 or row[4] in _NOTHING:
            return None
        score = finite(row[4])
        if score is None:
            self._left_out["no number in the score column (5), which is not used"] += 1
        return score

    def _summit(self, number: int, row: list[str], start: int, end: int) -> int | None:
        if is_missing(row[9]):
            self._left_out["no summit (column 10)"] += 1
            return None
        offset = finite(row[9])
        if offset is None or offset != int(offset):
            raise FormatError(
                self._name,
                f"the summit in column 10 is '{row[9][:40]}'",
                "It is a whole number of bases from the start, or -1.",
                number,
            )
        if offset >= 0 and start + offset < max(end, start + 1):
            return start + int(offset)
        if offset >= 0:
            self._left_out["a summit (column 10) outside the peak, which is not used"] += 1
        return None

    def _color(self, row: list[str]) -> str | None:
        if len(row) < 9 or row[8] in _NOTHING:
            return None
        color = read_color(row[8])
        if color is None and row[8] != "0" and _thick(row, int(row[1]), int(row[2])):
            self._left_out["no colour as r,g,b in column 9, which is not used"] += 1
        return color

    def _blocks(self, number: int, row: list[str], start: int, end: int) -> tuple[tuple[int, int], ...]:
        if row[9] in ("", ".", "0") and row[10] in _NOTHING:
            return ()
        try:
            sizes, offsets = ([int(part) for part in row[at].rstrip(",").split(",")] for at in (10, 11))
            count = int(row[9])
        except ValueError:
            valid = "They are a number, and two lists such as 100,300,"
            raise FormatError(self._name, "columns 10 to 12 are no blocks", valid, number) from None
        if not count == len(sizes) == len(offsets):
            found = f"blockCount is {count}, but there are {len(sizes)} sizes and {len(offsets)} starts"
            raise FormatError(self._name, found, "They must agree.", number)
        spans = tuple((start + offset, start + offset + size) for offset, size in zip(offsets, sizes, strict=True))
        if any(low < start or high > end or high < low for low, high in spans):
            raise FormatError(
                self._name, f"a block lies outside {start}-{end}", "Block starts count from the start.", number
            )
        return spans


def _thick(row: list[str], start: int, end: int) -> tuple[int, int] | None:
    """Columns 7 and 8, where they are a part of the interval: columns after the sixth may be a lab's own."""
    if not all(text.isascii() and text.isdigit() for text in row[6:8]):
        return None
    low, high = int(row[6]), int(row[7])
    return (low, high) if start <= low < high <= end else None
