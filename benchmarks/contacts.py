"""Seconds a locus from a genome-wide contact map, against its own first chromosome alone, and against pyGenomeTracks.

    python benchmarks/contacts.py [folder] [rounds]

Makes (once, in `folder`) a .mcool of 24 chromosomes with some 20 million pixels, and one of chr1 alone, then draws the
same windows of both in turn. pyGenomeTracks is given the finest resolution of each, by its command.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import cooler
import numpy as np
import pandas as pd

from renderer.figure.draw import draw_scene
from renderer.prepare.upload import prepare
from renderer.values.region import Region, parse_region
from renderer.values.track import Scene, Track

CHROMS, LENGTH, BIN = 24, 100_000_000, 25_000
RESOLUTIONS = [BIN, 2 * BIN, 4 * BIN, 10 * BIN, 40 * BIN]
NEAR, FAR, REST = 50, 100, 70
"""Pixels of each bin: with its next neighbours, with bins of its chromosome at any distance, and of the genome."""

WINDOWS = ("chr1:20,000,001-24,000,000", "chr1:40,000,001-50,000,000", "chr1:1-100,000,000")


def make_pixels(bins: int, chroms: int, seed: int = 0) -> Iterator[pd.DataFrame]:
    """Sorted pixels, a chromosome at a time: contacts that fall off with distance, and a scatter over the genome."""
    draw, total = np.random.default_rng(seed), bins * chroms
    for chrom in range(chroms):
        end = (chrom + 1) * bins
        rows = np.repeat(np.arange(chrom * bins, end), NEAR + FAR + REST)
        step = (
            np.concatenate(
                [
                    np.tile(np.arange(NEAR), (bins, 1)),
                    np.exp(draw.uniform(3, np.log(bins), (bins, FAR))),
                    np.full((bins, REST), bins),
                ],
                axis=1,
            )
            .astype(int)
            .ravel()
        )
        inside = rows + step < end
        columns = np.where(inside, rows + step, draw.integers(rows, total))
        counts = draw.poisson(np.where(inside, 60 / (1 + step), 0)) + 1
        table = pd.DataFrame({"bin1_id": rows, "bin2_id": columns, "count": counts})
        yield table.groupby(["bin1_id", "bin2_id"], sort=True, as_index=False).sum()


def make_map(folder: Path, chroms: int) -> Path:
    """A .mcool of the first `chroms` chromosomes, made unless it is there."""
    single, multi = folder / f"genome{chroms}.cool", folder / f"genome{chroms}.mcool"
    if not multi.exists():
        sizes = pd.Series({f"chr{number + 1}": LENGTH for number in range(chroms)})
        cooler.create_cooler(str(single), cooler.binnify(sizes, BIN), make_pixels(LENGTH // BIN, chroms), ordered=True)
        cooler.zoomify_cooler(str(single), str(folder / "part.mcool"), RESOLUTIONS, chunksize=2_000_000)
        (folder / "part.mcool").rename(multi)
    return multi


def scene_of(path: Path, region: Region, work: Path) -> Scene:
    """The map as the one track of a scene."""
    one = prepare(path, path.name, work / path.stem)
    return Scene(region, (Track(1, "Hi-C", one.kind, one.format, one.path),))


def write_ini(path: Path, ini: Path) -> None:
    """The same track for pyGenomeTracks, as its user would write it."""
    ini.write_text(
        f"[x-axis]\nwhere = top\n[hic]\nfile = {path}::/resolutions/{BIN}\nfile_type = hic_matrix\n"
        "title = Hi-C\ndepth = 1600000\ntransform = log1p\nheight = 5\n",
        encoding="utf-8",
    )


def run_pygenometracks(work: Path, region: Region) -> None:
    """One figure of the tracks.ini in `work`, by the command."""
    command = [
        str(Path(sys.executable).parent / "pyGenomeTracks"),
        "--tracks",
        str(work / "tracks.ini"),
        "--region",
        f"{region.chrom}:{region.start + 1}-{region.end}",
        "--dpi",
        "100",
        "--width",
        "30",
        "--outFileName",
        str(work / "pgt.png"),
    ]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def timed(work: object, *arguments: object) -> float:
    """Seconds of one call."""
    start = time.perf_counter()
    work(*arguments)  # type: ignore[operator]
    return time.perf_counter() - start


def main(folder: Path, rounds: int) -> None:
    """Measure and print."""
    folder.mkdir(parents=True, exist_ok=True)
    maps = {"genome": make_map(folder, CHROMS), "chr1 alone": make_map(folder, 1)}
    pixels = {name: cooler.Cooler(f"{path}::/resolutions/{BIN}").info["nnz"] for name, path in maps.items()}
    print("; ".join(f"{name}: {count:,} pixels at {BIN:,} bp" for name, count in pixels.items()))
    with tempfile.TemporaryDirectory() as work:
        for window in WINDOWS:
            measure(maps, parse_region(window), Path(work), rounds)


def measure(maps: dict[str, Path], region: Region, work: Path, rounds: int) -> None:
    """One window: our warm figure of each map, and one pyGenomeTracks command."""
    scenes = {name: scene_of(path, region, work) for name, path in maps.items()}
    times: dict[str, list[float]] = {}
    for number in range(rounds + 1):
        for name, scene in scenes.items():
            seconds = timed(draw_scene, scene, work / "ours.png")
            if number:  # the first draws warm up
                times.setdefault(f"Locution, {name}", []).append(seconds)
    for name, path in maps.items() if region.span < LENGTH else ():
        write_ini(path, work / "tracks.ini")
        seconds = [timed(run_pygenometracks, work, region) for _ in range(2)]
        times[f"pyGenomeTracks command, {name}"] = seconds
    ours = statistics.median(times["Locution, chr1 alone"])
    for name, seconds in times.items():
        middle = statistics.median(seconds)
        print(f"| {region} | {name} | {middle:.3f} s | {middle / ours:.2f}x |", flush=True)


if __name__ == "__main__":
    given = sys.argv[1:]
    main(Path(given[0] if given else tempfile.mkdtemp()), int(given[1]) if len(given) > 1 else 5)
