"""Text signal (bedGraph, wig) -> pieces: arrays of intervals with a value, a block of lines at a time.

Each reader takes a block fast, with pandas or numpy; where anything in it is unusual, it goes line by line instead,
which either copes or raises FormatError with the line. Positions come out 0-based, half-open.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from renderer.formats.bigwig import PIECE, Piece
from renderer.formats.fields import MOST_POSITION, check_chrom, interval, whole
from renderer.formats.text import block_lines, is_data, is_missing, split_row, without_head
from renderer.values.errors import FormatError

Line = tuple[int, str, int, int, float]
"""Number of the line, chrom, start, end, value: NaN where the file says that there is none."""

MOST_VALUE = float(np.finfo(np.float32).max)
"""A bigWig holds 32-bit numbers."""

LEAST_AT_ONCE = 2000
"""Bytes of a stretch of a wig below which reading it line by line is faster than setting up pandas."""

MOST_COLUMNS = 6
"""A bedGraph has four; modkit and others write one or two counts behind the value."""

_BLANKS = re.compile(rb" +")
_INFINITE = re.compile(r"[+-]?inf(?:inity)?", re.IGNORECASE)
_NO_VALUE = ("", "NA", "NaN", "nan", ".", "inf", "-inf", "Inf", "-Inf")
"""The commonest signs of a missing value; a block with others is read line by line."""


class SignalReader(Protocol):
    """Reads the blocks of one file in their order."""

    def pieces(self, first: int, block: bytes) -> list[tuple[str, Piece]]:
        """The intervals of a block whose first line has number `first`, as (chrom, piece) in the file's order."""

    def lines(self, first: int, block: bytes) -> Iterator[Line]:
        """The same line by line, slowly. Raises FormatError with the line."""

    def warnings(self) -> tuple[str, ...]:
        """What a person should know of the lines read so far, a sentence each."""


def to_piece(starts: npt.ArrayLike, ends: npt.ArrayLike, values: npt.ArrayLike) -> Piece | None:
    """The columns as one array, or None if any is out of the range that a signal may have; a value may be missing."""
    first, last, signal = np.asarray(starts, np.int64), np.asarray(ends, np.int64), np.asarray(values, np.float64)
    good = (first >= 0) & (last > first) & (last <= MOST_POSITION) & ~(np.abs(signal) > MOST_VALUE)
    if not good.all():
        return None
    piece = np.empty(len(first), PIECE)
    piece["start"], piece["end"], piece["value"] = first, last, signal
    return piece


def _gather(lines: Iterable[Line]) -> list[tuple[str, Piece]]:
    """Pieces from checked lines."""
    columns: dict[str, list[tuple[int, int, float]]] = {}
    for _, chrom, start, end, value in lines:
        columns.setdefault(chrom, []).append((start, end, value))
    return [(chrom, np.array(rows, PIECE)) for chrom, rows in columns.items()]


def signal_value(name: str, number: int, text: str, valid: str) -> float:
    """A number of a signal, NaN where it is missing or a ratio that has none (inf).

    Raises FormatError with the line; `valid` says what a line must look like.
    """
    if is_missing(text):
        return math.nan
    try:
        value = float(text)
    except ValueError:
        raise FormatError(name, f"'{text[:40]}' is not a number", valid, number) from None
    if math.isinf(value) and _INFINITE.fullmatch(text):
        return math.nan
    if abs(value) > MOST_VALUE:
        raise FormatError(name, f"the value {text} is too large", f"A signal goes to {MOST_VALUE:.2g}.", number)
    return value


class Missing:
    """Takes the places without a value out of the pieces of a file, and counts them."""

    def __init__(self) -> None:
        self._missing = 0

    def known(self, pieces: list[tuple[str, Piece]]) -> list[tuple[str, Piece]]:
        """The pieces without what is missing."""
        found = []
        for chrom, piece in pieces:
            held = np.isfinite(piece["value"])
            count = len(piece) - int(np.count_nonzero(held))
            self._missing += count
            found.append((chrom, piece[held] if count else piece))
        return found

    def warnings(self) -> tuple[str, ...]:
        """See SignalReader."""
        if not self._missing:
            return ()
        which = "1 value is" if self._missing == 1 else f"{self._missing:,} values are"
        return (f"{which} missing (NA, '.', inf or empty): no data there.",)


