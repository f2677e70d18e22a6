"""Two genes, eight tracks and what is seen of them: the world in which the tests of readings live."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from renderer.values.evidence import (
    ContactEvidence,
    Domain,
    Evidence,
    Gene,
    GeneEvidence,
    Peak,
    SignalEvidence,
    TrackEvidence,
)
from renderer.values.region import Region
from renderer.values.track import Kind, Scene, Track
from vlm.rules import readings as rules
from vlm.values.claim import Claim, Judged
from vlm.words.caption import compose

REGION = Region("chr1", 0, 200_000)
GENES = (Gene("ALPHA", 40_000, 90_000, "+", (40_000,)), Gene("BETA", 120_000, 160_000, "-", (159_999,)))
GENE_TRACK = 9


def track(number: int, assay: str | None, kind: Kind = "signal", sample: str | None = "K562", label: str = "") -> Track:
    strand = "+" if "(+)" in label else "-" if "(-)" in label else None
    return Track(number, label or f"track {number}", kind, "bigwig", Path("x"), assay, sample, strand=strand)


ANNOTATION = track(GENE_TRACK, "gene annotation", "genes", None)
ASSAYS = ("H3K4me3 ChIP-seq", "H3K27ac ChIP-seq", "H3K27me3", "H3K36me3", "H3K9me3", "CTCF", "ATAC-seq", "Pol II")
TRACKS = tuple(track(number, assay) for number, assay in enumerate(ASSAYS, 1))
K4ME3, K27AC, K27ME3, K36ME3, K9ME3, CTCF, ATAC, POL2 = range(1, 9)


def peak(number: int, summit: int) -> Judged:
    """A supported claim on a peak of half a kilobase to each side."""
    facts = {"summit": summit, "start": summit - 500, "end": summit + 500, "height": 1.0}
    return Judged(Claim("peak", (number,), summit - 500, summit + 500), "supported", facts)


def start(number: int, gene: Gene, off: int = 0) -> Judged:
    """A supported claim on a peak at a gene's start."""
    tss = gene.first_base
    facts = peak(number, tss + off).measured | {
        "gene": gene.name,
        "named": True,
        "tss": tss,
        "outermost": True,
        "distance": max(0, abs(off) - 500),
    }
    return Judged(
        Claim("peak_at_tss", (number, GENE_TRACK), tss + off - 500, tss + off + 500, gene.name), "supported", facts
    )


def domain(number: int, first: int, end: int) -> Judged:
    return Judged(Claim("broad_domain", (number,), first, end), "supported", {"start": first, "end": end})


def along(kind: str, number: int, gene: Gene) -> Judged:
    facts = {"gene": gene.name, "named": True, "start": gene.start, "end": gene.end}
    return Judged(Claim(kind, (number, GENE_TRACK), gene.start, gene.end, gene.name), "supported", facts)


def signal(judged: Sequence[Judged], number: int) -> SignalEvidence:
    """Evidence that shows what these claims say of one track."""
    mine = [one for one in judged if one.claim.tracks[0] == number]
    summits = sorted({int(one.measured["summit"]) for one in mine if "summit" in one.measured})
    peaks = tuple(Peak(s - 500, s + 500, s, 9.0, 0.9, 0.8, True) for s in summits)
    domains = tuple(
        Domain(one.measured["start"], one.measured["end"], 0.5, 0.1) for one in mine if one.claim.kind == "broad_domain"
    )
    return SignalEvidence("signal", 0.0, 10.0, 9.0, 1.0, 1.0, peaks, domains, True)


def world(
    judged: Sequence[Judged], tracks: Sequence[Track] = TRACKS, genes: Sequence[Gene] = GENES
) -> tuple[Scene, Evidence]:
    """A scene, and evidence that agrees with the claims."""
    scene = Scene(REGION, (*tracks, ANNOTATION), "hg38")
    shown: dict[int, TrackEvidence] = {t.number: signal(judged, t.number) for t in tracks if t.kind == "signal"}
    shown |= {t.number: ContactEvidence("domains", 5_000, 1.0) for t in tracks if t.kind == "contacts"}
    return scene, Evidence(REGION, shown | {GENE_TRACK: GeneEvidence(tuple(genes))})


def kinds(judged: Sequence[Judged], tracks: Sequence[Track] = TRACKS, genes: Sequence[Gene] = GENES) -> set[str]:
    """Kinds of the readings of these claims."""
    return {one.claim.kind for one in rules.read(judged, *world(judged, tracks, genes))}


ALPHA, BETA = GENES
MAP, RAD21, K4ME1 = 12, 13, 14


def link(first: tuple[int, int], second: tuple[int, int]) -> Judged:
    claim = Claim("link", (10,), first[0], second[1], {"anchors": [list(first), list(second)]})
    return Judged(claim, "supported", {"anchors": [list(first), list(second)], "count": 1})


def boundary(at: int) -> Judged:
    return Judged(
        Claim("domain_boundary", (MAP,), at, at + 1),
        "supported",
        {"start": at, "end": at + 1, "position": at, "strength": 1.0},
    )


LOOP = link((20_000, 25_000), (105_000, 110_000))
LINKED = (
    *TRACKS,
    track(10, "Hi-C loops", "links"),
    track(MAP, "Hi-C", "contacts"),
    track(RAD21, "RAD21"),
    track(K4ME1, "H3K4me1"),
)

FIRES: dict[str, list[Judged]] = {
    "active_promoter": [start(K4ME3, ALPHA), start(K27AC, ALPHA, 300)],
    "bivalent_promoter": [start(K4ME3, ALPHA), peak(K27ME3, 40_300)],
    "transcribed_gene": [along("covers_gene", K36ME3, ALPHA)],
    "enhancer_like": [peak(K27AC, 100_000), peak(ATAC, 100_200)],
    "poised_enhancer": [peak(K4ME1, 100_000), peak(K27ME3, 100_200)],
    "h3k27ac_cluster": [peak(K27AC, 100_000), peak(K27AC, 105_000), peak(K27AC, 110_000)],
    "polycomb_domain": [domain(K27ME3, 120_000, 150_000)],
    "heterochromatin": [domain(K9ME3, 120_000, 150_000)],
    "zinc_finger_chromatin": [domain(K9ME3, 120_000, 150_000), domain(K36ME3, 125_000, 150_000)],
    "ctcf_site": [peak(CTCF, 100_000)],
    "boundary_at_ctcf": [boundary(100_000), peak(CTCF, 104_000)],
    "insulator": [boundary(100_000), peak(CTCF, 104_000), peak(RAD21, 104_200)],
    "open_chromatin": [peak(ATAC, 100_000)],
    "loop_between": [LOOP, peak(CTCF, 22_000), peak(CTCF, 108_000)],
    "promoter_enhancer_loop": [
        link((38_000, 43_000), (98_000, 103_000)),
        start(K4ME3, ALPHA),
        peak(K27AC, 100_000),
        peak(ATAC, 100_200),
    ],
    "promoter_promoter_loop": [
        link((38_000, 43_000), (158_000, 163_000)),
        start(K4ME3, ALPHA),
        start(K4ME3, BETA),
    ],
}


PRO = track(7, "PRO-seq", label="PRO-seq (+)")


def caption(judged: Sequence[Judged], readings: Sequence[Judged], scene: Scene) -> dict[str, str]:
    prose = compose([*judged, *readings], scene, GENES)
    return {code: prose.caption(code) for code in ("en", "zh")}
