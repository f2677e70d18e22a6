"""Cytogenetic bands (UCSC's cytoBand and cytoBandIdeo tables) -> bgzip + tabix."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from renderer.formats.fields import interval
from renderer.formats.format import Format
from renderer.formats.text import Progress, read_rows
from renderer.prepare.common import stage
from renderer.prepare.indexed import Row, index_rows
from renderer.values.errors import FormatError
from renderer.values.prepared import Prepared
from renderer.window.bands import STAINS

COLUMNS = 5
_GRADED = re.compile(r"gpos(?:\d{1,2}|100)")


def prepare_bands(path: Path, name: str, folder: Path, found: Format, report: Progress) -> Prepared:
    """Bands as chrom, start, end, name, stain. Raises FormatError for a bad line, or bands that overlap."""
    numbered = [(_band(name, number, row), number) for number, row in read_rows(path, name, stage(report, 0, 0.7))]
    numbered.sort(key=lambda pair: pair[0][:3])
    for (last, _), (band, number) in pairwise(numbered):
        if band[0] == last[0] and band[1] < last[2]:
            raise FormatError(
                name,
                f"{band[0]}:{band[1]}-{band[2]} overlaps the band {last[1]}-{last[2]}",
                "Bands of a chromosome follow each other.",
                number,
            )
    prepared = index_rows(found, folder, [band for band, _ in numbered], (), stage(report, 0.7, 1))
    return replace(prepared, sized=True)  # the last band of a chromosome ends where it does


def _band(name: str, number: int, row: list[str]) -> Row:
    start, end = interval(name, number, row)
    # UCSC leaves the band's name empty for chromosomes without bands; white space cannot show that.
    fields = row if len(row) != COLUMNS - 1 else [*row[:3], "", row[3]]
    if len(fields) != COLUMNS:
        raise FormatError(
            name, f"there are {len(row)} columns", "A cytoBand line is chrom, start, end, name, stain.", number
        )
    if fields[4] not in STAINS and not _GRADED.fullmatch(fields[4]):
        raise FormatError(name, f"the stain is '{fields[4][:40]}'", f"Stains are {', '.join(STAINS)}.", number)
    return fields[0], start, end, "\t".join(fields)
