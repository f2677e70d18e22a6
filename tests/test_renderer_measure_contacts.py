"""Boundaries of contact maps whose truth is known: simulated domains, with distance decay and counting noise."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from renderer.arrays.insulation import DEPTH, DIAMOND, SALIENT_DEPTH
from renderer.assays.names import is_separation
from renderer.measure.contacts import measure_contacts, measure_scores
from renderer.values.evidence import ContactEvidence
from renderer.values.region import Region
from renderer.values.spans import Dot
from renderer.values.track import Track
from renderer.window.contacts import ContactMap, read_contacts
from renderer.window.matrices import ScoreMatrix

BIN = 10_000


def simulate(cuts: list[int], n: int = 200, depth: float = 60.0, fold: float = 2.5, seed: int = 0) -> ContactMap:
    """Contacts that fall off as 1 / distance, `fold` times as many inside a domain as between domains; `cuts` are the
    bins that start a domain, `depth` the mean count between neighbours."""
    domain = np.searchsorted(cuts, np.arange(n), side="right")
    distance = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    mean = depth / (1 + distance) * np.where(np.equal.outer(domain, domain), fold, 1.0)
    upper = np.triu(np.random.default_rng(seed).poisson(mean)).astype(float)
    counts = upper + np.triu(upper, 1).T
    return ContactMap(np.arange(n + 1) * BIN, counts, False, BIN)


def dotted(cuts: list[int], dots: list[tuple[int, int]], n: int = 200, seed: int = 0) -> ContactMap:
    """The same with a round dot three times as full as its surroundings at each pair of bins."""
    domain = np.searchsorted(cuts, np.arange(n), side="right")
    mean = 120 / (1 + np.abs(np.subtract.outer(np.arange(n), np.arange(n))))
    mean *= np.where(np.equal.outer(domain, domain), 2.5, 1.0)
    y, x = np.mgrid[:n, :n]
    for one, other in dots:
        mean *= 1 + 2 * np.exp(-((y - one) ** 2 + (x - other) ** 2) / 3)
    upper = np.triu(np.random.default_rng(seed).poisson(mean)).astype(float)
    return ContactMap(np.arange(n + 1) * BIN, upper + np.triu(upper, 1).T, False, BIN)


def window(map: ContactMap) -> Region:
    return Region("chr1", int(map.edges[0]), int(map.edges[-1]))


def measured(map: ContactMap) -> ContactEvidence:
    return measure_contacts(map, window(map))


def random_cuts(seed: int, n: int = 200) -> list[int]:
    """Domains of 10 to 30 % of the window."""
    draw = np.random.default_rng(1000 + seed)
    cuts, at = [], int(draw.integers(20, 40))
    while at < n - 20:
        cuts.append(at)
        at += int(draw.integers(20, 60))
    return cuts


def test_known_boundaries_are_found_within_two_percent_of_the_window_and_no_others():
    hits = truths = right = said = 0
    for seed in range(20):
        cuts = random_cuts(seed)
        map = simulate(cuts, seed=seed)
        found = [boundary.position for boundary in measured(map).salient]
        close = 0.02 * window(map).span
        truths += len(cuts)
        said += len(found)
        hits += sum(any(abs(cut * BIN - position) <= close for position in found) for cut in cuts)
        right += sum(any(abs(cut * BIN - position) <= close for cut in cuts) for position in found)
    assert 0.95 <= hits / truths
    assert 0.98 <= right / said


@pytest.mark.parametrize(("n", "depth"), [(60, 60.0), (100, 20.0), (200, 10.0), (400, 10.0)])
def test_noise_alone_is_plain(n, depth):
    found = [measured(simulate([], n=n, depth=depth, seed=seed)) for seed in range(10)]
    assert 9 <= sum(one.state == "plain" for one in found)
    assert [()] * 10 == [one.salient for one in found] or sum(len(one.salient) for one in found) <= 1


def test_a_sparse_map_shows_only_what_rises_above_its_noise():
    cuts = [60, 120]
    clear = measured(simulate(cuts, depth=3.0, fold=4.0, seed=1))
    assert [600_000, 1_200_000] == pytest.approx([b.position for b in clear.salient], abs=2 * BIN)
    assert () == measured(simulate(cuts, depth=0.5, fold=1.3, seed=1)).salient


def test_faint_boundaries_are_kept_but_not_for_captions():
    (boundary,) = measured(simulate([100], depth=300, fold=1.4)).boundaries
    assert DEPTH <= boundary.strength < SALIENT_DEPTH
    assert not boundary.salient
    assert 1_000_000 == pytest.approx(boundary.position, abs=2 * BIN)


def test_strength_is_the_fold_of_contacts_inside_over_across():
    """A diamond at a boundary holds only contacts across it, one inside a domain none of them."""
    for fold in (2.0, 4.0):
        (boundary,) = measured(simulate([100], depth=3000, fold=fold)).boundaries
        assert np.log2(fold) == pytest.approx(boundary.strength, abs=0.15)


def test_units_and_place_do_not_matter():
    map = simulate(random_cuts(3), seed=3)
    found = measured(map)
    small = measured(replace(map, counts=map.counts * 1e-5))
    moved = measured(replace(map, edges=map.edges + 5_000_000))
    assert [b.position for b in found.boundaries] == [b.position for b in small.boundaries]
    assert [b.position + 5_000_000 for b in found.boundaries] == [b.position for b in moved.boundaries]


def test_places_next_to_the_edges_are_not_judged():
    reach = round(DIAMOND * 200)
    found = measured(simulate([4, 100, 196], depth=300))
    assert [1_000_000] == [b.position for b in found.boundaries]
    assert all(reach * BIN <= b.position <= (200 - reach) * BIN for b in found.boundaries)


def test_a_masked_stripe_is_no_boundary():
    map = simulate([60, 130], depth=100)
    for at in (20, 95, 96, 97, 98, 160):
        map.counts[at] = map.counts[:, at] = np.nan
    found = measured(map)
    assert [600_000, 1_300_000] == pytest.approx([b.position for b in found.salient], abs=BIN)
    assert 194 / 200 == found.covered


def test_a_map_without_contacts_has_no_data():
    map = simulate([100])
    assert ContactEvidence("no_data", BIN, 0.0) == measured(replace(map, counts=np.full((200, 200), np.nan)))
    assert "no_data" == measure_contacts(map, Region("chr1", 50_000_000, 51_000_000)).state


def test_too_few_bins_show_no_domains():
    assert "plain" == measured(simulate([9], n=18, depth=1e6)).state


def joined(map: ContactMap, starts: np.ndarray) -> ContactMap:
    """The map with the bins from each of `starts` to the next made one."""
    counts = np.add.reduceat(np.add.reduceat(map.counts, starts, axis=0), starts, axis=1)
    edges = np.append(map.edges[starts], map.edges[-1])
    return ContactMap(edges, counts, False, int(np.median(np.diff(edges))))


def test_bins_of_any_length_show_the_same_boundaries():
    cuts = [2 * cut for cut in random_cuts(5)]
    fine = simulate(cuts, n=400, depth=200, seed=5)
    lengths = np.random.default_rng(5).integers(1, 4, 400)
    starts = np.cumsum(np.append(0, lengths))
    uneven, even = joined(fine, starts[starts < 400]), joined(fine, np.arange(0, 400, 2))
    found = [[b.position for b in measured(map).salient] for map in (fine, uneven, even)]
    assert [len(cuts)] * 3 == [len(one) for one in found]
    for one in found:
        assert [cut * BIN for cut in cuts] == pytest.approx(one, abs=0.02 * 400 * BIN)


def test_boundaries_of_a_real_map_are_those_a_person_points_at(scenes):
    """Fly chr2L:8.055-8.295 Mb in restriction fragments, looked at by eye: four strong corners and a fainter one. All
    five lie at peaks of insulator proteins."""
    path = scenes.parent / "files/derived/ggcoverage/HiC_DpnII_fragments.dm3.chr2L_8.05-8.3Mb.cool"
    region = Region("chr2L", 8_055_000, 8_295_000)
    map = read_contacts(path, "cool", region)
    found = measure_contacts(map, region)
    seen = [8_083_500, 8_127_000, 8_163_000, 8_199_000, 8_239_900]
    for place in seen:
        assert any(abs(b.position - place) < 2_500 and (b.salient or place == seen[1]) for b in found.boundaries)
    assert all(any(abs(b.position - place) < 2_500 for place in seen) for b in found.salient)


# --- dots


def at(dot: Dot) -> tuple[float, float]:
    """The bins of a dot's middle."""
    return (dot.start1 + dot.end1) / 2 / BIN - 0.5, (dot.start2 + dot.end2) / 2 / BIN - 0.5


