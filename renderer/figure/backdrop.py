"""What lies behind the rows: highlights, guide lines, lines that were asked for; and where it is, as tints of a Layout.

Everything lies from whole pixel to whole pixel, so that a reader of the picture can take it away again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from matplotlib.colors import to_rgb

from renderer.figure.header import Frame, Panel, guide_places, line_places
from renderer.figure.sheet import Sheet, snap
from renderer.figure.style import Theme, tint
from renderer.values.layout import Tint

GUIDE = "#dedede"
"""Of lines that lead from the coordinates down through all rows."""

LEVEL = "#c4c4c4"
"""Of lines that lie behind a signal."""


def draw_backdrop(sheet: Sheet, panel: Panel, frame: Frame, theme: Theme, top: float, bottom: float) -> list[Tint]:
    """Highlights, and lines of one pixel, down through all rows."""
    tints: list[Tint] = []
    region = panel.region
    for highlight in panel.highlights:
        start, end = max(highlight.start, region.start), min(highlight.end, region.end)
        if start >= end:
            continue
        left, right = (
            snap(frame.x0 + (place - region.start) / region.span * (frame.x1 - frame.x0), sheet.dpi)
            for place in (start, end)
        )
        right = max(right, left + 1 / sheet.scale)
        tints.append(_fill(sheet, left, right, top, bottom, tint(highlight.color)))
    guides = [(x, GUIDE) for x in guide_places(panel, frame, theme)] if theme.guides else []
    for x, color in (*guides, *line_places(panel, frame)):
        left = snap(x, sheet.dpi)
        tints.append(_fill(sheet, left, left + 1 / sheet.scale, top, bottom, color))
    return tints


def draw_levels(sheet: Sheet, levels: Sequence[float], frame: Frame, top: float, bottom: float) -> list[Tint]:
    """Lines of one pixel behind a row, at shares of its height from its bottom."""
    found = []
    for level in levels:
        y = snap(bottom - level * (bottom - top), sheet.dpi)
        made = _fill(sheet, frame.x0, frame.x1, y, y + 1 / sheet.scale, LEVEL)
        at = round(y * sheet.scale)
        found.append(replace(made, y0=at, y1=at + 1))
    return found


def _fill(sheet: Sheet, left: float, right: float, top: float, bottom: float, color: str) -> Tint:
    sheet.fill(left, right, snap(top, sheet.dpi), bottom, color, behind=True)
    red, green, blue = (round(255 * part) for part in to_rgb(color))
    return Tint(round(left * sheet.scale), round(right * sheet.scale), (red, green, blue))
