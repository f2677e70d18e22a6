"""One figure row per track: how tall it is, and how it paints itself into Axes.

A row knows its data (already read) and paints in genome coordinates; `renderer.draw` makes the page round it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection

from renderer.evidence import TrackEvidence
from renderer.intervals import GeneModel, Interval, Link
from renderer.region import Region
from renderer.signal import Columns
from renderer.style import Theme

MOST_GENE_ROWS = 10
"""More rows than this push the signal off a screen; the rest is counted in a note."""

MOST_ITEMS = 400
"""Above this many items in 1000 pixels a row is a smear: their density is drawn instead, and said."""

MOST_LINKS = 300
"""Arcs beyond this are not told apart; the longest are drawn, and the note says how many there are."""

CHAR_WIDTH = 0.62
"""Mean width of a character of DejaVu Sans, as a share of the font size."""


@dataclass(frozen=True)
class Row:
    """One track, ready to be painted. `value_range` is printed at the left edge; `note` inside or below the row."""

    track: int
    label: str
    height: int
    paint: Callable[[Axes], None]
    value_range: tuple[float, float] | None = None
    note: str | None = None
    message: str | None = None


@dataclass(frozen=True)
class Context:
    """What the drawing of a track depends on, beside the track: the window, the look, and the signals of the scene
    (columns in file units, and their drawn ranges, by track number)."""

    region: Region
    theme: Theme
    columns: Mapping[int, Columns]
    limits: Mapping[int, tuple[float, float]]


Drawing = tuple[Row, TrackEvidence | None]
"""A track as a row, and what was measured of it."""


def signal_row(
    track: int,
    label: str,
    columns: Columns,
    region: Region,
    limits: tuple[float, float],
    color: str,
    theme: Theme,
) -> Row:
    """A filled signal on the scale `limits`; a message instead where there is no data at all."""
    if not np.isfinite(columns).any():
        return Row(track, label, theme.signal_height, _paint_nothing, limits, message="no data in this window")

    def paint(ax: Axes) -> None:
        from renderer.pgt import plot_signal

        plot_signal(ax, np.clip(columns, *limits), region, color)
        ax.axhline(0, color=color, linewidth=0.6)
        ax.set_ylim(*limits)

    return Row(track, label, theme.signal_height, paint, limits)


def message_row(track: int, label: str, message: str, theme: Theme) -> Row:
    """A row that only says why nothing is drawn."""
    return Row(track, label, round(1.6 * theme.row_height), _paint_nothing, message=message)


def _paint_nothing(ax: Axes) -> None:
    ax.set_ylim(0, 1)


def interval_row(track: int, label: str, items: Sequence[Interval], region: Region, color: str, theme: Theme) -> Row:
    """Boxes in as many rows as overlaps need, coloured by itemRgb; a density where there are too many."""
    if not items:
        return message_row(track, label, "none in this window", theme)
    if len(items) > MOST_ITEMS and not any(item.color for item in items):
        return _density_row(track, label, [(i.start, i.end) for i in items], region, color, theme)
    lanes = pack([(item.start, item.end) for item in items], gap=0)
    depth = min(max(lanes) + 1, MOST_GENE_ROWS)
    dropped = sum(lane >= depth for lane in lanes)
    note = f"{dropped} more items overlap here and are not drawn" if dropped else None
    height = max(theme.row_height + 3, depth * round(0.75 * theme.row_height))
    paint = partial(_paint_intervals, items=items, lanes=lanes, depth=depth, region=region, color=color)
    return Row(track, label, height, paint, note=note)


def _paint_intervals(
    ax: Axes, items: Sequence[Interval], lanes: Sequence[int], depth: int, region: Region, color: str
) -> None:
    shown = [(item, lane) for item, lane in zip(items, lanes, strict=True) if lane < depth]
    least = region.span / 1000  # one pixel: a 200 bp peak in a 5 Mb window must still be seen
    boxes = [_box(i.start, max(i.end, i.start + least), lane + 0.15, lane + 0.85) for i, lane in shown]
    ax.add_collection(PolyCollection(boxes, facecolors=[i.color or color for i, _ in shown], linewidths=0))
    ax.set_ylim(depth, 0)


def _density_row(
    track: int, label: str, spans: Sequence[tuple[int, int]], region: Region, color: str, theme: Theme
) -> Row:
    bins = np.linspace(region.start, region.end, theme.plot_width // 4 + 1)
    counts, _ = np.histogram([(start + end) / 2 for start, end in spans], bins=bins)

    def paint(ax: Axes) -> None:
        ax.stairs(counts, bins, fill=True, color=color)
        ax.set_ylim(0, max(1, counts.max()))

    return Row(track, label, 2 * theme.row_height, paint, (0.0, float(counts.max())),
               note=f"{len(spans):,} items: drawn as their number per bin")  # fmt: skip


def _box(x0: float, x1: float, y0: float, y1: float) -> list[tuple[float, float]]:
    return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]


def pack(spans: Sequence[tuple[float, float]], gap: float) -> list[int]:
    """The lowest free lane for each span, taken in the order given; spans of one lane are `gap` apart."""
    ends: list[float] = []
    lanes = []
    for start, end in spans:
        lane = next((number for number, last in enumerate(ends) if last + gap <= start), len(ends))
        if lane == len(ends):
            ends.append(end)
        else:
            ends[lane] = end
        lanes.append(lane)
    return lanes


@dataclass(frozen=True)
class _PlacedGene:
    gene: GeneModel
    text_x: float
    align: str


def gene_row(track: int, label: str, genes: Sequence[GeneModel], region: Region, theme: Theme) -> Row:
    """Gene models in rows, each with its name beside it; a density where names could not be read any more."""
    if not genes:
        return message_row(track, label, "no genes in this window", theme)
    if len(genes) > MOST_ITEMS:
        return _density_row(track, label, [(g.start, g.end) for g in genes], region, theme.gene, theme)
    pixel = region.span / theme.plot_width
    placed = [_place(gene, region, pixel, theme) for gene in genes]
    lanes = pack([_extent(p, pixel, theme) for p in placed], gap=6 * pixel)
    depth = min(max(lanes) + 1, MOST_GENE_ROWS)
    dropped = sum(lane >= depth for lane in lanes)
    note = f"{dropped} of {len(genes)} genes are not drawn" if dropped else None
    paint = partial(_paint_genes, placed=placed, lanes=lanes, depth=depth, region=region, theme=theme)
    return Row(track, label, depth * theme.row_height + 2, paint, note=note)


def _name_width(name: str, pixel: float, theme: Theme) -> float:
    return (len(name) * CHAR_WIDTH * (theme.font_px - 1) + 5) * pixel


def _place(gene: GeneModel, region: Region, pixel: float, theme: Theme) -> _PlacedGene:
    """Where the name goes: left of the gene, else right of it, else on the gene at the window's left edge."""
    width = _name_width(gene.name, pixel, theme)
    if gene.start - width >= region.start:
        return _PlacedGene(gene, gene.start - 4 * pixel, "right")
    if gene.end + width <= region.end:
        return _PlacedGene(gene, gene.end + 4 * pixel, "left")
    return _PlacedGene(gene, max(gene.start, region.start) + 4 * pixel, "inside")


