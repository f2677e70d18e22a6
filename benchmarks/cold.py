"""What one command costs from nothing: `locution read` of one locus against one `pyGenomeTracks` command on the same
files, in turn in one run.

    python benchmarks/cold.py path/to/scenes.json [scene id] [rounds] [model ...]

Prints processor seconds (all processes of a command), seconds on the clock, the peak memory of the largest process,
and the peak of all processes together (pages they share counted once), as medians, with the ratio of processor seconds.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import astuple, dataclass
from pathlib import Path

from figure import write_ini

from renderer.tracklists.scene import load_scene, read_scenes

LOOK_SECONDS = 0.05
"""Between two looks at the memory of all processes; these run apart from the rounds that are timed."""


@dataclass(frozen=True)
class Cost:
    """Of one command."""

    processor: float
    clock: float
    largest_mb: float


def measured(command: list[str]) -> Cost:
    """Run a command; what it and what it started took."""
    began = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {child.returncode}")
    return Cost(used.ru_utime + used.ru_stime, time.perf_counter() - began, used.ru_maxrss / 1024)


def together_mb(command: list[str]) -> float:
    """The most memory that all processes of a command held at one time."""
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    ended = threading.Event()
    most = 0.0
    while not ended.wait(LOOK_SECONDS):
        most = max(most, sum(resident_mb(pid) for pid in family(child.pid)))
        if child.poll() is not None:
            ended.set()
    return most


def family(first: int) -> list[int]:
    """A process and all below it."""
    parents = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(entry.parent.name)] = int(entry.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # it has ended
    found = [first]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found


def resident_mb(pid: int) -> float:
    """Memory of a process, pages it shares with n others counted as 1 / n; 0 once it has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def main(scenes: Path, name: str, rounds: int, models: list[str]) -> None:
    """Measure and print."""
    tools = Path(sys.executable).parent
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        entry = read_scenes(scenes)[name]
        scene = load_scene(entry, scenes.parent, folder / "prepared")
        write_ini(scene, entry, scenes.parent, folder / "tracks.ini")
        region = f"{scene.region.chrom}:{scene.region.start + 1}-{scene.region.end}"
        theirs = ["--tracks", str(folder / "tracks.ini"), "--region", region, "--outFileName", str(folder / "pgt.png")]
        commands = {"pyGenomeTracks command": [str(tools / "pyGenomeTracks"), *theirs, "--dpi", "100"]}
        for model in models:
            ours = ["read", "--scene", f"{scenes}#{name}", "--model", model, "--out", str(folder / "out")]
            commands[f"locution read --model {model}"] = [str(tools / "locution"), *ours]
        costs: dict[str, list[Cost]] = {label: [measured(command)][:0] for label, command in commands.items()}
        for _ in range(rounds):
            for label, command in commands.items():
                costs[label].append(measured(command))
        together = {label: together_mb(command) for label, command in commands.items()}
    print(f"{name}: {len(scene.tracks)} tracks, {scene.region.span:,} bp, {rounds} rounds, medians")
    print("| command | processor s | ratio | clock s | largest process, MB | all processes, MB |")
    base = statistics.median(cost.processor for cost in costs["pyGenomeTracks command"])
    for label, several in costs.items():
        processor, clock, largest = (statistics.median(column) for column in zip(*map(astuple, several), strict=True))
        ratio = processor / base
        print(f"| {label} | {processor:.2f} | {ratio:.2f} | {clock:.2f} | {largest:.0f} | {together[label]:.0f} |")


if __name__ == "__main__":
    given = [*sys.argv[2:4], *("coolbox_k562_05", "5")[len(sys.argv[2:4]) :]]
    main(Path(sys.argv[1]), given[0], int(given[1]), sys.argv[4:] or ["builtin", "measured"])
