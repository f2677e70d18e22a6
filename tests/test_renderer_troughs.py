"""Troughs are no peaks drawn downwards; a signed signal has stretches on both sides of 0."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renderer.measure.signed import signed_stretches
from renderer.measure.spans import find_spans
from renderer.measure.troughs import dips, minima
from renderer.values.background import background_of
from renderer.values.region import Region

WINDOW = Region("chr1", 5_000_000, 6_000_000)
N = 1000
X = np.arange(N)
seeds = st.integers(0, 2**32 - 1)


QUIET = background_of([np.random.default_rng(1).gamma(4, 0.02, 50_000)], 1000)
"""A file of low noise."""


def place(column: float) -> int:
    return round(WINDOW.start + column * WINDOW.span / N)


def compartments(edges: list[int]) -> np.ndarray:
    """An eigenvector that changes its sign at these columns, above 0 at first."""
    return np.where(np.searchsorted(edges, X, side="right") % 2 == 0, 1.0, -1.0)


@settings(deadline=None, max_examples=15)
@given(seeds, st.lists(st.integers(1, 19), min_size=1, max_size=6, unique=True), st.sampled_from([0.01, 1.0, 100.0]))
def test_stretches_above_and_below_0_are_where_they_are(seed, tens, unit):
    edges = sorted(50 * ten for ten in tens)
    truth = list(zip([0, *edges], [*edges, N], strict=True))
    values = unit * (compartments(edges) + np.random.default_rng(seed).normal(0, 0.3, N))
    above, below = signed_stretches(values, WINDOW)
    for found, expected, sign in ((above, truth[::2], 1), (below, truth[1::2], -1)):
        assert len(expected) == len(found)
        for (start, end), one in zip(expected, found, strict=True):
            assert (one.start, one.end) == pytest.approx((place(start), place(end)), abs=5_000)
            assert one.mean == pytest.approx(sign * unit, rel=0.15)
            assert one.start <= one.extreme < one.end


@settings(deadline=None, max_examples=15)
@given(seeds, st.floats(0.01, 100))
def test_noise_round_0_lies_on_neither_side(seed, unit):
    assert ((), ()) == signed_stretches(np.random.default_rng(seed).normal(0, unit, N), WINDOW)


def test_what_is_usual_in_the_file_decides_which_side_counts() -> None:
    """A window of low ratios: noise beside what the file has elsewhere."""
    rng = np.random.default_rng(2)
    quiet = compartments([500]) * 0.02 + rng.normal(0, 0.01, N)
    file = background_of([np.repeat(rng.normal(0, 1, 2_000), 100)], 100)
    assert ((), ()) == signed_stretches(quiet, WINDOW, file)
    assert [1, 1] == [len(side) for side in signed_stretches(quiet, WINDOW)]


def test_an_unknown_stretch_lies_on_neither_side() -> None:
    values = compartments([500])
    values[400:600] = np.nan
    (above,), (below,) = signed_stretches(values, WINDOW)
    assert (above.end, below.start) == (place(400), place(600))
    assert ((), ()) == signed_stretches(np.full(N, np.nan), WINDOW)
    assert ((), ()) == signed_stretches(np.zeros(N), WINDOW)


@settings(deadline=None, max_examples=15)
@given(seeds, st.lists(st.integers(1, 18), min_size=2, max_size=6, unique=True), st.sampled_from([0.01, 1.0, 100.0]))
def test_every_boundary_of_an_insulation_score_is_a_trough(seed, tens, unit):
    centres = sorted(50 * ten + 20 for ten in tens)
    values = 0.3 - sum(1.5 * np.exp(-(((X - centre) / 6) ** 2)) for centre in centres)
    values = unit * (values + np.random.default_rng(seed).normal(0, 0.02, N))
    found = minima(values, WINDOW)
    assert [place(centre) for centre in centres] == pytest.approx([one.bottom for one in found], abs=3_000)
    assert all(one.start <= one.bottom < one.end and one.depth < one.level < one.beside for one in found)


@settings(deadline=None, max_examples=15)
@given(seeds)
def test_noise_has_no_troughs(seed):
    assert minima(np.random.default_rng(seed).normal(0, 1, N), WINDOW) == ()


@settings(deadline=None, max_examples=15)
@given(seeds, st.integers(320, 520), st.integers(20, 60))
def test_a_dip_in_raised_ground_is_a_trough(seed, start, length):
    values = np.random.default_rng(seed).gamma(4, 0.02, N)
    values[250:650] = np.random.default_rng(seed).gamma(40, 0.1, 400)
    values[start : start + length] /= 10
    (dip,) = dips(values, WINDOW, find_spans(values, WINDOW, QUIET))
    assert (place(start), place(start + length)) == pytest.approx((dip.start, dip.end), abs=3_000)
    assert dip.depth < dip.level < dip.beside / 2


@settings(deadline=None, max_examples=12)
@given(seeds)
def test_ground_between_peaks_and_the_rough_top_of_a_domain_are_no_troughs(seed):
    rng = np.random.default_rng(seed)
    values = rng.gamma(4, 0.02, N)
    values[200:204] = values[600:604] = 4
    values[300:500] = rng.gamma(16, 0.25, 200)
    assert dips(values, WINDOW, find_spans(values, WINDOW)) == ()
