"""What is measured of intervals, links and genes: boxes and arcs one can tell apart, whatever the order of the file."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderer.evidence import Evidence, Gene, GeneEvidence
from renderer.intervals import Interval, Link
from renderer.measure import measure_signal
from renderer.measure_genes import add_gene_signals
from renderer.measure_rows import APART, MOST_ARCS, MOST_BOXES, measure_intervals, measure_links
from renderer.region import Region

WINDOW = Region("chr1", 1_000_000, 1_128_000)
"""128 kb: boxes and feet closer than 1 kb are one place."""


def at(*starts: int, length: int = 2_000) -> list[Interval]:
    return [Interval(start, start + length, f"i{start}") for start in starts]


def spans(items: list[Interval]) -> list[tuple[int, int, int]]:
    return [(span.start, span.end, span.count) for span in measure_intervals(items, WINDOW).spans]


def test_an_empty_row_has_no_interval() -> None:
    assert (measure_intervals([], WINDOW).state, measure_links([], WINDOW).state) == ("none", "none")
    assert measure_intervals(at(2_000_000), WINDOW).count == 0


def test_boxes_one_cannot_tell_apart_are_one_and_counted() -> None:
    found = measure_intervals(at(1_010_000, 1_012_900, 1_050_000), WINDOW)
    assert (found.state, found.count) == ("few", 3)
    assert spans(at(1_010_000, 1_012_900)) == [(1_010_000, 1_014_900, 2)]
    assert spans(at(1_010_000, 1_013_100)) == [(1_010_000, 1_012_000, 1), (1_013_100, 1_015_100, 1)]
    assert [span.name for span in found.spans] == ["", "i1050000"]


def test_boxes_are_cut_to_the_window_and_an_empty_interval_is_one_base() -> None:
    assert spans([Interval(900_000, 1_001_000), Interval(1_100_000, 1_100_000)]) == [
        (1_000_000, 1_001_000, 1), (1_100_000, 1_100_001, 1),
    ]  # fmt: skip


def test_many_boxes_are_dense() -> None:
    starts = [1_000_000 + 5_000 * i for i in range(MOST_BOXES + 1)]
    assert measure_intervals(at(*starts[:-1]), WINDOW).state == "few"
    assert measure_intervals(at(*starts), WINDOW).state == "dense"
    assert measure_intervals([Interval(1_050_000, 1_050_500)] * 500, WINDOW).state == "dense"


def test_states_side_by_side_are_tiles_and_neighbours_of_one_name_are_joined() -> None:
    edges = [1_000_000, 1_030_000, 1_060_000, 1_060_500, 1_100_000, 1_128_000]
    names = ["Quies", "Quies", "TssA", "Tx", "Quies"]
    found = measure_intervals([Interval(a, b, n) for a, b, n in zip(edges, edges[1:], names, strict=False)], WINDOW)
    assert (found.state, found.covered) == ("tiled", 1.0)
    assert [(span.start, span.end, span.name) for span in found.spans] == [
        (1_000_000, 1_060_000, "Quies"), (1_060_500, 1_100_000, "Tx"), (1_100_000, 1_128_000, "Quies"),
    ]  # fmt: skip


def test_stacked_intervals_are_no_tiles() -> None:
    assert measure_intervals([Interval(1_000_000, 1_128_000)] * 5, WINDOW).state == "few"


def link(first: int, second: int, score: float = 1.0) -> Link:
    return Link(first - 500, first + 500, second - 500, second + 500, score)


def test_links_drawn_over_one_another_are_one_arc_with_the_anchors_of_the_strongest() -> None:
    found = measure_links(
        [link(1_010_000, 1_100_000), link(1_010_400, 1_100_300, 9.0), link(1_010_000, 1_050_000)], WINDOW
    )
    assert (found.state, found.count) == ("few", 3)
    assert [(arc.start1, arc.count, arc.score) for arc in found.arcs] == [(1_009_900, 2, 9.0), (1_009_500, 1, 1.0)]


def test_an_arc_that_leaves_the_window_is_not_inside_and_one_elsewhere_is_not_counted() -> None:
    found = measure_links([link(1_100_000, 1_200_000), link(1_100_000, 5_000_000), link(2_000_000, 3_000_000)], WINDOW)
    assert (found.count, [(arc.inside, arc.count) for arc in found.arcs]) == (2, [(False, 2)])


def test_the_left_anchor_comes_first_and_many_arcs_are_dense() -> None:
    assert measure_links([link(1_100_000, 1_010_000)], WINDOW).arcs[0].start1 == 1_009_500
    arcs = [link(1_010_000, 1_020_000 + 5_000 * i) for i in range(MOST_ARCS + 1)]
    assert measure_links(arcs, WINDOW).state == "dense"


positions = st.integers(990_000, 1_140_000)
intervals = st.builds(
    lambda start, length, name: Interval(start, start + length, name),
    positions, st.integers(0, 40_000), st.sampled_from(["", ".", "a", "b"]),
)  # fmt: skip
links = st.builds(link, positions, positions, st.sampled_from([0.5, 1.0, 2.0]))


@given(st.data(), st.lists(intervals, max_size=25), st.lists(links, max_size=25))
def test_the_order_of_the_file_does_not_matter(data: Any, items: list[Interval], arcs: list[Link]) -> None:
    assert measure_intervals(items, WINDOW) == measure_intervals(data.draw(st.permutations(items)), WINDOW)
    assert measure_links(arcs, WINDOW) == measure_links(data.draw(st.permutations(arcs)), WINDOW)


@given(st.lists(intervals, max_size=25))
def test_spans_lie_in_the_window_left_to_right_and_apart(items: list[Interval]) -> None:
    found = measure_intervals(items, WINDOW)
    assert 0 <= found.covered <= 1
    assert all(WINDOW.start <= span.start < span.end <= WINDOW.end for span in found.spans)
    if found.state in ("few", "dense"):
        gaps = [b.start - a.end for a, b in zip(found.spans, found.spans[1:], strict=False)]
        assert all(gap >= APART * WINDOW.span for gap in gaps)
        assert sum(span.count for span in found.spans) == found.count


@given(st.lists(links, max_size=25))
def test_every_link_in_view_is_in_one_arc(arcs: list[Link]) -> None:
    found = measure_links(arcs, WINDOW)
    assert sum(arc.count for arc in found.arcs) == found.count
    assert all(arc.start1 <= arc.start2 for arc in found.arcs)


# --- signal over genes

GENE = Gene("ALPHA", 1_020_000, 1_084_000, "+", (1_020_000,), exons=((1_020_000, 1_024_000), (1_050_000, 1_054_000),
            (1_080_000, 1_084_000)))  # fmt: skip


def over_gene(columns: np.ndarray, gene: Gene = GENE) -> Any:
    """What is measured over the gene, after a journey through JSON."""
    signal = measure_signal(columns, WINDOW, 0.0, float(columns.max()) or 1.0)
    tracks = add_gene_signals({1: signal, 2: GeneEvidence((gene,))}, {1: columns}, WINDOW)
    evidence = Evidence(WINDOW, tracks)
    again = Evidence.from_json(WINDOW, evidence.to_json())
    assert again == evidence
    found = again.signal(1)
    assert found is not None
    return found.over(gene)


def painted(*spans_: tuple[int, int, float], n: int = 1280) -> np.ndarray:
    """Columns of 100 bp with these values in these intervals."""
    columns = np.zeros(n)
    for start, end, value in spans_:
        columns[(start - WINDOW.start) // 100 : (end - WINDOW.start) // 100] = value
    return columns


def test_signal_in_exons_is_told_from_that_in_introns() -> None:
    found = over_gene(painted(*((start, end, 10.0) for start, end in GENE.exons)) + 1)
    assert (found.exons, found.introns, found.exons_seen, found.outside) == (pytest.approx(11), 1.0, 1.0, 1.0)
    assert over_gene(painted((1_020_000, 1_084_000, 5.0))).exons_seen == 0


def test_signal_at_the_start_is_told_from_the_body_on_either_strand() -> None:
    plus = painted((1_019_500, 1_020_500, 50.0), (1_020_500, 1_084_000, 2.0))
    found = over_gene(plus)
    assert (found.tss, found.body, found.level, found.pausing) == (50.0, 2.0, 2.0, 25.0)
    reverse = Gene("ALPHA", 1_020_000, 1_084_000, "-", (1_083_999,))
    assert over_gene(plus, reverse).tss == pytest.approx(1.0, abs=0.3)


def test_a_gene_that_is_a_dot_on_screen_is_not_measured_and_one_exon_is_not_told_from_introns() -> None:
    assert over_gene(painted((1_000_000, 1_100_000, 1.0)), Gene("DOT", 1_020_000, 1_022_000, "+", (1_020_000,))) is None
    single = Gene("ONE", 1_020_000, 1_060_000, "+", (1_020_000,), exons=((1_020_000, 1_060_000),))
    assert over_gene(painted((1_020_000, 1_060_000, 1.0)), single).exons is None
