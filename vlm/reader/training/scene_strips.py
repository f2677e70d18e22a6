"""Training strips of real tracks: random windows of the scenes of a scenes.json, drawn as a person gets them and
labelled by what the renderer measured, with what is usual in each file in view.

With `simulate` and `simulate_rows` the only part of vlm that imports the renderer's drawing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image

from renderer.figure.draw import plan_scene, read_signals
from renderer.figure.page import Page
from renderer.figure.scales import Signal
from renderer.tracklists.scene import load_scene, read_scenes
from renderer.values.layout import Layout
from renderer.values.region import Region
from renderer.values.track import Highlight, Scaling, Scene, Track
from vlm.reader import strips, tokens
from vlm.reader.ink.picture import cut
from vlm.reader.ink.signals import measure_ink, say
from vlm.reader.training.shards import Drawn, Sink
from vlm.reader.training.simulate import Rng, random_theme, raster
from vlm.values.claim import Claim

TRAINED, CHOSEN, ALL = (0.0, 0.72), (0.75, 1.0), (0.0, 1.0)
"""Shares of the stretch a scene's files are shown in: what is trained on, what is kept to choose and calibrate, all."""

ZOOM = (0.16, 2.0)
"""Windows are so many times as wide as a scene."""

LEAST_SPAN = 4_000

SCALES: dict[Scaling, float] = {"together": 0.5, "own": 0.3, "file": 0.2}
"""How the signals of a figure are scaled, with the share of figures."""

FIXED = 0.2
"""Share of figures whose scales are set by hand."""

FILLED = (0.4, 12.0)
"""The top of a scale set by hand over the highest column: below 1 it clips."""

HIGHLIGHTED = 0.15


@dataclass(frozen=True)
class Locus:
    """A scene whose tracks can be read by the model, and the stretch of its chromosome that may be drawn."""

    scene: Scene
    extent: Region


def load_loci(scenes: Path, wanted: Callable[[str], bool], work: Path, shares: tuple[float, float]) -> list[Locus]:
    """The scenes of a scenes.json, of each the tracks that are read and whose file is `wanted`; prepared under `work`.

    `shares` is the part of a scene's stretch that is drawn. Raises LocutionError for a bad scenes.json.
    """
    entries = []
    for entry in read_scenes(scenes).values():
        tracks = [spec for spec in entry["tracks"] if _is_listed(spec) and wanted(spec["file"])]
        if any(spec["type"] in ("bigwig", "bedgraph") for spec in tracks):
            entries.append(entry | {"tracks": tracks})
    loaded = [load_scene(entry, scenes.parent, work) for entry in entries]
    kept = [replace(scene, tracks=tuple(filter(_is_read, scene.tracks))) for scene in loaded]
    return [Locus(scene, _part(_extent(scene, kept), shares)) for scene in kept if scene.tracks]


def _is_listed(spec: Mapping[str, str]) -> bool:
    return spec.get("kind") != "genes" and spec["type"] != "gtf"


def _is_read(track: Track) -> bool:
    return track.kind in tokens.QUESTIONS and track.note is None


def _extent(scene: Scene, scenes: Sequence[Scene]) -> Region:
    """The stretch in which scenes of the same first file lie."""
    same = [
        one.region
        for one in scenes
        if one.region.chrom == scene.region.chrom and one.tracks and one.tracks[0].path == scene.tracks[0].path
    ] or [scene.region]
    return Region(scene.region.chrom, min(one.start for one in same), max(one.end for one in same))


def _part(extent: Region, shares: tuple[float, float]) -> Region:
    low, high = (extent.start + round(share * extent.span) for share in shares)
    return Region(extent.chrom, low, high)


def draw_figure(rng: Rng, loci: Sequence[Locus], sink: Sink) -> None:
    """One random window in a random look; its strips go to `sink`. One where most signals are empty is left out."""
    locus = loci[int(rng.integers(len(loci)))]
    scene = locus.scene.with_region(_window(rng, locus))
    signals = read_signals(scene)
    if 2 * sum(bool(np.isfinite(signal.columns).any()) for signal in signals.values()) <= len(signals):
        return
    scene = _scaled(rng, scene, signals)
    look = random_theme(rng)
    plan = plan_scene(scene, look, signals)
    page = Page.side_by_side([plan.panel()], look)
    picture = raster(page)
    for track in scene.tracks:
        found = plan.evidence.tracks.get(track.number)
        if found is not None:
            ink = strips.cut_ink(picture, page.layout, track.number, track.kind)
            sink.add(Drawn(ink, found, scene.region, _seen(picture, page.layout, track, scene.region)))


def _seen(picture: Image.Image, layout: Layout, track: Track, region: Region) -> tuple[Claim, ...] | None:
    """What the ink of a signal shows, as claims on track 1."""
    found = measure_ink(cut(picture, layout, track.number), track, region) if track.kind == "signal" else None
    return None if found is None else tuple(say(found.evidence, 1, region))


def _window(rng: Rng, locus: Locus) -> Region:
    span = round(locus.scene.region.span * np.exp(rng.uniform(*np.log(ZOOM))))
    span = min(max(span, LEAST_SPAN), locus.extent.span)
    start = locus.extent.start + int(rng.integers(0, locus.extent.span - span + 1))
    return Region(locus.extent.chrom, start, start + span)


def _scaled(rng: Rng, scene: Scene, signals: dict[int, Signal]) -> Scene:
    """The scene on one of the scales, in some with a highlight."""
    if rng.random() < HIGHLIGHTED:
        one, other = np.sort(rng.integers(scene.region.start, scene.region.end, 2)).tolist()
        scene = replace(scene, highlights=(Highlight(one, max(other, one + 1)),))
    if rng.random() < FIXED:
        tracks = tuple(_fixed(rng, track, signals.get(track.number)) for track in scene.tracks)
        return replace(scene, tracks=tracks, scale="own")
    return replace(scene, scale=list(SCALES)[int(rng.choice(len(SCALES), p=list(SCALES.values())))])


def _fixed(rng: Rng, track: Track, signal: Signal | None) -> Track:
    high = float(np.nanmax(np.abs(signal.columns), initial=0.0)) if signal else 0.0
    if high <= 0:
        return track
    top = high * float(np.exp(rng.uniform(*np.log(FILLED))))
    return replace(track, look=replace(track.look, vmin=0.0, vmax=top))


def write_scene_shard(path: Path, seed: int, loci: Sequence[Locus], size: int) -> None:
    """Draw one shard of strips of all kinds. The same seed and loci give the same shard."""
    rng, sink = np.random.default_rng(seed), Sink()
    while len(sink) < size:
        draw_figure(rng, loci, sink)
    sink.write(path, size)
