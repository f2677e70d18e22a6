"""What a caption says, as values made of `parts`: one class a clause. No word of any language.

A composer decides what is said and makes these; a language (`en`, `zh`) has one method for each class and asks them,
never a rendered text, what they hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from vlm.words.parts import (
    Above,
    Compared,
    Count,
    Extent,
    Held,
    Others,
    Part,
    Place,
    Stranded,
    They,
    Tracks,
)


@dataclass(frozen=True)
class Clause(Part):
    """Something that can be said."""


# --- how sentences are put together


@dataclass(frozen=True)
class Series(Clause):
    """Clauses of one sentence."""

    clauses: tuple[Clause, ...]


@dataclass(frozen=True)
class Frame(Clause):
    """The window and its genes: `total` of them (None: not known), those named by strand, `others` beside them.

    `inside`: the window lies in the one gene that is named. `samples` are whose tracks they are, if few, and `compared`
    what they were made to compare. `heights`: levels of peaks are told, in file units; `unknown`: levels of files are
    compared whose depth is not known.
    """

    assembly: str | None
    total: int | None = None
    genes: tuple[Stranded, ...] = ()
    others: int = 0
    inside: bool = False
    samples: tuple[str, ...] = ()
    compared: Compared | None = None
    heights: bool = False
    unknown: bool = False


# --- peaks


@dataclass(frozen=True)
class Single(Clause):
    """Each track has one clear peak, here. `low`: and nothing elsewhere. `above`: how far it stands over the rest.
    `run`: it is no peak but a stretch [start, end) of transcripts, highest at the place."""

    who: Tracks
    place: Place
    sharp: bool
    low: bool
    above: Above | None = None
    run: tuple[int, int] | None = None


@dataclass(frozen=True)
class Formed(Clause):
    """The few peaks of a track, each with its place. `low`: and nothing elsewhere."""

    who: Tracks
    places: tuple[Place, ...]
    low: bool = False


@dataclass(frozen=True)
class Strongest(Clause):
    """Where tracks are strongest; `above`: how far the one track's peak stands over the rest."""

    who: Tracks
    place: Place
    others: Others | None = None
    above: Above | None = None


@dataclass(frozen=True)
class Peaks(Clause):
    """A track with several peaks and the place of the strongest. `home` is the gene that holds them all; `low`: there
    is nothing beside them."""

    who: Tracks
    count: Count
    place: Place
    others: Others | None = None
    home: str | None = None
    low: bool = False


@dataclass(frozen=True)
class Scattered(Clause):
    """A track with peaks of which none is known to be the strongest."""

    who: Tracks
    count: Count
    others: Others | None


@dataclass(frozen=True)
class AlsoPeak(Clause):
    """A further place where tracks peak."""

    who: Tracks | They
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Further(Clause):
    """How many more peaks a track has, and where."""

    who: Tracks
    number: int
    others: Others | None


@dataclass(frozen=True)
class NoOther(Clause):
    """A track has no clear peak besides the one told."""

    who: Tracks


# --- along genes, over domains, against each other


@dataclass(frozen=True)
class FollowExons(Clause):
    """Tracks follow the exons of genes; outside them there is nothing (`low`), or a peak (`strongest` of the track).
    `means`: of exons and introns, of one track and gene."""

    who: Tracks
    genes: tuple[str, ...]
    low: bool = False
    peak: Place | None = None
    strongest: bool = False
    means: tuple[float, float] | None = None


@dataclass(frozen=True)
class Runs(Clause):
    """Along which genes of its strand the signal of a stranded assay runs."""

    label: str
    along: tuple[Stranded, ...]


@dataclass(frozen=True)
class Raised(Clause):
    """Tracks are raised over `total` broad domains, the longest of which are placed. Outside them a track has its
    strongest peak, or nothing (`low`). `held`: how much of the track's signal the one domain holds. `highest`: no
    single base outside them is higher than that peak. `early`: they are high where cells replicate early."""

    who: Tracks
    extents: tuple[Extent, ...]
    total: int
    peak: Place | None = None
    low: bool = False
    held: Held | None = None
    highest: bool = True
    early: bool = False


@dataclass(frozen=True)
class Lone(Clause):
    """One track peaks where another does not."""

    who: Tracks
    other: Tracks
    at: tuple[int, ...]


@dataclass(frozen=True)
class Higher(Clause):
    """On a scale they share, one track is above another: along a gene, at a place, or (of neither) on average. `fold`
    if it is known."""

    who: Tracks
    other: Tracks
    fold: float | None = None
    gene: str | None = None
    at: float | None = None


# --- tracks with nothing to point at


Lull = Literal["low_in_file", "no_peak", "noisy", "flat", "no_data"]


@dataclass(frozen=True)
class Quiet(Clause):
    """Tracks without data, without change, without a peak, or next to nil for their files. `most` are their highest
    bases, in file units, in their order, and `reach` those of their files."""

    who: Tracks
    how: Lull
    most: tuple[float, ...] = ()
    reach: tuple[float, ...] = ()


