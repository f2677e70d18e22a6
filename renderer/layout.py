"""Pixels and genome positions of a drawn figure.

Pixels count from the top left corner of the PNG, as image libraries do; boxes are half-open.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from renderer.region import Region


@dataclass(frozen=True)
class TrackBox:
    """Where one track is drawn, and the values at its bottom and top edge (None for tracks without a scale)."""

    track: int
    x0: int
    x1: int
    y0: int
    y1: int
    vmin: float | None = None
    vmax: float | None = None


@dataclass(frozen=True)
class Layout:
    """Geometry of one figure, in pixels of its PNG."""

    width: int
    height: int
    region: Region
    tracks: tuple[TrackBox, ...]

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
        """The inverse of `to_json`."""
        boxes = tuple(TrackBox(**box) for box in data["tracks"])
        return cls(data["width"], data["height"], Region(**data["region"]), boxes)
