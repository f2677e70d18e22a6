"""Claims of several tracks from claims of one: where positions a model said meet each other, and the annotation.

Positions come from whoever made the claims; genes come from the annotation, never from a model. The same joining
serves every captioner, so that they differ only in where their positions come from. It sees no measurement: that a
track lacks a peak is said only where the captioner has told all peaks of that track.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from renderer.assays.labels import strand_of
from renderer.assays.names import assay_of
from renderer.values.evidence import Gene
from renderer.values.region import Region
from renderer.values.track import Track
from vlm.claims.checks import distance
from vlm.claims.gene_names import well_known
from vlm.values.captioner import Figure
from vlm.values.claim import PEAK_KINDS, Claim, Source

_PSEUDOGENE = re.compile(r"P\d+$|-ps\d*$")
"""How non-coding pseudogenes are named (MTND6P5, Rpl3-ps1); coding genes may end like that too (MMP9)."""

TOP = 3
"""Only the leading peaks of a track are compared with those of others: a caption is no list of every bump."""

MOST_PLACED = 12
"""Peaks of one track that are placed in the annotation; no more are said of one track."""

MOST_GENES = 12
"""Gene claims of one window beyond those at a peak: the longest. The rest is counted."""

TSS_REACH = 1_000
"""A peak this close (bp) to a TSS is at it: the width of a promoter."""

TSS_REACH_SHARE = 0.01
"""... or this share of the window, where a pixel is wider than that: 10 of 1000 columns."""

TSS_REACH_MOST = 20_000
"""... but never further off than this (bp), however small it is drawn: that is the next gene's ground."""

BIN_SHARE = 1 / 128
"""Share of the window in which a model places a summit: it may lie anywhere in there, so its middle stands for it."""

COINCIDE_SHARE = 0.012
"""Peaks of two tracks this close (share of the window) are one place to the eye: 12 of 1000 columns."""

MOST_LONE = 24
"""Peaks of which it is said that another track lacks them; of a dozen samples there could be hundreds."""

APART_SHARE = 0.045
"""Only a place this far (share of the window) from every peak of a track is said to lack one: thrice the tolerance."""

COVERED = 0.8
"""A domain covers a gene if this share of the gene's visible length lies in it."""

MOST_COVERED = 3
"""Genes that one domain is said to cover: the longest."""


def tss_reach(region: Region) -> int:
    """How far from a TSS a peak may lie and still be at it, in bp."""
    return min(TSS_REACH_MOST, max(TSS_REACH, round(TSS_REACH_SHARE * region.span)))


@dataclass(frozen=True)
class Annotation:
    """The genes that claims are joined with, and the number of their track."""

    track: int
    genes: tuple[Gene, ...]


def join_claims(claims: Sequence[Claim], figure: Figure) -> list[Claim]:
    """Claims that follow from the peaks and domains of signal tracks and the genes in view."""
    region = figure.region
    peaks = _peaks_by_track(claims)
    leading = {track: found[:TOP] for track, found in peaks.items()}
    joined = [*_coincidences(leading, region), *_lone_peaks(leading, claims, figure)]
    annotation = annotation_of(figure)
    if annotation is None:
        return joined
    strands = {track.number: strand_of(track) for track in figure.scene.tracks}
    placed = [
        claim
        for track, found in peaks.items()
        for peak in found[:MOST_PLACED]
        for claim in _place(peak, annotation, strands.get(track), region)
    ]
    placed += [claim for one in claims if one.kind == "broad_domain" for claim in _covered(one, annotation, region)]
    used = {str(claim.value) for claim in placed}
    return [*joined, *_gene_claims(annotation, used, claims, region), *placed]


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
    return gene.named and well_known(gene.name) and (gene.coding or not _PSEUDOGENE.search(gene.name))


# --- signal tracks among themselves


