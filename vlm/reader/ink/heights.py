"""How high a signal is drawn in each column of pixels, in the units of its axis: its ink, weighed.

An edge that covers a part of a pixel darkens it by that part, so the ink of a column over that of the full colour is
its height to less than a pixel, and of columns that share a pixel their mean. Looks at pixels and the printed axis.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from renderer.values.layout import TrackBox
from vlm.reader.ink.picture import Floats, Picture

FAINTEST = 16
"""Ink up to this is the antialiasing of empty paper."""

AXIS_MOST = 4
"""Columns at the left that the line of the axis may cover (half of 0.8 points at 300 per inch, and a soft edge)."""

FEW = 0.05
"""Share of the columns that may have less ink than the line at 0, which is drawn in all of them ..."""

ZERO_LINE = 1.3
"""... ink up to so many times as much is no more than that line ..."""

LINE_MOST = 0.03
"""... which is no thicker than this share of the row, or a pixel and a half."""

CLIPPED = 0.9
"""A column is cut off by the axis if so much of its outermost pixel is covered."""

EDGES = 0.9
"""Of a mean with its band, what has this share of the darkest ink is the band."""

FAINT = 0.25
"""Of the mean under it, what has this share of the darkest ink."""

BAND = "± SEM"
"""What the remark of a row with a band says."""


@dataclass(frozen=True)
class Heights:
    """`values` of each column of pixels (file units, shape (width,)), and in which of them the axis cuts the signal
    off, so that it is higher than that."""

    values: Floats
    clipped: npt.NDArray[np.bool_]

    def in_columns(self, most: int) -> Floats:
        """The means of at most so many equal parts."""
        count = len(self.values)
        if count <= most:
            return self.values
        sums = np.concatenate([[0.0], np.cumsum(self.values)])
        edges = np.linspace(0, count, most + 1)
        means: Floats = np.diff(np.interp(edges, np.arange(count + 1), sums)) / np.diff(edges)
        return means


def trace_heights(picture: Picture) -> Heights | None:
    """The heights of a filled signal, or of a mean with its band; None of a row without an axis or any ink."""
    box = picture.box
    ink = picture.ink.astype(np.float64)
    if box.vmin is None or box.vmax is None or box.message or ink.max(initial=0.0) <= FAINTEST:
        return None
    axis = _axis_columns(ink)
    darkest = float(ink[:, axis:].max(initial=0.0))
    if darkest <= FAINTEST:
        return None
    cover = np.clip(ink / darkest, 0.0, 1.0)
    cover[:, :axis] = cover[:, axis : axis + 1]
    zero = min(1.0, max(0.0, box.share(0.0)))
    base = (1 - zero) * len(cover)
    up, down = _sides(cover, base, BAND in (box.detail or ""))
    shares = zero + (np.where(up >= down, up, -down)) / len(cover)
    values = np.array([box.value(share) for share in shares.tolist()])
    return Heights(values, _clipped(cover, box))


def _axis_columns(ink: Floats) -> int:
    """How many columns at the left the line of the axis, which is as high as the row, covers."""
    full = (ink[:, : AXIS_MOST + 1] > FAINTEST).all(axis=0)
    return int(full.argmin()) if not full.all() else 0


def _sides(cover: Floats, base: float, band: bool) -> tuple[Floats, Floats]:
    """How far each column reaches above `base` (pixels from the top), and below it, in pixels."""
    row = int(base)
    part = base - row
    above, below = cover[:row], cover[row + 1 :]
    shared = cover[row] if row < len(cover) else np.zeros(cover.shape[1])
    up, down = (_reach(one, band) for one in (above[::-1], below))
    up, down = up + np.minimum(shared, part), down + np.minimum(shared, 1 - part)
    return (_without_line(up, len(cover)), _without_line(down, len(cover)))


def _reach(cover: Floats, band: bool) -> Floats:
    """How far ink goes on from the base, the nearest row of which is first: in pixels, by column."""
    if not band:
        whole: Floats = cover.sum(axis=0)
        return whole
    depth = np.arange(len(cover))[:, None] + 0.5
    edge = cover >= EDGES
    some = edge.any(axis=0)
    last, first = (np.where(edge, depth, 0.0).max(axis=0), np.where(edge, depth, float(len(cover))).min(axis=0))
    plain = (cover > FAINT).sum(axis=0)
    reach: Floats = np.where(some, (first + last) / 2, plain)
    return reach


def _without_line(reach: Floats, height: int) -> Floats:
    """Without what is only the line at 0, which is in all columns."""
    least = float(np.quantile(reach, FEW))
    if least > max(1.5, LINE_MOST * height):
        return reach
    rest: Floats = np.where(reach <= ZERO_LINE * least, 0.0, reach)
    return rest


def _clipped(cover: Floats, box: TrackBox) -> npt.NDArray[np.bool_]:
    """Columns that fill the outermost pixel of their side: at the end of a row's own scale that is its highest."""
    assert box.vmin is not None
    assert box.vmax is not None
    outer: npt.NDArray[np.bool_] = (cover[-1] if -box.vmin > box.vmax else cover[0]) >= CLIPPED
    return outer
