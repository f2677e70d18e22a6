"""Captions on what tracks show against each other, along genes, and in rows that are no signal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from renderer.values.evidence import (
    Arc,
    Boundary,
    ContactEvidence,
    Domain,
    Evidence,
    Gene,
    GeneEvidence,
    GeneSignal,
    IntervalEvidence,
    LinkEvidence,
    Peak,
    SignalEvidence,
    Span,
    TrackEvidence,
)
from renderer.values.layout import Layout
from renderer.values.levels import Place
from renderer.values.region import Region
from renderer.values.track import Scene, Track
from vlm.claims.join import join_claims
from vlm.claims.registry import kinds
from vlm.claims.verify import judge_all
from vlm.models.measured import Measured
from vlm.values.captioner import Figure
from vlm.values.claim import Claim, Judged
from vlm.words.caption import Prose, compose, statement
from vlm.words.chinese.language import Chinese
from vlm.words.english.language import English

REGION = Region("chr9", 5_000_000, 5_200_000)
JAK2 = Gene("JAK2", 5_010_000, 5_128_000, "+", (5_010_000,))
INSL6 = Gene("INSL6", 5_164_000, 5_185_000, "-", (5_184_999,))
GENES = GeneEvidence((JAK2, INSL6))
OPENING = "chr9:5.0–5.2 Mb (hg38), with JAK2 (plus strand) and INSL6 (minus strand); heights are maxima in file units."


def track(number: int, label: str, **more: Any) -> Track:
    return Track(number, label, more.pop("kind", "signal"), "bigwig", Path("x.bw"), **more)


def peak(summit: int, value: float = 40.0) -> Peak:
    return Peak(summit - 750, summit + 750, summit, value, value / 40, 0.9 * value / 40, True)


def signal(*peaks: Peak, **more: Any) -> SignalEvidence:
    facts: dict[str, Any] = {"mean": 1.0, "domains": (), "low_elsewhere": True}
    return SignalEvidence("signal", 0.0, 40.0, 40.0, covered=1.0, peaks=peaks, **{**facts, **more})


def over(gene: Gene, **values: float) -> GeneSignal:
    facts = {"tss": 5.0, "body": 4.0, "level": 2.0, "exons": 10.0, "introns": 1.0, "exons_seen": 0.9, "outside": 0.1}
    return GeneSignal(gene.name, gene.start, gene.end, gene.strand, **{**facts, **values})


def figure(tracks: list[Track], evidence: Mapping[int, TrackEvidence]) -> Figure:
    genes = GENES.genes if 99 in evidence else ()
    annotation = [Track(99, "RefSeq", "genes", "gtf", Path("genes.gtf"))] if genes else []
    scene = Scene(REGION, (*tracks, *annotation), "hg38")
    return Figure(Path("x.png"), Layout(1000, 400, REGION, ()), scene, genes, Evidence(REGION, dict(evidence)))


def write(tracks: list[Track], evidence: Mapping[int, TrackEvidence]) -> Prose:
    """The caption of everything that was measured; every claim of it holds."""
    shown = figure(tracks, evidence)
    assert shown.evidence is not None
    judged = judge_all(Measured().read([shown])[0].claims, shown.evidence, shown.scene)
    assert [one for one in judged if one.verdict != "supported"] == []
    return compose(judged, shown.scene, shown.genes)


def body(tracks: list[Track], evidence: Mapping[int, TrackEvidence]) -> tuple[str, str]:
    """The caption without its first sentence, in both languages."""
    prose = write(tracks, evidence)
    return " ".join(prose.told("en")[1:]), "".join(prose.told("zh")[1:])


def test_rna_is_said_to_follow_exons_and_not_counted_peak_by_peak() -> None:
    found = {1: signal(peak(5_020_000), peak(5_100_000), genes=(over(JAK2), over(INSL6, exons=1.0))), 99: GENES}
    assert body([track(1, "RNA-seq")], found) == (
        "RNA-seq follows the exons of JAK2 (mean 10 against 1 in introns) and is low elsewhere.",
        "RNA-seq 沿 JAK2 的外显子分布（外显子均值 10，内含子均值 1），其余区域信号较低。",
    )


def test_a_mark_that_is_higher_in_exons_is_not_said_to_follow_them() -> None:
    found = {1: signal(peak(5_020_000), genes=(over(JAK2),)), 99: GENES}
    assert "exons" not in body([track(1, "H3K36me3")], found)[0]


def test_strands_are_said_with_the_genes_they_run_along() -> None:
    tracks = [track(1, "PRO-seq (+)", strand="+"), track(2, "PRO-seq (-)", strand="-")]
    found = {
        1: signal(peak(5_010_000), genes=(over(JAK2), over(INSL6, body=0.1))),
        2: signal(peak(5_185_000), genes=(over(JAK2, body=0.1), over(INSL6))),
        99: GENES,
    }
    english, chinese = body(tracks, found)
    assert "PRO-seq signal runs along JAK2 (plus strand) and along INSL6 (minus strand)." in english
    assert "PRO-seq 信号在正链上沿 JAK2 分布，在负链上沿 INSL6 分布。" in chinese


def test_a_peak_that_a_comparable_track_lacks_is_said_once() -> None:
    tracks = [track(1, "H3K27ac", assay="H3K27ac"), track(2, "H3K4me3", assay="H3K4me3")]
    found = {1: signal(peak(5_010_000, 30), peak(5_150_000)), 2: signal(peak(5_010_000)), 99: GENES}
    english, chinese = body(tracks, found)
    assert "H3K27ac, but not H3K4me3, peaks near 5.150 Mb." in english
    assert "H3K27ac 在 5.150 Mb 附近有峰，而 H3K4me3 无峰。" in chinese
    assert "between JAK2 and INSL6 (5.150 Mb)" in english


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"assay": "H3K27ac"}, {"assay": "H3K27me3"}),
        ({"assay": "CTCF", "sample": "A"}, {"assay": "CTCF", "sample": "A"}),
        ({}, {}),
    ],
)
def test_tracks_that_cannot_be_compared_are_not(one: dict[str, str], other: dict[str, str]) -> None:
    found = {1: signal(peak(5_010_000, 30), peak(5_150_000)), 2: signal(peak(5_010_000))}
    shown = figure([track(1, "A", **one), track(2, "B", **other)], found)
    assert "only_in" not in {claim.kind for claim in Measured().read([shown])[0].claims}


def test_a_track_is_said_to_lack_a_peak_only_if_all_its_peaks_are_told() -> None:
    tracks = [track(1, "A", assay="CTCF", sample="a"), track(2, "B", assay="CTCF", sample="b")]
    shown = figure(tracks, {})
    first = [Claim("peak", (1,), 5_150_000, 5_151_000)]
    second = [Claim("peak", (2,), 5_010_000, 5_011_000)]

    def lone(*more: Claim) -> list[tuple[int, ...]]:
        return [claim.tracks for claim in join_claims([*first, *second, *more], shown) if claim.kind == "only_in"]

    assert lone() == []
    assert lone(Claim("peak_count", (2,), *_whole(), 2)) == []
    assert lone(Claim("peak_count", (2,), *_whole(), 1)) == [(1, 2)]
    assert lone(Claim("peak_count", (2,), *_whole(), 1), Claim("broad_domain", (2,), 5_140_000, 5_160_000)) == []


def _whole() -> tuple[int, int]:
    return REGION.start, REGION.end


def test_tracks_on_one_scale_are_compared_and_others_never() -> None:
    tracks = [track(1, "liver RNA", group="rna"), track(2, "lung RNA", group="rna")]
    found = {1: signal(peak(5_010_000), mean=2.1), 2: signal(peak(5_010_000, 20), mean=1.0)}
    english, chinese = body(tracks, found)
    assert "On their common scale, liver RNA is 2.1 times as high as lung RNA on average." in english
    assert "在同一尺度上，liver RNA 的平均信号为 lung RNA 的 2.1 倍。" in chinese
    assert "scale" not in body([replace(one, group=None) for one in tracks], found)[0]
    along = {
        1: signal(peak(5_010_000), genes=(over(JAK2, body=8.0, exons=1.0),)),
        2: signal(peak(5_010_000, 20), genes=(over(JAK2, body=2.0, exons=1.0),)),
        99: GENES,
    }
    english, chinese = body(tracks, along)
    assert "On their common scale, liver RNA is 4.0 times as high as lung RNA along JAK2." in english
    assert "在同一尺度上，liver RNA 的 JAK2 基因体信号为 lung RNA 的 4.0 倍。" in chinese


def test_links_boundaries_and_intervals_are_a_clause_each() -> None:
    tracks = [
        track(1, "loops", kind="links"),
        track(2, "Hi-C", kind="contacts"),
        track(3, "domains", kind="intervals"),
        track(4, "peaks", kind="intervals"),
        track(5, "states", kind="intervals"),
    ]
    found: dict[int, TrackEvidence] = {
        1: LinkEvidence(
            2,
            "few",
            (
                Arc(5_020_000, 5_022_000, 5_150_000, 5_152_000, 9.0, True),
                Arc(5_040_000, 5_042_000, 5_900_000, 5_902_000, 1.0, False),
            ),
        ),
        2: ContactEvidence("domains", 5_000, 1.0, (Boundary(5_060_000, 1.2, True), Boundary(5_090_000, 0.2, False))),
        3: IntervalEvidence(1, "few", 0.25, (Span(5_100_000, 5_150_000),)),
    }
    assert body(tracks[:3], found) == (
        "Hi-C shows a domain boundary near 5.060 Mb. One loop joins 5.021 Mb to 5.151 Mb; one of two loops leaves the "
        "window; in domains, 5.100–5.150 Mb is marked.",
        "Hi-C 在 5.060 Mb 附近有结构域边界。一个环连接 5.021 Mb 与 5.151 Mb；2 个环中有 1 个延伸至窗口外；"
        "domains 标出 5.100–5.150 Mb。",
    )
    found = {
        4: IntervalEvidence(5, "few", 0.1, tuple(Span(5_010_000 + i, 5_012_000 + i) for i in (0, 30_000, 60_000))),
        5: IntervalEvidence(90, "tiled", 1.0, (Span(5_000_000, 5_100_000, 1, "Quies"),)),
    }
    assert body(tracks[3:], found)[0] == "The window holds five peaks; not described: states."


def test_rows_that_mark_the_same_places_share_a_clause_and_every_row_of_a_few_boxes_is_counted() -> None:
    tracks = [track(number, label, kind="intervals") for number, label in enumerate("ABCD", 1)]
    one = IntervalEvidence(1, "few", 0.25, (Span(5_100_000, 5_150_000),))
    all_of_it = IntervalEvidence(1, "few", 1.0, (Span(5_000_000, 5_200_000),))
    assert body(tracks, {1: all_of_it, 2: one, 3: all_of_it, 4: one}) == (
        "A and C span the window; in B and D, 5.100–5.150 Mb is marked.",
        "A 和 C 覆盖整个窗口；B 和 D 标出 5.100–5.150 Mb。",
    )
    few = IntervalEvidence(3, "few", 0.1, tuple(Span(5_010_000 + i, 5_012_000 + i) for i in (0, 30_000, 60_000)))
    assert body(tracks, dict.fromkeys(range(1, 5), few)) == (
        "There are three intervals in A, three in B, three in C and three in D.",
        "A、B、C 和 D 均标出 3 个区间。",
    )
    five = replace(few, count=5)
    assert body(tracks[:2], {1: few, 2: five})[1] == "A 和 B 分别标出 3 和 5 个区间。"


def test_an_interval_that_begins_where_one_can_see_it_does_not_span_the_window() -> None:
    almost = {1: IntervalEvidence(1, "few", 0.98, (Span(5_004_000, 5_200_000),))}
    assert body([track(1, "A", kind="intervals")], almost)[0] == "In A, 5.004–5.200 Mb is marked."


def test_a_domain_that_covers_a_gene_says_so_and_rests_on_that_claim() -> None:
    found = {1: signal(domains=(Domain(5_160_000, 5_190_000, 0.5, 0.1),)), 99: GENES}
    prose = write([track(1, "H3K27me3")], found)
    claims = Measured().read([figure([track(1, "H3K27me3")], found)])[0].claims
    number = next(n for n, claim in enumerate(claims, 1) if claim.kind == "covers_gene")
    told = next(n for n, text in enumerate(prose.told("en")) if "covering INSL6" in text)
    assert number in prose.sentences[told].claims


@given(st.integers(5_001_000, 5_199_000), st.integers(5_001_000, 5_199_000), st.integers(150, 4_000))
@example(5_114_063, 5_115_139, 150)
def test_a_start_that_is_joined_from_a_location_bin_is_never_wrong(summit: int, tss: int, width: int) -> None:
    """Positions as a model says them: one of 128 bins, which the summit lies somewhere in."""
    size = REGION.span / 128
    number = int((summit - REGION.start) / size)
    place = REGION.start + round(number * size), REGION.start + round((number + 1) * size)
    gene = Gene("ALPHA", tss, tss + 50_000, "+", (tss,))
    found = replace(peak(summit), start=summit - width // 2, end=summit + width // 2 + 1)
    shown = figure([track(1, "A")], {1: signal(found), 99: GeneEvidence((gene,))})
    shown = replace(shown, genes=(gene,))
    assert shown.evidence is not None
    joined = join_claims([Claim("peak", (1,), *place)], shown)
    judged = judge_all([claim for claim in joined if claim.kind == "peak_at_tss"], shown.evidence)
    assert [one.verdict for one in judged] in ([], ["supported"])


def test_a_stretch_that_holds_most_of_a_crowd_of_peaks_is_stated_instead_of_them() -> None:
    low = Domain(5_100_000, 5_160_000, 0.17, 0.05, salient=False)
    crowd = [peak(5_105_000 + 8_000 * i, 20 + i) for i in range(6)]
    assert "forms a broad domain of 60 kb" in body([track(1, "A")], {1: signal(*crowd, domains=(low,))})[0]
    apart = [peak(5_010_000 + 8_000 * i, 20) for i in range(7)] + [peak(5_130_000)]
    assert "is strongest near 5.130 Mb" in body([track(1, "A")], {1: signal(*apart, domains=(low,))})[0]


def test_every_kind_of_claim_has_words_in_both_languages() -> None:
    shown = figure([track(1, "A"), track(2, "B")], {99: GENES})
    for kind in kinds():
        for value in (None, 3, "JAK2", {"min": 3}, {"fold": 2}, {"anchors": [[5_010_000, 5_011_000], [1, 2]]}, [1]):
            claim = Claim(kind.name, (1, 2)[: len(kind.tracks)], 5_010_000, 5_020_000, value)
            said = statement(claim, shown.scene)
            english, chinese = English(REGION).entry(said), Chinese(REGION).entry(said)
            assert not english.startswith(f"{kind.name} (")  # the words for kinds that are not known
            assert chinese != english


def test_the_one_stretch_of_a_rarer_class_of_domains_is_placed() -> None:
    tiles = (Span(5_000_000, 5_060_000, 2, "inactive"), Span(5_060_000, 5_090_000, 2, "active"))
    row = IntervalEvidence(6, "tiled", 1.0, (*tiles, Span(5_090_000, 5_200_000, 2, "inactive")))
    row = replace(row, shares=({"inactive": 0.85, "active": 0.15},))
    shown = figure([track(1, "TADs", kind="intervals")], {1: row})
    shown = replace(shown, evidence=replace(shown.evidence, places=(Place("window", REGION.start, REGION.end),)))
    assert shown.evidence is not None
    judged = judge_all(Measured().read([shown])[0].claims, shown.evidence, shown.scene)
    assert {"supported"} == {one.verdict for one in judged}
    told = compose(judged, shown.scene, shown.genes).told("en")
    assert told[1:] == ["In TADs, the window is 85 % inactive and 15 % active, and 5.060–5.090 Mb is active."]


def test_a_peak_is_at_a_start_if_its_highest_base_is_and_else_so_far_from_it() -> None:
    def told(away: int, name: str = "H3K4me3") -> tuple[str, str]:
        high = replace(peak(5_185_000 - away), end=5_185_000 + 100, top=40.0, top_at=5_184_999 - away)
        return body([track(1, name)], {1: signal(high), 99: GENES})

    assert "at the promoter of INSL6 (5.184 Mb, 40; 900 bp inside)" in told(900)[0]
    english, chinese = told(1_400)
    assert "1.4 kb downstream of the TSS of INSL6 (5.184 Mb, 40)" in english
    assert "INSL6 转录起始位点下游 1.4 kb 处（5.184 Mb，40）" in chinese
    assert "promoter" not in english


def test_strands_that_peak_at_a_start_are_told_with_their_sense() -> None:
    tracks = [track(1, "K562 PRO-seq (+)", strand="+"), track(2, "K562 PRO-seq (-)", strand="-")]
    found: dict[int, TrackEvidence] = {1: signal(peak(5_185_100)), 2: signal(peak(5_184_900)), 99: GENES}
    english = body(tracks, found)[0]
    assert "PRO-seq (+) forms a single sharp peak antisense at the TSS of INSL6" in english
    assert "PRO-seq (-) forms a single sharp peak at the TSS of INSL6" in english
    # Both on the strand that INSL6 is not on.
    both = [track(1, "K562 PRO-seq (+)", strand="+"), track(2, "K562 GRO-seq (+)", strand="+")]
    told = body(both, {1: signal(peak(5_185_100)), 2: signal(peak(5_185_100)), 99: GENES})[0]
    assert "antisense at the TSS of INSL6" in told


def test_a_long_transcript_is_a_stretch_and_no_peak() -> None:
    run = replace(peak(5_150_000), start=5_145_000, end=5_163_000, top=19.0, top_at=5_150_000)
    found = {1: signal(run), 99: GENES}
    english, chinese = body([track(1, "PRO-seq (-)", assay="PRO-seq", strand="-")], found)
    assert "PRO-seq (-) has signal over 18 kb (5.145–5.163 Mb), highest" in english
    assert "PRO-seq (-) 的信号覆盖 5.145–5.163 Mb（18 kb），最高处位于" in chinese
    assert "peak" not in english
    assert "a single" in body([track(1, "CTCF", assay="CTCF")], found)[0]


@pytest.mark.parametrize("length", [1, 12, 20, 24])
def test_a_row_with_peaks_is_never_told_by_where_it_is_low_alone(length: int) -> None:
    """However little room there is: rows with names of so many words take it up."""
    others = [track(number, " ".join(["row"] * length + [str(number)])) for number in (1, 2)]
    places = {1: (5_070_000,), 2: (5_050_000, 5_140_000)}
    found: dict[int, TrackEvidence] = {number: signal(*map(peak, some)) for number, some in places.items()}
    found |= {3: signal(peak(5_090_000), peak(5_030_000, 30), peak(5_120_000, 35)), 99: GENES}
    shown = figure([*others, track(3, "H3K4me3", assay="H3K4me3")], found)
    assert shown.evidence is not None
    judged = list(judge_all(Measured().read([shown])[0].claims, shown.evidence, shown.scene))
    low = Claim("value", (3,), INSL6.end - 1_000, INSL6.end + 1_000, {"maximum": 1.0}, "measured")
    facts = {"of": "maximum", "maximum": 1.0, "mean": 0.5, "place": "start", "gene": "INSL6"}
    told = " ".join(compose([*judged, Judged(low, "supported", facts, {})], shown.scene, shown.genes).told("en"))
    peaks = "H3K4me3 is strongest within JAK2 (5.090 Mb)" in told or "H3K4me3 forms three peaks" in told
    assert peaks or "H3K4me3 reaches 1" not in told
    assert length > 20 or (peaks and "At the TSS of INSL6, H3K4me3 reaches 1" in told)


@pytest.mark.parametrize(("top", "told"), [(60.0, "forms three peaks"), (170.0, "is strongest within JAK2")])
def test_peaks_are_listed_only_if_no_other_rise_has_a_higher_base_than_one_of_them(top: float, told: str) -> None:
    heights = {5_030_000: 190.0, 5_070_000: 500.0, 5_120_000: 90.0}
    listed = [replace(peak(at, 20 + high / 25), top=high) for at, high in heights.items()]
    found = {1: signal(*listed, replace(peak(5_150_000, 9), salient=False, top=top), low_elsewhere=False), 99: GENES}
    english, _ = body([track(1, "PRO-seq")], found)
    assert told in english
    assert ("190" in english) == (top < 90)
