"""One measured track, as a kind of claim sees it that states measurements or tells facts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from renderer.values.evidence import Gene, GeneSignal, SignalEvidence, TrackEvidence
from renderer.values.region import Region
from renderer.values.track import Track
from vlm.claims.checks import Case, Check, Malformed, of_type
from vlm.claims.ground import annotation_of, is_worth_naming, visible
from vlm.values.captioner import Figure
from vlm.values.claim import Claim

LISTED = 12
"""Peaks, boxes or arcs that are stated of one track, as many as `builtin` can say."""


MOST_GENES = 3
"""Genes of one track over which its signal is described: those with the most of it."""


@dataclass(frozen=True)
class Subject:
    """A track's number and what was measured of it in the window. `figure` is known to kinds that name two tracks."""

    number: int
    found: TrackEvidence
    region: Region
    figure: Figure | None = None

    @property
    def signal(self) -> SignalEvidence:
        """What was measured, of a signal track."""
        return of_type(self.found, SignalEvidence)

    @property
    def track(self) -> Track | None:
        """The track in the figure's scene."""
        tracks = self.figure.scene.tracks if self.figure else ()
        return next((track for track in tracks if track.number == self.number), None)

    def whole(self, kind: str, value: Any = None) -> Claim:
        """A claim on the whole window."""
        return self.at(kind, self.region.start, self.region.end, value)

    def at(self, kind: str, start: int, end: int, value: Any = None, *, beside: int | None = None) -> Claim:
        """A claim on the interval [start, end), of this track and one `beside` it."""
        tracks = (self.number,) if beside is None else (self.number, beside)
        return Claim(kind, tracks, start, end, value, "measured")


def holds(check: Check, claim: Claim, figure: Figure) -> bool:
    """Whether a well-formed claim on measured tracks would be supported."""
    assert figure.evidence is not None
    try:
        return check(Case(claim, figure.evidence, figure.scene)).verdict == "supported"
    except Malformed:
        return False


def genes_by(subject: Subject, level: Callable[[GeneSignal], float | None]) -> list[tuple[GeneSignal, Gene]]:
    """The genes worth naming along which a signal was measured, those with most of it first: level times length."""
    annotation = annotation_of(subject.figure) if subject.figure else None
    genes = annotation.genes if annotation else ()
    over = [(one, gene) for gene in genes if is_worth_naming(gene) and (one := subject.signal.over(gene))]
    return sorted(over, key=lambda pair: -(level(pair[0]) or 0.0) * (pair[1].end - pair[1].start))


def along_genes(kind: str, check: Check, subject: Subject, level: Callable[[GeneSignal], float | None]) -> list[Claim]:
    """The claims of this kind on the track and a gene that hold, those genes first that have most signal."""
    figure, annotation = subject.figure, annotation_of(subject.figure) if subject.figure else None
    if figure is None or annotation is None or subject.signal.state != "signal":
        return []
    genes = (gene for _, gene in genes_by(subject, level))
    options = (subject.at(kind, *visible(gene, subject.region), gene.name, beside=annotation.track) for gene in genes)
    return [one for one in options if holds(check, one, figure)][:MOST_GENES]
