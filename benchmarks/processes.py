"""Many loci by one `locution read`, with one process and with several, in turn in one run.

    python benchmarks/processes.py path/to/scenes.json [scene id] [loci] [rounds] [processes]

Prints seconds on the clock, processor seconds, the peak memory of the largest process, as medians, and how many times
as fast the several are. On a machine that does other work, what the processes cost beyond what one does tells more:
processes x processor seconds of one / processor seconds of all is what they gain where nothing else runs.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from dataclasses import astuple
from pathlib import Path

from cold import Cost, measured

from renderer.tracklists.scene import read_scenes
from renderer.values.region import parse_region


def main(scenes: Path, name: str, loci: int, rounds: int, processes: int) -> None:
    """Measure and print."""
    entry = read_scenes(scenes)[name]
    window = parse_region(entry["region"])
    span = window.span // 4
    starts = [window.start + number * (window.span - span) // loci for number in range(loci)]
    files = [str(scenes.parent / track["file"]) for track in entry["tracks"] if "::" not in track["file"]]
    with tempfile.TemporaryDirectory() as work:
        bed = Path(work) / "loci.bed"
        bed.write_text("".join(f"{window.chrom}\t{start}\t{start + span}\n" for start in starts), encoding="utf-8")
        read = [str(Path(sys.executable).parent / "locution"), "read", *files, "--assembly", entry["assembly"]]
        costs: dict[int, list[Cost]] = {1: [], processes: []}
        for _ in range(rounds):
            for jobs, several in costs.items():
                out = f"{work}/out{jobs}"
                several.append(measured([*read, "--regions", str(bed), "--jobs", str(jobs), "--out", out]))
    print(f"{name}: {len(files)} tracks, {loci} loci of {span:,} bp, {rounds} rounds, medians")
    print("| processes | clock s | processor s | loci a minute | largest process, MB |")
    found = {}
    for jobs, several in costs.items():
        processor, clock, largest = (statistics.median(column) for column in zip(*map(astuple, several), strict=True))
        found[jobs] = (clock, processor)
        print(f"| {jobs} | {clock:.1f} | {processor:.1f} | {60 * loci / clock:.0f} | {largest:.0f} |")
    clock, processor = (one / other for one, other in zip(found[1], found[processes], strict=True))
    print(f"{clock:.2f} times as fast by the clock; {processes * processor:.2f} by processor seconds")


if __name__ == "__main__":
    given = [*sys.argv[2:], *("coolbox_k562_05", "100", "1", "2")[len(sys.argv) - 2 :]]
    main(Path(sys.argv[1]), given[0], *(int(word) for word in given[1:]))
