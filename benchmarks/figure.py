"""Processor seconds a figure, ours against pyGenomeTracks on the same files and window, in turn in one run: on a busy
machine they can be compared where seconds on the clock cannot.

    python benchmarks/figure.py path/to/scenes.json [scene id] [rounds]

Prints a table: our warm figure, one `pyGenomeTracks` command, its warm Python API, and the ratios.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from renderer.figure.draw import draw_scene
from renderer.tracklists.scene import load_scene, read_scenes
from renderer.values.track import Scene

HEIGHTS = {"signal": 1.5, "genes": 3, "intervals": 0.5, "links": 1.5}


def write_ini(scene: Scene, entry: dict, folder: Path, path: Path) -> None:
    """The same tracks for pyGenomeTracks, as its user would write them."""
    parts = ["[x-axis]\nwhere = top\n"]
    for track, spec in zip(scene.tracks, entry["tracks"], strict=True):
        if track.note:
            continue
        kind = {"bed": "bed", "gtf": "gtf", "links": "links", "bigwig": "bigwig", "narrow_peak": "narrow_peak"}.get(
            spec["type"]
        )
        if kind is None:
            continue
        lines = [
            f"[t{track.number}]",
            f"file = {folder / spec['file']}",
            f"file_type = {kind}",
            f"title = {track.label}",
            f"height = {HEIGHTS[track.kind]}",
        ]
        if kind == "bigwig":
            lines += ["number_of_bins = 1000", "min_value = 0"]
        if kind == "gtf":
            lines += ["merge_transcripts = true", "prefered_name = gene_name", "gene_rows = 10"]
        if kind == "bed" and track.kind == "intervals":
            lines += ["display = collapsed", "labels = false", "color = bed_rgb"]
        parts.append("\n".join(lines) + "\n")
    path.write_text("\n".join(parts), encoding="utf-8")


def timed(work: Callable[[], object], whose: int = resource.RUSAGE_SELF) -> float:
    """Processor seconds of one call: of this process, or of its children that ended meanwhile."""
    before = resource.getrusage(whose)
    work()
    after = resource.getrusage(whose)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(scenes: Path, name: str, rounds: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        entry = read_scenes(scenes)[name]
        scene = load_scene(entry, scenes.parent, folder / "prepared")
        ini = folder / "tracks.ini"
        write_ini(scene, entry, scenes.parent, ini)
        region = f"{scene.region.chrom}:{scene.region.start + 1}-{scene.region.end}"
        command = [
            str(Path(sys.executable).parent / "pyGenomeTracks"),
            "--tracks",
            str(ini),
            "--region",
            region,
            "--outFileName",
            str(folder / "pgt.png"),
            "--dpi",
            "100",
            "--width",
            "30",
        ]

        def run_command() -> None:
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

        api = subprocess.Popen(
            [sys.executable, __file__, "--api", str(ini), region],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert api.stdin and api.stdout

        def run_api() -> float:
            api.stdin.write("go\n")
            api.stdin.flush()
            return float(api.stdout.readline())

        def draw() -> None:
            draw_scene(scene, folder / "ours.png")

        draw()
        run_api()
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        times: dict[str, list[float]] = {"ours": [], "command": [], "api": []}
        for _ in range(rounds):
            times["ours"].append(timed(draw))
            times["command"].append(timed(run_command, resource.RUSAGE_CHILDREN))
            times["api"].append(run_api())
        api.stdin.close()
        api.wait()
    ours = statistics.median(times["ours"])
    print(f"{name}: {len(scene.tracks)} tracks, {scene.region.span:,} bp, {rounds} rounds, medians")
    for label, key in (
        ("Locution, warm", "ours"),
        ("pyGenomeTracks command", "command"),
        ("pyGenomeTracks API, warm", "api"),
    ):
        middle = statistics.median(times[key])
        print(f"| {label} | {middle:.3f} s | {middle / ours:.1f}x |")
    print(f"peak memory of this process : {memory:.0f} MB")


def serve_api(ini: str, region: str) -> None:
    """A process that keeps pyGenomeTracks loaded and draws one figure for each line it is sent, and answers with
    its processor seconds."""
    from pygenometracks.tracksClass import PlotTracks

    chrom, _, span = region.partition(":")
    start, end = (int(part) for part in span.split("-"))
    with tempfile.TemporaryDirectory() as folder:
        for _ in sys.stdin:
            began = time.process_time()
            plot = PlotTracks(ini, 30, dpi=100, plot_regions=[(chrom, start - 1, end)])
            plot.plot(f"{folder}/api.png", chrom, start - 1, end)
            print(time.process_time() - began, flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "--api":
        serve_api(sys.argv[2], sys.argv[3])
    else:
        names = [*sys.argv[2:], "coolbox_k562_05", "5"][: max(2, len(sys.argv) - 2)]
        main(Path(sys.argv[1]), names[0], int(names[1]) if names[1].isdigit() else 5)
