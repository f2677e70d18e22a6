"""Splice junctions, and intervals that a track line declares to be arcs, as links between single bases.

The anchors of a junction are the last base of one exon and the first of the next; the score is its number of reads.
"""

from __future__ import annotations

from functools import partial

from renderer.formats.fields import finite, interval, whole
from renderer.prepare.links import Pair, prepare_links
from renderer.values.errors import FormatError

_STAR = "A line of SJ.out.tab is chrom, first and last base of the intron, strand, motif, annotated, and three counts."

_TABLE = (
    "A line of a .junc is chrom, last and first base, strand (HISAT2, TopHat), BED6 of introns with their reads in "
    "column 5 (LeafCutter), or BED12 of two blocks (regtools)."
)


def _star(name: str, number: int, row: list[str]) -> Pair | str:
    """STAR's SJ.out.tab, whose introns count from 1; the reads are those that map nowhere else (column 7)."""
    if len(row) != 9:
        raise FormatError(name, f"there are {len(row)} columns", _STAR, number)
    start, end = interval(name, number, row)
    if start < 1:
        raise FormatError(name, f"the intron begins at {start}", _STAR, number)
    reads = whole(name, number, "the number of reads (column 7)", row[6])
    return _junction(row[0], start - 1, end, reads) if reads else "junctions of reads that also map elsewhere"


def _blocks(name: str, number: int, row: list[str]) -> Pair:
    """BED12 of TopHat and regtools: two blocks, what the reads cover on either side of the intron."""
    start, end = interval(name, number, row)
    try:
        (first, last), (_, offset) = ([int(part) for part in row[at].rstrip(",").split(",")] for at in (10, 11))
    except (ValueError, IndexError):
        raise FormatError(name, "columns 11 and 12 are no two blocks", "A junction has two.", number) from None
    if not 0 < first <= offset or start + offset + last > end:
        raise FormatError(name, f"the blocks do not lie in {start}-{end}", "They count from the start.", number)
    return _junction(row[0], start + first, start + offset, finite(row[4]) or 0.0)


def _table(name: str, number: int, row: list[str]) -> Pair:
    """What is called .junc: the last base of an exon, the first of the next, and a strand, without a count (HISAT2,
    TopHat); an intron with its reads in column 5 (LeafCutter); or two blocks (regtools)."""
    if len(row) == 12:
        return _blocks(name, number, row)
    start, end = interval(name, number, row)
    if len(row) == 4:
        return (row[0], start, start + 1), (row[0], end, end + 1), 1.0
    score = finite(row[4]) if len(row) == 6 else None
    if score is None:
        raise FormatError(name, f"there are {len(row)} columns", _TABLE, number)
    return _junction(row[0], start, end, score)


def _arc(name: str, number: int, row: list[str]) -> Pair:
    """BED under 'track graphType=arc': an arc from its first to its last base, with the score of column 5."""
    start, end = interval(name, number, row)
    if len(row) >= 12 and row[9] == "2":
        return _blocks(name, number, row)
    score = finite(row[4]) if len(row) > 4 else None
    ends = (row[0], start, min(start + 1, end)), (row[0], max(start, end - 1), end)
    return (*ends, 1.0 if score is None else score)


def _junction(chrom: str, start: int, end: int, reads: float) -> Pair:
    """The link over the intron from `start` up to `end`, 0-based, half-open."""
    return (chrom, max(0, start - 1), start), (chrom, end, end + 1), reads


prepare_star = partial(prepare_links, _star)
prepare_junction_bed = partial(prepare_links, _blocks)
prepare_junction_table = partial(prepare_links, _table)
prepare_arcs = partial(prepare_links, _arc)