class RowReader(Missing):
    """A text of one row an interval, in any order; what the fields of a row mean is said by `row`."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def row(self, number: int, row: list[str]) -> tuple[str, int, int, float]:
        """Chrom, start, end, value of the fields of line `number` (1-based). Raises FormatError with it."""
        raise NotImplementedError

    def pieces(self, first: int, block: bytes) -> list[tuple[str, Piece]]:
        """See SignalReader."""
        return self.known(_gather(self.lines(first, block)))

    def lines(self, first: int, block: bytes) -> Iterator[Line]:
        """See SignalReader."""
        for number, line in block_lines(self.name, first, block):
            if is_data(line):
                yield (number, *self.row(number, split_row(line)))


class BedGraphReader(RowReader):
    """bedGraph: chrom, start, end, value; further columns, as modkit's coverage, are not drawn, which is said."""

    valid = "A bedGraph line is chrom, start, end, number."
    empty = "Positions count from 0: the first base is 0 to 1. If the file counts from 1, take 1 off each start."

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._width = 0
        self._track: str | None = None

    def pieces(self, first: int, block: bytes) -> list[tuple[str, Piece]]:
        """See SignalReader."""
        data = without_head(block)
        width = self._width or columns_of(data)
        fast = _parse_bedgraph(data, width) if not data or 4 <= width <= MOST_COLUMNS else None
        if fast is None:
            return super().pieces(first, block)
        for number, line in block_lines(self.name, first, block[: len(block) - len(data)] or b"\n"):
            self._begin(number, line)
        self._width = self._width or (width if fast else 0)
        return self.known(fast)

    def lines(self, first: int, block: bytes) -> Iterator[Line]:
        """See SignalReader. A second track in the file is an error."""
        for number, line in block_lines(self.name, first, block):
            self._begin(number, line)
            if is_data(line):
                self._width = self._width or len(split_row(line))
                yield (number, *self.row(number, split_row(line)))

    def _begin(self, number: int, line: str) -> None:
        if not re.match(r"track\s", line):
            return
        if self._track is not None and self._width and line.split() != self._track.split():
            valid = "A signal is one track: put each into a file of its own."
            raise FormatError(self.name, f"a second track begins: '{line[:60]}'", valid, number)
        self._track = line

    def row(self, number: int, row: list[str]) -> tuple[str, int, int, float]:
        """See RowReader."""
        start, end = interval(self.name, number, row)
        if not 4 <= len(row) <= MOST_COLUMNS or len(row) != (self._width or len(row)):
            raise FormatError(self.name, f"there are {len(row)} columns", self.valid, number)
        if start == end:
            raise FormatError(self.name, f"the interval {start}-{end} has no length", self.empty, number)
        return row[0], start, end, signal_value(self.name, number, row[3], self.valid)

    def warnings(self) -> tuple[str, ...]:
        """See SignalReader."""
        more = f"Column 4 is drawn; what follows it (column 5{_to(self._width)}) is not."
        return ((more,) if self._width > 4 else ()) + super().warnings()


def columns_of(block: bytes) -> int:
    """How many columns the first line of a block of data lines has; 0 of an empty one."""
    return len(split_row(block[: block.index(b"\n")].decode(errors="replace"))) if block else 0


def _to(width: int) -> str:
    return f" to {width}" if width > 5 else ""


PLACE: tuple[tuple[str, type | str], ...] = (("chrom", "category"), ("start", np.int64), ("end", np.int64))
BED_GRAPH = (*PLACE, ("value", np.float64))


def _parse_bedgraph(block: bytes, width: int) -> list[tuple[str, Piece]] | None:
    """A block of plain data lines of so many columns at once; None if it holds anything else."""
    if not block:
        return []
    table = plain_table(block, BED_GRAPH, width)
    return None if table is None else by_chrom(table, to_piece(table["start"], table["end"], table["value"]))


def plain_table(block: bytes, columns: Sequence[tuple[str, type | str | None]], width: int) -> Any:
    """A data frame of the first columns (name, type; None: left out) of data lines of `width` columns, between tabs or
    blanks; None if any line is of another kind. Missing values of "value" are NaN; "chrom" comes first, and is a
    category."""
    if b"#" in block or b"track" in block or b"browser" in block or b'"' in block:
        return None
    # A letter before each name: pandas reads categories that are all digits as numbers, 01 as 1.
    return _table(b"c" + block[:-1].replace(b"\n", b"\nc") + b"\n", columns, width)


def _table(block: bytes, columns: Sequence[tuple[str, type | str | None]], width: int) -> Any:
    """See `plain_table`."""
    import pandas as pd  # it loads for as long as a figure takes, and no other file needs it

    if b"\t" not in block:
        block = _BLANKS.sub(b"\t", block)
    used = {name: kind for name, kind in columns if kind is not None}
    try:
        table = pd.read_csv(
            io.BytesIO(block),
            sep="\t",
            header=None,
            names=[*(name for name, _ in columns), *(f"column {at}" for at in range(len(columns), width))],
            usecols=list(used),
            dtype=dict(used),
            engine="c",
            quoting=csv.QUOTE_NONE,
            keep_default_na=False,
            na_values={"value": list(_NO_VALUE)},
            index_col=False,
        )
    except (ValueError, OverflowError):  # pandas' ParserError is a ValueError
        return None
    plain = block.count(b"\t") == (width - 1) * len(table) == (width - 1) * block.count(b"\n")
    return table if plain else None


def by_chrom(table: Any, piece: Piece | None) -> list[tuple[str, Piece]] | None:
    """The intervals of a table of `plain_table` by chromosome; None where they, or a name, are not plain."""
    names = [str(name)[1:] for name in table["chrom"].cat.categories]
    if piece is None or not all(name.isprintable() and name.strip() == name != "" for name in names):
        return None
    if not len(piece):
        return []
    return _by_chrom(table["chrom"].cat.codes.to_numpy(), names, piece)


