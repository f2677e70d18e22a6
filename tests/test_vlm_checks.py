"""Verdicts on comparisons, genes, intervals, links and boundaries: true, false, and what nobody can tell."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderer.values.evidence import (
    Arc,
    Boundary,
    ContactEvidence,
    Domain,
    Evidence,
    Gene,
    GeneEvidence,
    GeneSignal,
    IntervalEvidence,
    LinkEvidence,
    Peak,
    SignalEvidence,
    Span,
)
from renderer.values.levels import Level, Place
from renderer.values.region import Region
from renderer.values.track import Scene, Track
from vlm.claims.registry import kinds
from vlm.claims.verify import judge
from vlm.values.claim import Claim

SHAPES = {kind.name: kind.tracks for kind in kinds()}

REGION = Region("chr1", 1_000_000, 1_200_000)
"""200 kb: the position tolerance is 3 kb, a TSS is reached within 1 kb."""

WINDOW = (REGION.start, REGION.end)


def peak(summit: int, value: float = 40.0, salient: bool = True) -> Peak:
    return Peak(summit - 1_000, summit + 1_000, summit, value, value / 40, 0.9 * value / 40, salient)


def signal(*peaks: Peak, domains: tuple[Domain, ...] = (), **more: Any) -> SignalEvidence:
    facts: dict[str, Any] = {"state": "signal", "vmin": 0.0, "vmax": 40.0, "maximum": 40.0, "mean": 2.0, "covered": 1.0}
    return SignalEvidence(**{**facts, **more}, peaks=peaks, domains=domains, low_elsewhere=True)


def over(gene: str, **values: Any) -> GeneSignal:
    start, strand = next((one.start, one.strand) for one in GENES.genes if one.name == gene)
    facts = {"tss": 5.0, "body": 4.0, "level": 2.0, "exons": 10.0, "introns": 1.0, "exons_seen": 0.9, "outside": 0.1}
    return GeneSignal(gene, start, start + 40_000, strand, **{**facts, **values})


GENES = GeneEvidence(
    (
        Gene("ALPHA", 1_020_000, 1_060_000, "+", (1_020_000,)),
        Gene("BETA", 1_150_000, 1_300_000, "-", (1_299_999,)),
    )
)
EXONS = (over("ALPHA"), over("BETA", exons=1.2))
EVIDENCE = Evidence(
    REGION,
    {
        1: signal(peak(1_020_500), peak(1_110_000, 24), domains=(Domain(1_015_000, 1_065_000, 0.5, 0.1),), genes=EXONS),
        2: signal(
            peak(1_020_900, 20),
            peak(1_080_000, 10, salient=False),
            mean=1.0,
            domains=(Domain(1_130_000, 1_145_000, 0.3, 0.1, salient=False),),
        ),
        3: signal(
            peak(1_080_200), peak(1_137_000), peak(1_063_000), peak(1_170_000, 12), genes=(over("ALPHA", body=0.5),)
        ),
        4: signal(state="noisy"),
        5: IntervalEvidence(5, "few", 0.2, (Span(1_010_000, 1_030_000, 1, "TssA"), Span(1_100_000, 1_120_000, 4))),
        6: LinkEvidence(
            2,
            "few",
            (
                Arc(1_020_000, 1_025_000, 1_150_000, 1_155_000, 9.0, True),
                Arc(1_040_000, 1_042_000, 1_900_000, 1_902_000, 1.0, False),
            ),
        ),
        7: ContactEvidence("domains", 10_000, 1.0, (Boundary(1_100_000, 0.8, True), Boundary(1_150_000, 0.2, False))),
        8: GENES,
        9: signal(peak(1_058_000), peak(1_147_000), peak(1_100_000)),
        10: signal(peak(1_030_000), genes=(over("ALPHA", body=0.5),)),
    },
)
SCENE = Scene(
    REGION,
    (
        Track(1, "PRO-seq (+)", "signal", "bigwig", Path("a"), group="g", strand="+"),
        Track(2, "H3K4me3", "signal", "bigwig", Path("b"), group="g"),
        Track(3, "PRO-seq (-)", "signal", "bigwig", Path("c"), strand="-"),
        Track(4, "Input", "signal", "bigwig", Path("d")),
        Track(5, "states", "intervals", "bed", Path("e")),
        Track(6, "loops", "links", "arcs", Path("f")),
        Track(7, "Hi-C", "contacts", "cool", Path("g")),
        Track(8, "genes", "genes", "gtf", Path("h")),
        Track(9, "CTCF", "signal", "bigwig", Path("i")),
        Track(10, "PRO-seq (+) control", "signal", "bigwig", Path("j"), group="g"),
    ),
)
ALPHA, BETA = (1_020_000, 1_060_000), (1_150_000, 1_200_000)
ANCHORS = [[1_020_000, 1_025_000], [1_150_000, 1_155_000]]


def at(position: int, half: int = 800) -> tuple[int, int]:
    return position - half, position + half


def link(*anchors: list[int]) -> dict[str, Any]:
    return {"anchors": [list(anchor) for anchor in anchors]}


@pytest.mark.parametrize(
    ("kind", "tracks", "where", "value", "expected"),
    [
        # a peak of the first, none of the second; a bump, a raised stretch or noise leaves it open
        ("only_in", (1, 2), at(1_110_000), None, "supported"),
        ("only_in", (1, 2), at(1_020_500), None, "contradicted"),
        ("only_in", (1, 2), at(1_090_000), None, "contradicted"),
        ("only_in", (3, 2), at(1_080_200), None, "cannot_tell"),
        ("only_in", (3, 2), at(1_137_000), None, "cannot_tell"),
        ("only_in", (1, 4), at(1_110_000), None, "cannot_tell"),
        ("only_in", (1, 2), WINDOW, None, "cannot_tell"),
        # one scale only; means over the window, summits at a place
        ("higher_in", (1, 2), at(1_020_500), None, "supported"),
        ("higher_in", (2, 1), at(1_020_500), None, "contradicted"),
        ("higher_in", (1, 2), at(1_020_500), {"fold": 2.2}, "supported"),
        ("higher_in", (1, 2), at(1_020_500), {"fold": 4}, "contradicted"),
        ("higher_in", (1, 2), WINDOW, {"fold": 2}, "supported"),
        ("higher_in", (2, 1), WINDOW, None, "contradicted"),
        ("higher_in", (1, 2), at(1_110_000), None, "supported"),
        ("higher_in", (1, 2), at(1_110_000), {"fold": 2}, "cannot_tell"),
        ("higher_in", (1, 2), at(1_180_000), None, "cannot_tell"),
        ("higher_in", (1, 3), at(1_020_500), None, "cannot_tell"),
        ("higher_in", (1, 2), WINDOW, "much", "contradicted"),
        ("higher_in", (1, 10), ALPHA, {"fold": 8}, "supported"),
        ("higher_in", (10, 1), ALPHA, None, "contradicted"),
        # among genes
        ("intergenic_peak", (1, 8), at(1_110_000), None, "supported"),
        ("intergenic_peak", (1, 8), at(1_020_500), None, "contradicted"),
        ("intergenic_peak", (3, 8), at(1_063_000), None, "supported"),
        ("intergenic_peak", (3, 8), at(1_170_000), None, "contradicted"),
        ("intergenic_peak", (9, 8), at(1_058_000), None, "cannot_tell"),
        ("peak_in_gene", (9, 8), at(1_058_000), "ALPHA", "supported"),
        ("peak_in_gene", (9, 8), at(1_147_000), "BETA", "cannot_tell"),
        ("peak_in_gene", (9, 8), at(1_100_000), "BETA", "contradicted"),
        ("covers_gene", (1, 8), (1_015_000, 1_065_000), "ALPHA", "supported"),
        ("covers_gene", (1, 8), (1_015_000, 1_065_000), "BETA", "contradicted"),
        ("covers_gene", (1, 8), (1_100_000, 1_190_000), "BETA", "contradicted"),
        ("covers_gene", (1, 8), (1_015_000, 1_065_000), "OMEGA", "contradicted"),
        ("follows_exons", (1, 8), ALPHA, "ALPHA", "supported"),
        ("follows_exons", (1, 8), ALPHA, "BETA", "contradicted"),
        ("follows_exons", (1, 8), BETA, "BETA", "contradicted"),
        ("follows_exons", (2, 8), ALPHA, "ALPHA", "cannot_tell"),
        ("on_strand", (1, 8), ALPHA, "ALPHA", "supported"),
        ("on_strand", (3, 8), ALPHA, "ALPHA", "contradicted"),
        ("on_strand", (2, 8), ALPHA, "ALPHA", "cannot_tell"),
        ("on_strand", (3, 8), BETA, "BETA", "cannot_tell"),
        # rows
        ("interval_count", (5,), WINDOW, 5, "supported"),
        ("interval_count", (5,), WINDOW, 2, "supported"),
        ("interval_count", (5,), WINDOW, 9, "contradicted"),
        ("interval_count", (5,), WINDOW, 4, "contradicted"),  # neither records nor boxes
        ("interval_count", (5,), WINDOW, {"min": 4}, "supported"),
        ("interval_count", (5,), WINDOW, {"min": 8}, "contradicted"),
        ("interval_at", (5,), (1_011_000, 1_029_000), None, "supported"),
        ("interval_at", (5,), (1_011_000, 1_029_000), "tssa", "supported"),
        ("interval_at", (5,), (1_011_000, 1_029_000), "Quies", "contradicted"),
        ("interval_at", (5,), (1_050_000, 1_060_000), None, "contradicted"),
        ("interval_at", (5,), (1_104_000, 1_106_000), None, "cannot_tell"),
        ("interval_at", (5,), (1_011_000, 1_029_000), 7, "contradicted"),
        ("link", (6,), (1_020_000, 1_155_000), link(*ANCHORS), "supported"),
        ("link", (6,), (1_020_000, 1_155_000), link(*ANCHORS[::-1]), "supported"),
        ("link", (6,), (1_020_000, 1_155_000), link([1_027_000, 1_028_000], ANCHORS[1]), "supported"),
        ("link", (6,), (1_020_000, 1_155_000), link([1_030_000, 1_031_000], ANCHORS[1]), "contradicted"),
        ("link", (6,), (1_041_000, 1_200_000), link([1_041_000, 1_042_000], [1_199_000, 1_200_000]), "supported"),
        ("link", (6,), (1_020_000, 1_155_000), {"anchors": ANCHORS[:1]}, "contradicted"),
        ("link", (6,), (1_020_000, 1_155_000), None, "contradicted"),
        ("domain_boundary", (7,), at(1_100_000), None, "supported"),
        ("domain_boundary", (7,), at(1_108_000), None, "supported"),
        ("domain_boundary", (7,), at(1_150_000), None, "supported"),
        ("domain_boundary", (7,), at(1_125_000), None, "contradicted"),
        ("domain_boundary", (7,), WINDOW, None, "cannot_tell"),
    ],
)
def test_a_claim_is_held_against_the_numbers(
    kind: str, tracks: tuple[int, ...], where: tuple[int, int], value: Any, expected: str
) -> None:
    judged = judge(Claim(kind, tracks, *where, value), EVIDENCE, SCENE)
    json.dumps([judged.measured, judged.tolerance])
    assert (expected, judged.measured) == (judged.verdict, judged.measured)


def test_comparisons_of_scale_or_strand_need_the_scene() -> None:
    for claim in (Claim("higher_in", (1, 2), *at(1_020_500)), Claim("on_strand", (1, 8), *ALPHA, "ALPHA")):
        assert judge(claim, EVIDENCE).verdict == "cannot_tell"


def test_a_fold_is_measured_in_the_units_of_the_file() -> None:
    judged = judge(Claim("higher_in", (1, 2), *at(1_020_500)), EVIDENCE, SCENE)
    assert judged.measured == {"1": 40.0, "2": 20.0, "of": "summit", "fold": 2.0}


def one_track(found: SignalEvidence) -> Evidence:
    return Evidence(REGION, {1: found})


@pytest.mark.parametrize(
    ("found", "kind", "value"),
    [
        (signal(state="flat", near=("no_data",)), "no_data", None),
        (signal(peak(1_100_000), near=("noisy",)), "noisy", None),
        (signal(near=("flat",)), "flat", None),
        (replace(signal(peak(1_100_000), low_near=True), low_elsewhere=False), "flat", "elsewhere"),
    ],
)
def test_what_is_near_a_threshold_is_not_wrong(found: SignalEvidence, kind: str, value: Any) -> None:
    assert judge(Claim(kind, (1,), *WINDOW, value), one_track(found)).verdict == "supported"
    far = replace(found, near=(), low_near=False, count_range=None)
    assert judge(Claim(kind, (1,), *WINDOW, value), one_track(far)).verdict == "contradicted"


def test_a_number_that_careful_people_could_count_is_left_open() -> None:
    claim, found = Claim("peak_count", (1,), *WINDOW, 4), signal(peak(1_100_000), count_range=(1, 4))
    assert judge(claim, one_track(found)).verdict == "cannot_tell"
    assert judge(claim, one_track(replace(found, count_range=(1, 3)))).verdict == "contradicted"


def test_another_track_that_is_nearly_as_high_does_not_lack_a_peak() -> None:
    """Base by base, a third of the first at most, and near the second's own background."""
    place = Place("span", 1_099_000, 1_101_000)

    def verdict(other: float, usual: float) -> str:
        first = signal(peak(1_100_000), levels=(Level(20.0, 40.0, None, 1.0),))
        second = signal(levels=(Level(1.0, other, None, 1.0),), usual=usual)
        evidence = Evidence(REGION, {1: first, 2: second}, (place,))
        return judge(Claim("only_in", (1, 2), *at(1_100_000)), evidence).verdict

    assert (verdict(10.0, 5.0), verdict(20.0, 5.0), verdict(10.0, 0.5)) == ("supported", "cannot_tell", "cannot_tell")


