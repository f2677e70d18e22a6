"""Biological readings: each rule fires on its observations, and not when one of them is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderer.assays.table import marks
from renderer.values.background import FileLevels
from renderer.values.evidence import (
    ContactEvidence,
    Domain,
    Evidence,
    Gene,
    GeneEvidence,
    GeneSignal,
    Peak,
    SignalEvidence,
    TrackEvidence,
)
from renderer.values.region import Region
from renderer.values.track import Kind, Scene, Track
from vlm.rules import readings as rules
from vlm.rules.observations import mark_of
from vlm.rules.table import RULES
from vlm.values.claim import Claim, Judged
from vlm.words.caption import compose
from vlm.words.en_compared import NOUNS

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
    return Judged(claim, "supported", {"anchors": [list(first), list(second)]})


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


@pytest.mark.parametrize("kind", FIRES)
def test_a_rule_fires_on_its_observations_and_rests_on_them(kind: str) -> None:
    judged = FIRES[kind]
    readings = [one for one in rules.read(judged, *world(judged, LINKED)) if one.claim.kind == kind]
    assert 1 == len(readings)
    assert tuple(range(1, len(judged) + 1)) == readings[0].rests_on
    assert "rule" == readings[0].claim.source
    assert readings[0].measured["source"]
    assert rules.holds(readings[0], judged)


@pytest.mark.parametrize(("kind", "missing"), [(kind, i) for kind, seen in FIRES.items() for i in range(len(seen))])
def test_a_rule_is_silent_when_an_observation_is_missing(kind: str, missing: int) -> None:
    judged = FIRES[kind]
    assert kind not in kinds([one for i, one in enumerate(judged) if i != missing], LINKED)


@pytest.mark.parametrize("verdict", ["contradicted", "cannot_tell"])
@pytest.mark.parametrize(("kind", "doubtful"), [(kind, i) for kind, seen in FIRES.items() for i in range(len(seen))])
def test_nothing_rests_on_what_does_not_hold(kind: str, doubtful: int, verdict: Any) -> None:
    judged = list(FIRES[kind])
    fired = next(one for one in rules.read(judged, *world(judged, LINKED)) if one.claim.kind == kind)
    judged[doubtful] = replace(judged[doubtful], verdict=verdict)
    assert kind not in {one.claim.kind for one in rules.read(judged, *world(FIRES[kind], LINKED))}
    assert not rules.holds(fired, judged)


def test_every_kind_of_reading_has_a_rule_and_words() -> None:
    assert set(rules.READINGS) == set(NOUNS)


# --- what forbids a reading


@pytest.mark.parametrize("kind", FIRES)
def test_tracks_of_different_samples_are_never_combined(kind: str) -> None:
    """Each track is of a cell line of its own: only what one track shows alone is still read."""
    apart = tuple(replace(one, sample=f"line {one.number}") for one in LINKED)
    alone = len({one.claim.tracks[0] for one in FIRES[kind]}) == 1
    assert alone == (kind in kinds(FIRES[kind], apart))


@pytest.mark.parametrize("kind", FIRES)
def test_an_unknown_assay_gives_no_reading(kind: str) -> None:
    unknown = tuple(replace(one, assay="ChIP-seq", label=f"rep {one.number}") for one in LINKED)
    assert kind not in kinds(FIRES[kind], unknown)


ON_A_PEAK = sorted(k for k, seen in FIRES.items() if seen[0].claim.kind in ("peak", "peak_at_tss", "broad_domain"))


@pytest.mark.parametrize("kind", ON_A_PEAK)
def test_what_the_control_shows_as_well_is_no_finding(kind: str) -> None:
    first = FIRES[kind][0].measured
    control = signal([peak(11, (first["start"] + first["end"]) // 2), domain(11, first["start"], first["end"])], 11)
    scene, evidence = world(FIRES[kind], (*LINKED, track(11, "input control")))
    shown = Evidence(REGION, evidence.tracks | {11: control})
    assert kind not in {one.claim.kind for one in rules.read(FIRES[kind], scene, shown)}


@pytest.mark.parametrize("kind", FIRES)
def test_a_window_too_wide_to_tell_gives_no_reading(kind: str) -> None:
    scene, evidence = world(FIRES[kind], LINKED)
    widest = max(rule.widest for rule in RULES if rule.kind == kind)
    wide = scene.with_region(Region("chr1", 0, widest + 1))
    assert kind not in {one.claim.kind for one in rules.read(FIRES[kind], wide, evidence)}


def test_a_promoter_within_a_polycomb_domain_is_not_called_active() -> None:
    judged = [*FIRES["active_promoter"], domain(K27ME3, 30_000, 60_000)]
    assert {"polycomb_domain"} == kinds(judged)


def test_an_acetylated_promoter_is_not_called_bivalent() -> None:
    assert "bivalent_promoter" not in kinds([*FIRES["bivalent_promoter"], start(K27AC, ALPHA)])


def test_a_gap_of_a_domain_at_the_start_site_makes_no_bivalent_promoter() -> None:
    judged = [start(K4ME3, ALPHA), domain(K27ME3, 30_000, 60_000)]
    scene, evidence = world(judged)
    for level, expected in ((4.0, True), (0.4, False)):
        over = GeneSignal("ALPHA", 40_000, 90_000, "+", level, 3.0, 3.0, None, None, None, 1.0)
        shown = replace(signal(judged, K27ME3), genes=(over,))
        read = rules.read(judged, scene, Evidence(REGION, evidence.tracks | {K27ME3: shown}))
        assert expected == ("bivalent_promoter" in {one.claim.kind for one in read})


@pytest.mark.parametrize("summit", [42_000, 1_500, 199_000])
def test_no_enhancer_near_a_start_site_or_an_edge_behind_which_one_may_lie(summit: int) -> None:
    assert "enhancer_like" not in kinds([peak(K27AC, summit), peak(ATAC, summit)])


def test_no_enhancer_where_h3k4me3_was_not_measured_or_is_there() -> None:
    judged = FIRES["enhancer_like"]
    assert "enhancer_like" not in kinds(judged, TRACKS[1:])
    assert "enhancer_like" not in kinds([*judged, peak(K4ME3, 100_200)])


def test_no_enhancer_without_an_annotation_to_be_away_from() -> None:
    judged = FIRES["enhancer_like"]
    scene, evidence = world(judged)
    del evidence.tracks[GENE_TRACK]
    assert {"open_chromatin"} == {one.claim.kind for one in rules.read(judged, scene, evidence)}


def test_acetylation_alone_is_called_what_it_is_and_only_where_nothing_could_have_told_more() -> None:
    bare = tuple(one for one in TRACKS if one.number != ATAC)
    assert {"distal_acetylation"} == kinds([peak(K27AC, 100_000)], bare)
    assert set() == kinds([peak(K27AC, 100_000)], TRACKS)


def test_acetylation_that_reaches_a_start_from_a_summit_beyond_it_marks_the_promoter() -> None:
    wide = replace(peak(K27AC, 43_000), measured={"summit": 43_000, "start": 40_600, "end": 44_000})
    scene, evidence = world([start(K4ME3, ALPHA), wide])
    (read,) = rules.read([start(K4ME3, ALPHA), wide], scene, evidence)
    assert ("active_promoter", 600) == (read.claim.kind, read.measured["tss_bp"])
    far = replace(wide, measured=wide.measured | {"start": 41_100})
    assert "active_promoter" not in kinds([start(K4ME3, ALPHA), far])


def test_no_sample_takes_the_place_of_another_and_the_tallest_are_kept() -> None:
    other = replace(TRACKS[CTCF - 1], number=CTCF + 20, sample="HepG2")
    places = range(60_000, 160_000, 10_000)
    judged = [peak(number, at) for number in (CTCF, CTCF + 20) for at in places]
    scene, evidence = world(judged, (*TRACKS, other))
    shown = evidence.tracks[CTCF]
    assert isinstance(shown, SignalEvidence)
    tall = tuple(replace(one, height=one.summit / 200_000) for one in shown.peaks)
    read = rules.read(judged, scene, Evidence(REGION, evidence.tracks | {CTCF: replace(shown, peaks=tall)}))
    mine = [one.claim.start for one in read if one.measured["sample"] == "K562"]
    assert [rules.MOST, rules.MOST] == [len(mine), len(read) - len(mine)]
    assert [at - 500 for at in places][-rules.MOST :] == mine


# --- what is low for its file


def usual(mean: float = 0.1, high: float = 1.0, *, little: bool = False) -> FileLevels:
    return FileLevels(100, mean, mean, high, 10 * high, 100 * high, little, False)


def with_file(judged: Sequence[Judged], number: int, levels: FileLevels) -> set[str]:
    """Kinds of what is read if a track's file has these levels; its peaks are 9 high, its domains 5."""
    scene, evidence = world(judged, LINKED)
    shown = evidence.tracks[number]
    assert isinstance(shown, SignalEvidence)
    known = Evidence(REGION, evidence.tracks | {number: replace(shown, background=levels)})
    return {one.claim.kind for one in rules.read(judged, scene, known)}


