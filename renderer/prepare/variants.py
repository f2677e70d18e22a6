"""Variants of a VCF as intervals: from the reference allele, or to END where a record states one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from renderer.formats.fields import MOST_POSITION, check_chrom, finite, whole
from renderer.formats.text import Progress, read_rows
from renderer.values.errors import FormatError
from renderer.window.intervals import Interval

LONGEST_ALLELE = 10
"""Bases of an allele in a name; longer ones are told by their length."""

_COLUMNS = 8
_END = re.compile(r"(?:^|;)END=(\d+)(?:;|$)")
_LENGTH = re.compile(r"(?:^|;)SVLEN=-?(\d+)(?:[,;]|$)")
_SPANNING = re.compile(r"<(?:DEL|DUP|INV|CNV)")
"""Symbolic alleles that take up a stretch of the reference; VCF 4.5 gives its length, not its END."""

_VALID = "A VCF line is CHROM, POS, ID, REF, ALT, QUAL, FILTER, INFO, between tabs."


def read_variants(path: Path, name: str, report: Progress | None = None) -> Iterator[tuple[str, Interval]]:
    """(chrom, interval) of every record: named by ID, else REF>ALT; the score is QUAL.

    Raises FormatError with the line.
    """
    for number, row in read_rows(path, name, report):
        if len(row) < _COLUMNS:
            raise FormatError(name, f"there are {len(row)} columns", _VALID, number)
        yield row[0], _variant(name, number, row)


def _variant(name: str, number: int, row: list[str]) -> Interval:
    _, position, identity, reference, alternatives, quality, _, info = row[:_COLUMNS]
    check_chrom(name, number, row[0])
    at = whole(name, number, "POS", position)
    if at < 0 or not reference:
        raise FormatError(name, f"POS is {position} and REF is '{reference}'", _VALID, number)
    start = max(0, at - 1)  # POS 0 is the telomere
    end = start + _span(reference, alternatives, info, at)
    if not start < end <= MOST_POSITION:
        raise FormatError(
            name,
            f"the variant goes from {at} to {end}",
            f"END is not before POS, and positions go to {MOST_POSITION:,}.",
            number,
        )
    label = identity if identity != "." else f"{_short(reference)}>{','.join(map(_short, alternatives.split(',')))}"
    return Interval(start, end, label, score=finite(quality))


def _span(reference: str, alternatives: str, info: str, at: int) -> int:
    """Bases of the reference that the record covers."""
    stated = _END.search(info)
    if stated:
        return int(stated[1]) - max(0, at - 1)
    length = _LENGTH.search(info) if _SPANNING.search(alternatives) else None
    return len(reference) + (int(length[1]) if length else 0)


def _short(allele: str) -> str:
    plain = allele.isalpha() and len(allele) > LONGEST_ALLELE
    return f"{len(allele)} bp" if plain else allele
