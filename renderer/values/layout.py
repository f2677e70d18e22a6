"""Pixels and genome positions of a drawn figure.

Pixels count from the top left corner of the PNG, as image libraries do; boxes are half-open.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from renderer.values.region import Region

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


NOTHING_HERE = "none in this window"
"""The message in place of a row that has nothing in the window."""


@dataclass(frozen=True)
class FileMarks:
    """What is marked beside a signal row of its whole file, in file units with the sign of the row's axis: the median
    of its bins, what 99 % of them stay below, and the level from which a hundredth of the window stands out."""

    median: float
    high: float
    stands_out: float


@dataclass(frozen=True)
class TrackBox:
    """Where one track is drawn, and what is printed of it: the values at its bottom and top edge (None for tracks
    without a scale), colours ("#rrggbb") with their names, the remark under its label, the message in its place.
    `log`: its axis is log2(1 + |v|), signed. `file`: what is marked beside it of its file, None if nothing is."""

    track: int
    x0: int
    x1: int
    y0: int
    y1: int
    vmin: float | None = None
    vmax: float | None = None
    legend: tuple[tuple[str, str], ...] = ()
    detail: str | None = None
    message: str | None = None
    log: bool = False
    file: FileMarks | None = None

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> TrackBox:
        """As kept in a layout; earlier ones tell no words."""
        legend = tuple((color, name) for color, name in data.get("legend", ()))
        marks = data.get("file")
        return cls(**{**data, "legend": legend, "file": marks and FileMarks(**marks)})

    def share(self, value: float) -> float:
        """How far up its axis a value (file units) stands: 0 at the bottom, 1 at the top. Of tracks with a scale."""
        assert self.vmin is not None
        assert self.vmax is not None
        low, high, at = (self._drawn(one) for one in (self.vmin, self.vmax, value))
        return (at - low) / (high - low)

    def value(self, share: float) -> float:
        """The value (file units) so far up its axis: the inverse of `share`."""
        assert self.vmin is not None
        assert self.vmax is not None
        low, high = self._drawn(self.vmin), self._drawn(self.vmax)
        at = low + share * (high - low)
        return math.copysign(2 ** abs(at) - 1, at) if self.log else at

    def _drawn(self, value: float) -> float:
        return math.copysign(math.log2(1 + abs(value)), value) if self.log else value


@dataclass(frozen=True)
class Tint:
    """Tinted paper: from pixel x0 to x1 it has the colour `rgb` (0-255) instead of white; from the top of the figure to
    its bottom, or only from y0 to y1."""

    x0: int
    x1: int
    rgb: tuple[int, int, int]
    y0: int | None = None
    y1: int | None = None


@dataclass(frozen=True)
class Layout:
    """Geometry of one figure, in pixels of its PNG. Of overlapping highlights the later one lies on top."""

    width: int
    height: int
    region: Region
    tracks: tuple[TrackBox, ...]
    highlights: tuple[Tint, ...] = ()

    def box(self, track: int) -> TrackBox:
        """The box of the track with this number. Raises KeyError."""
        for box in self.tracks:
            if box.track == track:
                return box
        raise KeyError(track)

    def to_pixel(self, position: float, box: TrackBox) -> float:
        """The x pixel of a 0-based genome position."""
        return box.x0 + (position - self.region.start) / self.region.span * (box.x1 - box.x0)

    def to_position(self, x: float, box: TrackBox) -> float:
        """The 0-based genome position of an x pixel."""
        return self.region.start + (x - box.x0) / (box.x1 - box.x0) * self.region.span

    def to_json(self) -> dict[str, Any]:
        """As kept beside the figure."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Layout:
        """The inverse of `to_json`; layouts kept before there were highlights have none."""
        boxes = tuple(map(TrackBox.from_json, data["tracks"]))
        tints = tuple(Tint(**{**tint, "rgb": tuple(tint["rgb"])}) for tint in data.get("highlights", ()))
        return cls(data["width"], data["height"], Region(**data["region"]), boxes, tints)


def untint(pixels: npt.NDArray[np.uint8], x0: int, tints: tuple[Tint, ...], y0: int = 0) -> npt.NDArray[np.uint8]:
    """The picture as if its paper were white: shape (height, width, 3), its left column at pixel `x0` of the figure,
    its top row at pixel `y0`.

    Divides by the tint, which undoes it exactly on paper and keeps dark ink dark, antialiased edges too.
    """
    paper = pixels.astype("uint16") * 0 + 255
    for tint in tints:
        top, bottom = tint.y0 or 0, paper.shape[0] + y0 if tint.y1 is None else tint.y1
        rows, columns = slice(max(0, top - y0), max(0, bottom - y0)), slice(max(0, tint.x0 - x0), max(0, tint.x1 - x0))
        paper[rows, columns] = tint.rgb
    white: npt.NDArray[np.uint8] = (
        ((pixels.astype("uint16") * 255 + paper // 2) // paper.clip(min=1)).clip(max=255).astype("uint8")
    )
    return white