@pytest.mark.parametrize(
    ("high", "little", "read"), [(8, False, True), (10, False, False), (1, True, True), (2, True, False)]
)
def test_a_peak_that_is_low_for_its_file_grounds_nothing(high: float, little: bool, read: bool) -> None:
    """The highest hundredth of a file holds its peaks; of a file cut to a locus its maximum is asked."""
    judged = FIRES["active_promoter"]
    assert read == ("active_promoter" in with_file(judged, K4ME3, usual(high=high, little=little)))


@pytest.mark.parametrize(("kind", "number"), [("polycomb_domain", K27ME3), ("heterochromatin", K9ME3)])
def test_a_domain_that_is_usual_in_its_file_is_none(kind: str, number: int) -> None:
    assert kind in with_file(FIRES[kind], number, usual(mean=2.4))
    assert kind not in with_file(FIRES[kind], number, usual(mean=2.6))


def rna(exons: float, outside: float, levels: FileLevels | None, maximum: float = 9.0) -> bool:
    """Whether RNA along a gene is read as transcription."""
    judged = [along("follows_exons", 7, ALPHA)]
    scene, evidence = world(judged, (*TRACKS[:6], replace(PRO, assay="RNA-seq")))
    over = GeneSignal("ALPHA", 40_000, 90_000, "+", None, exons, exons, exons, 0.0, 1.0, outside)
    shown = replace(signal(judged, 7), genes=(over,), background=levels, maximum=maximum)
    read = rules.read(judged, scene, Evidence(REGION, evidence.tracks | {7: shown}))
    return [one.claim.kind for one in read] == ["transcribed_gene"]


