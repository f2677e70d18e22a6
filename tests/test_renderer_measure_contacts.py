"""Boundaries of contact maps whose truth is known: simulated domains, with distance decay and counting noise."""

from __future__ import annotations

import numpy as np

from renderer.contacts import ContactMap
from renderer.evidence import ContactEvidence
from renderer.measure_contacts import measure_contacts
from renderer.region import Region

BIN = 10_000


def simulate(
    cuts: list[int], n: int = 200, depth: float = 60.0, fold: float = 2.5, seed: int = 0, edges: np.ndarray | None = None
) -> ContactMap:
    """Contacts that fall off as 1 / distance, `fold` times as many inside a domain as between domains; `cuts` are the
    bins that start a domain, `depth` the mean count between neighbours."""
    domain = np.searchsorted(cuts, np.arange(n), side="right")
    distance = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    mean = depth / (1 + distance) * np.where(np.equal.outer(domain, domain), fold, 1.0)
    upper = np.triu(np.random.default_rng(seed).poisson(mean)).astype(float)
    counts = upper + np.triu(upper, 1).T
    edges = np.arange(n + 1) * BIN if edges is None else edges
    return ContactMap(edges, counts, False, int(np.median(np.diff(edges))))


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
    print(f"recall {hits}/{truths}, precision {right}/{said}")
    assert 0.95 <= hits / truths
    assert 0.98 <= right / said
