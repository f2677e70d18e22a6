"""Clauses on what tracks were made to compare. As `clauses`, no word of a language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from renderer.assays.states import Family
from vlm.words.clauses.clause import Clause
from vlm.words.parts import Pair, Part, Share, Side, Stretch, Tracks

# --- what the tracks were made to compare

NEAR = 1.3
"""Neighbours in a course that differ by less are told together."""


@dataclass(frozen=True)
class Differs(Clause):
    """One side is higher than the other over a stretch, by `fold`; where the lower side is next to 0, by `at_least`.

    `peak`: the highest bases are compared, else means. `factor`: what the sides differ in; of 'control' the lower side
    is the control of the higher, of 'strand' the sides are named '+' and '-'.
    """

    assay: str
    over: Stretch
    high: Side
    low: Side
    fold: float | None
    at_least: float | None
    peak: bool = False
    factor: str | None = None


@dataclass(frozen=True)
class Alike(Clause):
    """Two sides are as high as each other."""

    assay: str
    over: Stretch
    first: Side
    second: Side
    peak: bool = False


@dataclass(frozen=True)
class Course(Clause):
    """How the mean over a stretch goes over ordered conditions; `standing`: how many times the window's it is in each,
    and whether that rises or falls throughout."""

    assay: str
    over: Stretch
    way: Literal["rises", "falls", "changes"]
    sides: tuple[Side, ...]
    standing: tuple[float, ...] = ()
    standing_way: str | None = None

    @property
    def highest(self) -> tuple[Side, ...]:
        """The side with the highest level, with those beside it that NEAR times do not part from it."""
        top = max(range(len(self.sides)), key=lambda at: self.sides[at].value)
        first, last = top, top + 1
        while first and self.sides[top].value < NEAR * self.sides[first - 1].value:
            first -= 1
        while last < len(self.sides) and self.sides[top].value < NEAR * self.sides[last].value:
            last += 1
        return self.sides[first:last]


@dataclass(frozen=True)
class HigherAt(Clause):
    """Where one condition is higher than another, at several places."""

    assay: str
    high: str
    low: str
    pairs: tuple[Pair, ...]
    peak: bool = False


@dataclass(frozen=True)
class ProfilesAlike(Clause):
    """Two conditions run alike along the window: the correlation of their bins, `width` bp each."""

    assay: str
    first: str
    second: str
    r: float
    width: int


@dataclass(frozen=True)
class Highest(Part):
    """Conditions that are highest at one place, from `first` to `last`, in a gene or none."""

    names: tuple[str, ...]
    first: int
    last: int
    gene: str | None = None


@dataclass(frozen=True)
class SummitMoves(Clause):
    """Where the highest base lies, by condition in their order; `timed`: these are times or doses."""

    assay: str
    places: tuple[Highest, ...]
    timed: bool = False


@dataclass(frozen=True)
class Balance(Clause):
    """How many times as high as the other side a viewpoint's contacts are on its right, by condition. `turns`: one
    leans to the right, the other to the left."""

    ratios: tuple[tuple[str, float], ...]

    @property
    def turns(self) -> bool:
        """Whether the conditions lean to unlike sides."""
        return min(ratio for _, ratio in self.ratios) < 1 < max(ratio for _, ratio in self.ratios)


@dataclass(frozen=True)
class Absent(Clause):
    """The highest bases of tracks at the starts of genes, over all of them, or at peaks of another track, where they
    are low."""

    genes: tuple[str, ...]
    most: tuple[tuple[Tracks, float], ...]
    starts: bool = True
    peaks: tuple[int, ...] = ()


@dataclass(frozen=True)
class NotDescribed(Clause):
    """Tracks of which the caption says nothing."""

    who: Tracks


@dataclass(frozen=True)
class FamilyShare(Part):
    """The share of the window under a family of states, and the one state that is most of it, if one is."""

    family: Family
    share: float
    name: str | None = None


@dataclass(frozen=True)
class InStates(Clause):
    """What states a row gives stretches, by the share of their bases; stretches with the same shares together.
    `states`: chromatin states; else other classes, as of domains. `families` of states are told of the window, the
    largest first, active ones among them."""

    who: Tracks
    places: tuple[tuple[tuple[Stretch, ...], tuple[Share, ...]], ...]
    states: bool = True
    families: tuple[FamilyShare, ...] = ()


@dataclass(frozen=True)
class StatesDiffer(Clause):
    """What states two rows give one stretch; `row`: what both are called, beside the samples that name them."""

    over: Stretch
    first: str
    first_shares: tuple[Share, ...]
    second: str
    second_shares: tuple[Share, ...]
    row: str = ""
