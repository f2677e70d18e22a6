"""Claims on what shares a scale, and on what the figure says of it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from renderer.figure.draw import choose_look, draw_scene, plan_scene
from renderer.figure.page import Page
from renderer.figure.panels import job_limits
from renderer.figure.scales import units
from renderer.prepare.upload import prepare
from renderer.values.region import Region
from renderer.values.track import Look, Scene, Track

WINDOW = Region("chr1", 0, 100_000)


@pytest.fixture
def signal(tmp_path, make_bigwig):
    """Makes a prepared signal track from values."""

    def make(values, number, label, **fields):
        path = make_bigwig(values, f"signal{number}.bw", length=100_000)
        made = prepare(path, path.name, tmp_path / f"prepared{number}").path
        return Track(number, label, "signal", "bigwig", made, **fields)

    return make


@pytest.fixture
def knocked(signal, peaky):
    """CTCF in a control and where it is knocked down to a twentieth, and H3K27ac of the control."""
    return Scene(
        WINDOW,
        (
            signal(peaky, 1, "HeLa control CTCF"),
            signal(peaky / 20, 2, "HeLa siCTCF CTCF"),
            signal(peaky * 7, 3, "HeLa control H3K27ac"),
        ),
    )


def named(*labels, **fields):
    return tuple(
        Track(number, label, "signal", "bigwig", Path(f"{number}.bw"), **fields)
        for number, label in enumerate(labels, 1)
    )


def tops(scene, tmp_path):
    return [box.vmax for box in draw_scene(scene, tmp_path / "a.png").layout.tracks]


def written(scene):
    look = choose_look("ucsc", 100, None)
    plan_ = Page.side_by_side([plan_scene(scene, look).panel()], look)
    return [text.get_text() for text in plan_.figure.texts]


def test_a_knock_down_looks_knocked_down_unless_each_row_has_its_own_scale(knocked, tmp_path):
    one, two, three = tops(knocked, tmp_path)
    assert 40.2 == pytest.approx(one) == pytest.approx(two)
    assert 281 == pytest.approx(three, abs=1)
    own = replace(knocked, scale="own")
    assert [40.2, 2.01, 281.4] == pytest.approx(tops(own, tmp_path))
    shared, alone = (draw_scene(scene, tmp_path / "a.png").evidence.signal(2) for scene in (knocked, own))
    assert 0.05 == pytest.approx(shared.strongest.height, abs=0.01)
    assert 1.0 == pytest.approx(alone.strongest.height, abs=0.01)
    assert [peak.summit for peak in shared.salient] == [peak.summit for peak in alone.salient]  # and none is denied


def test_a_row_says_that_it_shares_a_scale_and_prints_its_own_maximum_where_the_axis_does_not(knocked):
    said = written(knocked)
    assert (2, 2, 1) == tuple(said.count(text) for text in ("shared scale", "40.2", "max 2.01"))
    assert 1 == sum(text.startswith("max") for text in said)
    said = written(replace(knocked, scale="own"))
    assert not [text for text in said if "scale" in text or text.startswith(("max", "min"))]


def test_signals_share_a_scale_if_assay_unit_and_source_are_one():
    alike = named("liver H3K27ac", "lung H3K27ac ChIP-seq", "lung Input", "brain H3K4me3", "peaks of liver")
    shared = {number: unit for number, unit in units(Scene(WINDOW, alike)).items() if unit[0] == "shared"}
    assert {1, 2} == set(shared)
    assert shared[1] == shared[2]
    for other in (
        replace(alike[1], label="lung H3K27ac CPM"),
        replace(alike[1], source="another laboratory"),
        replace(alike[1], assay="H3K9ac"),
        replace(alike[1], combine="log2ratio", more=(Path("input.bw"),)),
    ):
        assert {"track"} == {unit[0] for unit in units(Scene(WINDOW, (alike[0], other))).values()}


def test_a_group_shares_its_scale_whatever_else_is_asked():
    grouped = tuple(replace(track, group="g") for track in named("a", "liver RNA-seq"))
    for scale in ("together", "job", "own", "file"):
        assert {("group", "g")} == set(units(Scene(WINDOW, grouped, scale=scale)).values())


def test_strands_of_samples_share_one_scale_and_stay_pairs():
    tracks = named("liver PRO-seq (+)", "liver PRO-seq (-)", "lung PRO-seq (+)", "lung PRO-seq (-)")
    assert 1 == len(set(units(Scene(WINDOW, tracks)).values()))
    assert ["pair", "pair"] == [unit[0] for unit in units(Scene(WINDOW, tracks[:2])).values()]
    assert {("pair", 1), ("pair", 3)} == set(units(Scene(WINDOW, tracks, scale="own")).values())


def test_a_row_goes_up_to_what_its_file_holds_elsewhere(tmp_path, make_bigwig):
    values = np.random.default_rng(0).gamma(2, 0.2, 20_000)
    values[10_000:10_400] += 100
    path = make_bigwig(values)
    track = Track(1, "K562 CTCF", "signal", "bigwig", prepare(path, path.name, tmp_path / "1").path)
    low = Scene(Region("chr1", 0, 100_000), (track,), scale="file")
    drawn = draw_scene(low, tmp_path / "a.png")
    assert 100 == pytest.approx(drawn.layout.box(1).vmax, abs=2)
    said = written(low)
    assert "file's scale" in said
    assert any(text.startswith("max ") for text in said)
    assert not any("99.9" in text for text in said)
    high = written(replace(low, scale="own"))
    assert any(text.startswith("file's 99.9 %: 10") for text in high)


def test_marks_without_room_at_the_range_stand_below_the_label(knocked):
    low = replace(knocked, tracks=tuple(replace(one, look=Look(height=26)) for one in knocked.tracks))
    said = written(low)
    assert "max 2.01" in said
    assert said.index("max 2.01") == said.index("shared scale", said.index("shared scale") + 1) + 1


def test_a_job_scales_what_is_alike_over_all_its_figures(knocked, tmp_path):
    places = [Region("chr1", 0, 50_000), Region("chr1", 50_000, 100_000)]
    loci = [replace(knocked, region=place, scale="job") for place in places]
    limits = job_limits(loci)
    assert ["shared ctcf"] == list(limits)
    for scene in loci:
        assert [40.2, 40.2] == pytest.approx(tops(replace(scene, limits=limits), tmp_path)[:2])