def test_dots_at_the_corners_of_domains_are_found_and_corners_without_one_are_none():
    hits = truths = said = 0
    for seed in range(6):
        cuts = random_cuts(seed)
        corners = [(a + 1, b - 2) for a, b in itertools.pairwise(cuts) if b - a > 20]
        found = measured(dotted(cuts, corners, seed=seed)).dots
        assert found is not None
        truths += len(corners)
        said += len(found)
        hits += sum(any(max(abs(i - a), abs(j - b)) <= 1.5 for a, b in map(at, found)) for i, j in corners)
        assert () == measured(dotted(cuts, [], seed=seed)).dots
    assert 0.9 <= hits / truths
    assert hits == said


def test_the_unit_of_a_map_does_not_matter_to_its_dots():
    map = dotted([60, 120], [(61, 118)])
    (one,), (other,) = measured(map).dots or (), measured(replace(map, counts=map.counts * 1e-4)).dots or ()
    assert at(one) == at(other)
    assert one.fold == pytest.approx(other.fold)
    assert 1.5 < one.fold < 3


def test_no_dots_are_told_of_a_map_with_few_bins_or_with_bins_of_any_length():
    assert measured(simulate([20], n=40)).dots is None
    map = dotted([60, 120], [(61, 118)])
    assert measured(joined(map, np.arange(0, 200, 1)[np.r_[0:100, 101:200]])).dots is None


