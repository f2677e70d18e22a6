"""`locution tracklist` and `locution read --tracklist`, as a person runs them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from renderer.prepare.upload import prepare
from renderer.tracklists.lists import ListedTrack, TrackList, read_track_list
from renderer.tracklists.to_scene import prepare_listed
from renderer.values.track import Look
from service.cli import locution

LOCUTION = Path(sys.executable).parent / "locution"

INI = """\
[x-axis]
[k4]
file = K562_H3K4me3.bw
title = H3K4me3 (ChIP)
height = 2
color = darkred
max_value = 50
[lfc]
file = K562_H3K4me3.bw
second_file = input.bw
operation = log2(file/second_file)
[gone]
file = gone.bw
[genes]
file = genes.gtf
fontsize = 9
"""
PLACES = {"ucsc": "ucsc.txt", "washu": "washu.json", "igv": "igv.xml", "ini": "again.ini"}


@pytest.fixture
def ini(make_bigwig, peaky, gtf, tmp_path) -> Path:
    make_bigwig(peaky, "K562_H3K4me3.bw")
    make_bigwig(np.full(1000, 2.0), "input.bw")
    path = tmp_path / "tracks.ini"
    path.write_text(INI, encoding="utf-8")
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(locution, ["tracklist", *map(str, arguments)])


def test_a_list_is_shown_with_what_is_not_used(ini):
    shown = run(ini)
    assert 0 == shown.exit_code
    assert "tracks.ini: 4 tracks" in shown.stdout
    assert f"1  H3K4me3 (ChIP)  bigwig  {ini.parent / 'K562_H3K4me3.bw'}" in shown.stdout
    assert "log2ratio" in shown.stdout
    assert "note: The setting 'fontsize' is not used (line 16)." in shown.stderr


@pytest.mark.parametrize("first", PLACES)
@pytest.mark.parametrize("second", PLACES)
def test_every_list_becomes_every_other_and_keeps_label_file_and_colour(ini, tmp_path, first, second):
    one, two = tmp_path / "a" / PLACES[first], tmp_path / "b" / "deep" / PLACES[second]
    assert 0 == run(ini, "--to", first, "--out", one, "--assembly", "hg19").exit_code
    done = run(one, "--to", second, "--out", two, "--assembly", "hg19")
    assert (0, str(two)) == (done.exit_code, done.stdout.strip())
    track = read_track_list(two, anywhere=True).tracks[0]
    expected = ("H3K4me3 (ChIP)", str(ini.parent / "K562_H3K4me3.bw"), "#8b0000")
    assert expected == (track.label, track.location, track.color)


def test_a_ucsc_hub_is_a_folder_of_three_files(ini, tmp_path):
    done = run(ini, "--to", "ucsc", "--out", tmp_path / "hub", "--assembly", "hg19")
    assert ["hub.txt", "genomes.txt", "trackDb.txt"] == [Path(line).name for line in done.stdout.splitlines()]
    assert "'genes' was left out: a UCSC hub takes bigWig" in done.stderr
    assert "genome hg19" in (tmp_path / "hub" / "genomes.txt").read_text(encoding="utf-8")


def test_bad_input_is_one_sentence_and_exit_2(ini, tmp_path):
    assert "names its assembly" in run(ini, "--to", "ucsc", "--out", tmp_path / "hub").stderr
    assert 2 == run(ini, "--to", "ucsc", "--out", tmp_path / "hub").exit_code
    missing = run(tmp_path / "none.txt")
    said = (
        "locution tracklist: none.txt: the file cannot be read (No such file or directory). Give a file that exists.\n"
    )
    assert (2, said) == (missing.exit_code, missing.stderr)
    assert "belong together" in run(ini, "--to", "ucsc").stderr


def test_a_hub_is_prepared_and_what_cannot_be_drawn_says_why(ini, tmp_path):
    tracks, sizes = prepare_listed(read_track_list(ini), tmp_path / "work", prepare)
    assert [1, 2, 3, 4] == [track.number for track in tracks]
    k4, lfc, gone, genes = tracks
    assert ("H3K4me3", "K562", "#8b0000", Look(76, None, 50.0)) == (k4.assay, k4.sample, k4.color, k4.look)
    assert ("log2ratio", 1, "signal") == (lfc.combine, len(lfc.more), lfc.kind)
    assert ("gone.bw: there is no such file.", None) == (gone.note, genes.note)
    assert {"chr1": 100_000} == sizes


def test_a_file_on_another_machine_is_a_row_that_says_so(ini, tmp_path):
    far = ListedTrack("far", "https://example.org/a.bw", "bigwig")
    near = ListedTrack("near", str(ini.parent / "input.bw"))
    tracks, _ = prepare_listed(TrackList("h", None, None, (far, near)), tmp_path / "work", prepare)
    assert "which is not fetched" in str(tracks[0].note)
    assert ("signal", None) == (tracks[1].kind, tracks[1].note)


def test_loci_are_read_on_the_tracks_of_a_hub(ini, tmp_path):
    out = tmp_path / "out"
    done = subprocess.run(
        [LOCUTION, "read", "--tracklist", ini, "--region", "chr1:1-100,000", "--model", "measured", "--out", out],
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == done.returncode, done.stderr
    assert "tracks.ini: The setting 'fontsize' is not used (line 16)." in done.stderr
    record = json.loads((out / "reading.json").read_text(encoding="utf-8"))
    assert ["H3K4me3 (ChIP)", "lfc", "gone", "genes"] == [track["label"] for track in record["tracks"]]
    assert any("gone.bw: there is no such file." in warning for warning in record["warnings"])
    assert "ALPHA" in record["caption"]["en"]


def test_a_session_brings_its_locus_and_assembly(ini, tmp_path):
    session = tmp_path / "session.json"
    tracks = [{"name": "K4", "url": "K562_H3K4me3.bw", "format": "bigwig"}]
    session.write_text(json.dumps({"genome": "hg19", "locus": "chr1:1-50,000", "tracks": tracks}), encoding="utf-8")
    done = subprocess.run(
        [
            LOCUTION,
            "read",
            tmp_path / "genes.gtf",
            "--hub",
            session,
            "--model",
            "measured",
            "--json",
            "--out",
            tmp_path / "out",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == done.returncode, done.stderr
    record = json.loads(done.stdout)
    assert ("hg19", "chr1", 0, 50_000) == tuple(record["region"][key] for key in ("assembly", "chrom", "start", "end"))
    assert ["K4", "genes"] == [track["label"] for track in record["tracks"]]


def test_the_former_name_of_the_command_works_and_is_not_listed(ini):
    assert "tracks.ini: 4 tracks" in CliRunner().invoke(locution, ["hub", str(ini)]).stdout
    shown = CliRunner().invoke(locution, ["--help"]).stdout
    assert "\n  tracklist " in shown
    assert "\n  hub " not in shown
