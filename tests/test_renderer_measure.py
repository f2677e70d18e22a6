import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from renderer.measure.signal import About, measure_signal
from renderer.values.background import background_of
from renderer.values.evidence import Evidence
from renderer.values.region import Region
from renderer.window.signal import Steps, read_columns, read_window, value_range

WINDOW = Region("chr1", 1_000_000, 1_100_000)
X = np.arange(1000)


QUIET = background_of([np.random.default_rng(9).gamma(1, 0.02, 200_000)], 100)
"""A file of next to nothing: without one, a lone box might as well be a single read."""


def bump(centre, width, height=1.0):
    return height * np.exp(-(((X - centre) / width) ** 2))


PLAIN = About()


def measure(columns, vmax=None, about=PLAIN):
    low, high = value_range([columns])
    return measure_signal(columns, WINDOW, low, vmax or high, about)


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
    found = measure(bump(300, 8) + bump(700, 8, 0.13))
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


@given(arrays(float, 1000, elements=st.floats(0, 1e6, allow_subnormal=False)), st.floats(0.001, 1000))
def test_units_do_not_matter(columns, factor):
    one, other = measure(columns), measure(columns * factor)
    if columns.max() * min(1, factor) > 1e-6:
        assert one.state == other.state
        assert [p.summit for p in one.salient] == [p.summit for p in other.salient]


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


def test_a_gap_of_a_counted_signal_is_a_zero_of_its_column(make_bigwig):
    """Two reads in a gap once were drawn above a peak: 'strongest' pointed at 13 % of the true maximum."""
    path = make_bigwig(np.array([4.0, 4.0, 30.0, np.nan, np.nan, np.nan]))
    counted = read_window(path, Region("chr1", 0, 600), 3, True).columns
    assert [None if np.isnan(v) else v for v in counted] == [4.0, 15.0, None]


def test_a_window_past_the_end_and_one_of_fewer_bases_than_columns_have_their_shape(make_bigwig):
    path = make_bigwig(np.array([1.0, 2.0]))
    assert read_columns(path, Region("chr1", 0, 400), 4)[:2].tolist() == [1.0, 2.0]
    tiny = read_columns(path, Region("chr1", 95, 105), 100)
    assert (len(tiny), tiny[0], tiny[-1]) == (100, 1.0, 2.0)


def test_only_what_stands_out_of_a_noisy_background_is_a_peak():
    """The bumps of noise once were visible peaks, as the window's own maximum said what a peak is."""
    rng = np.random.default_rng(1)
    found = measure(rng.gamma(1.5, 0.06, 1000) + bump(600, 6))
    assert found.state == "signal"
    assert [round(peak.summit, -4) for peak in found.peaks] == [1_060_000]


def test_sparse_reads_everywhere_are_noisy():
    rng = np.random.default_rng(2)
    sparse = np.where(rng.random(1000) < 0.25, rng.gamma(3, 1, 1000), 0)
    assert measure(sparse).state == "noisy"


def test_many_sharp_peaks_are_peaks_where_the_file_is_quieter_than_the_window():
    combed = sum(bump(centre, 2) for centre in range(20, 1000, 40))
    found = measure(combed, about=About(QUIET))
    assert (found.state, len(found.salient)) == ("signal", 25)


def test_noise_is_low_and_no_peak_where_the_file_has_more():
    """A window's own maximum once decided: CTCF of maximum 2.1 in a file of maximum 116 was 'more than ten peaks'."""
    rng = np.random.default_rng(4)
    whole = rng.gamma(1, 0.3, 200_000)
    whole[::500] += 60
    file = background_of([whole], 100)
    found = measure(rng.gamma(1, 0.3, 1000) / 2, about=About(file))
    assert (found.state, found.peaks, found.domains) == ("flat", (), ())
    assert found.background.q999 > 10 * found.maximum


def test_a_window_inside_a_domain_says_how_raised_it_is():
    rng = np.random.default_rng(5)
    file = background_of([rng.gamma(4, 0.1, 200_000)], 100)
    found = measure(rng.gamma(16, 0.25, 1000), about=About(file))
    assert found.whole == pytest.approx(10, rel=0.1)


