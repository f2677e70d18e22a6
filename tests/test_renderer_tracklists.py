"""Track lists of other programs: read with nothing dropped silently, written so that they read back the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import settings

from renderer.tracklists.entries import Part, color_of
from renderer.tracklists.lists import ListedTrack, read_track_list, write_track_list
from renderer.values.errors import FormatError
from renderer.values.region import Region
from renderer.values.track import Look

quick = settings(max_examples=80)

HUB = """\
hub K562
shortLabel Marks
longLabel Histone marks
genomesFile genomes.txt
email someone@example.org
"""
GENOMES = "genome hg19\ntrackDb hg19/trackDb.txt\n\ngenome hg38\ntrackDb hg38.txt\n"
TRACKDB = """\
# made by hand
track marks
compositeTrack on
type bigWig
shortLabel Marks of K562
autoScale group
maxHeightPixels 128:40:8

    track k4
    parent marks on
    bigDataUrl ../bw/k4.bw
    shortLabel H3K4me3
    longLabel H3K4me3 in K562, \\
replicate 1
    color 200,0,0
    metadata cell=K562 antibody="H3K4me3 (Abcam)"
    windowingFunction mean
    yLineOnOff on

    track k27
    parent marks on
    bigDataUrl https://example.org/k27.bw
    shortLabel H3K27ac

    track unused
    parent marks off
    bigDataUrl x.bw

track pro
container multiWig
aggregate transparentOverlay
shortLabel PRO-seq
viewLimits -5:20
color 0,0,255

track plus
parent pro
type bigWig
bigDataUrl plus.bw

track minus
parent pro
type bigWig
bigDataUrl minus.bw
color 255,0,0

track depth
type bigWig 0 30
bigDataUrl depth.bw
negateValues on
transformFunc LOG
visibility dense

