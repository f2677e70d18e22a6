"""Seconds and peak memory to prepare a file, for files that are made here.

    python benchmarks/prepare.py [million lines ...]

Prints a table: a bedGraph sorted and shuffled, a wig, a BED9, a VCF, a GTF and a BAM, each of as many million lines (or
reads) as asked for (2 unless said). Each is prepared in a process of its own, so that the memory is its own, too; what
`sort`, bgzip and tabix take for the same file is measured in the same run (bgzip and tabix are those of htslib, in
pysam; a VCF is not sorted). Linux only.
"""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import numpy as np
import pysam

from renderer.prepare.upload import prepare

CHROMS = 20
"""Chromosomes the lines are spread over."""

MILLION = 1_000_000


def rows(lines: int) -> Iterator[tuple[str, list[int], list[int], list[float]]]:
    """(chrom, starts, ends, values) of intervals that do not overlap, with gaps between them."""
    draw = np.random.default_rng(1)
    for number in range(1, CHROMS + 1):
        lengths = draw.integers(1, 200, lines // CHROMS)
        ends = np.cumsum(lengths + draw.integers(0, 50, len(lengths)))
        yield f"chr{number}", (ends - lengths).tolist(), ends.tolist(), draw.gamma(1, 3, len(ends)).round(4).tolist()


def write_bedgraph(path: Path, lines: int) -> None:
    """A sorted bedGraph."""
    with path.open("w", encoding="utf-8") as out:
        for chrom, starts, ends, values in rows(lines):
            out.writelines(f"{chrom}\t{s}\t{e}\t{v}\n" for s, e, v in zip(starts, ends, values, strict=True))


def write_shuffled(path: Path, lines: int) -> None:
    """The same lines in no order."""
    write_bedgraph(path, lines)
    shuffled = path.read_text(encoding="utf-8").splitlines(keepends=True)
    random.Random(1).shuffle(shuffled)
    path.write_text("".join(shuffled), encoding="utf-8")


def write_wig(path: Path, lines: int) -> None:
    """A variableStep wig of single bases."""
    with path.open("w", encoding="utf-8") as out:
        for chrom, starts, _, values in rows(lines):
            out.write(f"variableStep chrom={chrom}\n")
            out.writelines(f"{s + 1} {v}\n" for s, v in zip(starts, values, strict=True))


def write_bed(path: Path, lines: int) -> None:
    """Named, coloured intervals."""
    with path.open("w", encoding="utf-8") as out:
        for chrom, starts, ends, values in rows(lines):
            for number, (start, end, value) in enumerate(zip(starts, ends, values, strict=True)):
                out.write(
                    f"{chrom}\t{start}\t{end}\tstate{number % 18}\t{value}\t.\t{start}\t{end}\t255,{number % 9},0\n"
                )


def write_vcf(path: Path, lines: int) -> None:
    """Small variants of one sample."""
    with path.open("w", encoding="utf-8") as out:
        out.write("##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS1\n")
        for chrom, starts, _, values in rows(lines):
            for start, value in zip(starts, values, strict=True):
                info = f"AC={start % 99};AF=0.{start % 999:03};AN=5008;NS=2504;DP={start % 30_000};VT=SNP"
                out.write(f"{chrom}\t{start + 1}\trs{start}\tA\tG\t{value}\tPASS\t{info}\tGT:DP:GQ\t0|1:30:99\n")


def write_gtf(path: Path, lines: int) -> None:
    """Genes of four transcripts of five exons each, with the attributes of GENCODE."""
    with path.open("w", encoding="utf-8") as out:
        for number in range(lines // 25):
            start, chrom, strand = 5000 * (number // CHROMS) + 1, number % CHROMS + 1, "+-"[number % 2]
            gene, more = (
                f'gene_id "ENSG{number:011}.3";',
                f'gene_type "protein_coding"; gene_name "GEN{number}"; level 2;',
            )
            places = [("gene", start, start + 4000, gene)]
            for transcript in range(4):
                ids = f'{gene} transcript_id "ENST{4 * number + transcript:011}.2";'
                places.append(("transcript", start + transcript, start + 4000, ids))
                places += [("exon", at, at + 200, ids) for at in range(start + transcript, start + 3500, 700)]
            out.writelines(
                f"chr{chrom}\tX\t{kind}\t{s}\t{e}\t.\t{strand}\t.\t{ids} {more}\n" for kind, s, e, ids in places
            )


def write_bam(path: Path, reads: int) -> None:
    """Reads of 50 bp, as if every interval had one."""
    listed = list(rows(reads))
    chroms = [{"SN": chrom, "LN": ends[-1] + 1000} for chrom, _, ends, _ in listed]
    with pysam.AlignmentFile(str(path), "wb", header={"HD": {"VN": "1.6", "SO": "coordinate"}, "SQ": chroms}) as out:
        read = pysam.AlignedSegment(out.header)
        read.query_name, read.flag, read.cigarstring, read.query_sequence = "read", 0, "50M", "ACGTA" * 10
        for number, (_, starts, _, _) in enumerate(listed):
            read.reference_id = number
            for start in starts:
                read.reference_start = start
                out.write(read)


FILES: dict[str, Callable[[Path, int], None]] = {
    "sorted.bedgraph": write_bedgraph,
    "shuffled.bedgraph": write_shuffled,
    "steps.wig": write_wig,
    "states.bed": write_bed,
    "small.vcf": write_vcf,
    "genes.gtf": write_gtf,
    "reads.bam": write_bam,
}

INDEXED: dict[str, tuple[Literal["bed", "vcf", "gff"], list[str]]] = {
    "sorted.bedgraph": ("bed", ["-k1,1", "-k2,2n"]),
    "shuffled.bedgraph": ("bed", ["-k1,1", "-k2,2n"]),
    "states.bed": ("bed", ["-k1,1", "-k2,2n"]),
    "small.vcf": ("vcf", []),
    "genes.gtf": ("gff", ["-k1,1", "-k4,4n"]),
}
"""What tabix calls the format of a file, and the keys of its sorting."""


def measure(path: Path) -> None:
    """Prepare one file and print seconds, processor seconds, MB of memory at most, and items, as JSON."""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        start, used = time.perf_counter(), time.process_time()
        prepared = prepare(path, path.name, Path(folder))
        seconds, used = time.perf_counter() - start, time.process_time() - used
    # Not getrusage, whose maximum a process inherits from the one that started it.
    (peak,) = re.findall(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    print(json.dumps([seconds, used, int(peak) / 1024, prepared.items]))


def measure_tabix(path: Path) -> float | None:
    """Processor seconds of sort (one thread, by bytes), bgzip and tabix; None for a file that they do not index."""
    if path.name not in INDEXED:
        return None
    form, keys = INDEXED[path.name]
    before, ordered = sum(os.times()[:4]), path
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        if keys:
            ordered = Path(folder) / "sorted"
            subprocess.run(
                ["sort", "--parallel=1", *keys, str(path), "-o", str(ordered)], env={"LC_ALL": "C"}, check=True
            )
        packed = Path(folder) / "packed.gz"
        pysam.tabix_compress(str(ordered), str(packed))
        pysam.tabix_index(str(packed), preset=form)
    return sum(os.times()[:4]) - before


def main(millions: list[float]) -> None:
    """Make each file, prepare it in a new process, print a line, remove it."""
    print("| file | lines | MB | seconds | processor seconds | MB of memory | sort, bgzip, tabix | ratio |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as folder:
        for million in millions:
            for name, write in FILES.items():
                path = Path(folder) / name
                write(path, int(million * MILLION))
                size = path.stat().st_size / 1e6
                command = [sys.executable, __file__, "--one", str(path)]
                answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
                seconds, used, peak, _ = json.loads(answer)
                other = measure_tabix(path)
                beside = f"{other:.1f} | {used / other:.2f}" if other else "|"
                print(
                    f"| {name} | {million:g} M | {size:.0f} | {seconds:.1f} | {used:.1f} | {peak:.0f} | {beside} |",
                    flush=True,
                )
                path.unlink()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        measure(Path(sys.argv[2]))
    else:
        main([float(text) for text in sys.argv[1:]] or [2.0])
