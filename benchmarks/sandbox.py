"""What the sandbox costs: a figure in this process, and in the sandbox's children.

    python benchmarks/sandbox.py path/to/scenes.json [scene id] [rounds]

Prints a table of wall-clock time (median) and CPU time (mean, all processes together; other work on the machine does
not distort it). "Same files" is a figure of the files drawn before, as in a job of many loci; "other files" takes a
fresh child each time, as a prepared upload does.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil

from renderer.figure.draw import draw_scene
from renderer.sandbox.files import Sandbox, Stopped
from renderer.tracklists.scene import load_scene, read_scenes


def cpu() -> float:
    """CPU seconds of this process and those below it, the ended ones included."""
    mine = psutil.Process()
    own = sum(mine.cpu_times()[:2])
    return own + sum(sum(one.cpu_times()[:4]) for one in mine.children(recursive=True))


def measure(name: str, rounds: int, work: Callable[[int], object]) -> tuple[float, float]:
    """Call `work` with 0, 1, ...; prints and returns ms of wall clock (median) and CPU (mean)."""
    walls, before = [], cpu()
    for number in range(rounds):
        start = time.perf_counter()
        work(number)
        walls.append(time.perf_counter() - start)
    wall, used = 1000 * statistics.median(walls), 1000 * (cpu() - before) / rounds
    print(f"| {name} | {wall:,.0f} ms | {used:,.0f} ms |")
    return wall, used


def crash(sandbox: Sandbox) -> None:
    """A request whose child ends by SIGABRT."""
    try:
        sandbox.run(os.abort)
    except Stopped:
        return
    raise SystemExit("the child did not crash")


def main(scenes: Path, name: str, rounds: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as work, Sandbox() as sandbox:
        folder = Path(work)
        print("| | wall clock | CPU |\n|---|--:|--:|")
        measure("start, once a process", 1, lambda _: sandbox.run(sum, ()))
        scene = load_scene(read_scenes(scenes)[name], scenes.parent, folder / "prepared")
        fewer = replace(scene, tracks=tuple(scene.tracks[:-1]))
        ours, boxed = folder / "ours.png", folder / "boxed.png"
        draw_scene(scene, ours)
        sandbox.draw(scene, boxed)
        if ours.read_bytes() != boxed.read_bytes():
            raise SystemExit("the sandbox draws another picture")
        here = measure("figure in this process", rounds, lambda _: draw_scene(scene, ours))
        same = measure("figure in the sandbox, same files", rounds, lambda _: sandbox.draw(scene, boxed))
        plain = measure(
            "two figures of other files in this process",
            rounds,
            lambda _: (draw_scene(fewer, ours), draw_scene(scene, ours)),
        )
        other = measure(
            "two figures of other files in the sandbox",
            rounds,
            lambda _: (sandbox.draw(fewer, boxed), sandbox.draw(scene, boxed)),
        )
        measure("a crash is reported after", rounds, lambda _: crash(sandbox))
    print(f"\n{name}: {len(scene.tracks)} tracks, {scene.region.span:,} bp, {rounds} rounds. The sandbox adds")
    print(f"{same[0] - here[0]:,.0f} ms ({same[1] - here[1]:,.0f} ms CPU) to a figure of the same files,")
    print(f"{(other[0] - plain[0]) / 2:,.0f} ms ({(other[1] - plain[1]) / 2:,.0f} ms CPU) to one of other files.")


if __name__ == "__main__":
    names = [*sys.argv[2:], "coolbox_k562_05", "15"][: max(2, len(sys.argv) - 2)]
    main(Path(sys.argv[1]), names[0], int(names[1]) if names[1].isdigit() else 15)
