"""Claims of several tracks from claims of one: where positions a model said meet each other, and the annotation.

Positions come from whoever made the claims; genes come from the annotation, never from a model. The same joining
serves `builtin` and `measured`, so that the two differ only in where their positions come from.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations

from renderer.evidence import Gene
from renderer.region import Region
from vlm.captioner import Figure
from vlm.claims import Claim, Source
from vlm.words import well_known

_PSEUDOGENE = re.compile(r"P\d+$|-ps\d*$")
"""How non-coding pseudogenes are named (MTND6P5, Rpl3-ps1); coding genes may end like that too (MMP9)."""

TOP = 3
"""Only the leading peaks of a track are joined: a caption is no list of every bump."""

MOST_GENES = 60
"""In a window with more genes no single one is a fact worth a claim."""

TSS_REACH = 1_000
"""A peak this close (bp) to a TSS is at it: the width of a promoter."""

TSS_REACH_SHARE = 0.01
"""... or this share of the window, where a pixel is wider than that: 10 of 1000 columns."""

COINCIDE_SHARE = 0.012
"""Peaks of two tracks this close (share of the window) are one place to the eye: 12 of 1000 columns."""


def tss_reach(region: Region) -> int:
    """How far from a TSS a peak may lie and still be at it, in bp."""
    return max(TSS_REACH, round(TSS_REACH_SHARE * region.span))


def join_claims(claims: Sequence[Claim], figure: Figure) -> list[Claim]:
    """Claims that follow from the `peak` claims of signal tracks and the genes in view."""
    region = figure.region
    leading = _leading_peaks(claims)
    source: Source = claims[0].source if claims else "model"
    joined = _coincidences(leading, region, source)
    number = gene_track(figure)
    if number is None or len(figure.genes) > MOST_GENES:
        return joined
    joined += [_gene_claim(gene, number, region) for gene in figure.genes]
    for peak in (peak for peaks in leading.values() for peak in peaks):
        joined += _gene_claims_of(peak, figure.genes, number, region)
    return joined


def gene_track(figure: Figure) -> int | None:
    """The number of the first gene annotation that is drawn, or None."""
    return next((t.number for t in figure.scene.tracks if t.kind == "genes" and t.note is None), None)


def _leading_peaks(claims: Sequence[Claim]) -> dict[int, list[Claim]]:
    """Each track's strongest peak and the next most certain ones, at most TOP."""
    leading: dict[int, list[Claim]] = {}
    for track in sorted({claim.tracks[0] for claim in claims if claim.kind == "peak"}):
        peaks = [claim for claim in claims if claim.kind == "peak" and claim.tracks == (track,)]
        strongest = [claim for claim in claims if claim.kind == "strongest_peak" and claim.tracks == (track,)]
        peaks.sort(key=lambda peak: not any(_overlap(peak, best) for best in strongest))
        leading[track] = peaks if len(peaks) <= TOP else peaks[:TOP]
    return leading


def _overlap(one: Claim, other: Claim) -> bool:
    return one.start < other.end and other.start < one.end


def _coincidences(leading: dict[int, list[Claim]], region: Region, source: Source) -> list[Claim]:
    found = []
    for (first, peaks), (second, others) in combinations(leading.items(), 2):
        for peak in peaks:
            near = [o for o in others if abs(_middle(o) - _middle(peak)) <= COINCIDE_SHARE * region.span]
            if near:
                best = min(near, key=lambda other: abs(_middle(other) - _middle(peak)))
                start, end = min(peak.start, best.start), max(peak.end, best.end)
                found.append(Claim("coincide", (first, second), start, end, source=source,
                                   confidence=_both(peak.confidence, best.confidence)))  # fmt: skip
    return found


def _middle(claim: Claim) -> float:
    return (claim.start + claim.end) / 2


def _both(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one * other


def _gene_claim(gene: Gene, number: int, region: Region) -> Claim:
    where = max(gene.start, region.start), min(gene.end, region.end)
    return Claim("gene", (number,), *where, value={"name": gene.name, "strand": gene.strand}, source="annotation")


def _gene_claims_of(peak: Claim, genes: Sequence[Gene], number: int, region: Region) -> list[Claim]:
    """At the nearest TSS if one is in reach (of two that share a promoter, both), else in the genes it lies in."""
    reach = tss_reach(region)
    known = [gene for gene in genes if is_worth_naming(gene)]
    # In an annotation without coding spans, or of a window of pseudogenes, all genes are equal.
    genes = known or genes
    distances = {gene: min(distance(tss, peak.start, peak.end) for tss in gene.tss) for gene in genes if gene.tss}
    near = [gene for gene, away in distances.items() if away <= reach]
    if near:
        best = min(distances[gene] for gene in near)
        kind, chosen = (
            "peak_at_tss",
            [g for g in near if distances[g] <= best + reach // 2 and (g.named or len(near) == 1)],
        )
    else:
        kind, chosen = "peak_in_gene", [g for g in genes if g.start <= _middle(peak) < g.end and g.strand in "+-"]
    tracks = (peak.tracks[0], number)
    return [Claim(kind, tracks, peak.start, peak.end, gene.name, peak.source, peak.confidence) for gene in chosen[:2]]


def is_worth_naming(gene: Gene) -> bool:
    """Whether a caption would name this gene at a peak: a coding gene, or a known RNA, but no pseudogene or clone."""
    return gene.coding or (gene.named and well_known(gene.name) and not _PSEUDOGENE.search(gene.name))


def distance(position: int, start: int, end: int) -> int:
    """Bases between a position and the half-open interval [start, end); 0 inside."""
    return max(start - position, position - (end - 1), 0)
