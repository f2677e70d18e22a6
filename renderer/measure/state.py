"""The one word for a signal track in a window: flat, noisy or signal, and the words that are near.

It gets what the eye follows and what is usual in the file; no pixels, no labels. What stands out is found elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from renderer.measure.updown import FOLD
from renderer.values.background import Background
from renderer.values.evidence import State
from renderer.values.spans import Raised

FLAT_HEIGHT = 0.08
"""A track whose envelope varies by less than this is flat: 5 px of a 60 px track."""

MARGIN = 1.3
"""A state that changes if its thresholds move by this factor is near another: two people could differ."""

USUAL_SHARE = 0.99
"""A window without a salient peak or domain is low if no column of it is above what so many of the file's are ..."""

TOP_SHARE, ELSEWHERE = 0.9999, 2.0
"""... and the file's highest columns are so many times as high: a profile of hills has them everywhere."""

NOISE_ROUGHNESS = 0.04
"""Noise is rough: the envelope turns (second difference of its bins) by this on average. The hills of replication
timing are raised, not noisy: they turn by 0.01 to 0.02, real noise by more than 0.1."""

NOISE_CONTRAST = 3.5
"""A rough track may be called noisy beside its peaks if none is this many times the median envelope."""

RELIEF = 10.0
"""A rough track whose tallest span is so many times the median envelope is not noisy: that span is what one sees. The
envelopes of 15 inputs reached 1.7 to 8.3 times their median."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Seen:
    """One track with data. `envelope` is what the eye follows (shares of the drawn range); `depths` are its columns of
    `width` bp and `file` the background of its file, both in the direction it is drawn."""

    envelope: Array
    depths: Array
    width: float
    file: Background | None
    signed: bool


def with_relief(seen: Seen, raised: Raised) -> Raised:
    """The same, with the tallest span salient where none is, though it is all that one sees."""
    high = bool(raised.spans) and seen.envelope.max() >= RELIEF * float(np.median(seen.envelope))
    if not high or any(span.salient for span in raised.spans) or _is_low(seen):
        return raised
    tallest = max(raised.spans, key=lambda span: span.height)
    return replace(raised, spans=tuple(replace(span, salient=span is tallest) for span in raised.spans))


def state_of(seen: Seen, salient: bool, raised: Raised) -> tuple[State, tuple[State, ...]]:
    """The state, and those it is near. `salient`: something belongs in a caption."""
    envelope = seen.envelope
    reach = float(envelope.max() - envelope.min())
    if reach < FLAT_HEIGHT and not salient:
        return "flat", ()
    near: list[State] = ["flat"] if reach < MARGIN * FLAT_HEIGHT else []
    rough = float(np.mean(np.abs(np.diff(envelope, 2))))
    if salient:
        uneven = rough >= NOISE_ROUGHNESS and envelope.max() < NOISE_CONTRAST * np.median(envelope)
        return "signal", (*near, *(("noisy",) if uneven else ()))
    if _is_low(seen):
        return "flat", ()
    if rough < NOISE_ROUGHNESS:
        return "signal", (*near, *(("noisy",) if rough >= NOISE_ROUGHNESS / MARGIN else ()))
    unsure = bool(raised.spans) or _is_raised(seen) or rough < NOISE_ROUGHNESS * MARGIN
    return "noisy", (*near, *(("signal",) if unsure else ()))


def _is_low(seen: Seen) -> bool:
    """Whether all of the window is what is usual in a file that has far more elsewhere."""
    if seen.file is None or seen.signed:
        return False
    usual, most = seen.file.at(seen.width), float(np.nanmax(seen.depths))
    return most <= min(usual.quantile(USUAL_SHARE), usual.quantile(TOP_SHARE) / ELSEWHERE)


def _is_raised(seen: Seen) -> bool:
    """Whether the window's mean is well above the file's median, though it may hold too little to tell what is usual
    outside."""
    return seen.file is not None and float(np.nanmean(seen.depths)) >= FOLD * seen.file.median > 0
