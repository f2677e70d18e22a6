"""Claims on rows of genes, intervals and links, and on colours."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from renderer.assays.table import ASSAYS
from renderer.figure.lettering import text_width
from renderer.figure.rows.base import LEAST_BOX, Row, chevrons_inside, paint_nothing
from renderer.figure.rows.intervals import is_tiled
from renderer.figure.rows.kinds import gene_row, interval_row, link_row
from renderer.figure.rows.legends import one_legend
from renderer.figure.style import (
    LEAST_CONTRAST,
    THEMES,
    contrast,
    parse_color,
    readable,
    signal_height,
    track_color,
)
from renderer.values.errors import TrackError
from renderer.values.region import Region
from renderer.values.track import Look, Track
from renderer.window.intervals import GeneModel, Interval, Link

WINDOW = Region("chr1", 0, 100_000)
UCSC = THEMES["ucsc"]
TRACK = Track(1, "signal", "signal", "bigwig", Path("signal.bw"))


@pytest.mark.parametrize("color", [row.color for row in ASSAYS if row.color])
def test_assay_colours_read_on_white(color):
    assert contrast(parse_color(color)) >= 2.8


@given(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255))
def test_any_colour_that_is_asked_for_reads_on_white(red, green, blue):
    assert contrast(parse_color(readable(f"{red},{green},{blue}"))) >= LEAST_CONTRAST * 0.98


def test_a_colour_that_is_none_is_refused():
    with pytest.raises(TrackError, match="'reddish' is no colour. Valid are"):
        track_color(replace(TRACK, color="reddish"))


def test_a_track_is_as_tall_as_asked_within_limits_and_an_input_as_tall_as_what_it_is_held_against():
    assert [60, 60, 16, 400, 90] == [
        signal_height(replace(TRACK, assay=assay, look=Look(height=height)), UCSC)
        for assay, height in (("H3K4me3", None), ("Input", None), (None, 1), (None, 9999), ("Input", 90))
    ]


def gene(name, start, end, named=True):
    return GeneModel(name, start, end, "+", ((start, end),), (start, end), (start,), named)


def name_box(row, name):
    """Left and right (genome positions) and lane of a name as it is painted."""
    ax = Figure().add_axes((0, 0, 1, 1))
    row.paint(ax)
    (text,) = [text for text in ax.texts if text.get_text() == name]
    width = text_width(name, UCSC.font_px - 1) * WINDOW.span / UCSC.plot_width
    x, y = text.get_position()
    return (x - width, x, y) if text.get_ha() == "right" else (x, x + width, y)


@pytest.mark.parametrize(
    ("exons", "inside"),
    [
        (((-500, 300), (20_000, 20_100), (99_900, 100_500)), True),
        (((-500, 99_000), (99_500, 100_500)), False),
        (((-500, 100_500),), False),
        (tuple((start, start + 700) for start in range(-500, 100_500, 1_000)), False),
    ],
)
def test_the_name_of_a_gene_that_fills_the_window_covers_no_exon(exons, inside):
    long = GeneModel("LONGNAME1", -500, 100_500, "+", exons, (0, 100_000), (-500,), True)
    beside = gene("B", 30_000, 31_000)
    row = gene_row(1, "genes", [long, beside], WINDOW, UCSC)
    left, right, y = name_box(row, "LONGNAME1")
    assert 0 <= left < right <= WINDOW.end
    if inside:
        assert y < 1
        assert all(end < left or right < start for start, end in exons)
    else:
        assert 1 < y < 2  # in a lane that no gene at this place is in
    left, right, y = name_box(row, "B")
    assert y > 1
    assert row.height == 2 * UCSC.row_height + 2


def test_rows_of_the_same_states_have_one_legend():
    def states(label, **colors):
        return Row(1, label, 10, paint_nothing, legend=tuple((color, name) for name, color in colors.items()))

    first, second = states("a", TSS="#ff0000", Enh="#00ff00"), states("b", TSS="#ff0000", Quies="#ffffff")
    other = states("c", TSS="#0000ff")
    told = one_legend([first, second, other])
    merged = (("#ff0000", "TSS"), ("#00ff00", "Enh"), ("#ffffff", "Quies"))
    assert [(), merged, other.legend] == [row.legend for row in told]
    assert [first] == one_legend([first])


def test_genes_that_find_no_room_are_counted():
    crowd = [gene(f"GENE{n}", 100 * n, 100 * n + 90) for n in range(300)]
    row = gene_row(1, "genes", crowd, Region("chr1", 0, 30_000), UCSC)
    assert "of 300 gene names do not fit" in row.note
    assert row.height <= 15 * UCSC.row_height
    many = [gene(f"G{n}", 10 * n, 10 * n + 5) for n in range(500)]
    assert "500 genes: drawn as their number per bin" == gene_row(1, "", many, WINDOW, UCSC).note
    assert gene_row(1, "", crowd, WINDOW, UCSC, dense=True).height < 2 * UCSC.row_height


@given(st.floats(0, 500), st.sampled_from("+-"))
def test_arrows_inside_an_exon_lie_in_it_and_the_strand_of_a_gene_of_one_exon_is_seen(width, strand):
    arrows = chevrons_inside(1_000, 1_000 + width, strand, 0.5, 1.0)
    assert all(1_000 <= x <= 1_000 + width for arrow in arrows for x, _ in arrow)
    assert all((arrow[1][0] > arrow[0][0]) == (strand == "+") for arrow in arrows)
    assert bool(arrows) == (width >= LEAST_BOX)
    assert [] == chevrons_inside(1_000, 1_000 + width, ".", 0.5, 1.0)


def test_chromatin_states_are_one_band_with_a_legend():
    states = [
        Interval(s, s + 10_001, f"{n}_State_{n % 2}", color=("#ff0000", "#00ff00")[n % 2])
        for n, s in enumerate(range(0, 100_000, 10_000))
    ]
    row = interval_row(1, "states", states, WINDOW, "#333333", UCSC)
    assert (("#ff0000", "State 0"), ("#00ff00", "State 1")) == row.legend
    assert row.height < 2 * UCSC.row_height
    assert not is_tiled(states[:3], WINDOW)
    assert not is_tiled([*states, Interval(5_000, 45_000)], WINDOW)


def test_links_that_leave_the_window_are_counted():
    inside, out = Link(10_000, 11_000, 50_000, 51_000, 3.0), Link(20_000, 21_000, 150_000, 151_000, 9.0)
    assert "1 of 2 links leaves the window" == link_row(1, "", [inside, out], WINDOW, "#000000", UCSC).note
    assert link_row(1, "", [inside], WINDOW, "#000000", UCSC).note is None
    crowd = link_row(1, "", [replace_score(inside, n) for n in range(301)], WINDOW, "#000000", UCSC)
    assert "the 300 strongest of 301 links" == crowd.note


def replace_score(link, score):
    return replace(link, score=float(score))


def test_items_hidden_by_others_in_their_pixel_are_left_out_and_counted():
    states = [Interval(20 * n, 20 * n + 20 - n % 2, "x", color="#00ff00") for n in range(5000)]
    row = interval_row(1, "states", states, WINDOW, "#333333", UCSC)
    assert "4,000 of 5,000 items narrower than a pixel are not drawn" == row.note
    assert interval_row(1, "", states[:300], WINDOW, "#333333", UCSC).note is None


@pytest.mark.parametrize(
    ("names", "lanes"), [(["LCR", "HS2", "HS3"], 3), (["peak_1", "peak_2", "peak_3"], 1), (["x", "x", "x"], 1)]
)
def test_boxes_make_room_for_names_that_tell_something(names, lanes):
    items = [Interval(90 * n, 90 * n + 50, name) for n, name in enumerate(names)]
    height = interval_row(1, "", items, WINDOW, "#333333", UCSC).height
    assert height == (lanes * (UCSC.row_height - 2) if lanes > 1 else UCSC.row_height + 1)