def test_a_domain_that_is_only_visible_is_not_wrong() -> None:
    assert judge(Claim("broad_domain", (2,), 1_130_000, 1_146_000), EVIDENCE).verdict == "supported"


anything: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=3)
    | st.sampled_from(["ALPHA", "elsewhere", 10**400]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "strand", "min", "fold", "anchors"]), inner, max_size=3)
    ),
    max_leaves=6,
)
places = st.integers(990_000, 1_210_000) | st.integers() | st.floats() | st.none()


@given(st.sampled_from([*SHAPES, "odd"]), st.lists(st.integers(-1, 10), max_size=3), places, places, anything)
def test_no_claim_however_malformed_makes_it_raise(
    kind: str, tracks: list[int], start: Any, end: Any, value: Any
) -> None:
    judged = judge(Claim(kind, tuple(tracks), start, end, value), EVIDENCE, SCENE)
    assert judged.verdict in ("supported", "contradicted", "cannot_tell")
    json.dumps([judged.measured, judged.tolerance], allow_nan=False)


fitting = st.sampled_from(sorted(SHAPES)).flatmap(
    lambda kind: st.tuples(
        st.just(kind),
        st.tuples(
            *(
                st.sampled_from(
                    [
                        n
                        for n, t in {
                            1: "signal",
                            2: "signal",
                            3: "signal",
                            4: "signal",
                            5: "intervals",
                            6: "links",
                            7: "contacts",
                            8: "genes",
                        }.items()
                        if t == wanted
                    ]
                )
                for wanted in SHAPES[kind]
            )
        ),
    )
)


@given(fitting, st.integers(999_000, 1_199_000), st.integers(1, 200_000), anything)
def test_claims_on_fitting_tracks_get_a_verdict_that_fits_into_json(
    fit: tuple[str, tuple[int, ...]], start: int, length: int, value: Any
) -> None:
    judged = judge(Claim(*fit, start, min(start + length, 1_201_000), value), EVIDENCE, SCENE)
    json.dumps([judged.measured, judged.tolerance], allow_nan=False)
