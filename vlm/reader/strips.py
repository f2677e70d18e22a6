"""A drawn track as the model's input: its box cut from the figure by the Layout, as ink on a small grey strip.

Colour, theme and size are taken away here (ink = distance from white, scaled to a fixed size), so the model sees
only the shape. A track drawn downwards from zero is flipped; of one drawn both ways the upper side is kept, in which
peaks are measured; of a contact map the part near its diagonal, in which boundaries are.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

from renderer.values.layout import Layout, TrackBox, untint

HEIGHT, WIDTH = 64, 512
"""Pixels of a strip. Two columns of a 1000-column track share a pixel; a location bin is four pixels wide."""

PATCH, MERGE = 16, 2
"""Pixels of a patch, and patches merged into one visual token in each direction."""

GRID = (HEIGHT // PATCH, WIDTH // PATCH)
TOKENS = GRID[0] * GRID[1] // MERGE**2

Ink = npt.NDArray[np.uint8]


FAINTEST = 16
"""Ink up to this is the antialiasing of empty paper."""

CONTACT_REACH = 0.08
"""Share of the width above the diagonal of a contact map: what tells boundaries (`renderer.measure.contacts.DIAMOND`)
and half as much again."""


def cut_strip(image: Image.Image, layout: Layout, track: int, kind: str = "signal") -> Ink:
    """The strip of a track: shape (HEIGHT, WIDTH), 0 = paper, 255 = the darkest ink in its box."""
    return to_strip(cut_ink(image, layout, track, kind))


def cut_ink(image: Image.Image, layout: Layout, track: int, kind: str = "signal") -> Ink:
    """The ink of a track's box at the size it was drawn, upright, highlights taken away; `kind` is that of the track.

    Ink is 255 - the darkest channel: any colour is as dark as black. In a contact map, whose one hue has its numbers in
    its lightness, it is 255 - the mean of the channels.
    """
    box = layout.box(track)
    top, bottom = _near_diagonal(box) if kind == "contacts" else _upright_part(box)
    part = np.asarray(image.crop((box.x0, top, box.x1, bottom)).convert("RGB"))
    clean = untint(part, box.x0, layout.highlights, top)
    ink: Ink = 255 - (clean.mean(axis=2).astype(np.uint8) if kind == "contacts" else clean.min(axis=2))
    return ink[::-1] if _is_down(box) else ink


def is_empty(ink: Ink) -> bool:
    """Whether nothing at all is drawn: even a signal of zeros has its line, and a row without data says so."""
    return int(ink.max(initial=0)) <= FAINTEST


def to_strip(ink: Ink) -> Ink:
    """Ink of any size at the model's size, with its darkest pixel at 255."""
    darkest = int(ink.max(initial=0))
    if darkest > FAINTEST:
        ink = (ink.astype(np.uint16) * 255 // darkest).astype(np.uint8)
    resized = Image.fromarray(np.ascontiguousarray(ink)).resize((WIDTH, HEIGHT), Image.Resampling.BOX)
    return np.asarray(resized)


def _is_down(box: TrackBox) -> bool:
    return box.vmin is not None and box.vmax is not None and box.vmin < 0 >= box.vmax


def _upright_part(box: TrackBox) -> tuple[int, int]:
    """The rows of the box from zero to the end of its upper side; all, if there is only one side."""
    if box.vmin is None or box.vmax is None or box.vmin >= 0 or box.vmax <= 0:
        return box.y0, box.y1
    return box.y0, max(box.y0 + 1, round(box.y0 + box.vmax / (box.vmax - box.vmin) * (box.y1 - box.y0)))


def _near_diagonal(box: TrackBox) -> tuple[int, int]:
    return max(box.y0, box.y1 - max(1, round(CONTACT_REACH * (box.x1 - box.x0)))), box.y1


def to_patches(strips: npt.NDArray[np.uint8], patch: int = PATCH, merge: int = MERGE) -> npt.NDArray[np.float32]:
    """Strips (n, height, width) as the vision tower takes them: (n * patches, patch * patch), in [-1, 1].

    Patches are ordered by merged block, as Qwen-VL image processors order them.
    """
    n, height, width = strips.shape
    rows, cols = height // patch // merge, width // patch // merge
    blocks = strips.reshape(n, rows, merge, patch, cols, merge, patch)
    ordered = blocks.transpose(0, 1, 4, 2, 5, 3, 6).reshape(-1, patch * patch)
    return (ordered.astype(np.float32) / 127.5) - 1.0
