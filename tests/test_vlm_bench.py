"""What a bench counts: facts by weight, what is absent, what was made up, how far off, how sure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from renderer.values.evidence import (
    Arc,
    Boundary,
    ContactEvidence,
    Domain,
    Evidence,
    IntervalEvidence,
    LinkEvidence,
    Peak,
    SignalEvidence,
    Span,
    TrackEvidence,
)
from renderer.values.layout import Layout
from renderer.values.region import Region
from renderer.values.track import Scene, Track
from vlm.claims.stating import track_claims
from vlm.models.measured import Measured
from vlm.score.bench import bench, table
from vlm.score.facts import facts_of, is_absent, says_absent
from vlm.values.captioner import Figure, ModelInfo, RawReading
from vlm.values.claim import Claim

REGION = Region("chr1", 1_000_000, 1_200_000)
WHOLE = (REGION.start, REGION.end)
TALL, LOW = 1_050_000, 1_150_000


def peak(summit: int, prominence: float, salient: bool = True) -> Peak:
    return Peak(summit - 1_000, summit + 1_000, summit, 40 * prominence, prominence, prominence, salient)


def signal(*peaks: Peak, domains: tuple[Domain, ...] = (), state: str = "signal", **more: Any) -> SignalEvidence:
    return SignalEvidence(state, 0.0, 40.0, 40.0, 1.0, 1.0, peaks, domains, True, **more)  # type: ignore[arg-type]


TWO_PEAKS = signal(peak(TALL, 0.9), peak(LOW, 0.3), peak(1_100_000, 0.2, salient=False))
EVERY_KIND: list[TrackEvidence] = [
    TWO_PEAKS,
    signal(domains=(Domain(1_020_000, 1_080_000, 0.5, 0.1), Domain(1_100_000, 1_120_000, 0.2, 0.1, salient=False))),
    signal(state="flat"),
    signal(state="noisy"),
    IntervalEvidence(2, "few", 0.1, (Span(1_010_000, 1_020_000), Span(1_100_000, 1_102_000, 1, "b"))),
    LinkEvidence(1, "few", (Arc(1_010_000, 1_011_000, 1_090_000, 1_091_000, 3.0, True),)),
    ContactEvidence("domains", 5_000, 1.0, (Boundary(1_100_000, 0.7, True),)),
]


def at(kind: str, position: int, track: int = 1, **more: Any) -> Claim:
    return Claim(kind, (track,), position - 500, position + 500, **more)


class Scripted:
    """Says the same claims of every figure, and keeps what it was shown."""

    def __init__(self, *claims: Claim) -> None:
        self.claims, self.shown = claims, list[Figure]()

    @property
    def info(self) -> ModelInfo:
        return ModelInfo("scripted", "1", "cpu")

    def read(self, figures: list[Figure]) -> list[RawReading]:
        self.shown += figures
        return [RawReading(self.claims)] * len(figures)


Make = Callable[..., Figure]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def figure(*found: TrackEvidence) -> Figure:
        (tmp_path / "x.png").write_bytes(b"")
        kinds = {
            SignalEvidence: "signal",
            IntervalEvidence: "intervals",
            LinkEvidence: "links",
            ContactEvidence: "contacts",
        }
        tracks = [Track(n, f"T{n}", kinds[type(one)], "x", Path("x")) for n, one in enumerate(found, 1)]  # type: ignore[arg-type]
        evidence = Evidence(REGION, dict(enumerate(found, 1)))
        return Figure(tmp_path / "x.png", Layout(100, 50, REGION, ()), Scene(REGION, tuple(tracks)), (), evidence)

    return figure


def test_facts_are_what_is_salient_weighted_by_how_much_it_stands_out() -> None:
    told = [(fact.name, fact.weight) for fact in facts_of(TWO_PEAKS, REGION)]
    assert told == [("peak", 0.9), ("peak", 0.3), ("strongest peak", 0.9)]
    assert [(f.name, f.weight) for f in facts_of(EVERY_KIND[1], REGION)] == [("broad domain", 0.5)]
    assert [(f.name, f.weight) for f in facts_of(EVERY_KIND[4], REGION)] == [("interval", 0.5)] * 2


@pytest.mark.parametrize("found", EVERY_KIND)
def test_the_measurements_state_every_fact_and_silence_none(found: TrackEvidence) -> None:
    claims = track_claims(1, found, REGION)
    assert all(fact.is_in(claims) for fact in facts_of(found, REGION))
    assert not any(fact.is_in([]) for fact in facts_of(found, REGION))


def test_the_word_for_a_track_near_a_threshold_may_be_either() -> None:
    assert facts_of(signal(state="noisy", near=("signal",)), REGION) == []
    (fact,) = facts_of(signal(state="flat", near=("no_data",)), REGION)
    assert fact.is_in([Claim("no_data", (1,), *WHOLE)])


def test_nothing_is_said_to_be_there_only_in_words_and_without_pointing() -> None:
    flat = Claim("flat", (1,), *WHOLE)
    assert [is_absent(found) for found in EVERY_KIND] == [False, False, True, True, False, False, False]
    assert says_absent([flat])
    assert says_absent([Claim("peak_count", (1,), *WHOLE, 0)])
    assert not says_absent([])
    assert not says_absent([flat, at("peak", TALL)])
    assert not says_absent([Claim("flat", (1,), *WHOLE, "elsewhere")])


def test_the_baseline_scores_all_of_it_and_silence_nothing(make: Make) -> None:
    report = bench(Measured(), [make(*EVERY_KIND)])
    assert (1.0, 1.0, 1.0, 0) == tuple(
        report[key] for key in ("precision", "recall", "recall_verified", "printed_contradicted")
    )
    assert report["abstention"] == {"absent": 2, "said": 2, "share": 1.0}
    silent = bench(Scripted(), [make(*EVERY_KIND)])
    assert (silent["precision"], silent["recall"], silent["abstention"]["share"]) == (None, 0.0, 0.0)


def test_a_missed_small_peak_costs_less_than_a_missed_tall_one(make: Make) -> None:
    def recall(*claims: Claim) -> float:
        return bench(Scripted(*claims), [make(TWO_PEAKS)])["recall"]

    assert recall(at("peak", TALL)) == pytest.approx(0.9 / 2.1, abs=1e-3)
    assert recall(at("peak", LOW)) == pytest.approx(0.3 / 2.1, abs=1e-3)
    assert recall(at("strongest_peak", TALL), at("peak", LOW)) == 1.0


def test_wrong_made_up_and_undecided_claims_are_told_apart(make: Make) -> None:
    claims = at("peak", TALL), at("peak", 1_080_000), at("peak", TALL, track=7), Claim("peak", (1,), *WHOLE)
    report = bench(Scripted(*claims), [make(TWO_PEAKS)])
    assert report["kinds"]["peak"] == {"supported": 1, "contradicted": 2, "cannot_tell": 1, "precision": 0.3333}
    assert report["made_up"] == pytest.approx(1 / 3, abs=1e-3)
    assert report["printed_contradicted"] == 0


def test_positions_are_in_pixels_of_a_track_of_a_thousand(make: Make) -> None:
    claims = Claim("peak", (1,), TALL + 2_000, TALL + 2_001), Claim("peak", (1,), LOW, LOW + 1)
    assert bench(Scripted(*claims), [make(TWO_PEAKS)])["position_px"] == {"median": 5.0, "p95": 9.5}


def test_calibration_is_the_gap_between_how_sure_and_how_right(make: Make) -> None:
    def error(*sure: tuple[Claim, float]) -> float:
        claims: Sequence[Claim] = [replace(claim, confidence=confidence) for claim, confidence in sure]
        return bench(Scripted(*claims), [make(TWO_PEAKS)])["calibration"]["error"]

    right, wrong = at("peak", TALL), at("peak", 1_080_000)
    assert error((right, 1.0)) == 0.0
    assert error((wrong, 0.9)) == pytest.approx(0.9)
    assert error((right, 0.5), (wrong, 0.5)) == pytest.approx(0.0)


def test_a_model_is_shown_no_measurement_and_paper_when_blind(make: Make, tmp_path: Path) -> None:
    captioner = Scripted()
    bench(captioner, [make(TWO_PEAKS)], tmp_path)
    shown = captioner.shown[0]
    assert shown.evidence is None or shown.evidence.signal(1) is None
    assert shown.png.name == "0.png"


def test_the_table_has_a_line_for_every_kind_of_claim_and_fact(make: Make) -> None:
    report = bench(Measured(), [make(*EVERY_KIND)])
    lines = table(report).splitlines()
    assert lines[0].startswith("measured (2, none): 1 loci")
    for name in (*report["kinds"], *report["facts"]):
        assert any(line.startswith(name) for line in lines)
