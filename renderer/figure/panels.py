"""Several loci of the same tracks in one figure, and scales that hold for all figures of a job."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from renderer.figure.draw import Plan, choose_look, plan_scene, read_signals
from renderer.figure.lettering import value_text
from renderer.figure.page import Page, panel_width
from renderer.figure.scales import SHARING, find_ranges, unit_name, units
from renderer.values.bounds import DPI, MOST_PANELS
from renderer.values.drawn import Drawn
from renderer.values.errors import TrackError
from renderer.values.track import Scene
from renderer.window.signal import Columns

LEAST_PANEL = 120
"""Pixels of a panel: a position and a scale bar need as much."""


def draw_panels(
    scenes: Sequence[Scene],
    path: Path,
    theme: str = "ucsc",
    dpi: int = DPI,
    width: int | None = None,
    guides: bool = False,
) -> list[Drawn]:
    """Draw loci of the same tracks side by side to `path`; each track has one scale in all panels.

    One Drawn a scene, in order: layouts hold boxes in pixels of the whole picture. Raises TrackError for scenes with
    different tracks, or too many, and what `renderer.figure.draw.draw_scene` raises.
    """
    _check(scenes)
    look = replace(choose_look(theme, dpi, width), guides=guides)
    wide = panel_width(look, len(scenes))
    if wide < LEAST_PANEL:
        raise TrackError(f"{len(scenes)} loci do not fit side by side in {look.width} pixels. Give a greater width.")
    look_of_panel = look.of_width(wide)
    signals = [read_signals(scene) for scene in scenes]
    ranges = find_ranges(zip(scenes, signals, strict=True))
    plans = [plan_scene(scene, look_of_panel, read, ranges) for scene, read in zip(scenes, signals, strict=True)]
    if len(plans) > 1:
        plans = [_with_colors_told(plan) for plan in plans]
    page = Page.side_by_side([plan.panel() for plan in plans], look, dpi)
    page.save(path)
    return [
        Drawn(layout, plan.evidence, (*plan.warnings, *page.warnings))
        for layout, plan in zip(page.layouts, plans, strict=True)
    ]


def _with_colors_told(plan: Plan) -> Plan:
    """The plan with a note below each contact map: its bins differ from locus to locus, and with them its colours."""
    rows = tuple(
        replace(row, note=f"{row.detail}, darkest: {value_text(row.value_range[1])}")
        if track.kind == "contacts" and row.value_range
        else row
        for track, row in zip(plan.scene.tracks, plan.rows, strict=True)
    )
    return replace(plan, rows=rows)


def _check(scenes: Sequence[Scene]) -> None:
    if not 1 <= len(scenes) <= MOST_PANELS:
        raise TrackError(f"{len(scenes)} loci cannot stand side by side. Give 1 to {MOST_PANELS}.")
    if any(scene.tracks != scenes[0].tracks for scene in scenes):
        raise TrackError("Loci side by side must have the same tracks.")


def job_limits(scenes: Iterable[Scene]) -> dict[str, tuple[float, float]]:
    """Ranges of all that shares a scale over all loci of a job, for `Scene.limits`: its name -> (bottom, top), file
    units.

    Reads only signal tracks that share one, one locus after the other: memory does not grow with the job. Costs about
    as much as reading those tracks for their figures.
    """
    found: dict[str, tuple[float, float]] = {}
    for scene in scenes:
        of = {number: unit for number, unit in units(scene).items() if unit[0] in SHARING}
        shared = replace(scene, tracks=tuple(track for track in scene.tracks if track.number in of))
        signals = read_signals(shared)
        present = {of[number] for number, signal in signals.items() if _has_data(signal.layers)}
        for unit, (low, high) in find_ranges([(shared, signals)]).items():
            if unit in present:
                before = found.get(unit_name(unit), (low, high))
                found[unit_name(unit)] = (min(low, before[0]), max(high, before[1]))
    return found


def _has_data(layers: Sequence[Columns]) -> bool:
    return any(bool(np.isfinite(layer).any()) for layer in layers)
