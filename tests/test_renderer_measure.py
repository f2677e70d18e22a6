import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from renderer.evidence import Evidence
from renderer.measure import measure_signal
from renderer.region import Region
from renderer.signal import read_columns, value_range

WINDOW = Region("chr1", 1_000_000, 1_100_000)
X = np.arange(1000)


def bump(centre, width, height=1.0):
    return height * np.exp(-(((X - centre) / width) ** 2))


def measure(columns, vmax=None):
    low, high = value_range([columns])
    return measure_signal(columns, WINDOW, low, vmax or high)


def test_no_value_is_no_data_and_zero_is_flat():
    assert measure(np.full(1000, np.nan)).state == "no_data"
    assert measure(np.zeros(1000)).state == "flat"
    assert measure(np.full(1000, 7.0)).state == "flat"


def test_a_single_peak_is_found_where_it_is_and_the_rest_is_low():
    found = measure(bump(300, 8, 50))
    assert found.state == "signal"
    assert len(found.salient) == 1
    assert abs(found.strongest.summit - 1_030_000) <= 100
    assert found.strongest.start < 1_030_000 < found.strongest.end
    assert found.low_elsewhere


def test_a_summit_cut_by_the_edge_of_the_window_is_a_peak():
    assert [peak.summit for peak in measure(bump(0, 8)).salient] == [1_000_050]
    assert [peak.summit for peak in measure(bump(999, 8)).salient] == [1_099_950]


def test_two_close_summits_are_one_peak_and_two_far_ones_are_two():
    assert len(measure(bump(500, 4) + bump(510, 4, 0.9)).salient) == 1
    assert len(measure(bump(400, 4) + bump(600, 4, 0.9)).salient) == 2


def test_a_small_bump_is_visible_but_not_salient():
    found = measure(bump(300, 8) + bump(700, 8, 0.18))
    assert [peak.salient for peak in found.peaks] == [True, False]


def test_a_rough_plateau_is_a_domain_not_a_row_of_peaks():
    rng = np.random.default_rng(0)
    columns = np.where((X >= 400) & (X < 700), rng.gamma(8, 1, 1000), rng.gamma(1, 0.1, 1000))
    found = measure(columns)
    assert len(found.domains) == 1
    assert abs(found.domains[0].start - 1_040_000) < 3_000
    assert abs(found.domains[0].end - 1_070_000) < 3_000
    assert not found.salient


def test_rough_signal_everywhere_is_noisy_but_smooth_hills_are_not():
    rng = np.random.default_rng(0)
    assert measure(rng.gamma(3, 1, 1000)).state == "noisy"
    assert measure(2 + np.sin(X / 80)).state != "noisy"


def test_a_minus_strand_stored_negative_measures_like_its_mirror_image():
    columns = bump(300, 8, 50) + bump(700, 8, 30)
    up, down = measure(columns), measure_signal(-columns, WINDOW, -50.0, 0.0)
    assert [peak.summit for peak in up.peaks] == [peak.summit for peak in down.peaks]
    assert pytest.approx(down.strongest.value, abs=0.1) == -50


def test_a_track_far_below_a_shared_scale_is_flat():
    assert measure(bump(300, 8), vmax=20.0).state == "flat"


@settings(deadline=None)
@given(arrays(float, 1000, elements=st.floats(0, 1e6, allow_subnormal=False)), st.floats(0.001, 1000))
def test_units_do_not_matter(columns, factor):
    one, other = measure(columns), measure(columns * factor)
    if columns.max() * min(1, factor) > 1e-6:
        assert one.state == other.state
        assert [p.summit for p in one.salient] == [p.summit for p in other.salient]


@settings(deadline=None)
@given(arrays(float, st.sampled_from([1, 7, 256, 500, 2000]), elements=st.floats(-1e3, 1e3) | st.just(float("nan"))))
def test_peaks_lie_in_the_window_with_their_summit_inside(columns):
    for peak in measure(columns).peaks:
        assert WINDOW.start <= peak.start <= peak.summit < peak.end <= WINDOW.end


def test_evidence_survives_the_record():
    evidence = Evidence(WINDOW, {1: measure(bump(300, 8)), 2: measure(np.full(1000, np.nan))})
    assert evidence == Evidence.from_json(WINDOW, evidence.to_json())


def test_columns_are_means_over_bases_with_data(make_bigwig):
    path = make_bigwig(np.array([1.0, 3.0, np.nan, np.nan, 5.0, np.nan]))
    whole = Region("chr1", 0, 600)
    assert [None if np.isnan(v) else v for v in read_columns(path, whole, 3)] == [2.0, None, 5.0]
    assert np.isnan(read_columns(path, Region("chr2", 0, 600), 3)).all()


def test_a_window_past_the_end_and_one_of_fewer_bases_than_columns_have_their_shape(make_bigwig):
    path = make_bigwig(np.array([1.0, 2.0]))
    assert read_columns(path, Region("chr1", 0, 400), 4)[:2].tolist() == [1.0, 2.0]
    tiny = read_columns(path, Region("chr1", 95, 105), 100)
    assert (len(tiny), tiny[0], tiny[-1]) == (100, 1.0, 2.0)