@pytest.mark.parametrize(
    ("height", "state", "near"), [(0.05, "flat", ()), (0.09, "signal", ("flat",)), (0.2, "signal", ())]
)
def test_a_track_near_the_line_between_flat_and_not_may_be_called_either(height, state, near):
    found = measure(bump(500, 30, height), vmax=1.0)
    assert (found.state, found.near) == (state, near)


def test_a_flat_track_with_hardly_any_data_may_be_called_one_without():
    columns = np.full(1000, np.nan)
    columns[500:510] = 0.0
    assert (measure(columns).state, measure(columns).near) == ("flat", ("no_data",))


def test_noise_with_something_taller_in_it_may_be_called_either():
    rng = np.random.default_rng(0)
    noise = rng.gamma(3, 1, 1000) / 8
    assert measure(noise).near == ()
    states = {
        (found.state, found.near) for found in (measure(np.maximum(noise, bump(500, 6, top))) for top in (1, 2, 3, 4))
    }
    assert ("noisy", ("signal",)) in states or ("signal", ("noisy",)) in states


def test_a_low_hump_is_a_visible_domain_and_a_high_one_a_salient_one():
    raised = (X >= 400) & (X < 600)
    low = measure(np.where(raised, 0.13, 0.05) + bump(900, 5, 0.9))
    high = measure(np.where(raised, 0.5, 0.02) + bump(900, 5, 0.9))
    assert [domain.salient for domain in low.domains] == [False]
    assert [domain.salient for domain in high.domains] == [True]


@pytest.mark.parametrize("n", [256, 500, 1000, 1001, 2000])
def test_a_domain_lies_where_it_is_drawn_at_any_width(n):
    x = (np.arange(n) + 0.5) / n
    domain = measure(np.where((x >= 0.7) & (x < 0.95), 1.0, 0.02)).domains[-1]
    assert (domain.start, domain.end) == (pytest.approx(1_070_000, abs=1_000), pytest.approx(1_095_000, abs=1_000))


def test_low_elsewhere_has_a_second_looser_line():
    def track(level):
        return measure(np.where(X % 5 < 4, level, 0.0) + bump(500, 6))

    assert [(track(v).low_elsewhere, track(v).low_near) for v in (0.05, 0.18, 0.3)] == [
        (True, True),
        (False, True),
        (False, False),
    ]


def test_a_number_of_peaks_is_exact_up_to_ten():
    """Six once was 'supported' where eight were measured, and eight were printed."""
    assert measure(bump(300, 8) + bump(700, 8, 0.22)).count_range == (2, 2)
    many = sum(bump(centre, 6, 0.2 + 0.8 * centre / 1000) for centre in range(40, 1000, 70))
    found = measure(many, about=About(QUIET))
    least, most = found.count_range
    assert least < len(found.salient) <= most


def test_the_strongest_peak_agrees_if_it_is_so_by_column_base_and_kilobase():
    """A spike of one base, or a broad rise, may be the higher one: then 'strongest' is not said without its scale."""

    def steps(values):
        return Steps(WINDOW.start, 1.0, values, np.ones(len(values)), values)

    bases = np.zeros(WINDOW.span)
    bases[30_000:30_600] = 10.0
    bases[70_000:72_000] = 8.0
    columns = bases.reshape(1000, 100).mean(axis=1)
    narrow = measure(columns, about=About(QUIET, steps=steps(bases)))
    assert round(narrow.strongest.summit, -3) == 1_030_000
    assert not narrow.strongest_agrees
    bases[30_000:32_000] = 10.0
    both = measure(bases.reshape(1000, 100).mean(axis=1), about=About(QUIET, steps=steps(bases)))
    assert (both.strongest_agrees, both.strongest.top) == (True, 10.0)
    bases[50_005] = 90.0
    spiked = measure(bases.reshape(1000, 100).mean(axis=1), about=About(QUIET, steps=steps(bases)))
    assert not spiked.strongest_agrees


def test_low_elsewhere_leaves_nothing_unsaid():
    """What reaches a fifth of the tallest is something else, though no peak of a caption; the ground's noise is not."""
    lone = bump(300, 8)
    assert measure(lone + bump(700, 2, 0.19)).low_elsewhere
    found = measure(np.maximum(lone, np.where((X == 700) | (X == 701), 0.3, 0)))
    assert found.low_elsewhere == (len(found.salient) == 2)


