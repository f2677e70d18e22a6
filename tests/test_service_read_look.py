"""How `locution read` draws: looks, joined tracks, highlights, formats, scales, loci side by side."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from PIL import Image

from renderer.tracklists.scene import load_scene
from renderer.values.track import Highlight, Look, Track
from service.batch.look import change_track, join_replicates, join_tracks
from service.cli import locution
from workers.errors import JobError

TRACKS = tuple(
    Track(number, label, kind, "bigwig", Path(f"{number}.bw"))
    for number, (label, kind) in enumerate([("ChIP", "signal"), ("Input", "signal"), ("Genes", "genes")], 1)
)


@pytest.fixture
def run(make_bigwig: Any, peaky: Any, gtf: Path, tmp_path: Path) -> Any:
    """Runs the command on two signals and genes; returns its result and the folder."""
    files = [str(make_bigwig(peaky, "A.bw")), str(make_bigwig(peaky / 2, "B.bw")), str(gtf)]

    def call(*arguments: str) -> tuple[Any, Path]:
        out = tmp_path / "out"
        words = [*files, "--model", "measured", "--out", str(out), *arguments]
        return CliRunner().invoke(locution, ["read", *words]), out

    return call


def boxes(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((folder / "reading.json").read_text(encoding="utf-8"))["figure"]["tracks"]
    return found


def test_one_locus_in_three_formats_with_a_look_and_a_highlight(run):
    done, out = run(
        "--region",
        "chr1:1-100,000",
        "--width",
        "900",
        "--dpi",
        "50",
        "--format",
        "svg",
        "--format",
        "pdf",
        "--track",
        "1:vmax=80,height=90,color=#1f4e9c",
        "--highlight",
        "1:20,001-21,000=TSS",
    )
    assert 0 == done.exit_code, done.output
    with Image.open(out / "figure.png") as picture:
        assert 450 == picture.width
    assert b"%PDF" == (out / "figure.pdf").read_bytes()[:4]
    assert "TSS" in (out / "figure.svg").read_text(encoding="utf-8")
    assert (80, 45) == (boxes(out)[0]["vmax"], boxes(out)[0]["y1"] - boxes(out)[0]["y0"])


def test_groups_share_a_range_over_all_loci_and_panels_are_drawn(run):
    done, out = run(
        "--region",
        "chr1:10,001-30,000",
        "--region",
        "chr1:70,001-90,000",
        "--scale",
        "job",
        "--track",
        "A:group=g",
        "--track",
        "B:group=g",
        "--panels",
        "--format",
        "pdf",
    )
    assert 0 == done.exit_code, done.output
    tops = {boxes(folder)[row]["vmax"] for folder in sorted(out.glob("*/")) for row in (0, 1)}
    assert 1 == len(tops)
    assert b"%PDF" == (out / "panels.pdf").read_bytes()[:4]
    assert 2 == len(list(out.glob("*/figure.pdf")))


def test_two_files_make_one_track(run):
    done, out = run("--region", "beta+1kb", "--combine", "subtract:A,B", "--track", "1:label=A minus B")
    assert 0 == done.exit_code, done.output
    record = json.loads((out / "reading.json").read_text(encoding="utf-8"))
    assert [(1, "A minus B"), (2, "genes")] == [(one["track"], one["label"]) for one in record["tracks"]]
    assert 59_000 == record["region"]["start"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--track", "4:vmax=1"], "--track: there is no track '4'. The tracks are 1 A, 2 B, 3 genes."),
        (["--track", "1:top=1"], "--track '1': 'top' is not known. Known are height, vmin"),
        (["--track", "vmax"], "'vmax' is no change"),
        (["--track", "1:vmin=3,vmax=1"], "The top must be above the bottom"),
        (["--track", "1:color=red"], "'red' is not a colour"),
        (["--combine", "mean:1"], "fewer than two tracks"),
        (["--combine", "mean:1,3"], "track 3 ('genes') is no single signal"),
        (["--combine", "plus:1,2"], "--combine is 'plus'. It is one of mean, overlay"),
        (["--highlight", "chr1"], "--highlight: 'chr1' is not a region"),
        (["--highlight", "chr7:1-9"], "chr7:1-9 is in none of the loci"),
        (["--flank", "much"], "--flank is 'much'"),
        (["--dpi", "5"], "'--dpi'"),
    ],
)
def test_what_cannot_be_drawn_is_one_sentence_and_exit_2(run, arguments, said):
    done, _ = run("--region", "alpha", *arguments)
    assert (2, True) == (done.exit_code, said in done.output), done.output


def test_a_label_with_a_colon_names_a_track_too():
    named = (replace(TRACKS[0], label="K562: ChIP"), *TRACKS[1:])
    changed = change_track(named, "K562: ChIP:log=on,dense=off")
    assert Look(log=True) == changed[0].look
    assert TRACKS[1:] == changed[1:]


def test_joined_tracks_are_numbered_anew_and_keep_the_first_place():
    joined = join_tracks(TRACKS, "log2ratio:ChIP,2")
    assert [(1, "ChIP", (Path("2.bw"),), "log2ratio"), (2, "Genes", (), None)] == [
        (one.number, one.label, one.more, one.combine) for one in joined
    ]
    with pytest.raises(JobError, match="no single signal"):
        join_tracks(joined, "mean:1,2")


def test_replicates_are_joined_by_the_design():
    labels = ("H3K27ac WT rep1", "H3K27ac KO rep1", "H3K27ac WT rep2", "H3K27ac KO rep2", "ATAC")
    tracks = tuple(Track(n, label, "signal", "bigwig", Path(f"{n}.bw")) for n, label in enumerate(labels, 1))
    joined = join_replicates(tracks, "mean:replicates")
    assert [
        (1, "H3K27ac WT", "mean", (Path("3.bw"),)),
        (2, "H3K27ac KO", "mean", (Path("4.bw"),)),
        (3, "ATAC", None, ()),
    ] == [(track.number, track.label, track.combine, track.more) for track in joined]
    with pytest.raises(JobError, match="no tracks are replicates of one another"):
        join_replicates(tracks[:2], "mean:replicates")


def test_a_scene_of_a_scenes_file_has_looks_joined_files_and_highlights(make_bigwig, peaky, tmp_path):
    make_bigwig(peaky, "a.bw")
    make_bigwig(peaky, "b.bw")
    track = {
        "file": "a.bw",
        "label": "A",
        "group": "g",
        "look": {"height": 90, "vmax": 5},
        "more": ["b.bw"],
        "combine": "mean",
    }
    entry = {"id": "one", "region": "chr1:1-1,000", "tracks": [track], "highlights": ["chr1:11-20=here"]}
    scene = load_scene(entry, tmp_path, tmp_path / "work")
    (drawn,) = scene.tracks
    assert (Look(height=90, vmax=5), "g", 1, "mean") == (drawn.look, drawn.group, len(drawn.more), drawn.combine)
    assert (Highlight(10, 20, "here"),) == scene.highlights
    track["look"] = {"hight": 1}
    with pytest.raises(Exception, match="'look' has 'hight', which is not known. Known are height"):
        load_scene(entry, tmp_path, tmp_path / "work")


def test_the_design_is_printed_corrected_and_kept_in_the_record(run, tmp_path):
    printed, _ = run("--region", "alpha", "--print-design")
    assert 0 == printed.exit_code, printed.output
    assert ["track", "label", "assay", "sample", "condition", "replicate", "level", "group"] == (
        printed.output.splitlines()[0].split("\t")
    )
    table = tmp_path / "design.tsv"
    table.write_text("label\tassay\tcondition\nA\tRNA-seq\tcontrol\nB\tRNA-seq\tKD\n", encoding="utf-8")
    again, _ = run("--region", "alpha", "--design", str(table), "--print-design")
    assert ["control", "KD"] == [line.split("\t")[4] for line in again.output.splitlines()[1:]]
    done, out = run("--region", "alpha", "--design", str(table))
    assert 0 == done.exit_code, done.output
    assert boxes(out)[0]["vmax"] == boxes(out)[1]["vmax"]  # one assay, one scale
    claims = json.loads((out / "reading.json").read_text(encoding="utf-8"))["claims"]
    assert {"treatment"} == {one["measured"]["factor"] for one in claims if one["kind"].startswith("level_")}


def test_a_bad_design_is_refused_with_row_and_column(run, tmp_path):
    table = tmp_path / "design.tsv"
    table.write_text("track\tlevel\n1\thigh\n", encoding="utf-8")
    done, _ = run("--region", "alpha", "--design", str(table))
    assert 0 != done.exit_code
    assert "design.tsv, row 2, column level: 'high' is no level" in done.output
    done, _ = run("--region", "alpha", "--design", str(tmp_path / "none.tsv"))
    assert "--design" in done.output
