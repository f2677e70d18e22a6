import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import font_manager

from renderer.figure.ideogram import band_name
from renderer.figure.lettering import _chinese_font, font_families, splits_a_word, text_width, wrap
from renderer.values.layout import Layout, Tint, TrackBox, untint
from renderer.values.region import Region
from renderer.window.bands import Band

BOX = TrackBox(1, 100, 1100, 20, 80, 0.0, 5.0)
REGION = Region("chr1", 1_000, 51_000)


def test_a_layout_with_highlights_survives_the_database():
    layout = Layout(1200, 300, REGION, (BOX,), (Tint(10, 20, (255, 240, 214)),))
    assert layout == Layout.from_json(json.loads(json.dumps(layout.to_json())))


def test_a_layout_kept_before_there_were_highlights_is_read():
    layout = Layout(1200, 300, REGION, (BOX,))
    kept = layout.to_json()
    del kept["highlights"]
    assert layout == Layout.from_json(json.loads(json.dumps(kept)))


@given(st.floats(1_000, 51_000))
def test_pixels_and_positions_are_inverse(position):
    layout = Layout(1200, 300, REGION, (BOX,))
    assert abs(layout.to_position(layout.to_pixel(position, BOX), BOX) - position) < 1e-6


@given(st.tuples(*[st.integers(200, 255)] * 3), st.floats(0, 1), st.tuples(*[st.integers(0, 60)] * 3))
def test_untinting_gives_white_paper_and_dark_ink(paper, share, ink):
    """Any mixture of paper and ink, as antialiasing draws it, becomes that mixture of white and nearly that ink."""
    drawn = np.round(share * np.array(ink) + (1 - share) * np.array(paper)).astype(np.uint8)
    wanted = share * np.array(ink) + (1 - share) * 255
    clean = untint(np.full((2, 5, 3), drawn, dtype=np.uint8), 100, (Tint(98, 103, paper),))
    assert (clean[:, 3:] == drawn).all()
    assert np.abs(clean[:, :3].astype(float) - wanted).max() <= 0.28 * max(ink) + 2


def test_of_overlapping_tints_the_later_counts():
    picture = np.full((1, 4, 3), 230, dtype=np.uint8)
    clean = untint(picture, 0, (Tint(0, 3, (240, 240, 240)), Tint(2, 4, (230, 230, 230))))
    assert [244, 244, 255, 255] == clean[0, :, 0].tolist()


@given(st.text(max_size=80), st.integers(60, 300))
def test_wrapping_keeps_every_character_and_the_width(text, room):
    lines = wrap(text, room, 12)
    assert "".join(text.split()) == "".join("".join(lines).split())
    assert all(text_width(line, 12) <= room or len(line) == 1 for line in lines)


def test_a_word_wider_than_a_line_is_broken_at_its_hyphen_and_else_told_to_be_split():
    label, room = "Hi-C (restriction-fragment bins)", text_width("(restriction-fragme", 12)
    assert ["Hi-C (restriction-", "fragment bins)"] == wrap(label, room, 12)
    assert not splits_a_word(label, room, 12)
    assert splits_a_word("restrictionfragmentlength", room, 12)
    assert ["4C-seq of", "Hoxd11"] == wrap("4C-seq of Hoxd11", text_width("of Hoxd11", 12), 12)


def test_the_window_lies_in_a_named_band():
    bands = [Band(0, 10_000, "p11", "gneg"), Band(10_000, 90_000, "q12", "gpos50")]
    assert ("q12", "") == (band_name(bands, REGION), band_name([], REGION))


def test_a_font_that_is_newer_than_matplotlibs_list_is_found(monkeypatch):
    if len(font_families("染色体")) == 1:
        pytest.skip("There is no font with Chinese glyphs on this machine.")
    manager = font_manager.fontManager
    older = [entry for entry in manager.ttflist if entry.name.startswith("DejaVu")]
    monkeypatch.setattr(manager, "ttflist", older)
    _chinese_font.cache_clear()
    try:
        assert 2 == len(font_families("染色体"))
    finally:
        _chinese_font.cache_clear()
