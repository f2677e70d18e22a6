"""A mean of replicates is drawn with its standard error."""

import numpy as np
import pytest

from renderer.figure.draw import choose_look, plan_scene
from renderer.figure.scales import standard_error
from renderer.prepare.upload import prepare
from renderer.values.region import Region
from renderer.values.track import Scene, Track


def test_the_standard_error_of_a_mean_is_that_of_the_files_with_a_value():
    parts = [np.array([3.0, 7.0, np.nan, 2.0]), np.array([1.0, 7.0, np.nan, np.nan]), np.array([2.0, 7.0, 4.0, 8.0])]
    of_three = 1 / np.sqrt(3)
    np.testing.assert_allclose([of_three, 0, 0, 3], standard_error(parts))
    last = np.std([2, 0, 8], ddof=1) / np.sqrt(3)
    np.testing.assert_allclose([of_three, 0, 4 / 3, last], standard_error(parts, counted=True))


def test_a_mean_has_a_band_of_its_standard_error_in_its_range(make_bigwig, tmp_path):
    flat, peak = np.ones(1000), slice(400, 420)
    flat[peak] = 10.0
    paths = [
        prepare(path, path.name, tmp_path / path.stem).path
        for path in (make_bigwig(flat, "a.bw"), make_bigwig(flat * 3, "b.bw"))
    ]
    mean = Track(1, "mean", "signal", "bigwig", paths[0], more=(paths[1],), combine="mean")
    (row,) = plan_scene(Scene(Region("chr1", 0, 100_000), (mean,)), choose_look("ucsc", 100, None)).rows
    assert pytest.approx(30.0, rel=0.02) == row.value_range[1]  # 10 and 30: 20, give or take 10
    assert "mean of 2 files ± SEM" == row.detail