track secret
type bigBed 9
bigDataUrl s.bb
visibility hide
"""


@pytest.fixture
def ucsc(tmp_path) -> Path:
    (tmp_path / "hg19").mkdir()
    (tmp_path / "hub.txt").write_text(HUB, encoding="utf-8")
    (tmp_path / "genomes.txt").write_text(GENOMES, encoding="utf-8")
    (tmp_path / "hg19" / "trackDb.txt").write_text(TRACKDB, encoding="utf-8")
    return tmp_path / "hub.txt"


def save(tmp_path: Path, text: str, name: str = "list") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_ucsc_hub_of_three_files_is_read(ucsc):
    listing = read_track_list(ucsc, "hg19")
    folder = ucsc.parent
    assert ("Histone marks", "hg19") == (listing.title, listing.assembly)
    k4, k27, pro, depth = listing.tracks
    assert (
        ListedTrack(
            "H3K4me3",
            str(folder / "bw/k4.bw"),
            "bigwig",
            "#c80000",
            "Marks of K562",
            Look(40),
            "H3K4me3 (Abcam)",
            "K562",
            description="H3K4me3 in K562, replicate 1",
        )
        == k4
    )
    assert ("https://example.org/k27.bw", "Marks of K562", True) == (k27.location, k27.group, k27.remote)
    assert ((str(folder / "hg19/minus.bw"),), "overlay", "#0000ff") == (pro.more, pro.combine, pro.color)
    assert (-5.0, 20.0) == (pro.look.vmin, pro.look.vmax)
    assert (Look(None, 0.0, 30.0, log=True, dense=True), "-") == (depth.look, depth.strand)


def test_what_a_ucsc_hub_says_in_vain_is_listed_once(ucsc):
    said = read_track_list(ucsc, "hg19").warnings
    for words in (
        "'windowingFunction' is not used (trackDb.txt, line 17)",
        "'yLineOnOff' is not used",
        "unused is hidden in the hub",
        "secret is hidden",
        "'H3K27ac' is at https://example.org/k27.bw, which is not fetched",
    ):
        assert 1 == sum(words in one for one in said), words


def test_a_hub_of_several_genomes_asks_which(ucsc):
    with pytest.raises(FormatError, match=r"hub\.txt: there are 2 genomes\. Name one of hg19, hg38\."):
        read_track_list(ucsc)
    with pytest.raises(FormatError, match=r"there is no genome mm10"):
        read_track_list(ucsc, "mm10")
    with pytest.raises(FormatError, match=r"hg38\.txt: the file cannot be read"):
        read_track_list(ucsc, "hg38")


WASHU = [
    {
        "type": "bigwig",
        "name": "K4",
        "url": "k4.bw",
        "showOnHubLoad": True,
        "metadata": {"Sample": "liver", "Assay": "H3K4me3"},
        "options": {
            "color": "rgb(200,0,0)",
            "height": 50,
            "yScale": "fixed",
            "yMin": 0,
            "yMax": 9,
            "group": 1,
            "smooth": 3,
        },
    },
    {"type": "geneAnnotation", "name": "refGene", "genome": "mm10"},
    {
        "type": "matplot",
        "name": "both",
        "tracks": [{"type": "bigwig", "name": "a", "url": "a.bw"}, {"type": "bigwig", "name": "b", "url": "b.bw"}],
    },
    {"type": "hic", "name": "HiC", "url": "https://example.org/x.hic", "options": {"displayMode": "square"}},
]


def test_a_washu_datahub_is_read(tmp_path):
    listing = read_track_list(save(tmp_path, json.dumps(WASHU)))
    k4, both, hic = listing.tracks
    assert (
        ListedTrack("K4", str(tmp_path / "k4.bw"), "bigwig", "#c80000", "1", Look(50, 0.0, 9.0), "H3K4me3", "liver")
        == k4
    )
    assert ("overlay", (str(tmp_path / "b.bw"),)) == (both.combine, both.more)
    assert (Part("a"), Part("b")) == both.parts
    assert "square" == hic.look.shape
    assert 1 == sum("'smooth' is not used" in one for one in listing.warnings)
    assert any("'geneannotation' comes with the browser" in one for one in listing.warnings)


def test_a_washu_session_gives_its_assembly_and_locus(tmp_path):
    session = {"genomeName": "hg38", "viewRegion": "chr7:27,053,398-27,373,766", "tracks": WASHU[:1], "darkTheme": True}
    listing = read_track_list(save(tmp_path, json.dumps(session)))
    assert ("hg38", Region("chr7", 27_053_397, 27_373_766)) == (listing.assembly, listing.region)
    assert any("'darkTheme' is not used" in one for one in listing.warnings)


IGV = """<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<Session genome="hg19" locus="chr9:4950001-5190000" version="8">
    <Resources>
        <Resource path="k4.bw" type="bigwig"/><Resource path="a.bw"/><Resource path="b.bw"/>
        <Resource path="peaks.narrowPeak.gz"/>
    </Resources>
    <Panel name="DataPanel" height="300">
        <Track id="k4.bw" name="H3K4me3 &amp; more" color="200,0,0" altColor="0,0,178" autoscaleGroup="2" height="44"
               autoScale="false" visible="true">
            <DataRange minimum="0.0" maximum="12.5" type="LOG" baseline="0.0"/>
        </Track>
        <Track clazz="org.broad.igv.track.MergedTracks" id="m" name="both"><Track id="a.bw"/><Track id="b.bw"/></Track>
        <Track id="hg19_genes" name="Gene"/>
    </Panel>
</Session>
"""


def test_an_igv_session_is_read(tmp_path):
    listing = read_track_list(save(tmp_path, IGV))
    k4, both, peaks = listing.tracks
    assert ("hg19", Region("chr9", 4_950_000, 5_190_000)) == (listing.assembly, listing.region)
    assert (
        ListedTrack("H3K4me3 & more", str(tmp_path / "k4.bw"), "bigwig", "#c80000", "2", Look(44, 0.0, 12.5, log=True))
        == k4
    )
    assert (str(tmp_path / "a.bw"), (str(tmp_path / "b.bw"),), "overlay") == (both.location, both.more, both.combine)
    assert ("narrowpeak", "peaks.narrowPeak.gz") == (peaks.format, peaks.label)
    assert any("'altColor' is not used (line 8)" in one for one in listing.warnings)
    assert any("'Gene' is no file of the session" in one for one in listing.warnings)


def test_an_igv_js_session_is_read(tmp_path):
    session = {
        "reference": {"id": "hg38"},
        "locus": ["chr1:1-1000"],
        "tracks": [
            {"type": "sequence", "order": 0},
            {
                "name": "K4",
                "url": "k4.bw",
                "format": "bigwig",
                "color": "rgb(0, 0, 255)",
                "min": 0,
                "max": 30,
                "autoscaleGroup": "g",
                "height": 60,
                "roi": [],
            },
        ],
    }
    listing = read_track_list(save(tmp_path, json.dumps(session)))
    expected = ListedTrack("K4", str(tmp_path / "k4.bw"), "bigwig", "#0000ff", "g", Look(60, 0.0, 30.0))
    assert ("hg38", Region("chr1", 0, 1000), (expected,)) == (listing.assembly, listing.region, listing.tracks)
    assert any("'roi' is not used" in one for one in listing.warnings)


INI = """\
[x-axis]
where = top