def test_a_few_reads_are_no_transcription() -> None:
    """However far they stand out of an empty window."""
    assert not rna(0.23, 0.0, usual(mean=0.7))
    assert not rna(0.23, 0.006, usual(mean=0.7, little=True))
    assert not rna(0.23, 0.0, None, maximum=3.0)
    assert rna(20.0, 0.2, usual(mean=0.7))
    assert rna(20.0, 0.2, usual(mean=0.7, little=True))
    assert rna(20.0, 0.2, None, maximum=60.0)


def test_rna_no_higher_than_beside_the_gene_is_no_transcription() -> None:
    assert not rna(20.0, 21.0, usual(mean=0.7))
    assert not rna(20.0, 10.0, usual(mean=0.7, little=True))
    assert not rna(20.0, 10.0, None, maximum=60.0)


# --- stretches


def test_a_short_stretch_of_h3k27me3_is_no_polycomb_domain() -> None:
    assert set() == kinds([domain(K27ME3, 120_000, 128_000)])


def test_peaks_of_h3k27me3_in_a_stretch_that_no_claim_tells_of_are_polycomb() -> None:
    judged = [peak(K27ME3, 165_000), start(K27ME3, BETA), peak(K27ME3, 175_000)]
    scene, evidence = world(judged)
    assert [] == [one for one in rules.read(judged, scene, evidence) if one.claim.kind == "polycomb_domain"]
    faint = replace(signal(judged, K27ME3), domains=(Domain(150_000, 190_000, 0.19, 0.05, salient=False),))
    shown = Evidence(REGION, evidence.tracks | {K27ME3: faint})
    read = [one for one in rules.read(judged, scene, shown) if one.claim.kind == "polycomb_domain"]
    assert [(150_000, 190_000)] == [(one.claim.start, one.claim.end) for one in read]
    assert (1, 2, 3) == read[0].rests_on
    assert "Polycomb-marked chromatin at BETA" in caption(judged, read, scene)["en"]


