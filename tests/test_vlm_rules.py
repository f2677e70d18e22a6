"""Biological readings: each rule fires on its observations, and not when one of them is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from renderer.values.background import FileLevels
from renderer.values.evidence import (
    Domain,
    Evidence,
    GeneSignal,
    SignalEvidence,
)
from renderer.values.region import Region
from tests.rules_world import (
    ALPHA,
    ATAC,
    BETA,
    CTCF,
    FIRES,
    GENE_TRACK,
    K4ME3,
    K9ME3,
    K27AC,
    K27ME3,
    LINKED,
    LOOP,
    PRO,
    REGION,
    TRACKS,
    along,
    boundary,
    caption,
    domain,
    kinds,
    link,
    peak,
    signal,
    start,
    track,
    world,
)
from vlm.rules import readings as rules
from vlm.rules.table import RULES
from vlm.values.claim import Judged
from vlm.words.english.compared import NOUNS


@pytest.mark.parametrize("kind", FIRES)
def test_a_rule_fires_on_its_observations_and_rests_on_them(kind: str) -> None:
    judged = FIRES[kind]
    readings = [one for one in rules.read(judged, *world(judged, LINKED)) if one.claim.kind == kind]
    assert 1 == len(readings)
    assert tuple(range(1, len(judged) + 1)) == readings[0].rests_on
    assert "rule" == readings[0].claim.source
    assert readings[0].measured["source"]
    assert rules.holds(readings[0], judged)


@pytest.mark.parametrize(("kind", "missing"), [(kind, i) for kind, seen in FIRES.items() for i in range(len(seen))])
def test_a_rule_is_silent_when_an_observation_is_missing(kind: str, missing: int) -> None:
    judged = FIRES[kind]
    assert kind not in kinds([one for i, one in enumerate(judged) if i != missing], LINKED)


@pytest.mark.parametrize("verdict", ["contradicted", "cannot_tell"])
@pytest.mark.parametrize(("kind", "doubtful"), [(kind, i) for kind, seen in FIRES.items() for i in range(len(seen))])
def test_nothing_rests_on_what_does_not_hold(kind: str, doubtful: int, verdict: Any) -> None:
    judged = list(FIRES[kind])
    fired = next(one for one in rules.read(judged, *world(judged, LINKED)) if one.claim.kind == kind)
    judged[doubtful] = replace(judged[doubtful], verdict=verdict)
    assert kind not in {one.claim.kind for one in rules.read(judged, *world(FIRES[kind], LINKED))}
    assert not rules.holds(fired, judged)


def test_every_kind_of_reading_has_a_rule_and_words() -> None:
    assert set(rules.READINGS) == set(NOUNS)


# --- what forbids a reading


@pytest.mark.parametrize("kind", FIRES)
def test_tracks_of_different_samples_are_never_combined(kind: str) -> None:
    """Each track is of a cell line of its own: only what one track shows alone is still read."""
    apart = tuple(replace(one, sample=f"line {one.number}") for one in LINKED)
    alone = len({one.claim.tracks[0] for one in FIRES[kind]}) == 1
    assert alone == (kind in kinds(FIRES[kind], apart))


@pytest.mark.parametrize("kind", FIRES)
def test_an_unknown_assay_gives_no_reading(kind: str) -> None:
    unknown = tuple(replace(one, assay="ChIP-seq", label=f"rep {one.number}") for one in LINKED)
    assert kind not in kinds(FIRES[kind], unknown)


ON_A_PEAK = sorted(k for k, seen in FIRES.items() if seen[0].claim.kind in ("peak", "peak_at_tss", "broad_domain"))


@pytest.mark.parametrize("kind", ON_A_PEAK)
def test_what_the_control_shows_as_well_is_no_finding(kind: str) -> None:
    first = FIRES[kind][0].measured
    control = signal([peak(11, (first["start"] + first["end"]) // 2), domain(11, first["start"], first["end"])], 11)
    scene, evidence = world(FIRES[kind], (*LINKED, track(11, "input control")))
    shown = Evidence(REGION, evidence.tracks | {11: control})
    assert kind not in {one.claim.kind for one in rules.read(FIRES[kind], scene, shown)}


@pytest.mark.parametrize("kind", FIRES)
def test_a_window_too_wide_to_tell_gives_no_reading(kind: str) -> None:
    scene, evidence = world(FIRES[kind], LINKED)
    widest = max(rule.widest for rule in RULES if rule.kind == kind)
    wide = scene.with_region(Region("chr1", 0, widest + 1))
    assert kind not in {one.claim.kind for one in rules.read(FIRES[kind], wide, evidence)}


def test_a_promoter_within_a_polycomb_domain_is_not_called_active() -> None:
    judged = [*FIRES["active_promoter"], domain(K27ME3, 30_000, 60_000)]
    assert {"polycomb_domain"} == kinds(judged)


def test_an_acetylated_promoter_is_not_called_bivalent() -> None:
    assert "bivalent_promoter" not in kinds([*FIRES["bivalent_promoter"], start(K27AC, ALPHA)])


def test_a_gap_of_a_domain_at_the_start_site_makes_no_bivalent_promoter() -> None:
    judged = [start(K4ME3, ALPHA), domain(K27ME3, 30_000, 60_000)]
    scene, evidence = world(judged)
    for level, expected in ((4.0, True), (0.4, False)):
        over = GeneSignal("ALPHA", 40_000, 90_000, "+", level, 3.0, 3.0, None, None, None, 1.0)
        shown = replace(signal(judged, K27ME3), genes=(over,))
        read = rules.read(judged, scene, Evidence(REGION, evidence.tracks | {K27ME3: shown}))
        assert expected == ("bivalent_promoter" in {one.claim.kind for one in read})


@pytest.mark.parametrize("summit", [42_000, 1_500, 199_000])
def test_no_enhancer_near_a_start_site_or_an_edge_behind_which_one_may_lie(summit: int) -> None:
    assert "enhancer_like" not in kinds([peak(K27AC, summit), peak(ATAC, summit)])


def test_no_enhancer_where_h3k4me3_was_not_measured_or_is_there() -> None:
    judged = FIRES["enhancer_like"]
    assert "enhancer_like" not in kinds(judged, TRACKS[1:])
    assert "enhancer_like" not in kinds([*judged, peak(K4ME3, 100_200)])


def test_no_enhancer_without_an_annotation_to_be_away_from() -> None:
    judged = FIRES["enhancer_like"]
    scene, evidence = world(judged)
    del evidence.tracks[GENE_TRACK]
    assert {"open_chromatin"} == {one.claim.kind for one in rules.read(judged, scene, evidence)}


def test_acetylation_alone_is_called_what_it_is_and_only_where_nothing_could_have_told_more() -> None:
    bare = tuple(one for one in TRACKS if one.number != ATAC)
    assert {"distal_acetylation"} == kinds([peak(K27AC, 100_000)], bare)
    assert set() == kinds([peak(K27AC, 100_000)], TRACKS)


def test_acetylation_that_reaches_a_start_from_a_summit_beyond_it_marks_the_promoter() -> None:
    wide = replace(peak(K27AC, 43_000), measured={"summit": 43_000, "start": 40_600, "end": 44_000})
    scene, evidence = world([start(K4ME3, ALPHA), wide])
    (read,) = rules.read([start(K4ME3, ALPHA), wide], scene, evidence)
    assert ("active_promoter", 600) == (read.claim.kind, read.measured["tss_bp"])
    far = replace(wide, measured=wide.measured | {"start": 41_100})
    assert "active_promoter" not in kinds([start(K4ME3, ALPHA), far])


def test_no_sample_takes_the_place_of_another_and_the_tallest_are_kept() -> None:
    other = replace(TRACKS[CTCF - 1], number=CTCF + 20, sample="HepG2")
    places = range(60_000, 160_000, 10_000)
    judged = [peak(number, at) for number in (CTCF, CTCF + 20) for at in places]
    scene, evidence = world(judged, (*TRACKS, other))
    shown = evidence.tracks[CTCF]
    assert isinstance(shown, SignalEvidence)
    tall = tuple(replace(one, height=one.summit / 200_000) for one in shown.peaks)
    read = rules.read(judged, scene, Evidence(REGION, evidence.tracks | {CTCF: replace(shown, peaks=tall)}))
    mine = [one.claim.start for one in read if one.measured["sample"] == "K562"]
    assert [rules.MOST, rules.MOST] == [len(mine), len(read) - len(mine)]
    assert [at - 500 for at in places][-rules.MOST :] == mine


# --- what is low for its file


def usual(mean: float = 0.1, high: float = 1.0, *, little: bool = False) -> FileLevels:
    return FileLevels(100, mean, mean, high, 10 * high, 100 * high, little, False)


def with_file(judged: Sequence[Judged], number: int, levels: FileLevels) -> set[str]:
    """Kinds of what is read if a track's file has these levels; its peaks are 9 high, its domains 5."""
    scene, evidence = world(judged, LINKED)
    shown = evidence.tracks[number]
    assert isinstance(shown, SignalEvidence)
    known = Evidence(REGION, evidence.tracks | {number: replace(shown, background=levels)})
    return {one.claim.kind for one in rules.read(judged, scene, known)}


