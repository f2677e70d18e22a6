"""How many times one level is another: what kinds that say such a fold state, measure and forgive.

A fold above MOST says no more than that there is next to nothing below.
"""

from __future__ import annotations

from vlm.values.claim import Verdict

MOST = 90.0

FOLD_SHARE = 0.15
"""A fold that is said may be off by this share of the measured one."""


def fold_of(high: float, low: float) -> float | None:
    """The magnitude of one level over that of another; None where that is above MOST, or there is nothing below."""
    fold = abs(high) / abs(low) if low else None
    return None if fold is None or fold > MOST else fold


def said_as(high: float, low: float) -> float:
    """The fold as a claim says it: MOST for one above."""
    fold = fold_of(high, low)
    return MOST if fold is None else round(fold, 2)


def measured_as(fold: float | None) -> float | None:
    """The fold as a verdict holds it."""
    return None if fold is None else float(f"{fold:.4g}")


def judge(said: float | None, fold: float | None, least: float) -> Verdict:
    """Whether a fold holds that reaches `least` and is what is `said`, if anything is; one above MOST need only be said
    to be that."""
    if fold is None:
        holds = said is None or said >= MOST
    else:
        holds = fold >= least and (said is None or abs(said - fold) <= FOLD_SHARE * fold)
    return "supported" if holds else "contradicted"
