"""Variants of a VCF: as intervals, from the reference allele or over what a structural variant takes up; breakends as
links between their places, where the file holds nothing else or the person asks for links."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from renderer.formats.fields import MOST_POSITION, check_chrom, finite, whole
from renderer.formats.format import Format
from renderer.formats.text import Progress, block_lines, is_data, read_blocks, read_rows, split_row, without_head
from renderer.prepare.by_columns import vcf_blocks
from renderer.prepare.common import stage
from renderer.prepare.indexed import Block, Row, gather, index_blocks
from renderer.prepare.links import Pair, prepare_links
from renderer.values.errors import FormatError
from renderer.values.prepared import Prepared
from renderer.window.intervals import Interval

LONGEST_ALLELE = 10
"""Bases of an allele in a name; longer ones are told by their length."""

LOOKED_AT = 1000
"""Records by which it is decided whether a file holds breakends alone."""

_COLUMNS = 8
_END = re.compile(r"(?:^|;)END=(\d+)(?:;|$)")
_LENGTH = re.compile(r"(?:^|;)SVLEN=-?(\d+)(?:[,;]|$)")
_SPANNING = re.compile(r"<(?:DEL|DUP|INV|CNV)")
"""Symbolic alleles that take up a stretch of the reference; VCF 4.5 gives its length, not its END."""

_MATE = re.compile(r"[\[\]]([^\[\]]+):(\d+)[\[\]]")
"""The other end in an allele that is a breakend: 'A[chr2:321682['."""

_VALID = "A VCF line is CHROM, POS, ID, REF, ALT, QUAL, FILTER, INFO, between tabs."
_BREAKENDS = "breakends, drawn where they begin; as links (kind: links) they are arcs"


def prepare_variants(path: Path, name: str, folder: Path, found: Format, report: Progress) -> Prepared:
    """The variants of a VCF. Raises FormatError with the line."""
    if _is_all_breakends(path, name):
        return prepare_breakends(path, name, folder, replace(found, kind="links"), report)
    reader = VariantReader(name)
    blocks = (part for one in read_blocks(path, name, stage(report, 0, 0.7)) for part in reader.blocks(*one))
    made = index_blocks(found, folder, blocks, stage(report, 0.7, 1))
    return replace(made, warnings=reader.warnings() if made.items else ("There is no variant in it.",))


def _is_all_breakends(path: Path, name: str) -> bool:
    rows = list(itertools.islice(read_rows(path, name), LOOKED_AT))
    return bool(rows) and all(len(row) >= _COLUMNS and _MATE.search(row[4]) for _, row in rows)


def _breakend(name: str, number: int, row: list[str]) -> Pair | str:
    """A breakend as a pair of bases, scored by QUAL."""
    if len(row) < _COLUMNS:
        raise FormatError(name, f"there are {len(row)} columns", _VALID, number)
    check_chrom(name, number, row[0])
    at, mate = whole(name, number, "POS", row[1]), _MATE.search(row[4])
    if mate is None:
        return "variants that are no breakends"
    here, there = max(0, at - 1), max(0, int(mate[2]) - 1)
    return (row[0], here, here + 1), (mate[1], there, there + 1), finite(row[5]) or 1.0


prepare_breakends = partial(prepare_links, _breakend, twice=True)


class VariantReader:
    """The records of the VCF that a person called `name`; it counts those of which a person should know."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._noted: Counter[str] = Counter()

    def warnings(self) -> tuple[str, ...]:
        """What was met in the records read so far, a sentence each."""
        return tuple(f"{count:,} of the records: {what}." for what, count in self._noted.items())

    def blocks(self, first: int, block: bytes) -> Iterable[Block]:
        """The rows of a block of whole lines, whose first has number `first`: by columns where all are small variants,
        else row by row. Raises FormatError with the line."""
        found = vcf_blocks(without_head(block), LONGEST_ALLELE)
        if found is not None:
            return found
        lines = block_lines(self._name, first, block)
        return gather(self.rows((number, split_row(line)) for number, line in lines if is_data(line)))

    def rows(self, rows: Iterable[tuple[int, list[str]]]) -> Iterator[Row]:
        """The rows to be indexed: named by ID, else REF>ALT; the score is QUAL. Raises FormatError with the line."""
        for number, row in rows:
            if len(row) < _COLUMNS:
                raise FormatError(self._name, f"there are {len(row)} columns", _VALID, number)
            item = self._variant(number, row)
            yield row[0], item.start, item.end, item.to_line(row[0])

    def _variant(self, number: int, row: list[str]) -> Interval:
        _, position, identity, reference, alternatives, quality, _, info = row[:_COLUMNS]
        check_chrom(self._name, number, row[0])
        at = whole(self._name, number, "POS", position)
        if at < 0 or not reference:
            raise FormatError(self._name, f"POS is {position} and REF is '{reference}'", _VALID, number)
        start = max(0, at - 1)  # POS 0 is the telomere
        end = start + self._span(reference, alternatives, info, at)
        if end > MOST_POSITION:
            raise FormatError(self._name, f"the variant ends at {end}", f"Positions go to {MOST_POSITION:,}.", number)
        if _MATE.search(alternatives):
            self._noted[_BREAKENDS] += 1
        label = identity if identity != "." else f"{_short(reference)}>{','.join(map(_short, alternatives.split(',')))}"
        return Interval(start, end, label, score=finite(quality))

    def _span(self, reference: str, alternatives: str, info: str, at: int) -> int:
        """Bases of the reference that the record covers."""
        stated = _END.search(info)
        length = _LENGTH.search(info) if _SPANNING.search(alternatives) else None
        if stated and int(stated[1]) >= at and not (length and int(stated[1]) == at):
            return int(stated[1]) - max(0, at - 1)
        if stated and int(stated[1]) < at:
            self._noted["END lies before POS and is not used"] += 1
        return len(reference) + (int(length[1]) if length else 0)


def _short(allele: str) -> str:
    plain = allele.isalpha() and len(allele) > LONGEST_ALLELE
    return f"{len(allele)} bp" if plain else allele
