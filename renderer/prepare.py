"""An upload -> a validated file with random access: text signal to bigWig, intervals and links to bgzip + tabix,
genes to one merged model each, bgzip + tabix.

Figures are only ever drawn from what this module wrote, so a bad line is found here, once, with its number, and a
figure's cost does not depend on the size of the upload. A mutated bigWig can crash pyBigWig: run `prepare` in a
process that may die.
"""

from __future__ import annotations

import math
import os
import shutil
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyBigWig
import pysam

from renderer.errors import FormatError
from renderer.formats import FORMATS, Format, read_rows, sniff
from renderer.genes import genes_from_bed, genes_from_gtf
from renderer.prepared import Prepared
from renderer.track import Kind

Progress = Callable[[float], None]
Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Row = tuple[str, int, int, str]
"""A line to be indexed: chrom, start, end (0-based, half-open) and the whole line."""

WRITE_AT_ONCE = 1_000_000
"""Intervals handed to pyBigWig at once: it copies them."""

PROGRESS_EVERY = 20_000
"""Lines between two reports of progress: about five a second."""


def prepare(
    path: Path, name: str, folder: Path, progress: Progress | None = None, kind: Kind | None = None
) -> Prepared:
    """Check the file at `path`, which a person called `name`, and write its prepared form into `folder`.

    `kind="genes"` takes a plain BED file as genes. `progress` gets shares from 0 to 1.
    Raises FormatError with the line, what was found and what is valid.
    """
    found = sniff(path, name)
    if kind == "genes" and found.name == "bed":
        found = replace(FORMATS["bed12"], name="bed")
    folder.mkdir(parents=True, exist_ok=True)
    report = progress or (lambda share: None)
    if found.note:
        return Prepared(
            found.name,
            found.kind,
            _keep(path, folder / f"kept.{found.name}"),
            {},
            False,
            None,
            (),
            found.note,
        )
    prepared = _WAYS[found.kind if found.name != "bigwig" else "bigwig"](path, name, folder, found, report)
    report(1.0)
    return prepared


def _keep(path: Path, target: Path) -> Path:
    """The upload under a name of ours: a hard link where the file system allows it, else a copy."""
    target.unlink(missing_ok=True)
    try:
        os.link(path, target)
    except OSError:
        shutil.copyfile(path, target)
    return target


def _counted(rows: Iterable[tuple[int, list[str]]], size: int, report: Progress) -> Iterator[tuple[int, list[str]]]:
    """The rows, reporting the share of the file that was read (an estimate where it is compressed)."""
    done = 0
    for number, row in rows:
        done += sum(map(len, row)) + len(row)
        if number % PROGRESS_EVERY == 0:
            report(min(0.95, done / max(size, 1)))
        yield number, row


def _bigwig(path: Path, name: str, folder: Path, found: Format, report: Progress) -> Prepared:
    try:
        with pyBigWig.open(str(path)) as bigwig:
            chroms, header = dict(bigwig.chroms() or {}), bigwig.header()
            for chrom, length in list(chroms.items())[:3]:
                bigwig.stats(chrom, 0, length)  # reads the index: a truncated file fails here, not in a figure
    except (RuntimeError, OverflowError) as exc:
        raise FormatError(name, f"the bigWig cannot be read ({exc})", "It may be truncated: upload it again.") from exc
    if not chroms:
        raise FormatError(name, "the bigWig names no chromosome", "Make the file again.")
    warnings = () if header["nBasesCovered"] else ("The bigWig holds no values.",)
    target = _keep(path, folder / "signal.bw")
    return Prepared(found.name, found.kind, target, chroms, True, None, warnings)


def _bedgraph(path: Path, name: str, folder: Path, found: Format, report: Progress) -> Prepared:
    columns: dict[str, _Columns] = {}
    for number, row in _counted(read_rows(path, name), path.stat().st_size, report):
        start, end, value = _bedgraph_row(name, number, row)
        columns.setdefault(row[0], _Columns()).add(start, end, value, number)
    sorted_columns = {chrom: columns.pop(chrom).sorted(name, chrom) for chrom in sorted(columns)}
    chroms = {chrom: int(ends.max()) for chrom, (_, ends, _) in sorted_columns.items()}
    target, partial = folder / "signal.bw", folder / "signal.part"
    with pyBigWig.open(str(partial), "w") as bigwig:
        bigwig.addHeader(list(chroms.items()))
        for chrom, (starts, ends, values) in sorted_columns.items():
            for at in range(0, len(starts), WRITE_AT_ONCE):
                first, last, signal = (column[at : at + WRITE_AT_ONCE].tolist() for column in (starts, ends, values))
                bigwig.addEntries([chrom] * len(first), first, ends=last, values=signal)
    partial.rename(target)
    return Prepared(found.name, found.kind, target, chroms, False, sum(len(s) for s, _, _ in sorted_columns.values()))


