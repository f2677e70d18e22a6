"""Claims on replicates that agree or do not, and on peaks of one group that another lacks: verdicts and words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from renderer.figure.draw import draw_scene
from renderer.prepare.upload import prepare
from renderer.values.differences import agree, out_of_line
from renderer.values.region import Region
from renderer.values.track import Scene, Track
from vlm.claims.checks import Case
from vlm.claims.registry import find
from vlm.claims.verify import judge
from vlm.models.measured import Measured
from vlm.values.captioner import Figure
from vlm.values.claim import Claim, Judged
from vlm.words.caption import Prose, compose

WINDOW = Region("chr1", 0, 100_000)
TALL, LOW = slice(150, 250), slice(750, 850)
"""Columns of 100 bp round the two peaks of `peaky`, at the starts of ALPHA and of BETA."""

Draw = Any


def changed(values: np.ndarray, where: slice, times: float) -> np.ndarray:
    made = values.copy()
    made[where] *= times
    return made


@pytest.fixture
def draw(tmp_path: Path, make_bigwig: Any, gtf: Path) -> Draw:
    """Draws signals by their labels, with the genes, as a figure that was measured."""

    def figure(signals: dict[str, np.ndarray], **fields: Any) -> Figure:
        tracks = []
        for number, (label, values) in enumerate(signals.items(), 1):
            path = make_bigwig(values, f"{number}.bw")
            made = prepare(path, path.name, tmp_path / str(number))
            tracks.append(Track(number, label, "signal", "bigwig", made.path, assay="H3K27ac", **fields))
        genes = prepare(gtf, gtf.name, tmp_path / "genes")
        tracks.append(Track(len(tracks) + 1, "genes", "genes", "gtf", genes.path))
        scene = Scene(WINDOW, tuple(tracks), "hg38")
        drawn = draw_scene(scene, tmp_path / "figure.png")
        annotation = drawn.evidence.tracks[len(tracks)]
        return Figure(tmp_path / "figure.png", drawn.layout, scene, annotation.genes, drawn.evidence)  # type: ignore[union-attr]

    return figure


def told(figure: Figure, kind: str) -> list[Claim]:
    """What `measured` says of this kind."""
    return [claim for claim in Measured().read([figure])[0].claims if claim.kind == kind]


def judged(figure: Figure, claim: Claim) -> Judged:
    assert figure.evidence is not None
    return judge(claim, figure.evidence, figure.scene)


def caption(figure: Figure) -> Prose:
    assert figure.evidence is not None
    claims = [judged(figure, claim) for claim in Measured().read([figure])[0].claims]
    return compose(claims, figure.scene, figure.genes)


def assert_false_versions_are_contradicted(figure: Figure, claim: Claim) -> None:
    kind = find(claim.kind)
    assert kind is not None and kind.altered is not None and figure.evidence is not None
    others = list(kind.altered(Case(claim, figure.evidence, figure.scene)))
    assert others
    assert {"contradicted"} == {judged(figure, other).verdict for _, other in others}


@pytest.mark.parametrize(
    ("values", "alike", "odd"),
    [
        ((8.0, 9.0), True, None),
        ((8.0, 15.9), True, None),
        ((8.0, 16.0), False, 2),
        ((8.0, 9.0, 2.0), False, 3),
        ((8.0, 9.0, 30.0), False, 3),
        ((8.0, 20.0, 50.0), False, None),
        ((8.0, 0.0), False, None),
        ((8.0,), False, None),
        ((), False, None),
    ],
)
def test_replicates_agree_within_twofold_and_one_is_out_of_line_where_the_others_agree(
    values: tuple[float, ...], alike: bool, odd: int | None
) -> None:
    assert alike == agree(values)
    assert odd == out_of_line(dict(enumerate(values, 1)))


def test_replicates_that_agree_are_told_together_with_their_range(draw: Draw, peaky: np.ndarray) -> None:
    figure = draw({f"HeLa H3K27ac WT rep{n}": peaky * times for n, times in ((1, 1.0), (2, 1.2), (3, 0.9))})
    (claim,) = told(figure, "reproducible")
    assert ((1, 2), "agree", 0, 100_000) == (claim.tracks, claim.value, claim.start, claim.end)
    found = judged(figure, claim)
    assert ("supported", 3, [1, 2, 3]) == (found.verdict, found.measured["count"], found.measured["tracks"])
    assert_false_versions_are_contradicted(figure, claim)
    prose = caption(figure)
    least, most = (f"{value:.3g}" for value in found.measured["range"])
    assert f"n = 3, {least}–{most}" in prose.caption("en")
    assert "the HeLa H3K27ac WT replicates" in prose.caption("en").replace("The ", "the ")
    assert "36.2–48.2)" in prose.caption("en")  # the heights of its peak
    assert "各重复在整个窗口内一致" in prose.caption("zh")


def test_a_replicate_out_of_line_is_named_with_its_level_and_that_of_the_others(draw: Draw, peaky: np.ndarray) -> None:
    signals = {f"HeLa H3K27ac WT rep{n}": peaky for n in (1, 2)}
    figure = draw({**signals, "HeLa H3K27ac WT rep3": changed(peaky, TALL, 0.1)})
    claims = told(figure, "reproducible")
    assert {(3, "differs")} == {(claim.tracks[0], claim.value) for claim in claims}
    assert_false_versions_are_contradicted(figure, claims[0])
    assert "contradicted" == judged(figure, replace(claims[0], value="agree")).verdict
    prose = caption(figure)
    assert "is out of line with the two others of WT" in prose.caption("en")
    assert "不一致" in prose.caption("zh")


def test_depth_alone_puts_no_replicate_out_of_line_and_makes_none_agree(draw: Draw, peaky: np.ndarray) -> None:
    figure = draw({f"HeLa H3K27ac WT rep{n}": peaky * times for n, times in ((1, 1.0), (2, 4.0))})
    assert [] == told(figure, "reproducible")
    for value in ("agree", "differs"):
        assert "cannot_tell" == judged(figure, Claim("reproducible", (2, 1), 0, 100_000, value)).verdict


def test_what_was_not_tested_against_another_is_never_called_reproducible(draw: Draw, peaky: np.ndarray) -> None:
    figure = draw({"HeLa H3K27ac WT": peaky, "HeLa H3K27ac KO": peaky})
    assert [] == told(figure, "reproducible")
    assert "cannot_tell" == judged(figure, Claim("reproducible", (1, 2), 0, 100_000, "agree")).verdict
    assert "contradicted" == judged(figure, Claim("reproducible", (1, 2), 0, 100_000, "yes")).verdict


def test_a_peak_of_all_of_one_group_and_none_of_another_leads(draw: Draw, peaky: np.ndarray) -> None:
    flat = changed(peaky, LOW, 0.0)
    flat[LOW] = 0.2
    figure = draw(
        {
            **{f"HeLa H3K27ac WT rep{n}": peaky * times for n, times in ((1, 1.0), (2, 1.2))},
            **{f"HeLa H3K27ac KO rep{n}": flat for n in (1, 2, 3)},
        }
    )
    (claim,) = told(figure, "only_in_group")
    assert (1, 3) == claim.tracks
    assert claim.start < 80_000 < claim.end
    found = judged(figure, claim)
    assert ("WT", "KO", [3, 4, 5]) == (
        found.measured["first"]["name"],
        found.measured["second"]["name"],
        found.measured["second"]["tracks"],
    )
    assert_false_versions_are_contradicted(figure, claim)
    prose = caption(figure)
    assert (
        "at the TSS of BETA in both WT replicates (20.2–24.2), but in none of three KO replicates (at most 0.2"
        in (prose.told("en")[1])
    )
    assert "KO 的全部 3 个重复均无" in prose.told("zh")[1]
    assert "but not" not in prose.caption("en")  # of two tracks what was said of all


def test_a_peak_that_one_of_the_group_lacks_is_not_the_groups(draw: Draw, peaky: np.ndarray) -> None:
    flat = peaky.copy()
    flat[LOW] = 0.2
    figure = draw(
        {
            "HeLa H3K27ac WT rep1": peaky,
            "HeLa H3K27ac WT rep2": flat,
            **{f"HeLa H3K27ac KO rep{n}": flat for n in (1, 2)},
        }
    )
    assert [] == told(figure, "only_in_group")
    assert figure.evidence is not None
    start = next(one for one in figure.evidence.places if (one.kind, one.name) == ("start", "BETA"))
    assert "contradicted" == judged(figure, Claim("only_in_group", (1, 3), start.start, start.end)).verdict
    pair = draw({"HeLa H3K27ac WT": peaky, "HeLa H3K27ac KO": flat})
    assert "cannot_tell" == judged(pair, Claim("only_in_group", (1, 2), start.start, start.end)).verdict
