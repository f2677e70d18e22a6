"""What chromatin states are called, and the places that links give to measure over."""

from __future__ import annotations

import pytest

from renderer.assays.states import are_known, family_of, in_families
from renderer.measure.across import measure_across
from renderer.measure.rows import measure_intervals
from renderer.values.evidence import Arc, Evidence, LinkEvidence
from renderer.values.region import Region
from renderer.window.intervals import Interval

REGION = Region("chr1", 1_000_000, 1_100_000)


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("TssA", "active"),
        ("TxWk", "active"),
        ("EnhG1", "active"),
        ("4_Strong_Enhancer", "active"),
        ("E10_TssBiv", "bivalent"),
        ("ReprPCWk", "polycomb"),
        ("12_Repressed", "polycomb"),
        ("Het", "heterochromatin"),
        ("13_Heterochrom/lo", "quiescent"),
        ("Quies", "quiescent"),
        ("BLUE", "polycomb"),
        ("8_Insulator", None),
        ("ZNF/Rpts", None),
        ("peak_17", None),
    ],
)
def test_states_of_common_segmentations_have_a_family(name: str, family: str | None) -> None:
    assert family == family_of(name)


def test_shares_of_a_family_are_added_up() -> None:
    shares = in_families({"Tx": 0.5, "TxWk": 0.2, "ReprPC": 0.3, "ZNF/Rpts": 0.1})
    assert {"active": 0.7, "polycomb": 0.3} == pytest.approx(shares)


def test_names_of_one_family_or_of_none_are_no_segmentation() -> None:
    assert are_known(["TssA", "Quies", "Tx", "ZNF/Rpts"])
    assert not are_known(["TssA", "Tx"])
    assert not are_known(["active", "inactive"])


def test_a_link_is_measured_inside_beside_and_at_its_anchors() -> None:
    arc = Arc(1_020_000, 1_022_000, 1_060_000, 1_060_001, 1.0, True)
    found = measure_across(Evidence(REGION, {1: LinkEvidence(1, "few", (arc,))}), (), {}, {})
    places = {(one.kind, one.name): (one.start, one.end) for one in found.places if one.kind != "anchor"}
    assert (1_022_000, 1_060_000) == places["loop", ""]
    assert (1_000_000, 1_020_000) == places["flank", "left"]
    assert (1_060_001, 1_098_001) == places["flank", "right"]
    anchors = [(one.start, one.end) for one in found.places if one.kind == "anchor"]
    assert [(1_020_000, 1_022_000), (1_059_000, 1_061_001)] == anchors


def test_a_link_too_short_for_the_window_gives_no_places() -> None:
    arc = Arc(1_020_000, 1_020_001, 1_025_000, 1_025_001, 1.0, True)
    found = measure_across(Evidence(REGION, {1: LinkEvidence(1, "few", (arc,))}), (), {}, {})
    assert ["window"] == [one.kind for one in found.places]


def test_a_neighbour_that_touches_the_window_by_a_base_is_not_in_it() -> None:
    """Files that count from 1 put the end of a domain one base into the next."""
    found = measure_intervals([Interval(900_000, 1_000_001), Interval(1_000_001, 1_300_000)], REGION)
    (span,) = found.spans
    assert (1, 1, (1_000_001, 1_300_000)) == (found.count, span.count, span.outer)


def test_the_longest_domain_is_one_of_those_that_the_median_is_of() -> None:
    """Also of those that the window cuts, none of which is shorter than it is."""
    bounds = [(900_000, 1_010_000), (1_020_000, 1_030_000), (1_040_000, 1_070_000)]
    found = measure_intervals([Interval(start, end) for start, end in bounds], REGION)
    assert ((900_000, 1_010_000), 30_000) == (found.longest, found.median)
