"""Arcs of a row of links, traced in the picture: feet below the anchors, and the half ellipse that joins two of them.

The shape is the drawn one (`renderer.figure.rows.links`): all arcs of a row hang in one scale, the deeper the wider
they are, and the widest that lies within the window fills the row. Looks at pixels alone. The model tells whether
there are few enough arcs to be traced; which feet an arc joins the ink tells better than its words (see NOTES.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from vlm.reader.strips import Ink, is_empty

ROW, ANCHORS = 1.05, 0.07
"""The height of the row, and where its anchors end, in the unit in which the deepest arc ends at 1."""

FEET = (0.088, 0.125)
"""Depths between which feet are looked for: an arc of any width still stands upright there."""

FAINT = 0.14
"""Ink over the darkest of the row that is a line and not the soft edge of one."""

MOST_FEET = 40
"""Of more, nothing is traced: who sees so many does not point at one."""

POINTS, ENDS = 66, 3
"""Places of a path, and those at either end, inside the anchors, that are left out."""

WEAKEST = 0.08
"""A path is inked if all but so much of it is, to within a pixel ..."""

EVEN = 0.15
"""... and even as far as all but so much of it, to the pixel, has the ink of its middle."""

LEAST, LINE, SCALES = 0.25, 0.4, 12
"""Evenness from which a path is an arc as a rule, of one that tells the scale of the row, and scales that are tried."""

NARROWEST = 0.012
"""Feet nearer to each other, as shares of the width, are as a rule the two sides of one line."""

BESIDE, BESIDE_SHARE = 4, 0.3
"""So many pixels above and below a line there is paper: this share of the ink there is taken from its evenness. A path
across other arcs has as much beside it as on it."""

APART = 1 / 128
"""Of arcs with both feet this near to each other, in shares of the width, the surest is kept."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Traced:
    """An arc between two places of the picture, as shares of its width, and how even the ink of its path is, 0 to 1."""

    left: float
    right: float
    even: float


def trace(ink: Ink) -> list[Traced]:
    """The arcs of a row, shape (height, width) as it was drawn, the surest first; of those that start and end in the
    same places the surest."""
    if is_empty(ink):
        return []
    picture = ink.astype(np.float64) / ink.max()
    feet = _feet(picture)
    if not 2 <= len(feet) <= MOST_FEET:
        return []
    least = max(2.0, NARROWEST * picture.shape[1])
    pairs = np.array([pair for pair in combinations(feet, 2) if pair[1] - pair[0] >= least])
    if not len(pairs):
        return []
    found = max((_inside(picture, pairs, widest) for widest in _widest(picture, pairs)), key=_weight, default=[])
    return _apart(sorted(found, key=lambda one: -one.even))


def _inside(picture: Floats, pairs: Floats, widest: float) -> list[Traced]:
    """The arcs of a row in whose scale one of this width fills it."""
    inside = pairs[pairs[:, 1] - pairs[:, 0] <= widest + 1.5]
    paths = _Paths(picture, inside, np.minimum(1.0, np.sqrt((inside[:, 1] - inside[:, 0]) / widest)))
    some = (paths.ink > FAINT) & (paths.even >= LEAST)
    shares = (inside[some] / picture.shape[1]).tolist()
    return [Traced(left, right, one) for (left, right), one in zip(shares, paths.even[some].tolist(), strict=True)]


def _weight(found: list[Traced]) -> float:
    """How much of a row a scale explains: in a wrong one paths leave the lines."""
    return sum(one.even for one in found if one.even >= LINE)


def _feet(picture: Floats) -> list[float]:
    """Columns in which a line stands right below the anchors."""
    height = len(picture)
    first = int(np.floor(FEET[0] / ROW * height))
    band = picture[first : max(first + 1, int(np.ceil(FEET[1] / ROW * height)))].min(axis=0)
    changes = np.flatnonzero(np.diff(np.concatenate([[0], (band > FAINT).astype(int), [0]])))
    feet: list[float] = []
    for start, end in changes.reshape(-1, 2).tolist():
        parts = max(1, round((end - start) / 3))
        width = (end - start) / parts
        feet += [start + (number + 0.5) * width for number in range(parts)]
    return feet


def _widest(picture: Floats, pairs: Floats) -> list[float]:
    """Widths that the widest arc may have, that which fills the row: those of the most even paths that would."""
    paths = _Paths(picture, pairs, np.ones(len(pairs)))
    full = np.flatnonzero(paths.ink > FAINT)
    best = full[np.argsort(-paths.even[full], kind="stable")][:SCALES]
    widths = pairs[best, 1] - pairs[best, 0]
    return sorted(set(widths.tolist()), reverse=True)


class _Paths:
    """The half ellipses between pairs of columns (n, 2), as deep as `depths` (n,), on a picture."""

    def __init__(self, picture: Floats, pairs: Floats, depths: Floats) -> None:
        self.picture = picture
        height, width = picture.shape
        angle = np.linspace(0, np.pi, POINTS)[ENDS:-ENDS]
        x = pairs[:, :1] + (pairs[:, 1:] - pairs[:, :1]) * (1 - np.cos(angle)) / 2
        y = (ANCHORS + (1 - ANCHORS) * depths[:, None] * np.sin(angle)) / ROW * height
        self.column = np.clip(np.floor(x).astype(int), 1, width - 2)
        self.row = np.clip(np.floor(y).astype(int), 1, height - 2)
        near = [picture[self.row + up, self.column + aside] for up in (-1, 0, 1) for aside in (-1, 0, 1)]
        self.near: Floats = np.max(near, axis=0)

    @property
    def ink(self) -> Floats:
        """What all but the weakest places of each path have, shape (n,)."""
        weakest: Floats = np.quantile(self.near, WEAKEST, axis=1)
        return weakest

    @property
    def even(self) -> Floats:
        """How much like one line on paper each path is, shape (n,), from 0 to 1."""
        last = len(self.picture) - 1
        middle = np.median(self.near, axis=1) + 1e-9
        on = np.quantile(self.picture[self.row, self.column], EVEN, axis=1) / middle
        rows = [np.clip(self.row + away, 0, last) for away in (-BESIDE, BESIDE)]
        beside = np.max([self.picture[row, self.column] for row in rows], axis=0).mean(axis=1) / middle
        even: Floats = np.clip(on - BESIDE_SHARE * beside, 0.0, 1.0)
        return even


def _apart(ranked: list[Traced]) -> list[Traced]:
    """Without those whose both feet lie by the feet of a surer one: to the eye they are one arc."""
    kept: list[Traced] = []
    for one in ranked:
        near = (max(abs(one.left - other.left), abs(one.right - other.right)) < APART for other in kept)
        if not any(near):
            kept.append(one)
    return kept
