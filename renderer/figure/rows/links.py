"""Link rows: arcs between anchors, deeper the further apart, stronger the higher the score."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import to_rgb

from renderer.figure.rows.base import Row, box, message_row
from renderer.figure.style import Theme
from renderer.values.layout import NOTHING_HERE
from renderer.values.region import Region
from renderer.window.intervals import Link

MOST_LINKS = 300
"""Arcs beyond this are not told apart; those of the highest score are drawn, and the note says how many there are."""

ARC_POINTS = 60
"""Points of an arc: no corner is seen at 3000 pixels."""

WIDTHS = (0.7, 2.0)
"""Points of the line of the weakest and of the strongest link."""

OPACITY = (0.35, 0.95)
"""Of the weakest and of the strongest link."""

ANCHORS = 0.07
"""Share of the row's height taken by the anchors."""


def link_row(track: int, label: str, links: Sequence[Link], region: Region, color: str, theme: Theme) -> Row:
    """Arcs hang from anchor to anchor, as browsers draw them; one that leaves the window runs to its edge."""
    if not links:
        return message_row(track, label, NOTHING_HERE, theme)
    shown = sorted(links, key=lambda k: (k.score, k.end2 - k.start1), reverse=True)[:MOST_LINKS]
    leaving = sum(not _inside(link, region) for link in shown)
    parts = [f"the {MOST_LINKS} strongest of {len(links):,} links"] if len(links) > MOST_LINKS else []
    parts += (
        [
            f"{leaving} of {len(shown)} {'link' if len(shown) == 1 else 'links'} "
            f"{'leaves' if leaving == 1 else 'leave'} the window"
        ]
        if leaving
        else []
    )
    paint = partial(_paint, links=shown[::-1], region=region, color=color, theme=theme)
    return Row(track, label, theme.signal_height, paint, note="; ".join(parts) or None, color=color)


def _inside(link: Link, region: Region) -> bool:
    starts, ends = (link.start1, link.start2), (link.end1, link.end2)
    return min(ends) > region.start and max(starts) < region.end


def _paint(ax: Axes, links: Sequence[Link], region: Region, color: str, theme: Theme) -> None:
    weights = _weights([link.score for link in links])
    widest = max([abs(_span(link)) for link in links if _inside(link, region)], default=region.span)
    red, green, blue = to_rgb(color)
    low, high = OPACITY
    colors = [(red, green, blue, low + (high - low) * weight) for weight in weights]
    widths = [WIDTHS[0] + (WIDTHS[1] - WIDTHS[0]) * weight for weight in weights]
    ax.add_collection(LineCollection([_arc(link, widest) for link in links], colors=colors, linewidths=widths))
    pixel = region.span / theme.plot_width
    ends = {pair for link in links for pair in ((link.start1, link.end1), (link.start2, link.end2))}
    anchors = [box(start, max(end, start + 2 * pixel), 0, ANCHORS) for start, end in sorted(ends)]
    ax.add_collection(PolyCollection(anchors, facecolors=color, linewidths=0))
    ax.set_ylim(1.05, 0)


def _weights(scores: Sequence[float]) -> list[float]:
    """Scores as 0-1 between the lowest and the highest; one half where they do not differ."""
    low, high = min(scores), max(scores)
    return [(score - low) / (high - low) if high > low else 0.5 for score in scores]


def _span(link: Link) -> float:
    return (link.start2 + link.end2 - link.start1 - link.end1) / 2


def _arc(link: Link, widest: float) -> npt.NDArray[np.float64]:
    """Half an ellipse between the anchors' middles, shape (ARC_POINTS, 2); its depth grows with the root of its
    span, so that short links are seen beside long ones."""
    left, span = (link.start1 + link.end1) / 2, _span(link)
    depth = (1 - ANCHORS) * min(1.0, np.sqrt(abs(span) / widest)) if widest else 0.0
    angle = np.linspace(0, np.pi, ARC_POINTS)
    return np.column_stack([left + span * (1 - np.cos(angle)) / 2, ANCHORS + depth * np.sin(angle)])
