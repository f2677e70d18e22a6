"""Links: what their ends lie at, where many meet, what changes at their ends; each link is told once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from renderer.measure.across import measure_across
from renderer.values.evidence import (
    Arc,
    Evidence,
    Gene,
    GeneEvidence,
    IntervalEvidence,
    LinkEvidence,
    Peak,
    SignalEvidence,
    Span,
)
from renderer.values.layout import Layout
from renderer.values.region import Region
from renderer.values.track import Scene, Track
from renderer.window.intervals import Interval
from renderer.window.signal import Steps
from tests.stated import of_kind, sentences
from vlm.claims.stating import state
from vlm.claims.verify import judge
from vlm.values.captioner import Figure
from vlm.values.claim import Claim, Judged
from vlm.words.caption import compose

REGION = Region("chr9", 5_000_000, 5_200_000)
JAK2 = Gene("JAK2", 5_080_000, 5_110_000, "+", (5_080_000,))
LEFT, MIDDLE, RIGHT = 5_050_000, 5_080_500, 5_150_000
"""Peaks at the ends of the widest loop, and the end of a second loop, where JAK2 starts."""

TRACKS = (
    Track(1, "CTCF", "signal", "bigwig", Path("a.bw")),
    Track(2, "HiCCUPS loops", "links", "links", Path("b.arcs")),
    Track(3, "RAD21 ChIA-PET", "links", "links", Path("c.arcs")),
    Track(4, "ChromHMM", "intervals", "bed", Path("d.bed")),
    Track(5, "RefSeq", "genes", "gtf", Path("e.gtf")),
)


def peak(summit: int, value: float) -> Peak:
    return Peak(summit - 400, summit + 400, summit, value, value / 100, value / 100, True, value)


def ctcf() -> tuple[SignalEvidence, Steps]:
    """Two peaks, of 100 and 60, over a ground of 1; single bases."""
    found = (peak(LEFT, 100.0), peak(RIGHT, 60.0))
    values = np.ones(REGION.span)
    for one in found:
        values[one.summit - 400 - REGION.start : one.summit + 400 - REGION.start] = one.value
    steps = Steps(REGION.start, 1.0, values, np.ones_like(values), values)
    return SignalEvidence("signal", 0.0, 100.0, 100.0, 2.0, 1.0, found, (), True), steps


def arc(one: int, other: int, width: int = 5_000) -> Arc:
    half = width // 2
    return Arc(one - half, one + half + 1, other - half, other + half + 1, 1.0, other < REGION.end)


def scene(*hiccups: Arc, rad21: tuple[Arc, ...] = (), inside: str = "TxWk", outside: str = "ReprPC") -> Figure:
    """The tracks above; between the two peaks chromatin is in one state, and beside them in another."""
    signal, steps = ctcf()
    bounds = (REGION.start, LEFT, RIGHT, REGION.end)
    states = [
        Interval(start + 100 * i, start + 100 * (i + 1), name)
        for start, end, name in zip(bounds, bounds[1:], (outside, inside, outside), strict=False)
        for i in range((end - start) // 100)
    ]
    rows = {
        1: signal,
        2: LinkEvidence(len(hiccups), "few", hiccups),
        4: IntervalEvidence(len(states), "tiled", 1.0, (Span(REGION.start, LEFT, 500, outside),)),
        5: GeneEvidence((JAK2,)),
    }
    rows |= {3: LinkEvidence(len(rad21), "few", rad21)} if rad21 else {}
    tracks = tuple(track for track in TRACKS if track.number in rows)
    evidence = measure_across(Evidence(REGION, rows), tracks, {1: steps}, {4: states})
    return Figure(Path("x.png"), Layout(1000, 400, REGION, ()), Scene(REGION, tracks, "hg38"), (JAK2,), evidence)


def judged(figure: Figure, *claim: Any) -> Judged:
    assert figure.evidence is not None
    return judge(Claim(*claim), figure.evidence, figure.scene)


def test_rows_that_show_the_same_link_are_told_in_one_sentence() -> None:
    english, chinese = sentences(scene(arc(LEFT, RIGHT), rad21=(arc(LEFT + 500, RIGHT + 500, 1),)))
    assert english[1] == (
        "The two highest peaks of CTCF (5.050 Mb, 100; 5.150 Mb, 60) lie within 500 bp of both anchors of one HiCCUPS "
        "loop (5.048–5.053 to 5.148–5.153 Mb) and one RAD21 ChIA-PET link, which enclose JAK2."
    )
    assert chinese[1] == (
        "CTCF 最高的两个富集峰（5.050 Mb，100；5.150 Mb，60）距一个 HiCCUPS 环（5.048–5.053 至 5.148–5.153 Mb）"
        "和一条 RAD21 ChIA-PET 互作的两端锚点均在 500 bp 以内；JAK2 位于两个锚点之间。"
    )


def test_an_anchor_without_a_peak_is_said_with_the_gene_that_starts_there() -> None:
    figure = scene(arc(LEFT, RIGHT), arc(LEFT, MIDDLE))
    (one,) = of_kind(figure, "lone_anchor")
    assert ("supported", 1.0, "JAK2", 0) == (one.verdict, *(one.measured[key] for key in ("most", "tss", "tss_bp")))
    told = "a second HiCCUPS loop from the peak at 5.050 Mb ends at 5.078–5.083 Mb, at the TSS of JAK2, where CTCF "
    assert f"{told}reaches only 1" in sentences(figure)[0][1]


def test_a_link_that_is_told_by_the_gene_it_encloses_is_not_told_again_as_joining_two_places() -> None:
    english, chinese = sentences(scene(arc(5_020_000, 5_180_000)))
    assert (
        sum("encloses JAK2" in one for one in english) == sum("JAK2 位于一个 HiCCUPS 环" in one for one in chinese) == 1
    )
    assert not any("joins" in one for one in english) and not any("连接 5" in one for one in chinese)


def test_links_that_all_leave_the_window_join_nothing_in_it() -> None:
    away = tuple(arc(RIGHT, REGION.end + far, 1) for far in (50_000, 90_000))
    told = sentences(scene(arc(LEFT, RIGHT), rad21=away))
    assert any("both RAD21 ChIA-PET links leave the window and join nothing in it" in one for one in told[0])
    assert any("2 条 RAD21 ChIA-PET 互作均延伸至窗口外，窗口内无完整的连接" in one for one in told[1])


def test_chromatin_is_said_to_change_at_the_ends_of_a_loop_where_it_does() -> None:
    figure = scene(arc(LEFT, RIGHT))
    changes = of_kind(figure, "states_change")
    assert [("supported", "active"), ("supported", "polycomb")] == sorted(
        (one.verdict, one.claim.value["family"]) for one in changes
    )
    assert any(
        "active states cover 100 % between them, but 0 % of either flank" in one
        and "Polycomb states cover 0 % between them, but 100 % of either flank" in one
        for one in sentences(figure)[0]
    )
    assert [] == of_kind(scene(arc(LEFT, RIGHT), outside="Tx"), "states_change")


def test_many_links_from_one_place_are_a_hub_and_links_side_by_side_are_none() -> None:
    ends = (5_070_000, 5_095_000, 5_120_000)
    figure = scene(rad21=(*(arc(LEFT, end, 1) for end in ends), arc(LEFT, REGION.end + 50_000, 1)))
    (hub,) = of_kind(figure, "link_hub")
    assert ("supported", 4, 3, ["JAK2"]) == (hub.verdict, *(hub.measured[key] for key in ("count", "inside", "genes")))
    where = "converge on 5.050 Mb (three of them wholly in the window), at a peak of CTCF (5.050 Mb, 100)"
    assert any(f"Four RAD21 ChIA-PET links {where}, among others from JAK2" in one for one in sentences(figure)[0])
    beside = scene(rad21=tuple(arc(LEFT + 100 * i, RIGHT, 1) for i in range(5)))
    assert [] == of_kind(beside, "link_hub")


def test_a_count_that_is_no_number_and_a_side_that_is_none_are_no_claims() -> None:
    figure = scene(arc(LEFT, RIGHT))
    assert "contradicted" == judged(figure, "link_hub", (2,), LEFT, LEFT + 1, "many").verdict
    assert "contradicted" == judged(figure, "states_change", (4,), LEFT, RIGHT, {"family": "active"}).verdict
    assert "contradicted" == judged(figure, "interval_length", (4,), REGION.start, REGION.end, {"median": None}).verdict
    nowhere = judged(figure, "lone_anchor", (2, 1), LEFT, RIGHT, {"anchors": [[1, 2], [3, 4]]})
    assert "cannot_tell" == nowhere.verdict


def test_spliced_reads_are_no_links() -> None:
    """They join exons; kinds of junctions tell of them."""
    arcs = LinkEvidence(1, "few", (arc(LEFT, RIGHT, 1),))
    track = Track(1, "splice junctions", "links", "links", Path("x.bed"))
    scene = Scene(REGION, (track, TRACKS[4]), "hg38")
    evidence = Evidence(REGION, {1: arcs, 5: GeneEvidence((JAK2,))})
    figure = Figure(Path("x.png"), Layout(1000, 400, REGION, ()), scene, (JAK2,), evidence)
    assert [] == [claim for claim in state(figure) if claim.kind in ("link", "link_count", "encloses")]


def test_rows_without_a_link_are_said_to_have_none() -> None:
    labels = ((1, "RAD21"), (2, "HiCCUPS loops"))
    rows = tuple(Track(n, label, "links", "bedpe", Path("x.bedpe")) for n, label in labels)
    none = {"inside": 0, "leave": 0}
    claims = [Judged(Claim("link_count", (n,), 0, 1_000_000, none), "supported", none) for n in (1, 2)]
    prose = compose(claims, Scene(Region("chr1", 0, 1_000_000), rows))
    assert "RAD21 and HiCCUPS loops have no link here." in prose.caption("en")
    assert "在此窗口内无连接。" in prose.caption("zh")
