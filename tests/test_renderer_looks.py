"""Claims on pixels and geometry of drawn figures."""

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from renderer.figure.draw import choose_look, draw_scene, plan_scene
from renderer.figure.page import Page
from renderer.figure.panels import draw_panels, job_limits
from renderer.figure.scales import Scale, Signal, combine, mirrored
from renderer.figure.sheet import Sheet
from renderer.figure.style import THEMES, parse_color, tint
from renderer.prepare.upload import prepare
from renderer.tracklists.scene import load_scene, read_scenes
from renderer.values.errors import TrackError
from renderer.values.layout import untint
from renderer.values.region import Region
from renderer.values.track import Highlight, Look, Scene, Track
from renderer.window.signal import Steps
from vlm.reader.strips import cut_strip

WINDOW = Region("chr1", 0, 100_000, "ALPHA and BETA")
LOOKED_AT = ("coolbox_k562_01", "ctcf_gm12878_01", "fly_hic_01", "hoxd_mm10_02", "repliseq_01")
"""Scenes of every kind of track, sparse and crowded."""


@pytest.fixture
def signal(tmp_path, make_bigwig):
    """Makes a prepared signal track from values."""

    def make(values, number=1, label=None, **fields):
        path = make_bigwig(values, f"signal{number}.bw", length=100_000)
        return Track(
            number,
            label or f"signal {number}",
            "signal",
            "bigwig",
            prepare(path, path.name, tmp_path / f"prepared{number}").path,
            **fields,
        )

    return make


@pytest.fixture
def genes(tmp_path, gtf):
    """The two genes, as a prepared track."""
    return Track(9, "genes", "genes", "gtf", prepare(gtf, gtf.name, tmp_path / "genes").path)


@pytest.fixture
def bands(tmp_path):
    """A chromosome of 200 kb: a dark arm, a centromere, a light arm."""
    path = tmp_path / "cytoBand.txt"
    rows = ("0\t80000\tp11\tgpos75", "80000\t90000\tp10\tacen", "90000\t100000\tq10\tacen", "100000\t200000\tq11\tgneg")
    path.write_text("".join(f"chr1\t{row}\n" for row in rows), encoding="utf-8")
    return prepare(path, path.name, tmp_path / "bands").path


def pixels(path):
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def part(picture, box):
    return picture[box.y0 : box.y1, box.x0 : box.x1]


