"""The drawn bins of a figure: the means of the bases they name, and nothing a scale has done to them."""

from __future__ import annotations

import numpy as np
import pytest

from renderer.figure.bins import drawn_bins
from renderer.sandbox.files import Sandbox
from renderer.values.region import Region
from renderer.values.track import Look, Scene, Track


def scene_of(path, start, end, **options):
    return Scene(Region("chr1", start, end), (Track(1, "A", "signal", "bigwig", path, **options),))


@pytest.mark.parametrize(("start", "end"), [(0, 100_000), (12_345, 61_234), (19_990, 20_610), (500, 1_500), (7, 8)])
def test_a_bin_is_the_mean_of_the_bases_it_names(make_bigwig, peaky, start, end):
    bases = np.repeat(peaky, 100)
    made = drawn_bins(scene_of(make_bigwig(peaky), start, end))
    assert (start, end) == (made.edges[0], made.edges[-1])
    assert min(1_000, end - start) == len(made.values[1])
    wanted = [bases[first:last].mean() for first, last in zip(made.edges, made.edges[1:], strict=False)]
    np.testing.assert_allclose(made.values[1], wanted, rtol=1e-5)


def test_values_are_those_of_the_file_whatever_is_drawn_of_them(make_bigwig, peaky):
    path = make_bigwig(peaky)
    plain, logged = (scene_of(path, 0, 50_000, look=look) for look in (Look(), Look(log=True, vmax=3)))
    assert drawn_bins(plain) == drawn_bins(logged)


def test_the_sandbox_gives_what_this_process_would_with_its_gaps(make_bigwig, peaky):
    peaky[300:500] = np.nan
    scene = scene_of(make_bigwig(peaky), 10_000, 90_000, assay="methylation")
    with Sandbox() as sandbox:
        boxed = sandbox.bins(scene)
    here = drawn_bins(scene)
    assert here.edges == boxed.edges
    np.testing.assert_array_equal(here.values[1], boxed.values[1])
    assert 250 == np.isnan(boxed.values[1]).sum()
