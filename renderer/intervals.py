"""Features of a window from prepared (bgzip + tabix) files: intervals, genes and links as plain values.

Reads what `renderer.prepare` wrote, never an upload. Coordinates are 0-based, half-open, as in BED.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pysam

from renderer.errors import FormatError
from renderer.region import Region, match_chrom


@dataclass(frozen=True)
class Interval:
    """One BED row; `color` is '#rrggbb' from itemRgb, `summit` the narrowPeak point source as a position."""

    start: int
    end: int
    name: str = ""
    strand: str = "."
    color: str | None = None
    summit: int | None = None


@dataclass(frozen=True)
class GeneModel:
    """A gene with its isoforms merged: `exons` is their union, `thick` the coding span (empty if none)."""

    name: str
    start: int
    end: int
    strand: str
    exons: tuple[tuple[int, int], ...]
    thick: tuple[int, int]
    tss: tuple[int, ...]
    named: bool

    def to_line(self, chrom: str) -> str:
        """The gene as `read_genes` reads it: BED12, then every TSS, then 1 if the name is a gene symbol."""
        sizes = ",".join(str(end - start) for start, end in self.exons)
        starts = ",".join(str(start - self.start) for start, _ in self.exons)
        name = self.name.replace("\t", " ")
        fields = [chrom, self.start, self.end, name, 0, self.strand, *self.thick, 0, len(self.exons), sizes, starts,
                  ",".join(map(str, self.tss)), int(self.named)]  # fmt: skip
        return "\t".join(map(str, fields))


@dataclass(frozen=True)
class Link:
    """Two anchors on one chromosome."""

    start1: int
    end1: int
    start2: int
    end2: int
    score: float


def _rows(path: Path, region: Region) -> Iterator[list[str]]:
    """The tab-separated rows of a prepared file that overlap the window; none if it lacks the chromosome."""
    try:
        with pysam.TabixFile(str(path)) as table:
            chrom = match_chrom(region.chrom, table.contigs)
            if chrom is None:
                return
            for row in table.fetch(chrom, region.start, region.end):
                yield row.split("\t")
    except (OSError, ValueError) as exc:
        raise FormatError(path.name, f"{region} cannot be read ({exc})", "Upload the file again.") from exc


def read_intervals(path: Path, region: Region, narrow_peak: bool = False) -> list[Interval]:
    """Every interval that overlaps the window, by start."""
    return [_interval(row, narrow_peak) for row in _rows(path, region)]


def _interval(row: list[str], narrow_peak: bool) -> Interval:
    start, end = int(row[1]), int(row[2])
    name = row[3] if len(row) > 3 else ""
    strand = row[5] if len(row) > 5 else "."
    if narrow_peak:
        offset = int(row[9])
        return Interval(start, end, name, strand, summit=start + offset if offset >= 0 else None)
    return Interval(start, end, name, strand, _rgb(row[8]) if len(row) > 8 else None)


def _rgb(text: str) -> str | None:
    """'255,0,0' as '#ff0000'; None for 0 and ., which BED uses for no colour."""
    parts = text.split(",")
    if len(parts) != 3:
        return None
    return "#" + "".join(f"{min(255, int(part)):02x}" for part in parts)


def read_genes(path: Path, region: Region) -> list[GeneModel]:
    """Every gene that overlaps the window, by start."""
    return [_gene(row) for row in _rows(path, region)]


def _gene(row: list[str]) -> GeneModel:
    start = int(row[1])
    sizes = [int(size) for size in row[10].rstrip(",").split(",")]
    starts = [int(offset) for offset in row[11].rstrip(",").split(",")]
    exons = tuple((start + offset, start + offset + size) for offset, size in zip(starts, sizes, strict=True))
    tss = tuple(int(position) for position in row[12].split(","))
    return GeneModel(row[3], start, int(row[2]), row[5], exons, (int(row[6]), int(row[7])), tss, row[13] == "1")


def read_links(path: Path, region: Region) -> list[Link]:
    """Every link with at least one anchor in the window, by start of its span."""
    links = [Link(int(r[3]), int(r[4]), int(r[5]), int(r[6]), float(r[7])) for r in _rows(path, region)]
    return [
        link for link in links
        if any(s < region.end and e > region.start for s, e in ((link.start1, link.end1), (link.start2, link.end2)))
    ]  # fmt: skip