def text_boxes(page):
    """Text and extent in pixels of everything written on a page, gene names too."""
    canvas = FigureCanvasAgg(page.figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    texts = [*page.figure.texts, *(text for ax in page.figure.axes for text in ax.texts)]
    return [(t.get_text(), t.get_window_extent(renderer)) for t in texts if t.get_text()]


def page_of(scene, theme="ucsc", width=None):
    look = choose_look(theme, 100, width)
    return Page.side_by_side([plan_scene(scene, look).panel()], look)


def assert_legible(page):
    """No two texts overlap, and none leaves the page."""
    found = text_boxes(page)
    layout = page.layout
    for text, box in found:
        assert box.x0 >= -1 and box.x1 <= layout.width + 1, text
        assert box.y0 >= -1 and box.y1 <= layout.height + 1, text
    for (one, a), (other, b) in combinations(found, 2):
        across = min(a.x1, b.x1) - max(a.x0, b.x0)
        down = min(a.y1, b.y1) - max(a.y0, b.y0)
        assert across <= 1 or down <= 4, f"'{one}' lies on '{other}'"  # an extent holds room for descenders


def test_no_text_of_the_shared_scenes_overlaps_or_leaves_the_page(scenes, tmp_path):
    entries = read_scenes(scenes)
    for name in LOOKED_AT:
        scene = load_scene(entries[name], scenes.parent, tmp_path)
        for theme in THEMES:
            assert_legible(page_of(scene, theme))


@pytest.mark.parametrize("width", [600, 1200])
def test_long_labels_are_wrapped_and_never_cut(signal, genes, peaky, width):
    label = "H3K27ac ChIP-seq of primary hepatocytes from donor 17, replicate 2, downsampled to 20 million reads " * 2
    scene = Scene(replace(WINDOW, label=label), (signal(peaky, 1, label), replace(genes, label="x" * 150)), "hg19")
    page = page_of(scene, width=width)
    assert_legible(page)
    written = "".join(text for text, _ in text_boxes(page)).replace(" ", "")
    assert 2 == written.count(label.replace(" ", ""))
    assert "x" * 150 in written


def test_mirrored_strands_touch_at_zero_and_share_one_scale(signal, peaky, tmp_path):
    plus = signal(peaky, 1, "K562 PRO-seq (+)", strand="+", assay="PRO-seq")
    minus = signal(peaky[::-1] / 4, 2, "K562 PRO-seq (-)", strand="-", assay="PRO-seq")
    drawn = draw_scene(Scene(WINDOW, (plus, minus)), tmp_path / "a.png")
    upper, lower = drawn.layout.box(1), drawn.layout.box(2)
    assert upper.y1 == lower.y0
    assert upper.y1 - upper.y0 == lower.y1 - lower.y0
    assert (0.0, upper.vmax) == (upper.vmin, -lower.vmin)
    assert (40.2, 0.0) == (pytest.approx(upper.vmax), lower.vmax)
    assert 20_000 == pytest.approx(drawn.evidence.signal(1).strongest.summit, abs=100)
    ink = (part(pixels(tmp_path / "a.png"), lower).min(axis=2) < 200)[:, 2:]
    assert ink[:5].sum() > ink[-5:].sum()  # it hangs


def test_a_minus_file_is_drawn_downwards_whichever_sign_it_has(signal, peaky, tmp_path):
    drawn = {}
    for number, sign in ((1, 1), (2, -1)):
        track = replace(signal(sign * peaky, number, "minus", strand="-"), number=1)
        drawn[sign] = draw_scene(Scene(WINDOW, (track,)), tmp_path / f"{number}.png")
    assert (tmp_path / "1.png").read_bytes() == (tmp_path / "2.png").read_bytes()
    assert drawn[1] == drawn[-1]
    assert drawn[1].layout.box(1).vmin < 0 == drawn[1].layout.box(1).vmax
    assert 20_000 == pytest.approx(drawn[1].evidence.signal(1).strongest.summit, abs=100)


def test_only_strands_of_one_sample_are_mirrored(signal, peaky):
    plus, minus = signal(peaky, 1, "A (+)", strand="+", sample="A"), signal(peaky, 2, "A (-)", strand="-", sample="A")
    assert {2: 1} == mirrored((plus, minus))
    assert {} == mirrored((minus, plus))
    assert {} == mirrored((plus, replace(minus, sample="B")))
    assert {} == mirrored((plus, replace(minus, label="B (-)")))
    assert {} == mirrored((plus, replace(minus, note="broken")))


def test_files_of_one_track_are_joined_as_it_says():
    first, second, gap = np.array([3.0, 7.0, np.nan, 2.0]), np.array([1.0, 3.0, np.nan, np.nan]), [np.nan]
    np.testing.assert_array_equal([2, 5, *gap, 2], combine([first, second], "mean"))
    np.testing.assert_array_equal([2, 4, *gap, 2], combine([first, second], "subtract"))
    np.testing.assert_array_equal([2, 2, *gap, 3], combine([first, second], "ratio"))
    np.testing.assert_allclose([1, 1, np.nan, np.log2(3)], combine([first, second], "log2ratio"))
    np.testing.assert_array_equal([1, 3, *gap, 2], combine([first, second, second + 2], "subtract"))


def test_overlaid_replicates_are_measured_as_their_mean_and_say_so(signal, peaky, tmp_path):
    one, two = signal(peaky, 1), signal(peaky * 3, 2)
    over = draw_scene(Scene(WINDOW, (replace(one, more=(two.path,), combine="overlay"),)), tmp_path / "a.png")
    mean = draw_scene(Scene(WINDOW, (replace(one, more=(two.path,), combine="mean"),)), tmp_path / "b.png")
    assert over.evidence.signal(1).maximum == mean.evidence.signal(1).maximum == pytest.approx(80.4)
    assert 120.6 == pytest.approx(over.layout.box(1).vmax)
    page = page_of(Scene(WINDOW, (replace(one, more=(two.path,), combine="overlay"),)))
    written = " ".join(text for text, _ in text_boxes(page))
    assert "2 files overlaid, measured as their mean" in written


def test_values_above_a_fixed_scale_are_marked_outside_the_box_and_noted(signal, peaky, tmp_path):
    fixed = replace(signal(peaky), look=Look(vmin=0, vmax=10))
    drawn = draw_scene(Scene(WINDOW, (fixed,)), tmp_path / "a.png")
    box = drawn.layout.box(1)
    assert (0, 10) == (box.vmin, box.vmax)
    assert ("signal 1: values above 10 are cut and marked (to 40.2)",) == drawn.warnings
    picture = pixels(tmp_path / "a.png").astype(int)
    marks = picture[box.y0 - 5 : box.y0, box.x0 : box.x1]
    marked = np.flatnonzero((marks[:, :, 0] - marks[:, :, 1] > 80).any(axis=0))
    assert {200, 798} == {round(np.mean(run)) for run in np.split(marked, np.flatnonzero(np.diff(marked) > 9) + 1)}
    free = draw_scene(Scene(WINDOW, (replace(fixed, look=Look(vmin=0, vmax=50)),)), tmp_path / "b.png")
    assert () == free.warnings


def test_an_empty_fixed_range_is_refused(signal, peaky, tmp_path):
    with pytest.raises(TrackError, match="'signal 1': its range from 5 to 5 is empty"):
        draw_scene(Scene(WINDOW, (replace(signal(peaky), look=Look(vmin=5, vmax=5)),)), tmp_path / "a.png")


def test_a_fixed_scale_of_one_strand_holds_for_both(signal, peaky, tmp_path):
    plus = signal(peaky, 1, "A (+)", strand="+", look=Look(vmax=10))
    minus = signal(peaky, 2, "A (-)", strand="-")
    drawn = draw_scene(Scene(WINDOW, (plus, minus)), tmp_path / "a.png")
    assert [(0, 10), (-10, 0)] == [(box.vmin, box.vmax) for box in drawn.layout.tracks]
    assert any("values below -10 are cut and marked (to -40.2)" in warning for warning in drawn.warnings)


def test_a_log_scale_is_measured_as_drawn_and_printed_in_file_units(signal, peaky, tmp_path):
    track = replace(signal(peaky), look=Look(log=True))
    drawn = draw_scene(Scene(WINDOW, (track,)), tmp_path / "a.png")
    found, box = drawn.evidence.signal(1), drawn.layout.box(1)
    assert 40.2 == pytest.approx(box.vmax) == pytest.approx(found.maximum) == pytest.approx(found.strongest.value)
    lower = next(peak for peak in found.peaks if peak.summit > 50_000)
    assert np.log2(1 + 20.2) / np.log2(1 + 40.2) == pytest.approx(lower.height, abs=0.01)
    assert 20.2 == pytest.approx(lower.value, abs=0.01)


def test_what_is_measured_does_not_hang_on_width_or_resolution(signal, tmp_path):
    spiky = np.random.default_rng(4).gamma(0.2, 1, 1000) ** 2
    scene = Scene(WINDOW, (signal(spiky),))
    looks = ({}, {"width": 600}, {"width": 2400}, {"dpi": 200}, {"theme": "washu"})
    found = [draw_scene(scene, tmp_path / f"{n}.png", **look).evidence for n, look in enumerate(looks)]
    assert found[0].signal(1).peaks
    assert [found[0]] * len(looks) == found


@given(st.floats(-1000, 1000), st.floats(0.1, 1000), st.booleans())
def test_a_scale_measures_values_in_file_units(low, span, log):
    columns = np.linspace(low, low + span, 300)
    signal = Signal(columns, (columns,), Steps.of_means(columns, WINDOW.start, WINDOW.span / 300))
    track = Track(1, "A", "signal", "bigwig", Path("a.bw"))
    found = Scale(low, low + span, log).measure(signal, WINDOW, track)
    assert (low if found.downwards else low + span) == pytest.approx(found.maximum)
    assert (low, low + span) == (pytest.approx(found.vmin), pytest.approx(found.vmax))
    assert all(low - 1e-6 <= peak.value <= low + span + 1e-6 for peak in found.peaks)


def test_a_job_gives_every_figure_of_a_group_one_scale(signal, peaky, tmp_path):
    tracks = (signal(peaky, 1, group="g"), signal(peaky / 10, 2, group="g"), signal(peaky * 9, 3))
    places = [Region("chr1", 0, 50_000), Region("chr1", 50_000, 100_000)]
    loci = [Scene(place, tracks) for place in places]
    limits = job_limits(loci)
    assert {"group g": (0.0, pytest.approx(40.2, abs=0.1))} == limits
    boxes = [draw_scene(replace(s, limits=limits), tmp_path / "a.png").layout.box(2) for s in loci]
    assert limits["group g"] == (boxes[0].vmin, boxes[0].vmax) == (boxes[1].vmin, boxes[1].vmax)


def test_a_highlight_is_behind_the_signal_and_leaves_its_strip_as_it_was(signal, genes, peaky, tmp_path):
    scene = Scene(WINDOW, (signal(peaky, assay="H3K27ac"), genes))
    plain = draw_scene(scene, tmp_path / "a.png")
    spans = (Highlight(15_000, 25_000), Highlight(70_000, 99_000, color="#0072b2"))
    lit = draw_scene(replace(scene, highlights=spans), tmp_path / "b.png")
    assert [(338, 438), (888, 1178)] == [(shade.x0, shade.x1) for shade in lit.layout.highlights]
    box = lit.layout.box(1)
    assert box == plain.layout.box(1)
    before, after = part(pixels(tmp_path / "a.png"), box), part(pixels(tmp_path / "b.png"), box)
    assert (after[5, 350 - box.x0] == lit.layout.highlights[0].rgb).all()
    clean = untint(after, box.x0, lit.layout.highlights)
    assert 16 >= np.abs(clean.min(axis=2).astype(int) - before.min(axis=2)).max()
    assert (clean[(before == 255).all(axis=2)] >= 254).all()
    strips = []
    for name, drawn in (("a.png", plain), ("b.png", lit)):
        with Image.open(tmp_path / name) as image:
            strips.append(cut_strip(image, drawn.layout, 1).astype(int))
    assert 16 >= np.abs(strips[0] - strips[1]).max()


@given(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255))
def test_a_tint_is_light_enough_to_read_on(red, green, blue):
    assert 214 <= round(255 * min(parse_color(tint(f"{red},{green},{blue}"))))