def _extent(placed: _PlacedGene, pixel: float, theme: Theme) -> tuple[float, float]:
    gene, width = placed.gene, _name_width(placed.gene.name, pixel, theme)
    if placed.align == "right":
        return placed.text_x - width, gene.end
    return gene.start, (gene.end if placed.align == "inside" else placed.text_x + width)


def _paint_genes(
    ax: Axes, placed: Sequence[_PlacedGene], lanes: Sequence[int], depth: int, region: Region, theme: Theme
) -> None:
    pixel = region.span / theme.plot_width
    boxes: list[list[tuple[float, float]]] = []
    lines: list[list[tuple[float, float]]] = []
    for item, lane in zip(placed, lanes, strict=True):
        if lane >= depth:
            continue
        middle = lane + 0.5
        lines.append([(item.gene.start, middle), (item.gene.end, middle)])
        lines += _chevrons(item.gene, middle, region, pixel)
        boxes += _exon_boxes(item.gene, middle, pixel)
        background = {"facecolor": "white", "edgecolor": "none", "pad": 0.8} if item.align == "inside" else None
        ax.text(item.text_x, middle + 0.03, item.gene.name, ha="right" if item.align == "right" else "left",
                va="center_baseline", fontsize=(theme.font_px - 1) * 0.72, color=theme.gene, fontstyle="italic",
                clip_on=True, bbox=background, zorder=5)  # fmt: skip
    ax.add_collection(LineCollection(lines, colors=theme.gene, linewidths=0.7))
    ax.add_collection(PolyCollection(boxes, facecolors=theme.gene, edgecolors=theme.gene, linewidths=0.3))
    ax.set_ylim(depth, 0)


def _exon_boxes(gene: GeneModel, middle: float, pixel: float) -> list[list[tuple[float, float]]]:
    """Exons: tall where coding, half as tall where not, at least one pixel wide."""
    boxes = []
    for start, end in gene.exons:
        thick = (max(start, gene.thick[0]), min(end, gene.thick[1]))
        boxes.append(_box(start, max(end, start + pixel), middle - 0.17, middle + 0.17))
        if thick[0] < thick[1]:
            boxes.append(_box(thick[0], max(thick[1], thick[0] + pixel), middle - 0.32, middle + 0.32))
    return boxes


def _chevrons(gene: GeneModel, middle: float, region: Region, pixel: float) -> list[list[tuple[float, float]]]:
    """Small arrow heads along the visible gene, pointing downstream, one every 18 pixels."""
    if gene.strand not in "+-":
        return []
    start, end = max(gene.start, region.start), min(gene.end, region.end)
    point = 3 * pixel if gene.strand == "+" else -3 * pixel
    places = np.arange(start + 9 * pixel, end - 5 * pixel, 18 * pixel)
    return [[(x, middle - 0.17), (x + point, middle), (x, middle + 0.17)] for x in places]


def link_row(track: int, label: str, links: Sequence[Link], region: Region, color: str, theme: Theme) -> Row:
    """Arcs between the middles of the anchors; a link that leaves the window is drawn to its edge."""
    if not links:
        return message_row(track, label, "none in this window", theme)
    shown = sorted(links, key=lambda link: link.start1 - link.end2)[:MOST_LINKS]
    note = f"the {MOST_LINKS} longest of {len(links):,} links" if len(links) > MOST_LINKS else None

    def paint(ax: Axes) -> None:
        from renderer.pgt import plot_links

        plot_links(ax, [(k.start1, k.end1, k.start2, k.end2, k.score) for k in shown], region, color)
        ax.set_ylim(*sorted(ax.get_ylim(), reverse=True))  # arcs hang below, as browsers draw them

    return Row(track, label, theme.signal_height, paint, note=note)
