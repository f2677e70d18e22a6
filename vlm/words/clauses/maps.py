"""Clauses on rows that are no filled signal: links, contact maps, boxes. As `clauses`, no word of a language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from renderer.assays.states import Family
from vlm.words.clauses.clause import Clause
from vlm.words.parts import Links, Place, Tracks

Span = tuple[int, int]
Anchors = tuple[Span, Span]

# --- links


@dataclass(frozen=True)
class Linked(Clause):
    """Pairs of places that a row of links joins: `total` of them; of too many only the widest is here. `number` links
    join them."""

    who: Links
    pairs: tuple[tuple[float, float], ...]
    total: int
    number: int = 1


@dataclass(frozen=True)
class Anchored(Clause):
    """Peaks of a signal at which links are anchored, so many of each of these rows, at both ends and within `reach` bp.

    `anchors` are those of the first. `strongest`: they are the two highest of the window. `genes` lie wholly between
    the anchors.
    """

    who: tuple[tuple[Links, int], ...]
    signal: Tracks
    anchors: Anchors
    peaks: tuple[Place, Place]
    reach: int
    strongest: bool = False
    genes: tuple[str, ...] = ()


@dataclass(frozen=True)
class SameStretch(Clause):
    """Rows of intervals one of which begins and ends where the link told before does."""

    who: Tracks


@dataclass(frozen=True)
class LoneAnchor(Clause):
    """A further link from the peak at `peak`, whose other anchor (`bare`) has at most `most` of the signal; it may lie
    `tss_bp` from the start of a gene. `again`: a link of its row was told before."""

    who: Links
    signal: Tracks
    peak: Place
    bare: Span
    most: float
    tss: str | None = None
    tss_bp: int = 0
    again: bool = False


@dataclass(frozen=True)
class Hub(Clause):
    """A place where many links of a row end, `inside` of them wholly in the window, and genes at their other ends; it
    may be `reach` bp from a peak of a signal."""

    who: Links
    at: int
    number: int
    inside: int
    genes: tuple[str, ...] = ()
    signal: Tracks | None = None
    peak: Place | None = None
    reach: int = 0


@dataclass(frozen=True)
class Encloses(Clause):
    """A link and the genes that lie wholly between its anchors."""

    who: Links
    anchors: Anchors
    genes: tuple[str, ...]


@dataclass(frozen=True)
class Leaving(Clause):
    """How many links of each row leave the window, and how many do not."""

    rows: tuple[tuple[Links, int, int], ...]

    @property
    def all(self) -> bool:
        """Whether no link of these rows has both ends in the window."""
        return not any(inside for _, _, inside in self.rows)

    @property
    def total(self) -> int:
        """Links that leave it."""
        return sum(number for _, number, _ in self.rows)


@dataclass(frozen=True)
class FamilyShares(Clause):
    """The share of a family of states inside a loop, and on either side of it by the name of the side."""

    family: Family
    inside: float
    outside: tuple[tuple[Literal["left", "right"], float], ...]


@dataclass(frozen=True)
class StatesChange(Clause):
    """How families of states change at the ends of a loop; `span` is what lies between its anchors, None if these were
    told before."""

    who: Tracks
    span: Span | None
    families: tuple[FamilyShares, ...]


# --- contact maps


@dataclass(frozen=True)
class Boundaries(Clause):
    """Domain boundaries of a contact map: `total` of them; of too many only the strongest are here. `across` and
    `beside` are the contacts of a pair of bins across each, and at the same distances next to it; none if they are not
    known."""

    who: Tracks
    at: tuple[int, ...]
    total: int
    across: tuple[float, ...] = ()
    beside: tuple[float, ...] = ()


@dataclass(frozen=True)
class Minima(Clause):
    """Minima of a score that is low where domains are parted, with the score, `total` of them, of too many only the
    lowest; and the lowest of all, if each of its `sizes` columns has its lowest score there."""

    who: Tracks
    at: tuple[tuple[int, float], ...]
    total: int
    lowest: int | None = None
    sizes: int = 0


@dataclass(frozen=True)
class EdgesAt(Clause):
    """Both ends of a stretch of a row (of its class `name`, if it has one) lie within `reach` bp of intervals of other
    rows."""

    who: Tracks
    name: str | None
    span: Span
    sites: Tracks
    reach: int


@dataclass(frozen=True)
class BoundariesAt(Clause):
    """So many of the boundaries of the map told before lie within `reach` bp of intervals of other rows."""

    number: int
    total: int
    sites: Tracks
    reach: int


@dataclass(frozen=True)
class BoundaryDiffers(Clause):
    """Boundaries of one map that another lacks: how many times fewer contacts cross each in the first and in the
    second."""

    who: Tracks
    other: Tracks
    at: tuple[tuple[int, float, float], ...]


@dataclass(frozen=True)
class Dots(Clause):
    """Dots of a contact map off its diagonal, each with its fold over its surroundings; of none, the bins (bp) at which
    none stands out. `links` are rows with a link at the first of them."""

    pairs: tuple[tuple[float, float, float], ...]
    bin: int = 0
    links: tuple[Links, ...] = ()


# --- boxes


@dataclass(frozen=True)
class Marked(Clause):
    """The stretches that rows of intervals mark."""

    who: Tracks
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class WholeWindow(Clause):
    """Rows whose one interval spans the window, and all of it, if that is one and goes on beyond."""

    who: Tracks
    outer: Span | None = None


@dataclass(frozen=True)
class HoldPeaks(Clause):
    """Intervals of a row hold so many of the clear peaks of signals."""

    who: Tracks
    signals: tuple[tuple[Tracks, int, int], ...]


@dataclass(frozen=True)
class IntervalRow(Clause):
    """How many intervals a row has; of domains their median length (bp), and the longest of them."""

    who: Tracks
    count: int
    median: int | None = None
    longest: Span | None = None


@dataclass(frozen=True)
class NoLinks(Clause):
    """Rows without a link that touches the window."""

    who: Tracks


@dataclass(frozen=True)
class Intervals(Clause):
    """How many intervals rows have."""

    rows: tuple[IntervalRow, ...]
