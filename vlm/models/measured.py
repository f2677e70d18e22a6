"""The captioner without a model: it states the measurements. The baseline every model is compared with, and the
fall-back where a model says nothing that holds. It looks at no pixels, and its name says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from renderer.assays.labels import strand_of
from renderer.assays.names import assay_of
from renderer.values.evidence import (
    ContactEvidence,
    Domain,
    Gene,
    GeneSignal,
    IntervalEvidence,
    LinkEvidence,
    SignalEvidence,
    TrackEvidence,
)
from renderer.values.region import Region
from renderer.values.track import Track
from vlm.claims.checks import core
from vlm.claims.join import Annotation, annotation_of, is_worth_naming, join_claims
from vlm.claims.verify import judge
from vlm.values.captioner import Figure, ModelInfo, RawReading
from vlm.values.claim import Claim

REVISION = "2"
LISTED = 12
"""Peaks, boxes or arcs that are stated of one track, as many as `builtin` can say."""

CROWD = 6
"""From this many peaks on they crowd: that a stretch is raised is worth more than their number."""

MOST_GENES = 3
"""Genes of one track over which its signal is described: those with the most of it."""


class Measured:
    """The captioner called 'measured'."""

    @property
    def info(self) -> ModelInfo:
        """Name and revision; no device, there is no model."""
        return ModelInfo("measured", REVISION, "none")

    def read(self, figures: list[Figure]) -> list[RawReading]:
        """State what was measured in each figure."""
        return [self._read(figure) for figure in figures]

    def _read(self, figure: Figure) -> RawReading:
        if figure.evidence is None:
            return RawReading((), error="There are no measurements for this figure.")
        claims = [
            claim
            for number, found in figure.evidence.tracks.items()
            for claim in track_claims(number, found, figure.region)
        ]
        return RawReading((*claims, *_gene_signals(figure), *_higher(figure), *join_claims(claims, figure)))


def track_claims(track: int, found: TrackEvidence, region: Region) -> list[Claim]:
    """Every claim of one track's evidence that a caption could use; none for annotation, which `join` tells."""
    state = _STATERS.get(type(found))
    return list(state(track, found, region)) if state else []


def _signal(track: int, found: SignalEvidence, region: Region) -> Iterator[Claim]:
    whole = (region.start, region.end)
    if found.state != "signal":
        yield Claim(found.state, (track,), *whole, source="measured")
        return
    for domain in found.domains:
        if domain.salient or _is_main(domain, found):
            yield Claim("broad_domain", (track,), domain.start, domain.end, source="measured")
    for peak in sorted(found.salient, key=lambda peak: -peak.height)[:LISTED]:
        yield Claim("peak", (track,), *core(peak, region), source="measured")
    if found.strongest:
        yield Claim("strongest_peak", (track,), *core(found.strongest, region), source="measured")
    yield Claim("peak_count", (track,), *whole, value=len(found.salient), source="measured")
    if found.low_elsewhere:
        yield Claim("flat", (track,), *whole, value="elsewhere", source="measured")


def _is_main(domain: Domain, found: SignalEvidence) -> bool:
    """Whether a domain that is only visible says more than a row of peaks: those crowd, and it has the strongest of
    them and most others, or the track is all but noisy."""
    top = found.strongest
    if len(found.salient) < CROWD or top is None or not domain.start <= top.summit < domain.end:
        return False
    inside = sum(domain.start <= peak.summit < domain.end for peak in found.salient)
    return "noisy" in found.near or inside >= len(found.salient) / 2


def _intervals(track: int, found: IntervalEvidence, region: Region) -> Iterator[Claim]:
    yield Claim("interval_count", (track,), region.start, region.end, value=found.count, source="measured")
    if found.state == "few":
        for span in found.spans[:LISTED]:
            yield Claim("interval_at", (track,), span.start, span.end, value=span.name or None, source="measured")


def _links(track: int, found: LinkEvidence, region: Region) -> Iterator[Claim]:
    if found.state != "few":
        return
    for arc in [arc for arc in found.arcs if arc.inside][:LISTED]:
        anchors = [[arc.start1, arc.end1], [arc.start2, arc.end2]]
        start, end = max(arc.start1, region.start), min(arc.end2, region.end)
        yield Claim("link", (track,), start, end, value={"anchors": anchors}, source="measured")


