"""Lines from the coordinates down through all rows: seen by people, and taken out of what a model reads."""

import numpy as np
from PIL import Image

from renderer.figure.draw import draw_scene
from renderer.figure.page import GUIDE
from renderer.prepare.upload import prepare
from renderer.values.layout import untint
from renderer.values.region import Region
from renderer.values.track import Scene, Track


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
