"""Levels over places and differences between samples: what is printed is what the file holds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderer.measure.levels import Windowed, places_of
from renderer.measure.rows import are_states, shares, spans_by_name
from renderer.values.differences import compare, depth_of, trend_of
from renderer.values.evidence import Gene
from renderer.values.levels import Depth, Level, Place
from renderer.values.region import Region
from renderer.window.intervals import Interval
from renderer.window.signal import Steps

REGION = Region("chr1", 1_000, 11_000)
ONE_SCALE = Depth(1.0, "declared")


def windowed(values, start, gaps_are_zero):
    return Windowed(Steps.of_means(np.asarray(values, dtype=float), start, 1.0), gaps_are_zero)


def level(mean, maximum=None):
    return Level(mean, maximum if maximum is not None else mean, 0, 1.0)


def test_bases_without_a_read_count_as_zero_where_the_signal_is_counted_from_reads():
    values = np.full(1_000, np.nan)
    values[100:200] = 8.0
    assert windowed(values, 0, True).over(0, 1_000) == Level(0.8, 8.0, 100, 0.1)
    assert windowed(values, 0, False).over(0, 1_000).mean == 8.0


def test_a_place_without_any_value_is_zero_for_reads_and_unknown_else():
    values = np.full(1_000, np.nan)
    assert windowed(values, 0, True).over(100, 200) == Level(0.0, 0.0, None, 0.0)
    assert windowed(values, 0, False).over(100, 200) is None


def test_a_place_outside_the_window_has_no_level():
    assert windowed(np.ones(100), 1_000, True).over(2_000, 3_000) is None


def test_a_minus_strand_stored_below_zero_has_its_summit_where_it_is_deepest():
    values = np.zeros(100)
    values[40] = -9.0
    found = windowed(values, 500, True).over(500, 600)
    assert (found.maximum, found.summit) == (-9.0, 540)


@given(st.lists(st.floats(0, 1e6), min_size=10, max_size=60), st.integers(0, 9), st.integers(1, 10))
def test_a_mean_is_the_mean_of_the_bases(values, first, length):
    found = windowed(np.array(values), 0, True).over(first, first + length)
    inside = values[first : first + length]
    assert found.mean == pytest.approx(np.mean(inside), rel=1e-4, abs=1e-6)
    assert found.maximum == pytest.approx(max(inside), rel=1e-4)


def test_the_exons_of_a_minus_gene_count_from_its_own_start():
    gene = Gene("G", 2_000, 8_000, "-", (7_999,), exons=((2_000, 2_500), (5_000, 5_200), (7_500, 8_000)))
    exons = {place.exon: place.start for place in places_of(REGION, [gene]) if place.kind == "exon"}
    assert exons == {1: 7_500, 2: 5_000, 3: 2_000}


def test_the_start_of_a_gene_that_begins_outside_is_no_place():
    gene = Gene("G", 500, 3_000, "+", (500,))
    assert {place.kind for place in places_of(REGION, [gene])} == {"window", "body"}


def test_spans_of_several_tracks_that_overlap_are_one_place():
    found = places_of(REGION, [], [(2_000, 3_000), (2_500, 3_500), (9_000, 9_100)])
    assert [(p.start, p.end) for p in found if p.kind == "span"] == [(2_000, 3_500), (9_000, 9_100)]


def test_twice_as_high_on_one_scale_differs_and_a_tenth_more_is_alike():
    assert compare([level(10)], [level(4)], ONE_SCALE, 1.0).differs
    found = compare([level(10)], [level(9)], ONE_SCALE, 1.0)
    assert (found.differs, found.alike) == (False, True)


def test_a_difference_that_depth_explains_is_none():
    depth = Depth(2.5, "features", 8)
    assert not compare([level(10)], [level(4)], depth, 1.0).differs


def test_a_difference_that_depth_would_turn_round_is_none():
    assert not compare([level(10)], [level(4)], Depth(10.0, "features", 8), 0.5).differs


def test_a_higher_side_within_its_background_does_not_differ():
    assert not compare([level(4)], [level(1)], ONE_SCALE, 1.0).differs


def test_replicates_that_come_near_each_other_do_not_differ():
    apart = compare([level(9), level(10)], [level(2), level(3)], ONE_SCALE, 0.5)
    near = compare([level(4), level(15)], [level(2), level(3)], ONE_SCALE, 0.5)
    assert (apart.differs, near.differs) == (True, False)
    assert apart.first_range == (9, 10)


def test_next_to_nothing_has_no_fold_beyond_over_90():
    found = compare([level(0.54)], [level(0.0)], ONE_SCALE, 0.01)
    assert (found.fold, found.at_least, found.differs) == (None, 90.0, True)


def test_depth_is_told_by_features_both_have_and_agree_on():
    first, second = [level(20 + i) for i in range(6)], [level(10 + i / 2) for i in range(6)]
    found = depth_of(first, second, (1.0, 1.0))
    assert (found.source, found.count) == ("features", 6)
    assert found.ratio == pytest.approx(2.0)


def test_few_features_or_features_that_disagree_tell_no_depth():
    assert depth_of([level(20)] * 4, [level(10)] * 4, (1.0, 1.0)).source == "unknown"
    first = [level(v) for v in (100, 10, 100, 10, 100, 10)]
    assert depth_of(first, [level(30)] * 6, (1.0, 1.0)).source == "unknown"


@pytest.mark.parametrize(
    ("values", "trend"),
    [
        ((1, 2, 4), "rises"),
        ((4, 2, 1), "falls"),
        ((0, 2, 4), "rises"),
        ((1, 2, 1.9), None),
        ((1, 1.1, 4), None),
        ((1, 1.2, 1.45), None),
        ((1, 4), None),
    ],
)
def test_a_trend_goes_one_way_at_every_step_and_far_enough(values, trend):
    assert trend_of(values) == trend


def test_states_of_a_place_are_shares_of_its_bases():
    states = [Interval(0, 500, "Enh"), Interval(400, 600, "Enh"), Interval(600, 1_000, "Quies")]
    places = [Place("window", 0, 1_000), Place("span", 900, 1_100)]
    assert shares(spans_by_name(states), places, Region("chr1", 0, 1_000)) == (
        {"Enh": 0.6, "Quies": 0.4},
        {"Quies": 0.5},
    )


@pytest.mark.parametrize(("first", "strand"), [(5_000, "+"), (5_000, "-"), (1_300, "+"), (10_800, "-")])
def test_the_state_of_a_start_is_that_of_the_hundred_bases_beside_it(first, strand):
    """Whatever lies farther off, and wherever the window cuts what is near."""
    gene = Gene("GENE1", *((first, first + 900) if strand == "+" else (first - 899, first + 1)), strand, (first,), True)
    (start,) = (place for place in places_of(REGION, [gene]) if place.kind == "start")
    tiles = [
        Interval(0, first - 80, "TxWk"),
        Interval(first - 80, first + 101, "TssA"),
        Interval(first + 101, 20_000, "Enh"),
    ]
    assert shares(spans_by_name(tiles), [start], REGION) == ({"TssA": 0.9005, "TxWk": 0.0995},)


def test_peaks_with_a_name_each_are_no_states():
    assert not are_states([Interval(i, i + 1, f"peak_{i}") for i in range(100)])
    assert are_states([Interval(i, i + 1, "Enh" if i % 2 else "Quies") for i in range(10)])
