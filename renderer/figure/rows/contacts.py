"""Rows for contact maps (triangle or square) and bedGraph matrices.

A map is painted as an image made for the very pixels it covers, so cells are sharp at any resolution of the page, and
its cost does not depend on the number of bins.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import matplotlib
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.image import AxesImage

from renderer.arrays.log_scale import darkness
from renderer.assays.names import is_separation
from renderer.figure.header import position_ticks
from renderer.figure.lettering import POINTS
from renderer.figure.rows.base import Context, Drawing, Row, message_row
from renderer.figure.style import Theme, track_color
from renderer.measure.contacts import measure_contacts, measure_scores
from renderer.values.region import Region
from renderer.values.track import Shape, Track
from renderer.window.contacts import MOST_BINS, ContactMap, read_contacts
from renderer.window.matrices import ScoreMatrix, read_matrix

Floats = npt.NDArray[np.float64]

TRIANGLE_HEIGHT = 200
"""Pixels. At the plot's 1000 pixels, cells are squares on their corner up to 40 % of the window from the diagonal."""

SQUARE_HEIGHT = 400
"""Pixels: as much of a page as one map may take."""

BIN_PX = 2.5
"""Least pixels of a bin: in a narrow figure, or a panel of one, a coarser resolution is read."""

TOP_PERCENTILE = 99.0
"""The darkest colour is this percentile of the contacts off the diagonal: the few bins right at it would else make
the rest pale."""

COLORS = "Reds"
"""White to dark red: one hue, told by lightness alone, so that ink means contacts to any eye and to a model."""

MASKED = (244, 244, 246)
"""Where bins are masked: light, but not the white of no contacts."""

MATRIX_HEIGHT = 80
"""Pixels: lines that cross need more room than one filled signal."""

MOST_LINES = 40
"""Lines of a matrix that are drawn beside their mean; of more, evenly chosen ones."""

FAINT = 0.35
"""Opacity of a matrix's lines, so that their mean stands out."""

BAR_WIDTH = 5
"""Pixels of the colour scale at the left edge."""

TICK_PX, TICK_COLOR = 9, "#6b6b6b"
"""Letters of the positions at the left edge of a square."""

EDGE_ROOM = 16
"""Pixels at the top and bottom of a square that are left to the numbers of the colour scale."""

Integers = npt.NDArray[np.int64]
Levels = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int32]
Find = Callable[[Floats, Floats], Levels]
LookUp = Callable[[Places, Places], Levels]

OUTSIDE, MASK = 0, 1
"""Rows of the colour table: transparent, and masked."""

LEVELS = (2, 255)
"""... and those of white and the darkest colour."""

PLACES = 16_384
"""Places of a window that are told apart when a map is painted: 16 in each of 1000 pixels."""


def contact_row(
    track: int,
    label: str,
    map: ContactMap | None,
    region: Region,
    theme: Theme,
    shape: Shape = "triangle",
    limits: tuple[float, float] | None = None,
    log: bool = True,
    height: int | None = None,
) -> Row:
    """A contact map of `region`, dark where contacts are many, on the colour scale `limits` (else a robust maximum).

    `log` colours by `renderer.arrays.log_scale`, so that far and near contacts both show.
    `height`, in pixels: a taller triangle reaches farther from the diagonal, to the whole window at half its width.
    """
    if map is None:
        return message_row(track, label, "this contact map does not reach here", theme)
    if not np.isfinite(map.counts).any():
        return message_row(track, label, "no contacts in this window", theme)
    bottom, top = limits or (0.0, robust_top(map.counts))
    levels = color_levels(map.counts, bottom, top, log)
    look_up = _look_up(levels, map.edges, region)
    paint = partial(_PAINTERS[shape], look_up=look_up, region=region)
    tall = height or {"triangle": TRIANGLE_HEIGHT, "square": SQUARE_HEIGHT}[shape]
    return Row(track, label, tall, paint, (bottom, top), detail=_describe(map, log))


def _describe(map: ContactMap, log: bool) -> str:
    """What the colours mean, for the remark under the label."""
    bins = f"{map.resolution / 1000:,.3g} kb bins" if map.resolution >= 1000 else f"{map.resolution} bp bins"
    return ", ".join([bins, "balanced" if map.balanced else "not balanced", *(["log"] if log else [])])


