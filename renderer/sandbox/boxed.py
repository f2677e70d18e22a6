"""What the sandbox's children do (see `renderer.sandbox.files`): prepare and draw, answering in JSON; and the drawing
that warms the zygote up. Imports nothing heavy itself, so that whoever asks need not load it."""

from __future__ import annotations

import importlib
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from renderer.values.region import Region
from renderer.values.track import Kind, Scene, Track

_GENES = "chr1\t100\t900\tWARM\t0\t-\t200\t800\t0\t2\t100,300,\t0,500,\n"
_PEAKS = "chr1\t300\t400\twarm\n"


def prepare_json(
    path: Path, name: str, folder: Path, kind: Kind | None = None, *, progress: Callable[[float], None] | None = None
) -> dict[str, Any]:
    """`renderer.prepare.upload.prepare`, its Prepared as JSON."""
    from renderer.prepare.upload import prepare

    return prepare(path, name, folder, progress, kind).to_json()


def draw_json(scene: Scene, path: Path, **options: Any) -> dict[str, Any]:
    """`renderer.figure.draw.draw_scene`, its Drawn as JSON."""
    from renderer.figure.draw import draw_scene

    return draw_scene(scene, path, **options).to_json()


def draw_panels_json(scenes: Sequence[Scene], path: Path, **options: Any) -> list[dict[str, Any]]:
    """`renderer.figure.panels.draw_panels`, each Drawn as JSON."""
    from renderer.figure.panels import draw_panels

    return [drawn.to_json() for drawn in draw_panels(scenes, path, **options)]


def bins_json(scene: Scene) -> dict[str, Any]:
    """`renderer.figure.bins.drawn_bins`, as JSON."""
    from renderer.figure.bins import drawn_bins

    return drawn_bins(scene).to_json()


def job_limits_json(scenes: Sequence[Scene]) -> dict[str, list[float]]:
    """`renderer.figure.panels.job_limits`, as JSON."""
    from renderer.figure.panels import job_limits

    return {unit: [float(low), float(high)] for unit, (low, high) in job_limits(scenes).items()}


def try_draw(scene: Scene, **options: Any) -> None:
    """Draw a scene for nobody, to see whether it can be."""
    with tempfile.TemporaryDirectory() as folder:
        draw_json(scene, Path(folder) / "figure.png", **options)


def draw_once(folder: Path) -> None:
    """Prepare and draw three tiny files of our own in `folder`: what that loads and caches, later calls find there."""
    import pyBigWig

    from renderer.prepare.upload import prepare

    folder.mkdir(parents=True)
    with pyBigWig.open(str(folder / "a.bw"), "w") as signal:
        signal.addHeader([("chr1", 1000)])
        signal.addEntries(["chr1", "chr1"], [0, 500], ends=[500, 1000], values=[1.0, 2.0])
    for name, text in (("b.bed", _PEAKS), ("c.bed", _GENES)):
        (folder / name).write_text(text, encoding="utf-8")
    tracks = []
    for number, name in enumerate(("a.bw", "b.bed", "c.bed"), 1):
        one = prepare(folder / name, name, folder / str(number))
        tracks.append(Track(number, name, one.kind, one.format, one.path))
    draw_json(Scene(Region("chr1", 0, 1000), tuple(tracks)), folder / "figure.png")


def load_more() -> None:
    """What only text signals need, and loads for as long as a figure takes."""
    importlib.import_module("pandas")