def _by_chrom(codes: npt.NDArray[np.int_], names: list[str], piece: Piece) -> list[tuple[str, Piece]]:
    """The piece cut where the chromosome changes, gathered by chromosome first if the file is mixed."""
    cuts = np.flatnonzero(np.diff(codes)) + 1
    if len(cuts) >= len(names):
        order = np.argsort(codes, kind="stable")
        codes, piece = codes[order], piece[order]
        cuts = np.flatnonzero(np.diff(codes)) + 1
    starts = np.concatenate(([0], cuts))
    return [(names[codes[at]], part) for at, part in zip(starts, np.split(piece, cuts), strict=True)]


@dataclass(frozen=True)
class _Declaration:
    """What a fixedStep or variableStep line says; `start` moves on as values are read (0-based)."""

    fixed: bool
    chrom: str
    start: int
    step: int
    span: int


class WigReader(Missing):
    """wig: fixedStep and variableStep, positions from 1. It remembers the declaration from block to block."""

    valid = "Under 'fixedStep chrom= start= step=' a line is a number, under 'variableStep chrom=' a position and one."
    _breaks = re.compile(rb"^(?:fixedStep|variableStep|track|browser|#).*\n", re.MULTILINE)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self._now: _Declaration | None = None

    def pieces(self, first: int, block: bytes) -> list[tuple[str, Piece]]:
        """See SignalReader."""
        found: list[tuple[str, Piece]] = []
        at = 0
        for match in self._breaks.finditer(block):
            found += self._data(first, block[at : match.start()])
            first += block.count(b"\n", at, match.end())
            if match[0].startswith((b"fixed", b"variable")):
                self._now = self._declare(first - 1, match[0].decode(errors="replace"))
            at = match.end()
        return self.known(found + self._data(first, block[at:]))

    def lines(self, first: int, block: bytes) -> Iterator[Line]:
        """See SignalReader."""
        for number, line in block_lines(self.name, first, block):
            if line.startswith(("fixedStep", "variableStep")):
                self._now = self._declare(number, line)
            elif is_data(line):
                yield self._row(number, line.split())

    def _data(self, first: int, block: bytes) -> list[tuple[str, Piece]]:
        """The intervals of data lines under one declaration."""
        if not block.strip():
            return []
        piece = self._parse(self._now, block) if self._now else None
        if piece is None or self._now is None:
            return _gather(self.lines(first, block))
        if self._now.fixed:
            self._now = replace(self._now, start=self._now.start + len(piece) * self._now.step)
        return [(self._now.chrom, piece)]

    @staticmethod
    def _parse(now: _Declaration, block: bytes) -> Piece | None:
        if len(block) < LEAST_AT_ONCE:
            return None
        columns: dict[str, type] = {"value": np.float64} if now.fixed else {"start": np.int64, "value": np.float64}
        table = _table(block, list(columns.items()), len(columns))
        if table is None:
            return None
        starts = now.start + now.step * np.arange(len(table)) if now.fixed else table["start"].to_numpy() - 1
        return to_piece(starts, starts + now.span, table["value"])

    def _declare(self, number: int, line: str) -> _Declaration:
        word, *settings = line.split()
        said = dict(setting.partition("=")[::2] for setting in settings)
        fixed = word == "fixedStep"
        if "chrom" not in said or (fixed and "start" not in said):
            raise FormatError(
                self.name, f"'{line.strip()[:60]}' lacks chrom{' or start' if fixed else ''}", self.valid, number
            )
        check_chrom(self.name, number, said["chrom"])
        numbers = {key: whole(self.name, number, key, said.get(key, "1")) for key in ("start", "step", "span")}
        if min(numbers.values()) < 1:
            raise FormatError(
                self.name,
                f"'{line.strip()[:60]}' has a number below 1",
                "Positions of a wig count from 1, and step and span are at least 1.",
                number,
            )
        if fixed and numbers["span"] > numbers["step"]:
            raise FormatError(
                self.name,
                f"span {numbers['span']} is longer than step {numbers['step']}",
                "Values of a wig must not overlap.",
                number,
            )
        return _Declaration(fixed, said["chrom"], numbers["start"] - 1, numbers["step"], numbers["span"])

    def _row(self, number: int, row: list[str]) -> Line:
        now = self._now
        if now is None or len(row) != (1 if now.fixed else 2):
            what = "has the wrong number of columns" if now else "has no declaration before it"
            raise FormatError(self.name, f"'{' '.join(row)[:60]}' {what}", self.valid, number)
        start = now.start if now.fixed else whole(self.name, number, "the position", row[0]) - 1
        if start < 0 or start + now.span > MOST_POSITION:
            raise FormatError(
                self.name, f"the position is {start + 1}", f"Positions of a wig go from 1 to {MOST_POSITION:,}.", number
            )
        value = signal_value(self.name, number, row[-1], self.valid)
        if now.fixed:
            self._now = replace(now, start=start + now.step)
        return number, now.chrom, start, start + now.span, value
