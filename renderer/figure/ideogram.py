"""The chromosome above a figure: its cytogenetic bands in the stains of a karyogram, and where the window is."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection

from renderer.figure.rows.base import Box, box
from renderer.values.region import Region
from renderer.window.bands import Band

STAINS = {
    "gneg": "#ffffff",
    "gpos25": "#c8c8c8",
    "gpos33": "#d2d2d2",
    "gpos50": "#a0a0a0",
    "gpos66": "#8c8c8c",
    "gpos75": "#6e6e6e",
    "gpos100": "#141414",
    "gpos": "#141414",
    "gvar": "#dcdcdc",
    "acen": "#b02a20",
    "stalk": "#647fa4",
}
"""Giemsa stains as the genome browsers show them: the darker, the more AT-rich; centromeres red, stalks blue."""

UNKNOWN = "#e8e8e8"
WINDOW = "#d00000"

LEAST_WINDOW = 0.004
"""Share of the chromosome that the window's mark takes at least: 4 of 1000 pixels."""


def paint_ideogram(ax: Axes, bands: Sequence[Band], region: Region) -> None:
    """Bands from end to end of the Axes, centromeres as two triangles, the window as a red frame."""
    length = max(max(band.end for band in bands), region.end)
    shapes = [shape for arm in _arms(bands) for shape in arm]
    ax.set_xlim(-0.001 * length, 1.001 * length)
    ax.set_ylim(1, 0)
    ax.add_collection(
        PolyCollection(
            [corners for corners, _ in shapes],
            facecolors=[color for _, color in shapes],
            edgecolors="#555555",
            linewidths=0.4,
        )
    )
    middle, half = (region.start + region.end) / 2, max(region.span, LEAST_WINDOW * length) / 2
    ax.add_collection(
        PolyCollection(
            [box(middle - half, middle + half, 0.02, 0.98)],
            facecolors="none",
            edgecolors=WINDOW,
            linewidths=1.3,
            zorder=4,
        )
    )


def _arms(bands: Sequence[Band]) -> list[list[tuple[Box, str]]]:
    """Corners and colour of each band, in runs of centromere and other bands."""
    ordered = sorted(bands, key=lambda band: band.start)
    runs = [list(run) for _, run in groupby(ordered, key=lambda band: band.stain == "acen")]
    return [_centromere(run) if run[0].stain == "acen" else [_band(band) for band in run] for run in runs]


def _band(band: Band) -> tuple[Box, str]:
    return box(band.start, band.end, 0.2, 0.8), STAINS.get(band.stain, UNKNOWN)


def _centromere(bands: Sequence[Band]) -> list[tuple[Box, str]]:
    """Triangles that meet at the middle: the left half points right, the right half left."""
    start, end = bands[0].start, bands[-1].end
    waist = bands[0].end if len(bands) > 1 else (start + end) / 2
    left = [(start, 0.2), (waist, 0.5), (start, 0.8)]
    right = [(end, 0.2), (waist, 0.5), (end, 0.8)]
    return [(left, STAINS["acen"]), (right, STAINS["acen"])]


def band_name(bands: Sequence[Band], region: Region) -> str:
    """The band at the middle of the window, as 'p24.1', or ''."""
    middle = (region.start + region.end) // 2
    return next((band.name for band in bands if band.start <= middle < band.end), "")
