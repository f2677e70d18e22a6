"""Gene rows: exons, chevrons along the strand, and each gene's name once.

Names stand beside their gene where there is room. As a window fills, the row grows; then genes are packed closer and
names are left out where they do not fit; then only the number of genes is drawn. Whatever is left out is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection

from renderer.figure.lettering import POINTS, font_families, text_width
from renderer.figure.rows.base import (
    MOST_ITEMS,
    MOST_LANES,
    Box,
    Row,
    box,
    chevrons,
    chevrons_inside,
    density_row,
    keep_descenders,
    message_row,
)
from renderer.figure.style import Theme
from renderer.values.region import Region
from renderer.window.intervals import GeneModel

NAME_GAP = 4
"""Pixels between a gene and its name."""

SPARE_LANES = 4
"""Lanes below those with names, for genes that found no room there."""

CLEAR = 6
"""Pixels between what belongs to one gene and the next."""


@dataclass(frozen=True)
class _Placed:
    """A gene with its name at genome position `text_x`; `align` is how the text hangs on it, '' leaves it out: left or
    right of it, `inside` one of its introns, or `below` it, in the next lane up to `name_end`. [start, end) is what
    both take up in the gene's lane."""

    gene: GeneModel
    text_x: float
    align: str
    start: float
    end: float
    name_end: float = 0.0

    @property
    def tall(self) -> int:
        """Lanes that it takes up."""
        return 2 if self.align == "below" else 1


@dataclass(frozen=True)
class _Frame:
    """The window in pixels, and the look."""

    region: Region
    theme: Theme

    @property
    def pixel(self) -> float:
        """Base pairs of one pixel."""
        return self.region.span / self.theme.plot_width

    @property
    def font_px(self) -> float:
        return self.theme.font_px - 1

    def width(self, name: str) -> float:
        """Base pairs that a name takes up."""
        return (text_width(name, self.font_px) + 2) * self.pixel


def gene_row(
    track: int, label: str, genes: Sequence[GeneModel], region: Region, theme: Theme, dense: bool = False
) -> Row:
    """Genes with exons, chevrons and names, in as many lanes as they need; `dense`: in one lane, without names."""
    if not genes:
        return message_row(track, label, "no genes in this window", theme)
    if len(genes) > MOST_ITEMS:
        return density_row(track, label, [(g.start, g.end) for g in genes], region, theme.gene, theme, "genes")
    frame = _Frame(region, theme)
    if dense:
        placed, lanes, note = [_unnamed(gene, frame) for gene in genes], [0] * len(genes), None
    else:
        placed, lanes, note = _arrange(genes, frame)
    depth = max(lane + item.tall for item, lane in zip(placed, lanes, strict=True))
    paint = partial(_paint, placed=placed, lanes=lanes, depth=depth, frame=frame)
    return Row(track, label, depth * theme.row_height + 2, paint, note=note, color=theme.gene)


def _arrange(genes: Sequence[GeneModel], frame: _Frame) -> tuple[list[_Placed], list[int], str | None]:
    """Genes and lanes, at most MOST_LANES; with every name if that fits, else with those that find room."""
    placed = [_places(gene, frame)[0] for gene in genes]
    lanes = _pack(placed, CLEAR * frame.pixel)
    if max(lane + item.tall for item, lane in zip(placed, lanes, strict=True)) <= MOST_LANES:
        return placed, lanes, None
    kept = _fill_lanes(genes, frame)
    unnamed, dropped = sum(not p.align for p, _ in kept), len(genes) - len(kept)
    parts = [f"{unnamed} of {len(genes)} gene names do not fit"] if unnamed else []
    parts += [f"{dropped} of {len(genes)} genes are not drawn"] if dropped else []
    return [p for p, _ in kept], [lane for _, lane in kept], "; ".join(parts) or None


def _pack(placed: Sequence[_Placed], clear: float) -> list[int]:
    """The lowest lane for each, taken in the order given, that is free as far as it reaches."""
    ends: list[float] = []
    lanes = []
    for item in placed:
        ends += [float("-inf")] * item.tall
        free = [end + clear <= item.start for end in ends]
        lane = next(at for at in range(len(ends)) if all(free[at : at + item.tall]))
        ends[lane] = item.end
        if item.tall > 1:
            ends[lane + 1] = item.name_end
        while ends and ends[-1] == float("-inf"):
            ends.pop()
        lanes.append(lane)
    return lanes


def _fill_lanes(genes: Sequence[GeneModel], frame: _Frame) -> list[tuple[_Placed, int]]:
    """Genes in the first lane that has room for them with their name, long ones and symbols first; those left over
    without a name; those for which there is no room at all are left out."""
    taken: list[list[tuple[float, float]]] = [[] for _ in range(MOST_LANES)]
    spare: list[list[tuple[float, float]]] = [[] for _ in range(SPARE_LANES)]
    kept: list[tuple[_Placed, int]] = []
    ordered = sorted(genes, key=lambda gene: (not gene.named, gene.start - gene.end))
    left = [gene for gene in ordered if not _put(_places(gene, frame), taken, kept, CLEAR * frame.pixel)]
    for gene in left:
        _put([_unnamed(gene, frame)], taken + spare, kept, 2 * frame.pixel)
    return kept