def _peaks_by_track(claims: Sequence[Claim]) -> dict[int, list[Claim]]:
    """Each track's peaks, the strongest first, then as they were said or by the model's own certainty."""
    found: dict[int, list[Claim]] = {}
    for claim in claims:
        if claim.kind not in PEAK_KINDS or not claim.tracks:
            continue
        peaks = found.setdefault(claim.tracks[0], [])
        twin = next((peak for peak in peaks if _overlap(peak, claim)), None)
        if twin is None:
            peaks.append(claim)
        elif claim.kind == "strongest_peak":
            peaks[peaks.index(twin)] = claim
    for peaks in found.values():
        peaks.sort(key=lambda peak: (peak.kind != "strongest_peak", -(peak.confidence or 0.0)))
    return dict(sorted(found.items()))


def _overlap(one: Claim, other: Claim) -> bool:
    return one.start < other.end and other.start < one.end


def _coincidences(leading: dict[int, list[Claim]], region: Region) -> list[Claim]:
    """For each pair of tracks the places both peak at. A place several tracks share is said against its first track."""
    found: list[Claim] = []
    for (first, peaks), (second, others) in combinations(leading.items(), 2):
        for peak in peaks:
            near = [other for other in others if _apart(peak, other) <= COINCIDE_SHARE * region.span]
            if near and not _told(found, second, peak):
                best = min(near, key=lambda other: _apart(peak, other))
                start, end = min(peak.start, best.start), max(peak.end, best.end)
                sure = _both(peak.confidence, best.confidence)
                found.append(Claim("coincide", (first, second), start, end, None, peak.source, sure))
    return found


def _lone_peaks(leading: dict[int, list[Claim]], claims: Sequence[Claim], figure: Figure) -> list[Claim]:
    """Leading peaks of a track that another track, of which all peaks are told, does not share."""
    tracks = {track.number: track for track in figure.scene.tracks}
    complete = {number: found for number in tracks if (found := _all_peaks(number, claims)) is not None}
    found = [
        Claim("only_in", (first, second), peak.start, peak.end, None, peak.source, peak.confidence)
        for first, peaks in leading.items()
        for second, others in complete.items()
        if first in tracks and _comparable(tracks[first], tracks[second])
        for peak in peaks
        if all(_apart(peak, other) > APART_SHARE * figure.region.span for other in others)
        and not any(c.kind == "broad_domain" and c.tracks == (second,) and _overlap(c, peak) for c in claims)
    ]
    return found[:MOST_LONE]


def _all_peaks(track: int, claims: Sequence[Claim]) -> list[Claim] | None:
    """Every peak of a track, or None if the captioner has not told them all."""
    own = [claim for claim in claims if claim.tracks == (track,)]
    if any(claim.kind == "flat" and claim.value is None for claim in own):
        return []
    told = _peaks_by_track(own).get(track, [])
    counts = [claim.value for claim in own if claim.kind == "peak_count"]
    return told if counts and counts[0] == len(told) else None


def _comparable(one: Track, other: Track) -> bool:
    """Whether it means something that one peaks where the other does not: one assay in two samples, or two marks of
    active chromatin in one."""
    if one.number == other.number or not one.assay or not other.assay:
        return False
    if one.assay.casefold() == other.assay.casefold():
        return one.sample != other.sample
    return one.sample == other.sample and all(_is_at_starts(track) for track in (one, other))


def _is_at_starts(track: Track) -> bool:
    row = assay_of(track)
    return row is not None and row.starts


def _told(found: Iterable[Claim], second: int, peak: Claim) -> bool:
    """Whether both of these tracks have been said to peak here together with an earlier one."""
    earlier = [claim for claim in found if _overlap(claim, peak)]
    firsts = {claim.tracks[0] for claim in earlier if claim.tracks[1] == second}
    return any(claim.tracks[1] == peak.tracks[0] and claim.tracks[0] in firsts for claim in earlier)


def _apart(one: Claim, other: Claim) -> float:
    return abs(_middle(one) - _middle(other))


def _middle(claim: Claim) -> float:
    return (claim.start + claim.end) / 2


