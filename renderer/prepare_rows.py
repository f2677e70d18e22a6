"""Rows -> sorted bgzip + tabix, the form that `renderer.intervals` reads; intervals and links are prepared here."""

from __future__ import annotations

import math
from pathlib import Path

import pysam

from renderer.errors import FormatError
from renderer.formats import Format
from renderer.prepare_common import interval, stage
from renderer.prepared import Prepared
from renderer.text import Progress, read_rows

Row = tuple[str, int, int, str]
"""A line to be indexed: chrom, start, end (0-based, half-open) and the whole line."""


def prepare_intervals(path: Path, name: str, folder: Path, found: Format, report: Progress) -> Prepared:
    rows: list[Row] = []
    width = 0
    for number, row in read_rows(path, name, stage(report, 0, 0.7)):
        start, end = interval(name, number, row)
        width = width or len(row)
        if found.name == "narrowpeak" and len(row) != 10:
            raise FormatError(name, f"there are {len(row)} columns", "narrowPeak lines have 10.", number)
        if len(row) != width:
            raise FormatError(name, f"there are {len(row)} columns", f"The lines before have {width}.", number)
        rows.append((row[0], start, end, "\t".join(row)))
    return index_rows(found, folder, rows, (), stage(report, 0.7, 1))


def prepare_links(path: Path, name: str, folder: Path, found: Format, report: Progress) -> Prepared:
    rows: list[Row] = []
    between = 0
    for number, row in read_rows(path, name, stage(report, 0, 0.7)):
        if len(row) < 6:
            raise FormatError(name, f"there are {len(row)} columns", "A link has chrom, start, end, twice.", number)
        start1, end1 = interval(name, number, row[:3])
        start2, end2 = interval(name, number, row[3:6])
        if row[0] != row[3]:
            between += 1
            continue
        score = next((field for field in (*row[7:8], *row[6:7]) if _is_float(field)), "1")
        start, end = min(start1, start2), max(end1, end2)
        fields = [row[0], start, end, start1, end1, start2, end2, score]
        rows.append((row[0], start, end, "\t".join(map(str, fields))))
    warnings = (f"{between:,} links between chromosomes are not drawn.",) if between else ()
    return index_rows(found, folder, rows, warnings, stage(report, 0.7, 1))


def _is_float(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def index_rows(found: Format, folder: Path, rows: list[Row], warnings: tuple[str, ...], report: Progress) -> Prepared:
    """Write rows as sorted bgzip + tabix. Tabix skips empty intervals, so a base is added to those in its index key."""
    rows.sort(key=lambda row: row[:3])
    plain, target = folder / "rows.part", folder / "rows.bed.gz"
    chroms: dict[str, int] = {}
    with plain.open("w", encoding="utf-8") as out:
        for chrom, start, end, line in rows:
            chroms[chrom] = max(end, chroms.get(chrom, 0))
            out.write((line if end > start else _one_base(line)) + "\n")
    pysam.tabix_compress(str(plain), str(target), force=True)
    pysam.tabix_index(str(target), preset="bed", force=True)
    plain.unlink()
    return Prepared(found.name, found.kind, target, chroms, False, len(rows), warnings)


def _one_base(line: str) -> str:
    fields = line.split("\t")
    fields[2] = str(int(fields[1]) + 1)
    return "\t".join(fields)
