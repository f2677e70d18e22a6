"""The page round the rows: coordinates and scale bar on top, labels left, one Axes a row, a Layout of the result.

Uses matplotlib's object interface only (no pyplot, no global settings), so figures can be drawn one after the
other in a long-lived worker.
"""

from __future__ import annotations

import textwrap
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import XAxis, YAxis
from matplotlib.figure import Figure

from renderer.layout import Layout, TrackBox
from renderer.region import Region
from renderer.rows import CHAR_WIDTH, Row
from renderer.style import Theme, font_families

DPI = 100
"""Pixels per inch of a PNG for the page and the model."""

POINTS = 72 / DPI
"""Points per pixel at DPI."""


class _NoTicks:
    """Mixed into an axis so that it never makes ticks: they are most of the time a stock Axes takes."""

    def grid(self, *args: object, **kwargs: object) -> None:
        """No grid."""

    def set_tick_params(self, *args: object, **kwargs: object) -> None:
        """No ticks."""

    def set_clip_path(self, *args: object, **kwargs: object) -> None:
        """Nothing to clip."""


class _BareXAxis(_NoTicks, XAxis):
    """The x axis of a row."""


class _BareYAxis(_NoTicks, YAxis):
    """The y axis of a row."""


class _BareAxes(Axes):
    """Axes for one row, without spines and ticks: the page draws its own coordinates.

    Overrides three private methods of matplotlib, which pyGenomeTracks pins below 3.9.
    """

    def _gen_axes_spines(self) -> dict[str, object]:
        return {}

    def _update_title_position(self, renderer: object) -> None:
        """No title."""

    def _init_axis(self) -> None:
        self.xaxis = _BareXAxis(self, clear=False)
        self.yaxis = _BareYAxis(self, clear=False)