@pytest.mark.parametrize(
    ("high", "little", "read"), [(8, False, True), (10, False, False), (1, True, True), (2, True, False)]
)
def test_a_peak_that_is_low_for_its_file_grounds_nothing(high: float, little: bool, read: bool) -> None:
    """The highest hundredth of a file holds its peaks; of a file cut to a locus its maximum is asked."""
    judged = FIRES["active_promoter"]
    assert read == ("active_promoter" in with_file(judged, K4ME3, usual(high=high, little=little)))


@pytest.mark.parametrize(("kind", "number"), [("polycomb_domain", K27ME3), ("heterochromatin", K9ME3)])
def test_a_domain_that_is_usual_in_its_file_is_none(kind: str, number: int) -> None:
    assert kind in with_file(FIRES[kind], number, usual(mean=2.4))
    assert kind not in with_file(FIRES[kind], number, usual(mean=2.6))


def rna(exons: float, outside: float, levels: FileLevels | None, maximum: float = 9.0) -> bool:
    """Whether RNA along a gene is read as transcription."""
    judged = [along("follows_exons", 7, ALPHA)]
    scene, evidence = world(judged, (*TRACKS[:6], replace(PRO, assay="RNA-seq")))
    over = GeneSignal("ALPHA", 40_000, 90_000, "+", None, exons, exons, exons, 0.0, 1.0, outside)
    shown = replace(signal(judged, 7), genes=(over,), background=levels, maximum=maximum)
    read = rules.read(judged, scene, Evidence(REGION, evidence.tracks | {7: shown}))
    return [one.claim.kind for one in read] == ["transcribed_gene"]


