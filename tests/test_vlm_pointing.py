"""A location the model says becomes the column that is drawn highest there."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderer.values.region import Region
from vlm.reader import tokens
from vlm.reader.pointing import drawn_heights, sharpen
from vlm.values.claim import Claim

WINDOW = Region("chr1", 1_000_000, 2_000_000)


def picture(heights, tall=60):
    """Ink of a filled signal with these heights in pixels."""
    rows = np.arange(tall)[:, None]
    return np.where(rows >= tall - np.asarray(heights)[None, :], 200, 0).astype(np.uint8)


@given(st.lists(st.integers(0, 60), min_size=1, max_size=50))
def test_heights_are_read_back_from_the_ink(heights):
    assert heights == drawn_heights(picture(heights)).tolist()


@given(st.integers(20, 979), st.integers(-7, 7))
def test_a_claim_near_a_summit_moves_to_its_column(column, off):
    heights = np.full(1000, 2)
    heights[column] = 50
    place = tokens.to_bin(WINDOW.start + (column + off) * 1000, WINDOW)
    claim = Claim("peak", (1,), *tokens.from_bin(place, WINDOW), confidence=0.9)
    moved = sharpen([claim], picture(heights), WINDOW)[0]
    assert (WINDOW.start + column * 1000, WINDOW.start + (column + 1) * 1000) == (moved.start, moved.end)
    assert 0.9 == moved.confidence


def test_only_peaks_move_and_empty_paper_moves_nothing():
    claims = [Claim("peak", (1,), 1_500_000, 1_507_812), Claim("broad_domain", (1,), 1_200_000, 1_700_000)]
    assert claims == sharpen(claims, np.zeros((60, 1000), np.uint8), WINDOW)
    heights = np.full(1000, 3)
    heights[503] = 40
    moved = sharpen(claims, picture(heights), WINDOW)
    assert claims[1] == moved[1]
    assert 1_503_000 == moved[0].start


@pytest.mark.parametrize("width", [500, 1000, 2000])
def test_a_plateau_gives_its_middle(width):
    heights = np.zeros(width, int)
    heights[width // 2 - 2 : width // 2 + 3] = 30
    place = tokens.to_bin(1_500_000, WINDOW)
    moved = sharpen([Claim("strongest_peak", (1,), *tokens.from_bin(place, WINDOW))], picture(heights), WINDOW)[0]
    assert 1_500_000 == pytest.approx((moved.start + moved.end) / 2, abs=1_000_000 / width)
