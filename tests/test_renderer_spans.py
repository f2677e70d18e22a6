"""The finder of peaks and domains on simulated reads of a known truth, in windows of a file of known background."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renderer.measure.spans import find_spans
from renderer.measure.updown import FOLD, LEVELS, REACH, Limits, Part, updown
from renderer.values.background import Background, background_of
from renderer.values.region import Region
from renderer.values.spans import Raised

BIN = 100
GENOME = 20_000_000
WINDOW = Region("chr1", 10_000_000, 10_200_000)
seeds = st.integers(0, 2**32 - 1)


def reads(rng: np.random.Generator, rate: np.ndarray, fragment: int = 200) -> np.ndarray:
    """Mean coverage of bins of BIN bp by fragments that begin at Poisson times of `rate` (reads a bin)."""
    return np.convolve(rng.poisson(rate), np.ones(fragment // BIN))[: len(rate)]


def stretch(rate: np.ndarray, start: int, end: int, level: float) -> None:
    """Plant a rate over [start, end), in bp from the start of WINDOW or of the genome."""
    rate[start // BIN : end // BIN] = level


def genome(rng: np.random.Generator, ground: float = 0.2, peak: float = 40, domain: float = 8) -> Background:
    """The background of a file with 100 peaks of 400 bp and 60 domains of 20 kb, so many times above its ground."""
    rate = np.full(GENOME // BIN, ground)
    for start in rng.integers(0, GENOME - 20_000, 60):
        stretch(rate, start, start + 20_000, domain * ground)
    for start in rng.integers(0, GENOME - 400, 100):
        stretch(rate, start, start + 400, peak * ground)
    found = background_of([reads(rng, rate)], BIN)
    assert found
    return found


def quiet(region: Region = WINDOW, ground: float = 0.2) -> np.ndarray:
    """The rate of a window without anything in it."""
    return np.full(region.span // BIN, ground)


def columns(values: np.ndarray, count: int = 1000) -> np.ndarray:
    return values.reshape(count, -1).mean(axis=1)


FILE = genome(np.random.default_rng(7))
"""One file for all windows: what is in it is independent of what is in them."""

TRANSCRIPTS = genome(np.random.default_rng(8), 0.04, peak=1000, domain=50)
"""One of transcripts: next to nothing between genes, and starts or exons that are far above them."""


def places(found: Raised) -> list[tuple[int, int]]:
    return [(span.start - WINDOW.start, span.end - WINDOW.start) for span in found.spans]


# The cut


def cost(parts: list[Part], numbers: np.ndarray, weights: np.ndarray, penalty: float) -> float:
    losses = (weights[p.columns] * (p.level - numbers[p.columns] * np.log(p.level)) for p in parts)
    return sum(float(loss.sum()) for loss in losses) + penalty * sum(part.raised for part in parts)


def least_cost(numbers: np.ndarray, weights: np.ndarray, penalty: float, limits: Limits) -> float:
    """The optimum, level by level, as the definition says it."""
    top = float(numbers.max())
    levels = np.geomspace(min(max(top / REACH, limits.floor), top / (FOLD * 1.5)), top, LEVELS)
    step = int(np.ceil(np.log(FOLD) / np.log(levels[1] / levels[0]) - 1e-9))
    losses = weights[:, None] * (levels - numbers[:, None] * np.log(levels))
    losses_of_ground = np.where(levels > max(limits.cap, levels[0]), np.inf, losses)
    ground = losses_of_ground[0]
    raised = np.where(levels < FOLD * max(limits.usual, levels[0]), np.inf, losses[0] + penalty)
    for at in range(1, len(numbers)):
        up = [min([raised[k], *(ground[: k - step + 1] + penalty if k >= step else [])]) for k in range(LEVELS)]
        down = [min([ground[k], *raised[k + step :]]) for k in range(LEVELS)]
        raised, ground = np.array(up) + losses[at], np.array(down) + losses_of_ground[at]
    return float(min(ground.min(), raised.min()))


@settings(deadline=None, max_examples=15)
@given(
    seeds,
    st.integers(2, 40),
    st.floats(0.5, 60),
    st.builds(Limits, st.sampled_from([0.0, 0.5]), st.sampled_from([np.inf, 4.0]), st.sampled_from([0.0, 1.0])),
)
def test_no_cut_is_better_than_the_one_that_is_found(seed, length, penalty, limits):
    rng = np.random.default_rng(seed)
    numbers = rng.gamma(2, np.where(rng.random(length) < 0.3, 10, 1))
    weights = rng.uniform(1, 3, length)
    parts = updown(numbers, weights, penalty, limits)
    assert [0, *(part.end for part in parts)] == [*(part.start for part in parts), length]
    assert all(one.raised != other.raised for one, other in itertools.pairwise(parts))
    assert least_cost(numbers, weights, penalty, limits) == pytest.approx(cost(parts, numbers, weights, penalty))


def test_nothing_is_cut_where_nothing_is() -> None:
    assert updown(np.zeros(10), np.ones(10), 1.0) == []


# What is found


@settings(deadline=None, max_examples=15)
@given(seeds, st.lists(st.integers(0, 19), min_size=1, max_size=8, unique=True), st.floats(40, 80))
def test_every_planted_peak_is_found_and_no_other(seed, slots, fold):
    rng, rate = np.random.default_rng(seed), quiet()
    truth = [(10_000 * slot + 4_000, 10_000 * slot + 4_600) for slot in sorted(slots)]
    for start, end in truth:
        stretch(rate, start, end, 0.2 * fold)
    found = find_spans(columns(reads(rng, rate)), WINDOW, FILE)
    assert len(truth) == len(found.spans)
    for (start, end), span in zip(truth, found.spans, strict=True):
        assert WINDOW.start + start <= span.summit < WINDOW.start + end + 200
        assert span.kind == "peak" and span.salient and span.score > 1 and span.log10_p < -3
        assert (span.start - WINDOW.start, span.end - WINDOW.start) == pytest.approx((start, end), abs=600)


@settings(deadline=None, max_examples=15)
@given(seeds, st.integers(10_000, 120_000), st.integers(12_000, 60_000), st.floats(6, 20))
def test_a_planted_domain_is_one_span_where_it_is(seed, start, length, fold):
    rng, rate = np.random.default_rng(seed), quiet()
    stretch(rate, start, start + length, 0.2 * fold)
    found = find_spans(columns(reads(rng, rate)), WINDOW, FILE)
    (span,) = found.spans
    assert (span.start - WINDOW.start, span.end - WINDOW.start) == pytest.approx((start, start + length), abs=4_000)
    assert span.kind == "domain" and not span.summits and not span.cut_left and not span.cut_right
    assert span.level == pytest.approx(0.4 * fold, rel=0.25)


@settings(deadline=None, max_examples=12)
@given(seeds, st.sampled_from([20_000, 50_000, 100_000, 200_000]), st.floats(0.02, 0.6))
def test_a_window_of_noise_is_empty(seed, span, ground):
    rng = np.random.default_rng(seed)
    region = Region("chr1", WINDOW.start, WINDOW.start + span)
    file = genome(rng, ground)
    values = reads(rng, quiet(region, ground))
    assert find_spans(columns(values, min(1000, span // BIN)), region, file).spans == ()


@settings(deadline=None, max_examples=15)
@given(seeds, st.floats(0.02, 2))
def test_a_window_of_noise_is_empty_though_nothing_is_known_of_its_file(seed, ground):
    values = reads(np.random.default_rng(seed), quiet(ground=ground))
    assert not any(span.salient for span in find_spans(columns(values), WINDOW).spans)


def test_an_empty_window_has_nothing() -> None:
    assert Raised((), None, 0.0) == find_spans(np.zeros(1000), WINDOW, FILE)
    assert Raised((), None, 0.0) == find_spans(np.full(1000, np.nan), WINDOW)


@settings(deadline=None, max_examples=8)
@given(seeds, st.sampled_from([0.001, 1000.0]))
def test_the_unit_of_the_file_does_not_matter(seed, factor):
    rng, rate = np.random.default_rng(seed), quiet()
    stretch(rate, 50_000, 51_000, 6)
    stretch(rate, 100_000, 130_000, 1.6)
    values, genome_values = reads(rng, rate), reads(rng, np.full(GENOME // BIN, 0.2))
    plain, scaled = (
        find_spans(columns(values * k), WINDOW, background_of([genome_values * k], BIN)) for k in (1.0, factor)
    )
    assert places(plain) == places(scaled) != []
    assert [span.score for span in plain.spans] == pytest.approx([span.score for span in scaled.spans])
    assert plain.least == pytest.approx(scaled.least / factor)


@settings(deadline=None, max_examples=12)
@given(seeds)
def test_what_a_wide_window_shows_its_quarters_show(seed):
    rng, rate = np.random.default_rng(seed), quiet()
    for start in range(5_000, 195_000, 25_000):
        stretch(rate, start, start + 500, 8)
    values = reads(rng, rate)
    wide = find_spans(columns(values), WINDOW, FILE).spans
    quarters = [Region("chr1", at, at + 50_000) for at in range(WINDOW.start, WINDOW.end, 50_000)]
    narrow = [
        span
        for at, region in enumerate(quarters)
        for span in find_spans(columns(values[at * 500 : at * 500 + 500], 500), region, FILE).spans
    ]
    assert len(wide) == len(narrow) == 8
    for ends in ("start", "end"):
        assert [getattr(span, ends) for span in wide] == pytest.approx(
            [getattr(span, ends) for span in narrow], abs=800
        )


# What the window alone cannot know


def test_a_window_within_a_domain_says_so() -> None:
    rng = np.random.default_rng(3)
    inside = find_spans(columns(reads(rng, quiet(ground=1.6))), WINDOW, FILE)
    outside = find_spans(columns(reads(rng, quiet())), WINDOW, FILE)
    assert inside.whole == pytest.approx(8, rel=0.2)
    assert outside.whole is None


def test_a_domain_that_goes_on_beyond_the_window_is_told_by_its_cut_end() -> None:
    rate = quiet()
    stretch(rate, 150_000, 200_000, 2)
    (span,) = find_spans(columns(reads(np.random.default_rng(4), rate)), WINDOW, FILE).spans
    assert (span.cut_left, span.cut_right) == (False, True)


def test_noise_of_a_file_with_high_peaks_is_no_peak_though_it_is_the_highest_of_its_window() -> None:
    rng, rate = np.random.default_rng(5), quiet(ground=0.02)
    stretch(rate, 80_000, 80_200, 1)
    values = columns(reads(rng, rate))
    assert values.max() < FILE.high
    assert find_spans(values, WINDOW, FILE).spans == ()


def test_the_least_level_that_is_said_is_the_one_that_decides() -> None:
    """A rise of a hundredth of a window of reads, just below it and just above; of smooth profiles less is seen."""
    ground = columns(reads(np.random.default_rng(3), quiet()))
    least = find_spans(ground, WINDOW, FILE).least
    for factor, count in ((0.8, 0), (1.25, 1)):
        values = ground.copy()
        values[500:510] = least * factor
        assert count == len(find_spans(values, WINDOW, FILE).spans)


# Faults of simpler finders


@pytest.mark.parametrize("seed", range(5))
def test_a_pause_peak_stands_out_of_its_gene(seed: int) -> None:
    rate = quiet(ground=0.04)
    stretch(rate, 60_000, 140_000, 2)
    stretch(rate, 60_000, 60_400, 24)
    values = columns(reads(np.random.default_rng(seed), rate, 100))
    gene = find_spans(values, WINDOW, TRANSCRIPTS, least_domain=None).spans
    assert (60_000, 140_000) == pytest.approx((gene[0].start - WINDOW.start, gene[-1].end - WINDOW.start), abs=2_000)
    assert gene[-1].kind == "stretch"
    # By chance there may be a dip behind the pause: then it is a peak beside its gene.
    (pause,) = gene[0].summits or gene[:-1]
    assert (60_000, 60_400) == pytest.approx((pause.start - WINDOW.start, pause.end - WINDOW.start), abs=200)


def test_a_pause_peak_is_a_peak_where_it_is_so_high_that_its_gene_cannot_be_seen() -> None:
    rate = quiet(ground=0.04)
    stretch(rate, 60_000, 140_000, 2)
    stretch(rate, 60_000, 60_400, 100)
    found = find_spans(columns(reads(np.random.default_rng(1), rate, 100)), WINDOW, TRANSCRIPTS, least_domain=None)
    (span,) = found.spans
    assert (60_000, 60_400) == pytest.approx((span.start - WINDOW.start, span.end - WINDOW.start), abs=200)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("intron", [0.04, 0.5, 2, 4])
def test_every_exon_of_a_transcript_is_found_by_itself_or_as_a_summit(seed: int, intron: float) -> None:
    exons = [60_000, 75_000, 90_000, 120_000]
    rate = quiet(ground=0.04)
    stretch(rate, 60_000, 120_600, intron)
    for start in exons:
        stretch(rate, start, start + 600, 30)
    values = columns(reads(np.random.default_rng(seed), rate, 100))
    found = find_spans(values, WINDOW, TRANSCRIPTS, least_domain=None)
    rises = [rise for span in found.spans for rise in span.summits or (span,)]
    assert exons == pytest.approx([rise.start - WINDOW.start for rise in rises], abs=400)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("apart", [2_000, 4_000, 8_000])
def test_peaks_four_kilobases_apart_are_two(seed: int, apart: int) -> None:
    rate = quiet()
    for start in (100_000, 100_000 + apart):
        stretch(rate, start, start + 500, 8)
    found = find_spans(columns(reads(np.random.default_rng(seed), rate)), WINDOW, FILE)
    assert ["peak", "peak"] == [span.kind for span in found.spans]


def test_two_halves_of_a_peak_are_one() -> None:
    """The nick of a nucleosome-free start is a few hundred bases wide."""
    rate = quiet()
    for start in (100_000, 101_000):
        stretch(rate, start, start + 800, 8)
    assert len(find_spans(columns(reads(np.random.default_rng(1), rate)), WINDOW, FILE).spans) == 1


@pytest.mark.parametrize("seed", range(5))
def test_holes_in_what_can_be_known_make_no_spans(seed: int) -> None:
    """A windowed signal has no value where reads cannot be placed."""
    rng = np.random.default_rng(seed)
    values = columns(rng.gamma(50, 1, 2000))
    for start in rng.integers(0, 900, 12):
        values[start : start + int(rng.integers(5, 60))] = np.nan
    file = background_of([rng.gamma(50, 1, 200_000)], BIN)
    assert find_spans(values, WINDOW, file).spans == ()


def test_a_domain_goes_on_over_a_short_hole_and_ends_at_a_long_one() -> None:
    rate = quiet()
    stretch(rate, 50_000, 110_000, 2)
    values = columns(reads(np.random.default_rng(2), rate))
    values[300:340] = np.nan
    assert len(find_spans(values, WINDOW, FILE).spans) == 1
    values[300:560] = np.nan
    (span,) = find_spans(values, WINDOW, FILE).spans
    assert span.end == WINDOW.start + 60_000


@pytest.mark.parametrize("seed", range(10))
def test_steps_and_holes_of_an_input_are_no_peaks(seed: int) -> None:
    """Copies gained and lost, and stretches with fewer reads: ground that changes, with nothing raised on it."""
    rng = np.random.default_rng(seed)
    rate = quiet(ground=4.0)
    stretch(rate, 90_000, 110_000, 1.2)
    stretch(rate, 140_000, 200_000, 5.5)
    file = background_of([reads(rng, np.full(GENOME // BIN, 4.0))], BIN)
    assert not any(
        span.salient for span in find_spans(columns(reads(rng, rate)), WINDOW, file, least_domain=None).spans
    )


def test_only_assays_with_domains_have_domains_and_none_is_shorter_than_theirs() -> None:
    rate = quiet()
    stretch(rate, 50_000, 70_000, 2)
    values = columns(reads(np.random.default_rng(6), rate))
    kinds = [find_spans(values, WINDOW, FILE, least_domain=least).spans[0].kind for least in (2_000, 30_000, None)]
    assert kinds == ["domain", "peak", "stretch"]


def test_the_slope_of_a_domain_is_its_own() -> None:
    rate = quiet()
    stretch(rate, 60_000, 90_000, 8)
    stretch(rate, 90_000, 120_000, 3.5)
    (span,) = find_spans(columns(reads(np.random.default_rng(8), rate)), WINDOW, FILE).spans
    assert (60_000, 120_000) == pytest.approx((span.start - WINDOW.start, span.end - WINDOW.start), abs=1_500)


def test_what_lies_above_0_in_a_signal_that_lies_far_below_is_noise() -> None:
    values = np.random.default_rng(1).normal(0, 0.02, 1000)
    values[400:470] = -3
    file = background_of([np.random.default_rng(2).normal(0, 0.02, 200_000)], BIN)
    assert find_spans(values, WINDOW, file).spans == ()
    (span,) = find_spans(-values, WINDOW, file.mirrored()).spans
    assert (80_000, 94_000) == (span.start - WINDOW.start, span.end - WINDOW.start)


def test_what_cannot_be_seen_on_the_axis_is_left_out() -> None:
    rate = quiet()
    stretch(rate, 50_000, 50_600, 4)
    values = columns(reads(np.random.default_rng(9), rate))
    assert len(find_spans(values, WINDOW, FILE).spans) == 1
    assert find_spans(values, WINDOW, FILE, top=20 * values.max()).spans == ()
