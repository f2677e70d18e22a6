"""What single rules ask beyond their row: distances to start sites, lengths, the pausing index, what anchors hold.

Each check gets a candidate and answers with the numbers it found and what else it rests on, or None where the rule
does not hold. Thresholds are in bp, or ratios of measured signal, and say where they come from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from renderer.assays.labels import sample_of, strand_of
from renderer.values.evidence import ContactEvidence, Domain, Evidence, Gene, GeneSignal
from renderer.values.track import Scene
from vlm.claims.kind import Form
from vlm.rules.heights import is_above_usual, is_low_body, is_low_domain, tells_of_transcription
from vlm.rules.observations import Seen, mark_of, tracks_of

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

LEAST_GENE = 2_000
"""Bases of the shortest gene whose start is told from its body: our own."""

START = 500
"""Bases to each side of a start site that are its start, in windows as narrow as the rule asks for
(`renderer.measure.genes`)."""

CLUSTER, GAP = 3, 12_500
"""Distal peaks of H3K27ac that are a cluster, and the widest gap (bp) between them, as of those that are stitched
before super-enhancers are ranked over a genome. That rank no window shows."""

DIVERGENT = 400
"""Bases between the summits of a pair of starts that part: our own; they lie about 110 bp apart (Core et al. 2014)."""

ACTIVE = ("H3K4me3", "H3K27ac", "H3K9ac")
"""Marks of active promoters."""

TRANSCRIPTION = ("RNA", "nascent RNA")
"""What is transcribed, as against marks of it."""

ENHANCER = ("H3K4me1", "open chromatin", "p300")
"""What tells an enhancer-like element from acetylation alone."""

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


def distance_from(start: int, one: Seen) -> int:
    """Bases from a start site to what was seen, 0 within it."""
    return max(one.start - start, start - (one.end - 1), 0)


def is_promoter(site: Candidate) -> Extra:
    """How far the marks are from the start site, and whether transcription was measured."""
    marks = [one.mark for one in site.ground if one.mark in ACTIVE]
    away = max(distance_from(site.anchor.point, one) for one in site.ground if one.mark in ACTIVE)
    return Extra({"tss_bp": away, "at_tss": list(dict.fromkeys(marks)), "transcription": _hears(site)})


def _hears(site: Candidate) -> str:
    """Whether transcription of the anchor's gene was measured in its sample: 'no', 'low' in all tracks of its strand,
    or 'yes' (it stands out of one, or it cannot be told)."""
    tracks = [
        (mark, signal, strand_of(track))
        for track in site.scene.tracks
        if (mark := mark_of(track)) in TRANSCRIPTION and sample_of(track) == site.anchor.sample
        if (signal := site.evidence.signal(track.number)) and signal.state != "no_data"
    ]
    if not tracks:
        return "no"
    low = [
        found is not None and (level := _along(found, mark)) is not None and not tells_of_transcription(signal, *level)
        for mark, signal, strand in tracks
        for gene in _own_genes(site)
        if strand in (None, gene.strand)
        for found in [signal.over(gene)]
    ]
    return "low" if low and all(low) else "yes"


def _along(found: GeneSignal, mark: str | None) -> tuple[float, float] | None:
    """What tells of transcription along a gene, the mean of its exons or of its body, and the mean outside genes."""
    level = found.exons if mark == "RNA" else found.body
    return None if level is None else (level, found.outside)


def is_distal(site: Candidate) -> Extra | None:
    """Away from every annotated start, and from the window's edges, behind which there may be one."""
    return distal_at(site, site.anchor.point)


def distal_at(site: Candidate, point: int) -> Extra | None:
    """As `is_distal`, of a place."""
    annotations, region = site.evidence.gene_tracks(), site.scene.region
    starts = [tss for found in annotations.values() for gene in found.genes for tss in gene.tss]
    nearest = min((abs(tss - point) for tss in starts), default=None)
    edge = min(point - region.start, region.end - 1 - point)
    if not annotations or edge <= DISTAL or (nearest is not None and nearest <= DISTAL):
        return None
    return Extra({"nearest_tss_bp": nearest, "distal_bp": DISTAL})


