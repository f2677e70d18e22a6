"""Signal rows: one filled signal, or replicates over one another, on a linear or logarithmic scale.

The strip that a model reads is cut at the row's Axes, so nothing but the signal, and the error of a mean, is painted
there; marks of clipped values stand in the gap outside.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from renderer.figure.rows.base import Row, paint_nothing
from renderer.figure.style import Theme
from renderer.values.region import Region
from renderer.window.signal import Columns

OVERLAY_ALPHA = 0.45
"""Opacity of replicates over one another: where two agree the ink is twice as dense."""


BAND_ALPHA = 0.55
"""Opacity of a mean under the band of its standard error, which is opaque."""


def signal_row(
    track: int,
    label: str,
    columns: Columns,
    region: Region,
    limits: tuple[float, float],
    color: str,
    theme: Theme,
    band: tuple[Columns, Columns] | None = None,
) -> Row:
    """A filled signal on the scale `limits`, with a `band` round its edge; a message instead where there is no data at
    all."""
    if not np.isfinite(columns).any():
        return Row(
            track, label, theme.signal_height, paint_nothing, limits, message="no data in this window", color=color
        )
    paint = partial(_paint, layers=[columns], region=region, limits=limits, color=color, alpha=1.0, band=band)
    return Row(track, label, theme.signal_height, paint, limits, color=color)


def overlay_row(
    track: int,
    label: str,
    layers: Sequence[Columns],
    region: Region,
    limits: tuple[float, float],
    color: str,
    theme: Theme,
) -> Row:
    """Replicates painted over one another, each half transparent, on one scale."""
    shown = [columns for columns in layers if np.isfinite(columns).any()]
    if not shown:
        return signal_row(track, label, layers[0], region, limits, color, theme)
    paint = partial(_paint, layers=shown, region=region, limits=limits, color=color, alpha=OVERLAY_ALPHA)
    return Row(track, label, theme.signal_height, paint, limits, color=color)


def _paint(
    ax: Axes,
    layers: Sequence[Columns],
    region: Region,
    limits: tuple[float, float],
    color: str,
    alpha: float,
    band: tuple[Columns, Columns] | None = None,
) -> None:
    from renderer.figure.rows.pgt import plot_signal

    for columns in layers:
        plot_signal(ax, np.clip(columns, *limits), region, color, BAND_ALPHA if band else alpha)
    if band:
        low, high = (np.repeat(np.clip(np.nan_to_num(edge), *limits), 2) for edge in band)
        edges = np.linspace(region.start, region.end, len(low) // 2 + 1)
        ax.fill_between(np.repeat(edges, 2)[1:-1], low, high, color=color, linewidth=0)
    ax.axhline(0, color=color, linewidth=0.6)
    ax.set_ylim(*limits)


def clipped(columns: Columns, limits: tuple[float, float], region: Region) -> tuple[tuple[float, float], ...]:
    """Stretches of the window whose value passes the far end of the scale: below it for a track that hangs down."""
    low, high = limits
    with np.errstate(invalid="ignore"):
        over = columns < low if -low > high else columns > high
    return _runs(over, region)


def _runs(mask: npt.NDArray[np.bool_], region: Region) -> tuple[tuple[float, float], ...]:
    """Runs of True as genome positions."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(int), [0]])))
    places = region.start + edges / len(mask) * region.span
    return tuple((float(start), float(end)) for start, end in places.reshape(-1, 2))
