"""What claims are joined from: peaks and domains that were said, and the annotation. It sees no measurement.

Positions come from whoever made the claims; genes come from the annotation, never from a model.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from renderer.assays.labels import strand_of
from renderer.assays.names import assay_of
from renderer.values.evidence import Gene, Peak
from renderer.values.region import Region
from vlm.claims.checks import distance
from vlm.claims.gene_names import well_known
from vlm.values.captioner import Figure
from vlm.values.claim import Claim

_PSEUDOGENE = re.compile(r"P\d+$|-ps\d*$")
"""How non-coding pseudogenes are named (MTND6P5, Rpl3-ps1); coding genes may end like that too (MMP9)."""

TOP = 3
"""Only the leading peaks of a track are compared with those of others: a caption is no list of every bump."""

MOST_PLACED = 12
"""Peaks of one track that are placed in the annotation; no more are said of one track."""

TSS_REACH = 1_000
"""A peak that comes this close (bp) to a TSS is told of with it: the width of a promoter. Whether it is at the TSS its
highest base says, which lies as close, whatever the zoom ..."""

TSS_REACH_MOST = 2_500
"""... or no further off than this; then how far it lies is said."""

BIN_SHARE = 1 / 128
"""Share of the window in which a model places a summit: it may lie anywhere in there, so its middle stands for it."""


def middle(claim: Claim) -> float:
    """The middle of the claim's interval."""
    return (claim.start + claim.end) / 2


def apart(one: Claim, other: Claim) -> float:
    """Bases between the middles of two claims."""
    return abs(middle(one) - middle(other))


def meet(one: Claim, other: Claim) -> bool:
    """Whether the intervals of two claims overlap."""
    return one.start < other.end and other.start < one.end


@dataclass(frozen=True)
class Annotation:
    """The genes that claims are joined with, and the number of their track."""

    track: int
    genes: tuple[Gene, ...]


def annotation_of(figure: Figure) -> Annotation | None:
    """The annotation that claims speak of: the first that is drawn and has genes here, else the first that is drawn."""
    drawn = [track.number for track in figure.scene.tracks if track.kind == "genes" and track.note is None]
    if not drawn:
        return None
    if figure.evidence is None:
        return Annotation(drawn[0], figure.genes)
    known = figure.evidence.gene_tracks()
    options = [Annotation(number, known[number].genes) for number in drawn if number in known]
    return next((one for one in options if one.genes), options[0] if options else None)


def is_worth_naming(gene: Gene) -> bool:
    """Whether a caption would name this gene: a symbol people know, and no pseudogene."""
    return gene.named and is_known(gene.name, gene.coding)


def is_known(name: str, coding: bool) -> bool:
    """Whether people know a gene by this name."""
    return well_known(name) and (coding or not _PSEUDOGENE.search(name))


def on_exon(gene: Gene, at: int) -> bool:
    """Whether a position lies on an exon of a gene whose exons are known."""
    return any(start <= at < end for start, end in gene.exons)


def visible(gene: Gene, region: Region) -> tuple[int, int]:
    """The part of a gene that lies in the window, [start, end)."""
    return max(gene.start, region.start), min(gene.end, region.end)


@dataclass(frozen=True)
class Ground:
    """What was said of one figure. `peaks` are those of each track, the strongest first, each place once; `domains` are
    claims on raised stretches; `named` are the names of genes at which peaks or domains have been placed."""

    claims: tuple[Claim, ...]
    figure: Figure
    peaks: dict[int, list[Claim]]
    domains: list[Claim]
    annotation: Annotation | None
    named: frozenset[str] = frozenset()

    @property
    def region(self) -> Region:
        """The window."""
        return self.figure.region

    @property
    def leading(self) -> dict[int, list[Claim]]:
        """The peaks of each track that are compared with those of others."""
        return {track: found[:TOP] for track, found in self.peaks.items()}

    def sites(self) -> list[Site]:
        """The peaks, by track, and the domains, among the genes of the annotation; none without one."""
        if self.annotation is None:
            return []
        strands = {track.number: strand_of(track) for track in self.figure.scene.tracks}
        spliced = {track.number for track in self.figure.scene.tracks if (row := assay_of(track)) and row.spliced}
        peaks = [peak for found in self.peaks.values() for peak in found[:MOST_PLACED]]
        return [
            Site(
                one,
                self.annotation,
                strands.get(one.tracks[0]),
                self.region,
                is_peak,
                _peak_of(one, self.figure) if is_peak else None,
                one.tracks[0] in spliced,
            )
            for said, is_peak in ((peaks, True), (self.domains, False))
            for one in said
        ]


