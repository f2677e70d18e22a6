"""Scene -> figure, Layout and Evidence: the renderer's one entry.

Each signal is read once, as columns; those columns are drawn and measured, so a figure and its numbers agree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from renderer.contact_rows import draw_contacts, draw_matrix
from renderer.drawn import Drawn
from renderer.errors import TrackError
from renderer.evidence import Evidence, Gene, GeneEvidence, TrackEvidence
from renderer.intervals import GeneModel, read_genes, read_intervals, read_links
from renderer.measure import measure_signal
from renderer.measure_genes import add_gene_signals
from renderer.measure_rows import measure_intervals, measure_links
from renderer.page import Page
from renderer.rows import Context, Drawing, Row, gene_row, interval_row, link_row, message_row, signal_row
from renderer.signal import Columns, read_columns, value_range
from renderer.style import THEMES, Theme, track_color
from renderer.track import Kind, Scene, Track


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
    context = Context(scene.region, look, columns, _limits(scene, columns))
    rows: list[Row] = []
    evidence: dict[int, TrackEvidence] = {}
    warnings = list(scene.warnings)
    for track in scene.tracks:
        row, found = _row(track, context)
        rows.append(row)
        if found is not None:
            evidence[track.number] = found
        if row.note or (row.message and track.note):
            warnings.append(f"{track.label}: {row.note or row.message}")
    page = Page(rows, scene.region, _title(scene), look)
    page.save(png)
    evidence = add_gene_signals(evidence, columns, scene.region)
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


def _draw_signal(track: Track, context: Context) -> Drawing:
    values, (vmin, vmax) = context.columns[track.number], context.limits[track.number]
    row = signal_row(track.number, track.label, values, context.region, (vmin, vmax), track_color(track), context.theme)
    return row, measure_signal(values, context.region, vmin, vmax)


def _draw_genes(track: Track, context: Context) -> Drawing:
    genes = read_genes(track.path, context.region)
    return gene_row(track.number, track.label, genes, context.region, context.theme), _gene_evidence(genes)


def _draw_links(track: Track, context: Context) -> Drawing:
    links = read_links(track.path, context.region)
    row = link_row(track.number, track.label, links, context.region, track_color(track), context.theme)
    return row, measure_links(links, context.region)


def _draw_intervals(track: Track, context: Context) -> Drawing:
    items = read_intervals(track.path, context.region, track.format == "narrowpeak")
    row = interval_row(track.number, track.label, items, context.region, track_color(track), context.theme)
    return row, measure_intervals(items, context.region)


def _draw_nothing(track: Track, context: Context) -> Drawing:
    return message_row(track.number, track.label, track.note or "this kind of track is not drawn", context.theme), None


DRAWERS: dict[Kind, Callable[[Track, Context], Drawing]] = {
    "signal": _draw_signal,
    "genes": _draw_genes,
    "links": _draw_links,
    "intervals": _draw_intervals,
    "contacts": draw_contacts,
    "matrix": draw_matrix,
}
"""How each kind of track is drawn and measured. A kind that is not here, or a track with a note, gets a message."""


def _row(track: Track, context: Context) -> Drawing:
    return (_draw_nothing if track.note else DRAWERS.get(track.kind, _draw_nothing))(track, context)


def _gene_evidence(genes: list[GeneModel]) -> GeneEvidence:
    return GeneEvidence(
        tuple(Gene(g.name, g.start, g.end, g.strand, g.tss, g.named, g.thick[0] < g.thick[1], g.exons) for g in genes)
    )
