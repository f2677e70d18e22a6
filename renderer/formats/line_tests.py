"""Whether the fields of a single data line can be of a text format: one test a format, pure Python and cheap.

Their order is in the rows of `renderer.formats.table`; whole files are checked in `renderer.prepare`.
"""

from __future__ import annotations

import re

from renderer.formats.text import is_missing

_STAINS = re.compile(r"gneg|gpos\d*|acen|gvar|stalk")
_MATE = re.compile(r"\S+:\d+-\d+,\S+")
_GTF = re.compile(r"(?:^|;)\s*(?:gene_id|transcript_id)\s")
_PHASE = re.compile(r"[012.]?")
_WIG = ("fixedStep", "variableStep")
_MOST_NUMBERED = 99
"""No assembly numbers its chromosomes higher."""

SITE = 2
"""Bases of a site: a base, or both of a CpG."""

_MOST_SCORE = 1000
"""BED scores go from 0 to 1000."""


def _is_int(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def is_value(text: str) -> bool:
    """Whether this is a number, or says that there is none."""
    return _is_number(text) or is_missing(text)


def are_numbers(fields: list[str]) -> bool:
    """Whether all are numbers, nan and inf included."""
    return all(_is_number(field) for field in fields)


def are_ints(fields: list[str]) -> bool:
    """Whether all are whole numbers from 0 on."""
    return all(_is_int(field) for field in fields)


def _is_list(text: str) -> bool:
    """'100,300,' and the like."""
    return are_ints(text.replace(" ", "").rstrip(",").split(","))


def _is_interval(row: list[str]) -> bool:
    return len(row) >= 3 and _is_int(row[1]) and _is_int(row[2])


def is_wig(row: list[str]) -> bool:
    """A declaration, or a value with or without its position."""
    return (
        row[0] in _WIG
        or (len(row) == 1 and is_value(row[0]))
        or (len(row) == 2 and _is_int(row[0]) and is_value(row[1]))
    )


def is_gff(row: list[str]) -> bool:
    """GFF of any version."""
    return (
        len(row) >= 8
        and _is_int(row[3])
        and _is_int(row[4])
        and row[6] in ("+", "-", ".", "?")
        and not _is_number(row[2])
        and _PHASE.fullmatch(row[7]) is not None
    )


def names_gtf(row: list[str]) -> bool:
    """A row whose attributes name a gene or a transcript as GTF does; others of the file may hold a bare name."""
    return is_gff(row) and len(row) == 9 and _GTF.search(row[8]) is not None


def is_genepred(row: list[str]) -> bool:
    """genePred, or refGene with its bin column, or refFlat with its gene name, in front."""
    return any(
        len(row) >= at + 10
        and row[at + 2] in ("+", "-")
        and are_ints(row[at + 3 : at + 8])
        and _is_list(row[at + 8])
        and _is_list(row[at + 9])
        for at in (0, 1)
    )


def is_cytoband(row: list[str]) -> bool:
    """chrom, start, end, name, stain."""
    return _is_interval(row) and len(row) == 5 and _STAINS.fullmatch(row[4]) is not None


def is_interact(row: list[str]) -> bool:
    """The 18 columns of UCSC's interact."""
    return (
        _is_interval(row)
        and len(row) == 18
        and _is_number(row[4])
        and _is_number(row[5])
        and are_ints([row[9], row[10], row[14], row[15]])
    )


def is_longrange(row: list[str]) -> bool:
    """WashU's longrange: the fourth column is the other end and its score."""
    return _is_interval(row) and 4 <= len(row) <= 6 and _MATE.fullmatch(row[3]) is not None


def _is_anchor(fields: list[str]) -> bool:
    return are_ints(fields[1:]) or fields == [".", "-1", "-1"]


def is_links(row: list[str]) -> bool:
    """BEDPE or arcs; chromosomes may be called 1, 2, ..., where an anchor's order tells them from scores."""
    if len(row) < 6 or not (_is_anchor(row[:3]) and _is_anchor(row[3:6])):
        return False
    if "." in (row[0], row[3]):
        return True
    numbered = are_ints([row[0], row[3]]) and int(row[3]) <= _MOST_NUMBERED and int(row[4]) <= int(row[5])
    return numbered or not _is_number(row[3])


def _is_bed_head(row: list[str]) -> bool:
    """The first six columns, as far as there are some."""
    return _is_interval(row) and (len(row) < 6 or row[5] in ("+", "-", "."))


def is_narrow_peak(row: list[str]) -> bool:
    """BED6 and four numbers; IDR writes two more, and the same of every replicate."""
    if not _is_bed_head(row) or len(row) < 10 or not all(map(is_value, row[6:])):
        return False
    return len(row) == 10 or (len(row) > 12 and not is_bed12(row) and _is_summit(row))


def _is_summit(row: list[str]) -> bool:
    """Whether column 10 lies within the peak."""
    return _is_number(row[9]) and -1 <= float(row[9]) <= int(row[2]) - int(row[1])


def is_broad_peak(row: list[str]) -> bool:
    """BED6 and three numbers that cannot be those of BED9."""
    return _is_bed_head(row) and len(row) == 9 and all(map(is_value, row[6:9])) and not _is_bed9(row)


def _is_bed9(row: list[str]) -> bool:
    """Whether three numbers can be thickStart, thickEnd and an itemRgb of 0."""
    if not are_ints(row[6:8]) or row[8] not in ("0", "."):
        return False
    low, high = int(row[6]), int(row[7])
    return int(row[1]) <= low <= high <= int(row[2]) or low == high == 0


def is_bed12(row: list[str]) -> bool:
    """BED with blocks; where more follows, the blocks must be some."""
    head = _is_bed_head(row) and len(row) >= 12 and are_ints([row[6], row[7], row[9]])
    return head and (len(row) == 12 or (_is_list(row[10]) and _is_list(row[11])))


def is_gapped_peak(row: list[str]) -> bool:
    """BED12 and three numbers."""
    return is_bed12(row) and len(row) == 15 and are_numbers(row[12:])


def is_figures(row: list[str]) -> bool:
    """An interval and then numbers alone, or NA: a value, a name and a score, or many scores."""
    return len(row) > 3 and _is_interval(row) and all(map(_is_figure, row[3:]))


def _is_figure(text: str) -> bool:
    return _is_number(text) or text.upper() in ("NA", "N/A", "#N/A")


def is_bedgraph(row: list[str]) -> bool:
    """chrom, start, end, number; the number may be missing."""
    return _is_interval(row) and len(row) == 4 and is_value(row[3])


def has_value(row: list[str]) -> bool:
    """A row whose fourth column is a number, or NA, which is nobody's name."""
    return len(row) > 3 and _is_figure(row[3])


def declares_bedgraph(row: list[str]) -> bool:
    """What a file that says it is bedGraph may have behind the value: a count or two, as of reads."""
    return _is_interval(row) and len(row) <= 6 and all(map(is_value, row[3:]))


def is_site(row: list[str]) -> bool:
    """A value from 0 to 1 at one base or two, as a share of reads or a probability: what lies between such sites has no
    value, it is not 0."""
    return len(row) == 4 and declares_site(row)


def declares_site(row: list[str]) -> bool:
    """The same of a file that says it is bedGraph, with a count or two behind the value."""
    if not (4 <= len(row) <= 6 and _is_interval(row) and all(map(is_value, row[3:]))):
        return False
    return int(row[2]) - int(row[1]) <= SITE and (not _is_number(row[3]) or 0 <= float(row[3]) <= 1)


def has_share(row: list[str]) -> bool:
    """A row whose value is neither 0 nor 1: no count."""
    return _is_number(row[3]) and 0 < float(row[3]) < 1


def is_bed5(row: list[str]) -> bool:
    """Five columns that are all whole numbers, the last a BED score: intervals that are named by number."""
    return _is_interval(row) and len(row) == 5 and _is_int(row[3]) and _is_int(row[4]) and int(row[4]) <= _MOST_SCORE


def is_matrix(row: list[str]) -> bool:
    """chrom, start, end, one or more numbers."""
    return _is_interval(row) and len(row) >= 4 and all(map(is_value, row[3:]))


def is_bed(row: list[str]) -> bool:
    """BED of 3 to 12 columns; what a program adds behind them is not read."""
    return _is_bed_head(row)