def test_an_open_link_or_a_bare_anchor_makes_no_loop() -> None:
    bare = replace(LOOP, claim=replace(LOOP.claim, value=None))
    assert "loop_between" not in kinds([bare, *FIRES["loop_between"][1:]], LINKED)
    assert "loop_between" not in kinds([LOOP, peak(CTCF, 22_000), peak(CTCF, 60_000)], LINKED)


def test_a_narrow_anchor_is_as_wide_as_an_element_and_a_wide_one_no_wider() -> None:
    held = [peak(CTCF, 22_000), peak(CTCF, 108_000)]
    assert "loop_between" in kinds([link((23_200, 23_201), (109_000, 109_001)), *held], LINKED)
    assert "loop_between" not in kinds([link((23_600, 33_600), (105_000, 110_000)), *held], LINKED)


def test_a_boundary_far_from_every_ctcf_peak_is_at_none() -> None:
    assert "boundary_at_ctcf" not in kinds([boundary(100_000), peak(CTCF, 105_100)], LINKED)


# --- transcription


PRO = track(7, "PRO-seq", label="PRO-seq (+)")


def pausing(judged: Sequence[Judged], tss: float, body: float, pro: Track = PRO, gene: Gene = ALPHA) -> list[Judged]:
    tracks = (*TRACKS[:6], pro)
    scene, evidence = world(judged, tracks)
    over = GeneSignal(gene.name, gene.start, gene.end, gene.strand, tss, body, body, None, None, None, 0.1)
    shown = replace(signal(judged, pro.number), genes=(over,))
    read = rules.read(judged, scene, Evidence(REGION, evidence.tracks | {pro.number: shown}))
    return [one for one in read if one.claim.kind == "paused_polymerase"]


def test_polymerase_is_paused_where_the_start_has_more_than_twice_the_body() -> None:
    read = pausing([start(7, ALPHA)], 9.0, 2.0)
    assert [(4.5, 2.0)] == [(one.measured["pausing_index"], one.measured["least"]) for one in read]
    assert [] == pausing([start(7, ALPHA)], 4.0, 2.0)
    assert [] == pausing([peak(7, 40_000)], 9.0, 2.0)


def test_polymerase_of_the_other_strand_is_not_the_genes() -> None:
    assert [] == pausing([start(7, BETA)], 9.0, 2.0, gene=BETA)
    assert 1 == len(pausing([start(7, BETA)], 9.0, 2.0, replace(PRO, label="PRO-seq (-)", strand="-"), BETA))
    assert [] == pausing([start(7, ALPHA)], 9.0, 2.0, replace(PRO, label="PRO-seq", strand=None))


def test_polymerase_chip_is_read_as_no_pause() -> None:
    """Without strands the start also holds the polymerase that goes the other way."""
    assert [] == pausing([start(7, ALPHA)], 9.0, 2.0, replace(PRO, assay="Pol II ChIP-seq", label="P", strand=None))


@pytest.mark.parametrize("name", ["K562_PROcap_plus", "K562 PRO-cap (+)", "PRO_cap plus", "GROcap_plus", "CAGE (+)"])
def test_what_starts_transcripts_is_no_paused_polymerase(name: str) -> None:
    assert [] == pausing([start(7, ALPHA)], 9.0, 2.0, replace(PRO, assay=None, label=name))


def test_one_value_a_gene_and_a_domain_of_rna_are_no_transcription() -> None:
    for assay in ("RNA-seq", "PRO-seq"):
        assert set() == kinds([along("covers_gene", 7, ALPHA)], (*TRACKS[:6], replace(PRO, assay=assay)))


