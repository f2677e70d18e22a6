"""A row of the figure as code looks at it: the pixels of its box, and how much ink is on each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from renderer.values.layout import Layout, TrackBox, untint

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Picture:
    """`pixels` (height, width, 3) as they are drawn, `clean` the same as if all paper were white, and what the Layout
    says of the row. Opaque ink has its colour in `pixels`, lack of ink is white in `clean`."""

    pixels: Bytes
    clean: Bytes
    box: TrackBox

    @property
    def ink(self) -> Bytes:
        """Distance from white, 0 to 255, shape (height, width)."""
        ink: Bytes = 255 - self.clean.min(axis=2)
        return ink


def cut(image: Image.Image, layout: Layout, track: int, left: int = 0) -> Picture:
    """The box of a track, and so many pixels `left` of it."""
    box = layout.box(track)
    part = np.asarray(image.crop((box.x0 - left, box.y0, box.x1, box.y1)).convert("RGB"))
    return Picture(part, untint(part, box.x0 - left, layout.highlights), box)
