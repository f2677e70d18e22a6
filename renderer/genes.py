"""Gene models from any annotation, isoforms merged: one model a gene, with the union of its exons and every TSS.

Input are rows of a text file (see `text.read_rows`); output is what `prepare` indexes and `intervals` reads back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from renderer.errors import FormatError
from renderer.intervals import GeneModel

Rows = Iterable[tuple[int, list[str]]]
Spans = list[tuple[int, int]]

_ATTRIBUTE = re.compile(r'(\w+)\s+"([^"]*)"|(\w+)\s+([^\s;"]+)')
_NOT_A_NAME = re.compile(r"^(ENS\w*[GT]\d{6,}|RefSeq_|[NX][MR]_\d+|.*:\d+)")
"""Accessions and coordinates: true identifiers, but not what a biologist calls a gene."""

JOIN_DISTANCE = 500_000
"""BED12 rows of one name and strand further apart than this are different genes (copies, pseudo-autosomal pairs)."""


@dataclass
class _Gene:
    """A gene while its isoforms are being read."""

    chrom: str
    name: str
    strand: str
    named: bool
    spans: dict[str, tuple[int, int]] = field(default_factory=dict)
    exons: set[tuple[int, int]] = field(default_factory=set)
    coding: Spans = field(default_factory=list)

    def extend(self, transcript: str, start: int, end: int) -> None:
        old = self.spans.get(transcript, (start, end))
        self.spans[transcript] = (min(old[0], start), max(old[1], end))

    def model(self) -> GeneModel:
        start = min(low for low, _ in self.spans.values())
        end = max(high for _, high in self.spans.values())
        exons = tuple(merge_spans(self.exons or {(start, end)}))
        starts, ends = {low for low, _ in self.spans.values()}, {high - 1 for _, high in self.spans.values()}
        tss = sorted(ends if self.strand == "-" else starts)
        thick = (min(s for s, _ in self.coding), max(e for _, e in self.coding)) if self.coding else (start, start)
        return GeneModel(self.name, start, end, self.strand, exons, thick, tuple(tss), self.named)


def merge_spans(spans: Iterable[tuple[int, int]]) -> Spans:
    """The union of half-open spans, sorted; touching ones are joined."""
    merged: Spans = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def genes_from_gtf(rows: Rows, name: str) -> tuple[list[tuple[str, GeneModel]], tuple[str, ...]]:
    """(chrom, gene) for each gene_id of a GTF, and warnings. Raises FormatError with the line."""
    genes: dict[tuple[str, str], _Gene] = {}
    for number, row in rows:
        if len(row) < 9:
            raise FormatError(name, f"there are {len(row)} columns", "GTF lines have 9, separated by tabs.", number)
        if row[2] not in ("gene", "transcript", "exon", "CDS", "mRNA"):
            continue
        start, end = _gtf_span(name, number, row)
        attributes = {a or c: b or d for a, b, c, d in _ATTRIBUTE.findall(row[8])}
        gene_id = attributes.get("gene_id")
        if not gene_id:
            raise FormatError(
                name, "there is no gene_id in column 9", 'Write: gene_id "ENSG..."; gene_name "JAK2";', number
            )
        gene = genes.get((row[0], gene_id))
        if gene is None:
            label = attributes.get("gene_name") or attributes.get("gene") or gene_id
            gene = genes[row[0], gene_id] = _Gene(row[0], label, row[6], not _NOT_A_NAME.match(label))
        transcript = attributes.get("transcript_id") or ""
        if row[2] != "gene":  # the gene's own row would add no start of its own
            gene.extend(transcript, start, end)
        if row[2] == "exon":
            gene.exons.add((start, end))
        elif row[2] == "CDS":
            gene.coding.append((start, end))
        elif row[2] == "gene":
            gene.spans.setdefault("", (start, end))
    for gene in genes.values():
        if len(gene.spans) > 1:
            gene.spans.pop("", None)
    return [(gene.chrom, gene.model()) for gene in genes.values()], ()


def _gtf_span(name: str, number: int, row: list[str]) -> tuple[int, int]:
    """0-based, half-open span of a GTF row, which is 1-based and inclusive."""
    try:
        start, end = int(row[3]) - 1, int(row[4])
    except ValueError:
        raise FormatError(
            name, f"start and end are '{row[3]}' and '{row[4]}'", "They must be whole numbers.", number
        ) from None
    if start < 0 or end <= start:
        raise FormatError(
            name, f"the span is {row[3]}-{row[4]}", "GTF positions count from 1, start before end.", number
        )
    return start, end


def genes_from_bed(rows: Rows, name: str) -> tuple[list[tuple[str, GeneModel]], tuple[str, ...]]:
    """(chrom, gene) for each name of a BED12 (or BED3-9) file; rows of one name, strand and place are isoforms."""
    groups: dict[tuple[str, str, str], list[_Gene]] = {}
    for number, row in rows:
        start, end, strand, label = _bed_head(name, number, row)
        near = groups.setdefault((row[0], label, strand), [])
        gene = next((g for g in near if _distance(g, start, end) <= JOIN_DISTANCE), None)
        if gene is None:
            gene = _Gene(row[0], label, strand, not _NOT_A_NAME.match(label))
            near.append(gene)
        gene.extend(str(number), start, end)
        gene.exons.update(_blocks(name, number, row, start, end))
        if len(row) >= 8 and int(row[6]) < int(row[7]):
            gene.coding.append((int(row[6]), int(row[7])))
    return [(gene.chrom, gene.model()) for near in groups.values() for gene in near], ()


def _bed_head(name: str, number: int, row: list[str]) -> tuple[int, int, str, str]:
    try:
        start, end = int(row[1]), int(row[2])
    except (IndexError, ValueError):
        raise FormatError(
            name, f"'{' '.join(row)[:60]}' has no start and end", "Write chrom, start, end, name.", number
        ) from None
    if start < 0 or end <= start:
        raise FormatError(
            name,
            f"the interval is {start}-{end}",
            "A start must not be negative and comes before the end.",
            number,
        )
    label = row[3] if len(row) > 3 and row[3] != "." else f"{row[0]}:{start + 1}"
    return start, end, row[5] if len(row) > 5 else ".", label


def _distance(gene: _Gene, start: int, end: int) -> int:
    return min(max(start - high, low - end, 0) for low, high in gene.spans.values())


def _blocks(name: str, number: int, row: list[str], start: int, end: int) -> Spans:
    if len(row) < 12:
        return [(start, end)]
    try:
        sizes = [int(size) for size in row[10].rstrip(",").split(",")]
        starts = [int(offset) for offset in row[11].rstrip(",").split(",")]
        int(row[6]), int(row[7])
    except ValueError:
        raise FormatError(name, "a thick or block column is no list of whole numbers", "See BED12.", number) from None
    if len(sizes) != int(row[9]) or len(starts) != len(sizes):
        raise FormatError(name, f"blockCount is {row[9]}, but there are {len(sizes)} sizes and {len(starts)} starts",
                          "They must agree.", number)  # fmt: skip
    return [(start + offset, start + offset + size) for offset, size in zip(starts, sizes, strict=True)]