def _both(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one * other


# --- with genes


def _gene_claims(annotation: Annotation, used: set[str], claims: Sequence[Claim], region: Region) -> list[Claim]:
    """How many genes there are, those at a peak, those a broad domain meets, and the longest others."""
    domains = [claim for claim in claims if claim.kind == "broad_domain"]
    longest = sorted(annotation.genes, key=lambda gene: (not is_worth_naming(gene), _start(gene, region) - gene.end))
    met = [gene for gene in longest if any(gene.start < d.end and d.start < gene.end for d in domains)]
    kept = {gene for gene in annotation.genes if gene.name in used} | {*longest[:MOST_GENES], *met[:MOST_GENES]}
    count = Claim("gene_count", (annotation.track,), region.start, region.end, len(annotation.genes), "annotation")
    return [count, *(_gene_claim(gene, annotation.track, region) for gene in annotation.genes if gene in kept)]


def _start(gene: Gene, region: Region) -> int:
    return max(gene.start, region.start)


def _gene_claim(gene: Gene, number: int, region: Region) -> Claim:
    where = _start(gene, region), min(gene.end, region.end)
    return Claim("gene", (number,), *where, value={"name": gene.name, "strand": gene.strand}, source="annotation")


def _place(peak: Claim, annotation: Annotation, strand: str | None, region: Region) -> list[Claim]:
    """At the nearest TSS if one is in reach (of two that share a promoter, both), else in the gene it lies in.

    The strongest peak is said to lie in its gene as well: should its start site not hold, the caption has its place.
    """
    genes = [gene for gene in annotation.genes if is_worth_naming(gene)]
    # In an annotation without symbols, or a window of pseudogenes, all genes are equal.
    genes = genes or list(annotation.genes)
    starts = _at_start(peak, genes, strand, region)[:2]
    inside = [gene for gene in genes if gene.start <= _middle(peak) < gene.end]
    inside.sort(key=lambda gene: (gene.strand != strand, gene.end - gene.start))
    said: list[tuple[str, str | None]] = [("peak_at_tss", gene.name) for gene in starts]
    if not starts or peak.kind == "strongest_peak":
        said += [("peak_in_gene", gene.name) for gene in inside[:1]]
    if not said and _is_intergenic(peak, annotation, region):
        said.append(("intergenic_peak", None))
    tracks = (peak.tracks[0], annotation.track)
    source = _joined(peak.source)
    return [Claim(kind, tracks, peak.start, peak.end, name, source, peak.confidence) for kind, name in said]


def _is_intergenic(peak: Claim, annotation: Annotation, region: Region) -> bool:
    """Whether no gene at all, worth naming or not, is in reach."""
    reach = tss_reach(region)
    return bool(annotation.genes) and all(
        gene.end <= peak.start - reach or gene.start >= peak.end + reach for gene in annotation.genes
    )


def _covered(domain: Claim, annotation: Annotation, region: Region) -> list[Claim]:
    """The longest genes that lie in a domain."""
    spans = [(max(gene.start, region.start), min(gene.end, region.end), gene) for gene in annotation.genes]
    inside = [
        (end - start, gene.name)
        for start, end, gene in spans
        if is_worth_naming(gene) and min(end, domain.end) - max(start, domain.start) >= COVERED * (end - start)
    ]
    names = [name for _, name in sorted(inside, key=lambda one: (-one[0], one[1]))[:MOST_COVERED]]
    tracks, source = (domain.tracks[0], annotation.track), _joined(domain.source)
    return [Claim("covers_gene", tracks, domain.start, domain.end, name, source, domain.confidence) for name in names]


def _joined(source: Source) -> Source:
    return "model" if source == "annotation" else source


def _at_start(peak: Claim, genes: Sequence[Gene], strand: str | None, region: Region) -> list[Gene]:
    """Genes that start at the peak, nearest first. A strand's own genes go before those of the other strand."""
    reach = tss_reach(region)
    middle, half = round(_middle(peak)), round(BIN_SHARE * region.span / 2)
    place = min(peak.start + half, middle), max(peak.end - half, middle + 1)
    away = {
        gene: (min(distance(t, *place) for t in gene.tss), min(abs(t - middle) for t in gene.tss))
        for gene in genes
        if gene.tss
    }
    near = sorted((gene for gene in away if away[gene][0] <= reach), key=lambda gene: away[gene][1])
    if strand in ("+", "-"):
        near = [gene for gene in near if gene.strand == strand] or near
    if not near:
        return []
    closest = away[near[0]][1]
    return [gene for gene in near if away[gene][1] <= closest + reach // 2]