@pytest.mark.parametrize(("kind", "assay"), [("follows_exons", "RNA-seq"), ("on_strand", "GRO-seq")])
def test_rna_on_the_genes_strand_is_transcription_and_on_the_other_is_not(kind: str, assay: str) -> None:
    judged = [along(kind, 7, ALPHA)]
    for label, strand, expected in (("x (+)", "+", {"transcribed_gene"}), ("x (-)", "-", set())):
        scene, evidence = world(judged, (*TRACKS[:6], replace(PRO, assay=assay, label=label, strand=strand)))
        over = GeneSignal("ALPHA", 40_000, 90_000, "+", None, 20.0, 20.0, 20.0, 1.0, 1.0, 0.1)
        shown = replace(signal(judged, 7), genes=(over,), maximum=60.0)
        read = rules.read(judged, scene, Evidence(REGION, evidence.tracks | {7: shown}))
        assert expected == {one.claim.kind for one in read}


MINUS = replace(PRO, number=8, label="PRO-seq (-)", strand="-")


@pytest.mark.parametrize(("summit", "read"), [(39_700, True), (40_300, False), (38_500, False)])
def test_the_other_strand_peaks_upstream_of_a_start_that_is_divergent(summit: int, read: bool) -> None:
    judged = [start(7, ALPHA), peak(8, summit)]
    assert read == ("divergent_antisense" in kinds(judged, (*TRACKS[:6], PRO, MINUS)))


@pytest.mark.parametrize(("plus", "read"), [(100_150, True), (100_450, False), (99_900, False)])
def test_a_transcribed_enhancer_starts_to_both_sides(plus: int, read: bool) -> None:
    judged = [peak(8, 100_000), peak(7, plus)]
    scene, evidence = world(judged, (*TRACKS[:6], PRO, MINUS))
    close = scene.with_region(Region("chr1", 60_000, 118_000))
    assert read == ("bidirectional_enhancer" in {one.claim.kind for one in rules.read(judged, close, evidence)})
    assert "bidirectional_enhancer" not in kinds(judged, (*TRACKS[:6], PRO, MINUS)), "columns are too wide"


# --- which assay a track is of


@pytest.mark.parametrize(
    ("assay", "label", "mark"),
    [
        ("H3K27ac ChIP-seq", "x", "H3K27ac"),
        (None, "K562 H3K4me3 rep1", "H3K4me3"),
        ("ChIP-seq", "h3k27me3", "H3K27me3"),
        ("PRO-seq 3' ends", "x", "nascent RNA"),
        (None, "POLR2A", "Pol II"),
        (None, "Pol2 ChIP", "Pol II"),
        ("DNase-seq", "x", "open chromatin"),
        ("total RNA-seq", "x", "RNA"),
        ("SMC1 ChIP-seq", "x", "cohesin"),
        ("RNA-seq-like (exon/intron signal 10:1)", "x", None),
        ("Xist RNA RAP", "Xist", None),
        ("PRO-cap", "x", None),
        ("log2 ratio", "H3K27ac / H3K27me3", None),
        ("input control", "H3K27ac input", None),
        (None, "signal", None),
        ("chromatin states", "ChromHMM", None),
        ("CTCF motifs", "x", None),
        ("H3K4me33", "x", None),
    ],
)
def test_the_assay_is_told_by_its_words_or_not_at_all(assay: str | None, label: str, mark: str | None) -> None:
    assert mark == mark_of(track(1, assay, label=label))


@given(st.text(max_size=60), st.one_of(st.none(), st.text(max_size=60)))
def test_any_label_has_at_most_one_assay(label: str, assay: str | None) -> None:
    assert mark_of(track(1, assay, label=label or "x")) in {None, *marks(lambda row: True)}


# --- words


def caption(judged: Sequence[Judged], readings: Sequence[Judged], scene: Scene) -> dict[str, str]:
    prose = compose([*judged, *readings], scene, GENES)
    return {code: prose.caption(code) for code in ("en", "zh")}


def test_the_caption_ends_with_what_the_signals_are_consistent_with() -> None:
    judged = [*FIRES["active_promoter"], along("covers_gene", K36ME3, ALPHA), domain(K27ME3, 120_000, 160_000)]
    judged += [peak(ATAC, 100_000)]
    scene, evidence = world(judged)
    said = caption(judged, rules.read(judged, scene, evidence), scene)
    assert said["en"].endswith(
        "The signals are consistent with an active promoter and transcription at ALPHA (H3K4me3 and H3K27ac over the "
        "TSS; by H3K36me3) beside Polycomb-marked chromatin at 120–160 kb; transcription itself is not measured here. "
        "They are also consistent with open chromatin near 100 kb."
    )
    assert said["zh"].endswith(
        "上述信号与以下情形相符：ALPHA 的活跃启动子和转录（H3K4me3 和 H3K27ac 峰覆盖转录起始位点；依据 H3K36me3），"
        "其旁为 Polycomb 标记的染色质（120–160 kb）；此处未测量转录本身。"
        "它们还与以下情形相符：100 kb 附近的开放染色质。"
    )


