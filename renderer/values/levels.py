"""How high a signal is at a place, in the units of its file, and how two tracks or groups compare there: values only.

A place is what a comparison speaks of: the start of a gene, its body, an exon, a stretch that stands out in some track,
the whole window. Coordinates are 0-based and half-open.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

START_REACH = 1_000
"""The start of a gene reaches this far (bp) to each side: what is here is at the promoter."""

STATE_REACH = 100
"""The chromatin state of a start is that of so many bases (bp) to each side: states come by the nucleosome."""

PlaceKind = Literal[
    "window", "start", "body", "exon", "span", "side", "interval", "loop", "flank", "anchor", "upstream", "downstream"
]


@dataclass(frozen=True)
class Place:
    """A stretch of the window that tracks are measured over. `name` is the gene's or interval's; `exon` counts from 1
    in the direction of transcription; `coding`: the gene codes for a protein, as far as the annotation says. A "side"
    is what lies `left` or `right` (its name) of the viewpoint of chromosome contacts, its own ground left out. A "loop"
    is what lies between the anchors of a link, a "flank" what lies `left` or `right` of them, as far as the loop is
    long, and stands behind its loop; an "anchor" is one foot of a link. "upstream" and "downstream" are the parts of a
    gene before and after the place inside it where its transcription steps up.
    """

    kind: PlaceKind
    start: int
    end: int
    name: str = ""
    strand: str = "."
    exon: int | None = None
    coding: bool = True


@dataclass(frozen=True)
class Level:
    """One signal over one place, in file units.

    `mean` is over every base of the place in the window: bases without a value count as 0 where the signal is counted
    from reads, else they are left out. `maximum` is the highest single base (the lowest, of a signal that lies below
    0), at `summit`. `covered` is the share of bases with a value.
    """

    mean: float
    maximum: float
    summit: int | None
    covered: float


@dataclass(frozen=True)
class Standing:
    """How the highest peak of a signal stands over all the rest of the window: its highest base `top` at `summit`, and
    `next`, the highest base outside [start, end), at `next_at`; in file units."""

    summit: int
    top: float
    start: int
    end: int
    next: float
    next_at: int | None


@dataclass(frozen=True)
class Beyond:
    """How far the signal of a gene's strand goes on past its 3' end (`end`, a boundary between bases): `reach` bp, 0 if
    it is gone there, with its `mean` over those (file units), and `body`, that over the gene behind its start. `cut`:
    there the next gene of the strand begins, the signal steps up again, or the window ends."""

    gene: str
    strand: str
    end: int
    reach: int
    mean: float
    body: float
    cut: bool = False


@dataclass(frozen=True)
class ClassLevel:
    """The mean of a signal (file units) over all stretches of the window that the row `row` gives one `name`, which
    take this `share` of the window."""

    row: int
    name: str
    share: float
    mean: float


@dataclass(frozen=True)
class Overlap:
    """How many of the `total` intervals of row `one` that the window shows share a base with any of row `other`."""

    one: int
    other: int
    count: int
    total: int


@dataclass(frozen=True)
class Likeness:
    """How alike two signals run along the window: the correlation `r` (Pearson) of their means in `bins` bins of
    `width` bp that both have a value in."""

    one: int
    other: int
    r: float
    width: int
    bins: int


@dataclass(frozen=True)
class Depth:
    """What is known of the depth of two tracks against each other.

    `ratio`: first over second, of a feature that both share alike; 1 for tracks on one declared scale. `source`:
    "declared" (a normalisation or a scale group), "features" (the median over `count` shared features, which agree),
    "unknown".
    """

    ratio: float
    source: Literal["declared", "features", "unknown"]
    count: int = 0


@dataclass(frozen=True)
class Difference:
    """How the first side compares with the second over a place; `first` and `second` are levels in file units, means of
    the members of a group, which range over [`least`, `most`] each. `fold` is first over second, as in the files;
    `adjusted` the same after `depth`; None where the lower side is so near 0 that no fold can be told: `at_least`
    holds then. `differs` is the verdict of `renderer.values.differences`.
    """

    first: float
    second: float
    first_range: tuple[float, float]
    second_range: tuple[float, float]
    fold: float | None
    adjusted: float | None
    at_least: float | None
    differs: bool
    alike: bool
