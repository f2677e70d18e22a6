"""Captions: what is said, in which words, in both languages, and what is never said."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renderer.values.evidence import Domain, Evidence, Gene, GeneEvidence, Peak, SignalEvidence, TrackEvidence
from renderer.values.layout import Layout
from renderer.values.region import Region
from renderer.values.track import Scene, Track
from vlm.claims.verify import judge_all
from vlm.models.measured import Measured
from vlm.values.captioner import Figure
from vlm.values.claim import Claim, Judged
from vlm.words.caption import MOST_SENTENCES, Prose, compose
from vlm.words.clauses.compared import NotDescribed

REGION = Region("chr9", 5_000_000, 5_200_000)
GENES = GeneEvidence(
    (
        Gene("JAK2", 4_985_000, 5_128_000, "+", (4_985_000, 5_040_000)),
        Gene("INSL6", 5_164_000, 5_185_000, "-", (5_184_999,)),
    )
)
ANNOTATION = Track(99, "RefSeq", "genes", "gtf", Path("genes.gtf"))


def track(number: int, label: str, sample: str | None = None, strand: str | None = None) -> Track:
    return Track(number, label, "signal", "bigwig", Path("x.bw"), sample=sample, strand=strand)


def peak(summit: int, height: float = 1.0, width: int = 1_500) -> Peak:
    """A clear peak."""
    return Peak(summit - width // 2, summit + width // 2, summit, 40 * height, height, 0.9 * height, True)


def signal(*peaks: Peak, domains: tuple[Domain, ...] = (), low: bool = True, state: str = "signal") -> SignalEvidence:
    """A track with these peaks and domains."""
    return SignalEvidence(state, 0.0, 40.0, 40.0, 1.0, 1.0, peaks, domains, low)  # type: ignore[arg-type]


def write(tracks: list[Track], evidence: Mapping[int, TrackEvidence], region: Region = REGION) -> Prose:
    """The caption of everything that was measured; every claim of it holds."""
    genes = tuple(gene for found in evidence.values() if isinstance(found, GeneEvidence) for gene in found.genes)
    all_tracks = (*tracks, *([ANNOTATION] if 99 in evidence else []))
    scene = Scene(region, all_tracks, "hg38")
    figure = Figure(Path("x.png"), Layout(1000, 400, region, ()), scene, genes, Evidence(region, dict(evidence)))
    judged = judge_all(Measured().read([figure])[0].claims, Evidence(region, dict(evidence)), scene)
    assert [one for one in judged if one.verdict != "supported"] == []
    return compose(judged, scene, genes)


def english(tracks: list[Track], evidence: Mapping[int, TrackEvidence], region: Region = REGION) -> str:
    return write(tracks, evidence, region).caption("en")


OPENING = "chr9:5.0–5.2 Mb (hg38), with JAK2 (plus strand) and INSL6 (minus strand); heights are maxima in file units."


def test_tracks_that_peak_at_one_promoter_are_said_in_one_sentence() -> None:
    tracks = [track(1, "K562 H3K4me3", "K562"), track(2, "K562 H3K27ac", "K562"), track(3, "K562 Input", "K562")]
    found = {1: signal(peak(5_185_000)), 2: signal(peak(5_185_300)), 3: signal(state="noisy"), 99: GENES}
    prose = write(tracks, found)
    assert prose.caption("en") == (
        f"K562, {OPENING} H3K4me3 and H3K27ac each form a single sharp peak at the promoter of INSL6 (5.185 Mb) "
        "and are low elsewhere. Input is uneven throughout, without a peak that stands out."
    )
    assert prose.caption("zh") == (
        "K562 的 chr9:5.0–5.2 Mb（hg38）区域，包含 JAK2（正链）和 INSL6（负链）；所列高度为文件原始单位的最高值。"
        "H3K4me3 和 H3K27ac 均仅在 INSL6 启动子处（5.185 Mb）形成一个尖锐的富集峰，其余区域信号较低。"
        "Input 信号在整个窗口内起伏，无突出的峰。"
    )


def test_tracks_that_are_strongest_at_one_place_share_a_sentence_and_differ_in_the_next() -> None:
    found = {
        1: signal(peak(5_185_000)),
        2: signal(peak(5_185_200), peak(5_100_000, 0.5), low=False),
        99: GENES,
    }
    caption = english([track(1, "H3K4me3"), track(2, "H3K27ac")], found)
    assert caption.endswith(
        "H3K4me3 and H3K27ac are both strongest at the promoter of INSL6 (5.185 Mb). "
        "H3K4me3 has no other clear peak; H3K27ac has one further peak, within JAK2."
    )


def test_peaks_in_one_gene_are_said_to_be_in_it() -> None:
    peaks = [peak(5_050_000 + 10_000 * i, 1 - 0.1 * i) for i in range(5)]
    assert english([track(1, "RNA-seq")], {1: signal(*peaks), 99: GENES}).endswith(
        "RNA-seq is strongest near 5.050 Mb."
    )


def test_an_internal_start_is_not_called_the_promoter() -> None:
    caption = english([track(1, "H3K4me3")], {1: signal(peak(5_040_000)), 99: GENES})
    assert "at an internal TSS of JAK2 (5.040 Mb)" in caption


def test_two_genes_that_share_a_promoter_are_both_named() -> None:
    pair = GeneEvidence(
        (Gene("AAA", 5_060_000, 5_099_800, "-", (5_099_799,)), Gene("BBB", 5_100_400, 5_150_000, "+", (5_100_400,)))
    )
    found = {1: signal(peak(5_100_000)), 99: pair}
    assert "at the promoters of AAA and BBB (5.100 Mb)" in english([track(1, "ATAC-seq")], found)
    assert "在 AAA 和 BBB 的启动子处" in write([track(1, "ATAC-seq")], found).caption("zh")


def test_a_strand_is_placed_at_the_genes_of_its_own_strand_and_both_are_one_item() -> None:
    pair = GeneEvidence(
        (Gene("AAA", 5_060_000, 5_099_800, "-", (5_099_799,)), Gene("BBB", 5_100_400, 5_150_000, "+", (5_100_400,)))
    )
    tracks = [track(1, "S2 PRO-seq (+)", "S2"), track(2, "S2 PRO-seq (-)", "S2")]
    caption = english(tracks, {1: signal(peak(5_100_500)), 2: signal(peak(5_099_700)), 99: pair})
    assert "PRO-seq (+) forms a single sharp peak at the TSS of BBB" in caption
    assert "PRO-seq (-) forms a single sharp peak at the TSS of AAA" in caption
    apart = write(tracks, {1: signal(peak(5_050_000)), 2: signal(peak(5_050_000))})
    assert "Both PRO-seq strands form a single sharp peak near 5.050 Mb" in apart.caption("en")
    assert "PRO-seq 正、负两链均仅在 5.050 Mb 附近形成一个尖锐的富集峰" in apart.caption("zh")


@pytest.mark.parametrize(
    ("start", "label"),
    [
        ("In_vitro_K562_", "In_vitro_H3K4me3"),
        ("In vitro K562 ", "In vitro H3K4me3"),
        ("Both K562 ", "Both H3K4me3"),
        ("On target K562 ", "On target H3K4me3"),
    ],
)
def test_a_label_that_begins_like_a_sentence_does_not_cost_it_its_sample(start: str, label: str) -> None:
    tracks = [track(n, f"{start}{mark}", "K562") for n, mark in ((1, "H3K4me3"), (2, "CTCF"))]
    found = {1: signal(peak(5_185_000)), 2: signal(peak(5_050_000)), 99: GENES}
    prose = write(tracks, found)
    assert prose.told("en")[1].startswith(f"{label} forms a single sharp peak")
    assert prose.told("zh")[1].startswith(f"{label}")
    assert prose.caption("en").count("K562, ") == 1


def test_a_broad_domain_names_its_length_place_edge_and_genes() -> None:
    found = {1: signal(domains=(Domain(5_160_000, 5_200_000, 0.6, 0.1),)), 99: GENES}
    prose = write([track(1, "H3K27me3")], found)
    assert prose.caption("en").endswith(
        "H3K27me3 forms a broad domain of at least 40 kb (5.160–5.200 Mb, reaching the right edge of the "
        "window) covering INSL6, and is low elsewhere."
    )
    assert "H3K27me3 在 5.160–5.200 Mb 形成至少 40 kb 的宽阔富集区（达窗口右端，覆盖 INSL6）" in prose.caption("zh")


def test_one_domain_of_two_tracks_is_told_once() -> None:
    found = {
        1: signal(domains=(Domain(5_060_000, 5_100_000, 0.6, 0.1),)),
        2: signal(domains=(Domain(5_062_000, 5_101_000, 0.6, 0.1),)),
    }
    caption = english([track(1, "H3K27me3"), track(2, "H2AK119ub")], found)
    assert "H3K27me3 and H2AK119ub both form a broad domain of 40 kb" in caption


@pytest.mark.parametrize(("agrees", "english", "chinese"), [(True, "its clearest", "最明显的"), (False, "a", "有一个")])
def test_a_peak_beside_a_domain_is_the_clearest_only_if_no_base_is_higher(
    agrees: bool, english: str, chinese: str
) -> None:
    beside = signal(peak(5_050_000), domains=(Domain(5_100_000, 5_150_000, 0.6, 0.1),))
    prose = write([track(1, "H3K36me3")], {1: replace(beside, strongest_agrees=agrees)})
    assert f"; elsewhere {english} peak lies near 5.050 Mb" in prose.caption("en")
    assert f"；此外{chinese}富集峰位于 5.050 Mb 附近" in prose.caption("zh")


def test_no_more_than_three_domains_are_placed() -> None:
    domains = tuple(Domain(5_005_000 + 38_000 * i, 5_022_000 + 38_000 * i, 0.6, 0.1) for i in range(5))
    caption = english([track(1, "H3K27me3")], {1: signal(domains=domains)})
    assert "forms several broad domains, the longest at" in caption
    assert caption.count("–") == 1 + 3


def test_tracks_with_nothing_to_point_at_share_a_sentence() -> None:
    states = {1: "flat", 2: "no_data", 3: "noisy", 4: "no_data"}
    found = {number: signal(state=state, low=False) for number, state in states.items()}
    found[5] = signal(low=False)
    prose = write([track(number, "ABCDE"[number - 1]) for number in range(1, 6)], found)
    assert prose.caption("en").endswith(
        "E shows no clear peak; C is uneven throughout, without a peak that stands out; "
        "A shows nothing that stands out; B and D have no data here."
    )
    assert prose.caption("zh").endswith(
        "E 无明显的富集峰；C 信号在整个窗口内起伏，无突出的峰；A 无突出的信号；B 和 D 在此窗口内无数据。"
    )


def test_the_bumps_of_a_control_are_no_finding() -> None:
    peaks = [peak(5_010_000 + 12_000 * i, 1 - 0.02 * i) for i in range(12)]
    caption = english([track(1, "Input DNA")], {1: signal(*peaks, low=False), 99: GENES})
    assert caption.endswith("Bumps of the control Input DNA are no finding.")


@pytest.mark.parametrize(
    ("genes", "expected"),
    [
        ((), ", without an annotated gene"),
        ((Gene("NM_001", 5_060_000, 5_070_000, "-", (5_069_999,), False),), ", over one annotated gene"),
        ((Gene("A", 5_060_000, 5_070_000, "-", (5_069_999,)),), ", with A (minus strand)"),
        ((Gene("A", 4_000_000, 6_000_000, "-", (5_999_999,)),), ", within A (minus strand)"),
        ((Gene("A", 5_060_000, 5_070_000, ".", (5_060_000,)),), ", with A"),
        (
            tuple(
                Gene(f"G{i}", 5_010_000 * 1 + 20_000 * i, 5_015_000 + 20_000 * i, "+", (5_010_000 + 20_000 * i,))
                for i in range(5)
            ),
            ", with G0, G1, G2 and G3 (plus strand), and one other gene",
        ),
        (
            tuple(
                Gene(f"G{i}", 5_000_000 + 5_000 * i, 5_001_000 + 5_000 * i + 100 * i, "+", (5_000_000 + 5_000 * i,))
                for i in range(30)
            ),
            ", over 30 annotated genes",
        ),
        (
            (
                Gene("RP11-3J1.2", 5_000_500, 5_199_000, "+", (5_000_500,)),
                Gene("MYC", 5_060_000, 5_061_000, "+", (5_060_000,)),
            ),
            ", with MYC (plus strand) and one other gene",
        ),
    ],
)
def test_the_first_sentence_names_the_window_and_its_genes(genes: tuple[Gene, ...], expected: str) -> None:
    caption = english([track(1, "x")], {1: signal(state="flat", low=False), 99: GeneEvidence(genes)})
    first = caption.split(" x shows")[0]
    assert first == f"chr9:5.0–5.2 Mb (hg38){expected}; heights are maxima in file units."


@pytest.mark.parametrize(
    ("region", "summit", "expected"),
    [
        (Region("chr9", 5_010_000, 5_011_000), 5_010_345, "near 5,010,346"),
        (Region("chr9", 5_010_000, 5_020_000), 5_012_344, "near 5,012,340"),
        (Region("chr9", 5_000_000, 5_090_000), 5_012_344, "near 5.012 Mb"),
        (Region("chr9", 5_000_000, 5_300_000), 5_012_344, "near 5.012 Mb"),
        (Region("chr9", 100_000, 400_000), 159_400, "near 159 kb"),
        (Region("chr9", 4_000_000, 6_000_000), 5_012_344, "near 5.01 Mb"),
        (Region("chr9", 0, 40_000_000), 5_012_344, "near 5.0 Mb"),
        (Region("chr1", 0, 248_956_422), 101_012_344, "near 101.0 Mb"),
    ],
)
def test_positions_are_rounded_to_what_the_window_shows(region: Region, summit: int, expected: str) -> None:
    width = max(2, region.span // 100)
    assert expected in english([track(1, "x")], {1: signal(peak(summit, width=width))}, region)


def test_at_most_eight_sentences_and_places_of_several_tracks_come_first() -> None:
    tracks = [track(number, f"T{number}") for number in range(1, 13)]
    found: dict[int, TrackEvidence] = {
        number: signal(peak(5_005_000 + 15_000 * number), peak(5_012_000, 0.5), low=False) for number in range(1, 11)
    }
    found |= {11: signal(peak(5_185_000)), 12: signal(peak(5_185_000)), 99: GENES}
    prose = write(tracks, found)
    assert len(prose.sentences) == MOST_SENTENCES
    assert prose.told("en")[1].startswith("T11 and T12 each form a single sharp peak at the TSS of INSL6")


def test_what_does_not_hold_is_in_no_sentence() -> None:
    """Contradicted claims and those that cannot be told, in every kind, make no difference to the caption."""
    scene = Scene(REGION, (track(1, "H3K4me3"), track(2, "CTCF"), ANNOTATION), "hg38")
    evidence = Evidence(REGION, {1: signal(peak(5_185_000)), 99: GENES})
    true = [Claim("strongest_peak", (1,), 5_184_500, 5_185_500), Claim("peak_count", (1,), *WINDOW, 1)]
    false = [
        Claim("peak", (1,), 5_050_000, 5_051_000),
        Claim("broad_domain", (1,), 5_050_000, 5_090_000),
        Claim("noisy", (1,), *WINDOW),
        Claim("flat", (1,), *WINDOW),
        Claim("peak_count", (1,), *WINDOW, 7),
        Claim("peak", (2,), 5_050_000, 5_051_000),
        Claim("coincide", (1, 2), 5_184_500, 5_185_500),
        Claim("peak_at_tss", (1, 99), 5_184_500, 5_185_500, "JAK2"),
        Claim("gene", (99,), 5_050_000, 5_060_000, "TP53"),
        Claim("peak", (7,), 5_050_000, 5_051_000),
        Claim("miracle", (1,), *WINDOW),
    ]
    plain = compose(judge_all(true, evidence, scene), scene, GENES.genes)
    mixed = compose(judge_all([*true, *false], evidence, scene), scene, GENES.genes)
    assert mixed.sentences == plain.sentences
    assert [mixed.claim(number, "en") for number in range(3, 14)].count("") == 0
    assert mixed.claim(13, "en") == "miracle (H3K4me3)"


WINDOW = (REGION.start, REGION.end)


def test_a_track_whose_number_of_peaks_is_not_known_is_not_said_to_have_one() -> None:
    scene = Scene(REGION, (track(1, "H3K4me3"), ANNOTATION))
    evidence = Evidence(REGION, {1: signal(peak(5_185_000), peak(5_100_000, 0.6)), 99: GENES})
    claims = [Claim("strongest_peak", (1,), 5_184_500, 5_185_500), Claim("flat", (1,), *WINDOW, "elsewhere")]
    prose = compose(judge_all(claims, evidence, scene), scene)
    assert prose.caption("en").endswith("H3K4me3 is strongest near 5.185 Mb.")
    assert prose.caption("zh").endswith("H3K4me3 的最高峰位于 5.185 Mb 附近。")


def test_the_words_of_a_claim_are_those_of_who_made_it() -> None:
    scene = Scene(REGION, (track(1, "H3K4me3"), ANNOTATION))
    claims = [
        Claim("peak_count", (1,), *WINDOW, {"min": 10}),
        Claim("peak", (4,), 5_050_000, 5_050_200),
        Claim("peak_at_tss", (1, 99), 5_050_000, 5_050_200, "TP53"),
        Claim("peak_count", (1,), *WINDOW, 1),
    ]
    prose = compose([Judged(claim, "contradicted") for claim in claims], scene)
    assert [prose.claim(number, "en") for number in (1, 2, 3, 4)] == [
        "H3K4me3: at least 10 clear peaks",
        "track 4: a peak near 5.050 Mb",
        "H3K4me3: a peak at the TSS of TP53",
        "H3K4me3: 1 clear peak",
    ]
    assert prose.claim(3, "zh") == "H3K4me3：TP53 的转录起始位点处有峰"


summits = st.lists(st.integers(5_005_000, 5_195_000), max_size=5, unique_by=lambda place: place // 8_000)
spans = st.lists(st.integers(0, 4), max_size=2, unique=True).map(
    lambda slots: tuple(Domain(5_000_000 + 40_000 * s, 5_025_000 + 40_000 * s, 0.6, 0.1) for s in sorted(slots))
)
signals = st.one_of(
    st.builds(signal, state=st.sampled_from(["flat", "noisy", "no_data"]), low=st.just(False)),
    st.builds(
        lambda places, domains, low: signal(
            *(peak(p, 1 - 0.08 * i) for i, p in enumerate(sorted(places))), domains=domains, low=low
        ),
        summits,
        spans,
        st.booleans(),
    ),
)
labels = st.sampled_from(
    ["H3K4me3", "K562 H3K27ac", "PRO-seq (+)", "PRO-seq (-)", "肝脏 H3K27ac", "<b>50%</b>", "gene expression", "Input"]
)


@settings(max_examples=150)
@given(st.lists(st.tuples(labels, signals), min_size=1, max_size=6), st.booleans())
def test_any_scene_gets_a_clean_caption_whose_sentences_rest_on_claims(
    rows: list[tuple[str, SignalEvidence]], with_genes: bool
) -> None:
    evidence: dict[int, TrackEvidence] = {number: found for number, (_, found) in enumerate(rows, 1)}
    prose = write(
        [track(n, label) for n, (label, _) in enumerate(rows, 1)], evidence | ({99: GENES} if with_genes else {})
    )
    assert 1 <= len(prose.sentences) <= MOST_SENTENCES
    for one in prose.sentences[1:]:
        assert one.claims or isinstance(one.clause, NotDescribed)
        assert set(one.claims) <= set(prose.claims)
    english, chinese = prose.caption("en"), prose.caption("zh")
    assert not re.search(r"  | [,.;]|\.\.|,,|None|\(\)|\{|\}|\b(a|the) (a|the)\b", english)
    assert not re.search(r"  |，，|。。|，。|；。|None|（）|\{|\}|[\u4e00-\u9fff] [\u4e00-\u9fff]", chinese)
    assert english.endswith(".") and chinese.endswith("。")
