"""Genes from the rows of an annotation, isoforms merged: one model a gene, its exons joined, every start site kept.

Here are the gene under construction, which all formats share, and GTF. Other formats: `genes_gff` (GFF3) and
`genes_rows` (a row an isoform: BED12, genePred, bigGenePred). `prepare_genes` writes what they give.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Literal

from renderer.annotation.gtf_blocks import GtfRow, gtf_rows
from renderer.formats.fields import MOST_POSITION, check_chrom
from renderer.formats.text import block_lines, is_data, split_row
from renderer.values.errors import FormatError
from renderer.window.intervals import GeneModel

Rows = Iterable[tuple[int, list[str]]]
Spans = list[tuple[int, int]]
Role = Literal["gene", "transcript", "exon", "CDS"]

COMPACT_AT = 24
"""Spans of a gene that are collected before they are joined: most genes have fewer exons that differ."""

_ATTRIBUTES = re.compile(r"[\s=]")
_ISOFORM = re.compile(r"\.t?\d+$")
"""What AUGUSTUS writes behind the name of a gene to name its transcripts: g1.t1."""

_ACCESSION = re.compile(r"(ENS\w*[GT]\d{6,}|RefSeq_|[NX][MR]_\d+|FBgn\d|WBGene\d|.*:\d+$)")
"""Accessions and coordinates: true identifiers, but not what a biologist calls a gene."""


@dataclass(frozen=True)
class Annotated:
    """A gene of an annotation, and what else it is called: `ids` are its and its transcripts' accessions."""

    chrom: str
    model: GeneModel
    ids: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()


class Union:
    """Spans while they are collected; overlapping and touching ones are joined now and then, so that memory is flat."""

    __slots__ = ("_flat", "_limit")

    def __init__(self) -> None:
        self._flat, self._limit = array("q"), 2 * COMPACT_AT

    def add(self, *spans: tuple[int, int]) -> None:
        for span in spans:
            self._flat.extend(span)
        if len(self._flat) > self._limit:
            self._flat = array("q", chain.from_iterable(self.spans()))
            self._limit = 2 * max(COMPACT_AT, len(self._flat))

    def spans(self) -> Spans:
        """The joined spans, sorted, without empty ones."""
        return merge_spans(
            {(low, high) for low, high in zip(self._flat[::2], self._flat[1::2], strict=True) if low < high}
        )


class GatheredGene:
    """A gene while its isoforms are being read. Positions are 0-based, half-open."""

    __slots__ = ("chrom", "coding", "exons", "ids", "label", "spans", "strand", "synonyms", "whole")

    def __init__(self, chrom: str, label: str, strand: str) -> None:
        self.chrom, self.label, self.strand = chrom, label, strand if strand in ("+", "-") else "."
        self.whole: tuple[int, int] | None = None
        self.spans: dict[str, tuple[int, int]] = {}
        self.exons, self.coding = Union(), Union()
        self.ids: dict[str, None] = {}
        self.synonyms: dict[str, None] = {}

    def extend(self, transcript: str, start: int, end: int) -> None:
        """Note a piece of an isoform."""
        old = self.spans.get(transcript)
        if old is None:
            self.spans[transcript] = (start, end)
        elif start < old[0] or end > old[1]:
            self.spans[transcript] = (min(old[0], start), max(old[1], end))

    def widen(self, start: int, end: int) -> None:
        """Note a row of the gene itself. It has no start site of its own, so it counts only where no isoform does."""
        self.whole = (start, end) if self.whole is None else (min(self.whole[0], start), max(self.whole[1], end))

    def distance(self, start: int, end: int) -> int:
        """Base pairs between the gene and a span; 0 if they overlap."""
        return min(max(start - high, low - end, 0) for low, high in self._spans())

    def _spans(self) -> list[tuple[int, int]]:
        return list(self.spans.values()) or ([self.whole] if self.whole else [])

    def finish(self) -> Annotated:
        """The merged gene. Where no exons are given, coding spans are taken for them, else the whole gene."""
        spans = self._spans()
        start, end = min(low for low, _ in spans), max(high for _, high in spans)
        coding = self.coding.spans()
        exons = self.exons.spans() or coding or [(start, end)]
        start, end = min(start, exons[0][0]), max(end, exons[-1][1])
        tss = {high - 1 for _, high in spans} if self.strand == "-" else {low for low, _ in spans}
        thick = (coding[0][0], max(high for _, high in coding)) if coding else (start, start)
        model = GeneModel(
            self.label,
            start,
            end,
            self.strand,
            tuple(exons),
            thick,
            tuple(sorted(tss)),
            not _ACCESSION.match(self.label),
        )
        return Annotated(self.chrom, model, tuple(self.ids), tuple(self.synonyms))


