"""The log scale of contact maps: how dark a share of the top is."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

LOG_STRENGTH = 30.0
"""How strongly the log scale lifts rare contacts: a thirtieth of the top is a fifth as dark."""


def darkness(share: Array) -> Array:
    """How dark, 0 to 1, shares of the top are."""
    dark: Array = np.log1p(LOG_STRENGTH * share) / np.log1p(LOG_STRENGTH)
    return dark


def share_of(darkness: Array) -> Array:
    """The share of the top that is so dark: the inverse."""
    share: Array = np.expm1(darkness * np.log1p(LOG_STRENGTH)) / LOG_STRENGTH
    return share