class _Columns:
    """The intervals of one chromosome while a bedGraph is read: 32 bytes each, whatever the file's order."""

    def __init__(self) -> None:
        self.starts, self.ends, self.lines = array("q"), array("q"), array("q")
        self.values = array("d")

    def add(self, start: int, end: int, value: float, line: int) -> None:
        self.starts.append(start)
        self.ends.append(end)
        self.values.append(value)
        self.lines.append(line)

    def sorted(self, name: str, chrom: str) -> tuple[Integers, Integers, Floats]:
        """Starts, ends and values in order. Raises FormatError for the first interval that overlaps another."""
        starts, ends, lines = np.array(self.starts), np.array(self.ends), np.array(self.lines)
        order = np.argsort(starts, kind="stable")
        starts, ends, lines = starts[order], ends[order], lines[order]
        overlaps = np.flatnonzero(ends[:-1] > starts[1:])
        if len(overlaps):
            at = int(overlaps[0])
            raise FormatError(
                name, f"{chrom}:{starts[at + 1]}-{ends[at + 1]} overlaps the interval of line {lines[at]}",
                "Intervals of a bedGraph must not overlap.", int(lines[at + 1]),
            )  # fmt: skip
        return starts, ends, np.array(self.values)[order]


def _bedgraph_row(name: str, number: int, row: list[str]) -> tuple[int, int, float]:
    start, end = interval(name, number, row)
    try:
        value = float(row[3])
    except (IndexError, ValueError):
        found = f"column 4 is '{row[3]}'" if len(row) > 3 else f"there are {len(row)} columns"
        raise FormatError(name, found, "A bedGraph line is chrom, start, end, number.", number) from None
    if not math.isfinite(value) or start == end:
        found = f"'{' '.join(row)[:60]}' has no finite value or no length"
        raise FormatError(name, found, "A bedGraph line is chrom, start, end, number.", number)
    return start, end, value


def interval(name: str, number: int, row: list[str]) -> tuple[int, int]:
    """Start and end of a BED-like row (0-based, half-open). Raises FormatError with the line."""
    if len(row) < 3:
        raise FormatError(name, f"there are {len(row)} columns", "Every line needs chrom, start and end.", number)
    try:
        start, end = int(row[1]), int(row[2])
    except ValueError:
        raise FormatError(
            name, f"start and end are '{row[1]}' and '{row[2]}'", "They must be whole numbers.", number
        ) from None
    if start < 0 or end < start:
        raise FormatError(
            name,
            f"the interval is {start}-{end}",
            "A start must not be negative or lie past the end.",
            number,
        )
    return start, end


def _intervals(path: Path, name: str, folder: Path, found: Format, report: Progress) -> Prepared:
    rows: list[Row] = []
    width = 0
    for number, row in _counted(read_rows(path, name), path.stat().st_size, report):
        start, end = interval(name, number, row)
        width = width or len(row)
        if found.name == "narrowpeak" and len(row) != 10:
            raise FormatError(name, f"there are {len(row)} columns", "narrowPeak lines have 10.", number)
        if len(row) != width:
            raise FormatError(name, f"there are {len(row)} columns", f"The lines before have {width}.", number)
        rows.append((row[0], start, end, "\t".join(row)))
    return _indexed(found, folder, rows, ())


def _links(path: Path, name: str, folder: Path, found: Format, report: Progress) -> Prepared:
    rows: list[Row] = []
    between = 0
    for number, row in _counted(read_rows(path, name), path.stat().st_size, report):
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
    return _indexed(found, folder, rows, warnings)


def _is_float(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _genes(path: Path, name: str, folder: Path, found: Format, report: Progress) -> Prepared:
    rows = _counted(read_rows(path, name), path.stat().st_size, report)
    genes, warnings = genes_from_gtf(rows, name) if found.name == "gtf" else genes_from_bed(rows, name)
    lines = [(chrom, gene.start, gene.end, gene.to_line(chrom)) for chrom, gene in genes]
    return _indexed(found, folder, lines, warnings)


def _indexed(found: Format, folder: Path, rows: list[Row], warnings: tuple[str, ...]) -> Prepared:
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


_WAYS: dict[str, Callable[[Path, str, Path, Format, Progress], Prepared]] = {
    "bigwig": _bigwig,
    "signal": _bedgraph,
    "intervals": _intervals,
    "genes": _genes,
    "links": _links,
}
