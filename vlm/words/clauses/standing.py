"""Clauses on signals in the classes of rows, and on rows over one another. As `clause`, no word of a language."""

from __future__ import annotations

from dataclasses import dataclass

from vlm.words.clauses.clause import Clause
from vlm.words.parts import Part, Place, Tracks


@dataclass(frozen=True)
class HighestBase(Clause):
    """Where a track has its highest single base, and how high (file units), where no peak is the strongest by bases,
    columns and kilobases alike. Of two places the one has the highest base, the other is the strongest by the rest."""

    who: Tracks
    places: tuple[Place, ...]


@dataclass(frozen=True)
class ClassPair(Part):
    """A signal has `fold` times the mean in the class `high` of a row that it has in the class `low`; both means in
    file units. None: next to nothing is in `low`."""

    who: Tracks
    high: str
    low: str
    means: tuple[float, float]
    fold: float | None


@dataclass(frozen=True)
class ClassLevels(Clause):
    """In which classes of a row signals are high, and in which low."""

    row: Tracks
    pairs: tuple[ClassPair, ...]


@dataclass(frozen=True)
class NoDataOver(Clause):
    """Tracks whose files have no data for stretches."""

    who: Tracks
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Overlapping(Clause):
    """Of the intervals of rows, how many of how many meet intervals of another row."""

    other: Tracks
    rows: tuple[tuple[Tracks, int, int], ...]
