"""Gene annotation -> one merged model a gene, bgzip + tabix."""

from __future__ import annotations

from pathlib import Path

from renderer.formats import Format
from renderer.genes import genes_from_bed, genes_from_gtf
from renderer.prepare_common import keep_with_note, stage
from renderer.prepare_rows import index_rows
from renderer.prepared import Prepared
from renderer.text import Progress, read_rows

NOT_YET = {
    "gff3": "GFF3 is not drawn yet; give a GTF or BED12 file",
    "genepred": "genePred is not drawn yet; give a GTF or BED12 file",
    "biggenepred": "bigGenePred is not drawn yet; give a GTF or BED12 file",
}


def prepare_genes(path: Path, name: str, folder: Path, found: Format, report: Progress) -> Prepared:
    """Gene models of any annotation. Raises FormatError with the line."""
    if found.name in NOT_YET:
        return keep_with_note(path, folder, found, NOT_YET[found.name])
    rows = read_rows(path, name, stage(report, 0, 0.7))
    genes, warnings = genes_from_gtf(rows, name) if found.name == "gtf" else genes_from_bed(rows, name)
    lines = [(chrom, gene.start, gene.end, gene.to_line(chrom)) for chrom, gene in genes]
    return index_rows(found, folder, lines, warnings, stage(report, 0.7, 1))