def _put(
    choices: Sequence[_Placed],
    taken: Sequence[list[tuple[float, float]]],
    kept: list[tuple[_Placed, int]],
    clear: float,
) -> bool:
    """Put a gene into the first lane that is free where one of its placements lies; whether there is one."""
    for lane, spans in enumerate(taken):
        for placed in choices:
            apart = (end + clear <= placed.start or start >= placed.end + clear for start, end in spans)
            if placed.tall == 1 and all(apart):
                spans.append((placed.start, placed.end))
                kept.append((placed, lane))
                return True
    return False


def _visible(gene: GeneModel, frame: _Frame) -> tuple[float, float]:
    """The gene's part of the window, at least a pixel."""
    start, end = max(gene.start, frame.region.start), min(gene.end, frame.region.end)
    return start, max(end, start + frame.pixel)


def _unnamed(gene: GeneModel, frame: _Frame) -> _Placed:
    return _Placed(gene, gene.start, "", *_visible(gene, frame))


def _places(gene: GeneModel, frame: _Frame) -> list[_Placed]:
    """Where a gene's name may stand, best first: left of the gene, right of it, else in the first intron in view that
    holds it, else below the gene: never on an exon."""
    width, gap = frame.width(gene.name), NAME_GAP * frame.pixel
    start, end = _visible(gene, frame)
    places = []
    if gene.start - gap - width >= frame.region.start:
        places.append(_Placed(gene, gene.start - gap, "right", gene.start - gap - width, end))
    if gene.end + gap + width <= frame.region.end:
        places.append(_Placed(gene, gene.end + gap, "left", start, gene.end + gap + width))
    if places:
        return places
    for free in _introns(gene, start, end):
        if free[1] - free[0] >= width + 2 * gap:
            return [_Placed(gene, free[0] + gap, "inside", start, end)]
    return [_Placed(gene, start, "below", start, end, start + width)]


def _introns(gene: GeneModel, start: float, end: float) -> list[tuple[float, float]]:
    """The stretches without an exon of what is in view, from the left."""
    free, at = [], start
    for exon in sorted(gene.exons):
        if exon[1] > start and exon[0] < end:
            free.append((at, exon[0]))
            at = max(at, exon[1])
    return [*free, (at, end)]


def _paint(ax: Axes, placed: Sequence[_Placed], lanes: Sequence[int], depth: int, frame: _Frame) -> None:
    theme = frame.theme
    for color, members in _by_color(placed, lanes, theme).items():
        boxes: list[Box] = []
        lines: list[Box] = []
        arrows: list[Box] = []
        for item, lane in members:
            middle = lane + 0.5
            lines.append([(item.gene.start, middle), (item.gene.end, middle)])
            lines += _chevrons(item.gene, middle, frame)
            boxes += _exon_boxes(item.gene, middle, frame.pixel)
            arrows += _exon_arrows(item.gene, middle, frame)
            if item.align:
                _write_name(ax, item, middle, color, frame)
        ax.add_collection(LineCollection(lines, colors=color, linewidths=0.7))
        ax.add_collection(PolyCollection(boxes, facecolors=color, edgecolors=color, linewidths=0.3))
        ax.add_collection(LineCollection(arrows, colors="#ffffff", linewidths=0.7))
    ax.set_ylim(depth, 0)


def _by_color(placed: Sequence[_Placed], lanes: Sequence[int], theme: Theme) -> dict[str, list[tuple[_Placed, int]]]:
    """The genes of each colour: themes may tell coding from other genes."""
    members: dict[str, list[tuple[_Placed, int]]] = {}
    for item, lane in zip(placed, lanes, strict=True):
        coding = item.gene.thick[0] < item.gene.thick[1]
        members.setdefault(theme.gene if coding else theme.noncoding, []).append((item, lane))
    return members


def _write_name(ax: Axes, item: _Placed, middle: float, color: str, frame: _Frame) -> None:
    background = {"facecolor": "white", "edgecolor": "none", "pad": 0.8} if item.align == "inside" else None
    written = ax.text(
        item.text_x,
        middle + (0.95 if item.align == "below" else 0.03),
        item.gene.name,
        ha="right" if item.align == "right" else "left",
        va="center_baseline",
        fontsize=frame.font_px * POINTS,
        color=color,
        fontstyle="italic",
        clip_on=True,
        bbox=background,
        zorder=5,
        parse_math=False,
        family=font_families(item.gene.name),
    )
    keep_descenders(written, ax)


def _exon_boxes(gene: GeneModel, middle: float, pixel: float) -> list[Box]:
    """Exons: tall where coding, half as tall where not, at least one pixel wide."""
    boxes = []
    for start, end in gene.exons:
        thick = (max(start, gene.thick[0]), min(end, gene.thick[1]))
        boxes.append(box(start, max(end, start + pixel), middle - 0.17, middle + 0.17))
        if thick[0] < thick[1]:
            boxes.append(box(thick[0], max(thick[1], thick[0] + pixel), middle - 0.32, middle + 0.32))
    return boxes


def _chevrons(gene: GeneModel, middle: float, frame: _Frame) -> list[Box]:
    """Small arrow heads along the visible gene, pointing downstream."""
    return chevrons(*_visible(gene, frame), gene.strand, middle, frame.pixel)


def _exon_arrows(gene: GeneModel, middle: float, frame: _Frame) -> list[Box]:
    """Arrow heads inside exons, as far as they are visible: genes of one exon have no other place for them."""
    low, high = _visible(gene, frame)
    spans = [(max(start, low), min(end, high)) for start, end in gene.exons]
    return [arrow for start, end in spans for arrow in chevrons_inside(start, end, gene.strand, middle, frame.pixel)]
