"""What is told beside the means over exons."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from renderer.measure.levels import Windowed
from renderer.values.levels import Place
from renderer.window.signal import Steps
from tests.test_vlm_exons import EXONS, GENE, REGION, measured, rna
from vlm.claims.verify import judge_all
from vlm.values.claim import Claim
from vlm.words.caption import compose


@pytest.mark.parametrize(
    ("start", "end", "height", "share"), [(GENE.start, GENE.end, 0.0, 1.0), (5_121_000, 5_122_500, 200.0, 0.97)]
)
def test_a_stretch_beside_the_exons_that_holds_most_of_the_signal_is_told_with_their_means(
    start: int, end: int, height: float, share: float
) -> None:
    """Of the gene whose exons are high the means speak; of what lies beside it they do not."""
    values = np.zeros(REGION.span)
    for left, right in EXONS:
        values[left - REGION.start : right - REGION.start] = 10.0
    values[start - REGION.start : end - REGION.start] += height
    place = Place("span", start, end)
    shown = measured([rna(1, "RNA-seq")], {1: Steps.of_means(values, REGION.start, 1.0)}, {})
    assert shown.evidence is not None
    found = shown.evidence.signal(1)
    assert found is not None
    levels = Windowed(Steps.of_means(values, REGION.start, 1.0), gaps_are_zero=True)
    window = Place("window", REGION.start, REGION.end)
    known = replace(found, levels=tuple(levels.over(one.start, one.end) for one in (window, place)))
    evidence = replace(shown.evidence, tracks={**shown.evidence.tracks, 1: known}, places=(window, place))
    claims = [
        Claim("exonic_mean", (1,), GENE.start, GENE.end, {"gene": "GENE1", "mean": 10.0}, "measured"),
        Claim("holds_share", (1,), place.start, place.end, {"share": share}, "measured"),
    ]
    caption = compose(judge_all(claims, evidence, shown.scene), shown.scene, shown.genes).caption("en")
    assert "Over exons, the mean of RNA-seq is 10" in caption
    assert bool(height) == (", but 97 % of its signal in the window lies at 5.121–5.122 Mb" in caption)
    assert bool(height) == (" % of its signal" in caption)
