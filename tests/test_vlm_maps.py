"""Contact maps: what crosses their boundaries, boundaries that one map has and another lacks, dots or none; and called
intervals that hold peaks. Simulated maps, whose truth is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from renderer.measure.contacts import measure_contacts
from renderer.values.evidence import (
    Arc,
    ContactEvidence,
    Evidence,
    IntervalEvidence,
    LinkEvidence,
    Peak,
    SignalEvidence,
    Span,
    TrackEvidence,
)
from renderer.values.layout import Layout
from renderer.values.region import Region
from renderer.values.spans import Boundary
from renderer.values.track import Kind, Scene, Track
from renderer.window.contacts import ContactMap
from tests.stated import of_kind, said
from vlm.claims.verify import judge
from vlm.values.captioner import Figure
from vlm.values.claim import Claim

BIN = 5_000
REGION = Region("chr1", 1_000_000, 1_000_000 + 200 * BIN)
DOT = (61, 138)
"""Bins that the dot joins."""


def map_of(cuts: list[int], dot: tuple[int, int] | None = None, depth: float = 200.0) -> ContactEvidence:
    """Domains that hold 2.5 times the contacts of what lies between them, and a dot three times its surroundings."""
    domain = np.searchsorted(cuts, np.arange(200), side="right")
    mean = depth / (1 + np.abs(np.subtract.outer(np.arange(200), np.arange(200))))
    mean *= np.where(np.equal.outer(domain, domain), 2.5, 1.0)
    if dot:
        y, x = np.mgrid[:200, :200]
        mean *= 1 + 2 * np.exp(-((y - dot[0]) ** 2 + (x - dot[1]) ** 2) / 3)
    upper = np.triu(np.random.default_rng(0).poisson(mean)).astype(float)
    counts = upper + np.triu(upper, 1).T
    return measure_contacts(ContactMap(REGION.start + np.arange(201) * BIN, counts, False, BIN), REGION)


def shown(*rows: tuple[str, Kind, TrackEvidence]) -> Figure:
    tracks = tuple(Track(n, label, kind, "x", Path("x")) for n, (label, kind, _) in enumerate(rows, 1))
    evidence = Evidence(REGION, {n: found for n, (*_, found) in enumerate(rows, 1)})
    return Figure(Path("x.png"), Layout(1000, 400, REGION, ()), Scene(REGION, tracks, "hg38"), (), evidence)


def test_a_boundary_is_told_with_what_crosses_it_and_what_does_nearby() -> None:
    figure = shown(("Hi-C", "contacts", map_of([100])))
    (one,) = of_kind(figure, "domain_boundary")
    across, beside = one.measured["across"], one.measured["beside"]
    assert 2.5 == pytest.approx(beside / across, rel=0.1)
    english, chinese = said(figure)
    assert f"near 1.500 Mb, where contacts across ({across:.3g} a pair of bins) are below those as far apart" in english
    assert f"跨边界的互作（每对分箱 {across:.3g}）低于邻近同距离的互作（{beside:.3g}）" in chinese


def test_a_boundary_that_another_map_lacks_is_the_finding() -> None:
    figure = shown(("wt", "contacts", map_of([60, 140])), ("ko", "contacts", map_of([60])))
    (one,) = of_kind(figure, "boundary_differs")
    assert ((1, 2), 140) == (one.claim.tracks, round((one.measured["position"] - REGION.start) / BIN))
    english, chinese = said(figure)
    assert english.startswith("The domain boundary near 1.700 Mb in wt (")
    assert "-fold fewer contacts cross it) is not seen in ko (1.0-fold)." in english
    assert "在 ko 中未见（为 1/1.0）" in chinese


def test_maps_that_are_alike_or_of_unlike_bins_do_not_differ() -> None:
    one = map_of([60, 140])
    assert [] == of_kind(shown(("a", "contacts", one), ("b", "contacts", map_of([60, 140]))), "boundary_differs")
    coarse = ContactEvidence("plain", 20 * BIN, 1.0, (), map_of([]).insulation)
    figure = shown(("a", "contacts", one), ("b", "contacts", coarse))
    assert [] == of_kind(figure, "boundary_differs")
    assert figure.evidence is not None
    told = judge(Claim("boundary_differs", (1, 2), 1_300_000, 1_300_001), figure.evidence, figure.scene)
    assert "cannot_tell" == told.verdict


def test_a_dot_is_told_with_the_link_that_is_there_too() -> None:
    left, right = (REGION.start + at * BIN for at in DOT)
    arc = Arc(left, left + BIN, right, right + BIN, 1.0, True)
    figure = shown(("Hi-C", "contacts", map_of([60, 140], DOT)), ("loops", "links", LinkEvidence(1, "few", (arc,))))
    (one,) = of_kind(figure, "corner_dot")
    assert 1.5 < one.measured["fold"] < 3
    english, chinese = said(figure)
    assert "a corner dot joins 1.308 Mb and 1.693 Mb (" in english
    assert "-fold) over its surroundings, as one loop does" in english
    assert "1.308 Mb 与 1.693 Mb（为周围的 " in chinese


def test_that_no_dot_stands_out_is_told_at_the_bins_of_the_map() -> None:
    figure = shown(("Hi-C", "contacts", map_of([60, 140])))
    assert ["supported"] == [one.verdict for one in of_kind(figure, "corner_dot")]
    english, chinese = said(figure)
    assert "no corner dot stands out at 5 kb" in english
    assert "在 5 kb 分辨率下未见突出的角点信号" in chinese


def test_called_peaks_are_said_to_hold_the_peaks_of_a_signal() -> None:
    summits = (1_200_000, 1_500_000, 1_800_000)
    peaks = tuple(Peak(at - 500, at + 500, at, 40.0, 1.0, 1.0, True, 40.0) for at in summits)
    signal = SignalEvidence("signal", 0.0, 40.0, 40.0, 1.0, 1.0, peaks, (), True)
    boxes = tuple(Span(at - 300, at + 300) for at in (*summits, 1_900_000))
    called = IntervalEvidence(4, "few", 0.002, boxes)
    figure = shown(("CTCF", "signal", signal), ("called peaks", "intervals", called))
    (one,) = of_kind(figure, "peak_in_interval")
    assert (3, 3) == (one.measured["inside"], one.measured["peaks"])
    assert "intervals of called peaks hold all three peaks of CTCF" in said(figure)[0]
    assert "CTCF 的 3 个富集峰均位于 called peaks 的区间内" in said(figure)[1]


def test_minima_of_a_separation_score_are_told_with_the_score() -> None:
    boundaries = (
        Boundary(1_300_000, 2.0, True, score=0.148, sizes=(0, 8)),
        Boundary(1_600_000, 3.0, True, score=0.134, sizes=(8, 8)),
    )
    figure = shown(("TAD separation score", "matrix", ContactEvidence("domains", 500, 1.0, boundaries)))
    assert ["supported"] * 2 == [one.verdict for one in of_kind(figure, "domain_boundary")]
    english, chinese = said(figure)
    assert english == (
        "TAD separation score has minima near 1.300 Mb (0.148) and 1.600 Mb (0.134), as domain boundaries do; near "
        "1.600 Mb it is lowest in all eight columns."
    )
    assert "的极小值位于 1.300 Mb（0.148）和 1.600 Mb（0.134）附近，提示结构域边界" in chinese


def sites(*at: int, width: int = 300) -> IntervalEvidence:
    spans = tuple(Span(one, one + width) for one in at)
    return IntervalEvidence(len(spans), "few", 0.01, spans, median=width)


def test_boundaries_at_sites_of_another_row_are_counted_with_how_far_they_are() -> None:
    cuts = [REGION.start + 70 * BIN, REGION.start + 140 * BIN]
    figure = shown(("Hi-C", "contacts", map_of([70, 140])), ("CTCF peaks", "intervals", sites(*cuts)))
    (one,) = of_kind(figure, "boundaries_at")
    assert ("supported", 2, 2) == (one.verdict, one.measured["inside"], one.measured["boundaries"])
    english, chinese = said(figure)
    assert "both lie" in english and "intervals in CTCF peaks" in english
    assert "均有 CTCF peaks 区间" in chinese


def test_boundaries_at_few_sites_of_many_or_at_sites_that_are_everywhere_are_not_told() -> None:
    everywhere = sites(*range(REGION.start, REGION.end, 20_000))
    for row in (sites(REGION.start + 70 * BIN), everywhere):
        figure = shown(("Hi-C", "contacts", map_of([70, 140])), ("CTCF peaks", "intervals", row))
        assert [] == of_kind(figure, "boundaries_at")


def domains(*ends: tuple[int, int]) -> IntervalEvidence:
    spans = tuple(Span(start, end) for start, end in ends)
    return IntervalEvidence(len(spans), "few", 0.4, spans, median=ends[0][1] - ends[0][0])


def test_a_domain_both_of_whose_ends_lie_at_sites_is_told_with_these() -> None:
    start, end = REGION.start + 200_000, REGION.start + 400_000
    rows = domains((start, end), (end + 200_000, end + 300_000))
    figure = shown(("TADs", "intervals", rows), ("CTCF peaks", "intervals", sites(start + 150, end - 400)))
    (one,) = of_kind(figure, "edges_at")
    assert ("supported", [150, 100]) == (one.verdict, one.measured["away"])
    assert (
        "Both ends of the stretch in TADs (1.200–1.400 Mb) lie within 150 bp of intervals in CTCF peaks"
        in (said(figure)[0])
    )


def test_a_domain_with_one_end_at_a_site_is_not_told() -> None:
    start, end = REGION.start + 200_000, REGION.start + 400_000
    figure = shown(("TADs", "intervals", domains((start, end))), ("CTCF peaks", "intervals", sites(start, end + 9_000)))
    assert [] == of_kind(figure, "edges_at")
