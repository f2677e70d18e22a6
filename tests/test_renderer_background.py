"""What is usual in a file is what it would be if every base of it were read."""

from __future__ import annotations

import json

import numpy as np
import pyBigWig
import pytest

from renderer.prepare import background
from renderer.prepare.background import measure_background
from renderer.values.background import QUANTILES, Background, background_of
from renderer.values.errors import FormatError

BINS = 30_000
VALUES = np.random.default_rng(1).gamma(2, 1.0, BINS).astype(np.float32).astype(float)
"""3 Mb of bins of 100 bp."""


def test_it_is_the_distribution_of_all_bins_of_each_width(make_bigwig):
    found = measure_background(make_bigwig(VALUES), gaps_are_zero=True)
    assert found and [100, 1_000, 10_000] == [level.width for level in found.levels]
    for level, step in zip(found.levels, (1, 10, 100), strict=True):
        bins = VALUES.reshape(-1, step).mean(axis=1)
        assert len(bins) == level.bins
        assert (bins.mean(), bins.std()) == pytest.approx((level.mean, level.sd), rel=1e-5)
        assert np.quantile(bins, QUANTILES) == pytest.approx(level.quantiles, rel=1e-5)
    assert (VALUES.min(), VALUES.max()) == pytest.approx((found.minimum, found.maximum))
    assert (3_000_000, 3_000_000, 3_000_000, 1) == (found.extent, found.covered, found.measured, found.chroms)
    assert found.median == pytest.approx(np.quantile(VALUES.reshape(-1, 10).mean(axis=1), 0.5), rel=1e-5)


def test_a_gap_is_0_where_reads_are_counted_and_unknown_elsewhere(make_bigwig):
    values = np.full(BINS, 4.0)
    values[1::2] = np.nan
    path = make_bigwig(values)
    counted, windowed = (measure_background(path, gaps_are_zero=gaps) for gaps in (True, False))
    assert counted and windowed
    assert (2.0, 4.0) == pytest.approx((counted.mean, windowed.mean), rel=1e-4)
    assert (0.5, 0.0) == pytest.approx((counted.empty, windowed.empty), rel=1e-4)
    assert counted.covered == windowed.covered == BINS * 50


def test_its_dispersion_is_the_bases_of_one_read(make_bigwig):
    """Poisson reads of 300 bp: the variance of a stretch's sum is 300 times its mean, less what its ends cut off."""
    starts = np.random.default_rng(2).poisson(0.5, BINS)
    found = measure_background(make_bigwig(np.convolve(starts, np.ones(3))[:BINS]), gaps_are_zero=True)
    assert found and 100 < found.dispersion < 300
    smooth = measure_background(make_bigwig(np.full(BINS, 2.0), "flat.bw"), gaps_are_zero=True)
    assert smooth and smooth.dispersion == 0


@pytest.mark.parametrize("step", [1.0, 0.05, 12.5])
def test_the_unit_is_the_step_of_all_values(make_bigwig, step):
    counts = np.random.default_rng(3).poisson(3, BINS) * step
    assert step == pytest.approx(measure_background(make_bigwig(counts), gaps_are_zero=True).unit)
    assert measure_background(make_bigwig(VALUES, "smooth.bw"), gaps_are_zero=True).unit is None


def test_a_signal_drawn_downwards_is_the_mirror_of_the_same_drawn_upwards(make_bigwig):
    up, down = (
        measure_background(make_bigwig(sign * VALUES, f"{sign}.bw"), gaps_are_zero=True) for sign in (1.0, -1.0)
    )
    again = down.mirrored()
    assert (up.minimum, up.maximum, up.dispersion) == pytest.approx((again.minimum, again.maximum, again.dispersion))
    for one, other in zip(up.levels, again.levels, strict=True):
        assert (one.mean, one.sd, *one.quantiles) == pytest.approx((other.mean, other.sd, *other.quantiles))
    assert (False, True) == (up.downwards, down.downwards)
    assert not up.signed and not down.signed
    assert measure_background(make_bigwig(VALUES - 2, "ratio.bw"), gaps_are_zero=False).signed
    ringing = measure_background(make_bigwig(VALUES - 0.05, "smoothed.bw"), gaps_are_zero=False)
    assert ringing.minimum < 0 and not ringing.signed


def test_a_file_cut_to_a_window_says_that_it_covers_little(tmp_path):
    path = tmp_path / "cut.bw"
    with pyBigWig.open(str(path), "w") as bigwig:
        bigwig.addHeader([("chr1", 200_000_000), ("chr2", 50_000_000), ("chrUn", 500)])
        bigwig.addEntries("chr1", 100_300_000, values=VALUES[:15_000].tolist(), span=100, step=100)
    found = measure_background(path, gaps_are_zero=True)
    assert found.covers_little and found.genome_share is None
    assert (1_500_000, 1) == (found.extent, found.chroms)
    assert VALUES[:15_000].mean() == pytest.approx(found.mean, rel=1e-5)
    assert found.is_wider(100_000) and not found.is_wider(1_000_000)
    sized = measure_background(path, gaps_are_zero=True, sizes={"chr1": 200_000_000, "chr2": 50_000_000})
    assert 0.006 == pytest.approx(sized.genome_share)
    assert not measure_background(path, gaps_are_zero=True, sizes={"chr1": 3_000_000}).covers_little


def test_a_part_of_a_big_file_tells_what_all_of_it_would(make_bigwig, monkeypatch):
    path = make_bigwig(np.tile(VALUES, 4))
    whole = measure_background(path, gaps_are_zero=True)
    monkeypatch.setattr(background, "READ_BASES", 3_000_000)
    part = measure_background(path, gaps_are_zero=True)
    assert (12_000_000, 12_000_000) == (whole.extent, part.extent)
    assert 3_000_000 == part.measured < whole.measured
    assert whole.maximum == part.maximum
    assert whole.levels[0].quantiles[2:-2] == pytest.approx(part.levels[0].quantiles[2:-2], rel=0.05)
    assert part == measure_background(path, gaps_are_zero=True)


def test_it_is_kept_as_json(make_bigwig):
    found = measure_background(make_bigwig(VALUES), gaps_are_zero=True)
    assert found == Background.from_json(json.loads(json.dumps(found.to_json())))


def test_a_value_has_a_rank_among_the_bins():
    level = background_of([np.arange(100_000.0)], 1_000).at(1_000)
    assert (0.0, 0.5, 0.99, 0.9999) == tuple(level.rank(value) for value in (-1, 60_000, 99_500, 200_000))
    assert level.quantile(0.7) == pytest.approx(70_000, rel=0.01)


def test_a_file_without_values_has_none(tmp_path, make_bigwig):
    assert measure_background(make_bigwig(np.full(10, np.nan)), gaps_are_zero=True) is None
    assert background_of([], 100) is None


def test_a_file_that_is_no_bigwig_is_named(tmp_path):
    path = tmp_path / "broken.bw"
    path.write_bytes(b"not a bigWig")
    with pytest.raises(FormatError, match="broken.bw"):
        measure_background(path, gaps_are_zero=True)


def test_a_file_shorter_than_a_bin_still_has_a_background(make_bigwig):
    found = measure_background(make_bigwig(np.array([1.0, 3.0]), step=10), gaps_are_zero=True)
    assert found and found.maximum == 3.0
