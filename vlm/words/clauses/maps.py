"""Clauses on rows that are no filled signal: links, contact maps, boxes. As `clauses`, no word of a language."""

from __future__ import annotations

from dataclasses import dataclass

from vlm.words.clauses.clause import Clause
from vlm.words.parts import Place, Tracks


@dataclass(frozen=True)
class Linked(Clause):
    """Pairs of places that a row of links joins: `total` of them; of too many only the widest is here."""

    who: Tracks
    pairs: tuple[tuple[float, float], ...]
    total: int


@dataclass(frozen=True)
class Anchored(Clause):
    """A link whose anchors lie at peaks of a signal, within `reach` bp: where they are and how high. `strongest`: they
    are the two highest of the window. `genes` lie wholly between the anchors."""

    who: Tracks
    signal: Tracks
    anchors: tuple[tuple[int, int], tuple[int, int]]
    peaks: tuple[Place, Place]
    reach: int
    strongest: bool = False
    genes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Encloses(Clause):
    """A link and the genes that lie wholly between its anchors."""

    who: Tracks
    anchors: tuple[tuple[int, int], tuple[int, int]]
    genes: tuple[str, ...]


@dataclass(frozen=True)
class Leaving(Clause):
    """How many links of a row leave the window; `inside` do not."""

    who: Tracks
    number: int
    inside: int = 0


@dataclass(frozen=True)
class Boundaries(Clause):
    """Domain boundaries of a contact map: `total` of them; of too many only the strongest are here."""

    who: Tracks
    at: tuple[int, ...]
    total: int


@dataclass(frozen=True)
class Marked(Clause):
    """The stretches that rows of intervals mark."""

    who: Tracks
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class WholeWindow(Clause):
    """Rows whose one interval spans the window."""

    who: Tracks


@dataclass(frozen=True)
class Intervals(Clause):
    """How many intervals each row has."""

    rows: tuple[tuple[int, Tracks], ...]
