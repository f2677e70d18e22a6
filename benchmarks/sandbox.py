"""What the sandbox costs: seconds a figure in this process and in the sandbox's child, in turn in one run.

    python benchmarks/sandbox.py path/to/scenes.json [scene id] [rounds]

Prints a table: medians, what the sandbox adds to a figure, the time to report a crash, and its start.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from renderer.draw import draw_scene
from renderer.sandbox import Sandbox, Stopped
from renderer.scene import load_scene, read_scenes


def timed(work: Callable[..., object], *arguments: object) -> float:
    """Seconds of one call."""
    start = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - start


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
        start = timed(sandbox.run, sum, ())
        folder = Path(work)
        scene = load_scene(read_scenes(scenes)[name], scenes.parent, folder / "prepared")
        ours, boxed = folder / "ours.png", folder / "boxed.png"
        draw_scene(scene, ours)
        sandbox.draw(scene, boxed)
        if ours.read_bytes() != boxed.read_bytes():
            raise SystemExit("the sandbox draws another picture")
        times: dict[str, list[float]] = {"in this process": [], "in the sandbox": []}
        for _ in range(rounds):
            times["in this process"].append(timed(draw_scene, scene, ours))
            times["in the sandbox"].append(timed(sandbox.draw, scene, boxed))
        crashes = [timed(crash, sandbox) for _ in range(rounds)]
    inside, outside = (statistics.median(times[key]) for key in ("in the sandbox", "in this process"))
    print(f"{name}: {len(scene.tracks)} tracks, {scene.region.span:,} bp, {rounds} rounds, medians")
    for label, seconds in (
        ("figure in this process", outside),
        ("figure in the sandbox", inside),
        ("the sandbox adds", inside - outside),
        ("a crash is reported after", statistics.median(crashes)),
        ("start, once a process", start),
    ):
        print(f"| {label} | {1000 * seconds:,.0f} ms |")


if __name__ == "__main__":
    names = [*sys.argv[2:], "coolbox_k562_05", "15"][: max(2, len(sys.argv) - 2)]
    main(Path(sys.argv[1]), names[0], int(names[1]) if names[1].isdigit() else 15)
