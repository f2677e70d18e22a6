"""Readings of transcription, the assays they know, and how readings are put into words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderer.assays.table import marks
from renderer.values.background import FileLevels
from renderer.values.evidence import (
    Domain,
    Evidence,
    Gene,
    GeneSignal,
)
from renderer.values.region import Region
from renderer.values.track import Track
from tests.rules_world import (
    ALPHA,
    ATAC,
    BETA,
    CTCF,
    FIRES,
    GENES,
    K4ME3,
    K27AC,
    K27ME3,
    K36ME3,
    LINKED,
    PRO,
    REGION,
    TRACKS,
    along,
    caption,
    domain,
    kinds,
    peak,
    signal,
    start,
    track,
    world,
)
from vlm.rules import readings as rules
from vlm.rules.observations import mark_of
from vlm.values.claim import Judged
from vlm.words.caption import compose

# --- transcription


def pausing(
    judged: Sequence[Judged],
    tss: float,
    body: float,
    pro: Track = PRO,
    gene: Gene = ALPHA,
    file: FileLevels | None = None,
) -> list[Judged]:
    tracks = (*TRACKS[:6], pro)
    scene, evidence = world(judged, tracks)
    over = GeneSignal(gene.name, gene.start, gene.end, gene.strand, tss, body, body, None, None, None, 0.1)
    shown = replace(signal(judged, pro.number), genes=(over,), background=file)
    read = rules.read(judged, scene, Evidence(REGION, evidence.tracks | {pro.number: shown}))
    return [one for one in read if one.claim.kind == "paused_polymerase"]


def test_polymerase_is_paused_where_the_start_has_more_than_twice_the_body() -> None:
    read = pausing([start(7, ALPHA)], 9.0, 2.0)
    assert [(4.5, 2.0)] == [(one.measured["pausing_index"], one.measured["least"]) for one in read]
    assert [] == pausing([start(7, ALPHA)], 4.0, 2.0)
    assert [] == pausing([peak(7, 40_000)], 9.0, 2.0)


def test_a_body_above_the_whole_file_is_transcribed_though_more_lies_outside_the_genes() -> None:
    """Outside them may lie transcripts that nobody annotated: one gene of 8.7 times the body was denied its pause."""
    file = FileLevels(100, 0.0, 0.02, 0.5, 2.0, 900.0, covers_little=False, signed=False)
    assert [] == pausing([start(7, ALPHA)], 0.9, 0.08)
    assert 1 == len(pausing([start(7, ALPHA)], 0.9, 0.08, file=file))
    assert [] == pausing([start(7, ALPHA)], 0.9, 0.01, file=file)
    assert [] == pausing([start(7, ALPHA)], 0.9, 0.08, file=replace(file, covers_little=True))


def test_a_reading_of_a_gene_without_a_usable_name_tells_where_it_is() -> None:
    judged = [start(7, ALPHA)]
    scene, _ = world(judged, (*TRACKS[:6], PRO))
    nameless = tuple(replace(gene, named=False) for gene in GENES)
    prose = compose([*judged, *pausing(judged, 9.0, 2.0)], scene, nameless)
    assert "consistent with promoter-proximal paused polymerase near 40 kb" in prose.caption("en")
    assert "40 kb 附近的启动子近端聚合酶暂停" in prose.caption("zh")
    assert "annotated gene." not in prose.caption("en")


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


def test_the_caption_ends_with_what_the_signals_are_consistent_with() -> None:
    judged = [*FIRES["active_promoter"], along("covers_gene", K36ME3, ALPHA), domain(K27ME3, 120_000, 160_000)]
    judged += [peak(ATAC, 100_000)]
    scene, evidence = world(judged)
    said = caption(judged, rules.read(judged, scene, evidence), scene)
    assert said["en"].endswith(
        "The signals are consistent with an active promoter and transcription at ALPHA (H3K4me3 and H3K27ac over the "
        "TSS; by H3K36me3) beside Polycomb-marked chromatin at 120–160 kb, and with open chromatin near 100 kb; "
        "transcription itself is not measured here."
    )
    assert said["zh"].endswith(
        "以上结果与 ALPHA 的活跃启动子和转录（H3K4me3 和 H3K27ac 峰覆盖转录起始位点；依据 H3K36me3）"
        "，以及邻近的 Polycomb 标记的染色质（120–160 kb），以及 100 kb 附近的开放染色质一致；此处未测量转录本身。"
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
            "100 kb 附近的增强子样元件（距最近的转录起始位点 60 kb）一致；其靶基因未知。",
        ),
        (
            "insulator",
            "a candidate insulator near 100 kb (CTCF peak 4 kb away, bins of 5 kb); that the place insulates is not "
            "shown.",
            "100 kb 附近的候选绝缘子（距 CTCF 峰 4 kb，分箱 5 kb）一致；尚不能说明其具有绝缘作用。",
        ),
        (
            "h3k27ac_cluster",
            "a cluster of H3K27ac peaks near 105 kb (three within 11 kb).",
            "峰簇（11 kb 内有 3 个峰）一致。",
        ),
        (
            "promoter_promoter_loop",
            "a promoter-promoter contact between 41 kb and 161 kb (ALPHA and BETA); an effect on transcription is not "
            "shown.",
            "启动子之间的互作（ALPHA 和 BETA）一致；尚不能说明其对转录的影响。",
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
    assert "CTCF-bound" not in said["en"]
    assert "与 Polycomb 标记的染色质内 ALPHA 的二价启动子一致；" in said["zh"]


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
    assert "在 HepG2 中，以上结果与 BETA 的活跃启动子（" in said["zh"]