@pytest.mark.parametrize(
    ("kind", "en", "zh"),
    [
        (
            "bivalent_promoter",
            "whether both marks lie on one allele or in one cell is not shown.",
            "同一等位基因或同一细胞。",
        ),
        (
            "enhancer_like",
            "an enhancer-like element near 100 kb (60 kb from the nearest TSS); which gene is acted on is not shown.",
            "100 kb 附近的增强子样元件（距最近的转录起始位点 60 kb）；其靶基因未知。",
        ),
        (
            "insulator",
            "a candidate insulator near 100 kb (CTCF peak 4 kb away, bins of 5 kb); that the place insulates is not "
            "shown.",
            "100 kb 附近的候选绝缘子（距 CTCF 峰 4 kb，分箱 5 kb）；尚不能说明其具有绝缘作用。",
        ),
        (
            "h3k27ac_cluster",
            "a cluster of H3K27ac peaks near 105 kb (three within 11 kb).",
            "峰簇（11 kb 内有 3 个峰）。",
        ),
        (
            "promoter_promoter_loop",
            "a promoter-promoter contact between 41 kb and 161 kb (ALPHA and BETA); an effect on transcription is not "
            "shown.",
            "启动子之间的互作（ALPHA 和 BETA）；尚不能说明其对转录的影响。",
        ),
    ],
)
def test_readings_say_their_numbers_and_what_they_do_not_show(kind: str, en: str, zh: str) -> None:
    scene, evidence = world(FIRES[kind], LINKED)
    read = rules.read(FIRES[kind], scene, evidence)
    said = caption(FIRES[kind], read, scene)
    assert en in f"{said['en']} "
    assert zh in said["zh"]


def test_a_bivalent_promoter_is_told_within_its_domain_and_many_sites_are_not_counted() -> None:
    judged = [
        *FIRES["bivalent_promoter"],
        peak(K27ME3, 45_000),
        *(peak(CTCF, at) for at in range(96_000, 118_000, 2_000)),
    ]
    scene, evidence = world(judged)
    faint = replace(signal(judged, K27ME3), domains=(Domain(30_000, 60_000, 0.19, 0.05, salient=False),))
    said = caption(judged, rules.read(judged, scene, Evidence(REGION, evidence.tracks | {K27ME3: faint})), scene)
    assert "a bivalent promoter at ALPHA within Polycomb-marked chromatin; whether" in said["en"]
    assert "They are also consistent with many CTCF-bound sites." in said["en"]
    assert "ALPHA 的二价启动子，位于 Polycomb 标记的染色质内；" in said["zh"]


def test_a_reading_whose_ground_was_struck_is_not_told() -> None:
    judged = FIRES["active_promoter"]
    scene, evidence = world(judged)
    readings = rules.read(judged, scene, evidence)
    struck = [judged[0], replace(judged[1], verdict="contradicted")]
    assert "consistent" in caption(judged, readings, scene)["en"]
    assert "consistent" not in caption(struck, readings, scene)["en"]


def test_samples_are_named_where_there_are_several() -> None:
    other = tuple(replace(one, number=one.number + 20, sample="HepG2") for one in TRACKS)
    judged = [*FIRES["active_promoter"], start(K4ME3 + 20, BETA), start(K27AC + 20, BETA)]
    scene, evidence = world(judged, (*TRACKS, *other))
    said = caption(judged, rules.read(judged, scene, evidence), scene)
    assert "In K562, the signals are consistent with an active promoter at ALPHA (" in said["en"]
    assert "In HepG2, the signals are consistent with an active promoter at BETA (" in said["en"]
    assert "在 HepG2 中，上述信号与以下情形相符：BETA 的活跃启动子（" in said["zh"]