[k4]
file = k4.bw
title = H3K4me3 100% of input
height = 2
color = red
min_value = 0
max_value = auto
number_of_bins = 500

[spacer]
[spacer]

[over]
file = k4b.bw
overlay_previous = share-y

[lfc]
file = chip.bw
second_file = input.bw
operation = log2( file / second_file )
transform = no

[evil]
file = a.bw
operation = __import__('os').system('rm -rf /')

[hic]
file = m.mcool::/4
file_type = hic_matrix_square
depth = 200000
"""


def test_a_tracks_ini_is_read_and_its_operations_are_never_run(tmp_path):
    listing = read_track_list(save(tmp_path, INI))
    k4, lfc, evil, hic = listing.tracks
    assert (
        ListedTrack(
            "H3K4me3 100% of input",
            str(tmp_path / "k4.bw"),
            "bigwig",
            "#ff0000",
            look=Look(76, 0.0),
            more=(str(tmp_path / "k4b.bw"),),
            combine="overlay",
        )
        == k4
    )
    assert ("log2ratio", (str(tmp_path / "input.bw"),)) == (lfc.combine, lfc.more)
    assert (None, (), str(tmp_path / "a.bw")) == (evil.combine, evil.more, evil.location)
    assert (str(tmp_path / "m.mcool"), "square") == (hic.location, hic.look.shape)
    said = " ".join(listing.warnings)
    assert "[evil]: the operation '__import__('os').system('rm -rf /')' is none of file-second_file" in said
    assert "'number_of_bins' is not used (line 11)" in said
    assert "'depth' is not used" in said
    assert "the resolution /4 is not used" in said


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("255,0,0", "#ff0000"),
        ("rgb(1, 2, 3)", "#010203"),
        ("#0f0", "#00ff00"),
        ("SteelBlue", "#4682b4"),
        ("#11223344", "#112233"),
        ("mud", None),
        ("300,0,0", "#ff0000"),
        ("", None),
        (None, None),
        ([1], None),
    ],
)
def test_colours_of_every_notation_are_one(text, expected):
    assert expected == color_of(text)


def test_what_a_tracks_ini_draws_over_other_tracks_is_kept_and_written_again(tmp_path):
    text = """\
[spacer]
title = Liver
[a]
file = a.bw
[levels]
file_type = hlines
y_values = 10, 20.5
overlay_previous = share-y
color = red
[spacer]
[b]
file = b.bw
[vlines]
type = vlines
file = cuts.bed
[marked]
type = vhighlight
file = loss.bed
color = red
"""
    listing = read_track_list(save(tmp_path, text))
    looks = [Look(heading="Liver", lines=(10.0, 20.5)), Look(), Look(across="lines"), Look(across="tint")]
    assert looks == [track.look for track in listing.tracks]
    assert "#ff0000" == listing.tracks[3].color
    assert any("'color' is not used (line 5)" in one for one in listing.warnings)
    write_track_list(listing, "ini", tmp_path / "again.ini")
    again = read_track_list(tmp_path / "again.ini")
    assert listing.tracks == again.tracks
    notes = write_track_list(listing, "washu", tmp_path / "hub.json")[1]
    assert any("Headings and lines at values were left out" in one for one in notes)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[a]\nfile = a.bw\n[h]\nfile_type = hlines\n", "names no value"),
        ("[a]\nfile = a.bw\n[h]\nfile_type = hlines\ny_values = x\n", "line 5"),
    ],
)
def test_lines_at_no_value_are_refused(tmp_path, text, said):
    with pytest.raises(FormatError, match=said):
        read_track_list(save(tmp_path, text))


def test_containers_of_a_hub_are_headings_of_their_tracks(tmp_path):
    text = """\
track liver
superTrack on
shortLabel Liver

track a
parent liver
type bigWig
bigDataUrl a.bw

track b
type bigWig
bigDataUrl b.bw
"""
    assert ["Liver", None] == [track.look.heading for track in read_track_list(save(tmp_path, text)).tracks]