class Page:
    """One figure in the making. Coordinates are pixels from the top left corner until the last step."""

    def __init__(self, rows: Sequence[Row], region: Region, title: str, theme: Theme) -> None:
        self.rows, self.region, self.theme = rows, region, theme
        self.warnings: list[str] = []
        self.heights = [_row_height(row, theme) for row in rows]
        self.height = theme.axis_height + sum(h + theme.gap for h in self.heights) + theme.bottom
        self.figure = Figure(figsize=(theme.width / DPI, self.height / DPI), dpi=DPI, facecolor="white")
        self._draw_coordinates(title)
        boxes, y = [], theme.axis_height
        for row, height in zip(rows, self.heights, strict=True):
            boxes.append(self._draw_row(row, y, height))
            y += height + theme.gap
        self.layout = Layout(theme.width, self.height, region, tuple(boxes))

    def save(self, path: Path, dpi: int = DPI) -> None:
        """Write PNG, SVG or PDF, by the ending of `path`. No date or version is written: same scene, same bytes."""
        suffix = path.suffix.lstrip(".").lower()
        metadata = {"png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(suffix)
        with warnings.catch_warnings(record=True) as caught:
            warnings.filterwarnings("always", message=r"Glyph \d+")
            self.figure.savefig(path, dpi=dpi, format=suffix, metadata=metadata)
        if any("Glyph" in str(warning.message) for warning in caught):
            self.warnings.append("Some characters of the labels are in no installed font. Noto Sans CJK has Chinese.")

    def _axes(self, x0: int, x1: int, y0: int, y1: int) -> Axes:
        theme = self.theme
        rect = (x0 / theme.width, 1 - y1 / self.height, (x1 - x0) / theme.width, (y1 - y0) / self.height)
        ax = _BareAxes(self.figure, rect)
        self.figure.add_axes(ax)
        ax.set_axis_off()
        ax.set_autoscale_on(False)
        return ax

    def _text(self, x: float, y: float, text: str, px: float, color: str, **how: Any) -> None:
        self.figure.text(x / self.theme.width, 1 - y / self.height, text, fontsize=px * POINTS, color=color,
                         family=font_families(), parse_math=False, **how)  # fmt: skip

    def _draw_coordinates(self, title: str) -> None:
        theme, region = self.theme, self.region
        x0, x1 = theme.label_width, theme.width - theme.right
        self._text(8, 15, title, theme.font_px, theme.text, va="center", ha="left", weight="bold")
        ax = self._axes(x0, x1, 22, theme.axis_height)
        ax.set_xlim(region.start, region.end)
        ax.set_ylim(22, 0)
        ax.plot([region.start, region.end], [18, 18], color=theme.text, linewidth=0.8)
        ticks, unit, digits = position_ticks(region)
        for tick in ticks:
            ax.plot([tick, tick], [14, 18], color=theme.text, linewidth=0.8)
            self._text(x0 + (tick - region.start) / region.span * (x1 - x0), 29,
                       f"{tick / unit:,.{digits}f}" + {1: "", 1_000: " kb", 1_000_000: " Mb"}[unit],
                       theme.font_px - 2, theme.text, va="center", ha="center")  # fmt: skip
        self._draw_scale_bar(x0, x1)

    def _draw_scale_bar(self, x0: int, x1: int) -> None:
        theme = self.theme
        length = scale_bar(self.region.span)
        pixels = length / self.region.span * (x1 - x0)
        ax = self._axes(x0, x1, 4, 22)
        ax.set_xlim(0, x1 - x0)
        ax.set_ylim(18, 0)
        middle = (x1 - x0) / 2
        left = middle - pixels / 2
        ax.plot([left, left, left, left + pixels, left + pixels, left + pixels], [5, 11, 8, 8, 5, 11],
                color=theme.text, linewidth=1)  # fmt: skip
        self._text(x0 + left - 6, 12, _length_text(length), theme.font_px - 1, theme.text, va="center", ha="right")

    def _draw_row(self, row: Row, y: int, height: int) -> TrackBox:
        theme = self.theme
        x0, x1 = theme.label_width, theme.width - theme.right
        y1 = y + row.height
        ax = self._axes(x0, x1, y, y1)
        ax.set_xlim(self.region.start, self.region.end)
        row.paint(ax)
        ax.set_xlim(self.region.start, self.region.end)
        self._draw_label(row, y)
        if row.message:
            self._text((x0 + x1) / 2, (y + y1) / 2, row.message, theme.font_px - 1, theme.faint,
                       va="center", ha="center", style="italic")  # fmt: skip
        if row.note:
            self._text(
                x1,
                y1 + 8,
                row.note,
                theme.font_px - 2.5,
                theme.faint,
                va="center",
                ha="right",
                style="italic",
            )
        vmin, vmax = row.value_range or (None, None)
        if vmin is not None and vmax is not None and not row.message:
            for value, place, align in ((vmax, y, "top"), (vmin, y1, "bottom")):
                self._text(x0 - 5, place, value_text(value), theme.font_px - 3, theme.faint, va=align, ha="right")
            ax.plot([0, 0], [0, 1], transform=ax.transAxes, color=theme.faint, linewidth=0.8, clip_on=False)
        return TrackBox(row.track, x0, x1, y, y1, vmin, vmax)

    def _draw_label(self, row: Row, y: int) -> None:
        theme = self.theme
        lines = wrap_label(row.label, theme)
        line_height = theme.font_px + 2
        top = y + max(0.0, (row.height - len(lines) * line_height) / 2) + line_height / 2
        for number, line in enumerate(lines):
            self._text(8, top + number * line_height, line, theme.font_px, theme.text, va="center", ha="left")


def _row_height(row: Row, theme: Theme) -> int:
    """The row's own height, or more where its label needs more lines, or a note stands below it."""
    label = len(wrap_label(row.label, theme)) * (theme.font_px + 2)
    return max(row.height + (10 if row.note else 0), label)


def wrap_label(label: str, theme: Theme) -> list[str]:
    """The label in lines that fit beside the value range, at most three; a longer one ends in an ellipsis."""
    room = theme.label_width - 8 - 40  # 40 px: the widest value text, "-1.2e-05"
    width = max(8, int(room / (CHAR_WIDTH * theme.font_px)))
    lines = textwrap.wrap(label, width) or [""]
    if len(lines) <= 3:
        return lines
    return [*lines[:2], lines[2][: width - 1] + "…"]


def value_text(value: float) -> str:
    """A value as a scale shows it: three significant digits, no trailing zeros, 1,234 and 1.2e-05."""
    if value == 0:
        return "0"
    if 0.001 <= abs(value) < 100_000:
        text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return f"{value:.2g}"


def _round_down(value: float) -> int:
    """The largest of 1, 2, 5 x 10^n that is at most `value`, at least 1."""
    target = max(1.0, value)
    power = 10 ** int(np.floor(np.log10(target)))
    return int(max(step * power for step in (1, 2, 5) if step * power <= target))


def position_ticks(region: Region) -> tuple[list[int], int, int]:
    """Round positions to print (as bases), the unit they are printed in, and the digits behind the point."""
    step = _round_down(region.span / 4)
    first = -(-region.start // step) * step
    margin = 0.03 * region.span  # a text centred closer to the edge would be cut
    ticks = [t for t in range(first, region.end, step) if region.start + margin <= t <= region.end - margin]
    unit = 1_000_000 if region.end >= 1_000_000 and step >= 1_000 else 1_000 if step >= 100 else 1
    digits = max(0, int(np.ceil(np.log10(unit / step)))) if step < unit else 0
    return ticks, unit, digits


def scale_bar(span: int) -> int:
    """A round length of about a sixth of the window, in bp."""
    return _round_down(span / 5)


def _length_text(length: int) -> str:
    for unit, name in ((1_000_000, "Mb"), (1_000, "kb")):
        if length >= unit:
            return f"{length // unit} {name}"
    return f"{length} bp"