def robust_top(counts: Floats) -> float:
    """The `TOP_PERCENTILE` of the contacts off the diagonal; of all of them where there are no others."""
    off = counts[~np.eye(len(counts), dtype=bool)]
    for values in (off, counts):
        seen = values[np.isfinite(values) & (values > 0)]
        if len(seen):
            return float(np.percentile(seen, TOP_PERCENTILE))
    return 1.0


def color_levels(counts: Floats, bottom: float, top: float, log: bool) -> Levels:
    """Rows of the colour table for each pixel, shape as `counts`."""
    share = np.clip((counts - bottom) / max(top - bottom, np.finfo(float).tiny), 0, 1)
    if log:
        share = darkness(share)
    white, dark = LEVELS
    levels = np.round(white + (dark - white) * np.nan_to_num(share))
    return np.where(np.isfinite(share), levels, MASK).astype(np.uint8)


@cache
def _palette() -> npt.NDArray[np.uint8]:
    """The colour table, 256 RGBA rows. The map's own first colour is not quite white; ours is.

    Each colour is the thinnest ink that gives it on white paper, so that a highlight behind the map shows through.
    """
    white, dark = LEVELS
    share = np.linspace(0, 1, dark - white + 1)
    shades = matplotlib.colormaps[COLORS](share)[:, :3]
    shades = 1 - (1 - shades) * np.minimum(share / 0.08, 1)[:, None]
    wanted = np.vstack([[1, 1, 1], np.array(MASKED) / 255, shades])
    alpha = 1 - wanted.min(axis=1)
    ink = 1 - (1 - wanted) / np.maximum(alpha, 1e-9)[:, None]
    return np.round(255 * np.column_stack([np.clip(ink, 0, 1), alpha])).astype(np.uint8)


class _Heatmap(AxesImage):
    """An image whose every pixel looks up its colour level when the page is drawn, at the page's own resolution.

    It covers the shares `left` to `right` of the width of the Axes. `find` is given the centres of pixels as shares
    of its box, x from the left, y from the bottom, shapes (w,) and (h, 1), and answers levels of shape (h, w).
    """

    def __init__(self, ax: Axes, find: Find, left: float = 0.0, right: float = 1.0) -> None:
        super().__init__(ax)
        self._find, self._left, self._right = find, left, right
        self.set_data(np.zeros((1, 1)))  # AxesImage refuses to be drawn without
        ax.add_image(self)
        self.set_clip_on(False)

    def make_image(self, renderer: Any, magnification: float = 1.0, unsampled: bool = False) -> Any:
        """The RGBA image (bottom row first), its left bottom corner in pixels, and no further transform."""
        box = self.axes.bbox
        left, right = round(box.x0 + self._left * box.width), round(box.x0 + self._right * box.width)
        bottom, top = round(box.y0), round(box.y1)
        width, height = (max(1, round(length * magnification)) for length in (right - left, top - bottom))
        x = (np.arange(width) + 0.5) / width
        y = (np.arange(height)[:, None] + 0.5) / height
        image = _palette()[self._find(x, y)]
        return image, left, bottom, None


def _places(share: Floats) -> Places:
    return (share * PLACES).astype(np.int32)


def _paint_triangle(ax: Axes, look_up: LookUp, region: Region) -> None:
    """Diagonal at the bottom; a pixel at height h shows the contacts of the places h to its left and right."""
    reach = min(0.5, ax.bbox.height / max(ax.bbox.width, 1.0))  # cells stand square on their corner

    def find(x: Floats, y: Floats) -> Levels:
        here, aside = _places(x), _places(y * reach)
        return look_up(here - aside, here + aside)

    _Heatmap(ax, find)
    ax.set_ylim(0, reach)
    _paint_bar(ax)


def _paint_square(ax: Axes, look_up: LookUp, region: Region) -> None:
    """Both axes are the window, from the top left corner; x keeps the page's scale, y is pressed into the height."""
    _Heatmap(ax, lambda x, y: look_up(_places(x), _places(1 - y)))
    ax.set_ylim(region.end, region.start)
    _paint_bar(ax)
    room = EDGE_ROOM / ax.bbox.height * region.span
    ticks, unit, digits = position_ticks(region, max(0.1, 3 * TICK_PX / ax.bbox.height))
    for tick in ticks:
        if region.start + room < tick < region.end - room:
            ax.text(
                -(BAR_WIDTH + 4) / ax.bbox.width,
                tick,
                f"{tick / unit:.{digits}f}",
                ha="right",
                va="center",
                transform=ax.get_yaxis_transform(),
                fontsize=TICK_PX * POINTS,
                color=TICK_COLOR,
            )