def _peak_of(claim: Claim, figure: Figure) -> Peak | None:
    """The measured peak that a claim points at, the one whose summit is nearest: the claim's middle is in it, or its
    summit in the claim; None if there is none."""
    found = figure.evidence.signal(claim.tracks[0]) if figure.evidence else None
    at = middle(claim)
    peaks = found.peaks if found else ()
    held = [one for one in peaks if one.start <= at < one.end or claim.start <= one.summit < claim.end]
    return min(held, key=lambda peak: abs(peak.summit - at), default=None)


@dataclass(frozen=True)
class Site:
    """One said peak or domain among the genes. `strand` is that of the track's signal, if it holds one strand's.
    `peak` is the measured one that the claim points into, if it is known: captions tell where its highest base is.
    `spliced`: a signal of transcripts, which lies on exons and begins at no start in particular.

    In an annotation without symbols, or a window of pseudogenes, all genes are equal; else only those worth naming
    count.
    """

    claim: Claim
    annotation: Annotation
    strand: str | None
    region: Region
    is_peak: bool
    peak: Peak | None = None
    spliced: bool = False

    @property
    def at(self) -> int:
        """Where it is: at its highest base, or its summit, if the peak is known, else in the middle of the claim."""
        return self.peak.at if self.peak else round(middle(self.claim))

    def make(self, kind: str, value: str | None) -> Claim:
        """A claim of this kind on the site and the annotation, as sure as the site's own."""
        one = self.claim
        source = "model" if one.source == "annotation" else one.source
        return Claim(kind, (one.tracks[0], self.annotation.track), one.start, one.end, value, source, one.confidence)

    @cached_property
    def genes(self) -> Sequence[Gene]:
        """The genes that count."""
        return [gene for gene in self.annotation.genes if is_worth_naming(gene)] or self.annotation.genes

    @cached_property
    def starts(self) -> list[Gene]:
        """Genes that start at the peak: the nearest, or of two that share a promoter both. A strand's own genes go
        before those of the other strand."""
        if self.spliced:
            return []
        reach, at = TSS_REACH, self.at
        half = round(BIN_SHARE * self.region.span / 2)
        place = min(self.claim.start + half, at), max(self.claim.end - half, at + 1)
        stranded = self.strand in ("+", "-")
        if self.peak is not None:
            half, place = 0, (at, at + 1) if stranded else (self.peak.start, self.peak.end)
        away = {
            gene: (min(distance(t, *place) for t in gene.tss), min(abs(t - at) for t in gene.tss))
            for gene in self.genes
            if gene.tss
        }
        most = TSS_REACH_MOST + (0 if self.claim.source == "measured" else half)
        most = reach if self.peak is not None and stranded else most
        known = (gene for gene in away if away[gene][0] <= reach and away[gene][1] <= most)
        near = sorted(known, key=lambda gene: away[gene][1])
        if stranded:
            near = [gene for gene in near if gene.strand == self.strand] or near
        return [gene for gene in near if away[gene][1] <= away[near[0]][1] + reach // 2][:2]

    @property
    def is_at_start(self) -> bool:
        """Whether its highest base is at one of those starts."""
        return any(abs(tss - self.at) <= TSS_REACH for gene in self.starts for tss in gene.tss)

    @cached_property
    def inside(self) -> list[Gene]:
        """The genes the peak lies in, those of its strand first, then the shortest."""
        found = [gene for gene in self.genes if gene.start <= self.at < gene.end]
        if self.spliced:
            found = [gene for gene in found if on_exon(gene, self.at)] or found
        return sorted(found, key=lambda gene: (gene.strand != self.strand, gene.end - gene.start))