def is_lone(site: Candidate) -> Extra | None:
    """Distal, where no track that could show an enhancer otherwise was loaded for the sample."""
    others = (tracks_of(mark, site.anchor.sample, site.scene, site.evidence) for mark in ENHANCER)
    return None if any(others) else is_distal(site)


def is_clustered(site: Candidate) -> Extra | None:
    """The leftmost of CLUSTER distal peaks or more, of one track, with gaps of at most GAP."""
    anchor = site.anchor
    mine = {one.point: one for one in site.all if one.form == "peak" and one.track == anchor.track}
    peaks = [mine[point] for point in sorted(mine) if distal_at(site, point)]
    before = [one for one in peaks if one.point < anchor.point and anchor.start - one.end <= GAP]
    if before or anchor.point not in mine or not distal_at(site, anchor.point):
        return None
    cluster = [mine[anchor.point]]
    for one in peaks:
        if one.point > anchor.point and one.start - cluster[-1].end <= GAP:
            cluster.append(one)
    if len(cluster) < CLUSTER:
        return None
    span = (anchor.start, cluster[-1].end)
    facts = {"peaks": len(cluster), "length_bp": span[1] - span[0], "gap_bp": GAP, "point": (span[0] + span[1]) // 2}
    return Extra(facts, tuple(cluster), span)


def is_long(site: Candidate) -> Extra | None:
    """Broad in bases and well above the file and the window, with the genes that claims say this track covers there."""
    anchor, signal = site.anchor, site.evidence.signal(site.anchor.track)
    if anchor.end - anchor.start < BROAD_LENGTH:
        return None
    domains = [d for d in signal.domains if d.start == anchor.start] if signal else []
    if any(is_low_domain(signal, domain) for domain in domains if signal):
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
        low = is_low_domain(signal, domain) if signal else False
        several = anchor in inside and len({one.point for one in inside}) > 1
        if several and not told and not low and length >= BROAD_LENGTH:
            starts = [one for one in mine if one.form == "start" and one.named and one.point in _range(domain)]
            facts = {"length_bp": length, "genes": [], "starts": list(dict.fromkeys(one.gene for one in starts))}
            return Extra(facts, (*inside, *starts), (domain.start, domain.end))
    return None


def _range(domain: Domain) -> range:
    return range(domain.start, domain.end)


def is_inside(site: Candidate) -> Extra | None:
    """H3K27me3 is at the start site itself: a peak of it that is no narrower than that of H3K4me3, or a domain that has
    no gap there. A domain can be asked at genes long enough on screen for their start to be measured."""
    for one in (one for one in site.ground if one.mark == "H3K27me3"):
        if one.form == "peak":
            if one.end - one.start >= site.anchor.end - site.anchor.start:
                return Extra()
            continue
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


def is_transcribed(site: Candidate) -> Extra | None:
    """The gene stands out of the usual of the file: its exons of RNA, its body of nascent RNA or H3K36me3. Says which
    of the marks show it."""
    telling = [one for one in site.ground if _tells(site, one)]
    return Extra({"marks": list(dict.fromkeys(one.mark for one in telling))}) if site.anchor in telling else None


def _tells(site: Candidate, one: Seen) -> bool:
    signal = site.evidence.signal(one.track)
    genes = [gene for found in site.evidence.gene_tracks().values() for gene in found.genes if gene.name == one.gene]
    over = [found for gene in genes if signal and (found := signal.over(gene))]
    if one.mark == "H3K36me3":  # a claim that a domain covers the gene, however short that is on screen
        return not any(is_low_body(signal, found.body, found.outside) for found in over if signal)
    levels = [_along(found, one.mark) for found in over]
    return any(signal is not None and level is not None and tells_of_transcription(signal, *level) for level in levels)


def is_paused(site: Candidate) -> Extra | None:
    """The signal at the start over that of the body, on the gene's strand. Of an assay without strands the start also
    holds the polymerase that goes the other way, so that nothing is read from it."""
    anchor = site.anchor
    track = next(track for track in site.scene.tracks if track.number == anchor.track)
    signal = site.evidence.signal(anchor.track)
    for gene in _own_genes(site):
        over = signal.over(gene) if signal else None
        if over is None or over.body is None or over.pausing is None or strand_of(track) != gene.strand:
            continue
        above = is_above_usual(signal, over.body, over.outside)
        if over.pausing > PAUSED and above and gene.end - gene.start >= LEAST_GENE:
            return Extra({"pausing_index": round(over.pausing, 2), "least": PAUSED, "start_bp": START})
    return None


def is_divergent(site: Candidate) -> Extra | None:
    """A peak of the other strand upstream of a start at which the gene's own strand peaks too."""
    anchor = site.anchor
    strands = {track.number: strand_of(track) for track in site.scene.tracks}
    for gene in _own_genes(site):
        if strands.get(anchor.track) != gene.strand:
            continue
        sign = -1 if gene.strand == "-" else 1
        for one in site.all:
            upstream = sign * (gene.first_base - one.point)
            other = one.form == "peak" and one.mark == anchor.mark and one.sample == anchor.sample
            if other and _starts_another(one.point, gene, site.evidence):
                continue
            if other and {strands[one.track], gene.strand} == {"+", "-"} and 0 < upstream <= PROMOTER:
                return Extra({"upstream_bp": upstream}, (one,))
    return None


def _starts_another(point: int, gene: Gene, evidence: Evidence) -> bool:
    """Whether a place upstream of a gene is at the own start of one on the other strand: that is no upstream antisense
    of this one."""
    genes = (one for track in evidence.gene_tracks().values() for one in track.genes)
    return any(one.strand != gene.strand and abs(one.first_base - point) <= PROMOTER for one in genes)


def is_bidirectional(site: Candidate) -> Extra | None:
    """A minus-strand summit left of a plus-strand summit, close by and away from starts."""
    anchor = site.anchor
    strands = {track.number: strand_of(track) for track in site.scene.tracks}
    if strands.get(anchor.track) != "-" or not distal_at(site, anchor.point):
        return None
    for one in site.all:
        pair = one.form == "peak" and one.mark == anchor.mark and one.sample == anchor.sample
        if pair and strands[one.track] == "+" and 0 < one.point - anchor.point <= DIVERGENT:
            nearest = distal_at(site, anchor.point)
            facts = {"summits_bp": one.point - anchor.point, "point": (one.point + anchor.point) // 2}
            return nearest and Extra(nearest.facts | facts, (one,), (anchor.start, one.end))
    return None


def is_at_ctcf(site: Candidate) -> Extra | None:
    """A contact boundary with a CTCF peak at most one bin of the map away, where there is no cohesin."""
    return _bound_boundary(site, False)


def is_insulating(site: Candidate) -> Extra | None:
    """A contact boundary with a peak of CTCF at most one bin of the map away, and cohesin at that."""
    return _bound_boundary(site, True)


def _bound_boundary(site: Candidate, cohesin: bool) -> Extra | None:
    anchor, found = site.anchor, site.evidence.tracks.get(site.anchor.track)
    if not isinstance(found, ContactEvidence):
        return None
    peaks = [one for one in site.all if one.form == "peak" and one.sample == anchor.sample]
    near = [one for one in peaks if one.mark == "CTCF" and abs(one.point - anchor.point) <= found.resolution]
    if not near:
        return None
    site_of = min(near, key=lambda one: abs(one.point - anchor.point))
    held = [one for one in peaks if one.mark == "cohesin" and abs(one.point - site_of.point) <= TOGETHER]
    if bool(held) != cohesin:
        return None
    facts = {"ctcf_bp": abs(site_of.point - anchor.point), "bin_bp": found.resolution}
    return Extra(facts, (site_of, *held[:1]), (min(anchor.start, site_of.start), max(anchor.end, site_of.end)))


def joins_ctcf(site: Candidate) -> Extra | None:
    """Both anchors of a link hold a peak of CTCF."""
    anchors = _anchors(site)
    held = [_held(site, "CTCF", anchor) for anchor in anchors]
    if not held or not all(held):
        return None
    cohesin = [one for anchor in anchors for one in _held(site, "cohesin", anchor)]
    return Extra({"anchors": [list(anchor) for anchor in anchors]}, (*held[0], *held[1], *cohesin))


def joins_enhancer(site: Candidate) -> Extra | None:
    """One anchor of a link holds a start with H3K4me3, the other H3K27ac of an enhancer-like element and no start."""
    anchors = _anchors(site)
    for near, far in (anchors, anchors[::-1]) if anchors else ():
        starts, elements = _starts(site, near), _elements(site, far)
        if starts and elements and not _starts(site, far):
            gene, point = starts[0].gene, elements[0].point
            facts = {"promoters": [gene], "point": point, "away_bp": abs(point - starts[0].point)}
            return Extra({"anchors": [list(anchor) for anchor in anchors]} | facts, (starts[0], *elements))
    return None


def joins_promoters(site: Candidate) -> Extra | None:
    """Both anchors of a link hold starts with H3K4me3, of different genes."""
    anchors = _anchors(site)
    starts = [_starts(site, anchor) for anchor in anchors]
    if not starts or not all(starts) or starts[0][0].gene == starts[1][0].gene:
        return None
    ground = (starts[0][0], starts[1][0])
    return Extra({"anchors": [list(anchor) for anchor in anchors], "promoters": [one.gene for one in ground]}, ground)


def _anchors(site: Candidate) -> tuple[tuple[int, int], ...]:
    """The anchors of a link that lie apart, left one first."""
    anchors = site.anchor.anchors
    return anchors if len(anchors) == 2 and anchors[0][1] <= anchors[1][0] else ()


def _starts(site: Candidate, anchor: tuple[int, int]) -> list[Seen]:
    """Named starts with H3K4me3 whose site lies in an anchor."""
    mine = _of_sample(site, "start", "H3K4me3")
    return [one for one in mine if one.named and one.away <= PROMOTER and anchor[0] <= one.point < anchor[1]]


def _elements(site: Candidate, anchor: tuple[int, int]) -> list[Seen]:
    """A distal peak of H3K27ac in an anchor with what makes it enhancer-like, and without H3K4me3; else nothing."""
    for one in _held(site, "H3K27ac", anchor):
        beside = [
            other
            for mark in ENHANCER
            for other in _of_sample(site, "peak", mark)
            if abs(other.point - one.point) <= TOGETHER
        ]
        bare = not any(abs(other.point - one.point) <= TOGETHER for other in _of_sample(site, "peak", "H3K4me3"))
        if beside and bare and distal_at(site, one.point):
            return [one, beside[0]]
    return []


def _held(site: Candidate, mark: str, anchor: tuple[int, int]) -> list[Seen]:
    """Peaks of this assay and of the link's sample that reach into an anchor, one a track. Narrow anchors, which may be
    the middles of clusters, are taken as wide as elements."""
    middle, wide = (anchor[0] + anchor[1]) // 2, max((anchor[1] - anchor[0]) // 2, TOGETHER)
    here = [one for one in _of_sample(site, "peak", mark) if one.start < middle + wide and middle - wide < one.end]
    return list({one.track: one for one in reversed(here)}.values())


def _of_sample(site: Candidate, form: Form, mark: str) -> list[Seen]:
    return [one for one in site.all if one.form == form and one.mark == mark and one.sample == site.anchor.sample]
