"""Which text format a row is of: one test a format, on the fields of a single data line, the strictest first.

Pure Python and cheap. `renderer.formats.table` asks; whole-file checks are in the `prepare_...` modules.
"""

from __future__ import annotations

import re

_STAINS = re.compile(r"gneg|gpos\d*|acen|gvar|stalk")
_MATE = re.compile(r"[^\s:]+:\d+-\d+,\S+")
_WIG = ("fixedStep", "variableStep")
_MOST_NUMBERED = 99
"""No assembly numbers its chromosomes higher."""

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


def _are_numbers(fields: list[str]) -> bool:
    return all(_is_number(field) for field in fields)


def _are_ints(fields: list[str]) -> bool:
    return all(_is_int(field) for field in fields)


def _is_list(text: str) -> bool:
    """'100,300,' and the like."""
    return _are_ints(text.rstrip(",").split(","))


def _is_interval(row: list[str]) -> bool:
    return len(row) >= 3 and _is_int(row[1]) and _is_int(row[2])


def _is_wig(row: list[str]) -> bool:
    return (
        row[0] in _WIG
        or (len(row) == 1 and _is_number(row[0]))
        or (len(row) == 2 and _is_int(row[0]) and _is_number(row[1]))
    )


def _is_gff(row: list[str]) -> bool:
    return len(row) >= 8 and _is_int(row[3]) and _is_int(row[4]) and row[6] in ("+", "-", ".", "?")


def _is_gtf(row: list[str]) -> bool:
    return _is_gff(row) and len(row) == 9 and ('gene_id "' in row[8] or "gene_id " in row[8])


def _is_genepred(row: list[str]) -> bool:
    """genePred, or refGene with its bin column, or refFlat with its gene name, in front."""
    return any(
        len(row) >= at + 10
        and row[at + 2] in ("+", "-")
        and _are_ints(row[at + 3 : at + 8])
        and _is_list(row[at + 8])
        and _is_list(row[at + 9])
        for at in (0, 1)
    )


def _is_cytoband(row: list[str]) -> bool:
    return _is_interval(row) and len(row) == 5 and _STAINS.fullmatch(row[4]) is not None


def _is_interact(row: list[str]) -> bool:
    return (
        _is_interval(row)
        and len(row) == 18
        and _is_number(row[4])
        and _is_number(row[5])
        and _are_ints([row[9], row[10], row[14], row[15]])
    )


def _is_longrange(row: list[str]) -> bool:
    return _is_interval(row) and 4 <= len(row) <= 6 and _MATE.fullmatch(row[3]) is not None


def _is_anchor(fields: list[str]) -> bool:
    return _are_ints(fields[1:]) or fields == [".", "-1", "-1"]


def _is_links(row: list[str]) -> bool:
    """BEDPE or arcs; chromosomes may be called 1, 2, ..., where an anchor's order tells them from scores."""
    if len(row) < 6 or not (_is_anchor(row[:3]) and _is_anchor(row[3:6])):
        return False
    if "." in (row[0], row[3]):
        return True
    numbered = _are_ints([row[0], row[3]]) and int(row[3]) <= _MOST_NUMBERED and int(row[4]) <= int(row[5])
    return numbered or not _is_number(row[3])


def _is_bed_head(row: list[str]) -> bool:
    """The first six columns, as far as there are some."""
    return _is_interval(row) and (len(row) < 6 or row[5] in ("+", "-", "."))


def _is_narrow_peak(row: list[str]) -> bool:
    return _is_bed_head(row) and len(row) == 10 and _are_numbers(row[6:10])


def _is_broad_peak(row: list[str]) -> bool:
    return _is_bed_head(row) and len(row) == 9 and _are_numbers(row[6:9]) and not _is_bed9(row)


def _is_bed9(row: list[str]) -> bool:
    """Whether three numbers can be thickStart, thickEnd and an itemRgb of 0."""
    if not _are_ints(row[6:8]) or float(row[8]) != 0:
        return False
    low, high = int(row[6]), int(row[7])
    return int(row[1]) <= low <= high <= int(row[2]) or low == high == 0


def _has_blocks(row: list[str]) -> bool:
    return _is_bed_head(row) and len(row) >= 12 and _are_ints([row[6], row[7], row[9]])


def _is_gapped_peak(row: list[str]) -> bool:
    return _has_blocks(row) and len(row) == 15 and _are_numbers(row[12:])


def _is_bedgraph(row: list[str]) -> bool:
    return _is_interval(row) and len(row) == 4 and _is_number(row[3])


def _is_bed5(row: list[str]) -> bool:
    """Five columns that are all whole numbers, the last a BED score: intervals that are named by number."""
    return _is_interval(row) and len(row) == 5 and _is_int(row[3]) and _is_int(row[4]) and int(row[4]) <= _MOST_SCORE


def _is_matrix(row: list[str]) -> bool:
    return _is_interval(row) and len(row) >= 5 and _are_numbers(row[3:])


def _is_bed(row: list[str]) -> bool:
    return _is_bed_head(row) and len(row) <= 12


TESTS = (
    ("wig", _is_wig),
    ("gtf", _is_gtf),
    ("gff3", _is_gff),
    ("genepred", _is_genepred),
    ("cytoband", _is_cytoband),
    ("interact", _is_interact),
    ("longrange", _is_longrange),
    ("links", _is_links),
    ("gappedpeak", _is_gapped_peak),
    ("narrowpeak", _is_narrow_peak),
    ("broadpeak", _is_broad_peak),
    ("bed12", _has_blocks),
    ("bedgraph", _is_bedgraph),
    ("bed", _is_bed5),
    ("matrix", _is_matrix),
    ("bed", _is_bed),
)
"""A file is of the first format whose test every data line of its head passes."""


HINTS = {
    "bedgraph": "bedgraph",
    "wiggle_0": "bedgraph",
    "narrowpeak": "narrowpeak",
    "broadpeak": "broadpeak",
    "gappedpeak": "gappedpeak",
    "interact": "interact",
    "longrange": "longrange",
}
"""What the type of a track line says of rows that could also be of another format."""


def text_format(rows: list[list[str]], hint: str = "") -> str | None:
    """The format of all these rows (at least one), or None; `hint` is the type of a track line, in lower case."""
    hinted = HINTS.get(hint)
    tests = sorted(TESTS, key=lambda row: row[0] != hinted)
    return next((name for name, test in tests if all(test(row) for row in rows)), None)


def odd_row(rows: list[list[str]]) -> tuple[int, str]:
    """Which of the rows does not fit (they are of no format together), and what is wrong with it."""
    alone = [text_format([row]) for row in rows]
    if None in alone:
        at = alone.index(None)
        return at, _why(rows[at])
    at = next(at for at, name in enumerate(alone) if name != alone[0])
    return at, f"the line is like {alone[at]}, the lines before like {alone[0]}"


def _why(row: list[str]) -> str:
    """What is wrong with a row that fits no format."""
    shown = f"'{' '.join(row)[:60]}'"
    if len(row) >= 3 and _are_numbers(row[1:3]) and not _are_ints(row[1:3]):
        return f"start and end are '{row[1]}' and '{row[2]}', which must be whole numbers from 0 on"
    return f"{shown} fits no known format"
