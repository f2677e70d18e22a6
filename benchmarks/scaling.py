"""Does a figure cost more because the files are big? Seconds a locus with big files against the same locus cut out of
them, and loci a minute over many loci.

    python benchmarks/scaling.py [rounds] [loci]

Makes its own files: a GTF of 1.7 M lines, a bedGraph of 150 MB on one chromosome, 200,000 links of which 5,000 are in
view. Prepares them, draws one window with all and with small files, in turn, and prints the ratios of the medians;
then draws many loci of one track set with one process and with two, and the memory at the begin and at the end.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from renderer.figure.draw import draw_scene
from renderer.prepare.upload import prepare
from renderer.values.region import Region
from renderer.values.track import Scene, Track

LENGTH = 200_000_000
WINDOW = Region("chr1", 50_000_000, 60_000_000)
GENES = 34_000
EXONS = 48
BEDGRAPH_LINES = 5_000_000
LINKS, LINKS_IN_VIEW = 200_000, 5_000


def write_gtf(path: Path, region: Region | None) -> None:
    """Genes of one transcript and EXONS exons, evenly over the chromosome; only those in `region` if given."""
    step = LENGTH // GENES
    with path.open("w", encoding="utf-8") as out:
        for number in range(GENES):
            start = number * step + 1
            if region and not region.start - step <= start < region.end:
                continue
            tags = f'gene_id "G{number}"; transcript_id "T{number}"; gene_name "GENE{number}";'
            out.write(f"chr1\tx\ttranscript\t{start}\t{start + step // 2}\t.\t+\t.\t{tags}\n")
            for exon in range(EXONS):
                at = start + exon * step // 2 // EXONS
                out.write(f"chr1\tx\texon\t{at}\t{at + 30}\t.\t+\t.\t{tags}\n")


def write_bedgraph(path: Path, region: Region | None) -> None:
    """Steps of 40 bp with random values."""
    step = LENGTH // BEDGRAPH_LINES
    values = np.random.default_rng(1).gamma(0.5, 2, BEDGRAPH_LINES)
    with path.open("w", encoding="utf-8") as out:
        for number, value in enumerate(values):
            start = number * step
            if region is None or region.start <= start < region.end:
                out.write(f"chr1\t{start}\t{start + step}\t{value:.4f}\n")


def write_links(path: Path, many: bool) -> None:
    """Loops of about 100 kb; LINKS_IN_VIEW of them in the window, and with `many` the rest elsewhere."""
    rng = np.random.default_rng(2)
    starts = rng.integers(WINDOW.start, WINDOW.end - 300_000, LINKS_IN_VIEW)
    if many:
        starts = np.concatenate([starts, rng.integers(WINDOW.end, LENGTH - 300_000, LINKS - LINKS_IN_VIEW)])
    with path.open("w", encoding="utf-8") as out:
        for start, length in zip(starts, rng.lognormal(11.5, 0.5, len(starts)).astype(int), strict=True):
            out.write(f"chr1\t{start}\t{start + 2000}\tchr1\t{start + length}\t{start + length + 2000}\t1\n")


def make_track(kind: str, folder: Path, big: bool) -> tuple[Track, float]:
    """A prepared track of a kind, from a big file or its cut, and the seconds its preparation took."""
    names = {"genes": "genes.gtf", "signal": "signal.bedgraph", "links": "loops.bedpe"}
    path = folder / f"{'big' if big else 'small'}_{names[kind]}"
    region = None if big else WINDOW
    if kind == "links":
        write_links(path, big)
    else:
        (write_gtf if kind == "genes" else write_bedgraph)(path, region)
    began = time.perf_counter()
    one = prepare(path, path.name, folder / path.stem)
    return Track(1, kind, one.kind, one.format, one.path), time.perf_counter() - began


def seconds(scene: Scene, path: Path) -> float:
    """Of one figure."""
    began = time.perf_counter()
    draw_scene(scene, path)
    return time.perf_counter() - began


def compare(kind: str, folder: Path, rounds: int) -> Track:
    """Print one row of the table; returns the big track."""
    big, spent = make_track(kind, folder, big=True)
    small, _ = make_track(kind, folder, big=False)
    scenes = [Scene(WINDOW, (track,)) for track in (big, small)]
    for scene in scenes:
        seconds(scene, folder / "warm.png")
    times: dict[int, list[float]] = {0: [], 1: []}
    for number in range(2 * rounds):  # first one, then the other goes first: a pause for memory then hits both alike
        for which in ((0, 1), (1, 0))[number % 2]:
            times[which].append(seconds(scenes[which], folder / "figure.png"))
    one, other = (statistics.median(times[which]) for which in (0, 1))
    size = max(path.stat().st_size for path in folder.glob("big_*") if path.is_file())
    print(f"| {kind} | {size / 1e6:.0f} MB, prepared in {spent:.0f} s | {one:.3f} | {other:.3f} | {one / other:.2f}x |")
    for path in folder.glob("*_*.*"):
        if path.is_file():
            path.unlink()
    return big


def draw_many(tracks: list[Track], loci: int, folder: Path, part: int, parts: int) -> None:
    """Draw every `parts`-th of `loci` windows and print the memory of the process after a tenth and at the end (MB)."""
    starts = np.linspace(0, LENGTH - 600_000, loci).astype(int)[part::parts]
    memory = []
    for number, start in enumerate(starts):
        draw_scene(Scene(Region("chr1", int(start), int(start) + 500_000), tuple(tracks)), folder / f"{part}.png")
        if number in (len(starts) // 10, len(starts) - 1):
            memory.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
    print("memory", *memory, flush=True)


def many(tracks: list[Track], loci: int, folder: Path) -> None:
    """Loci a minute with one process and with two."""
    for processes in (1, 2):
        began = time.perf_counter()
        children = [
            subprocess.Popen(
                [
                    sys.executable,
                    __file__,
                    "--many",
                    str(loci),
                    str(folder),
                    str(part),
                    str(processes),
                    *(f"{t.kind}:{t.format}:{t.path}" for t in tracks),
                ],
                stdout=subprocess.PIPE,
                text=True,
            )
            for part in range(processes)
        ]
        memory = [child.communicate()[0].split()[1:] for child in children]
        pace = 60 * loci / (time.perf_counter() - began)
        print(f"| {processes} | {loci} | {pace:.0f} | {memory} |")


def main(rounds: int, loci: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        print(f"{WINDOW}, medians of {rounds} rounds\n| file | big file | s a figure | s with the cut | ratio |")
        tracks = [compare(kind, folder, rounds) for kind in ("genes", "signal", "links")]
        print(f"\n{os.cpu_count()} cores\n| processes | loci | loci a minute | MB after a tenth, at the end |")
        many(tracks[:2], loci, folder)


def child(arguments: list[str]) -> None:
    """One process of `many`."""
    loci, folder, part, parts, *named = arguments
    fields = [name.split(":", 2) for name in named]
    tracks = [Track(n, kind, kind, form, Path(path)) for n, (kind, form, path) in enumerate(fields, 1)]  # type: ignore[arg-type]
    draw_many(tracks, int(loci), Path(folder), int(part), int(parts))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--many"]:
        child(sys.argv[2:])
    else:
        given = [int(word) for word in sys.argv[1:3]]
        main(*given, *(7, 1000)[len(given) :])
