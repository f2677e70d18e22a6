"""What single rules ask beyond their row: distances to start sites, lengths, the pausing index, what anchors hold.

Each check gets a candidate and answers with the numbers it found and what else it rests on, or None where the rule
does not hold. Thresholds are in bp, or ratios of measured signal, and say where they come from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from renderer.assays.labels import strand_of
from renderer.values.evidence import Domain, Evidence, Gene
from renderer.values.track import Scene
from vlm.rules.observations import Seen

PROMOTER = 1_000
"""Bases from a start site within which a peak is at the promoter: our own; ENCODE's promoter-like elements lie within
200 bp of one."""

DISTAL = 2_000
"""Bases from every start site beyond which an element is distal, as ENCODE has it for enhancer-like elements."""

TOGETHER = 1_000
"""Summits this close (bp) are of one element, as are peaks that overlap at half prominence."""

BROAD_LENGTH = 10_000
"""Bases below which a stretch of a repressive mark is no broad domain but a peak drawn large: our own."""

PAUSED = 2.0
"""Signal at the start over that of the body from which a gene counts as paused: our own for nascent RNA (Day et al.
2016 have the same number for Pol II ChIP-seq, of which it is true of most expressed genes). Drawn columns are wider
than the pause site, which thins the signal at the start: what still exceeds this does so at full resolution."""

DIP = 0.5
"""Within a domain a start site whose signal is below this share of the domain's mean lies in a gap of it."""


@dataclass(frozen=True)
class Candidate:
    """A candidate: the observation a rule starts from, and all that its needs found there."""

    anchor: Seen
    ground: tuple[Seen, ...]
    all: Sequence[Seen]
    scene: Scene
    evidence: Evidence


@dataclass(frozen=True)
class Extra:
    """What a rule's own check adds to a reading: numbers, further observations, and its place if not the anchor's."""

    facts: dict[str, Any] = field(default_factory=dict)
    ground: tuple[Seen, ...] = ()
    span: tuple[int, int] | None = None


RuleCheck = Callable[[Candidate], Extra | None]
"""A rule's own check; None means that it does not hold here."""


def is_distal(site: Candidate) -> Extra | None:
    """Away from every annotated start, and from the window's edges, behind which there may be one."""
    annotations = site.evidence.gene_tracks()
    region, point = site.scene.region, site.anchor.point
    starts = [tss for found in annotations.values() for gene in found.genes for tss in gene.tss]
    nearest = min((abs(tss - point) for tss in starts), default=None)
    edge = min(point - region.start, region.end - 1 - point)
    if not annotations or edge <= DISTAL or (nearest is not None and nearest <= DISTAL):
        return None
    return Extra({"nearest_tss_bp": nearest, "distal_bp": DISTAL})


def is_long(site: Candidate) -> Extra | None:
    """Broad in bases, with the genes that claims say this track covers there."""
    anchor = site.anchor
    if anchor.end - anchor.start < BROAD_LENGTH:
        return None
    covered = [
        one
        for one in site.all
        if one.form == "body" and one.track == anchor.track and one.start < anchor.end and anchor.start < one.end
    ]
    genes = [one.gene for one in covered if one.named]
    return Extra({"length_bp": anchor.end - anchor.start, "genes": list(dict.fromkeys(genes))}, tuple(covered))


def is_raised(site: Candidate) -> Extra | None:
    """Main peaks of a broad mark, two or more, in one stretch that is raised on a second look and that no claim on a
    domain tells of."""
    anchor = site.anchor
    signal = site.evidence.signal(anchor.track)
    mine = [one for one in site.all if one.track == anchor.track]
    for domain in signal.domains if signal else ():
        inside = [one for one in mine if one.form == "peak" and domain.start <= one.point < domain.end]
        told = any(one.form == "domain" and one.start < domain.end and domain.start < one.end for one in mine)
        length = domain.end - domain.start
        if anchor in inside and len({one.point for one in inside}) > 1 and not told and length >= BROAD_LENGTH:
            starts = [one for one in mine if one.form == "start" and one.named and one.point in _range(domain)]
            facts = {"length_bp": length, "genes": [], "starts": list(dict.fromkeys(one.gene for one in starts))}
            return Extra(facts, (*inside, *starts), (domain.start, domain.end))
    return None


def _range(domain: Domain) -> range:
    return range(domain.start, domain.end)


def is_inside(site: Candidate) -> Extra | None:
    """H3K27me3 is at the start site itself: a peak of it, or a domain that has no gap there. A domain can be asked at
    genes long enough on screen for their start to be measured."""
    for one in (one for one in site.ground if one.mark == "H3K27me3"):
        if one.form == "peak":
            return Extra()
        signal = site.evidence.signal(one.track)
        domain = next((d for d in signal.domains if d.start == one.start), None) if signal else None
        over = [found for gene in _own_genes(site) if signal and (found := signal.over(gene))]
        reach = max(abs(signal.vmin), abs(signal.vmax)) if signal else 0.0
        if domain and any(found.tss is not None and found.tss >= DIP * domain.mean * reach for found in over):
            return Extra({"least_share_of_domain": DIP})
    return None


def _own_genes(site: Candidate) -> list[Gene]:
    """Genes of the anchor's name whose own start is the anchor's."""
    anchor = site.anchor
    genes = [gene for found in site.evidence.gene_tracks().values() for gene in found.genes]
    return [g for g in genes if g.name == anchor.gene and abs(g.first_base - anchor.point) <= PROMOTER]


def is_paused(site: Candidate) -> Extra | None:
    """The signal at the start over that of the body, on the gene's strand. Of an assay without strands the start also
    holds the polymerase that goes the other way, so that nothing is read from it."""
    anchor = site.anchor
    track = next(track for track in site.scene.tracks if track.number == anchor.track)
    signal = site.evidence.signal(anchor.track)
    for gene in _own_genes(site):
        over = signal.over(gene) if signal else None
        if over and over.pausing and over.pausing > PAUSED and strand_of(track) == gene.strand:
            return Extra({"pausing_index": round(over.pausing, 2), "least": PAUSED})
    return None


LOOP_MARKS = {"architecture": ("CTCF", "cohesin"), "regulation": ("H3K4me3", "H3K27ac")}
"""What both anchors of a loop must hold: architectural proteins, or marks of promoters and enhancers."""


def joins_marked(site: Candidate) -> Extra | None:
    """Both anchors of a link hold a peak of the same group of assays."""
    anchors = site.anchor.anchors
    if len(anchors) != 2 or anchors[0][1] > anchors[1][0]:
        return None
    for name, marks in LOOP_MARKS.items():
        held = [_held(site, marks, *anchor) for anchor in anchors]
        if all(held):
            return Extra({"anchors": [list(anchor) for anchor in anchors], "by": name}, (*held[0], *held[1]))
    return None


def _held(site: Candidate, marks: Sequence[str], start: int, end: int) -> list[Seen]:
    """Peaks of these assays and of the link's sample whose summit lies in [start, end), one a track."""
    here = [
        one
        for one in site.all
        if one.form == "peak"
        and one.mark in marks
        and one.sample == site.anchor.sample
        and start - TOGETHER <= one.point < end + TOGETHER
    ]
    return list({one.track: one for one in reversed(here)}.values())
