import gzip

import pytest

from renderer.prepare.upload import prepare
from renderer.tracklists.scene import build_scene, prepare_tracks
from renderer.values.errors import FormatError, TrackError
from renderer.values.region import Region
from renderer.window.bands import Band, read_bands

BANDS = """\
chr1\t0\t2300000\tp36.33\tgneg
chr1\t5400000\t7200000\tp36.31\tgpos33
chr1\t2300000\t5400000\tp36.32\tgpos25
chr1\t7200000\t9000000\tp11\tacen
chrM\t0\t16571\t\tgneg
chr2\t0\t4400000\tp25.3\tgvar
"""


@pytest.mark.parametrize("zipped", [False, True])
def test_the_bands_of_a_whole_chromosome_come_back_in_order(tmp_path, zipped):
    path = tmp_path / "cytoBand.txt"
    path.write_bytes(gzip.compress(BANDS.encode()) if zipped else BANDS.encode())
    prepared = prepare(path, "cytoBand.txt.gz", tmp_path / "out")
    assert ("cytoband", "bands", 6) == (prepared.format, prepared.kind, prepared.items)
    assert ({"chr1": 9_000_000, "chr2": 4_400_000, "chrM": 16_571}, True) == (prepared.chroms, prepared.sized)
    bands = read_bands(prepared.path, "1")
    assert ["p36.33", "p36.32", "p36.31", "p11"] == [band.name for band in bands]
    assert Band(7_200_000, 9_000_000, "p11", "acen") == bands[-1]
    assert [Band(0, 16_571, "", "gneg")] == read_bands(prepared.path, "MT")
    assert [] == read_bands(prepared.path, "chr3")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("chr1\t100\t200\tp1\tpurple\n", "the stain is 'purple'"),
        ("chr1\t100\t200\tp1\tgpos101\n", "the stain is 'gpos101'"),
        ("chr1\t100\t200\n", "3 columns"),
        ("chr1\t200\t100\tp1\tgneg\n", "the interval is 200-100"),
        ("chr1\tx\t100\tp1\tgneg\n", "'x'"),
        ("chr1\t8000000\t8500000\tp1\tgneg\n", "chr1:8000000-8500000 overlaps the band 7200000-9000000"),
    ],
)
def test_a_bad_band_is_named_by_its_line(tmp_path, line, said):
    path = tmp_path / "cytoBand.txt"
    filler = "".join(f"chr9\t{at}\t{at + 1}\tp{at}\tgneg\n" for at in range(100))
    path.write_text(BANDS.replace("\t\t", "\tm\t") + filler + line, encoding="utf-8")
    with pytest.raises(FormatError, match=said) as error:
        prepare(path, "cytoBand.txt", tmp_path / "out")
    assert 107 == error.value.line


def test_bands_among_the_files_are_no_row_but_the_ideogram(tmp_path, gtf):
    path = tmp_path / "cytoBand.txt"
    path.write_text(BANDS, encoding="utf-8")
    tracks, sizes = prepare_tracks([path, gtf], tmp_path / "work")
    scene = build_scene(tracks, Region("chr1", 0, 100_000), sizes, bands=tmp_path / "other")
    assert [(1, "genes")] == [(track.number, track.kind) for track in scene.tracks]
    assert 4 == len(read_bands(scene.bands, "chr1"))
    assert tmp_path / "other" == build_scene(tracks[1:], Region("chr1", 0, 9), sizes, bands=tmp_path / "other").bands
    with pytest.raises(TrackError, match="There are no tracks"):
        build_scene(tracks[:1], Region("chr1", 0, 9), sizes)


def test_a_file_that_is_no_longer_there_says_so(tmp_path):
    with pytest.raises(FormatError, match="bands cannot be read"):
        read_bands(tmp_path / "none.bed.gz", "chr1")
