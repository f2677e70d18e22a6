"""Signals along exons, and junction rows, measured on windows whose transcripts are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderer.measure.exons import cut, gene_exons, mean_over, measure_junctions, novel_exons, without
from renderer.measure.levels import Windowed, merged
from renderer.values.evidence import Evidence, Gene, LinkEvidence, SignalEvidence
from renderer.values.exons import ExonLevel, Junction
from renderer.values.region import Region
from renderer.window.intervals import Link
from renderer.window.signal import Steps

REGION = Region("chr1", 100_000, 110_000)
EXONS = ((101_000, 101_200), (103_000, 103_150), (105_000, 105_150), (107_000, 107_400))
GENE = Gene("GENE1", 101_000, 107_400, "+", (101_000,), True, True, EXONS)


def windowed(*raised: tuple[int, int, float]) -> Windowed:
    """A signal of single bases, NaN but for the heights of half-open stretches and single reads here and there."""
    values = np.full(REGION.span, np.nan)
    values[::400] = 1.0
    for start, end, height in raised:
        values[start - REGION.start : end - REGION.start] = height
    return Windowed(Steps.of_means(values, REGION.start, 1.0), gaps_are_zero=True)


def over_exons(*heights: float) -> list[tuple[int, int, float]]:
    return [(start, end, height) for (start, end), height in zip(EXONS, heights, strict=True)]


def test_exons_have_their_means_their_usage_and_what_the_introns_have():
    (found,) = gene_exons(windowed(*over_exons(50, 40, 4, 40)), [GENE], [GENE], REGION)
    assert found.expressed
    assert (40.0, 1.0) == (found.median, found.unit)
    assert [(1, 50.0), (2, 40.0), (3, 4.0), (4, 40.0)] == [(exon.number, exon.mean) for exon in found.exons]
    assert [1.25, 1.0, 0.1, 1.0] == [found.usage(exon) for exon in found.exons]
    assert pytest.approx((50 * 200 + 40 * 150 + 4 * 150 + 40 * 400) / 900) == found.exonic
    assert found.intronic is not None
    assert 0 < found.intronic < 0.01


def test_exons_are_counted_in_the_direction_of_transcription():
    minus = Gene("GENE1", 101_000, 107_400, "-", (107_399,), True, True, EXONS)
    (found,) = gene_exons(windowed(*over_exons(50, 40, 4, 40)), [minus], [minus], REGION)
    assert [(1, 107_000), (2, 105_000), (3, 103_000), (4, 101_000)] == [
        (exon.number, exon.start) for exon in found.exons
    ]


@pytest.mark.parametrize("heights", [(3, 3, 3, 3), (0, 0, 0, 40)])
def test_a_few_reads_express_no_gene_nor_does_one_exon(heights):
    (found,) = gene_exons(windowed(*over_exons(*heights)), [GENE], [GENE], REGION)
    assert not found.expressed
    assert () == found.exons


def test_a_gene_whose_introns_are_as_high_as_its_exons_is_not_told_to_be_spliced():
    signal = windowed((101_000, 104_000, 30), (104_000, 107_400, 31))  # one block would be the gene's one value
    (found,) = gene_exons(signal, [GENE], [GENE], REGION)
    assert (30.5, 30.5) == (pytest.approx(found.exonic, abs=0.5), pytest.approx(found.intronic, abs=0.5))
    assert not found.expressed


def test_what_another_gene_has_an_exon_at_is_not_the_genes_own():
    other = Gene("GENE2", 105_100, 105_900, "-", (105_899,), True, True, ((105_100, 105_900),))
    signal = windowed(*over_exons(40, 40, 40, 40), (105_100, 105_900, 900))
    found, its = gene_exons(signal, [GENE, other], [GENE, other], REGION)
    assert [False, False, True, False] == [exon.shared for exon in found.exons]
    assert 40.0 == found.exonic
    assert 900.0 == its.exonic
    assert found.intronic is not None
    assert found.intronic < 0.01


def test_an_exon_that_is_cut_by_the_window_is_not_measured():
    narrow = Region("chr1", 100_000, 107_200)
    values = np.where(np.arange(narrow.span) % 400, 0.0, 1.0)
    for start, end in EXONS:
        values[start - narrow.start : end - narrow.start] = 40.0
    signal = Windowed(Steps.of_means(values, narrow.start, 1.0), gaps_are_zero=True)
    (found,) = gene_exons(signal, [GENE], [GENE], narrow)
    assert [1, 2, 3] == [exon.number for exon in found.exons]


def test_an_unannotated_exon_is_found_to_the_base():
    signal = windowed(*over_exons(50, 40, 40, 40), (104_000, 104_120, 20))
    (found,) = novel_exons(signal, gene_exons(signal, [GENE], [GENE], REGION), [GENE], REGION)
    assert (104_000, 104_120, "GENE1", 20.0, 0.4) == (found.start, found.end, found.gene, found.mean, found.share)


@pytest.mark.parametrize(
    ("stretch", "why"),
    [
        ((104_000, 104_040, 20), "too short"),
        ((104_000, 104_120, 7), "below a fifth of the highest"),
        ((103_160, 103_400, 20), "within 15 bp of an exon"),
        ((103_150, 105_000, 20), "a retained intron"),
        ((108_000, 108_200, 20), "in no gene"),
    ],
)
def test_what_is_no_unannotated_exon(stretch, why):
    signal = windowed(*over_exons(50, 40, 40, 40), stretch)
    assert () == novel_exons(signal, gene_exons(signal, [GENE], [GENE], REGION), [GENE], REGION), why


def test_a_spike_in_an_intron_of_a_gene_that_is_not_expressed_is_no_exon():
    signal = windowed((104_000, 104_120, 200))
    assert () == novel_exons(signal, gene_exons(signal, [GENE], [GENE], REGION), [GENE], REGION)


def test_a_small_rna_that_is_annotated_is_no_news():
    small = Gene("SNORD1", 104_000, 104_120, "+", (104_000,), True, False, ((104_000, 104_120),))
    signal = windowed(*over_exons(50, 40, 40, 40), (104_000, 104_120, 20))
    assert () == novel_exons(signal, gene_exons(signal, [GENE], [GENE, small], REGION), [GENE, small], REGION)


def test_a_minus_strand_that_was_turned_is_measured_by_its_depth():
    values = np.where(np.arange(REGION.span) % 400, 0.0, -1.0)
    for start, end in EXONS:
        values[start - REGION.start : end - REGION.start] = -40.0
    below = Windowed(Steps.of_means(values, REGION.start, 1.0).turned(), gaps_are_zero=True)
    (found,) = gene_exons(below, [GENE], [GENE], REGION)
    assert (True, 40.0) == (found.expressed, found.exonic)


spans = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 20)).map(lambda pair: (pair[0], pair[0] + pair[1])), max_size=6
)


@given(spans, spans)
def test_what_is_left_of_spans_is_theirs_and_not_the_others(some, others):
    bases = {base for start, end in without(merged(some), merged(others)) for base in range(start, end)}
    mine, theirs = ({base for start, end in spans for base in range(start, end)} for spans in (some, others))
    assert mine - theirs == bases


@given(spans)
def test_the_parts_of_spans_in_a_window_lie_in_it(some):
    region = Region("chr1", 10, 40)
    bases = {base for start, end in cut(some, region) for base in range(start, end)}
    assert {base for start, end in some for base in range(start, end) if 10 <= base < 40} == bases


def test_a_mean_over_nothing_is_not_known():
    assert mean_over(windowed(), []) is None


def test_a_junction_is_what_lies_between_the_feet_and_those_of_one_intron_are_one():
    links = [
        Link(101_190, 101_200, 103_000, 103_010, 30.0),
        Link(103_000, 103_001, 101_199, 101_200, 12.0),
        Link(101_150, 101_200, 105_000, 105_050, 5.0),
        Link(101_190, 101_200, 120_000, 120_010, 99.0),
    ]
    found = measure_junctions(links, REGION)
    assert (Junction(101_200, 103_000, 42.0), Junction(101_200, 105_000, 5.0)) == found.junctions
    assert (2, ()) == (found.count, found.arcs)
    assert LinkEvidence(0, "none", (), ()) == measure_junctions([], REGION)


def test_exons_and_junctions_survive_the_record():
    signal = windowed(*over_exons(50, 40, 40, 40), (104_000, 104_120, 20))
    along = gene_exons(signal, [GENE], [GENE], REGION)
    one = SignalEvidence(
        "signal",
        0.0,
        50.0,
        50.0,
        2.0,
        1.0,
        (),
        (),
        False,
        along=along,
        novel=novel_exons(signal, along, [GENE], REGION),
    )
    evidence = Evidence(
        REGION, {1: one, 2: LinkEvidence(1, "dense", (), (Junction(101_200, 103_000, 42.0),)), 3: LinkEvidence(0)}
    )
    assert evidence == Evidence.from_json(REGION, evidence.to_json())
    assert isinstance(along[0].exons[0], ExonLevel)
