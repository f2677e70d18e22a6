"""A supported claim is told in what was measured, however it was said; any other as it was said."""

from dataclasses import replace

import numpy as np
import pytest

from renderer.sandbox.files import InProcess
from vlm.claims.verify import judge, restated
from vlm.reading import make_record
from vlm.values.captioner import ModelInfo, RawReading
from vlm.values.claim import Claim, Judged
from workers.pipeline import draw_figure, find_loci, make_scenes, open_tracks

PEAKS = 13


class Said:
    """A model that says the claims it was made with."""

    info = ModelInfo("said", "1", "cpu")


@pytest.fixture
def figure(make_bigwig, tmp_path):
    values = np.full(2000, 1.0)
    for number in range(PEAKS):
        values[100 + 140 * number : 110 + 140 * number] = 40
    values[100:110] = 50
    low = np.where(values > 1, values / 5, 1)
    (tmp_path / "boxes.bed").write_text("".join(f"chr1\t{at}\t{at + 900}\n" for at in range(5_000, 195_000, 9_000)))
    files = [make_bigwig(values, "H3K4me3.bw"), make_bigwig(low, "ATAC.bw"), tmp_path / "boxes.bed"]
    opened = open_tracks(InProcess(), files, tmp_path / "work")
    scene = make_scenes(InProcess(), opened, find_loci(opened, "chr1:1-200,000"))[0]
    shared = tuple(replace(track, group="one scale") for track in scene.tracks)
    return draw_figure(InProcess(), replace(scene, tracks=shared), tmp_path / "a.png")


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        (Claim("peak_count", (1,), 0, 200_000, 11), "H3K4me3: 13 clear peaks"),
        (Claim("peak_count", (1,), 0, 200_000, {"min": 12}), "H3K4me3: 13 clear peaks"),
        (Claim("interval_count", (3,), 0, 200_000, 19), "boxes: 22 intervals"),
        (Claim("value", (1,), 0, 200_000, {"maximum": 53.7}), "H3K4me3: maximum 50"),
        (Claim("peak", (1,), 12_400, 12_600), "H3K4me3: a peak near 10 kb"),
        (Claim("strongest_peak", (1,), 9_000, 9_200), "H3K4me3: the strongest peak near 10 kb"),
        (Claim("higher_in", (1, 2), 24_000, 24_800, {"fold": 4.4}), "H3K4me3: 5.0 times as high as ATAC near 24 kb"),
    ],
)
def test_what_holds_is_told_as_it_was_measured(figure, claim, text):
    record = make_record(figure, RawReading((claim,)), Said(), 0.0)
    found = record["claims"][0]
    assert ("supported", claim.value) == (found["verdict"], found["value"])
    assert text == found["text"]["en"]


@pytest.mark.parametrize(
    "claim",
    [
        Claim("peak_count", (1,), 0, 200_000, 2),
        Claim("value", (1,), 0, 200_000, {"maximum": 90.0}),
        Claim("peak", (1,), 17_000, 17_100),
        Claim("nonsense", (1,), 0, 9, {"min": "x"}),
    ],
)
def test_what_does_not_hold_is_told_as_it_was_said(figure, claim):
    found = judge(claim, figure.evidence, figure.scene)
    assert "supported" != found.verdict
    assert claim == restated(found)


def test_ends_and_stretches_are_the_measured_ones():
    link = Claim("link", (1,), 0, 9, {"anchors": [[1, 2], [8, 9]]})
    assert {"anchors": [[1, 3], [7, 9]]} == restated(_held(link, {"anchors": [[1, 3], [7, 9]]})).value
    domain = Claim("broad_domain", (1,), 10, 20)
    assert (12, 22) == _place(restated(_held(domain, {"start": 12, "end": 22, "overlap": 0.7})))
    gene = Claim("gene", (1,), 10, 20, {"name": "A", "strand": "+"})
    assert gene == restated(_held(gene, {"name": "A", "strand": "+", "start": 10, "end": 20}))


def test_a_fold_that_could_not_be_measured_stays_unsaid_or_as_it_was():
    bare = Claim("higher_in", (1, 2), 0, 9)
    assert bare == restated(_held(bare, {"fold": None}))


def _held(claim, measured):
    return Judged(claim, "supported", measured)


def _place(claim):
    return claim.start, claim.end
