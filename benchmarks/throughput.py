"""Loci a minute through the whole service (HTTP, broker, workers, model), against one pyGenomeTracks command a locus.

    python benchmarks/throughput.py path/to/scenes.json [scene id] [loci] [model]

Starts the service in a temporary folder, uploads the scene's files, tiles the scene's window with loci, and waits for
the job; then draws some of the same loci with the command, in the same run. Figures alone for the command: it writes
no captions.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from pathlib import Path
from typing import Any

from figure import write_ini

from renderer.tracklists.scene import load_scene, read_scenes
from renderer.values.region import parse_region
from service.run.supervisor import Supervisor, free_port
from workers.settings import Settings

COMMANDS = 6
"""Loci that are drawn with the command: each takes seconds, and all alike."""


def call(url: str, body: Any = None, kind: str = "application/json") -> Any:
    """One request to the API."""
    data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data, {"Content-Type": kind} if data else {})) as answer:
        return json.load(answer)


def upload(url: str, path: Path) -> str:
    """The id of an uploaded file."""
    mark = uuid.uuid4().hex
    head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{path.name}"\r\n\r\n'.encode()
    body = head + path.read_bytes() + f"\r\n--{mark}--\r\n".encode()
    return str(call(f"{url}/files", body, f"multipart/form-data; boundary={mark}")["id"])


def run_job(url: str, entry: dict[str, Any], folder: Path, loci: list[str], model: str) -> tuple[float, float]:
    """Seconds for the whole job, and until its first reading."""
    files = [upload(url, folder / spec["file"].partition("::")[0]) for spec in entry["tracks"]]
    tracks = [{"file": file, "label": spec["label"]} for file, spec in zip(files, entry["tracks"], strict=True)]
    made = call(f"{url}/track-sets", {"assembly": entry["assembly"], "tracks": tracks})
    call_again = {"track_set": made["id"], "model": model}
    wait(url, call(f"{url}/jobs", {**call_again, "loci": loci[:1]})["id"])  # loads the model, as a running service has
    start = time.perf_counter()
    first = wait(url, call(f"{url}/jobs", {**call_again, "loci": loci})["id"])
    return time.perf_counter() - start, first


def wait(url: str, job: str) -> float:
    """Wait for a job; seconds until its first reading was done."""
    start, first = time.perf_counter(), 0.0
    while True:
        found = call(f"{url}/jobs/{job}")
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
            seconds, first = run_job(f"{service.url}/api/v1", entry, scenes.parent, loci, model)
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
