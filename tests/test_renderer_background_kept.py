"""What is usual in a file is kept beside its prepared form, and read with it."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from renderer.figure.scales import read_signal
from renderer.prepare.background import measure_background
from renderer.prepare.upload import prepare
from renderer.values.region import Region
from renderer.values.track import Track
from renderer.window.background import read_background

WINDOW = Region("chr1", 0, 100_000)


@pytest.fixture
def gappy():
    """3 Mb of bins of 100 bp, every other one without a value."""
    values = np.round(np.random.default_rng(0).gamma(2, 1.0, 30_000) * 8) / 8
    values[1::2] = np.nan
    return values


def test_it_is_kept_for_gaps_of_either_meaning(tmp_path, make_bigwig, gappy):
    """Which it is hangs on the assay, which is named later."""
    one = prepare(make_bigwig(gappy), "a.bw", tmp_path / "a")
    for gaps in (True, False):
        assert read_background(one.path, gaps_are_zero=gaps) == measure_background(one.path, gaps_are_zero=gaps)
    moved = shutil.copytree(one.path.parent, tmp_path / "moved")  # as workers move and send folders
    assert read_background(moved / one.path.name, gaps_are_zero=True)


def test_it_is_that_of_the_values_in_any_format(tmp_path, make_bigwig, gappy):
    text = tmp_path / "b.bedgraph"
    kept = np.flatnonzero(np.isfinite(gappy))
    text.write_text("".join(f"chr1\t{100 * i}\t{100 * i + 100}\t{gappy[i]}\n" for i in kept), encoding="utf-8")
    both = [prepare(path, path.name, tmp_path / path.stem) for path in (make_bigwig(gappy, "a.bw"), text)]
    first, second = (read_background(one.path, gaps_are_zero=True) for one in both)
    assert first == second


def test_a_file_without_one_or_without_a_value_has_none(tmp_path, make_bigwig):
    path = make_bigwig(np.ones(100))
    assert read_background(path, gaps_are_zero=True) is None
    empty = prepare(make_bigwig(np.full(100, np.nan), "empty.bw"), "empty.bw", tmp_path / "empty")
    assert read_background(empty.path, gaps_are_zero=True) is None


def test_joined_files_have_that_of_their_mean_and_a_ratio_has_none(tmp_path, make_bigwig, gappy):
    paths = [make_bigwig(gappy * factor, f"{factor}.bw") for factor in (1, 3)]
    first, other = (prepare(path, path.name, tmp_path / path.stem).path for path in paths)
    mean, ratio = (
        read_signal(Track(1, "K562 CTCF", "signal", "bigwig", first, more=(other,), combine=how), WINDOW, 1000)
        for how in ("mean", "log2ratio")
    )
    alone = read_background(first, gaps_are_zero=True)
    assert mean.background.median == pytest.approx(2 * alone.median, rel=1e-3)
    assert ratio.background is None


def test_a_minus_strand_is_turned_with_its_background(tmp_path, make_bigwig, gappy):
    path = prepare(make_bigwig(gappy), "a.bw", tmp_path / "a").path
    turned = read_signal(Track(1, "K562 PRO-seq (-)", "signal", "bigwig", path), WINDOW, 1000)
    assert np.nanmax(turned.columns) <= 0
    assert turned.background.downwards


def test_a_replicate_without_a_read_counts_as_0_in_the_mean(tmp_path, make_bigwig):
    """A gap of one of two files once gave the mean the other's height."""
    one, two = np.full(1000, 4.0), np.full(1000, 4.0)
    two[500:] = np.nan
    paths = [make_bigwig(one, "a.bw"), make_bigwig(two, "b.bw")]
    track = Track(1, "K562 CTCF", "signal", "bigwig", paths[0], more=(paths[1],), combine="mean")
    signal = read_signal(track, WINDOW, 10)
    assert signal.columns.tolist() == [4.0] * 5 + [2.0] * 5
    assert signal.steps.means[[0, -1]].tolist() == [4.0, 2.0]
