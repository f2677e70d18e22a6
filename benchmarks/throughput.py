"""Loci a minute through the whole service (HTTP, broker, workers, model), against one pyGenomeTracks command a locus.

    python benchmarks/throughput.py path/to/scenes.json [scene id] [loci] [model]

Starts the service in a temporary folder, uploads the scene's files, tiles the scene's window with loci, and waits for
the job; then draws some of the same loci with the command, in the same run. Figures alone for the command: it writes
no captions.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from figure import write_ini

from renderer.tracklists.scene import load_scene, read_scenes
from renderer.values.region import parse_region
from service.run.own_api import Api
from service.run.processes import free_port
from service.run.supervisor import Supervisor
from workers.settings import Settings

COMMANDS = 6
"""Loci that are drawn with the command: each takes seconds, and all alike."""


def run_job(api: Api, entry: dict[str, Any], folder: Path, loci: list[str], model: str) -> tuple[float, float]:
    """Seconds for the whole job, and until its first reading."""
    files = [api.upload(folder / spec["file"].partition("::")[0])["id"] for spec in entry["tracks"]]
    tracks = [{"file": file, "label": spec["label"]} for file, spec in zip(files, entry["tracks"], strict=True)]
    made = api.post("/track-sets", {"assembly": entry["assembly"], "tracks": tracks})
    asked = {"track_set": made["id"], "model": model}
    wait(api, api.post("/jobs", {**asked, "loci": loci[:1]})["id"])  # loads the model, as a running service has
    start = time.perf_counter()
    first = wait(api, api.post("/jobs", {**asked, "loci": loci})["id"])
    return time.perf_counter() - start, first


def wait(api: Api, job: str) -> float:
    """Wait for a job; seconds until its first reading was done."""
    start, first = time.perf_counter(), 0.0
    while True:
        found = api.get(f"/jobs/{job}")
        first = first or (time.perf_counter() - start if found["counts"]["done"] else 0.0)
        if found["state"] == "done":
            if found["counts"]["failed"]:
                raise SystemExit(f"{found['counts']['failed']} loci failed")
            return first
        time.sleep(0.1)


def main(scenes: Path, name: str, count: int, model: str) -> None:
    """Measure and print."""
    entry = read_scenes(scenes)[name]
    window = parse_region(entry["region"])
    step = window.span // count
    loci = [f"{window.chrom}:{window.start + n * step + 1}-{window.start + (n + 1) * step}" for n in range(count)]
    with tempfile.TemporaryDirectory() as work:
        settings = Settings(data=Path(work) / "data", port=free_port())
        with Supervisor(settings, print).running() as service:
            seconds, first = run_job(Api(service.url), entry, scenes.parent, loci, model)
        ini = Path(work) / "tracks.ini"
        write_ini(load_scene(entry, scenes.parent, Path(work) / "prepared"), entry, scenes.parent, ini)
        times = [command(ini, locus, Path(work)) for locus in loci[:: max(1, count // COMMANDS)][:COMMANDS]]
    ours, theirs = seconds / count, statistics.median(times)
    print(f"{name}: {len(entry['tracks'])} tracks, {count} loci of {step:,} bp, model {model}")
    print(f"| Locution, figure and checked caption | {ours:.2f} s a locus | {60 / ours:.0f} loci a minute | 1.0x |")
    print(
        f"| one pyGenomeTracks command each, figure only | {theirs:.2f} s | {60 / theirs:.0f} | {theirs / ours:.1f}x |"
    )
    print(f"first reading after {first:.1f} s")


def command(ini: Path, locus: str, work: Path) -> float:
    """Seconds of one pyGenomeTracks command."""
    start = time.perf_counter()
    tool = str(Path(sys.executable).parent / "pyGenomeTracks")
    arguments = ["--tracks", str(ini), "--region", locus, "--outFileName", str(work / "pgt.png"), "--dpi", "100"]
    subprocess.run([tool, *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


if __name__ == "__main__":
    given = [*sys.argv[2:], *("coolbox_k562_01", "40", "builtin")[len(sys.argv) - 2 :]]
    main(Path(sys.argv[1]), given[0], int(given[1]), given[2])
