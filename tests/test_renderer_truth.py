"""Measurements of signals made with a known truth: every planted peak and domain is found, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from renderer.measure.signal import measure_signal
from renderer.values.region import Region

WINDOW = Region("chr1", 10_000_000, 11_000_000)
N = 1000
X = np.arange(N)
SLOTS = 16
"""Planted peaks stand in slots of 62 columns, so that no two are one to the eye."""

seeds = st.integers(0, 2**32 - 1)


def position(column: float) -> float:
    return WINDOW.start + (column + 0.5) * WINDOW.span / N


def planted(rng: np.random.Generator, slots: list[int]) -> tuple[np.ndarray, list[float]]:
    """Sharp peaks of different heights on a low, rough baseline, and the columns of their summits."""
    centres = [62 * slot + 31 + int(rng.integers(-10, 11)) for slot in slots]
    heights = rng.uniform(0.5, 0.9, len(slots))
    heights[int(rng.integers(len(slots)))] = 1.0
    columns = rng.gamma(2, 0.012, N)
    for centre, height in zip(centres, heights, strict=True):
        columns = np.maximum(columns, height * np.exp(-(((X - centre) / rng.uniform(1.5, 5)) ** 2)))
    return columns, [position(centre) for centre in centres]


@settings(max_examples=60)
@given(seeds, st.lists(st.integers(0, SLOTS - 1), min_size=1, max_size=SLOTS - 4, unique=True))
def test_every_planted_peak_is_found_and_no_other(seed: int, slots: list[int]) -> None:
    columns, truth = planted(np.random.default_rng(seed), sorted(slots))
    found = measure_signal(columns, WINDOW, 0.0, float(columns.max()))
    assert found.state == "signal"
    assert len(truth) == len(found.salient)
    assert [peak.summit for peak in found.salient] == pytest.approx(truth, abs=2 * WINDOW.span / N)
    assert found.count_range == (len(truth), len(truth))
    assert found.low_elsewhere


@settings(max_examples=60)
@given(seeds, st.floats(0.12, 0.5), st.floats(0.05, 0.4), st.floats(0.4, 1.0))
@example(643, 0.400390625, 0.25, 1.0)  # its last columns stand outside the edge that is found, and are tall
@example(2541653, 0.41796875, 0.05, 1.0)
def test_a_planted_domain_is_found_where_it_is(seed: int, length: float, start: float, height: float) -> None:
    """Rough on top, as marks are: gamma noise of a quarter of its mean, on a rough baseline; without the rare columns
    that were a peak: twice the domain's mean on it, a quarter of the range beside it."""
    rng = np.random.default_rng(seed)
    first, last = int(start * N), int((start + length) * N)
    columns = np.minimum(rng.gamma(2, 0.012, N), height / 4)
    columns[first:last] = np.minimum(rng.gamma(16, height / 16, last - first), 2 * height)
    found = measure_signal(columns, WINDOW, 0.0, float(columns.max()))
    (domain,) = [one for one in found.domains if one.salient]
    assert (domain.start, domain.end) == pytest.approx((position(first), position(last)), abs=0.02 * WINDOW.span)
    assert not found.salient


@settings(max_examples=40)
@given(seeds, st.floats(2, 6))
def test_noise_without_anything_in_it_is_never_a_track_with_clear_domains(seed: int, shape: float) -> None:
    """Of shape 2 and more: below it, one column may tower over all others, which were a peak."""
    columns = np.random.default_rng(seed).gamma(shape, 1, N)
    found = measure_signal(columns, WINDOW, 0.0, float(columns.max()))
    assert "noisy" in (found.state, *found.near)
    assert not any(domain.salient for domain in found.domains)


@settings(max_examples=40)
@given(seeds, st.floats(0.0, 0.07))
def test_what_is_drawn_below_five_pixels_is_flat(seed: int, height: float) -> None:
    columns = np.random.default_rng(seed).uniform(0, height, N)
    found = measure_signal(columns, WINDOW, 0.0, 1.0)
    assert (found.state, found.peaks, found.domains) == ("flat", (), ())
