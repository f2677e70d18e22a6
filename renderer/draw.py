"""Scene -> figure, Layout and Evidence: the renderer's one entry.

Each signal is read once, as columns; those columns are drawn and measured, so a figure and its numbers agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from renderer.errors import TrackError
from renderer.evidence import Evidence, Gene, GeneEvidence, IntervalEvidence, TrackEvidence
from renderer.intervals import GeneModel, read_genes, read_intervals, read_links
from renderer.layout import Layout
from renderer.measure import measure_signal
from renderer.page import Page
from renderer.rows import Row, gene_row, interval_row, link_row, message_row, signal_row
from renderer.signal import Columns, read_columns, value_range
from renderer.style import THEMES, Theme, track_color
from renderer.track import Scene, Track


@dataclass(frozen=True)
class Drawn:
    """A figure that was written: its geometry, the numbers behind it, and what a reader should know of it."""

    layout: Layout
    evidence: Evidence
    warnings: tuple[str, ...]


def draw_scene(scene: Scene, png: Path, theme: str = "ucsc") -> Drawn:
    """Draw `scene` to `png` (or .svg, .pdf, by the ending).

    Raises TrackError for an unknown theme or a scene without tracks, FormatError for a file that cannot be read.
    """
    if theme not in THEMES:
        raise TrackError(f"Theme '{theme}' is not known. There are {', '.join(THEMES)}.")
    if not scene.tracks:
        raise TrackError("There are no tracks to draw. Give at least one.")
    look = THEMES[theme]
    columns = _read_signals(scene, look)
    limits = _limits(scene, columns)
    rows: list[Row] = []
    evidence: dict[int, TrackEvidence] = {}
    warnings = list(scene.warnings)
    for track in scene.tracks:
        row, found = _row(track, scene, look, columns, limits)
        rows.append(row)
        if found is not None:
            evidence[track.number] = found
        if row.note or (row.message and track.note):
            warnings.append(f"{track.label}: {row.note or row.message}")
    page = Page(rows, scene.region, _title(scene), look)
    page.save(png)
    return Drawn(page.layout, Evidence(scene.region, evidence), (*warnings, *page.warnings))


def _title(scene: Scene) -> str:
    return f"{scene.assembly}  {scene.region}" if scene.assembly else str(scene.region)


def _read_signals(scene: Scene, theme: Theme) -> dict[int, Columns]:
    return {
        track.number: read_columns(track.path, scene.region, theme.plot_width)
        for track in scene.tracks
        if track.kind == "signal" and track.note is None
    }


def _limits(scene: Scene, columns: Mapping[int, Columns]) -> dict[int, tuple[float, float]]:
    """The drawn range of each signal track; tracks of one group share theirs."""
    limits = {number: value_range([values]) for number, values in columns.items()}
    for group in {track.group for track in scene.tracks if track.group}:
        members = [t.number for t in scene.tracks if t.group == group and t.number in columns]
        shared = value_range([columns[number] for number in members])
        limits.update(dict.fromkeys(members, shared))
    return limits


def _row(
    track: Track,
    scene: Scene,
    theme: Theme,
    columns: Mapping[int, Columns],
    limits: Mapping[int, tuple[float, float]],
) -> tuple[Row, TrackEvidence | None]:
    region, color = scene.region, track_color(track)
    if track.note:
        return message_row(track.number, track.label, track.note, theme), None
    if track.kind == "signal":
        values, (vmin, vmax) = columns[track.number], limits[track.number]
        row = signal_row(track.number, track.label, values, region, (vmin, vmax), color, theme)
        return row, measure_signal(values, region, vmin, vmax)
    if track.kind == "genes":
        genes = read_genes(track.path, region)
        return gene_row(track.number, track.label, genes, region, theme), _gene_evidence(genes)
    if track.kind == "links":
        links = read_links(track.path, region)
        return link_row(track.number, track.label, links, region, color, theme), IntervalEvidence(len(links))
    items = read_intervals(track.path, region, track.format == "narrowpeak")
    return interval_row(track.number, track.label, items, region, color, theme), IntervalEvidence(len(items))


def _gene_evidence(genes: list[GeneModel]) -> GeneEvidence:
    return GeneEvidence(
        tuple(Gene(g.name, g.start, g.end, g.strand, g.tss, g.named, g.thick[0] < g.thick[1]) for g in genes)
    )
