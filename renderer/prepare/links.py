"""Links of every format -> rows that `renderer.window.intervals.read_links` reads: BEDPE, arcs, interact, longrange."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from renderer.formats.bigbed import bigbed_chroms, read_bigbed
from renderer.formats.fields import finite, interval
from renderer.formats.format import Format
from renderer.formats.text import Progress, read_rows
from renderer.prepare.common import stage
from renderer.prepare.indexed import Row, index_rows
from renderer.values.errors import FormatError
from renderer.values.prepared import Prepared

Anchor = tuple[str, int, int]
Pair = tuple[Anchor, Anchor, float]
"""Two anchors (chrom, start, end) and a score."""

Read = Callable[[str, int, list[str]], Pair | str]
"""A row of the file of this name, and the number of its line, as a pair; or in a word what such rows are, which are
counted and not drawn."""

UNKNOWN = "links with an unknown end"
BETWEEN = "links between chromosomes"

_INTERACT_COLUMNS = 18
_STRANDS = ("+", "-", ".")
_MATE = re.compile(r"(\S+):(\d+)-(\d+),(\S+)")


def prepare_links(
    read: Read, path: Path, name: str, folder: Path, found: Format, report: Progress, twice: bool = False
) -> Prepared:
    """Links of a text, of whose rows `read` makes pairs; `twice`: the file gives every link from either end.

    Those between chromosomes cannot be drawn, and are counted in a warning, as is what `read` does not make a pair of.
    Raises FormatError with the line.
    """
    links = _Links(name, read)
    source = read_rows(path, name, stage(report, 0, 0.7))
    rows = index_rows(found, folder, links.rows(source), (), stage(report, 0.7, 1), unique=twice)
    return replace(rows, warnings=links.warnings())


def prepare_biginteract(path: Path, name: str, folder: Path, found: Format, report: Progress) -> Prepared:
    """The same of a bigInteract, which also says the lengths of chromosomes."""
    links = _Links(name, _interact)
    source = read_bigbed(path, name, stage(report, 0, 0.7))
    rows = index_rows(found, folder, links.rows(source), (), stage(report, 0.7, 1))
    return replace(rows, warnings=links.warnings(), chroms=bigbed_chroms(path, name), sized=True)


class _Links:
    """The links of one file; it counts those that cannot be drawn."""

    def __init__(self, name: str, read: Read) -> None:
        self._name, self._read = name, read
        self._left_out: Counter[str] = Counter()

    def warnings(self) -> tuple[str, ...]:
        """What was left out so far, a sentence each."""
        return tuple(f"{count:,} {what} are not drawn." for what, count in self._left_out.items())

    def rows(self, rows: Iterator[tuple[int, list[str]]]) -> Iterator[Row]:
        """The rows to be indexed, an anchor further left first. Raises FormatError with the line."""
        for number, row in rows:
            pair = self._read(self._name, number, row)
            if isinstance(pair, str):
                self._left_out[pair] += 1
            elif pair[0][0] != pair[1][0]:
                self._left_out[BETWEEN] += 1
            else:
                yield _row(pair)


def _row(pair: Pair) -> Row:
    (chrom, start1, end1), (_, start2, end2) = sorted(pair[:2])
    start, end = start1, max(end1, end2, start1 + 1)
    return chrom, start, end, "\t".join(map(str, (chrom, start, end, start1, end1, start2, end2, pair[2])))


def _bedpe(name: str, number: int, row: list[str]) -> Pair | str:
    """BEDPE, arcs, and tables that begin as they do."""
    if len(row) < 6:
        raise FormatError(name, f"there are {len(row)} columns", "A link has chrom, start, end, twice.", number)
    if "." in (row[0], row[3]):
        return UNKNOWN
    scores = (finite(row[at]) for at in _score_columns(row) if at < len(row))
    score = next((value for value in scores if value is not None), 1.0)
    return _anchor(name, number, row[:3]), _anchor(name, number, row[3:6]), score


def _score_columns(row: list[str]) -> tuple[int, ...]:
    """Where the score may be, the likeliest first: BEDPE has it behind the name, in column 8; HiCCUPS leaves that empty
    and has the contacts observed behind a colour; arcs and FitHiChIP have it, or the contacts, in column 7."""
    if len(row) > 11 and row[10].count(",") == 2:
        return 7, 6, 11
    is_bedpe = len(row) < 9 or row[8] in _STRANDS
    return (7, 6) if is_bedpe or "," in row[6] else (6, 7)


def _interact(name: str, number: int, row: list[str]) -> Pair:
    """interact: its value, or where that is 0 its score."""
    if len(row) < _INTERACT_COLUMNS:
        valid = f"interact lines have {_INTERACT_COLUMNS}."
        raise FormatError(name, f"there are {len(row)} columns", valid, number)
    score = finite(row[5]) or finite(row[4]) or 0.0
    return _anchor(name, number, row[8:11]), _anchor(name, number, row[13:16]), score


def _longrange(name: str, number: int, row: list[str]) -> Pair:
    """longrange: an anchor, then 'chrom:start-end,score'."""
    match = _MATE.fullmatch(row[3]) if len(row) > 3 else None
    score = finite(match[4]) if match else None
    if match is None or score is None:
        found = f"column 4 is '{row[3][:60]}'" if len(row) > 3 else f"there are {len(row)} columns"
        raise FormatError(name, found, "A longrange line is chrom, start, end, chrom:start-end,score.", number)
    return _anchor(name, number, row[:3]), _anchor(name, number, [*match.groups()[:3]]), score


def _anchor(name: str, number: int, fields: list[str]) -> Anchor:
    return fields[0], *interval(name, number, fields)


prepare_bedpe = partial(prepare_links, _bedpe)
prepare_interact = partial(prepare_links, _interact)
prepare_longrange = partial(prepare_links, _longrange, twice=True)