# --- what crosses a boundary


def test_contacts_across_a_boundary_are_told_beside_those_as_far_apart_next_to_it():
    (one,) = measured(simulate([100], depth=600.0)).boundaries
    assert one.across is not None and one.beside is not None
    assert 2.5 == pytest.approx(one.beside / one.across, rel=0.1)


def test_the_depth_of_a_place_is_that_of_its_minimum_in_any_map():
    cut, whole = measured(simulate([100], depth=600.0)).insulation, measured(simulate([], depth=600.0)).insulation
    assert cut and whole
    assert np.log2(2.5) == pytest.approx(cut.depth(100 * BIN), abs=0.15)
    assert abs(whole.depth(100 * BIN) or 0) < 0.15
    assert whole.depth(-1_000_000) is None


# --- matrices of separation scores


def scores(cuts: dict[int, float], n: int = 400, sizes: int = 5) -> ScoreMatrix:
    """A score of 0.4 that falls to the given value at each row of `cuts`, over some 20 rows, with noise of its own in
    each of the window sizes."""
    line = np.full(n, 0.4)
    for row, value in cuts.items():
        line -= (0.4 - value) * np.exp(-(((np.arange(n) - row) / 8) ** 2))
    noise = np.random.default_rng(0).normal(0, 0.002, (n, sizes))
    starts = np.arange(n) * 500.0
    return ScoreMatrix(starts, starts + 500, line[:, None] + noise)


def test_minima_of_a_separation_score_are_boundaries_where_they_are():
    found = measure_scores(scores({100: 0.1, 250: 0.2}), Region("chr1", 0, 200_000))
    assert [100, 250] == pytest.approx([one.position / 500 for one in found.boundaries], abs=1.5)
    assert [0.1, 0.2] == pytest.approx([one.score for one in found.boundaries], abs=0.01)
    assert [(5, 5), (0, 5)] == [one.sizes for one in found.boundaries]


def test_a_minimum_in_a_wide_trough_that_is_as_low_as_a_clear_one_counts_as_well():
    wide = scores({100: 0.2, 240: 0.14, 256: 0.15, 272: 0.13})
    found = measure_scores(wide, Region("chr1", 0, 200_000)).boundaries
    assert [100, 240, 256, 272] == pytest.approx([one.position / 500 for one in found], abs=1.5)
    assert found[2].strength < 1 < found[1].strength
    assert max(one.score or 0.0 for one in found) == found[0].score


def test_a_score_of_mere_noise_and_one_of_few_rows_have_no_boundaries():
    assert () == measure_scores(scores({}), Region("chr1", 0, 200_000)).boundaries
    assert "no_data" == measure_scores(scores({}, n=10), Region("chr1", 0, 5_000)).state


@pytest.mark.parametrize(
    ("label", "told"),
    [("TAD separation score", True), ("insulation (10 kb)", True), ("tad_score", True), ("phastCons matrix", False)],
)
def test_only_scores_of_separation_part_domains(label, told):
    assert told == is_separation(Track(1, label, "matrix", "bedgraph_matrix", Path("x.bm")))