def test_a_trough_is_no_peak_and_a_signed_signal_has_two_sides():
    columns = np.where(X < 500, 1.0, -3.0) + 0.01 * np.sin(X)
    found = measure(columns)
    assert not found.downwards
    assert all(peak.summit < 1_050_000 for peak in found.peaks)
    assert [(round(one.start, -3), round(one.end, -3)) for one in found.positive] == [(1_000_000, 1_050_000)]
    assert [(round(one.start, -3), round(one.end, -3)) for one in found.negative] == [(1_050_000, 1_100_000)]
    ratio = measure_signal(-bump(300, 8, 2.0), WINDOW, -2.0, 0.0, About(signed=True))
    assert (ratio.peaks, ratio.state) == ((), "signal")


def test_gene_long_stretches_are_told_by_their_exons():
    exons = sum(bump(centre, 6) for centre in (320, 450, 580))
    columns = np.where((X >= 300) & (X < 600), 0.2, 0.0) + exons
    rna = measure(columns, about=About(QUIET, least_domain=None))
    assert (len(rna.salient), rna.domains) == (3, ())
    body = measure(np.where((X >= 300) & (X < 600), 1.0, 0.0), about=About(QUIET, least_domain=None))
    assert [(peak.start, peak.end) for peak in body.salient] == [(1_030_000, 1_060_000)]


def test_a_stretch_like_many_of_the_file_is_no_domain_but_of_a_mark_that_is_graded():
    rng = np.random.default_rng(6)
    levels = np.where(np.arange(20_000) % 2_000 < 200, 2.0, 0.2)  # a tenth of the file lies in domains
    file = background_of([rng.gamma(2, levels / 2)], 100)

    def domains(level, graded=False):
        columns = rng.gamma(2, np.where((X >= 400) & (X < 650), level, 0.2) / 2)
        found = measure(columns, about=About(file, graded=graded))
        return [domain.salient for domain in found.domains]

    assert [False] == domains(0.6)
    assert [True] == domains(1.8)
    assert [True] == domains(0.6, graded=True)


def test_what_alone_is_seen_of_a_rough_track_is_a_peak_and_not_noise():
    """An H3K9me3 site twice as high as all beside it was 'uneven throughout, without a peak that stands out'."""
    rng = np.random.default_rng(7)
    file = background_of([rng.gamma(0.3, 4, 20_000).repeat(5)], 100)
    noise = rng.gamma(0.3, 2, 1000) * (rng.random(1000) < 0.3)
    found = measure(np.maximum(noise, bump(700, 4, 20)), about=About(file))
    assert found.state == "signal"
    assert [abs(peak.summit - 1_070_000) < 300 for peak in found.salient] == [True]
    assert "noisy" == measure(rng.gamma(2, 3, 1000), about=About(file)).state


def test_a_peak_is_the_only_one_if_nothing_else_comes_near_it():
    assert measure(bump(300, 8, 50) + bump(700, 8, 6)).lone
    assert not measure(bump(300, 8, 50) + bump(700, 1.5, 25)).lone


def test_hills_of_a_smooth_profile_are_found_whatever_their_fold():
    """Replication timing: early zones of one sample had twice the ground beside them, those of another not quite."""

    def timing(ground):
        return ground + bump(250, 60, 70 - ground) + bump(700, 80, 66 - ground)

    file = background_of([timing(20).repeat(40)], 100)
    for ground in (12, 25, 36):
        found = measure(timing(ground), about=About(file))
        assert found.state == "signal"
        middles = [(domain.start + domain.end) / 2 for domain in found.domains if domain.salient]
        assert [1_025_000, 1_070_000] == pytest.approx(middles, abs=600)
    rng = np.random.default_rng(8)
    assert not measure(timing(38) + rng.gamma(20, 1, 1000), about=About(file)).domains


def test_what_is_low_for_a_file_is_so_only_if_that_has_far_more_elsewhere():
    rng = np.random.default_rng(9)
    noise = rng.gamma(9, 1, 200_000)
    assert "flat" != measure(noise[:1000] * 0.9, about=About(background_of([noise], 100))).state
    noise[::200] += 100
    assert "flat" == measure(noise[1:200].repeat(6)[:1000] * 0.9, about=About(background_of([noise], 100))).state
