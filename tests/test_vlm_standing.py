"""How signals and rows stand among what else a window shows: measured on arrays whose truth is known, judged, said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyBigWig
import pytest

from renderer.measure.across import measure_across
from renderer.measure.levels import Windowed
from renderer.measure.rows import spans_by_name
from renderer.measure.standing import class_levels, overlaps, standing_of
from renderer.values.background import FileLevels
from renderer.values.evidence import Domain, Evidence, IntervalEvidence, Peak, SignalEvidence
from renderer.values.levels import ClassLevel, Level, Overlap, Place, Standing
from renderer.values.region import Region
from renderer.values.spans import Trough
from renderer.values.track import Scene, Track
from renderer.window.gaps import gaps_of, is_dense
from renderer.window.intervals import Interval
from renderer.window.signal import Steps, read_window
from vlm.claims.checks import Case
from vlm.claims.registry import find
from vlm.values.claim import Claim, Judged
from vlm.words import languages
from vlm.words.caption import compose

REGION = Region("chr1", 10_000, 30_000)


def windowed(*raised: tuple[int, int, float], ground: float = 1.0) -> Windowed:
    """A signal of single bases: `ground`, and the heights of half-open stretches."""
    values = np.full(REGION.span, ground)
    for start, end, height in raised:
        values[start - REGION.start : end - REGION.start] = height
    return Windowed(Steps(REGION.start, 1, values, np.ones(len(values)), values), gaps_are_zero=True)


def peak(start: int, end: int, top: float) -> Peak:
    return Peak(start, end, (start + end) // 2, top, 0.9, 0.8, True, top)


def evidence(signal: SignalEvidence, *places: Place, **more: object) -> Evidence:
    return Evidence(REGION, {1: signal}, places, **more)  # type: ignore[arg-type]


def signal(**known: object) -> SignalEvidence:
    blank = SignalEvidence("signal", 0.0, 50.0, 50.0, 2.0, 1.0, (), (), False)
    return replace(blank, **known)  # type: ignore[arg-type]


def judge(claim: Claim, measured: Evidence) -> Judged:
    kind = find(claim.kind)
    assert kind is not None
    outcome = kind.check(Case(claim, measured))
    return Judged(claim, outcome.verdict, outcome.measured, outcome.tolerance)


def test_the_rest_of_a_window_begins_beyond_the_slopes_of_the_peak() -> None:
    found = standing_of(
        windowed((15_000, 15_200, 50), (15_300, 15_600, 30), (22_000, 22_100, 10)), [peak(15_000, 15_200, 50)], REGION
    )
    assert found == Standing(15_000, 50.0, 14_500, 15_700, 10.0, 22_000)


def test_a_signal_whose_highest_base_is_in_no_peak_has_no_standing() -> None:
    assert standing_of(windowed((15_000, 15_200, 50), (22_000, 22_001, 99)), [peak(15_000, 15_200, 50)], REGION) is None
    assert standing_of(windowed(), [], REGION) is None


def test_the_depth_of_a_minus_strand_counts() -> None:
    below = windowed((15_000, 15_200, -50), (22_000, 22_100, -5), ground=0.0)
    found = standing_of(below, [peak(15_000, 15_200, -50)], REGION)
    assert found is not None
    assert (-50.0, -5.0) == (found.top, found.next)


@pytest.mark.parametrize(
    ("fold", "start", "verdict"),
    [
        (5.0, 15_000, "supported"),
        (5.6, 15_000, "supported"),
        (7.0, 15_000, "contradicted"),
        (3.0, 15_000, "contradicted"),
        (5.0, 22_000, "contradicted"),
    ],
)
def test_how_far_a_peak_stands_over_the_rest_is_exact_to_15_percent(fold: float, start: int, verdict: str) -> None:
    standing = Standing(15_100, 50.0, 14_500, 15_700, 10.0, 22_000)
    claim = Claim("stands_above", (1,), start, start + 200, {"fold": fold}, "measured")
    assert verdict == judge(claim, evidence(signal(standing=standing))).verdict


def test_a_peak_twice_the_next_does_not_stand_above() -> None:
    standing = Standing(15_100, 20.0, 14_500, 15_700, 10.0, 22_000)
    claim = Claim("stands_above", (1,), 15_000, 15_200, {"fold": 2.0}, "measured")
    assert "contradicted" == judge(claim, evidence(signal(standing=standing))).verdict


def test_a_gene_holds_the_share_of_the_signal_that_its_bases_do() -> None:
    held = windowed((12_000, 16_000, 9.0))
    places = Place("window", 10_000, 30_000), Place("body", 12_000, 16_000, "GENE", "+")
    levels = tuple(held.over(place.start, place.end) for place in places)
    measured = evidence(signal(levels=levels), *places)
    claim = Claim("holds_share", (1,), 12_000, 16_000, {"share": 0.69}, "measured")
    found = judge(claim, measured)
    assert "supported" == found.verdict
    assert (0.6923, 9.0) == (found.measured["share"], found.measured["fold"])
    assert "contradicted" == judge(replace(claim, value={"share": 0.5}), measured).verdict


@pytest.mark.parametrize(
    ("top", "column", "peaks", "verdict"),
    [
        (4.0, 1.0, (), "supported"),
        (6.0, 1.0, (), "contradicted"),
        (4.0, 3.5, (), "contradicted"),
        (4.0, 1.0, (peak(15_000, 15_200, 4.0),), "contradicted"),
    ],
)
def test_low_in_its_file_is_under_a_twentieth_of_its_highest_base_and_without_a_peak(
    top: float, column: float, peaks: tuple[Peak, ...], verdict: str
) -> None:
    file = FileLevels(100, 0.0, 0.5, 2.0, 3.0, 100.0, False, False)
    found = signal(levels=(Level(0.1, top, 15_000, 1.0),), background=file, maximum=column, peaks=peaks)
    claim = Claim("low_in_file", (1,), REGION.start, REGION.end, None, "measured")
    assert verdict == judge(claim, evidence(found, Place("window", REGION.start, REGION.end))).verdict


def test_levels_of_classes_count_each_base_once_and_leave_small_classes_out() -> None:
    rows = [
        Interval(10_000, 14_000, "active"),
        Interval(12_000, 15_000, "active"),
        Interval(15_000, 29_900, "silent"),
        Interval(29_900, 31_000, "rare"),
    ]
    found = class_levels(windowed((10_000, 15_000, 7.0)), {4: spans_by_name(rows)}, REGION)
    assert (ClassLevel(4, "active", 0.25, 7.0), ClassLevel(4, "silent", 0.745, 1.0)) == found


def test_classes_are_told_apart_from_three_times_on_and_not_the_other_way_round() -> None:
    classes = ClassLevel(2, "active", 0.25, 7.0), ClassLevel(2, "silent", 0.7, 1.0)
    measured = Evidence(REGION, {1: signal(classes=classes), 2: IntervalEvidence(4)})
    value = {"high": "active", "low": "silent", "fold": 7.0}
    claim = Claim("class_level", (1, 2), REGION.start, REGION.end, value, "measured")
    assert "supported" == judge(claim, measured).verdict
    assert "contradicted" == judge(replace(claim, value=value | {"fold": 10.0}), measured).verdict
    turned = {"high": "silent", "low": "active", "fold": 7.0}
    assert "contradicted" == judge(replace(claim, value=turned), measured).verdict


def test_intervals_that_share_a_base_overlap_and_those_that_touch_do_not() -> None:
    rows = {
        3: [Interval(11_000, 12_000), Interval(13_000, 14_000), Interval(9_000, 10_000)],
        5: [Interval(11_999, 13_000), Interval(20_000, 21_000)],
    }
    assert (Overlap(3, 5, 1, 2), Overlap(5, 3, 1, 2)) == overlaps(rows, REGION)
    measured = Evidence(REGION, {3: IntervalEvidence(2), 5: IntervalEvidence(2)}, overlaps=overlaps(rows, REGION))
    claim = Claim("overlap_count", (3, 5), REGION.start, REGION.end, {"count": 1}, "measured")
    assert "supported" == judge(claim, measured).verdict
    assert "contradicted" == judge(replace(claim, value={"count": 2}), measured).verdict


def test_evidence_of_standing_survives_json() -> None:
    standing = Standing(15_100, 50.0, 14_500, 15_700, 10.0, 22_000)
    known = signal(standing=standing, classes=(ClassLevel(2, "active", 0.25, 7.0),))
    before = Evidence(REGION, {1: known}, overlaps=(Overlap(3, 5, 1, 2),))
    assert before == Evidence.from_json(REGION, before.to_json())


def test_a_caption_says_how_far_a_lone_peak_stands_above_the_rest() -> None:
    standing = Standing(15_100, 50.0, 14_500, 15_700, 10.0, 22_000)
    found = signal(standing=standing, peaks=(peak(15_000, 15_200, 50),), low_elsewhere=True)
    facts = {"summit": 15_100, "start": 15_000, "end": 15_200, "height": 0.9, "top": 50.0}
    claims = [
        Judged(Claim("strongest_peak", (1,), 15_000, 15_200, None, "measured"), "supported", facts),
        Judged(Claim("peak_count", (1,), REGION.start, REGION.end, 1, "measured"), "supported", {"count": 1}),
        judge(Claim("stands_above", (1,), 15_000, 15_200, {"fold": 5.0}, "measured"), evidence(found)),
    ]
    scene = Scene(REGION, (Track(1, "H3K4me3", "signal", "bigwig", Path("x.bw"), assay="H3K4me3"),))
    prose = compose(claims, scene)
    assert "(50), 5.0-fold above anything else." in prose.caption("en")
    assert "，为其余位置最高值的 5.0 倍" in prose.caption("zh")
    for code in languages.ALWAYS:
        assert "{" not in prose.claim(3, code)


def test_where_the_strongest_peak_is_not_so_by_its_bases_the_highest_base_is_told() -> None:
    facts = {"summit": 15_100, "start": 15_000, "end": 15_200, "height": 0.9, "top": 50.0, "agrees": False}
    whole = {"of": "maximum", "mean": 2.0, "maximum": 60.0, "summit": 20_100, "place": "window", "gene": None}
    claims = [
        Judged(Claim("strongest_peak", (1,), 15_000, 15_200, None, "measured"), "supported", facts),
        Judged(Claim("peak_count", (1,), REGION.start, REGION.end, 9, "measured"), "supported", {"count": 9}),
        Judged(Claim("value", (1,), REGION.start, REGION.end, {"maximum": 60.0}, "measured"), "supported", whole),
    ]
    scene = Scene(REGION, (Track(1, "H3K4me3", "signal", "bigwig", Path("x.bw"), assay="H3K4me3"),))
    prose = compose(claims, scene)
    assert "H3K4me3 has its highest single base near 20 kb (60)." in prose.caption("en")
    assert "strongest" not in prose.caption("en")
    assert "最高单碱基值" in prose.caption("zh")


@pytest.mark.parametrize(
    ("known", "before", "after", "gaps"),
    [
        ("0000011111", False, True, ((0, 50_000),)),
        ("0000011111", True, True, ((0, 50_000),)),
        ("1111100000", True, False, ((50_000, 100_000),)),
        ("1110011111", True, True, ((30_000, 50_000),)),
        ("0000000000", False, False, ()),
        ("1111111111", True, True, ()),
    ],
)
def test_no_data_is_beyond_the_ends_of_a_file_or_a_hole_in_dense_data(
    known: str, before: bool, after: bool, gaps: tuple[tuple[int, int], ...]
) -> None:
    steps = np.array([digit == "1" for digit in known])
    found = gaps_of(steps, 0, 10_000, before=before, after=after)
    assert gaps == found


def test_between_reads_there_is_no_hole() -> None:
    sparse = np.zeros(1_000, bool)
    sparse[::7] = True
    assert () == gaps_of(sparse[: 999 - 999 % 7 + 1], 0, 1_000, before=True, after=True)


def test_a_place_that_the_file_has_no_data_for_has_no_level_and_counts_in_no_mean() -> None:
    values = np.concatenate([np.zeros(10_000), np.full(10_000, 4.0)])
    steps = Steps(10_000, 1, values, (values > 0).astype(float), values, gaps=((10_000, 20_000),))
    signal = Windowed(steps, gaps_are_zero=True)
    assert signal.over(12_000, 14_000) is None
    whole = signal.over(10_000, 30_000)
    assert whole is not None
    assert 4.0 == whole.mean
    plain = Windowed(replace(steps, gaps=()), gaps_are_zero=True).over(12_000, 14_000)
    assert plain == Level(0.0, 0.0, None, 0.0)


def test_what_is_not_covered_is_said_of_the_tracks_that_share_it_at_once() -> None:
    gaps = ((10_000, 14_000),)
    claim = Claim("no_data_over", (1,), 10_000, 14_000, None, "measured")
    measured = Evidence(REGION, {1: signal(gaps=gaps), 2: signal(gaps=gaps)})
    assert "contradicted" == judge(replace(claim, start=20_000, end=24_000), measured).verdict
    scene = Scene(REGION, tuple(Track(n, f"mark {n}", "signal", "bigwig", Path("x.bw")) for n in (1, 2)), None)
    prose = compose([judge(claim, measured), judge(replace(claim, tracks=(2,)), measured)], scene)
    assert "Mark 1 and mark 2 have no data at" in prose.caption("en")
    assert "无数据" in prose.caption("zh")


@pytest.mark.parametrize(("hole", "kept"), [((20_000, 22_000), 0), ((28_000, 29_000), 1)])
def test_a_dip_where_a_dense_file_has_no_values_is_none(hole: tuple[int, int], kept: int) -> None:
    values = np.full(REGION.span, 4.0)
    known = np.ones(REGION.span)
    known[hole[0] - REGION.start : hole[1] - REGION.start] = 0.0
    steps = Steps(REGION.start, 1, values * known, known, values * known)
    dip = Trough(20_000, 22_000, 21_000, 0.0, 0.0, 4.0)
    track = Track(1, "Xist RAP", "signal", "bigwig", Path("x.bw"), assay="RAP")
    found = measure_across(Evidence(REGION, {1: signal(troughs=(dip,))}), [track], {1: steps}, {})
    measured = found.signal(1)
    assert measured is not None
    assert kept == len(measured.troughs)


def test_of_a_window_that_has_data_in_part_nothing_is_said_of_all_the_rest() -> None:
    known = signal(low_elsewhere=True, state="signal")
    claim = Claim("flat", (1,), REGION.start, REGION.end, "elsewhere", "measured")
    assert "supported" == judge(claim, Evidence(REGION, {1: known})).verdict
    half = ((REGION.end - REGION.span // 2, REGION.end),)
    assert "cannot_tell" == judge(claim, Evidence(REGION, {1: replace(known, gaps=half)})).verdict


def test_a_domain_to_where_the_data_end_is_at_least_as_long() -> None:
    domain = Domain(16_000, 20_000, 0.6, 0.0, True)
    measured = Evidence(REGION, {1: signal(state="signal", domains=(domain,), gaps=((20_000, REGION.end),))})
    scene = Scene(REGION, (Track(1, "H3K36me3", "signal", "bigwig", Path("x.bw")),), None)
    claims = [
        Claim("broad_domain", (1,), 16_000, 20_000, None, "measured"),
        Claim("no_data_over", (1,), 20_000, REGION.end, None, "measured"),
    ]
    prose = compose([judge(claim, measured) for claim in claims], scene)
    assert "over at least 4 kb" in prose.caption("en")
    assert "to where the data end" in prose.caption("en")
    assert "数据止于此" in prose.caption("zh")


def test_a_file_is_known_to_end_before_the_window_does(tmp_path: Path) -> None:
    path = tmp_path / "x.bw"
    with pyBigWig.open(str(path), "w") as bigwig:
        bigwig.addHeader([("chr1", 10_000_000)])
        starts = np.arange(1_000_000, 1_300_000, 50)
        bigwig.addEntries(["chr1"] * len(starts), starts, ends=starts + 35, values=np.ones(len(starts)))
    steps = read_window(path, Region("chr1", 1_200_000, 1_440_000), 1000, True).steps
    assert ((1_299_985, 1_440_000),) == steps.gaps


def test_masked_bases_of_dense_data_are_no_zeros_and_part_no_domain(tmp_path: Path) -> None:
    path, region = tmp_path / "x.bw", Region("chr1", 100_000, 200_000)
    blocks = [(0, 120_000), (122_000, 150_000), (157_000, 180_000), (180_500, 900_000)]
    with pyBigWig.open(str(path), "w") as bigwig:
        bigwig.addHeader([("chr1", 1_000_000)])
        for start, end in blocks:
            bigwig.addEntries("chr1", start, values=[4.0] * ((end - start) // 100), span=100, step=100)
    window = read_window(path, region, 1000, True)
    level = Windowed(window.steps, gaps_are_zero=True).over(region.start, region.end)
    assert level is not None
    assert 4.0 == level.mean
    assert {4.0} == set(window.columns[np.isfinite(window.columns)].tolist())
    assert not read_window(path, region, 1000, True, blocks=True).steps.dense


@pytest.mark.parametrize(
    ("known", "dense"),
    [
        ("1110111101", False),
        ("1" * 60 + "0" * 10 + "1" * 60 + "0" * 2 + "1" * 60, True),
        ("1" * 20 + "0" * 60 + "1", False),
    ],
)
def test_data_are_dense_where_little_but_holes_is_missing(known: str, dense: bool) -> None:
    assert dense == is_dense(np.array([digit == "1" for digit in known]), 1_000)
