"""Sentences on broad domains: how long, where, which genes they cover, and what else the track shows.

Which genes a domain covers follows from two supported claims, the domain and the gene, and their measured spans.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from renderer.values.region import Region
from vlm.values.claim import Judged
from vlm.words.clauses.clause import Raised
from vlm.words.parts import Edge, Extent, Held, Place
from vlm.words.places import Sentence, Setting, sentence, where
from vlm.words.profiles import Profile, Stretch, supported

COVERED = 0.8
"""A domain covers a gene if this share of the gene's visible length lies in it, and is within one likewise."""

SAME = 0.8
"""Domains of two tracks are told together if intersection over union reaches this."""

EDGE_SHARE = 0.01
"""A domain that comes this close (share of the window) to an edge is cut by it."""

FLANK_SHARE = 0.02
"""A peak this close (share of the window) to a domain is its shoulder, not a place of its own."""

PROMOTER = 10_000
"""A longer domain of a mark of promoters (bp) is no promoter, whichever starts it holds."""

NAMED = 3
LISTED = 3
"""Genes, and domains of one track, that are named."""

RANK_DOMAIN, RANK_MANY = 1, 3

FEW = 2
"""Domains of a track that are a finding; of more, a caption says it only if there is room."""


Gaps = Mapping[int, Sequence[tuple[int, int]]]


@dataclass(frozen=True)
class GeneSpan:
    """The visible part of a gene of which a supported claim tells."""

    name: str
    start: int
    end: int
    id: int
    strand: str = "."

    def first_base(self, region: Region) -> int | None:
        """Its first transcribed base; None if it has no strand, or may lie beyond the window."""
        if self.strand == "+" and self.start > region.start:
            return self.start
        return self.end - 1 if self.strand == "-" and self.end < region.end else None


def gene_spans(judged: Sequence[Judged], worth: set[str]) -> list[GeneSpan]:
    """The genes worth naming, left to right."""
    spans = [
        GeneSpan(
            str(one.measured["name"]),
            int(one.measured["start"]),
            int(one.measured["end"]),
            number,
            str(one.measured.get("strand", ".")),
        )
        for number, one in supported(judged)
        if one.claim.kind == "gene" and one.measured["name"] in worth
    ]
    return sorted(spans, key=lambda span: span.start)


def tell_domains(
    profiles: Sequence[Profile], genes: Sequence[GeneSpan], setting: Setting, gaps: Gaps | None = None
) -> list[Sentence]:
    """One sentence for each track with broad domains; tracks that share their domains are told together. `gaps` are the
    stretches without data, by track."""
    groups: list[list[Profile]] = []
    for profile in (one for one in profiles if one.domains):
        home = next((group for group in groups if _same(group[0], profile)), None)
        if home is None:
            groups.append([profile])
        else:
            home.append(profile)
    return [_tell(group, genes, setting, gaps or {}) for group in groups]


def _same(one: Profile, other: Profile) -> bool:
    """Whether two tracks are raised over the same stretches."""
    pairs = list(zip(one.stretches, other.stretches, strict=False))
    return len(one.domains) == len(other.domains) and all(
        min(a.end, b.end) - max(a.start, b.start) >= SAME * (max(a.end, b.end) - min(a.start, b.start))
        for a, b in pairs
    )


