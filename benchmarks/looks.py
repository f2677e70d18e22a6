"""Does a model see the same thing however the figure is printed? Strongest peaks in other looks against the usual one.

    python benchmarks/looks.py path/to/scenes.json [model] [part of a scene id ...]

Draws every scene in five looks, reads each, and prints for how many signal tracks the strongest peak lies within 2 % of
the window of where it was read in the usual figure; a track for which one look gives a strongest peak and the other
does not counts as different.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from renderer.figure.draw import draw_scene
from renderer.tracklists.scene import load_scene, read_scenes
from renderer.values.track import Scene
from vlm.models.loading import load_captioner
from vlm.values.captioner import Captioner, Figure

LOOKS: dict[str, dict[str, Any]] = {
    "usual": {},
    "washu": {"theme": "washu"},
    "half as wide": {"width": 600},
    "twice as wide": {"width": 2400},
    "200 DPI": {"dpi": 200},
}
NEAR = 0.02


def strongest(captioner: Captioner, scenes: Sequence[Scene], look: dict[str, Any], folder: Path) -> dict[Any, float]:
    """Where each track's strongest peak is, as a share of the window: (scene, track) -> place."""
    found: dict[Any, float] = {}
    for number, scene in enumerate(scenes):
        path = folder / "figure.png"
        drawn = draw_scene(scene, path, **look)
        genes = tuple(gene for genes in drawn.evidence.gene_tracks().values() for gene in genes.genes)
        reading = captioner.read([Figure(path, drawn.layout, scene, genes)])[0]
        for claim in reading.claims:
            if claim.kind == "strongest_peak":
                middle = (claim.start + claim.end) / 2
                found[number, claim.tracks[0]] = (middle - scene.region.start) / scene.region.span
    return found


def main(path: Path, model: str, only: Sequence[str]) -> None:
    """Measure and print."""
    captioner = load_captioner(model)
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        entries = [e for name, e in read_scenes(path).items() if not only or any(part in name for part in only)]
        scenes = [load_scene(entry, path.parent, folder / "prepared") for entry in entries]
        seen = {name: strongest(captioner, scenes, look, folder) for name, look in LOOKS.items()}
    usual = seen.pop("usual")
    print(f"{model}: {len(scenes)} scenes, {len(usual)} tracks with a strongest peak\n| look | same | of | share |")
    for name, places in seen.items():
        tracks = usual.keys() | places.keys()
        same = sum(abs(usual.get(track, -1) - places.get(track, -9)) <= NEAR for track in tracks)
        print(f"| {name} | {same} | {len(tracks)} | {same / max(1, len(tracks)):.3f} |")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:3] or ["builtin"], sys.argv[3:])
