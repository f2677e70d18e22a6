"""Clauses on groups of samples: what replicates share, and what all of one group have and none of another. As
`clauses`, no word of a language."""

from __future__ import annotations

from dataclasses import dataclass

from vlm.words.clauses.clause import Clause
from vlm.words.parts import Side, Stretch, Tracks


@dataclass(frozen=True)
class Agree(Clause):
    """Replicates of one assay agree over the window: one side a condition."""

    assay: str
    sides: tuple[Side, ...]


@dataclass(frozen=True)
class OutOfLine(Clause):
    """One replicate of a condition (`name`, '' if it has none) is unlike the others, whose levels range over [`least`,
    `most`]; of `count` replicates, 2 of them being the higher one and the lower."""

    who: Tracks
    name: str
    over: Stretch
    value: float
    least: float
    most: float
    count: int


@dataclass(frozen=True)
class OnlyInGroup(Clause):
    """A peak that every sample of the first side has and none of the second; heights are highest bases. `sample`: the
    sides are samples, else conditions with their replicates."""

    assay: str
    over: Stretch
    first: Side
    second: Side
    sample: bool
