"""Every kind of row under one name: what `renderer.figure.draw` and the simulator of training strips build figures
from."""

from __future__ import annotations

from renderer.figure.rows.base import (
    MOST_ITEMS,
    MOST_LANES,
    Context,
    Drawing,
    Row,
    box,
    message_row,
    pack,
    paint_nothing,
)
from renderer.figure.rows.genes import gene_row
from renderer.figure.rows.intervals import interval_row
from renderer.figure.rows.links import link_row
from renderer.figure.rows.signal import clipped, overlay_row, signal_row

__all__ = [
    "MOST_ITEMS",
    "MOST_LANES",
    "Context",
    "Drawing",
    "Row",
    "box",
    "clipped",
    "gene_row",
    "interval_row",
    "link_row",
    "message_row",
    "overlay_row",
    "pack",
    "paint_nothing",
    "signal_row",
]
