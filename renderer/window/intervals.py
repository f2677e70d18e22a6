"""Features of a window from prepared (bgzip + tabix) files: intervals, genes and links as plain values.

Reads what `renderer.prepare.upload` wrote, never an upload. Coordinates are 0-based, half-open, as in BED.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pysam

from renderer.values.errors import FormatError
from renderer.values.region import Region, match_chrom

_BREAKS = re.compile(r"[\t\r\n]")


@dataclass(frozen=True)
class Interval:
    """One interval of any format. Positions are absolute, spans half-open.

    `color` is '#rrggbb'. `summit` is the position of a narrowPeak's point source. `score` is BED's (0 to 1000), or the
    quality of a variant. `blocks` are those of BED12 and gappedPeak, in order. `thick` is thickStart to thickEnd.
    """

    start: int
    end: int
    name: str = ""
    strand: str = "."
    color: str | None = None
    summit: int | None = None
    score: float | None = None
    blocks: tuple[tuple[int, int], ...] = ()
    thick: tuple[int, int] | None = None

    def to_line(self, chrom: str) -> str:
        """The row `read_intervals` reads, whatever the interval came from; '.' stands for None."""
        low, high = self.thick or (".", ".")
        spans = ",".join(f"{start}-{end}" for start, end in self.blocks) or "."
        score, summit = ("." if value is None else value for value in (self.score, self.summit))
        name = _BREAKS.sub(" ", self.name)
        return (
            f"{chrom}\t{self.start}\t{self.end}\t{name}\t{score}\t{self.strand}\t{low}\t{high}\t"
            f"{self.color or '.'}\t{summit}\t{spans}"
        )

    @classmethod
    def from_row(cls, row: list[str]) -> Interval:
        """The inverse of `to_line`."""
        start, end, name, score, strand, low, high, color, summit, spans = row[1:]
        return cls(
            int(start),
            int(end),
            name,
            strand,
            None if color == "." else color,
            None if summit == "." else int(summit),
            None if score == "." else float(score),
            () if spans == "." else tuple(_span(span) for span in spans.split(",")),
            None if low == "." else (int(low), int(high)),
        )


def _span(text: str) -> tuple[int, int]:
    start, _, end = text.partition("-")
    return int(start), int(end)


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
        # A control character makes htslib take the whole file for a binary one.
        name = self.name if self.name.isprintable() else "".join(c if c.isprintable() else " " for c in self.name)
        fields = [
            chrom,
            self.start,
            self.end,
            name,
            0,
            self.strand,
            *self.thick,
            0,
            len(self.exons),
            sizes,
            starts,
            ",".join(map(str, self.tss)),
            int(self.named),
        ]
        return "\t".join(map(str, fields))


@dataclass(frozen=True)
class Link:
    """Two anchors on one chromosome."""

    start1: int
    end1: int
    start2: int
    end2: int
    score: float


def _open(path: Path) -> pysam.TabixFile:
    """A prepared file with its index: CSI where a chromosome is longer than tabix can count."""
    long = path.with_name(f"{path.name}.csi")
    return pysam.TabixFile(str(path), index=str(long) if long.exists() else None, encoding="utf-8")


def _rows(path: Path, region: Region) -> Iterator[list[str]]:
    """The tab-separated rows of a prepared file that overlap the window; none if it lacks the chromosome."""
    try:
        with _open(path) as table:
            chrom = match_chrom(region.chrom, table.contigs)
            if chrom is None:
                return
            for row in table.fetch(chrom, region.start, region.end):
                yield row.split("\t")
    except (OSError, ValueError) as exc:
        raise FormatError(path.name, f"{region} cannot be read ({exc})", "Upload the file again.") from exc


def has_chrom(path: Path, chrom: str) -> bool:
    """Whether a prepared file has anything on the chromosome."""
    with _open(path) as table:
        return match_chrom(chrom, table.contigs) is not None


def read_intervals(path: Path, region: Region) -> list[Interval]:
    """Every interval that overlaps the window, by start."""
    return [Interval.from_row(row) for row in _rows(path, region)]


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
        link
        for link in links
        if any(s < region.end and e > region.start for s, e in ((link.start1, link.end1), (link.start2, link.end2)))
    ]
