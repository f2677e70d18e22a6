"""Scene -> figure, Layout and Evidence: the renderer's one entry.

Each signal is read once, as columns; those columns are drawn and measured, so a figure and its numbers agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from renderer.assays.labels import unstranded
from renderer.assays.names import is_junctions
from renderer.figure.behind import Behind, find_behind, headings_of
from renderer.figure.lettering import value_text
from renderer.figure.overlays import overlaid, row_colors
from renderer.figure.page import Page, Panel
from renderer.figure.rows.contacts import draw_contacts, draw_matrix
from renderer.figure.rows.kinds import (
    Context,
    Drawing,
    Row,
    clipped,
    gene_row,
    interval_row,
    link_row,
    message_row,
    overlay_row,
    signal_row,
)
from renderer.figure.rows.legends import one_legend
from renderer.figure.scales import (
    Scale,
    Signal,
    Unit,
    describe,
    find_ranges,
    mirrored,
    range_marks,
    read_signal,
    scales,
)
from renderer.figure.style import THEMES, Theme, signal_height, track_color
from renderer.figure.usual import beyond, file_marks
from renderer.measure.across import measure_across
from renderer.measure.exons import measure_junctions
from renderer.measure.genes import add_gene_signals
from renderer.measure.rows import measure_intervals, measure_links
from renderer.values.bounds import DPI, LEAST_DPI, LEAST_WIDTH, MOST_DPI, MOST_WIDTH
from renderer.values.drawn import Drawn
from renderer.values.errors import TrackError
from renderer.values.evidence import Evidence, Gene, GeneEvidence, TrackEvidence
from renderer.values.region import Region
from renderer.values.track import Kind, Scene, Track
from renderer.window.bands import Band, read_bands
from renderer.window.intervals import GeneModel, has_chrom, read_genes, read_intervals, read_links
from renderer.window.signal import COLUMNS, chrom_end

MIRRORED_SHARE = 0.65
"""Height of one strand of a mirrored row as a share of a signal row."""


@dataclass(frozen=True)
class Plan:
    """A scene whose files are read: its rows and bands, what lies behind the rows, what was measured, and what a reader
    should know."""

    scene: Scene
    rows: tuple[Row, ...]
    bands: tuple[Band, ...]
    evidence: Evidence
    warnings: tuple[str, ...]
    behind: Behind

    def panel(self) -> Panel:
        """The scene as a panel of a page."""
        scene = self.scene
        title = scene.region.label or ""
        return Panel(
            self.rows,
            scene.region,
            title,
            scene.assembly,
            (*scene.highlights, *self.behind.tints),
            self.bands,
            headings_of(scene.tracks),
            self.behind.lines,
            self.behind.levels,
        )


def draw_scene(
    scene: Scene, path: Path, theme: str = "ucsc", dpi: int = DPI, width: int | None = None, guides: bool = False
) -> Drawn:
    """Draw `scene` to `path` (.png, .svg or .pdf), `width` pixels wide at 100 per inch, `dpi` per inch in a PNG; with
    `guides`, lines lead from the coordinates down through all rows.

    Raises TrackError for an unknown theme, a size out of bounds or a scene without tracks, FormatError for a file
    that cannot be read.
    """
    look = replace(choose_look(theme, dpi, width), guides=guides)
    plan = plan_scene(scene, look)
    page = Page.side_by_side([plan.panel()], look, dpi)
    page.save(path)
    return Drawn(page.layout, plan.evidence, (*plan.warnings, *page.warnings))


def choose_look(theme: str, dpi: int, width: int | None) -> Theme:
    """The theme at the width asked for. Raises TrackError for what cannot be drawn."""
    if theme not in THEMES:
        raise TrackError(f"Theme '{theme}' is not known. There are {', '.join(THEMES)}.")
    if not LEAST_DPI <= dpi <= MOST_DPI:
        raise TrackError(f"{dpi} DPI cannot be drawn. Give {LEAST_DPI} to {MOST_DPI}.")
    if width is not None and not LEAST_WIDTH <= width <= MOST_WIDTH:
        raise TrackError(f"A figure {width} pixels wide cannot be drawn. Give {LEAST_WIDTH} to {MOST_WIDTH}.")
    return THEMES[theme] if width is None else replace(THEMES[theme], width=width)


def read_signals(scene: Scene) -> dict[int, Signal]:
    """The window of every signal track that is drawn."""
    drawn = [track for track in scene.tracks if track.kind == "signal" and track.note is None]
    return {track.number: read_signal(track, scene.region, COLUMNS) for track in drawn}


def plan_scene(
    scene: Scene,
    look: Theme,
    signals: Mapping[int, Signal] | None = None,
    ranges: Mapping[Unit, tuple[float, float]] | None = None,
) -> Plan:
    """Read and measure everything; `ranges` are scales shared with other scenes, found in this one if not given."""
    if not scene.tracks:
        raise TrackError("There are no tracks to draw. Give at least one.")
    if signals is None:
        signals = read_signals(scene)
    found = find_ranges([(scene, signals)]) if ranges is None else ranges
    pairs, lead = mirrored(scene.tracks), overlaid(scene.tracks)
    made = scales(scene, signals, found)
    context = Context(scene.region, look, signals, made, pairs, lead, row_colors(scene.tracks, lead))
    rows: list[Row] = []
    found_in: dict[int, TrackEvidence] = {}
    for track in scene.tracks:
        row, measured = _row(track, context)
        rows.append(_share_row(row, track, scene.tracks, context))
        if measured is not None:
            found_in[track.number] = measured
    columns = {number: signal.columns for number, signal in signals.items()}
    steps = {number: signal.steps for number, signal in signals.items()}
    evidence = Evidence(scene.region, add_gene_signals(found_in, columns, scene.region))
    evidence = measure_across(evidence, scene.tracks, steps, context.intervals)
    said = [(track, row.note or row.message) for track, row in zip(scene.tracks, rows, strict=True)]
    rows = one_legend(rows)
    warnings = tuple(f"{track.label}: {text.removeprefix(f'{track.label}: ')}" for track, text in said if text)
    bands = tuple(read_bands(scene.bands, scene.region.chrom)) if scene.bands else ()
    behind = find_behind(scene, made)
    said_of_it = (*_left_out(scene, bands), *behind.warnings)
    return Plan(scene, tuple(rows), bands, evidence, (*scene.warnings, *warnings, *said_of_it), behind)


def _left_out(scene: Scene, bands: Sequence[Band]) -> Iterator[str]:
    """What was asked for above the rows, and cannot be shown."""
    region = scene.region
    if scene.bands and not bands:
        yield f"The bands of {region.chrom} are not in the file of cytogenetic bands."
    for highlight in scene.highlights:
        if max(highlight.start, region.start) >= min(highlight.end, region.end):
            place = f"{highlight.start + 1:,}-{highlight.end:,}"
            yield f"Highlight {highlight.label or place} ({place}) lies outside the window."


def _draw_signal(track: Track, context: Context) -> Drawing:
    signal, scale, region = context.signals[track.number], context.scales[track.number], context.region
    theme = replace(context.theme, signal_height=_height(track, context))
    layers = [scale.drawn(layer) for layer in signal.layers]
    color, label = context.colors.get(track.number) or track_color(track), track.label
    if len(layers) > 1 or track.number in context.lead:
        row = overlay_row(track.number, label, layers, region, scale.limits, color, theme)
    else:
        band = signal.band and (scale.drawn(signal.band[0]), scale.drawn(signal.band[1]))
        row = signal_row(track.number, label, layers[0], region, scale.limits, color, theme, band)
    paired = track.number in (*context.pairs, *context.pairs.values(), *context.lead)
    found = scale.measure(signal, region, track, paired)
    file = file_marks(found)
    marks = (*range_marks(signal.columns, scale, found.background), *beyond(file, scale.vmin, scale.vmax))
    row = replace(row, value_range=(scale.vmin, scale.vmax), detail=describe(track, scale), marks=marks)
    row = replace(row, log=scale.log, file=file)
    if row.message:  # which stays as it is: a model reads this box, and knows these words
        row = replace(row, note=_why_empty(track, region))
    row = _mark_clipped(row, signal, scale, region)
    return _pair(row, track, context), found


def _height(track: Track, context: Context) -> int:
    """Of a signal row; the strands of a mirrored row share its height and a quarter more."""
    height = signal_height(track, context.theme)
    paired = track.number in context.pairs or track.number in context.pairs.values()
    return round(height * MIRRORED_SHARE) if paired and track.look.height is None else height


def _mark_clipped(row: Row, signal: Signal, scale: Scale, region: Region) -> Row:
    over = clipped(signal.columns, (scale.vmin, scale.vmax), region)
    if not over or row.message:
        return row
    down = -scale.vmin > scale.vmax
    end, most = (scale.vmin, np.nanmin(signal.columns)) if down else (scale.vmax, np.nanmax(signal.columns))
    passed = "below" if down else "above"
    note = f"values {passed} {value_text(end)} are cut and marked (to {value_text(float(most))})"
    return replace(row, over=over, note=note)


def _pair(row: Row, track: Track, context: Context) -> Row:
    """The row as one half of a mirrored row, if it is one."""
    if track.number in context.pairs:
        return replace(row, joined=True, sign="−")
    if track.number in context.pairs.values():
        return replace(row, label=unstranded(track.label), sign="+")
    return row


def _share_row(row: Row, track: Track, tracks: Sequence[Track], context: Context) -> Row:
    """The row as one that several tracks are drawn in: the first has its name, and says which colour is whose."""
    if track.number not in context.lead:
        return row
    said = row.message or row.note
    row = replace(row, message=None, note=f"{track.label}: {said}" if said else None, file=None)
    if context.lead[track.number] != track.number:
        return replace(row, onto=True, marks=())
    members = [one for one in tracks if context.lead.get(one.number) == track.number]
    legend = tuple((context.colors[one.number], one.label) for one in members)
    detail = ", ".join(filter(None, (row.detail, f"{len(members)} tracks overlaid")))
    return replace(row, label=track.look.row or "", legend=legend, detail=detail, color=None)


def _why_empty(track: Track, region: Region) -> str | None:
    """Why a signal has no value in the window, if the file tells."""
    end = chrom_end(track.path, region.chrom)
    if end is None:
        return f"{region.chrom} is not in this file"
    return f"{region.chrom} ends at {end:,} in this file" if end <= region.start else None


def _draw_genes(track: Track, context: Context) -> Drawing:
    genes = read_genes(track.path, context.region)
    row = gene_row(track.number, track.label, genes, context.region, context.theme, track.look.dense)
    return _explain(row, track, context), _gene_evidence(genes)


def _draw_links(track: Track, context: Context) -> Drawing:
    links = read_links(track.path, context.region)
    theme = replace(context.theme, signal_height=signal_height(track, context.theme))
    row = link_row(track.number, track.label, links, context.region, track_color(track), theme)
    if is_junctions(track):
        return _explain(row, track, context), measure_junctions(links, context.region)
    return _explain(row, track, context), measure_links(links, context.region)


def _draw_intervals(track: Track, context: Context) -> Drawing:
    items = read_intervals(track.path, context.region)
    context.intervals[track.number] = items
    color, look = track_color(track), track.look
    row = interval_row(track.number, track.label, items, context.region, color, context.theme, track.format, look.dense)
    return _explain(row, track, context), measure_intervals(items, context.region)


def _explain(row: Row, track: Track, context: Context) -> Row:
    """An empty row says whether the file has the chromosome at all."""
    if not row.message:
        return row
    missing = not has_chrom(track.path, context.region.chrom)
    color = context.theme.gene if track.kind == "genes" else track_color(track)
    message = f"{context.region.chrom} is not in this file" if missing else row.message
    return replace(row, message=message, color=color)


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
