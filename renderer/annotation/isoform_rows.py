"""Genes from formats that hold an isoform a row: BED, genePred and its relatives, bigGenePred.

Rows of one name, chromosome and strand are isoforms of one gene where they lie together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from renderer.annotation.genes import Annotated, GatheredGene, Rows, Spans, is_accession
from renderer.formats.autosql import autosql_columns, read_autosql
from renderer.formats.bigbed import read_bigbed
from renderer.formats.fields import MOST_POSITION, check_chrom, interval
from renderer.formats.text import Progress
from renderer.values.errors import FormatError

JOIN_DISTANCE = 500_000
"""Rows of one name and strand further apart than this (bp) are different genes: copies, pseudo-autosomal pairs."""

BED_COLUMNS = 12
GENEPRED_COLUMNS = 10

_GENEPRED = "A genePred line is name, chrom, strand, five positions and counts, exon starts, exon ends."
_SYMBOL_COLUMNS = ("geneName", "name2", "geneName2")
"""Columns of a bigGenePred that may hold the symbol, the likeliest first: producers do not agree."""


@dataclass(frozen=True)
class Isoform:
    """One row; positions are 0-based, half-open, `coding` is empty where start and end are the same."""

    chrom: str
    start: int
    end: int
    strand: str
    label: str
    exons: Spans
    coding: tuple[int, int]
    ids: tuple[str, ...] = ()


def merge_isoforms(isoforms: Iterable[Isoform]) -> Iterator[Annotated]:
    """The genes of these isoforms, in the order in which they first appear."""
    groups: dict[tuple[str, str, str], list[GatheredGene]] = {}
    for number, one in enumerate(isoforms):
        near = groups.setdefault((one.chrom, one.label, one.strand), [])
        gene = next((g for g in near if g.distance(one.start, one.end) <= JOIN_DISTANCE), None)
        if gene is None:
            gene = GatheredGene(one.chrom, one.label, one.strand)
            near.append(gene)
        gene.extend(str(number), one.start, one.end)
        gene.ids |= dict.fromkeys(one.ids)
        gene.exons.add(*one.exons)
        gene.coding.add(one.coding)
    for key in list(groups):
        yield from (gene.finish() for gene in groups.pop(key))


def genes_from_bed(rows: Rows, name: str) -> Iterator[Annotated]:
    """The genes of a BED12 (or BED3 to BED9) file. Raises FormatError with the line."""
    return merge_isoforms(_bed_isoform(name, number, row) for number, row in rows)


def _bed_isoform(name: str, number: int, row: list[str]) -> Isoform:
    start, end = interval(name, number, row)
    if start == end:
        raise FormatError(name, f"the interval is {start}-{end}", "A gene takes at least one base.", number)
    label = row[3] if len(row) > 3 and row[3] != "." else f"{row[0]}:{start + 1}"
    try:
        thick = (int(row[6]), int(row[7])) if len(row) >= 8 else (start, start)
        exons = _blocks(row, start, end) if len(row) >= BED_COLUMNS else [(start, end)]
    except ValueError as exc:
        said = str(exc) if "block" in str(exc) else "a thick or block column is no list of whole numbers"
        raise FormatError(name, said, "See BED12.", number) from None
    return Isoform(row[0], start, end, row[5] if len(row) > 5 else ".", label, exons, thick)


def _blocks(row: list[str], start: int, end: int) -> Spans:
    sizes, starts = _numbers(row[10]), _numbers(row[11])
    if not len(sizes) == len(starts) == int(row[9]):
        raise ValueError(f"blockCount is {row[9]}, but there are {len(sizes)} sizes and {len(starts)} starts")
    blocks = [(start + offset, start + offset + size) for offset, size in zip(starts, sizes, strict=True)]
    if any(not start <= low <= high <= end for low, high in blocks):
        raise ValueError(f"the blocks do not lie in {start}-{end}")
    return blocks


def _numbers(text: str) -> list[int]:
    return list(map(int, text.rstrip(",").split(",")))


def genes_from_genepred(rows: Rows, name: str) -> Iterator[Annotated]:
    """The genes of genePred, genePredExt and refGene (both also with a bin column) and refFlat.

    Raises FormatError with the line.
    """
    return merge_isoforms(_genepred_isoform(name, number, row) for number, row in rows)


def _genepred_isoform(name: str, number: int, row: list[str]) -> Isoform:
    """refFlat has the gene, other tables may have a bin, in front of the ten columns all share."""
    first = 1 if len(row) > GENEPRED_COLUMNS and row[2] not in ("+", "-") else 0
    before, fields, after = row[:first], row[first : first + GENEPRED_COLUMNS], row[first + GENEPRED_COLUMNS :]
    if len(fields) < GENEPRED_COLUMNS or fields[2] not in ("+", "-"):
        raise FormatError(name, f"'{' '.join(row)[:60]}' is none", _GENEPRED, number)
    transcript, chrom, strand = fields[:3]
    check_chrom(name, number, chrom)
    try:
        start, end, thick_start, thick_end, count = (int(field) for field in fields[3:8])
        exons = list(zip(_numbers(fields[8]), _numbers(fields[9]), strict=True))
    except ValueError:
        raise FormatError(
            name, "a position is no whole number, or exon starts and ends differ in number", _GENEPRED, number
        ) from None
    if (
        not 0 <= start < end <= MOST_POSITION
        or len(exons) != count
        or any(not start <= low <= high <= end for low, high in exons)
    ):
        raise FormatError(
            name, f"the exons of {transcript} do not fit {count} exons in {start}-{end}", _GENEPRED, number
        )
    symbol = _genepred_symbol(before, after) or transcript
    return Isoform(chrom, start, end, strand, symbol, exons, (thick_start, thick_end), (transcript,))


def _genepred_symbol(before: list[str], after: list[str]) -> str | None:
    """The gene's name: refFlat's first column (a bin is a number), or name2 behind genePredExt's score."""
    if before and not before[0].isdigit():
        return before[0]
    extended = len(after) >= 5 and after[0].lstrip("-").isdigit()
    return after[1] if extended and after[1] not in ("", "none", ".") else None


def genes_from_biggenepred(path: Path, name: str, report: Progress) -> Iterator[Annotated]:
    """The genes of a bigGenePred. Raises FormatError for a damaged file or a bad row."""
    columns = autosql_columns(read_autosql(path))
    return merge_isoforms(_biggenepred_isoform(name, row, columns) for _, row in read_bigbed(path, name, report))


def _biggenepred_isoform(name: str, row: list[str], columns: list[str]) -> Isoform:
    one = _bed_isoform(name, 0, row)
    named = dict(zip(columns, row, strict=False))
    symbols = [named[key] for key in _SYMBOL_COLUMNS if named.get(key, "none") not in ("", "none", ".", "n/a")]
    label = next((symbol for symbol in symbols if not is_accession(symbol)), one.label)
    ids = dict.fromkeys((one.label, *(symbol for symbol in symbols if symbol != label)))
    return Isoform(one.chrom, one.start, one.end, one.strand, label, one.exons, one.coding, tuple(ids))
