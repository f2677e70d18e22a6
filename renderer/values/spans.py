"""What stands out of a drawn signal or a contact map, as values: spans with their summits, troughs, stretches above and
below 0; boundaries and dots.

Positions are 0-based, half-open genome coordinates; heights and levels are column means in file units, positive where
the signal points away from 0 in the direction that was asked about (the depth of a minus strand drawn downwards).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SpanKind = Literal["peak", "domain", "stretch"]
"""A peak is short for the window; a domain is long, of an assay that has domains; a stretch is long, of another assay:
the body of a gene in RNA or nascent RNA, whose exons and pauses are its summits."""


@dataclass(frozen=True)
class Summit:
    """A rise inside a span that stands out of it as the span stands out of its surroundings.

    [start, end) is the rise, `position` the middle of its highest column, `height` that column's value, `level` its
    mean and `score` as of a span, against the rest of the span.
    """

    start: int
    end: int
    position: int
    height: float
    level: float
    score: float


@dataclass(frozen=True)
class Span:
    """A raised stretch. `summit` is the middle of its highest column and `height` that column's value.

    `level` is its mean, `background` the level of the ground beside it (mean of both sides). `score` is the evidence
    that it is raised over the higher side, in penalties of the cut; `log10_p` the base-10 logarithm of how often noise
    of the file's dispersion reaches so much in so many bases (a Chernoff bound, for one place). `salient` ones belong
    in a caption; of the others one may speak without being wrong. `summits` are rises inside it, left to right; none
    if it is one rise. `cut_left` and `cut_right` tell that it reaches the window's edge, and may go on.
    """

    start: int
    end: int
    kind: SpanKind
    summit: int
    height: float
    level: float
    background: float
    score: float
    log10_p: float
    salient: bool
    summits: tuple[Summit, ...] = ()
    cut_left: bool = False
    cut_right: bool = False

    @property
    def length(self) -> int:
        """In bp."""
        return self.end - self.start

    @property
    def fold(self) -> float:
        """Its mean over the level beside it; infinite above nothing."""
        return self.level / self.background if self.background > 0 else float("inf")


@dataclass(frozen=True)
class Trough:
    """A dip between raised ground on both sides: [start, end), its lowest column and value, its mean, and the lower of
    the two levels beside it."""

    start: int
    end: int
    bottom: int
    depth: float
    level: float
    beside: float


@dataclass(frozen=True)
class Raised:
    """What stands out of one window of one signal.

    `spans` do not overlap, left to right. `whole` tells that the window lies within raised ground as far as it
    reaches: its mean over the file's usual level; None if it does not, or the file cannot tell. `least` is the level,
    in file units, that a rise of a hundredth of the window must reach to be called: what a reader is told who asks why
    something is no peak.
    """

    spans: tuple[Span, ...]
    whole: float | None
    least: float

    @property
    def peaks(self) -> tuple[Span, ...]:
        """Short ones, left to right."""
        return tuple(span for span in self.spans if span.kind == "peak")

    @property
    def domains(self) -> tuple[Span, ...]:
        """Long ones of an assay that has domains, left to right."""
        return tuple(span for span in self.spans if span.kind == "domain")


@dataclass(frozen=True)
class SignedStretch:
    """A stretch of a signed signal on one side of 0: [start, end), its mean, and its column farthest from 0."""

    start: int
    end: int
    mean: float
    extreme: int
    value: float


# --- of contact maps


@dataclass(frozen=True)
class Boundary:
    """A place where a contact map is parted: contacts across `position` are fewer than on both sides.

    `strength` is the depth of the insulation minimum in log2 units. `salient` as for peaks. `across` is the mean
    contacts of a pixel in the diamond across the place, `beside` that of diamonds with the same distances next to it on
    either side: in the units of the map, counts of its bins; None if neither side fits into the window.

    Of a matrix of separation scores `strength` is in spreads of the window, `score` the mean over its window sizes, and
    `sizes` how many of them have their lowest score of the window here, of how many.
    """

    position: int
    strength: float
    salient: bool
    across: float | None = None
    beside: float | None = None
    score: float | None = None
    sizes: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        if self.sizes is not None:  # JSON has lists
            object.__setattr__(self, "sizes", tuple(self.sizes))


@dataclass(frozen=True)
class Insulation:
    """The insulation score of a map, log2, at its bins' edges: `start`, `start + step` ... (bp); None where no diamond
    fits or too much is masked. `reach` is half a diamond in bp, `error` the score's standard error."""

    start: float
    step: float
    reach: float
    error: float
    scores: tuple[float | None, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "scores", tuple(self.scores))  # JSON has lists

    def depth(self, position: float) -> float | None:
        """How far the lowest score within half a diamond of a place lies below the lower of the highest scores on its
        two sides, up to two diamonds away; 0 or less where it is no minimum. None where it is not known."""
        known = [
            (self.start + at * self.step - position, score) for at, score in enumerate(self.scores) if score is not None
        ]
        near = [(away, score) for away, score in known if abs(away) <= self.reach / 2]
        if not near:
            return None
        at, low = min(near, key=lambda one: one[1])
        left = [score for away, score in known if -4 * self.reach <= away - at < 0]
        right = [score for away, score in known if 0 < away - at <= 4 * self.reach]
        return min(max(left), max(right)) - low if left and right else None


@dataclass(frozen=True)
class Dot:
    """A local enrichment of a contact map away from its diagonal: contacts of [start1, end1) with [start2, end2) are
    `fold` times what their surroundings let expect, the most of four of them (donut, row, column, lower left)."""

    start1: int
    end1: int
    start2: int
    end2: int
    fold: float
