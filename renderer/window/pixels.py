"""What every reader of contact files gives: the bins of a window and the pixels between them. Knows no format."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

Part = tuple[Integers, Integers, Floats]
"""Pixels: indices of the first and the second bin, first <= second, and the counts, NaN where a bin is masked."""


@dataclass(frozen=True)
class Pixels:
    """What a reader gives: the bins of a window, and the pixels between them, upper triangle, in parts.

    `starts`, `ends`: bp, shape (n,). `valid`: shape (n,), False for a masked bin. `step`: bp of a bin, 0 if they
    differ. A window of a fine map can hold more pixels than memory does, so `parts` are read one after the other.
    """

    starts: Integers
    ends: Integers
    valid: npt.NDArray[np.bool_]
    balanced: bool
    step: int
    parts: Iterable[Part]
