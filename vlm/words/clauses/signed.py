"""Clauses on signals that lie on both sides of 0, and on dips. As `clauses`, no word of a language."""

from __future__ import annotations

from dataclasses import dataclass

from vlm.words.clauses.clause import Clause
from vlm.words.parts import Tracks


@dataclass(frozen=True)
class OneSide(Clause):
    """Stretches of a signal on one side of 0: `total` of them, of many the longest, and the means of all that were
    measured, in file units."""

    above: bool
    spans: tuple[tuple[int, int], ...]
    means: tuple[float, ...]
    total: int


@dataclass(frozen=True)
class BothSides(Clause):
    """Where a signal lies above 0, and where below."""

    who: Tracks
    sides: tuple[OneSide, ...]


@dataclass(frozen=True)
class Troughs(Clause):
    """Places where a signal dips, with its lowest column in each, and the mean of the window, in file units. `rising`
    are tracks that peak in all of them. `again`: the sentence spoke of the track before."""

    who: Tracks
    at: tuple[tuple[int, float], ...]
    mean: float | None = None
    rising: Tracks | None = None
    again: bool = False