def is_accession(label: str) -> bool:
    """Whether a name is an accession or a place, not a gene symbol."""
    return _ACCESSION.match(label) is not None


def merge_spans(spans: Iterable[tuple[int, int]]) -> Spans:
    """The union of half-open spans, sorted; touching ones are joined."""
    merged: Spans = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


@cache
def role_of(feature: str) -> Role | None:
    """What a feature of column 3 is to a gene, or None: 'mRNA', 'tRNA' and 'V_gene_segment' are transcripts."""
    if feature in ("exon", "pseudogenic_exon"):
        return "exon"
    if feature == "CDS":
        return "CDS"
    if feature.lower().endswith("gene"):
        return "gene"
    return "transcript" if feature.endswith(("RNA", "transcript", "gene_segment")) else None


def gff_span(name: str, number: int, row: list[str]) -> tuple[int, int]:
    """0-based, half-open span of a GTF or GFF3 row, which is 1-based and inclusive."""
    check_chrom(name, number, row[0])
    try:
        start, end = int(row[3]) - 1, int(row[4])
    except ValueError:
        raise FormatError(
            name, f"start and end are '{row[3]}' and '{row[4]}'", "They must be whole numbers.", number
        ) from None
    if not 0 <= start < end <= MOST_POSITION:
        raise FormatError(
            name, f"the span is {row[3]}-{row[4]}", "GTF and GFF positions count from 1, start before end.", number
        )
    return start, end


def genes_from_gtf(
    blocks: Iterable[tuple[int, bytes]], name: str, notes: list[str] | None = None
) -> Iterator[Annotated]:
    """A gene for each gene_id, chromosome and strand of a GTF, given as `renderer.formats.text.read_blocks` has it.
    Rows of AUGUSTUS, BRAKER and TSEBRA that hold a bare name, and rows without gene_id, are joined to the gene of their
    transcript.

    What a person should know is appended to `notes`, a sentence each. Raises FormatError with the line.
    """
    genes: dict[_Key, GatheredGene] = {}
    unnamed: list[list[str]] = []
    for first, block in blocks:
        plain = gtf_rows(block)
        if plain is not None:
            _add_plain(genes, plain)
            continue
        for number, line in block_lines(name, first, block):
            if is_data(line):
                _add_row(genes, unnamed, name, number, split_row(line))
    said = _add_unnamed(genes, unnamed, name) + _on_both_strands(genes)
    if notes is not None:
        notes += said
    for key in list(genes):
        gene = genes.pop(key)
        gene.ids |= dict.fromkeys(filter(None, gene.spans))
        yield gene.finish()


_Key = tuple[str, str, str]
"""Chromosome, gene_id and strand: some files use an id on both strands, where one gene would start at a wrong end."""


def _add_plain(genes: dict[_Key, GatheredGene], rows: Iterable[GtfRow]) -> None:
    """Add rows that need no check; those of a gene mostly follow one another."""
    last: _Key | None = None
    roles: dict[str, Role | None] = {}
    for chrom, feature, first, to, strand, attributes, gene_id, named in rows:
        if feature not in roles:
            roles[feature] = role_of(feature)
        role = roles[feature]
        if role is None:
            continue
        key = (chrom, gene_id, strand)
        if key != last:
            gene, last = _gtf_gene(genes, key, attributes), key
        start, end = int(first) - 1, int(to)
        if role == "gene":
            gene.widen(start, end)
            continue
        transcript = named or _attribute(attributes, "transcript_id")
        known = gene.spans.get(transcript)
        if known is None or start < known[0] or end > known[1]:
            gene.extend(transcript, start, end)
        if role != "transcript":
            (gene.exons if role == "exon" else gene.coding).add((start, end))


