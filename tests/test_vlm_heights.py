"""Heights traced in a picture are those that were drawn, in every look; what they show is what the files show."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from renderer.figure.draw import draw_scene
from renderer.figure.page import Page
from renderer.figure.rows.kinds import signal_row
from renderer.figure.scales import Scale
from renderer.figure.style import THEMES
from renderer.prepare.upload import prepare
from renderer.values.region import Region
from renderer.values.track import Highlight, Scene, Track
from vlm.reader.ink.heights import trace_heights
from vlm.reader.ink.picture import cut
from vlm.reader.ink.signals import measure_ink, say

REGION = Region("chr1", 200_000, 300_000)
COLUMNS = 1_000


def columns_of(seed: int, sides: str) -> np.ndarray:
    """Noise, a few summits and a raised stretch; on one side of 0 or on both."""
    rng = np.random.default_rng(seed)
    values = rng.gamma(0.7, 0.4, COLUMNS)
    values[rng.integers(0, COLUMNS, 6)] += rng.uniform(2, 30, 6)
    start = int(rng.integers(0, 700))
    values[start : start + 250] += rng.uniform(0.5, 6)
    return {"up": values, "down": -values, "both": values * np.where(np.sin(np.arange(COLUMNS) / 60) > 0, 1, -1)}[sides]


def means(values: np.ndarray, parts: int) -> np.ndarray:
    """The means of equal parts, whole columns or not."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    edges = np.linspace(0, len(values), parts + 1)
    return np.diff(np.interp(edges, np.arange(len(values) + 1), sums)) / np.diff(edges)


@settings(max_examples=15)
@given(
    seed=st.integers(0, 10_000),
    sides=st.sampled_from(["up", "down", "both"]),
    look=st.tuples(st.sampled_from(sorted(THEMES)), st.integers(600, 2_400), st.integers(72, 300), st.booleans()),
    log=st.booleans(),
    cut_at=st.sampled_from([1.0, 0.4, 2.5]),
    color=st.sampled_from(["#33475b", "#d95f02", "#7fb2d9", "#000000"]),
)
def test_heights_are_those_that_were_drawn(tmp_path, seed, sides, look, log, cut_at, color):
    theme, width, dpi, guides = look
    values = columns_of(seed, sides)
    top = cut_at * float(np.abs(values).max())
    scale = Scale(0.0 if sides == "up" else -top, 0.0 if sides == "down" else top, log)
    drawn = np.clip(scale.drawn(values), *scale.limits)
    row = signal_row(1, "a signal", scale.drawn(values), REGION, scale.limits, color, THEMES[theme])
    row = replace(row, value_range=(scale.vmin, scale.vmax), log=log)
    marked = [Highlight(220_000, 240_000), Highlight(270_000, 275_000, color="#3366cc")]
    style = replace(THEMES[theme], width=width, guides=guides)
    page = Page([row], REGION, "title", style, highlights=marked, dpi=dpi)
    page.save(tmp_path / "figure.png")
    with Image.open(tmp_path / "figure.png") as image:
        heights = trace_heights(cut(image, page.layout, 1))
    assert heights is not None
    box = page.layout.box(1)
    traced = np.array([box.share(value) for value in heights.values.tolist()])
    low, high = scale.limits
    expected = (means(drawn, len(traced)) - low) / (high - low)
    least = 0.95 if dpi >= 100 else 0.93  # below that a row is some twenty pixels high, and a pixel 5 % of it
    assert least <= np.mean(np.abs(traced - expected) <= 0.05)
    over = np.flatnonzero(heights.clipped)
    assert all(np.abs(traced - expected)[over] <= 0.1)


@pytest.fixture
def scene(tmp_path, make_bigwig):
    """Two windows of one file: a peak and a raised stretch in the one, in the other only what is usual in the file."""
    values = np.random.default_rng(0).gamma(2, 0.2, 30_000)
    values[2_300:2_306] += 40
    values[2_500:2_800] += 12
    values[20_000:20_300] += 30
    path = make_bigwig(values)
    track = Track(1, "K562 H3K27ac", "signal", "bigwig", prepare(path, path.name, tmp_path / "1").path, "H3K27ac")
    return Scene(REGION, (track,))


def seen(scene, folder):
    drawn = draw_scene(scene, folder / "figure.png")
    with Image.open(folder / "figure.png") as image:
        found = measure_ink(cut(image, drawn.layout, 1), scene.tracks[0], scene.region)
    assert found is not None
    return drawn.evidence.signal(1), found.evidence


def test_what_the_picture_shows_is_what_the_file_shows(scene, tmp_path):
    measured, found = seen(scene, tmp_path)
    strongest = found.strongest
    assert strongest.summit == pytest.approx(measured.strongest.summit, abs=200)
    assert strongest.value == pytest.approx(measured.strongest.value, abs=0.05 * measured.vmax)
    (domain,), (wanted,) = ([one for one in each.domains if one.salient] for each in (found, measured))
    assert (wanted.start, wanted.end) == pytest.approx((domain.start, domain.end), abs=300)
    assert {"peak", "strongest_peak", "broad_domain"} <= {claim.kind for claim in say(found, 1, scene.region)}


def test_what_is_usual_in_its_file_is_not_a_peak_in_a_picture_that_it_fills(scene, tmp_path):
    """The axis ends at the highest noise there; what is marked of the file tells that it is low."""
    measured, found = seen(scene.with_region(Region("chr1", 1_000_000, 1_100_000)), tmp_path)
    assert measured.state == found.state == "flat"
    assert ["flat"] == [claim.kind for claim in say(found, 1, scene.region)]


def test_a_row_without_a_signal_has_no_heights(scene, tmp_path):
    drawn = draw_scene(scene, tmp_path / "figure.png")
    blank = Image.new("RGB", (drawn.layout.width, drawn.layout.height), "white")
    assert trace_heights(cut(blank, drawn.layout, 1)) is None
