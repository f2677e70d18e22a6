"""How polymerase runs along genes: inside one it steps up, past its end it goes on. Real files, whose truth is known;
and where the conditions of a course are highest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from renderer.figure.draw import draw_scene
from renderer.prepare.upload import prepare
from renderer.values.evidence import Evidence
from renderer.values.region import Region
from renderer.values.track import Scene, Track
from tests.stated import of_kind, sentences
from vlm.claims.verify import judge
from vlm.values.captioner import Figure
from vlm.values.claim import Claim

WINDOW = Region("chr1", 0, 200_000)
GENES = (("RUNX9", 20_000, 120_000, "-"), ("SODA", 125_000, 150_000, "+"), ("NEXT", 160_000, 190_000, "+"))
Draw = Callable[[dict[str, np.ndarray], str], Figure]


def bases(step: int = 100) -> np.ndarray:
    """The first base of each step of the window."""
    return np.arange(WINDOW.span // step) * step


@pytest.fixture
def draw(tmp_path: Path, make_bigwig: Any) -> Draw:
    """Draws signals of an assay by their labels over GENES, as a figure that was measured."""
    gtf = tmp_path / "genes.gtf"
    rows = [
        f'chr1\tx\t{what}\t{start + 1}\t{end}\t.\t{strand}\t.\tgene_id "{name}"; transcript_id "{name}";'
        for name, start, end, strand in GENES
        for what in ("transcript", "exon", "CDS")
    ]
    gtf.write_text("\n".join(rows) + "\n", encoding="utf-8")

    def figure(signals: dict[str, np.ndarray], assay: str) -> Figure:
        tracks = []
        for number, (label, values) in enumerate(signals.items(), 1):
            path = make_bigwig(values, f"{number}.bw")
            made = prepare(path, path.name, tmp_path / str(number))
            tracks.append(Track(number, label, "signal", "bigwig", made.path, assay=assay))
        genes = prepare(gtf, gtf.name, tmp_path / "genes")
        tracks.append(Track(len(tracks) + 1, "genes", "genes", "gtf", genes.path))
        scene = Scene(WINDOW, tuple(tracks), "hg38")
        drawn = draw_scene(scene, tmp_path / "figure.png")
        annotation = drawn.evidence.tracks[len(tracks)]
        return Figure(tmp_path / "figure.png", drawn.layout, scene, annotation.genes, drawn.evidence)  # type: ignore[union-attr, arg-type]

    return figure


def strands(inside: int = 70_000, past: int = 6_000) -> dict[str, np.ndarray]:
    """PRO-seq of both strands: RUNX9 is transcribed from `inside`, SODA goes on `past` its end; nothing else is."""
    at, plus, minus = bases(), np.zeros(2_000), np.zeros(2_000)
    minus[(at >= 20_000) & (at < inside)] = -0.8
    minus[(at >= inside) & (at < 120_000)] = -0.1
    minus[at == inside] = -60.0
    minus[at == 119_900] = -4.0
    plus[(at >= 125_000) & (at < 150_000 + past)] = 0.5
    plus[at == 125_100] = 30.0
    return {"PRO-seq (+)": plus, "PRO-seq (-)": minus}


def test_a_gene_that_is_transcribed_from_a_place_inside_it_is_said_to_step_up_there(draw: Draw) -> None:
    figure = draw(strands(), "PRO-seq")
    (one,) = of_kind(figure, "steps_up")
    assert ("supported", "RUNX9") == (one.verdict, one.measured["gene"])
    assert 8 == pytest.approx(one.measured["fold"], rel=0.05)
    assert (60, 4) == (one.measured["top"], one.measured["at_start"])
    english, chinese = sentences(figure)
    assert "Over RUNX9, PRO-seq (-) is 8.0-fold denser from 70 kb to the 3′ end (0.800) than between" in english[1]
    assert "but reaches only 4 at the TSS" in english[1]
    assert "RUNX9" in chinese[1] and "8.0 倍" in chinese[1]


def test_a_gene_that_is_transcribed_from_its_start_steps_up_nowhere(draw: Draw) -> None:
    even = strands()
    even["PRO-seq (-)"] = np.where((bases() >= 20_000) & (bases() < 120_000), -0.5, 0.0)
    even["PRO-seq (-)"][1_199] = -60.0
    assert [] == of_kind(draw(even, "PRO-seq"), "steps_up")


def test_transcription_that_goes_on_past_an_end_is_told_to_the_kilobase(draw: Draw) -> None:
    figure = draw(strands(), "PRO-seq")
    (one,) = of_kind(figure, "past_end")
    assert ("supported", "SODA", 6_000) == (one.verdict, one.measured["gene"], one.measured["bp"])
    assert "PRO-seq (+) runs 6 kb past the 3′ end of SODA (mean 0.500, 0.500 over the gene)" in " ".join(
        sentences(figure)[0]
    )


def test_a_signal_that_ends_with_its_gene_or_at_the_next_one_is_not_said_to_go_on(draw: Draw) -> None:
    assert [] == of_kind(draw(strands(past=500), "PRO-seq"), "past_end")
    assert [] == of_kind(draw(strands(past=10_000), "PRO-seq"), "past_end")


@pytest.mark.parametrize(("again", "reach"), [(1.5, 4_000), (0.8, 0)])
def test_what_steps_up_past_an_end_or_is_denser_than_the_gene_did_not_begin_in_it(
    draw: Draw, again: float, reach: int
) -> None:
    """A unit that begins 4 kb past the end, and one right at it."""
    tracks, at = strands(past=4_000), bases()
    first = 150_000 + reach
    tracks["PRO-seq (+)"][(at >= first) & (at < 158_000)] = again
    figure = draw(tracks, "PRO-seq")
    assert [] == of_kind(figure, "past_end")
    assert figure.evidence is not None
    found = figure.evidence.signal(1)
    assert found is not None
    (one,) = (one for one in found.beyond if one.gene == "SODA")
    assert (reach, True) == (one.reach, one.cut)
    assert one.mean <= one.body


def test_chip_runs_past_no_end(draw: Draw) -> None:
    assert [] == of_kind(draw(strands(), "H3K36me3"), "past_end")


def test_what_was_measured_survives_its_json(draw: Draw) -> None:
    evidence = draw(strands(), "PRO-seq").evidence
    assert evidence is not None
    assert evidence == Evidence.from_json(WINDOW, evidence.to_json())


def course(*summits: int) -> dict[str, np.ndarray]:
    """Xist RNA at hours, each highest at a place, with as much in all the window."""
    made = {}
    for hour, summit in enumerate(summits):
        made[f"Xist RAP {hour} h"] = 1 + 20 * np.exp(-(((bases() - summit) / 3_000) ** 2))
    return made


def test_a_summit_that_moves_over_a_course_is_told_with_its_places(draw: Draw) -> None:
    figure = draw(course(70_000, 70_000, 137_000), "RAP")
    (one,) = of_kind(figure, "summit_moves")
    assert "supported" == one.verdict
    assert (67_000, "RUNX9", "SODA") == (
        one.measured["bp"],
        one.measured["first"]["gene"],
        one.measured["second"]["gene"],
    )
    english, chinese = sentences(figure)
    (told,) = [text for text in english if "is highest within" in text]
    assert "within RUNX9 (70 kb) at 0 and 1 h, but within SODA (137 kb) at 2 h" in told
    assert any("在 0 和 1 h 时位于 RUNX9 内" in text for text in chinese)


def test_summits_at_one_place_or_that_tie_do_not_move(draw: Draw) -> None:
    assert [] == of_kind(draw(course(70_000, 70_500), "RAP"), "summit_moves")
    tied = course(70_000, 137_000)
    both = np.maximum(*tied.values())
    figure = draw({"Xist RAP 0 h": both, "Xist RAP 1 h": tied["Xist RAP 1 h"]}, "RAP")
    assert [] == of_kind(figure, "summit_moves")


def test_a_summit_is_not_said_to_have_moved_farther_than_it_has(draw: Draw) -> None:
    figure = draw(course(70_000, 137_000), "RAP")
    claim = Claim("summit_moves", (1, 2), 70_000, 137_001, {"bp": 100_000})
    assert figure.evidence is not None
    assert "contradicted" == judge(claim, figure.evidence, figure.scene).verdict
