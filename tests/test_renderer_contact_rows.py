"""What is painted of contact maps and bedGraph matrices, looked up in the pixels of the figure."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from renderer.figure.draw import draw_scene
from renderer.figure.panels import draw_panels
from renderer.figure.rows.contacts import MASKED, color_levels, contact_row, robust_top
from renderer.figure.style import UCSC
from renderer.formats.sniff import sniff
from renderer.prepare.contacts import prepare_matrix
from renderer.tracklists.scene import load_scene, read_scenes
from renderer.values.errors import FormatError
from renderer.values.layout import TrackBox, untint
from renderer.values.prepared import Prepared
from renderer.values.region import Region
from renderer.values.track import Highlight, Look, Scene, Track
from renderer.window.contacts import ContactMap
from renderer.window.matrices import ScoreMatrix, read_matrix

WINDOW = Region("chr1", 1_000_000, 2_000_000)
BINS = 50


def one_spot(first: int, second: int) -> ContactMap:
    """A map with contacts between two bins, next to none between the others, and bin 45 masked."""
    counts = np.full((BINS, BINS), 0.001)
    counts[first, second] = counts[second, first] = 1
    counts[45] = counts[:, 45] = np.nan
    edges = np.linspace(WINDOW.start, WINDOW.end, BINS + 1).astype(np.int64)
    return ContactMap(edges, counts, True, WINDOW.span // BINS)


@pytest.fixture
def painted(tmp_path, monkeypatch):
    """Draws a map as the one track of a figure; gives the pixels of its box, rows from the top, and the box."""

    def paint(map: ContactMap | None, **look: object) -> tuple[np.ndarray, TrackBox]:
        monkeypatch.setattr("renderer.figure.rows.contacts.read_contacts", lambda path, format, region, most: map)
        track = Track(1, "Hi-C", "contacts", "cool", Path("none"), look=Look(vmax=1.0, **look))
        drawn = draw_scene(Scene(WINDOW, (track,)), tmp_path / "figure.png")
        box = drawn.layout.box(1)
        with Image.open(tmp_path / "figure.png") as image:
            return np.asarray(image.convert("RGB"))[box.y0 : box.y1, box.x0 : box.x1].astype(int), box

    return paint


def dark_middle(pixels: np.ndarray) -> tuple[float, float]:
    """Mean x and y (from the top) of the darkest pixels."""
    ink = pixels.sum(axis=2)
    ink[:, :2] = 765  # the line of the scale
    y, x = np.nonzero(ink <= ink.min() + 20)
    return float(x.mean()), float(y.mean())


@pytest.mark.parametrize(("first", "second"), [(10, 10), (10, 20), (24, 25), (5, 23), (30, 40)])
def test_a_triangle_shows_contacts_above_the_middle_of_their_bins(first, second, painted):
    pixels, box = painted(one_spot(first, second))
    cell = (box.x1 - box.x0) / BINS
    x, y = dark_middle(pixels)
    assert (first + second + 1) / 2 * cell == pytest.approx(x, abs=1.5)
    height = max((second - first) / 2 * cell, cell / 6)  # the lower half of a cell on the diagonal is cut off
    assert height == pytest.approx(box.y1 - box.y0 - y, abs=2)


def test_a_triangle_leaves_its_corners_blank_and_masked_bins_light(painted):
    pixels, box = painted(one_spot(10, 20))
    assert (255 == pixels[:80, 2:80]).all()
    assert (255 == pixels[:80, -80:]).all()
    cell = (box.x1 - box.x0) / BINS
    assert MASKED == pytest.approx(tuple(pixels[-2, int(45.5 * cell)]), abs=1)


def test_a_highlight_shows_through_and_can_be_taken_out_again(tmp_path, monkeypatch):
    map = one_spot(10, 20)
    map.counts[:] = np.random.default_rng(0).uniform(0, 1, map.counts.shape)
    monkeypatch.setattr("renderer.figure.rows.contacts.read_contacts", lambda path, format, region, most: map)
    scene = Scene(WINDOW, (Track(1, "Hi-C", "contacts", "cool", Path("none")),))
    marked = replace(scene, highlights=(Highlight(1_400_000, 1_600_000),))
    ink = []
    for name, one in (("plain", scene), ("marked", marked)):
        layout = draw_scene(one, tmp_path / f"{name}.png").layout
        box = layout.box(1)
        with Image.open(tmp_path / f"{name}.png") as image:
            pixels = np.asarray(image.convert("RGB"))[box.y0 : box.y1, box.x0 : box.x1]
        ink.append(untint(pixels, box.x0, layout.highlights).min(axis=2).astype(int))
        assert (name == "marked") == bool(layout.highlights)
    assert np.abs(ink[0] - ink[1]).max() <= 4


def test_a_taller_triangle_reaches_farther(painted):
    far = one_spot(2, 48)
    assert painted(far, height=150)[0][:, 2:].min() > 200
    pixels, box = painted(far, height=500)
    assert (51 / 100 * (box.x1 - box.x0)) == pytest.approx(dark_middle(pixels)[0], abs=1.5)


def test_a_square_shows_contacts_on_both_sides_of_the_diagonal(painted):
    pixels, box = painted(one_spot(10, 30), shape="square", height=400)
    ink = pixels[:, 2:].sum(axis=2) < 300
    across, down = (box.x1 - box.x0) / BINS, (box.y1 - box.y0) / BINS
    for first, second in ((10, 30), (30, 10)):
        cell = ink[
            round(first * down) + 1 : round((first + 1) * down) - 1,
            round(second * across) - 1 : round((second + 1) * across) - 3,
        ]
        assert cell.all()
    assert 2 * across * down == pytest.approx(ink.sum(), rel=0.1)


def test_bins_of_unequal_length_are_painted_at_their_edges(painted):
    edges = np.array([1_000_000, 1_100_000, 1_700_000, 2_000_000])
    counts = np.array([[0.01, 0.01, 0.01], [0.01, 1.0, 0.01], [0.01, 0.01, 0.01]])
    pixels, box = painted(ContactMap(edges, counts, False, 300_000))
    dark = 2 + np.flatnonzero(pixels[-1, 2:].sum(axis=1) < 300)
    width = box.x1 - box.x0
    assert [0.1 * width, 0.7 * width] == pytest.approx([dark[0], dark[-1] + 1], abs=3)


def test_a_map_that_is_not_there_says_why(painted):
    row = contact_row(1, "Hi-C", None, WINDOW, UCSC)
    assert "this contact map does not reach here" == row.message
    empty = replace(one_spot(1, 2), counts=np.full((BINS, BINS), np.nan))
    assert "no contacts in this window" == contact_row(1, "Hi-C", empty, WINDOW, UCSC).message


def test_the_remark_says_what_the_colours_mean():
    assert "20 kb bins, balanced, log" == contact_row(1, "Hi-C", one_spot(1, 2), WINDOW, UCSC).detail


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_the_same_map_gives_the_same_bytes_in_every_format(ending, tmp_path, monkeypatch):
    monkeypatch.setattr(
        "renderer.figure.rows.contacts.read_contacts", lambda path, format, region, most: one_spot(10, 20)
    )
    scene = Scene(WINDOW, (Track(1, "Hi-C", "contacts", "cool", Path("none")),))
    files = [tmp_path / f"{number}.{ending}" for number in (1, 2)]
    for file in files:
        draw_scene(scene, file)
    assert files[0].read_bytes() == files[1].read_bytes()


@given(st.lists(st.floats(0, 1e9), min_size=2, max_size=30), st.booleans())
def test_more_contacts_are_never_lighter(values, log):
    levels = color_levels(np.sort(values)[None, :], 0.0, max(values), log)
    assert (np.diff(levels[0].astype(int)) >= 0).all()
    assert {2, 255} >= {int(levels[0, 0]), int(levels[0, -1])} or max(values) > 0


def test_the_darkest_colour_is_no_single_pixel():
    counts = np.random.default_rng(0).uniform(0, 10, (BINS, BINS))
    counts[3, 9] = counts[9, 3] = 1e6
    np.fill_diagonal(counts, 1e5)
    assert 9 < robust_top(counts) < 10


SCORES = "chr1\t{}\t{}\t{}\t{}\n"


def make_matrix(folder: Path, text: str) -> Path:
    path = folder / "scores.bm"
    path.write_text(text, encoding="utf-8")
    return path


def prepared(path: Path) -> Prepared:
    folder = path.parent / "prepared"
    folder.mkdir(exist_ok=True)
    return prepare_matrix(path, path.name, folder, sniff(path, path.name), lambda share: None)


def test_a_matrix_is_read_by_window_with_its_gaps(tmp_path):
    lines = [
        SCORES.format(at, at + 1000, at / 1000, "nan" if at == 3000 else -at / 1000) for at in range(0, 9000, 1000)
    ]
    one = prepared(make_matrix(tmp_path, "".join(lines)))
    assert ("matrix", "matrix") == (one.kind, one.format)
    found = read_matrix(one.path, Region("1", 2500, 4500))
    assert [2000, 3000, 4000] == found.starts.tolist()
    np.testing.assert_array_equal([[2, -2], [3, np.nan], [4, -4]], found.scores)
    np.testing.assert_array_equal([0, 3, 0], found.mean())
    assert 0 == len(read_matrix(one.path, Region("chr9", 0, 10)).scores)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (SCORES.format(1000, 2000, 1, "high"), r"scores.bm, line 2: the scores are '1 high'"),
        (SCORES.format(1000, 2000, 1, "inf"), r"scores.bm, line 2: the scores are '1 inf'"),
        ("chr1\t1000\t2000\t1\n", r"scores.bm, line 2: there are 4 columns. The lines before have 5"),
        (SCORES.format(2000, 1000, 1, 2), r"scores.bm, line 2: the interval is 2000-1000"),
    ],
)
def test_a_bad_line_of_a_matrix_is_named(line, found, tmp_path):
    good = make_matrix(tmp_path, SCORES.format(0, 1000, 1, 2))
    form = sniff(good, good.name)
    path = make_matrix(tmp_path, SCORES.format(0, 1000, 1, 2) + line)
    with pytest.raises(FormatError, match=found):
        prepare_matrix(path, path.name, tmp_path, form, lambda share: None)


def test_a_matrix_is_drawn_with_its_mean_darkest(tmp_path):
    lines = [SCORES.format(at, at + 10_000, 1.0, -1.0) for at in range(1_000_000, 2_000_000, 10_000)]
    one = prepared(make_matrix(tmp_path, "".join(lines)))
    track = Track(1, "scores", one.kind, one.format, one.path, look=Look(vmin=-2, vmax=2))
    drawn = draw_scene(Scene(WINDOW, (track,)), tmp_path / "figure.png")
    box = drawn.layout.box(1)
    assert {} == drawn.evidence.tracks
    assert (-2, 2) == (box.vmin, box.vmax)
    with Image.open(tmp_path / "figure.png") as image:
        column = np.asarray(image.convert("L"))[box.y0 : box.y1, (box.x0 + box.x1) // 2].astype(int)
    height = box.y1 - box.y0
    assert 0.5 == pytest.approx(column.argmin() / height, abs=0.03)
    assert all(column[round(share * height) - 2 : round(share * height) + 3].min() < 240 for share in (0.25, 0.75))


@given(st.integers(1, 400), st.integers(1, 50))
def test_joined_places_keep_the_mean_and_the_order(n, most):
    region = Region("chr1", 0, n * 10)
    starts = np.arange(n, dtype=float) * 10
    matrix = ScoreMatrix(starts, starts + 10, np.full((n, 2), 3.0))
    joined = matrix.binned(region, most)
    assert len(joined.starts) <= max(most, 1) or n <= most
    assert (joined.scores == 3.0).all()
    assert (np.diff(joined.starts) > 0).all()


def test_a_scene_may_name_one_resolution_of_its_map(scenes, tmp_path):
    entry = read_scenes(scenes)["fly_hic_02"]
    entry = entry | {"tracks": [track for track in entry["tracks"] if track["type"] == "hic_matrix"]}
    assert entry["tracks"][0]["file"].endswith(".mcool::/4")
    scene = load_scene(entry, scenes.parent, tmp_path)
    drawn = draw_scene(
        replace(scene, region=replace(scene.region, end=scene.region.start + 18_000_000)), tmp_path / "a.png"
    )
    assert ("contacts", 80_000) == (scene.tracks[0].kind, drawn.evidence.tracks[1].resolution)
    assert 40_000 == draw_scene(scene, tmp_path / "b.png").evidence.tracks[1].resolution


def test_a_narrow_figure_has_fewer_bins(scenes, tmp_path):
    scene = load_scene(read_scenes(scenes)["fly_hic_01"], scenes.parent, tmp_path)
    scene = replace(scene, tracks=scene.tracks[:1])
    wide, narrow = (draw_scene(scene, tmp_path / f"{width}.png", width=width) for width in (1200, 600))
    assert 2 * wide.evidence.tracks[1].resolution < narrow.evidence.tracks[1].resolution


def test_maps_side_by_side_each_say_their_bins_and_darkest_colour(scenes, tmp_path):
    scene = load_scene(read_scenes(scenes)["fly_hic_01"], scenes.parent, tmp_path)
    left = replace(scene, tracks=scene.tracks[:1])
    right = replace(left, region=replace(left.region, end=left.region.start + 60_000))
    draw_panels([left, right], tmp_path / "figure.svg")
    text = (tmp_path / "figure.svg").read_text(encoding="utf-8")
    assert 2 == text.count("darkest: ")
