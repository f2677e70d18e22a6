"""Arcs are traced in the picture that the renderer draws of them."""

import numpy as np
import pytest

from renderer.figure.page import Page
from renderer.figure.rows.kinds import link_row
from renderer.figure.style import THEMES
from renderer.measure.rows import measure_links
from renderer.values.evidence import Evidence
from renderer.values.region import Region
from renderer.window.intervals import Link
from vlm.claims.verify import judge
from vlm.reader import strips, tokens
from vlm.reader.decode import Answer
from vlm.reader.ink.arcs import trace
from vlm.reader.say import to_claims
from vlm.reader.training.simulate import WINDOW as SIMULATED
from vlm.reader.training.simulate import random_theme, raster
from vlm.reader.training.simulate_rows import draw_links

WINDOW = Region("chr1", 1_000_000, 2_000_000)


def link(left, right, score=1.0):
    """A link between two places, in thousandths of the window."""
    one, two = (WINDOW.start + place * 1000 for place in (left, right))
    return Link(one - 4000, one + 4000, two - 4000, two + 4000, score)


def picture(links, theme="ucsc"):
    """The ink of a row of links as it is drawn."""
    row = link_row(1, "", links, WINDOW, "#b25c9c", THEMES[theme])
    page = Page([row], WINDOW, "", THEMES[theme])
    return strips.cut_ink(raster(page), page.layout, 1, "links")


@pytest.mark.parametrize("theme", sorted(THEMES))
def test_feet_are_joined_as_they_are_drawn(theme):
    links = [link(100, 400, 3.0), link(100, 900, 5.0), link(400, 700, 1.0)]
    found = [one for one in trace(picture(links, theme)) if one.even > 0.3]
    places = sorted((round(1000 * one.left), round(1000 * one.right)) for one in found)
    assert len(places) == 3
    for (left, right), wanted in zip(places, [(100, 400), (100, 900), (400, 700)], strict=True):
        assert (left, right) == pytest.approx(wanted, abs=4)


def test_feet_that_no_line_joins_are_no_arc():
    found = trace(picture([link(100, 300), link(600, 900)]))
    assert {(100, 300), (600, 900)} == {(round(one.left, 2) * 1000, round(one.right, 2) * 1000) for one in found}


def test_empty_paper_has_no_arcs():
    assert trace(np.zeros((60, 1000), np.uint8)) == []
    assert trace(picture([])) == []


def test_traced_arcs_are_said_where_the_model_says_that_there_are_few():
    links = [link(200, 500), link(500, 800)]
    evidence = Evidence(WINDOW, {1: measure_links(links, WINDOW)})
    question, traced = tokens.QUESTIONS["links"], trace(picture(links))
    few, dense = (Answer([question, tokens.IDS[word], tokens.EOS], [1.0, 1.0, 1.0]) for word in (tokens.FEW, "dense"))
    claims = to_claims(few, 1, WINDOW, traced=traced)
    assert ["supported", "supported"] == [judge(claim, evidence).verdict for claim in claims]
    assert [] == to_claims(dense, 1, WINDOW, traced=traced)
    assert [] == to_claims(few, 1, WINDOW, traced=[])


def test_most_arcs_of_simulated_rows_are_found_and_hardly_any_other():
    rng, places = np.random.default_rng(5), []
    for _ in range(5):
        theme = random_theme(rng)
        drawn = [draw_links(rng, number, theme) for number in range(1, 9)]
        page = Page([row for row, _ in drawn], SIMULATED, "", theme)
        image = raster(page)
        for number, (_, found) in enumerate(drawn, 1):
            if found.state == "few":
                lines = [one for one in trace(strips.cut_ink(image, page.layout, number, "links")) if one.even > 0.4]
                feet = [(arc.start1 + arc.end1, arc.start2 + arc.end2) for arc in found.arcs if arc.inside]
                true = np.array(feet).reshape(-1, 2) / 2 / SIMULATED.span
                said = np.array([(one.left, one.right) for one in lines]).reshape(-1, 2)
                places.append(np.abs(true[:, None] - said[None]).max(axis=2) < 0.015)
    assert sum(near.any(axis=1).sum() for near in places) > 0.72 * sum(len(near) for near in places)
    assert sum(near.any(axis=0).sum() for near in places) > 0.97 * sum(near.shape[1] for near in places)


def test_the_two_sides_of_one_thick_line_are_no_arc():
    found = trace(picture([link(500, 2500, 9.0), link(506, 2900, 9.0), link(100, 400, 1.0)]))
    assert not [one for one in found if one.right - one.left < 0.012]
