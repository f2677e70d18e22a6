"""A batch that is killed with -9 at random points and resumed, against one that nothing disturbs.

    python benchmarks/killed.py [loci] [kills] [processes] [seed]

The tracks are the simulated example; one locus in ten is bad: an unknown gene, a place past the end, a start behind an
end. Prints how many loci are done and failed, loci a minute, and which outputs differ: none may, but for times.
"""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from service.run.example import write_example

TIMES = {"finished", "seconds", "dateCreated", "dateModified", "datePublished", "startTime", "endTime"}
"""Fields of JSON outputs that say when, or how long."""


def bad_and_good(loci: int) -> str:
    """A list of so many loci, one in ten of them bad."""
    wrong = ("GAMMA{n}", "chr1:9{n:03d}0000-9{n:03d}9000", "chr1:{n}500-{n}400")
    lines = []
    for n in range(1, loci + 1):
        start = 100_000 + 7_000 * n
        lines.append(wrong[n // 10 % 3].format(n=n) if n % 10 == 0 else f"chr1:{start}-{start + 30_000} locus {n}")
    return "\n".join(lines) + "\n"


def command(folder: Path, out: Path, processes: int) -> list[str]:
    """The command line that reads them; the tracks and loci.txt are in `folder`."""
    tracks = [str(folder / name) for name in ("H3K4me3.bw", "H3K27ac.bw", "genes.gtf")]
    options = ["--regions", str(folder / "loci.txt"), "--model", "measured", "--quiet", "-j", str(processes)]
    return [str(Path(sys.executable).parent / "locution"), "read", *tracks, *options, "--resume", "--out", str(out)]


def records(out: Path) -> int:
    """How many loci are finished."""
    return len(list(out.glob("*/reading.json")))


def kill_after(read: list[str], out: Path, more: int, delay: float) -> bool:
    """Run, and kill it once so many more loci are finished, `delay` seconds later; whether it still ran then."""
    began = records(out)
    process = subprocess.Popen(read, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None and records(out) < began + more:
        time.sleep(0.02)
    time.sleep(delay)
    alive = process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    return alive


def outputs(out: Path) -> dict[str, Any]:
    """What lies in a folder by name, without what says when or how long; hidden files are no outputs."""
    paths = [path for path in sorted(out.rglob("*")) if path.is_file() and not path.name.startswith(".")]
    return {str(path.relative_to(out)): _content(path) for path in paths}


def _content(path: Path) -> Any:
    if path.suffix != ".json":
        return path.read_bytes()
    return json.loads(path.read_text(encoding="utf-8"), object_hook=_timeless)


def _timeless(value: dict[str, Any]) -> dict[str, Any]:
    of_record = str(value.get("@id", "")).endswith("reading.json")  # whose bytes hold times
    left_out = TIMES | {"sha256", "contentSize"} if of_record else TIMES
    return {key: kept for key, kept in value.items() if key not in left_out}


def main(loci: int, kills: int, processes: int, seed: int) -> None:
    """Measure and print."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        write_example(folder)
        (folder / "loci.txt").write_text(bad_and_good(loci), encoding="utf-8")
        whole, torn = folder / "whole", folder / "torn"
        began = time.monotonic()
        status = subprocess.run(command(folder, whole, processes), check=False).returncode
        minutes = (time.monotonic() - began) / 60
        states = [json.loads(path.read_text("utf-8"))["status"] for path in whole.glob("*/reading.json")]
        done, failed = states.count("done"), states.count("failed")
        print(f"undisturbed, -j {processes}: exit {status}, {done} done, {failed} failed")
        print(f"{loci / minutes:.0f} loci a minute", flush=True)
        read, killed = command(folder, torn, processes), 0
        for _ in range(kills):
            killed += kill_after(read, torn, chance.randrange(1, max(2, loci // kills)), chance.uniform(0, 0.5))
        status = subprocess.run(read, check=False).returncode
        one, other = outputs(whole), outputs(torn)
        different = sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))
        print(f"killed {killed} times and resumed: exit {status}, {len(other)} files, different: {different or 'none'}")


if __name__ == "__main__":
    main(*(int(word) for word in [*sys.argv[1:], *("300", "20", "2", "1")[len(sys.argv) - 1 :]]))
