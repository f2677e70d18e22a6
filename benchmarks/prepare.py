"""Seconds and peak memory to prepare a file, for files that are made here.

    python benchmarks/prepare.py [million lines ...]

Prints a table: a bedGraph sorted and shuffled, a wig, a BED9 and a BAM, each of as many million lines (or reads) as
asked for (2 unless said). Each is prepared in a process of its own, so that the memory is its own, too. Linux only.
"""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

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
    "reads.bam": write_bam,
}


def measure(path: Path) -> None:
    """Prepare one file and print seconds, processor seconds, MB of memory at most, and items, as JSON."""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        start, used = time.perf_counter(), time.process_time()
        prepared = prepare(path, path.name, Path(folder))
        seconds, used = time.perf_counter() - start, time.process_time() - used
    # Not getrusage, whose maximum a process inherits from the one that started it.
    (peak,) = re.findall(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    print(json.dumps([seconds, used, int(peak) / 1024, prepared.items]))


def main(millions: list[float]) -> None:
    """Make each file, prepare it in a new process, print a line, remove it."""
    print("| file | lines | MB | seconds | processor seconds | MB of memory |\n|---|--:|--:|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as folder:
        for million in millions:
            for name, write in FILES.items():
                path = Path(folder) / name
                write(path, int(million * MILLION))
                size = path.stat().st_size / 1e6
                command = [sys.executable, __file__, "--one", str(path)]
                answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
                seconds, used, peak, _ = json.loads(answer)
                print(f"| {name} | {million:g} M | {size:.0f} | {seconds:.1f} | {used:.1f} | {peak:.0f} |", flush=True)
                path.unlink()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        measure(Path(sys.argv[2]))
    else:
        main([float(text) for text in sys.argv[1:]] or [2.0])
