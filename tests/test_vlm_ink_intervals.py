"""Boxes, and the states that a legend names, are found in the picture that the renderer draws of them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renderer.figure.page import Page
from renderer.figure.rows.kinds import interval_row
from renderer.figure.rows.legends import one_legend
from renderer.figure.style import THEMES, UCSC
from renderer.measure.across import measure_across
from renderer.measure.rows import measure_intervals
from renderer.values.evidence import Evidence, Gene, GeneEvidence
from renderer.values.region import Region
from renderer.values.track import Highlight, Track
from renderer.window.intervals import Interval
from vlm.claims.verify import judge
from vlm.reader.ink import boxes
from vlm.reader.ink.intervals import read_intervals
from vlm.reader.ink.picture import cut
from vlm.reader.ink.states import read_columns, say_differing, say_states
from vlm.reader.training.simulate import raster

WINDOW = Region("chr1", 1_000_000, 2_000_000)
TINTS = (Highlight(1_200_000, 1_600_000, None, "#f0b400"),)
STATES = {"1_TssA": "#ff0000", "2_Enh_Wk": "#ffc34d", "3_Quies": "#ffffff", "4_Het": "#f5f5f5"}


def pictures(*rows, theme=UCSC, dpi=100, highlights=TINTS):
    """The pictures of rows of intervals on one page."""
    drawn = [interval_row(number, "row", items, WINDOW, "#33475b", theme) for number, items in enumerate(rows, 1)]
    page = Page(one_legend(drawn), WINDOW, "", theme, highlights=highlights, dpi=dpi)
    image = raster(page)
    return [cut(image, page.layout, number) for number in range(1, len(rows) + 1)]


def at(share):
    """A place in the window by thousandths."""
    return WINDOW.start + round(share * WINDOW.span / 1000)


def box(start, end, name="", **more):
    return Interval(at(start), at(end), name, **more)


def pixels(items, picture):
    """Where intervals must be drawn, to the pixel."""
    width = picture.pixels.shape[1]
    return sorted(
        (width * (one.start - WINDOW.start) / WINDOW.span, width * (one.end - WINDOW.start) / WINDOW.span)
        for one in items
    )


LOOKS = [(theme, width, dpi) for theme in sorted(THEMES) for width, dpi in ((412, 72), (1000, 100), (2200, 300))]


@pytest.mark.parametrize(("theme", "width", "dpi"), LOOKS)
def test_boxes_come_back_to_the_pixel_in_every_look(theme, width, dpi):
    theme = replace(THEMES[theme].of_width(width), guides=True)
    overlapping = [box(50, 300), box(200, 450, strand="+"), box(250, 260), box(700, 950, summit=at(800), score=900.0)]
    touching = [box(100, 200), box(200, 300), box(320, 500, color="#2266cc"), box(500, 620, color="#cc2222")]
    named = [box(100, 150, "CTCF"), box(160, 300, "RAD21"), box(600, 900, "SMC3")]
    rows = (overlapping, touching, named)
    for items, picture in zip(rows, pictures(*rows, theme=theme, dpi=dpi), strict=True):
        found = sorted((one.left, one.right) for one in boxes.find(picture))
        assert len(items) == len(found)
        for (left, right), wanted in zip(found, pixels(items, picture), strict=True):
            assert (left, right) == pytest.approx(wanted, abs=1 + dpi / 100)


spans = st.lists(st.tuples(st.integers(0, 990), st.integers(5, 300)), min_size=1, max_size=12)


@settings(max_examples=15, deadline=None)
@given(spans, st.sampled_from(LOOKS[1:3]), st.booleans())
def test_what_is_said_of_any_boxes_holds(drawn, look, stranded):
    theme, width, dpi = look
    strand = "-" if stranded else "."
    items = [box(start, min(1000, start + length), strand=strand) for start, length in sorted(drawn)]
    (picture,) = pictures(items, theme=THEMES[theme].of_width(width), dpi=dpi)
    evidence = Evidence(WINDOW, {1: measure_intervals(items, WINDOW)})
    claims = read_intervals(picture, 1, WINDOW)
    verdicts = {judge(claim, evidence).verdict for claim in claims if claim.kind != "interval_count"}
    assert "contradicted" not in verdicts
    if evidence.tracks[1].state == "few":
        assert len(evidence.tracks[1].spans) == sum(claim.kind == "interval_at" for claim in claims)


def test_an_empty_row_is_said_to_hold_nothing():
    (picture,) = pictures([])
    (claim,) = read_intervals(picture, 1, WINDOW)
    assert ("interval_count", 0) == (claim.kind, claim.value)


def test_letters_blocks_and_empty_paper_are_no_boxes():
    spliced = [box(100, 800, blocks=((at(100), at(200)), (at(500), at(800))), thick=(at(150), at(700)))]
    names, blocks = pictures([box(100, 102, "WWWWWWWWWW"), box(500, 502, "lIllIl")], spliced)
    assert [(100, 102), (500, 502)] == [(one.left, one.right) for one in boxes.find(names)]
    assert [] == boxes.find(blocks)
    blank = replace(names, pixels=np.full_like(names.pixels, 255), clean=np.full_like(names.pixels, 255))
    assert [] == boxes.find(blank) == read_intervals(blank, 1, WINDOW)


def tiling(names):
    """A row of states of these names, 50 thousandths each."""
    return [box(50 * n, 50 * (n + 1), name, color=STATES[name]) for n, name in enumerate(names)]


def segmentation(*rows):
    """Rows of states with genes, as they are read and as they are measured."""
    genes = (Gene("TP53", at(225), at(475), "+", (at(225),)), Gene("MYC", at(640), at(700), "-", (at(700) - 1,)))
    tracks = [Track(n, f"states {n}", "x.bed", "intervals", "bed", sample=f"s{n}") for n in range(1, len(rows) + 1)]
    found = {n: measure_intervals(row, WINDOW) for n, row in enumerate(rows, 1)}
    return genes, tracks, found


ONE = 2 * ["1_TssA", "1_TssA", "3_Quies", "3_Quies", "4_Het", "4_Het", "2_Enh_Wk", "3_Quies", "3_Quies", "3_Quies"]
OTHER = [*ONE[:3], *["2_Enh_Wk"] * 4, *ONE[7:13], *["2_Enh_Wk"] * 4, *ONE[17:]]


@pytest.mark.parametrize(("theme", "width", "dpi"), LOOKS)
def test_states_are_named_by_the_legend_pale_ones_in_a_highlight_too(theme, width, dpi):
    rows = [tiling(ONE), tiling(OTHER)]
    drawn = pictures(*rows, theme=THEMES[theme].of_width(width), dpi=dpi)
    for names, picture in zip((ONE, OTHER), drawn, strict=True):
        states = read_columns(picture, 1, WINDOW)
        for number, name in enumerate(names):
            held = states.over(at(50 * number + 5), at(50 * number + 45))
            assert name[2:].replace("_", " ") == states.names[int(held.argmax())]
            assert held.max() > 0.99


def test_what_is_said_of_states_holds():
    rows = [tiling(ONE), tiling(OTHER)]
    genes, tracks, found = segmentation(*rows)
    drawn = pictures(*rows)
    states = [read_columns(picture, number, WINDOW) for number, picture in enumerate(drawn, 1)]
    evidence = measured(found, rows, tracks, genes)
    said = [claim for one in states for claim in say_states(one, genes, [])]
    said += say_differing(states, tracks, genes)
    assert {"state_at", "state_differs"} == {claim.kind for claim in said}
    assert {"supported"} == {judge(claim, evidence).verdict for claim in said}


def test_rows_of_two_segmentations_are_not_compared():
    """They share colours, which one legend under both names twice."""
    domains = [replace(one, name="active" if one.name == "1_TssA" else "inactive") for one in tiling(ONE)]
    genes, tracks, _ = segmentation(tiling(OTHER), domains)
    drawn = pictures(tiling(OTHER), domains)
    states = [read_columns(picture, number, WINDOW) for number, picture in enumerate(drawn, 1)]
    assert {"active", "inactive"} == set(states[1].names)
    assert [] == list(say_differing(states, tracks, genes))


def measured(found, rows, tracks, genes):
    """Evidence of rows of states over the places of genes."""
    gene_track = Track(9, "genes", "x.gtf", "genes", "gtf")
    evidence = Evidence(WINDOW, {**found, 9: GeneEvidence(genes)})
    return measure_across(evidence, [*tracks, gene_track], {}, dict(enumerate(rows, 1)))
