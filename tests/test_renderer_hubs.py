"""Track lists of other programs: read with nothing dropped silently, written so that they read back the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from renderer.tracklists.entries import MOST_BYTES, color_of
from renderer.tracklists.lists import ListedTrack, read_track_list
from renderer.values.errors import FormatError
from renderer.values.region import Region
from renderer.values.track import Look

quick = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=80)

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


def save(tmp_path: Path, text: str, name: str = "hub") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_ucsc_hub_of_three_files_is_read(ucsc):
    hub = read_track_list(ucsc, "hg19")
    folder = ucsc.parent
    assert ("Histone marks", "hg19") == (hub.title, hub.assembly)
    k4, k27, pro, depth = hub.tracks
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
        "'color of one part of an overlay' is not used",
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
    hub = read_track_list(save(tmp_path, json.dumps(WASHU)))
    k4, both, hic = hub.tracks
    assert (
        ListedTrack("K4", str(tmp_path / "k4.bw"), "bigwig", "#c80000", "1", Look(50, 0.0, 9.0), "H3K4me3", "liver")
        == k4
    )
    assert ("overlay", (str(tmp_path / "b.bw"),)) == (both.combine, both.more)
    assert "square" == hic.look.shape
    assert 1 == sum("'smooth' is not used" in one for one in hub.warnings)
    assert any("'geneannotation' comes with the browser" in one for one in hub.warnings)


def test_a_washu_session_gives_its_assembly_and_locus(tmp_path):
    session = {"genomeName": "hg38", "viewRegion": "chr7:27,053,398-27,373,766", "tracks": WASHU[:1], "darkTheme": True}
    hub = read_track_list(save(tmp_path, json.dumps(session)))
    assert ("hg38", Region("chr7", 27_053_397, 27_373_766)) == (hub.assembly, hub.region)
    assert any("'darkTheme' is not used" in one for one in hub.warnings)


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
    hub = read_track_list(save(tmp_path, IGV))
    k4, both, peaks = hub.tracks
    assert ("hg19", Region("chr9", 4_950_000, 5_190_000)) == (hub.assembly, hub.region)
    assert (
        ListedTrack("H3K4me3 & more", str(tmp_path / "k4.bw"), "bigwig", "#c80000", "2", Look(44, 0.0, 12.5, log=True))
        == k4
    )
    assert (str(tmp_path / "a.bw"), (str(tmp_path / "b.bw"),), "overlay") == (both.location, both.more, both.combine)
    assert ("narrowpeak", "peaks.narrowPeak.gz") == (peaks.format, peaks.label)
    assert any("'altColor' is not used (line 8)" in one for one in hub.warnings)
    assert any("'Gene' is no file of the session" in one for one in hub.warnings)


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
    hub = read_track_list(save(tmp_path, json.dumps(session)))
    expected = ListedTrack("K4", str(tmp_path / "k4.bw"), "bigwig", "#0000ff", "g", Look(60, 0.0, 30.0))
    assert ("hg38", Region("chr1", 0, 1000), (expected,)) == (hub.assembly, hub.region, hub.tracks)
    assert any("'roi' is not used" in one for one in hub.warnings)


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
    hub = read_track_list(save(tmp_path, INI))
    k4, lfc, evil, hic = hub.tracks
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
    said = " ".join(hub.warnings)
    assert "[evil]: the operation '__import__('os').system('rm -rf /')' is none of file-second_file" in said
    assert "'number_of_bins' is not used (line 11)" in said
    assert "'depth' is not used" in said
    assert "the resolution /4 is not used" in said


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("track a\nbigDataUrl a.bw\nmaxHeightPixels tall\n", 3, "maxHeightPixels is 'tall'"),
        ("track a\nbigDataUrl a.bw\nparent b\n", 3, "the parent b is not in the hub"),
        ("track a\nbigDataUrl a.bw\nviewLimits 9:2\n", 3, "the range is 9 to 2"),
        ("track a\nbigDataUrl a.bw\ncolor mud\n", 3, "color is 'mud'"),
        ("track a\nparent b\nbigDataUrl a\n\ntrack b\nparent a\n", 0, "more than 5 parents"),
        ("track a\nbigDataUrl a.bw\n\ntrack a\nbigDataUrl b.bw\n", 4, "there is a track a already"),
        ("track a\nbigDataUrl a.bw\nbigDataUrl b.bw\n", 3, "'bigDataUrl' is said twice"),
        ("track a\nbigDataUrl\n", 2, "'bigDataUrl' has no value"),
        ("[a]\nfile = a.bw\nheight = tall\n", 3, "height is 'tall'"),
        ("[a]\nfile = a.bw\nmin_value = 3\nmax_value = 2\n", 3, "the range is 3 to 2"),
        ("[a]\nfile = a.bw\nfile = b.bw\n", 3, "already exists"),
        ("[a]\nno value\n", 2, "cannot be read"),
        ("[a]\ntitle = x\n", 1, "names no file"),
        ('[{"type": "bigwig", "url": "a.bw"},\n {"type": }]', 2, "the JSON ends or breaks here"),
        ('[{"type": "bigwig", "name": "x"}]', 0, r"track 1 \('x'\) has no url"),
        ('["a.bw"]', 0, "item 1 is a text"),
        ("<Session>\n<Resources>\n</Session>", 3, "mismatched tag"),
        ("<html>\n</html>", 1, "the document is a <html>"),
        ("just words\n", 0, "this is no list of tracks"),
        ("", 0, "this is no list of tracks"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path, text, line, said):
    with pytest.raises(FormatError, match=said) as error:
        read_track_list(save(tmp_path, text, "mine.txt"))
    assert ("mine.txt", line) == (error.value.file, line and error.value.line)


@pytest.mark.parametrize(
    "place",
    [
        "../secret.bw",
        "/etc/passwd",
        "link/passwd",
        "a/../../b.bw",
        "file:///etc/passwd",
        "data:text/plain,x",
        "gopher://x/y",
    ],
)
def test_a_hub_names_no_file_outside_its_folder(tmp_path, place):
    folder = tmp_path / "hub"
    folder.mkdir()
    (folder / "link").symlink_to("/etc")
    for text in (
        f"[a]\nfile = {place}\n",
        f"track a\nbigDataUrl {place}\n",
        json.dumps([{"url": place}]),
        f'<Session><Resource path="{place}"/></Session>',
    ):
        with pytest.raises(FormatError, match=r"lies outside the folder|is no place of a file"):
            read_track_list(save(folder, text))


def test_an_included_file_cannot_lead_out_either(tmp_path):
    (tmp_path / "hub" / "hg19").mkdir(parents=True)
    save(tmp_path / "hub" / "hg19", "track a\nbigDataUrl ../../x.bw\n", "t.txt")
    hub = save(tmp_path / "hub", "include hg19/t.txt\n")
    with pytest.raises(FormatError, match=r"t\.txt, line 2: '\.\./\.\./x\.bw' lies outside"):
        read_track_list(hub)
    assert str(tmp_path / "x.bw") == read_track_list(hub, anywhere=True).tracks[0].location


def test_files_that_include_one_another_end(tmp_path):
    with pytest.raises(FormatError, match="include one another"):
        read_track_list(save(tmp_path, "include hub\n"))


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>\n<Session genome="&b;"/>'
THIEF = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>\n<Session><Track>&a;</Track></Session>'


@pytest.mark.parametrize("text", [BOMB, THIEF])
def test_xml_with_entities_is_refused(tmp_path, text):
    with pytest.raises(FormatError, match="there is a document type"):
        read_track_list(save(tmp_path, text))


@pytest.mark.parametrize("text", ["[" * 100_000, '[{"options":' + '{"a":' * 100_000, "<Session>" + "<a>" * 100_000])
def test_deep_nesting_is_refused(tmp_path, text):
    with pytest.raises(FormatError, match="nested too deeply"):
        read_track_list(save(tmp_path, text))


def test_a_file_too_large_for_a_list_is_refused_unread(tmp_path):
    path = tmp_path / "large.json"
    with path.open("wb") as out:
        out.write(b"[")
        out.truncate(100 * 2**20)
    with pytest.raises(FormatError, match=rf"large\.json: the file has 104,857,600 bytes\. .*{MOST_BYTES:,}"):
        read_track_list(path)


@quick
@given(st.sampled_from(["", "[", "<Session>", "track a\n", "[a]\n", '[{"url":']), st.text(max_size=80))
def test_any_text_is_read_or_refused_with_a_sentence(tmp_path, head, text):
    try:
        hub = read_track_list(save(tmp_path, head + text.replace("\r", "\n").encode("utf-8", "ignore").decode()))
    except FormatError as error:
        assert str(error).startswith("hub")
    else:
        assert all(Path(one.location).is_relative_to(tmp_path) or one.remote for one in hub.tracks)


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
