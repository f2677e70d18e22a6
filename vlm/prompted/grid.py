"""Places and heights as a prompted model points at them, and as claims hold them: the two sides of one picture.

A place is a step, 0 (left edge of the picture) to 1000 (right edge): the way Qwen-VL, InternVL and Gemma were taught to
point. The Layout says where in the picture the tracks are drawn, so a step is a position of the genome and back. A
height is a hundredth of the way up a row's axis. Positions here are 0-based, intervals half-open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from renderer.values.layout import Layout, TrackBox
from renderer.values.region import Region
from vlm.claims.forms import whole

STEPS = 1_000
"""Of the width of the picture."""

UP = 100
"""Of the height of an axis."""


@dataclass(frozen=True)
class Grid:
    """The steps of one figure. `left` and `right`: where its tracks are drawn, as shares of the picture's width."""

    layout: Layout
    left: float = 0.0
    right: float = 1.0

    @classmethod
    def of(cls, layout: Layout) -> Grid:
        """All rows of a figure share their left and right edge; a figure without rows is all plot."""
        if not layout.tracks:
            return cls(layout)
        box = layout.tracks[0]
        return cls(layout, box.x0 / layout.width, box.x1 / layout.width)

    @property
    def first(self) -> int:
        """The step nearest to the start of the window."""
        return round(self.left * STEPS)

    @property
    def last(self) -> int:
        """The step nearest to its end."""
        return round(self.right * STEPS)

    def step(self, position: float) -> int:
        """The step of a position, which lies in the window."""
        region = self.layout.region
        share = (min(max(position, region.start), region.end) - region.start) / region.span
        return round((self.left + share * (self.right - self.left)) * STEPS)

    def position(self, step: float) -> int:
        """The position of a step; one beside the tracks is the end of the window on that side."""
        region = self.layout.region
        share = (step / STEPS - self.left) / (self.right - self.left)
        return region.start + round(min(max(share, 0.0), 1.0) * region.span)

    def steps(self, start: int, end: int) -> list[int]:
        """An interval as an answer holds it."""
        return [self.step(start), self.step(end)]

    def interval(self, said: Any) -> tuple[int, int] | None:
        """The interval of [step, step] or of one step, at least a base; None if it is neither."""
        ends = [whole(one) for one in said] if isinstance(said, list) else [whole(said)] * 2
        if len(ends) != 2 or ends[0] is None or ends[1] is None or not all(0 <= one <= STEPS for one in ends if one):
            return None
        start, end = self.position(ends[0]), self.position(ends[1])
        return _within(start, max(end, start + 1), self.layout.region)

    def anchors(self, said: Any) -> Any:
        """Two places in steps as two of 1-based, inclusive positions; anything else as it was said."""
        places = [self.interval(one) for one in said] if isinstance(said, list) and len(said) == 2 else []
        known = [place for place in places if place is not None]
        return [[start + 1, end] for start, end in known] if len(known) == 2 else said

    def height(self, said: Any, track: int) -> Any:
        """{name: hundredths of the row's axis} as {name: data value}; as it was said where the row has no axis."""
        axis = self._axis(track)
        if axis is None or not isinstance(said, Mapping):
            return said
        low, high = axis
        return {
            key: low + share / UP * (high - low) if isinstance(share, int | float) else share
            for key, share in said.items()
        }

    def hundredths(self, value: Any, track: int) -> Any:
        """The inverse of `height`, to whole hundredths."""
        axis = self._axis(track)
        if axis is None or not isinstance(value, Mapping) or axis[0] == axis[1]:
            return value
        low, high = axis
        return {key: round(min(max((one - low) / (high - low), 0.0), 1.0) * UP) for key, one in value.items()}

    def _axis(self, track: int) -> tuple[float, float] | None:
        box: TrackBox | None = next((box for box in self.layout.tracks if box.track == track), None)
        return None if box is None or box.vmin is None or box.vmax is None else (box.vmin, box.vmax)


def _within(start: int, end: int, region: Region) -> tuple[int, int]:
    """The same, no base of it past the end of the window."""
    return min(start, region.end - 1), min(end, region.end)