_PAINTERS = {"triangle": _paint_triangle, "square": _paint_square}


def _look_up(levels: Levels, edges: Integers, region: Region) -> LookUp:
    """A function that gives the levels at pairs of places (whole PLACES-ths of the window, broadcast together)."""
    n = len(levels)
    padded = np.full((n + 1, n + 1), OUTSIDE, dtype=np.uint8)
    padded[:n, :n] = levels
    middles = region.start + (np.arange(PLACES) + 0.5) / PLACES * region.span
    bins = np.searchsorted(edges, middles, side="right") - 1
    bins[bins < 0] = n  # before the first bin, as past the last, is the padding
    column = np.pad(bins.astype(np.int32), PLACES, constant_values=n)  # a triangle asks up to a window outside
    row = column * (n + 1)

    def look_up(first: Places, second: Places) -> Levels:
        found: Levels = padded.ravel().take(row.take(first + PLACES) + column.take(second + PLACES))
        return found

    return look_up


def _paint_bar(ax: Axes) -> None:
    """The colour scale, left of the map: white at the bottom, the darkest at the top."""
    pixel = 1 / ax.bbox.width
    white, dark = LEVELS

    def find(x: Floats, y: Floats) -> Levels:
        return np.broadcast_to(np.round(white + (dark - white) * y), (len(y), len(x))).astype(np.uint8)

    _Heatmap(ax, find, -(BAR_WIDTH + 1) * pixel, -pixel)


def draw_contacts(track: Track, context: Context) -> Drawing:
    """A contact track as a row, and its boundaries."""
    most = min(MOST_BINS, round(context.theme.plot_width / BIN_PX))
    found, look = read_contacts(track.path, track.format, context.region, most), track.look
    limits = None
    if found is not None and (look.vmin is not None or look.vmax is not None):
        limits = (look.vmin or 0.0, robust_top(found.counts) if look.vmax is None else look.vmax)
    row = contact_row(
        track.number, track.label, found, context.region, context.theme, look.shape, limits, height=look.height
    )
    return row, None if found is None else measure_contacts(found, context.region)


def draw_matrix(track: Track, context: Context) -> Drawing:
    """A bedGraph matrix as a row, and its boundaries, if it holds separation scores; of other lines nothing is
    measured."""
    found, look = read_matrix(track.path, context.region), track.look
    row = matrix_row(
        track.number,
        track.label,
        found,
        context.region,
        context.theme,
        track_color(track),
        (look.vmin, look.vmax),
        look.height,
    )
    return row, measure_scores(found, context.region) if is_separation(track) else None


def matrix_row(
    track: int,
    label: str,
    matrix: ScoreMatrix,
    region: Region,
    theme: Theme,
    color: str,
    limits: tuple[float | None, float | None] = (None, None),
    height: int | None = None,
) -> Row:
    """A line for each column of the matrix, faint, and their mean, dark; `limits` fix the range (None: the data's)."""
    if not np.isfinite(matrix.scores).any():
        return message_row(track, label, "no scores in this window", theme)
    shown = matrix.binned(region, theme.plot_width)
    low, high = limits
    bottom = float(np.nanmin(shown.scores)) if low is None else low
    top = float(np.nanmax(shown.scores)) if high is None else high
    if top <= bottom:
        bottom, top = bottom - 0.5, bottom + 0.5
    paint = partial(_paint_matrix, matrix=shown, limits=(bottom, top), color=color)
    columns = matrix.scores.shape[1]
    detail = f"{columns} columns, dark: their mean" if columns > 1 else None
    return Row(track, label, height or MATRIX_HEIGHT, paint, (bottom, top), detail=detail, color=color)


def _paint_matrix(ax: Axes, matrix: ScoreMatrix, limits: tuple[float, float], color: str) -> None:
    middles = (matrix.starts + matrix.ends) / 2
    columns = matrix.scores.shape[1]
    chosen = np.unique(np.linspace(0, columns - 1, min(columns, MOST_LINES)).round().astype(int))
    lines = [np.column_stack([middles, matrix.scores[:, column]]) for column in chosen]
    ax.add_collection(LineCollection(lines, colors=color, linewidths=0.7, alpha=FAINT))
    ax.add_collection(LineCollection([np.column_stack([middles, matrix.mean()])], colors=color, linewidths=1.4))
    if limits[0] < 0 < limits[1]:
        ax.axhline(0, color=color, linewidth=0.5, alpha=FAINT)
    ax.set_ylim(*limits)
