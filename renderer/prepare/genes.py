"""Gene annotation -> one merged model a gene, bgzip + tabix, and an index of gene names beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from renderer.annotation.genes import Annotated, Rows, genes_from_gtf
from renderer.annotation.gff import genes_from_gff3
from renderer.annotation.isoform_rows import genes_from_bed, genes_from_biggenepred, genes_from_genepred
from renderer.annotation.names import write_names
from renderer.formats.format import Format
from renderer.formats.table import FORMATS
from renderer.formats.text import Progress, read_blocks, read_rows
from renderer.prepare.common import stage
from renderer.prepare.indexed import index_rows
from renderer.values.errors import FormatError
from renderer.values.prepared import Prepared

Read = Callable[[Path, str, Progress, list[str]], Iterator[Annotated]]
"""The genes of a file at a path, which a person called so; notes on it are appended to the list. Raises FormatError
with the line."""


def prepare_genes(read: Read, path: Path, name: str, folder: Path, found: Format, report: Progress) -> Prepared:
    """Gene models as `read` finds them in an annotation. Raises FormatError with the line."""
    notes: list[str] = []
    genes = read(path, name, stage(report, 0, 0.8), notes)
    rows = (
        (gene.chrom, gene.model.start, gene.model.end, gene.model.to_line(gene.chrom))
        for gene in write_names(folder, genes)
    )
    prepared = index_rows(found, folder, rows, (), stage(report, 0.8, 1))
    if not prepared.items:
        raise FormatError(name, "there is no gene in it", "Genes, transcripts and exons are what is drawn.")
    return replace(prepared, warnings=tuple(notes))


def prepare_bigbed_genes(path: Path, name: str, folder: Path, found: Format, report: Progress) -> Prepared:
    """A bigBed of genes, which is a bigGenePred whatever it was taken for. Raises FormatError."""
    return prepare_genes(_from_bigbed, path, name, folder, FORMATS["biggenepred"], report)


def _from_bigbed(path: Path, name: str, report: Progress, notes: list[str]) -> Iterator[Annotated]:
    return genes_from_biggenepred(path, name, report)


def _from_rows(parse: Callable[[Rows, str], Iterator[Annotated]]) -> Read:
    """The genes of a text, whose rows are parsed."""
    return lambda path, name, report, notes: parse(read_rows(path, name, report), name)


def _from_gtf(path: Path, name: str, report: Progress, notes: list[str]) -> Iterator[Annotated]:
    return genes_from_gtf(read_blocks(path, name, report), name, notes)


prepare_gtf = partial(prepare_genes, _from_gtf)
prepare_gff3 = partial(prepare_genes, _from_rows(genes_from_gff3))
prepare_genepred = partial(prepare_genes, _from_rows(genes_from_genepred))
prepare_bed_genes = partial(prepare_genes, _from_rows(genes_from_bed))