def _contacts(track: int, found: ContactEvidence, region: Region) -> Iterator[Claim]:
    for boundary in sorted(found.salient, key=lambda one: -one.strength)[:LISTED]:
        start = min(max(boundary.position, region.start), region.end - 1)
        yield Claim("domain_boundary", (track,), start, start + 1, source="measured")


_STATERS: dict[type, Callable[..., Iterator[Claim]]] = {
    SignalEvidence: _signal,
    IntervalEvidence: _intervals,
    LinkEvidence: _links,
    ContactEvidence: _contacts,
}


# --- what needs measurements of more than one track


def _gene_signals(figure: Figure) -> list[Claim]:
    """Tracks that follow the exons of a gene, or lie on its strand: the claims that hold, strongest genes first."""
    annotation = annotation_of(figure)
    if annotation is None or figure.evidence is None:
        return []
    kinds = {track.number: _kind_over_genes(track) for track in figure.scene.tracks}
    claims: list[Claim] = []
    for number, found in figure.evidence.tracks.items():
        kind = kinds.get(number)
        if kind and isinstance(found, SignalEvidence) and found.state == "signal":
            claims += _over_genes(kind, number, found, annotation, figure)
    return claims


def _kind_over_genes(track: Track) -> str | None:
    """What a track could show along a gene: a strand's signal its strand, spliced RNA its exons."""
    if strand_of(track):
        return "on_strand"
    row = assay_of(track)
    return "follows_exons" if row and row.spliced else None


def _over_genes(kind: str, track: int, found: SignalEvidence, annotation: Annotation, figure: Figure) -> list[Claim]:
    region = figure.region
    over = [(one, gene) for gene in annotation.genes if is_worth_naming(gene) and (one := found.over(gene))]
    over.sort(key=lambda pair: -_amount(kind, *pair))
    options = (
        Claim(
            kind,
            (track, annotation.track),
            max(gene.start, region.start),
            min(gene.end, region.end),
            gene.name,
            "measured",
        )
        for _, gene in over
    )
    assert figure.evidence is not None  # `_gene_signals` has seen it
    held = [one for one in options if judge(one, figure.evidence, figure.scene).verdict == "supported"]
    return held[:MOST_GENES]


def _amount(kind: str, found: GeneSignal, gene: Gene) -> float:
    """How much of the track's signal the gene has: what a caption would name it for."""
    level = found.exons if kind == "follows_exons" else found.body
    return (level or 0.0) * (gene.end - gene.start)


def _higher(figure: Figure) -> list[Claim]:
    """For each scale group: what its highest track has over the others, over the window, along genes and at its peak.

    All pairs would fill a record with what nobody asks.
    """
    evidence, region = figure.evidence, figure.region
    assert evidence is not None  # `_read` has seen it
    groups: dict[str, dict[int, SignalEvidence]] = {}
    for track in figure.scene.tracks:
        found = evidence.signal(track.number)
        if track.group and found and found.mean is not None:
            groups.setdefault(track.group, {})[track.number] = found
    claims = []
    for group in groups.values():
        top = max(group, key=lambda number: abs(group[number].mean or 0.0) * group[number].covered)
        places = [(region.start, region.end), *_gene_places(group[top], figure), *_peak_place(group[top], region)]
        others = [number for number in group if number != top]
        claims += [Claim("higher_in", (top, other), *place, source="measured") for other in others for place in places]
    return [one for one in claims if judge(one, evidence, figure.scene).verdict == "supported"]


def _gene_places(found: SignalEvidence, figure: Figure) -> list[tuple[int, int]]:
    """The visible spans of the genes along which a track has most signal."""
    annotation, region = annotation_of(figure), figure.region
    genes = annotation.genes if annotation else ()
    over = [(one, gene) for gene in genes if is_worth_naming(gene) and (one := found.over(gene))]
    over.sort(key=lambda pair: -_amount("on_strand", *pair))
    return [(max(gene.start, region.start), min(gene.end, region.end)) for _, gene in over[:MOST_GENES]]


def _peak_place(found: SignalEvidence, region: Region) -> list[tuple[int, int]]:
    return [core(found.strongest, region)] if found.state == "signal" and found.strongest else []
