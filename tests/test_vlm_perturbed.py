"""False versions of true claims: how they are made, that the verdicts tell them, and how that is counted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from renderer.sandbox.files import InProcess
from renderer.values.design import Condition, Contrast, Design
from renderer.values.evidence import (
    Arc,
    Boundary,
    ContactEvidence,
    Domain,
    Evidence,
    Gene,
    GeneEvidence,
    IntervalEvidence,
    LinkEvidence,
    Peak,
    SignalEvidence,
    Span,
    TrackEvidence,
    type_of,
)
from renderer.values.layout import Layout
from renderer.values.levels import Level, Place
from renderer.values.region import Region
from renderer.values.track import Scene, Track
from service.commands.locus import draw_scenes
from vlm.claims.altered import Way
from vlm.claims.checks import Case, Outcome
from vlm.claims.kind import Kind
from vlm.claims.registry import registered
from vlm.claims.verify import judge
from vlm.models.measured import Measured
from vlm.score.bench import bench
from vlm.score.perturbed import Strictness, perturbed
from vlm.values.captioner import Figure
from vlm.values.claim import Claim

REGION = Region("chr1", 1_000_000, 1_200_000)
WHOLE = (REGION.start, REGION.end)
SLACK = 3_000
TALL = 1_020_500
NONE = Design()

GENES = GeneEvidence(
    (
        Gene("ALPHA", 1_020_000, 1_060_000, "+", (1_020_000,)),
        Gene("BETA", 1_150_000, 1_180_000, "-", (1_179_999,)),
    )
)
PLACES = (Place("window", *WHOLE), Place("body", 1_020_000, 1_060_000, "ALPHA"), Place("span", 1_100_000, 1_104_000))


def peak(summit: int, height: float = 1.0) -> Peak:
    return Peak(summit - 1_000, summit + 1_000, summit, 40 * height, height, height, True)


def signal(*peaks: Peak, means: tuple[float, ...] = (), **more: Any) -> SignalEvidence:
    facts: dict[str, Any] = {"state": "signal", "domains": (), **more}
    levels = tuple(Level(mean, 2 * mean, None, 1.0) for mean in means)
    return SignalEvidence(
        vmin=0.0,
        vmax=40.0,
        maximum=40.0,
        mean=1.0,
        covered=1.0,
        peaks=peaks,
        low_elsewhere=True,
        levels=levels,
        **facts,
    )


def figure(*found: TrackEvidence, design: Design = NONE, group: str | None = None) -> Figure:
    tracks = [
        Track(n, f"T{n}", type_of(one), "x", Path("x"), group=group)  # type: ignore[arg-type]
        for n, one in enumerate(found, 1)
    ]
    evidence = Evidence(REGION, dict(enumerate(found, 1)), PLACES, design)
    return Figure(Path("x.png"), Layout(100, 50, REGION, ()), Scene(REGION, tuple(tracks)), (), evidence)


def made(claim: Claim, shown: Figure) -> list[tuple[Way, Claim]]:
    """The false versions, after seeing that the claim is true and that they are told."""
    assert shown.evidence is not None
    assert judge(claim, shown.evidence, shown.scene).verdict == "supported"
    found = perturbed(claim, shown)
    assert {judge(one, shown.evidence, shown.scene).verdict for _, one in found} <= {"contradicted"}
    return found


def ways(claim: Claim, shown: Figure) -> list[str]:
    return [way for way, _ in made(claim, shown)]


def test_a_peak_is_moved_clear_of_everything_in_its_track() -> None:
    domain = Domain(1_140_000, 1_160_000, 0.5, 0.1)
    shown = figure(signal(peak(TALL), peak(1_100_000), domains=(domain,)))
    ((way, claim),) = made(Claim("peak", (1,), TALL - 500, TALL + 500), shown)
    middle = (claim.start + claim.end) / 2
    assert (way, claim.end - claim.start) == ("moved", 1_000)
    assert min(abs(middle - at) for at in (TALL, 1_100_000, 1_140_000, 1_160_000)) > 3 * SLACK


def test_no_false_version_is_made_where_there_is_no_room_for_one() -> None:
    shown = figure(signal(*(peak(at) for at in range(1_000_000, 1_200_000, 15_000))))
    assert made(Claim("peak", (1,), 1_014_500, 1_015_500), shown) == []


def test_counts_of_few_are_changed_by_one_and_by_two_fifths() -> None:
    shown = figure(signal(peak(TALL), peak(1_100_000), peak(1_150_000)))
    assert [claim.value for _, claim in made(Claim("peak_count", (1,), *WHOLE, 3), shown)] == [4, 2]
    five = figure(
        IntervalEvidence(5, "few", 0.2, tuple(Span(at, at + 9_000) for at in range(1_000_000, 1_050_000, 10_000)))
    )
    assert [claim.value for _, claim in made(Claim("interval_count", (1,), *WHOLE, 5), five)] == [6, 4, 7, 3]


def test_a_number_that_people_could_count_as_well_is_not_offered() -> None:
    shown = figure(signal(peak(TALL), peak(1_100_000), peak(1_150_000), count_range=(3, 4)))
    assert [claim.value for _, claim in made(Claim("peak_count", (1,), *WHOLE, 3), shown)] == [2]


def test_pairs_with_an_order_change_places_and_others_do_not() -> None:
    shown = figure(signal(peak(TALL), peak(1_100_000)), signal(peak(TALL)), group="g")
    here, there = (TALL - 500, TALL + 500), (1_099_500, 1_100_500)
    assert "swapped" in ways(Claim("only_in", (1, 2), *there), shown)
    assert ways(Claim("higher_in", (1, 2), *there), shown) == ["swapped"]
    assert ways(Claim("coincide", (1, 2), *here), shown) == ["moved"]


def test_genes_are_called_otherwise_and_turned_round() -> None:
    shown = figure(GENES, signal(peak(TALL)))
    gene = Claim("gene", (1,), 1_020_000, 1_060_000, {"name": "ALPHA", "strand": "+"})
    values = [(way, claim.value) for way, claim in made(gene, shown) if way != "moved"]
    assert values == [("swapped", {"name": "BETA", "strand": "+"}), ("reversed", {"name": "ALPHA", "strand": "-"})]
    start = Claim("peak_at_tss", (2, 1), TALL - 500, TALL + 500, "ALPHA")
    assert [(way, claim.value) for way, claim in made(start, shown)] == [("moved", "ALPHA"), ("swapped", "BETA")]


def test_a_start_is_not_reached_beyond_two_and_a_half_kilobases_at_any_zoom() -> None:
    genes = GeneEvidence((Gene("FAR", TALL + 2_600, TALL + 30_000, "+", (TALL + 2_600,)), *GENES.genes))
    shown = figure(genes, signal(peak(TALL)))
    start = Claim("peak_at_tss", (2, 1), TALL - 500, TALL + 500, "ALPHA")
    assert [claim.value for way, claim in made(start, shown) if way == "swapped"] == ["FAR"]


def test_rows_are_moved_and_their_names_and_feet_changed() -> None:
    boxes = IntervalEvidence(2, "few", 0.1, (Span(1_010_000, 1_020_000, 1, "a"), Span(1_100_000, 1_110_000, 1, "b")))
    arcs = LinkEvidence(1, "few", (Arc(1_010_000, 1_011_000, 1_090_000, 1_091_000, 3.0, True),))
    parted = ContactEvidence("domains", 5_000, 1.0, (Boundary(1_100_000, 0.7, True),))
    shown = figure(boxes, arcs, parted)
    assert ways(Claim("interval_at", (1,), 1_010_000, 1_020_000, "a"), shown) == ["moved", "swapped"]
    anchors = {"anchors": [[1_010_000, 1_011_000], [1_090_000, 1_091_000]]}
    assert ways(Claim("link", (2,), 1_010_000, 1_091_000, anchors), shown) == ["moved"]
    assert ways(Claim("domain_boundary", (3,), 1_100_000, 1_100_001), shown) == ["moved"]


CONTRAST = Contrast("genotype", "RNA-seq", None, (Condition("wt", (1,)), Condition("ko", (2,))))


def test_differences_are_swapped_scaled_and_moved_to_where_they_are_reversed() -> None:
    one, two = signal(means=(1.0, 9.0, 1.0)), signal(means=(1.0, 3.0, 8.0))
    shown = figure(one, two, design=Design((CONTRAST,)))
    claim = Claim("level_differs", (1, 2), 1_020_000, 1_060_000, {"fold": 3.0})
    assert ways(claim, shown) == ["swapped", "number", "number", "moved"]
    value = Claim("value", (1,), 1_020_000, 1_060_000, {"mean": 9.0})
    assert [one.value["mean"] for _, one in made(value, shown)] == pytest.approx([12.6, 5.4])


def test_courses_are_reversed() -> None:
    hours = tuple(Condition(f"{hour} h", (hour,), float(hour)) for hour in (1, 2, 3))
    signals = [signal(means=(level, 1.0, 1.0)) for level in (1.0, 2.0, 4.0)]
    shown = figure(*signals, design=Design((Contrast("time", "RNA-seq", None, hours),)))
    assert [(way, one.value) for way, one in made(Claim("trend", (1, 3), *WHOLE, "rises"), shown)] == [
        ("reversed", "falls")
    ]


def test_states_are_called_otherwise_and_moved() -> None:
    row = IntervalEvidence(9, "tiled", 1.0, (), ({"Quies": 0.9, "Tx": 0.1}, {"Tx": 1.0}, {"Enh": 1.0}))
    found = made(Claim("state_at", (1,), 1_020_000, 1_060_000, "Tx"), figure(row))
    assert [(way, one.value) for way, one in found] == [("swapped", "Quies"), ("moved", "Tx")]


def test_a_new_kind_gets_false_versions_and_what_passes_lowers_the_score() -> None:
    lenient = Kind("lenient", ("signal",), lambda _: Outcome("supported"), over="anything", points="summit")
    shown = figure(signal(peak(TALL)))
    counts = Strictness()
    with registered(lenient):
        true = judge(Claim("lenient", (1,), TALL - 500, TALL + 500), shown.evidence, shown.scene)  # type: ignore[arg-type]
        counts.add(shown, [true])
    row = counts.report()["kinds"]["lenient"]
    assert (row["true"], row["false"], row["false_supported"], row["recall"], row["f1"]) == (1, 1, 1, 0.0, 0.0)
    assert [(way, one.claim.kind) for way, one in counts.missed] == [("moved", "lenient")]


def test_a_kind_may_make_its_own_and_a_true_claim_that_is_denied_costs_precision() -> None:
    def check(case: Case) -> Outcome:
        return Outcome("supported" if case.claim.value == "red" else "contradicted")

    own = Kind("own", ("signal",), check, altered=lambda case: [("swapped", Claim("own", (1,), *WHOLE, "blue"))])
    denied = Kind("denied", ("signal",), lambda _: Outcome("contradicted"), stated=lambda one: [one.whole("denied")])
    shown = figure(signal(peak(TALL)))
    counts = Strictness()
    with registered(own), registered(denied):
        counts.add(shown, [judge(Claim("own", (1,), *WHOLE, "red"), shown.evidence, shown.scene)])  # type: ignore[arg-type]
    report = counts.report()
    assert report["kinds"]["own"]["f1"] == 1.0
    assert report["kinds"]["denied"]["precision"] == 0.0
    assert report["precision"] < 1.0


def test_a_bench_tells_which_differences_and_tracks_captions_speak_of() -> None:
    one, two = signal(means=(1.0, 9.0, 1.0)), signal(means=(1.0, 1.0, 1.0))
    alike = Contrast("sample", "CTCF", None, (Condition("a", (3,)), Condition("b", (4,))))
    same = signal(peak(TALL), means=(1.0, 5.0, 5.0))
    shown = figure(one, two, same, same, design=Design((CONTRAST, alike)))
    report = bench(Measured(), [shown])["captions"]
    assert report["differences"] == {"number": 1, "said": 1, "share": 1.0}
    assert report["tracks"]["number"] == 4
    assert report["sentences_per_caption"] >= 1
    assert report["words_per_caption"] > report["sentences_per_caption"]


def test_false_versions_of_what_is_true_of_real_loci_are_told(scenes: Path, tmp_path: Path) -> None:
    counts = Strictness()
    names = ["normr_k562_02", "nascent_k562_01"]
    for shown in draw_scenes(InProcess(), scenes, names, tmp_path).values():
        counts.add(shown, [])
    report = counts.report()
    assert report["false"] > 50
    assert report["f1"] >= 0.99, counts.missed
