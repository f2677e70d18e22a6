"""Tables of peak callers and of domains as rows of BED or narrowPeak: MACS, HOMER, SEACR, Arrowhead."""

from __future__ import annotations

from functools import partial

from renderer.formats.fields import finite, whole
from renderer.prepare.intervals import BED, NARROW_PEAK, prepare_intervals
from renderer.values.errors import FormatError

_STRANDS = {"0": "+", "1": "-", "*": "."}
"""HOMER's and R's words for strands."""


def macs_row(name: str, number: int, row: list[str]) -> list[str]:
    """MACS's _peaks.xls as narrowPeak, and tables of R: chrom, start (from 1), end, length, then summit (absolute),
    pileup, -log10 p, fold, -log10 q, name; or the strand. Raises FormatError with the line."""
    start, end, length = _counted(name, number, row[1:4])
    if length != end - start + 1:
        raise FormatError(
            name, f"the length is {length} and {start}-{end} has {end - start + 1}", "They agree.", number
        )
    place = [row[0], str(start - 1), str(end)]
    if row[4] in "+-*.":
        return [*place, ".", ".", _STRANDS.get(row[4], row[4]), "0", "0", "0", "-1"]
    summit = finite(row[4]) if len(row) >= 10 else None  # broad peaks have none
    offset = int(summit) - start if summit is not None and start <= summit <= end else -1
    fold, quality = (finite(text) for text in row[-3:-1])
    score = "." if quality is None else str(int(10 * quality))
    return [*place, row[-1], score, ".", str(fold or 0), "-1", str(quality or -1), str(offset)]


def homer_row(name: str, number: int, row: list[str]) -> list[str]:
    """HOMER's peaks as BED6: name, chrom, start (from 1), end, strand, then a score. Raises FormatError."""
    if len(row) < 5:
        raise FormatError(name, f"there are {len(row)} columns", "A line is name, chrom, start, end, strand.", number)
    start, end = _counted(name, number, row[2:4])
    return [row[1], str(start - 1), str(end), row[0], *(row[5:6] or ["."]), _STRANDS.get(row[4], row[4])]


def seacr_row(name: str, number: int, row: list[str]) -> list[str]:
    """SEACR's regions as BED5: chrom, start, end, total and highest signal, where it is highest."""
    if len(row) != 6:
        valid = "A line of SEACR is chrom, start, end, total, highest, chrom:start-end."
        raise FormatError(name, f"there are {len(row)} columns", valid, number)
    return [*row[:3], ".", row[4]]


def domain_row(name: str, number: int, row: list[str]) -> list[str]:
    """Arrowhead's domains as BED9: a domain is a pair of equal anchors, and a colour. Raises FormatError."""
    if row[:3] != row[3:6]:
        raise FormatError(name, "the two anchors differ", "The rows before are domains: one place twice.", number)
    color = next((text for text in row[6:11] if text.count(",") == 2), ".")
    return [*row[:3], ".", ".", ".", row[1], row[2], color]


def _counted(name: str, number: int, fields: list[str]) -> list[int]:
    """Positions from 1. Raises FormatError with the line."""
    found = [whole(name, number, "a position", text) for text in fields]
    if found[0] < 1:
        raise FormatError(name, f"the start is {found[0]}", "Positions of such a table count from 1.", number)
    return found


prepare_macs = partial(prepare_intervals, NARROW_PEAK, reshape=macs_row)
prepare_homer = partial(prepare_intervals, BED, reshape=homer_row)
prepare_seacr = partial(
    prepare_intervals, BED, reshape=seacr_row, notes=("The score is the highest signal (column 5).",)
)
prepare_domains = partial(
    prepare_intervals, BED, reshape=domain_row, notes=("Both anchors of every row are one place: drawn as domains.",)
)