@dataclass(frozen=True)
class Control(Clause):
    """How high controls come, in file units (if that is known); their bumps are no finding."""

    who: Tracks
    most: tuple[float, ...]


# --- biological readings


@dataclass(frozen=True)
class AtGenes(Clause):
    """What is read at `total` genes alike, of which these are named; none if they have accessions only: few are
    told by where they are (`at`).

    `at_tss` are marks of the promoters, at most `tss_bp` away from their starts; `pausing`, of each gene if all are
    named, is the signal within `start_bp` of its start over that of its body. `heard_by` are the marks that tell of
    transcription.
    """

    kinds: tuple[str, ...]
    genes: tuple[str, ...]
    total: int
    at_tss: tuple[str, ...] = ()
    tss_bp: int = 0
    pausing: tuple[float, ...] = ()
    start_bp: int = 0
    heard_by: tuple[str, ...] = ()
    at: tuple[int, ...] = ()

    @property
    def longest(self) -> int:
        """Items of the longest list in it."""
        return max(len(self.kinds), len(self.at), min(self.total, len(self.genes) + 1))


@dataclass(frozen=True)
class Chromatin(Clause):
    """A kind of chromatin, over genes, at their starts, or over stretches."""

    kind: str
    over: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()

    @property
    def longest(self) -> int:
        """Items of the longest list in it."""
        return len(self.over or self.starts or self.spans)


@dataclass(frozen=True)
class Elements(Clause):
    """`total` elements of one kind: where they are, what a loop joins, or only that there are so `many`.

    Of one: the distance to the `nearest` start (bp), the `promoters` that a contact joins, how many `peaks` a cluster
    has over `length` bp, and how far (`apart`) a boundary is from a peak in a map of bins of `bin` bp.
    """

    kind: str
    total: int
    at: tuple[int, ...] = ()
    anchors: tuple[float, float] | None = None
    many: bool = False
    nearest: int | None = None
    promoters: tuple[str, ...] = ()
    peaks: int = 0
    length: int = 0
    apart: int | None = None
    bin: int = 0

    @property
    def longest(self) -> int:
        """Items of the longest list in it."""
        return len(self.anchors or self.at)


Unshown = Literal["transcription", "alleles", "target", "effect", "insulation"]
"""What a reader may take from readings although nothing here shows it."""

Link = Literal["beside", "with", "within"]

Consistency = AtGenes | Chromatin | Elements
"""An item of what the signals are consistent with."""


@dataclass(frozen=True)
class Consistent(Clause):
    """What the signals are consistent with: at genes, in chromatin `beside`, `with` or round (`within`) them, and (all
    in one sentence, if they are few) apart from genes. `sample` is whose signals; '' stands for tracks that name none.
    `again`: a second sentence on them.
    `unshown`: what must not be taken from it; `unheard`: genes with marked promoters whose transcription was measured
    and does not stand out."""

    genes: tuple[AtGenes, ...] = ()
    chromatin: tuple[Chromatin, ...] = ()
    link: Link = "with"
    elements: tuple[Elements, ...] = ()
    sample: str | None = None
    again: bool = False
    unshown: tuple[Unshown, ...] = ()
    unheard: tuple[str, ...] = ()


# --- entries of a table, and notes


@dataclass(frozen=True)
class Statement(Clause):
    """One claim as it was made, with full track labels; it may make no sense. Languages word it by its kind.

    `whole`: it speaks of the whole window.
    """

    kind: str
    labels: tuple[str, ...]
    start: int
    end: int
    value: Any = None
    whole: bool = False

    @property
    def track(self) -> str:
        """The track it is about."""
        return self.labels[0] if self.labels else "?"

    @property
    def other(self) -> str:
        """The second track of a claim that should have one."""
        return self.labels[1] if len(self.labels) > 1 else "?"

    @property
    def middle(self) -> float:
        """The middle of its interval."""
        return (self.start + self.end) / 2

    @property
    def at_least(self) -> bool:
        """Whether its number is a lower bound."""
        return isinstance(self.value, dict)

    def told(self, key: str) -> Any:
        """One fact of a value that has several; of a bare value, None."""
        return self.value.get(key) if isinstance(self.value, dict) else None

    @property
    def number(self) -> Any:
        """Its number, or lower bound."""
        return self.told("min") if self.at_least else self.value

    @property
    def name(self) -> Any:
        """The name of its gene."""
        return self.told("name") if isinstance(self.value, dict) else self.value

    @property
    def ends(self) -> tuple[float, float]:
        """The middles of its two anchors; of a malformed claim, where it begins and ends."""
        try:
            one, two = ((int(start) + int(end)) / 2 for start, end in self.told("anchors") or ())
        except (TypeError, ValueError):
            return self.start, self.end
        return one, two


@dataclass(frozen=True)
class ReadingEntry(Clause):
    """One biological reading, the gene or the stretch it is of, and the marks it rests on."""

    kind: str
    of: str | tuple[int, int]
    marks: tuple[str, ...]


@dataclass(frozen=True)
class Unchecked(Clause):
    """A picture came without data, so that nothing said of it was checked."""
