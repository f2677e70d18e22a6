"""Contact maps and lines of separation scores are read off the picture that the renderer draws of them."""

import numpy as np
import pytest

from renderer.arrays.dots import find_dots
from renderer.arrays.log_scale import darkness, share_of
from renderer.figure.page import Page
from renderer.figure.rows.contacts import contact_row, matrix_row
from renderer.figure.style import THEMES, UCSC
from renderer.measure.contacts import measure_contacts, measure_scores
from renderer.values.evidence import Evidence
from renderer.values.region import Region
from renderer.values.track import Highlight
from renderer.window.contacts import ContactMap
from renderer.window.matrices import ScoreMatrix
from vlm.claims.verify import judge
from vlm.reader.ink.lines import say_minima, trace_line
from vlm.reader.ink.maps import BAR, read_map, say_map, say_parted
from vlm.reader.ink.picture import cut
from vlm.reader.training.simulate import raster

BIN, BINS = 10_000, 120
WINDOW = Region("chr1", 30 * BIN, (30 + BINS) * BIN)
LOOKS = [(theme, width, dpi) for theme in sorted(THEMES) for width, dpi in ((500, 72), (1000, 100), (2000, 150))]


def counts(cuts, seed=0, dots=()):
    """Contacts that fall with distance, four times fewer across each of `cuts` (bins), five times more in `dots`."""
    rng, at = np.random.default_rng(seed), np.arange(BINS)
    away = np.abs(np.subtract.outer(at, at))
    expected = 400 / (1 + away) ** 0.9
    domain = np.searchsorted(np.array(cuts), at, side="right")
    expected[domain[:, None] != domain[None, :]] /= 4
    for i, j in dots:
        expected[i - 1 : i + 2, j - 1 : j + 2] *= 5
    upper = np.triu(rng.poisson(expected)).astype(float)
    return upper + np.triu(upper, 1).T


def drawn(*maps, theme=UCSC, dpi=100, shape="triangle", limits=None):
    """The maps of one page as they are read, by row."""
    rows = [contact_row(n, "map", one, WINDOW, theme, shape, limits) for n, one in enumerate(maps, 1)]
    tints = (Highlight(WINDOW.start, WINDOW.start + WINDOW.span // 2),)
    page = Page(rows, WINDOW, "", theme, highlights=tints, dpi=dpi)
    image = raster(page)
    return {n: read_map(cut(image, page.layout, n, BAR), BAR, shape, WINDOW) for n in range(1, len(maps) + 1)}


def contact_map(values):
    return ContactMap(WINDOW.start + np.arange(BINS + 1) * BIN, values, balanced=False, resolution=BIN)


@pytest.mark.parametrize("shape", ["triangle", "square"])
@pytest.mark.parametrize(("theme", "width", "dpi"), LOOKS)
def test_contacts_come_back_by_the_colour_scale(theme, width, dpi, shape):
    values = counts([40, 80])
    values[17] = values[:, 17] = np.nan
    found = drawn(contact_map(values), theme=THEMES[theme].of_width(width), dpi=dpi, shape=shape)[1]
    assert found.own
    assert (WINDOW.start, WINDOW.end) == (found.edges[0], found.edges[-1])
    known = np.isfinite(found.counts)
    assert known.mean() > 0.3  # a wide triangle shows less of a map
    assert not known[17].any()
    top = np.nanmax(found.counts)
    seen, true = found.counts[known], np.minimum(values, top)[known]
    assert np.nanmean(np.abs(seen - true)) < 0.01 * top
    assert np.nanquantile(np.abs(seen - true) / (true + 0.03 * top), 0.98) < 0.1


@pytest.mark.parametrize("shape", ["triangle", "square"])
def test_boundaries_and_dots_that_are_said_hold(shape):
    one, other = contact_map(counts([40, 80], dots=[(42, 78)])), contact_map(counts([40], seed=1))
    maps = drawn(one, other, shape=shape)
    evidence = Evidence(WINDOW, {n: measure_contacts(each, WINDOW) for n, each in enumerate((one, other), 1)})
    said = [claim for number, each in maps.items() for claim in say_map(each, number, WINDOW)]
    said += say_parted(maps, WINDOW)
    assert ["domain_boundary"] * 2 + ["corner_dot"] + ["domain_boundary", "boundary_differs"] == [
        claim.kind for claim in said
    ]
    assert {"supported"} == {judge(claim, evidence).verdict for claim in said}


def test_a_map_without_domains_or_contacts_is_said_to_have_none():
    plain, empty = drawn(contact_map(counts([])), contact_map(np.full((BINS, BINS), np.nan))).values()
    assert [] == list(say_map(plain, 1, WINDOW))
    assert empty is None


def test_the_log_scale_is_undone():
    share = np.linspace(0, 1, 50)
    assert share_of(darkness(share)) == pytest.approx(share)


def test_what_rounding_leaves_of_no_contacts_is_no_dot():
    rng, away = np.random.default_rng(0), np.abs(np.subtract.outer(np.arange(BINS), np.arange(BINS)))
    upper, weights = np.triu(rng.poisson(20 / (1 + away) ** 1.5)), rng.uniform(0.5, 1.5, BINS)
    sparse = (upper + np.triu(upper, 1).T) * weights[:, None] * weights[None, :]  # balanced: no whole numbers
    assert () == find_dots(sparse, WINDOW.start + np.arange(BINS + 1.0) * BIN)


@pytest.mark.parametrize(("theme", "width", "dpi"), LOOKS)
def test_the_minima_of_the_dark_line_are_boundaries(theme, width, dpi):
    starts = np.arange(WINDOW.start, WINDOW.end, BIN)
    at = np.arange(BINS)
    mean = 0.4 - 0.35 * np.exp(-(((at - 30) / 4) ** 2)) - 0.3 * np.exp(-(((at - 90) / 4) ** 2))
    scores = mean[:, None] + np.linspace(-0.05, 0.05, 8)[None, :]
    matrix = ScoreMatrix(starts, starts + BIN, scores)
    page = Page(
        [matrix_row(1, "TADs", matrix, WINDOW, THEMES[theme].of_width(width), "#b5322a")],
        WINDOW,
        "",
        THEMES[theme].of_width(width),
        dpi=dpi,
    )
    picture = cut(raster(page), page.layout, 1)
    line = trace_line(picture)
    x = (np.arange(len(line)) + 0.5) * BINS / len(line) - 0.5
    pixel = (picture.box.vmax - picture.box.vmin) / len(picture.pixels)
    off = np.abs(line - np.interp(x, at, mean))[(x >= 0) & (x <= BINS - 1)]
    assert np.nanmedian(off) < pixel
    evidence = Evidence(WINDOW, {1: measure_scores(matrix, WINDOW)})
    said = list(say_minima(picture, 1, WINDOW))
    assert ["supported", "supported"] == [judge(claim, evidence).verdict for claim in said]