def _tell(group: Sequence[Profile], genes: Sequence[GeneSpan], setting: Setting, gaps: Gaps) -> Sentence:
    first, total = group[0], len(group[0].domains)
    longest = sorted(first.stretches, key=lambda one: one.start - one.end)[: LISTED if total > 1 else 1]
    marks = all(profile.track in setting.promoters for profile in group)
    longest.sort(key=lambda one: one.start)
    told = [_extent(one, genes, setting.region, marks, gaps.get(first.track, ())) for one in longest]
    named = {name for extent, _ in told for name in (*extent.covers, extent.within, *extent.promoters)}
    ids = [i for profile in group for one in profile.stretches for i in one.ids]
    ids += [i for _, more in told for i in more]
    ids += [i for profile in group for (_, name), i in profile.covers.items() if name in named]
    peak, low, beside = (None, False, []) if len(group) > 1 else _beside(first, setting)
    who = setting.labels.of([profile.track for profile in group])
    held, more = _held(first, told[0][0]) if len(group) == total == 1 else (None, [])
    early = all(profile.track in setting.early for profile in group)
    raised = Raised(who, tuple(extent for extent, _ in told), total, peak, low, held, first.agrees, early)
    rank = RANK_DOMAIN if total <= FEW else RANK_MANY
    widest = max(raised.extents, key=lambda extent: extent.end - extent.start)
    short = sentence(Raised(who, (widest,), total, early=early), ids, rank)
    return sentence(raised, [*ids, *(more or beside)], rank, parts=[short] if total > 1 else [])


def _held(profile: Profile, domain: Extent) -> tuple[Held | None, list[int]]:
    """How much of the signal the domain holds, or the gene it lies in or covers, with the claim."""
    share = profile.held
    if share is None:
        return None, []
    genes = (*domain.covers, domain.within, *domain.promoters)
    if share.gene is None and not (share.start < domain.end and domain.start < share.end):
        return None, []
    if share.gene is not None and share.gene not in genes:
        return None, []
    return Held(share.share, share.fold, share.gene), [share.id]


def _extent(
    domain: Stretch, genes: Sequence[GeneSpan], region: Region, marks: bool, gaps: Sequence[tuple[int, int]]
) -> tuple[Extent, list[int]]:
    """The domain with the genes it covers, or the one it lies in, and the claims on those; of a mark of promoters (if
    `marks`) with those whose start it holds. `gaps` of the data may cut it as the edges of the window do."""
    near = EDGE_SHARE * region.span
    cut = any(min(abs(domain.end - start), abs(domain.start - end)) <= near for start, end in gaps)
    extent = Extent(domain.start, domain.end, _edge(domain, region), cut)
    if marks and domain.end - domain.start <= PROMOTER:
        firsts = ((gene, gene.first_base(region)) for gene in genes)
        own = [gene for gene, first in firsts if first is not None and domain.start <= first < domain.end][:NAMED]
        if own:
            return replace(extent, promoters=tuple(gene.name for gene in own)), [gene.id for gene in own]
    covered = [gene for gene in genes if _common(domain, gene) >= COVERED * (gene.end - gene.start)]
    if covered:
        named = sorted(covered, key=lambda gene: gene.start - gene.end)[:NAMED]
        named.sort(key=lambda gene: gene.start)
        names, more = tuple(gene.name for gene in named), len(covered) > NAMED
        return replace(extent, covers=names, more=more), [gene.id for gene in named]
    home = next((gene for gene in genes if _common(domain, gene) >= COVERED * (domain.end - domain.start)), None)
    return (replace(extent, within=home.name), [home.id]) if home else (extent, [])


def _edge(domain: Stretch, region: Region) -> Edge | None:
    """At which edge the window cuts the domain."""
    near = EDGE_SHARE * region.span
    left, right = domain.start - region.start <= near, region.end - domain.end <= near
    if left and right:
        return "both"
    return "left" if left else "right" if right else None


def _common(domain: Stretch, gene: GeneSpan) -> int:
    return min(domain.end, gene.end) - max(domain.start, gene.start)


def _beside(profile: Profile, setting: Setting) -> tuple[Place | None, bool, list[int]]:
    """What the track shows outside its domains, its strongest peak or that it is low, with the claims on that."""
    flank = round(FLANK_SHARE * setting.region.span)
    outside = [
        spot
        for spot in profile.spots.values()
        if not any(one.start - flank <= spot.summit < one.end + flank for one in profile.stretches)
    ]
    if profile.main in outside and profile.main:
        place = where(profile.main, setting, [profile.track], position=True)
        return place, False, [*profile.main.ids, *profile.main.gene_ids]
    low = bool(profile.low_ids) and not outside
    return None, low, list(profile.low_ids) if low else []
