"""Signals that lie on both sides of 0, and dips: told by sides and troughs, never as peaks drawn downwards."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from renderer.measure.signal import About, measure_signal
from renderer.values.evidence import Evidence, Peak, SignalEvidence
from renderer.values.layout import Layout
from renderer.values.region import Region
from renderer.values.spans import Trough
from renderer.values.track import Scene, Track
from tests.stated import of_kind, said
from vlm.claims.verify import judge
from vlm.values.captioner import Figure
from vlm.values.claim import Claim

REGION = Region("chr1", 10_000_000, 12_000_000)
COLUMN = 2_000


def measured(columns: np.ndarray, noise: float = 0.05) -> SignalEvidence:
    values = columns + np.random.default_rng(0).normal(0, noise, len(columns))
    return measure_signal(values, REGION, float(values.min()), float(values.max()), About(signed=True))


def compartments() -> SignalEvidence:
    """+1 and -1 in turn, 400 kb each."""
    return measured(np.where(np.arange(1000) // 200 % 2, -1.0, 1.0))


def insulation() -> SignalEvidence:
    """Narrow minima at 10.6 and 11.4 Mb in a score that lies a little below 0 beside them."""
    at = np.arange(1000)
    score = np.where((at > 100) & (at < 900), -0.3, 0.3)
    for bottom in (300, 700):
        score = score - 1.5 * np.exp(-(((at - bottom) / 12) ** 2))
    return measured(score)


def shown(*found: tuple[str, SignalEvidence]) -> Figure:
    tracks = tuple(Track(n, label, "signal", "bigwig", Path("x.bw")) for n, (label, _) in enumerate(found, 1))
    evidence = Evidence(REGION, {n: one for n, (_, one) in enumerate(found, 1)})
    return Figure(Path("x.png"), Layout(1000, 400, REGION, ()), Scene(REGION, tracks, "hg38"), (), evidence)


@pytest.mark.parametrize("label", ["PC1", "E1"])
def test_an_eigenvector_is_told_by_where_it_lies_above_0_and_below(label: str) -> None:
    figure = shown((label, compartments()))
    assert [3, 2] == [len(of_kind(figure, f"{side}_over")) for side in ("positive", "negative")]
    assert [] == of_kind(figure, "trough")
    english, chinese = said(figure)
    assert f"{label} lies above 0 over 10.00–10.40 Mb, 10.80–11.20 Mb and 11.60–12.00 Mb (mean" in english
    assert "and below 0 over 10.40–10.80 Mb and 11.20–11.60 Mb (mean" in english
    assert "−1.00" in english
    assert "raised" not in english and "low elsewhere" not in english
    assert "在 10.40–10.80 Mb、11.20–11.60 Mb 低于 0（均值" in chinese


def test_minima_within_a_stretch_below_0_are_told_as_dips() -> None:
    figure = shown(("insulation", insulation()))
    bottoms = [one.measured["bottom"] for one in of_kind(figure, "trough")]
    assert [10_600_000, 11_400_000] == pytest.approx(bottoms, abs=4 * COLUMN)
    english, chinese = said(figure)
    assert "; it dips at 10.61 Mb (−1.90) and 11.41 Mb (−1.89)." in english
    assert "处局部降低" in chinese


def test_the_log_ratio_of_a_mark_is_told_by_its_domains() -> None:
    assert [] == of_kind(shown(("H3K27me3", compartments())), "positive_over")


def test_a_dip_of_another_signal_is_told_where_a_track_rises_in_it() -> None:
    dip = Trough(10_900_000, 10_960_000, 10_930_000, 4.0, 5.0, 12.0)
    raised = SignalEvidence("signal", 0.0, 20.0, 20.0, 11.5, 1.0, (), (), False, troughs=(dip,))
    peak = Peak(10_925_000, 10_935_000, 10_931_000, 30.0, 1.0, 1.0, True, 30.0)
    beside = Peak(11_500_000, 11_510_000, 11_505_000, 30.0, 1.0, 1.0, True, 30.0)
    shoulder = Peak(10_950_000, 10_959_000, 10_954_000, 30.0, 1.0, 1.0, True, 30.0)
    rising, elsewhere, off = (
        SignalEvidence("signal", 0.0, 30.0, 30.0, 1.0, 1.0, (one,), (), True) for one in (peak, beside, shoulder)
    )
    for other in (elsewhere, off):
        assert [] == of_kind(shown(("H3K27me3", raised), ("H3K4me3", other)), "trough")
    figure = shown(("H3K27me3", raised), ("H3K4me3", rising))
    (one,) = of_kind(figure, "trough")
    assert [2] == one.measured["rising"]
    english, chinese = said(figure)
    assert "H3K27me3 dips at 10.93 Mb (4; window mean 11.5), where H3K4me3 peaks." in english
    assert "H3K27me3 在 10.93 Mb（4，窗口均值 11.5）处局部降低，该处 H3K4me3 有富集峰。" in chinese


def test_a_stretch_of_the_other_side_and_a_track_without_troughs_are_contradicted() -> None:
    figure = shown(("PC1", compartments()), ("flat", measured(np.zeros(1000))))
    assert figure.evidence is not None
    below = judge(Claim("positive_over", (1,), 10_400_000, 10_800_000), figure.evidence, figure.scene)
    none = judge(Claim("trough", (2,), 10_400_000, 10_410_000), figure.evidence, figure.scene)
    across = judge(Claim("positive_over", (1,), 10_000_000, 12_000_000), figure.evidence, figure.scene)
    assert ["contradicted", "contradicted", "cannot_tell"] == [one.verdict for one in (below, none, across)]
