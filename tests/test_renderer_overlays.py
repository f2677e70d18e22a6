"""Overlays of other programs keep the names and colours of their parts, are drawn in one row, and read one by one."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from renderer.figure.draw import draw_scene
from renderer.figure.overlays import COLORS, overlaid, row_colors
from renderer.prepare.upload import prepare
from renderer.tracklists.entries import Part
from renderer.tracklists.lists import read_track_list
from renderer.tracklists.scene import build_scene
from renderer.tracklists.to_scene import prepare_listed
from renderer.values.region import Region
from renderer.values.track import Look, Track

UCSC = """\
track whole
container multiWig
aggregate transparentOverlay
shortLabel whole
type bigWig

    track Fwd
    parent whole
    color 255,0,0
    bigDataUrl a.bw

    track Rev
    parent whole
    color 0,0,255
    bigDataUrl b.bw

    track Off
    parent whole off
    bigDataUrl a.bw
"""
XML = """<Session genome="hg19"><Resources><Resource path="a.bw"/><Resource path="b.bw"/></Resources><Panel>
<Track clazz="org.broad.igv.track.MergedTracks" id="x" name="whole"><Track id="a.bw" name="Fwd" color="255,0,0"/>
<Track id="b.bw" name="Rev" color="0,0,255"/></Track></Panel></Session>"""
PARTS = [
    {"type": "wig", "name": "Fwd", "url": "a.bw", "color": "#ff0000"},
    {"type": "wig", "name": "Rev", "url": "b.bw", "color": "rgb(0,0,255)"},
]
JSON = json.dumps({"tracks": [{"type": "merged", "name": "whole", "tracks": PARTS}]})
OPTIONS = [{"type": "bigwig", "name": p["name"], "url": p["url"], "options": {"color": p["color"]}} for p in PARTS]
WASHU = json.dumps([{"type": "matplot", "name": "whole", "tracks": OPTIONS}])
INI = """\
[first]
file = a.bw
title = "Fwd"
color = #ff0000
overlay_previous = yes
[over]
file = b.bw
title = Rev
color = #0000ff
overlay_previous = share-y
"""


def save(folder: Path, text: str) -> Path:
    path = folder / "list"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "name"), [(UCSC, "whole"), (XML, "whole"), (JSON, "whole"), (WASHU, "whole"), (INI, "Fwd + Rev")]
)
def test_an_overlay_is_its_parts_in_one_row(tmp_path, text, name):
    (whole,) = read_track_list(save(tmp_path, text)).tracks
    assert (Part("Fwd", "#ff0000"), Part("Rev", "#0000ff")) == whole.parts
    parts = whole.split()
    assert [("Fwd", "#ff0000", "a.bw"), ("Rev", "#0000ff", "b.bw")] == [
        (part.label, part.color, Path(part.location).name) for part in parts
    ]
    assert {(Look(row=name), (), None)} == {(part.look, part.more, part.combine) for part in parts}


def test_files_that_have_only_numbers_are_replicates_of_one_track(tmp_path):
    text = INI.replace("title = Rev\n", "").replace("color = #0000ff\n", "")
    (whole,) = read_track_list(save(tmp_path, text)).tracks
    assert ((), (whole,), 1) == (whole.parts, whole.split(), len(whole.more))


def test_what_lies_over_nothing_is_said_and_names_that_repeat_are_told_apart(tmp_path):
    listing = read_track_list(save(tmp_path, INI.replace("Rev", "Fwd")))
    assert ["Fwd", "Fwd (2)"] == [part.label for part in listing.tracks[0].parts]
    assert ["'Fwd' is the first track: there is nothing to draw it over."] == list(listing.warnings)


@pytest.fixture
def drawn(tmp_path, make_bigwig):
    """The overlay of a track with a peak in the left half and one of a higher peak in the right half."""
    low, high = np.zeros(1000), np.zeros(1000)
    low[200:220], high[700:720] = 5.0, 50.0
    make_bigwig(low, "a.bw", length=100_000)
    make_bigwig(high, "b.bw", length=100_000)
    tracks, sizes = prepare_listed(
        read_track_list(save(tmp_path, JSON.replace("Fwd", "low").replace("Rev", "high"))), tmp_path / "work", prepare
    )
    scene = build_scene(tracks, Region("chr1", 0, 100_000), sizes)
    return draw_scene(scene, tmp_path / "x.png"), Image.open(tmp_path / "x.png").convert("RGB")


def test_parts_share_box_and_scale_and_are_measured_one_by_one(drawn):
    figure, picture = drawn
    one, two = figure.layout.tracks
    assert [1, 2] == [one.track, two.track]
    assert (one.x0, one.x1, one.y0, one.y1, one.vmin, one.vmax) == (two.x0, two.x1, two.y0, two.y1, two.vmin, two.vmax)
    assert 50.0 <= one.vmax
    places = {number: [peak.summit for peak in found.peaks] for number, found in figure.evidence.tracks.items()}
    assert [1, 1] == [len(found) for found in places.values()]
    assert places[1][0] == pytest.approx(21_000, abs=1500)
    assert places[2][0] == pytest.approx(71_000, abs=1500)


def test_each_part_is_drawn_in_its_colour(drawn):
    figure, picture = drawn
    box = figure.layout.box(1)
    at = {number: round(figure.layout.to_pixel(place, box)) for number, place in ((1, 21_000), (2, 71_000))}
    red, _, blue = picture.getpixel((at[1], box.y1 - 4))
    assert red > blue + 50
    red, _, blue = picture.getpixel((at[2], (box.y0 + box.y1) // 2))
    assert blue > red + 50


def test_only_neighbours_of_one_name_share_a_row_and_no_two_of_them_a_colour():
    def track(number, row, **fields):
        return Track(number, f"t{number}", "signal", "bigwig", Path("x"), look=Look(row=row), **fields)

    tracks = [track(1, "r"), track(2, "r"), track(3, None), track(4, "r"), track(5, "s"), track(6, "s", note="gone")]
    lead = overlaid(tracks)
    assert {1: 1, 2: 1} == lead
    assert COLORS[0] == row_colors(tracks, lead)[2] != row_colors(tracks, lead)[1]
    near = [track(1, "r", assay="H3K27ac"), track(2, "r", assay="H3K27ac")]  # whose orange is almost the first of ours
    assert COLORS[1] == row_colors(near, overlaid(near))[2]
    given = [track(1, "r", color="#ff0000"), track(2, "r", color="#ee0000")]
    assert {1: "#ff0000", 2: "#ee0000"} == row_colors(given, overlaid(given))


BAM = """<Session genome="../x/genome.fa" locus="chr1:0-1,900,000"><Resources>
<Resource path="x.bam" type="bam"/></Resources><Panel>
<Track clazz="org.broad.igv.sam.CoverageTrack" id="x.bam_coverage" name="K1" color="9,129,84" visible="true">
<DataRange minimum="0.0" maximum="50.0"/></Track>
<Track id="x.bam_junctions" name="junctions" visible="{junctions}"/>
<Track id="x.bam" name="reads" visible="{reads}"/></Panel></Session>"""


@pytest.mark.parametrize("reads", ["true", "false"])
def test_alignments_of_an_igv_session_are_their_coverage_as_it_is_shown(tmp_path, reads):
    listing = read_track_list(save(tmp_path, BAM.format(junctions="true", reads=reads)))
    (track,) = listing.tracks
    assert ("K1", "#098154", str(tmp_path / "x.bam")) == (track.label, track.color, track.location)
    assert (0.0, 50.0) == (track.look.vmin, track.look.vmax)
    assert any("made of spliced reads" in one for one in listing.warnings)


def test_a_session_that_was_moved_keeps_what_it_says_of_its_files(tmp_path):
    text = BAM.format(junctions="true", reads="true").replace('path="x.bam"', 'path="bam/x.bam"')
    (track,) = read_track_list(save(tmp_path, text.replace('id="x.bam', 'id="/data/me/old/x.bam'))).tracks
    assert ("K1", str(tmp_path / "bam/x.bam")) == (track.label, track.location)


def test_a_stack_of_signals_is_said_to_stand_apart(tmp_path):
    listing = read_track_list(save(tmp_path, UCSC.replace("transparentOverlay", "stacked")))
    assert ["Fwd", "Rev"] == [track.label for track in listing.tracks]
    assert any("'aggregate stacked' of whole is not drawn: its tracks stand apart" in one for one in listing.warnings)


def test_a_session_counts_from_0_and_a_file_of_sequences_is_no_assembly(tmp_path):
    listing = read_track_list(save(tmp_path, BAM.format(junctions="false", reads="false")))
    assert (Region("chr1", 0, 1_900_000), None) == (listing.region, listing.assembly)
    assert any("'../x/genome.fa', which names no assembly" in one for one in listing.warnings)


def test_an_old_datahub_says_place_colour_and_range_in_its_own_way(tmp_path):
    hub = [
        {"type": "bigWig", "url": "a.bw", "name": "A", "mode": "show", "colorpositive": "#ff33cc", "height": 50}
        | {"fixedscale": {"min": 0, "max": 15}},
        {"type": "coordinate_override", "coord": "chr1,100000,1900000"},
        {"type": "metadata", "vocabulary_set": {}},
    ]
    listing = read_track_list(save(tmp_path, json.dumps(hub)))
    (track,) = listing.tracks
    assert ("#ff33cc", Look(50, 0.0, 15.0), Region("chr1", 99_999, 1_900_000)) == (
        track.color,
        track.look,
        listing.region,
    )
