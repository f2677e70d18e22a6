"""Verdicts: what is true, what is false, what was made up, and what cannot be told."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderer.values.evidence import Domain, Evidence, Gene, GeneEvidence, IntervalEvidence, Peak, SignalEvidence
from renderer.values.region import Region
from renderer.values.track import Scene, Track
from vlm.claims.checks import count_tolerance
from vlm.claims.registry import kinds
from vlm.claims.verify import judge
from vlm.values.claim import Claim

REGION = Region("chr1", 1_000_000, 1_200_000)
"""200 kb: the position tolerance is 3 kb, a TSS is reached within 2 kb."""


def peak(summit: int, height: float = 1.0, salient: bool = True, width: int = 2_000) -> Peak:
    """A peak that is `width` wide at half prominence."""
    return Peak(summit - width // 2, summit + width // 2, summit, 40 * height, height, 0.9 * height, salient)


def signal(*peaks: Peak, domains: tuple[Domain, ...] = (), low: bool = True, state: str = "signal") -> SignalEvidence:
    """A track with these peaks and domains."""
    return SignalEvidence(state, 0.0, 40.0, 40.0, 1.0, 1.0, peaks, domains, low)  # type: ignore[arg-type]


GENES = GeneEvidence(
    (
        Gene("ALPHA", 1_020_000, 1_060_000, "+", (1_020_000, 1_040_000)),
        Gene("BETA", 1_150_000, 1_300_000, "-", (1_299_999,)),
        Gene("TWIN", 1_100_000, 1_101_000, "+", (1_100_000,)),
        Gene("TWIN", 1_140_000, 1_141_000, "-", (1_140_999,)),
    )
)
EVIDENCE = Evidence(
    REGION,
    {
        1: signal(peak(1_020_500), peak(1_110_000, 0.6), peak(1_090_000, 0.3, salient=False)),
        2: signal(peak(1_021_000, 0.95), peak(1_160_000), low=False),
        3: signal(domains=(Domain(1_100_000, 1_160_000, 0.5, 0.1),)),
        4: signal(state="flat", low=False),
        5: signal(state="no_data", low=False),
        6: GENES,
        7: IntervalEvidence(3),
    },
)
WINDOW = (REGION.start, REGION.end)


def verdict(kind: str, tracks: tuple[int, ...], where: tuple[int, int] = WINDOW, value: Any = None) -> str:
    """The verdict on a claim; what comes with it must fit into JSON."""
    judged = judge(Claim(kind, tracks, *where, value), EVIDENCE)
    json.dumps([judged.measured, judged.tolerance])
    return judged.verdict


def at(position: int, half: int = 800) -> tuple[int, int]:
    """A location bin round a position."""
    return position - half, position + half


@pytest.mark.parametrize(
    ("kind", "tracks", "where", "value", "expected"),
    [
        ("no_data", (5,), WINDOW, None, "supported"),
        ("no_data", (4,), WINDOW, None, "contradicted"),
        ("flat", (4,), WINDOW, None, "supported"),
        ("flat", (5,), WINDOW, None, "contradicted"),
        ("flat", (1,), WINDOW, "elsewhere", "supported"),
        ("flat", (2,), WINDOW, "elsewhere", "contradicted"),
        ("flat", (1,), WINDOW, "here", "contradicted"),
        ("noisy", (1,), WINDOW, None, "contradicted"),
        ("peak", (1,), at(1_020_500), None, "supported"),
        ("peak", (1,), at(1_024_000), None, "supported"),
        ("peak", (1,), at(1_026_000), None, "contradicted"),
        ("peak", (1,), at(1_090_000), None, "supported"),
        ("peak", (1,), WINDOW, None, "cannot_tell"),
        ("strongest_peak", (1,), at(1_020_500), None, "supported"),
        ("strongest_peak", (1,), at(1_110_000), None, "contradicted"),
        ("strongest_peak", (2,), at(1_021_000), None, "supported"),
        ("strongest_peak", (3,), at(1_021_000), None, "contradicted"),
        ("peak_count", (1,), WINDOW, 2, "supported"),
        ("peak_count", (1,), WINDOW, 3, "contradicted"),
        ("peak_count", (3,), WINDOW, 0, "supported"),
        ("peak_count", (1,), WINDOW, "two", "contradicted"),
        ("peak_count", (1,), WINDOW, True, "contradicted"),
        ("peak_count", (1,), WINDOW, {"min": 2}, "supported"),
        ("peak_count", (1,), WINDOW, {"min": 3}, "contradicted"),
        ("peak_count", (1,), WINDOW, {}, "contradicted"),
        ("broad_domain", (3,), (1_095_000, 1_150_000), None, "supported"),
        ("broad_domain", (3,), (1_100_000, 1_125_000), None, "contradicted"),
        ("broad_domain", (1,), (1_100_000, 1_160_000), None, "contradicted"),
        ("coincide", (1, 2), at(1_020_800), None, "supported"),
        ("coincide", (1, 2), at(1_110_000), None, "contradicted"),
        ("coincide", (1, 1), at(1_020_800), None, "contradicted"),
        ("coincide", (1, 2), WINDOW, None, "cannot_tell"),
        ("gene", (6,), (1_020_000, 1_060_000), {"name": "ALPHA", "strand": "+"}, "supported"),
        ("gene", (6,), (1_020_000, 1_060_000), {"name": "alpha"}, "supported"),
        ("gene", (6,), (1_020_000, 1_060_000), {"name": "ALPHA", "strand": "-"}, "contradicted"),
        ("gene", (6,), (1_120_000, 1_160_000), {"name": "ALPHA", "strand": "+"}, "contradicted"),
        ("gene", (6,), (1_150_000, 1_200_000), {"name": "BETA", "strand": "-"}, "supported"),
        ("gene", (6,), (1_140_000, 1_141_000), {"name": "TWIN", "strand": "-"}, "supported"),
        ("gene", (6,), (1_140_000, 1_141_000), "TWIN", "contradicted"),
        ("gene_count", (6,), WINDOW, 4, "supported"),
        ("gene_count", (6,), WINDOW, 3, "contradicted"),
        ("peak_at_tss", (1, 6), at(1_020_500), "ALPHA", "supported"),
        ("peak_at_tss", (1, 6), at(1_110_000), "ALPHA", "contradicted"),
        ("peak_at_tss", (1, 6), at(1_020_500), "BETA", "contradicted"),
        ("peak_in_gene", (2, 6), at(1_160_000), "BETA", "supported"),
        ("peak_in_gene", (2, 6), at(1_160_000), "ALPHA", "contradicted"),
    ],
)
def test_a_claim_is_held_against_the_numbers(
    kind: str, tracks: tuple[int, ...], where: tuple[int, int], value: Any, expected: str
) -> None:
    assert verdict(kind, tracks, where, value) == expected


@pytest.mark.parametrize(
    ("kind", "tracks", "where", "value"),
    [
        ("enhancer", (1,), at(1_020_500), None),
        ("peak", (7,), at(1_020_500), None),
        ("peak", (6,), at(1_020_500), None),
        ("peak", (1, 2), at(1_020_500), None),
        ("peak", (), at(1_020_500), None),
        ("gene", (1,), at(1_020_500), {"name": "ALPHA"}),
        ("peak_at_tss", (6, 1), at(1_020_500), "ALPHA"),
        ("peak_at_tss", (1, 6), at(1_020_500), "OMEGA"),
        ("peak_at_tss", (1, 6), at(1_020_500), None),
        ("peak", (1,), at(990_000), None),
        ("peak", (1,), (1_020_500, 1_020_500), None),
        ("peak", (1,), (1_021_000, 1_020_000), None),
    ],
)
def test_what_is_not_there_is_contradicted_with_the_reason(
    kind: str, tracks: tuple[int, ...], where: tuple[int, int], value: Any
) -> None:
    judged = judge(Claim(kind, tracks, *where, value), EVIDENCE)
    assert judged.verdict == "contradicted"
    assert judged.measured["reason"]


def test_a_track_without_measurements_cannot_be_told_from_one_that_does_not_exist_but_by_the_scene() -> None:
    claim = Claim("peak", (9,), *at(1_020_500))
    tracks = tuple(Track(number, f"T{number}", "signal", "bigwig", Path("x.bw")) for number in (1, 2, 8))
    assert judge(claim, EVIDENCE).verdict == "cannot_tell"
    assert judge(claim, EVIDENCE, Scene(REGION, tracks)).verdict == "contradicted"
    assert judge(replace(claim, tracks=(8,)), EVIDENCE, Scene(REGION, tracks)).verdict == "cannot_tell"


def test_a_verdict_carries_what_was_measured_and_the_tolerance() -> None:
    right = judge(Claim("peak", (1,), *at(1_021_000)), EVIDENCE)
    wrong = judge(Claim("peak", (1,), *at(1_050_000)), EVIDENCE)
    assert (right.measured["summit"], right.tolerance) == (1_020_500, {"bp": 3_000})
    assert (wrong.measured["nearest"]["summit"], wrong.measured["distance"]) == (1_020_500, 28_700)


def test_an_internal_start_is_told_from_the_gene_s_own() -> None:
    evidence = Evidence(REGION, {1: signal(peak(1_020_300), peak(1_040_300)), 6: GENES})
    own = judge(Claim("peak_at_tss", (1, 6), *at(1_020_300), "ALPHA"), evidence)
    internal = judge(Claim("peak_at_tss", (1, 6), *at(1_040_300), "ALPHA"), evidence)
    assert (own.measured["outermost"], internal.measured["outermost"]) == (True, False)


def test_a_wide_hump_is_not_at_a_start_far_from_its_summit() -> None:
    evidence = Evidence(REGION, {1: signal(peak(1_050_000, width=60_000)), 6: GENES})
    assert judge(Claim("peak_at_tss", (1, 6), *at(1_050_000), "ALPHA"), evidence).verdict == "contradicted"


@pytest.mark.parametrize(("measured", "slack"), [(0, 0), (1, 0), (6, 0), (10, 0), (11, 3), (20, 5)])
def test_small_numbers_of_peaks_must_be_exact_and_large_ones_near(measured: int, slack: int) -> None:
    assert count_tolerance(measured) == slack


positions = st.integers(900_000, 1_300_000)
values = st.none() | st.integers(-3, 20) | st.sampled_from(["ALPHA", "elsewhere", "x"]) | st.booleans()
values |= st.dictionaries(st.sampled_from(["name", "strand", "min"]), st.none() | st.integers() | st.text(max_size=3))


@given(
    kind=st.sampled_from([*(one.name for one in kinds()), "odd"]),
    tracks=st.lists(st.integers(-1, 9), max_size=3),
    start=positions,
    end=positions,
    value=values,
)
def test_any_claim_gets_a_verdict_that_fits_into_json(
    kind: str, tracks: list[int], start: int, end: int, value: Any
) -> None:
    judged = judge(Claim(kind, tuple(tracks), start, end, value), EVIDENCE)
    assert judged.verdict in ("supported", "contradicted", "cannot_tell")
    json.dumps([judged.measured, judged.tolerance])


@given(st.sampled_from(EVIDENCE.tracks[1].peaks), st.integers(-2_900, 2_900))  # type: ignore[union-attr]
def test_a_measured_peak_is_a_peak_wherever_in_the_tolerance_it_is_said_to_be(found: Peak, off: int) -> None:
    place = found.summit + off
    assert judge(Claim("peak", (1,), place, place + 1), EVIDENCE).verdict == "supported"
