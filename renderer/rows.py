"""Every kind of row under one name: what `renderer.draw` and the simulator of training strips build figures from."""

from __future__ import annotations

from renderer.row import (
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
from renderer.rows_genes import gene_row
from renderer.rows_intervals import interval_row
from renderer.rows_links import link_row
from renderer.rows_signal import clipped, overlay_row, signal_row

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