def test_names_of_neighbouring_highlights_do_not_overlap(signal, peaky):
    near = tuple(Highlight(s, s + 2000, f"a rather long name {s}") for s in range(0, 100_000, 9000))
    assert_legible(page_of(Scene(WINDOW, (signal(peaky),), highlights=near)))


def test_a_highlight_or_chromosome_that_cannot_be_shown_is_noted(signal, peaky, bands, tmp_path):
    scene = Scene(WINDOW, (signal(peaky),), highlights=(Highlight(100_000, 100_500, "next"),))
    drawn = draw_scene(scene, tmp_path / "a.png")
    assert (("Highlight next (100,001-100,500) lies outside the window.",), ()) == (
        drawn.warnings,
        drawn.layout.highlights,
    )
    elsewhere = Scene(replace(WINDOW, chrom="chr5"), (signal(peaky, 2),), bands=bands)
    assert "bands of chr5 are not in" in draw_scene(elsewhere, tmp_path / "a.png").warnings[-1]


@pytest.mark.parametrize("look", [Look(), Look(vmax=10), Look(log=True), Look(height=30)])
def test_a_signal_box_holds_the_signal_on_white_paper_and_nothing_else(signal, genes, peaky, tmp_path, look):
    track = signal(peaky, color="#b5322a", group="a", look=look)
    drawn = draw_scene(Scene(WINDOW, (track, genes), "hg19"), tmp_path / "a.png")
    ink = 255.0 - part(pixels(tmp_path / "a.png"), drawn.layout.box(1))[:, 2:].reshape(-1, 3)
    full = 255.0 - np.array([0xB5, 0x32, 0x2A])
    mixture = np.outer(ink @ full / (full @ full), full)
    assert 2 >= np.abs(ink - mixture).max()


