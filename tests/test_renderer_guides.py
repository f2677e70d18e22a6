"""Lines from the coordinates down through all rows: seen by people, and taken out of what a model reads."""

from dataclasses import replace

import numpy as np
from PIL import Image

from renderer.figure.backdrop import GUIDE
from renderer.figure.draw import draw_scene
from renderer.figure.page import HEADING_END, HEADING_LINE
from renderer.prepare.upload import prepare
from renderer.values.layout import untint
from renderer.values.region import Region
from renderer.values.track import Look, Scene, Track


def test_guide_lines_stand_at_the_coordinates_and_a_model_does_not_see_them(make_bigwig, tmp_path):
    values = np.zeros(1000)
    values[340:350] = 5.0
    path = make_bigwig(values)
    scene = Scene(
        Region("chr1", 0, 100_000), (Track(1, "a", "signal", "bigwig", prepare(path, "a.bw", tmp_path / "p").path),)
    )
    plain = draw_scene(scene, tmp_path / "plain.png")
    lined = draw_scene(scene, tmp_path / "lined.png", guides=True)
    assert ((), plain.layout.tracks) == (plain.layout.highlights, lined.layout.tracks)
    box = lined.layout.box(1)
    at = [line.x0 for line in lined.layout.highlights]
    assert {1} == {line.x1 - line.x0 for line in lined.layout.highlights}
    assert {0} == {round(lined.layout.to_position(x, box)) % 10_000 // 200 for x in at}  # a pixel is 100 bp
    with Image.open(tmp_path / "plain.png") as one, Image.open(tmp_path / "lined.png") as other:
        without, seen = (np.asarray(picture.convert("RGB")) for picture in (one, other))
    paper = tuple(int(GUIDE[i : i + 2], 16) for i in (1, 3, 5))
    assert all(paper == tuple(seen[box.y0 + 5, x]) for x in at)
    strip = np.s_[box.y0 : box.y1, box.x0 : box.x1]
    np.testing.assert_array_equal(without[strip], untint(seen[strip], box.x0, lined.layout.highlights))


def test_headings_lines_at_values_and_intervals_over_all_rows_are_drawn_and_a_model_sees_none(make_bigwig, tmp_path):
    values = np.zeros(1000)
    values[340:350] = 5.0
    path = prepare(make_bigwig(values), "a.bw", tmp_path / "p").path
    (tmp_path / "cuts.bed").write_text("chr1\t20000\t20001\nchr1\t60000\t70000\n", encoding="utf-8")
    (tmp_path / "wide.bed").write_text("chr1\t80000\t90000\tloss\n", encoding="utf-8")
    cuts, wide = (prepare(tmp_path / name, name, tmp_path / f"p_{name}").path for name in ("cuts.bed", "wide.bed"))
    region = Region("chr1", 0, 100_000)
    plain = Scene(region, tuple(Track(number, f"a{number}", "signal", "bigwig", path) for number in (1, 2, 3, 6)))
    looks = (Look(heading="liver", lines=(2.5, 90.0)), Look(heading="liver"), Look(heading="lung"), Look())
    across = (
        Track(4, "cuts", "intervals", "bed", cuts, look=Look(across="lines")),
        Track(5, "wide", "intervals", "bed", wide, look=Look(across="tint")),
    )
    tracks = tuple(replace(track, look=look) for track, look in zip(plain.tracks, looks, strict=True))
    bare = draw_scene(plain, tmp_path / "bare.png")
    drawn = draw_scene(replace(plain, tracks=tracks, across=across), tmp_path / "drawn.png")
    assert (
        2 * HEADING_LINE + HEADING_END == drawn.layout.height - bare.layout.height - 13
    )  # and a line for the name of the tint
    assert ["a1: the line at 90 lies outside its range."] == list(drawn.warnings)
    box, before = drawn.layout.box(1), bare.layout.box(1)
    level = next(one for one in drawn.layout.highlights if one.y0 is not None)
    assert (box.x0, box.x1, (box.y0 + box.y1) // 2) == (level.x0, level.x1, level.y0)
    places = [round(drawn.layout.to_position(one.x0, box), -3) for one in drawn.layout.highlights if one.y0 is None]
    assert [80_000, 20_000, 60_000, 70_000] == places
    with Image.open(tmp_path / "bare.png") as one, Image.open(tmp_path / "drawn.png") as other:
        without, seen = (np.asarray(picture.convert("RGB")) for picture in (one, other))
    strip, bare_strip = np.s_[box.y0 : box.y1, box.x0 : box.x1], np.s_[before.y0 : before.y1, before.x0 : before.x1]
    assert (without[bare_strip] != seen[strip]).any()
    clean = untint(seen[strip], box.x0, drawn.layout.highlights, box.y0)
    np.testing.assert_array_equal(without[bare_strip] == 255, clean == 255)  # no line is left, and no ink is gone


def test_too_many_intervals_over_all_rows_are_said_not_drawn(make_bigwig, tmp_path):
    path = prepare(make_bigwig(np.ones(1000)), "a.bw", tmp_path / "p").path
    (tmp_path / "cuts.bed").write_text("".join(f"chr1\t{100 * n}\t{100 * n + 1}\n" for n in range(201)), "utf-8")
    cuts = prepare(tmp_path / "cuts.bed", "cuts.bed", tmp_path / "c").path
    scene = Scene(
        Region("chr1", 0, 100_000),
        (Track(1, "a", "signal", "bigwig", path),),
        across=(Track(2, "cuts", "intervals", "bed", cuts, look=Look(across="lines")),),
    )
    drawn = draw_scene(scene, tmp_path / "a.png")
    assert (("cuts: 201 intervals over all rows are too many, so none is drawn.",), ()) == (
        drawn.warnings,
        drawn.layout.highlights,
    )