def test_a_few_reads_are_no_transcription() -> None:
    """However far they stand out of an empty window."""
    assert not rna(0.23, 0.0, usual(mean=0.7))
    assert not rna(0.23, 0.006, usual(mean=0.7, little=True))
    assert not rna(0.23, 0.0, None, maximum=3.0)
    assert rna(20.0, 0.2, usual(mean=0.7))
    assert rna(20.0, 0.2, usual(mean=0.7, little=True))
    assert rna(20.0, 0.2, None, maximum=60.0)


def test_rna_no_higher_than_beside_the_gene_is_no_transcription() -> None:
    assert not rna(20.0, 21.0, usual(mean=0.7))
    assert not rna(20.0, 10.0, usual(mean=0.7, little=True))
    assert not rna(20.0, 10.0, None, maximum=60.0)


# --- stretches


def test_a_short_stretch_of_h3k27me3_is_no_polycomb_domain() -> None:
    assert set() == kinds([domain(K27ME3, 120_000, 128_000)])


def test_peaks_of_h3k27me3_in_a_stretch_that_no_claim_tells_of_are_polycomb() -> None:
    judged = [peak(K27ME3, 165_000), start(K27ME3, BETA), peak(K27ME3, 175_000)]
    scene, evidence = world(judged)
    assert [] == [one for one in rules.read(judged, scene, evidence) if one.claim.kind == "polycomb_domain"]
    faint = replace(signal(judged, K27ME3), domains=(Domain(150_000, 190_000, 0.19, 0.05, salient=False),))
    shown = Evidence(REGION, evidence.tracks | {K27ME3: faint})
    read = [one for one in rules.read(judged, scene, shown) if one.claim.kind == "polycomb_domain"]
    assert [(150_000, 190_000)] == [(one.claim.start, one.claim.end) for one in read]
    assert (1, 2, 3) == read[0].rests_on
    assert "Polycomb-marked chromatin at BETA" in caption(judged, read, scene)["en"]


def test_an_open_link_or_a_bare_anchor_makes_no_loop() -> None:
    bare = replace(LOOP, claim=replace(LOOP.claim, value=None))
    assert "loop_between" not in kinds([bare, *FIRES["loop_between"][1:]], LINKED)
    assert "loop_between" not in kinds([LOOP, peak(CTCF, 22_000), peak(CTCF, 60_000)], LINKED)


def test_a_narrow_anchor_is_as_wide_as_an_element_and_a_wide_one_no_wider() -> None:
    held = [peak(CTCF, 22_000), peak(CTCF, 108_000)]
    assert "loop_between" in kinds([link((23_200, 23_201), (109_000, 109_001)), *held], LINKED)
    assert "loop_between" not in kinds([link((23_600, 33_600), (105_000, 110_000)), *held], LINKED)


def test_a_boundary_far_from_every_ctcf_peak_is_at_none() -> None:
    assert "boundary_at_ctcf" not in kinds([boundary(100_000), peak(CTCF, 105_100)], LINKED)