def test_the_ideogram_marks_where_the_window_is(signal, peaky, bands, tmp_path):
    drawn = draw_scene(Scene(Region("chr1", 40_000, 50_000), (signal(peaky),), bands=bands), tmp_path / "a.png")
    box = drawn.layout.box(1)
    header = pixels(tmp_path / "a.png")[: box.y0, box.x0 : box.x1].astype(int)
    red = np.flatnonzero(((header[:, :, 0] > 180) & (header[:, :, 1] < 60)).any(axis=0))
    assert (200, 250) == (pytest.approx(red.min(), abs=4), pytest.approx(red.max(), abs=4))


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_the_same_scene_gives_the_same_bytes_in_every_format(signal, genes, peaky, tmp_path, suffix):
    scene = Scene(WINDOW, (signal(peaky), genes), "hg19", highlights=(Highlight(100, 9000, "here"),))
    for name in "ab":
        draw_scene(scene, tmp_path / f"{name}.{suffix}")
    assert (tmp_path / f"a.{suffix}").read_bytes() == (tmp_path / f"b.{suffix}").read_bytes()


def test_svg_and_pdf_hold_text_as_text(signal, genes, peaky, tmp_path):
    scene = Scene(WINDOW, (signal(peaky, label="H3K4me3 & input"), genes), "hg19")
    draw_scene(scene, tmp_path / "a.svg")
    draw_scene(scene, tmp_path / "a.pdf")
    svg = (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert all(f">{text}</text>" in svg for text in ("H3K4me3 &amp; input", "ALPHA", "BETA", "40.2"))
    assert b"/FontFile2" in (tmp_path / "a.pdf").read_bytes()  # TrueType, which editors can edit
    assert b"/Type3" not in (tmp_path / "a.pdf").read_bytes()


@pytest.mark.parametrize("dpi", [200, 150, 77])
def test_dpi_scales_the_picture_and_its_layout(signal, genes, peaky, tmp_path, dpi):
    scene = Scene(WINDOW, (signal(peaky), genes), highlights=(Highlight(20_000, 40_000),))
    small = draw_scene(scene, tmp_path / "a.png").layout
    large = draw_scene(scene, tmp_path / "b.png", dpi=dpi)
    assert pixels(tmp_path / "b.png").shape == (large.layout.height, large.layout.width, 3)
    assert large.layout.width == round(small.width * dpi / 100)
    for one, other in zip(small.tracks, large.layout.tracks, strict=True):
        for edge in ("x0", "x1", "y0", "y1"):
            assert abs(getattr(one, edge) * dpi / 100 - getattr(other, edge)) <= (0 if dpi == 200 else 2)
    box = large.layout.box(1)
    ink = (part(pixels(tmp_path / "b.png"), box).min(axis=2) < 200).sum(axis=0)
    summit = large.evidence.signal(1).strongest.summit
    assert abs(large.layout.to_position(box.x0 + 2 + np.argmax(ink[2:]), box) - summit) < 500


def test_width_is_that_of_the_page_and_bounds_are_said(signal, peaky, tmp_path):
    scene = Scene(WINDOW, (signal(peaky),))
    assert 800 == draw_scene(scene, tmp_path / "a.png", width=800).layout.width
    with pytest.raises(TrackError, match="599 pixels wide cannot be drawn. Give 600 to 3000"):
        draw_scene(scene, tmp_path / "a.png", width=599)
    with pytest.raises(TrackError, match=r"'a.jpg' is no name of a figure. It must end in .png, .svg, .pdf"):
        draw_scene(scene, tmp_path / "a.jpg")
    with pytest.raises(TrackError, match="601 DPI cannot be drawn. Give 50 to 600"):
        draw_scene(scene, tmp_path / "a.png", dpi=601)


@given(st.integers(50, 600), st.floats(100, 3000), st.floats(50, 4000))
def test_a_sheet_is_as_many_pixels_as_it_says(dpi, width, height):
    sheet = Sheet(width, height, dpi)
    assert (sheet.width, sheet.height) == tuple(int(edge) for edge in sheet.figure.bbox.size)


def test_panels_share_scales_and_have_boxes_of_their_own(signal, genes, peaky, tmp_path):
    tracks = (signal(peaky), genes)
    loci = [Scene(Region("chr1", s, s + 30_000, f"at {s}"), tracks, "hg19") for s in (5_000, 35_000, 65_000)]
    drawn = draw_panels(loci, tmp_path / "a.png")
    lit = [loci[0], replace(loci[1], highlights=(Highlight(40_000, 50_000, "name"),)), loci[2]]
    assert pixels(tmp_path / "a.png").shape == (drawn[0].layout.height, drawn[0].layout.width, 3)
    boxes = [one.layout.box(1) for one in drawn]
    washu = THEMES["washu"]
    level = Page.side_by_side([plan_scene(one, washu).panel() for one in lit], washu)
    heights = {box.y0 for text, box in text_boxes(level) if text.endswith((" kb", " Mb"))}
    assert 2 == len(heights)  # scale bars on one line, positions on another, whatever stands above and below them
    assert 1 == len({(box.vmin, box.vmax, box.y0, box.y1) for box in boxes})
    assert boxes[0].x1 < boxes[1].x0 and boxes[1].x1 < boxes[2].x0
    picture = pixels(tmp_path / "a.png")
    for one, place in zip(drawn, (20_000, None, 79_800), strict=True):
        ink = (part(picture, one.layout.box(1)).min(axis=2) < 200).sum(axis=0)[2:]
        if place is None:
            assert one.evidence.signal(1).state == "flat"
        else:
            assert 700 > abs(
                one.layout.to_position(one.layout.box(1).x0 + 2 + np.argmax(ink), one.layout.box(1)) - place
            )
    with pytest.raises(TrackError, match="same tracks"):
        draw_panels([loci[0], replace(loci[1], tracks=tracks[:1])], tmp_path / "a.png")
    with pytest.raises(TrackError, match="13 loci cannot stand side by side. Give 1 to 12"):
        draw_panels(loci[:1] * 13, tmp_path / "a.png")
    with pytest.raises(TrackError, match="8 loci do not fit side by side in 1000 pixels"):
        draw_panels(loci[:1] * 8, tmp_path / "a.png", width=1000)


def test_an_empty_track_says_why(signal, genes, peaky, tmp_path):
    nothing = np.where(np.arange(1000) < 500, peaky, np.nan)
    drawn = draw_scene(Scene(Region("chr1", 60_000, 90_000), (signal(nothing),)), tmp_path / "a.png")
    assert ("signal 1: no data in this window",) == drawn.warnings
    drawn = draw_scene(Scene(Region("chr7", 60_000, 90_000), (signal(peaky, 2), genes)), tmp_path / "a.png")
    assert ("signal 2: chr7 is not in this file", "genes: chr7 is not in this file") == drawn.warnings
    drawn = draw_scene(Scene(Region("chr1", 200_000, 300_000), (signal(peaky, 3),)), tmp_path / "a.png")
    assert ("signal 3: chr1 ends at 100,000 in this file",) == drawn.warnings
