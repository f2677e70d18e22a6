"""Gene annotation -> one merged model a gene, bgzip + tabix, and an index of gene names beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from renderer.annotation.genes import Annotated, Rows, genes_from_gtf
from renderer.annotation.gff import genes_from_gff3
from renderer.annotation.isoform_rows import genes_from_bed, genes_from_biggenepred, genes_from_genepred
from renderer.annotation.names import write_names
from renderer.formats.table import Format
from renderer.formats.text import Progress, read_rows
from renderer.prepare.common import stage
from renderer.prepare.rows import Row, index_rows
from renderer.values.errors import FormatError
from renderer.values.prepared import Prepared

_TEXT: dict[str, Callable[[Rows, str], Iterator[Annotated]]] = {
    "gtf": genes_from_gtf,
    "gff3": genes_from_gff3,
    "genepred": genes_from_genepred,
}
"""Formats of text by name; any other is BED."""


def prepare_genes(path: Path, name: str, folder: Path, found: Format, report: Progress) -> Prepared:
    """Gene models of any annotation. Raises FormatError with the line."""
    reading = stage(report, 0, 0.8)
    if found.name == "biggenepred":
        genes = genes_from_biggenepred(path, name, reading)
    else:
        genes = _TEXT.get(found.name, genes_from_bed)(read_rows(path, name, reading), name)
    rows = (_row(name, gene) for gene in write_names(folder, genes))
    prepared = index_rows(found, folder, rows, (), stage(report, 0.8, 1))
    if not prepared.items:
        raise FormatError(name, "there is no gene in it", "Genes, transcripts and exons are what is drawn.")
    return prepared


def _row(name: str, gene: Annotated) -> Row:
    if not gene.chrom.isprintable() or not gene.chrom:
        raise FormatError(name, f"the chromosome of {gene.model.name} is called {gene.chrom!r}", "Write it like chr1.")
    return gene.chrom, gene.model.start, gene.model.end, gene.model.to_line(gene.chrom)
