"""Preparing a large GTF, and looking genes up in it: seconds, memory, milliseconds.

    python benchmarks/genes.py [lines]

Writes a GTF in the style of GENCODE (default 1.7 million lines) into a temporary folder, prepares it once in this
process, then finds 1,000 genes by symbol and by accession, and makes suggestions for 20 misspelt ones (CPU time).
"""

from __future__ import annotations

import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from renderer.annotation.names import NameIndex
from renderer.prepare.upload import prepare

LINES = 1_700_000
ISOFORMS, EXONS = 3, 8
"""Per gene and per isoform: with a CDS beside each exon, 52 lines a gene, so 33,000 genes."""

FIND, SUGGEST = 1000, 20
"""Names that are asked for."""


def gtf_lines(count: int) -> Iterator[str]:
    """About `count` lines, the genes of one chromosome after another."""
    random.seed(1)
    for gene in range(count // (1 + ISOFORMS * (1 + 2 * EXONS))):
        chrom, at, strand = f"chr{gene % 22 + 1}", 10_000 + gene // 22 * 60_000, "+-"[gene % 2]
        tags = f'gene_type "protein_coding"; gene_name "GENE{gene}"; level 2; hgnc_id "HGNC:{gene}";'
        identity = f'gene_id "ENSG{gene:011d}.5"; {tags}'
        yield _line(chrom, "gene", at, at + 40_000, strand, identity)
        for isoform in range(ISOFORMS):
            start = at + isoform * random.randrange(500)
            number = gene * ISOFORMS + isoform
            said = f'gene_id "ENSG{gene:011d}.5"; transcript_id "ENST{number:011d}.2"; {tags} level 2; tag "basic";'
            said += f' transcript_name "GENE{gene}-20{isoform}"; havana_gene "OTTHUMG{gene:011d}.3";'
            yield _line(chrom, "transcript", start, at + 40_000, strand, said)
            for exon in range(EXONS):
                low = start + exon * 4_800
                for feature in ("exon", "CDS"):
                    yield _line(chrom, feature, low, low + 150 + isoform, strand, f"{said} exon_number {exon + 1};")


def _line(chrom: str, feature: str, start: int, end: int, strand: str, attributes: str) -> str:
    return f"{chrom}\tHAVANA\t{feature}\t{start}\t{end}\t.\t{strand}\t.\t{attributes}\n"


def main(count: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.gtf"
        with path.open("w", encoding="utf-8") as out:
            out.writelines(gtf_lines(count))
        before, wall, cpu = _megabytes(), time.perf_counter(), time.process_time()
        prepared = prepare(path, path.name, Path(folder) / "prepared")
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        print(
            f"prepare: {path.stat().st_size / 1e6:.0f} MB, {prepared.items:,} genes in {wall:.1f} s "
            f"({cpu:.1f} s of CPU), memory {before} MB -> {_megabytes()} MB"
        )
        names, genes = NameIndex.open(prepared.path), int(prepared.items or 0)
        for what, asked in (("symbol", "gene{}"), ("accession", "ENSG{:011d}.7")):
            start = time.process_time()
            missed = [n for n in range(FIND) if not names.find(asked.format(n * genes // FIND))]
            print(f"find by {what}: {(time.process_time() - start) * 1000 / FIND:.3f} ms, {len(missed)} not found")
        start = time.process_time()
        for number in range(SUGGEST):
            names.suggest(f"GEEN{number * 1000}")
        print(f"suggest: {(time.process_time() - start) * 1000 / SUGGEST:.0f} ms")


def _megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else LINES)
