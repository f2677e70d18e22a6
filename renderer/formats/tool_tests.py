"""Whether the fields of a data line can be of a table that a program writes: as `line_tests`, by sums that must agree
where names of columns say nothing."""

from __future__ import annotations

import re

from renderer.formats.line_tests import are_ints, are_numbers, is_bed12, is_links, is_value

_PLACE = re.compile(r"\S+:\d+-\d+")
_JUNCTION = re.compile(r"JUNC\w*\d+")
_COLOR = re.compile(r"\d+,\d+,\d+")
_ROUNDED = 0.51
"""Percent by which a printed percentage may differ from its counts: some are whole numbers."""

_FULL_SCORE = 1000


def is_bedmethyl(row: list[str]) -> bool:
    """BED9, then reads and percent; the score is the reads, at most 1000."""
    if len(row) < 10 or row[5] not in ("+", "-", ".") or not are_ints([*row[1:3], *row[6:8]]):
        return False
    behind = [field for text in row[9:] for field in text.split() or [text]]
    if len(behind) not in (2, 9) or not (are_ints(behind[:1]) and are_numbers([row[4]]) and is_value(behind[1])):
        return False
    percent = float(behind[1]) if are_numbers(behind[1:2]) else 0.0
    return min(int(behind[0]), _FULL_SCORE) == min(float(row[4]), _FULL_SCORE) and not percent > 100


def is_bismark(row: list[str]) -> bool:
    """chrom, start, end, percent, methylated and other reads, of which the percent is made."""
    if len(row) != 6 or not are_ints([*row[1:3], *row[4:]]) or not is_value(row[3]) or int(row[2]) - int(row[1]) > 1:
        return False
    methylated, reads = int(row[4]), int(row[4]) + int(row[5])
    return not reads or (are_numbers(row[3:4]) and abs(float(row[3]) - 100 * methylated / reads) <= _ROUNDED)


def is_macs(row: list[str]) -> bool:
    """chrom, start, end, length that counts both ends, and more: peaks of MACS, or R's table of ranges."""
    return (
        len(row) >= 5
        and are_ints(row[1:4])
        and int(row[3]) == int(row[2]) - int(row[1]) + 1
        and (row[4] in ("+", "-", "*", ".") if len(row) < 9 else is_value(row[4]) or row[4] == "*")
    )


def is_homer(row: list[str]) -> bool:
    """name, chrom, start, end, strand: HOMER, and SAF."""
    return len(row) >= 5 and are_ints(row[2:4]) and int(row[2]) <= int(row[3]) and row[4] in ("+", "-", "0", "1")


def is_seacr(row: list[str]) -> bool:
    """chrom, start, end, total and highest signal, and where it is highest."""
    return len(row) == 6 and are_ints(row[1:3]) and are_numbers(row[3:5]) and _PLACE.fullmatch(row[5]) is not None


def is_domain(row: list[str]) -> bool:
    """Arrowhead: the same anchor twice, and a colour."""
    return is_links(row) and row[:3] == row[3:6] and any(map(_COLOR.fullmatch, row[6:11]))


def is_star(row: list[str]) -> bool:
    """STAR's SJ.out.tab: an intron from 1, strand, motif, whether it is annotated, and three counts."""
    return (
        len(row) == 9
        and are_ints(row[1:])
        and 0 < int(row[1]) <= int(row[2])
        and int(row[3]) <= 2
        and int(row[4]) <= 6
        and int(row[5]) <= 1
    )


def is_junction_bed(row: list[str]) -> bool:
    """BED12 of two blocks, named as TopHat and regtools name junctions."""
    return is_bed12(row) and len(row) == 12 and row[9] == "2" and _JUNCTION.fullmatch(row[3]) is not None


def is_junction_table(row: list[str]) -> bool:
    """What is called .junc: two bases and a strand (HISAT2, TopHat), BED6 of introns (LeafCutter), or BED12 of two
    blocks (regtools)."""
    if not are_ints(row[1:3]) or len(row) not in (4, 6, 12):
        return False
    if len(row) == 12:
        return is_bed12(row) and row[9] == "2"
    return row[-1] in ("+", "-", ".", "?") and (len(row) == 4 or are_numbers(row[4:5]))
