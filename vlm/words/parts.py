"""What clauses are made of, as values: who, where, how many. No word of any language.

Positions are 0-based base pairs of the window's chromosome, intervals half-open; whoever renders rounds them to what
the window shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

MANY = 10
"""Above this many peaks a number says no more than 'many'."""


BROAD = 10_000
"""A domain of so many bases is broad; a shorter one is but a raised stretch."""


@dataclass(frozen=True)
class Part:
    """Anything that a language has a method for."""


@dataclass(frozen=True)
class Strands(Part):
    """Both strands of one assay, as one item of a list. `label` is without its strand."""

    label: str


@dataclass(frozen=True)
class Together(Part):
    """All replicates of one condition, as one item of a list. `label` is without their numbers."""

    label: str


@dataclass(frozen=True)
class Tracks(Part):
    """Tracks by their short labels; `count` of them, which is more than the items where strands or replicates are
    one."""

    items: tuple[str | Strands | Together, ...]
    count: int

    @property
    def many(self) -> bool:
        """Whether the verb is a plural."""
        return self.count > 1

    @property
    def paired(self) -> bool:
        """Whether the list begins with two strands, so that a further 'both' or 'each' would stumble."""
        return isinstance(self.items[0], Strands)


@dataclass(frozen=True)
class They(Part):
    """All of the tracks that the sentence before spoke of."""

    count: int

    @property
    def many(self) -> bool:
        """Whether the verb is a plural."""
        return self.count > 1


PlaceKind = Literal["near", "between", "promoter", "tss", "internal_tss", "beside_tss", "gene", "some_tss", "some_gene"]
"""What a place is: a bare position, one between genes, at the promoter or another start of `genes`, within a gene; or
at the start of, or within, a gene that has no name."""


@dataclass(frozen=True)
class Place(Part):
    """Where a peak is. `at` is its position; None where the gene says enough. `heights` are the highest bases of the
    tracks it is told of, in their order and in file units; none where one is not known. Between genes `genes` are
    those on its left and right, if both are in view. `offset`: bp from the first gene's start to the highest base,
    along the gene. `antisense`: the signal is that of the other strand. `runs`: so many of the heights, one after the
    other, are those of replicates."""

    spot: PlaceKind
    genes: tuple[str, ...] = ()
    at: float | None = None
    heights: tuple[float, ...] = ()
    offset: int | None = None
    antisense: bool = False
    runs: tuple[int, ...] = ()


@dataclass(frozen=True)
class PlaceGroup(Part):
    """Places of one kind: at starts of genes, each with its own, or several between or within the same genes."""

    places: tuple[Place, ...]

    @property
    def shared(self) -> bool:
        """Whether the same genes say where all of them are."""
        return len({place.genes for place in self.places}) == 1 and bool(self.places[0].genes)


def grouped(places: tuple[Place, ...]) -> tuple[PlaceGroup, ...]:
    """Places as they are listed: those of one kind together, in the order of the first of each."""
    groups: dict[tuple[object, ...], list[Place]] = {}
    for place in places:
        own = place.genes if place.spot in ("between", "gene") else len(place.genes) > 1
        groups.setdefault((place.spot, place.antisense, own), []).append(place)
    return tuple(PlaceGroup(tuple(group)) for group in groups.values())


@dataclass(frozen=True)
class Stretch(Part):
    """What levels are told of: the window, a gene's start or body, its exons, one exon of it, its part up- or
    downstream of a place in it, an element or a side of a viewpoint by its name (`gene`), or a nameless stretch, which
    may be where a row (`peak_of`) has its strongest peak."""

    kind: Literal[
        "window",
        "start",
        "body",
        "exons",
        "exon",
        "span",
        "side",
        "interval",
        "loop",
        "flank",
        "anchor",
        "upstream",
        "downstream",
    ]
    start: int
    end: int
    gene: str | None = None
    exon: int | None = None
    peak_of: Tracks | None = None


@dataclass(frozen=True)
class Side(Part):
    """One side of a comparison: a condition with its level in file units, the mean of `count` replicates that range
    over [least, most]."""

    name: str
    value: float
    count: int = 1
    least: float = 0.0
    most: float = 0.0


@dataclass(frozen=True)
class Links(Part):
    """A row of links: what is left of its label (`name`) beside the word for one of them, `noun`."""

    name: str
    noun: Literal["loop", "link"]


@dataclass(frozen=True)
class Share(Part):
    """A share of a stretch under one name."""

    name: str
    share: float


@dataclass(frozen=True)
class Pair(Part):
    """The levels of two sides at a stretch; of replicates their range is told."""

    over: Stretch
    high: Side
    low: Side


@dataclass(frozen=True)
class Compared(Part):
    """What a figure sets against each other: an assay in conditions, by their names, which differ in `factor`."""

    assay: str
    names: tuple[str, ...]
    factor: str


@dataclass(frozen=True)
class Others(Part):
    """Where peaks beside those already told are: at `places`, which hold `shown` of them. `whole`: that is all."""

    places: tuple[Place, ...]
    shown: int
    whole: bool
    number: int | None


@dataclass(frozen=True)
class Count(Part):
    """A number of clear peaks; where none is known (None), whether there are several."""

    number: int | None
    several: bool = False


@dataclass(frozen=True)
class Above(Part):
    """How many times as high as anything else in the window a peak is; None: next to nothing else is there."""

    fold: float | None


@dataclass(frozen=True)
class Held(Part):
    """The share of a track's signal in the window that a domain holds, or the `gene` it lies in; and how many times
    the rest of the window the mean is there (None: the rest is next to nil)."""

    share: float
    fold: float | None
    gene: str | None = None


Edge = Literal["left", "right", "both"]


@dataclass(frozen=True)
class Extent(Part):
    """A broad domain: the edges of the window that cut it, whether the end of the data does (`cut`), and the genes it
    covers (`more` than named), or lies in. Of a mark of promoters the genes whose start it holds, if it is no longer
    than a promoter may be."""

    start: int
    end: int
    edge: Edge | None = None
    cut: bool = False
    promoters: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()
    more: bool = False
    within: str | None = None

    @property
    def broad(self) -> bool:
        """Whether it is called broad."""
        return self.end - self.start >= BROAD


@dataclass(frozen=True)
class Stranded(Part):
    """Genes of one strand ('+', '-' or '.')."""

    strand: str
    genes: tuple[str, ...]


def with_one_unit(names: tuple[str, ...]) -> list[str]:
    """'0', '1', '3 h' of '0 h', '1 h', '3 h': a unit that all share is said with the last."""
    parted = [name.rsplit(" ", 1) for name in names]
    units = {part[1] for part in parted if len(part) == 2}
    if len(units) == 1 and all(len(part) == 2 and part[0].replace(".", "").isdigit() for part in parted):
        return [*(part[0] for part in parted[:-1]), names[-1]]
    return list(names)
