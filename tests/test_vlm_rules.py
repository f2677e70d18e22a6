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
from renderer.values.evidence import (
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
from vlm.values.claim import Claim, Judged
from vlm.words.caption import compose
from vlm.words.en import NOUNS

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
    return scene, Evidence(REGION, shown | {GENE_TRACK: GeneEvidence(tuple(genes))})


def kinds(judged: Sequence[Judged], tracks: Sequence[Track] = TRACKS, genes: Sequence[Gene] = GENES) -> set[str]:
    """Kinds of the readings of these claims."""
    return {one.claim.kind for one in rules.read(judged, *world(judged, tracks, genes))}


ALPHA, BETA = GENES
LOOP = Judged(Claim("link", (10,), 20_000, 110_000, {"anchors": [[20_000, 25_000], [105_000, 110_000]]}), "supported")
LINKED = (*TRACKS, track(10, "Hi-C loops", "links"))

FIRES: dict[str, list[Judged]] = {
    "active_promoter": [start(K4ME3, ALPHA), start(K27AC, ALPHA, 300)],
    "bivalent_promoter": [start(K4ME3, ALPHA), peak(K27ME3, 40_300)],
    "transcribed_gene": [along("covers_gene", K36ME3, ALPHA)],
    "enhancer_like": [peak(K27AC, 100_000)],
    "polycomb_domain": [domain(K27ME3, 120_000, 150_000)],
    "heterochromatin": [domain(K9ME3, 120_000, 150_000)],
    "insulator": [peak(CTCF, 100_000)],
    "open_chromatin": [peak(ATAC, 100_000)],
    "loop_between": [LOOP, peak(CTCF, 22_000), peak(CTCF, 108_000)],
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
    alone = len({one.claim.tracks[0] for one in FIRES[kind]}) == 1 and kind != "enhancer_like"
    assert alone == (kind in kinds(FIRES[kind], apart))


@pytest.mark.parametrize("kind", FIRES)
def test_an_unknown_assay_gives_no_reading(kind: str) -> None:
    unknown = tuple(replace(one, assay="ChIP-seq", label=f"rep {one.number}") for one in LINKED)
    assert kind not in kinds(FIRES[kind], unknown)


@pytest.mark.parametrize("kind", sorted(set(FIRES) - {"transcribed_gene", "loop_between"}))
def test_what_the_control_shows_as_well_is_no_finding(kind: str) -> None:
    first = FIRES[kind][0].measured
    control = signal([peak(11, (first["start"] + first["end"]) // 2), domain(11, first["start"], first["end"])], 11)
    scene, evidence = world(FIRES[kind], (*TRACKS, track(11, "input control")))
    shown = Evidence(REGION, evidence.tracks | {11: control})
    assert kind not in {one.claim.kind for one in rules.read(FIRES[kind], scene, shown)}


@pytest.mark.parametrize("kind", FIRES)
def test_a_window_too_wide_to_tell_gives_no_reading(kind: str) -> None:
    scene, evidence = world(FIRES[kind], LINKED)
    widest = max(rule.widest for rule in rules.RULES if rule.kind == kind)
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
    assert "enhancer_like" not in kinds([peak(K27AC, summit)])


def test_no_enhancer_where_h3k4me3_was_not_measured_or_is_there() -> None:
    judged = [peak(K27AC, 100_000)]
    assert "enhancer_like" not in kinds(judged, TRACKS[1:])
    assert "enhancer_like" not in kinds([*judged, peak(K4ME3, 100_200)])


def test_no_enhancer_without_an_annotation_to_be_away_from() -> None:
    judged = [peak(K27AC, 100_000)]
    scene, evidence = world(judged)
    del evidence.tracks[GENE_TRACK]
    assert [] == rules.read(judged, scene, evidence)


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


def test_a_loop_may_join_marks_of_promoters_and_enhancers() -> None:
    judged = [LOOP, peak(K4ME3, 22_000), peak(K27AC, 108_000)]
    loops = [one for one in rules.read(judged, *world(judged, LINKED)) if one.claim.kind == "loop_between"]
    assert ["regulation"] == [one.measured["by"] for one in loops]


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
    assert {"transcribed_gene"} == kinds(judged, (*TRACKS[:6], replace(PRO, assay=assay)))
    assert set() == kinds(judged, (*TRACKS[:6], replace(PRO, assay=assay, label="x (-)", strand="-")))


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
        "The signals are consistent with an active promoter and transcription at ALPHA beside Polycomb-marked "
        "chromatin at 120–160 kb. They are also consistent with open chromatin near 100 kb."
    )
    assert said["zh"].endswith(
        "上述信号与以下情形相符：ALPHA 的活跃启动子和转录，其旁为 Polycomb 标记的染色质（120–160 kb）。"
        "它们还与以下情形相符：100 kb 附近的开放染色质。"
    )


def test_a_bivalent_promoter_is_told_within_its_domain_and_many_sites_are_not_counted() -> None:
    judged = [
        *FIRES["bivalent_promoter"],
        peak(K27ME3, 45_000),
        *(peak(CTCF, at) for at in range(96_000, 118_000, 2_000)),
    ]
    scene, evidence = world(judged)
    faint = replace(signal(judged, K27ME3), domains=(Domain(30_000, 60_000, 0.19, 0.05, salient=False),))
    said = caption(judged, rules.read(judged, scene, Evidence(REGION, evidence.tracks | {K27ME3: faint})), scene)
    assert "a bivalent promoter at ALPHA within Polycomb-marked chromatin." in said["en"]
    assert "They are also consistent with many CTCF-bound sites." in said["en"]
    assert "ALPHA 的二价启动子，位于 Polycomb 标记的染色质内。" in said["zh"]


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
    assert "In K562, the signals are consistent with an active promoter at ALPHA." in said["en"]
    assert "In HepG2, the signals are consistent with an active promoter at BETA." in said["en"]
    assert "在 HepG2 中，上述信号与以下情形相符：BETA 的活跃启动子。" in said["zh"]
