"""A blank figure measured in pixels from its top left corner, with bare Axes, text and lines put on it.

Uses matplotlib's object interface only (no pyplot, no global settings), so figures can be drawn one after the
other in a long-lived worker. All lengths are pixels at 100 per inch; a finer picture has `dpi` / 100 as many.
"""

from __future__ import annotations

import warnings
from math import nextafter
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.axis import XAxis, YAxis
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.transforms import Affine2D

from renderer.figure.lettering import POINTS, font_families
from renderer.figure.rows.base import box
from renderer.values.bounds import DPI
from renderer.values.errors import TrackError

COMPRESSION = 3
"""Of a PNG: 6 % more bytes than zlib's usual 6, in two thirds of the time."""

_METADATA: dict[str, dict[str, None]] = {
    "png": {"Software": None},
    "svg": {"Date": None},
    "pdf": {"CreationDate": None},
}
_SETTINGS = {"svg.fonttype": "none", "svg.hashsalt": "locution", "pdf.fonttype": 42}
"""Text stays text in SVG and PDF, and ids depend on nothing but the figure."""


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


class Sheet:
    """A figure of `width` by `height` pixels at 100 per inch, drawn at `dpi`."""

    def __init__(self, width: float, height: float, dpi: int = DPI) -> None:
        self.scale = dpi / DPI
        self.dpi = dpi
        self.width, self.height = (round(length * self.scale) for length in (width, height))
        self.figure = Figure(figsize=(_inches(self.width, dpi), _inches(self.height, dpi)), dpi=dpi, facecolor="white")
        pixels = Affine2D().scale(self.scale / self.width, -self.scale / self.height).translate(0, 1)
        self._transform = pixels + self.figure.transFigure
        self._lines: dict[tuple[str, float], list[list[tuple[float, float]]]] = {}

    def axes(self, x0: float, x1: float, y0: float, y1: float) -> Axes:
        """Bare Axes over a rectangle."""
        wide, high = self.width / self.scale, self.height / self.scale
        ax = _BareAxes(self.figure, (x0 / wide, 1 - y1 / high, (x1 - x0) / wide, (y1 - y0) / high))
        self.figure.add_axes(ax)
        ax.set_axis_off()
        ax.set_autoscale_on(False)
        return ax

    def text(self, x: float, y: float, text: str, px: float, color: str, **how: Any) -> None:
        """Text of `px` pixels at a point; `how` as for matplotlib (ha, va, weight, style)."""
        self.figure.text(
            x,
            y,
            text,
            fontsize=px * POINTS,
            color=color,
            family=font_families(text),
            parse_math=False,
            transform=self._transform,
            **how,
        )

    def line(self, points: list[tuple[float, float]], color: str, width: float = 0.8) -> None:
        """A line through points; `width` in points."""
        self._lines.setdefault((color, width), []).append(points)

    def fill(self, x0: float, x1: float, y0: float, y1: float, color: str, behind: bool = False) -> None:
        """A filled rectangle, `behind` everything or over the paper."""
        self.figure.add_artist(
            PolyCollection(
                [box(x0, x1, y0, y1)],
                facecolors=color,
                linewidths=0,
                transform=self._transform,
                zorder=-1 if behind else 1,
                antialiased=False,
            )
        )

    def shape(self, corners: list[tuple[float, float]], color: str) -> None:
        """A filled polygon."""
        self.figure.add_artist(
            PolyCollection([corners], facecolors=color, linewidths=0, transform=self._transform, zorder=1)
        )

    def finish(self) -> None:
        """Put the lines on the figure, those of one kind together: an artist a line would take most of the time."""
        for (color, width), lines in self._lines.items():
            self.figure.add_artist(LineCollection(lines, colors=color, linewidths=width, transform=self._transform))
        self._lines.clear()

    def save(self, path: Path) -> list[str]:
        """Write PNG, SVG or PDF, by the ending of `path`; returns what a reader should know of it.

        No date or version is written: the same figure gives the same bytes. Raises TrackError for another ending.
        """
        suffix = path.suffix.lstrip(".").lower()
        if suffix not in _METADATA:
            raise TrackError(f"'{path.name}' is no name of a figure. It must end in .{', .'.join(_METADATA)}.")
        how: dict[str, Any] = {"pil_kwargs": {"compress_level": COMPRESSION}} if suffix == "png" else {}
        with warnings.catch_warnings(record=True) as caught, matplotlib.rc_context(_SETTINGS):
            warnings.filterwarnings("always", message=r"Glyph \d+")
            self.figure.savefig(path, dpi=self.dpi, format=suffix, metadata=_METADATA[suffix], **how)
        if any("Glyph" in str(warning.message) for warning in caught):
            return ["Some characters of the labels are in no installed font. Noto Sans CJK has Chinese."]
        return []


def snap(length: float, dpi: int) -> float:
    """The length moved to the next whole pixel of a picture of `dpi`."""
    return round(length * dpi / DPI) * DPI / dpi


def _inches(pixels: int, dpi: int) -> float:
    """A length that matplotlib, which rounds down, makes exactly `pixels`."""
    inches = pixels / dpi
    return inches if int(inches * dpi) == pixels else nextafter(inches, inches + 1)