def _add_row(genes: dict[_Key, GatheredGene], unnamed: list[list[str]], name: str, number: int, row: list[str]) -> None:
    """Add a row that may be anything; one that names no gene is kept for later."""
    if len(row) < 9:
        raise FormatError(name, f"there are {len(row)} columns", "GTF lines have 9, separated by tabs.", number)
    role = role_of(row[2])
    if role is None:
        return
    span = gff_span(name, number, row)
    gene_id, transcript = (_attribute(row[8], key) for key in ("gene_id", "transcript_id"))
    if gene_id:
        _add(_gtf_gene(genes, (row[0], gene_id, row[6]), row[8]), role, transcript, span)
    else:
        unnamed.append(row)


def _add(gene: GatheredGene, role: Role, transcript: str, span: tuple[int, int]) -> None:
    if role == "gene":
        gene.widen(*span)
        return
    gene.extend(transcript, *span)
    if role != "transcript":
        (gene.exons if role == "exon" else gene.coding).add(span)


def _add_unnamed(genes: dict[_Key, GatheredGene], rows: list[list[str]], name: str) -> list[str]:
    """Add rows without gene_id: by their transcript, whose other rows may name the gene, or by a bare name. Returns
    notes on those of which neither is known."""
    owners = {(gene.chrom, transcript): gene for gene in genes.values() for transcript in gene.spans if rows}
    named = lost = 0
    for row in rows:
        role, span = role_of(row[2]) or "gene", gff_span(name, 0, row)
        given, bare = _attribute(row[8], "transcript_id"), row[8].strip().rstrip(";")
        transcript = given or ("" if _ATTRIBUTES.search(bare) else bare)
        owner = owners.get((row[0], transcript)) if role != "gene" else None
        if owner is None and not transcript:
            lost += 1
            continue
        named += owner is None and bool(given)
        known = _ISOFORM.sub("", transcript) if role != "gene" and not given else transcript
        _add(
            owner or _gtf_gene(genes, (row[0], known, row[6]), row[8]), role, "" if role == "gene" else transcript, span
        )
    notes = [f"{_rows(named)} no gene_id; transcript_id stands for it."] if named else []
    return notes + ([f"{_rows(lost)} neither gene_id nor transcript_id: not drawn."] if lost else [])


def _rows(count: int) -> str:
    return "1 row has" if count == 1 else f"{count:,} rows have"


def _on_both_strands(genes: Iterable[_Key]) -> list[str]:
    strands: dict[tuple[str, str], int] = {}
    for chrom, gene_id, _ in genes:
        strands[chrom, gene_id] = strands.get((chrom, gene_id), 0) + 1
    both = [gene_id for (_, gene_id), count in strands.items() if count > 1]
    shown = f"{', '.join(both[:3])}{' ...' if len(both) > 3 else ''}"
    return [f"On both strands, and drawn as a gene on each: {shown}."] if both else []


def _gtf_gene(genes: dict[_Key, GatheredGene], key: _Key, attributes: str) -> GatheredGene:
    """The gene of a row, made if it is new."""
    gene = genes.get(key)
    if gene is None:
        chrom, gene_id, strand = key
        found = (_attribute(attributes, one) for one in ("gene_name", "gene_symbol", "gene", "ref_gene_name"))
        gene = genes[key] = GatheredGene(chrom, next(filter(None, found), gene_id), strand)
        gene.ids[gene_id] = None
        synonym = _attribute(attributes, "gene_synonym")
        if synonym:
            gene.synonyms[synonym] = None
    return gene


def _attribute(text: str, key: str) -> str:
    """The first value of a GTF attribute, or ''. The quoted form is looked for first: it is everywhere, and fast."""
    opening = f'{key} "'
    at = text.find(opening)
    if at >= 0 and (at == 0 or text[at - 1] in "; "):
        start = at + len(opening)
        end = text.find('"', start)
        if end >= 0:
            return text[start:end]
    match = _attribute_pattern(key).search(text)
    return (match[1] or match[2] or "").strip() if match else ""


@cache
def _attribute_pattern(key: str) -> re.Pattern[str]:
    return re.compile(rf'(?:^|;)\s*{key}\s+(?:"([^"]*)"|([^;"]*))')
