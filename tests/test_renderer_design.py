"""Claims on designs: what a table says of tracks, how it is refused, and that a printed guess reads back the same."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderer.assays.design import guess_design
from renderer.assays.design_table import COLUMNS, apply_design, design_table, read_design
from renderer.assays.labels import levels_of
from renderer.tracklists.scene import load_scene
from renderer.values.errors import TrackError
from renderer.values.track import Track

LABELS = (
    "HeLa H3K27ac WT rep1",
    "HeLa H3K27ac WT rep2",
    "HeLa H3K27ac CTCF KO clone 5",
    "HeLa H3K27ac CTCF KO clone 7",
    "RNA-seq 0h",
    "RNA-seq 1h",
    "RNA-seq 3h",
    "HeLa Input",
    "K562 PRO-seq (+)",
    "K562 PRO-seq (-)",
    "siCTCF, 10 nM dex CAGE",
    "vehicle CAGE",
)


def tracks_of(*labels):
    return tuple(
        Track(number, label, "signal", "bigwig", Path(f"{number}.bw")) for number, label in enumerate(labels, 1)
    )


def conditions(tracks):
    """Factor and conditions, each with its tracks, of every contrast."""
    found = guess_design(tracks).contrasts
    return [(one.factor, [(side.name, side.tracks) for side in one.conditions]) for one in found]


def test_a_table_corrects_what_labels_made_one_guess():
    tracks = tracks_of("A H3K27ac", "B H3K27ac", "C H3K27ac", "D H3K27ac")
    assert [("condition", [("A", (1,)), ("B", (2,)), ("C", (3,)), ("D", (4,))])] == conditions(tracks)
    rows = ("A H3K27ac\tcontrol\t1", "B H3K27ac\tcontrol\t2", "C H3K27ac\tKD\t1", "D H3K27ac\tKD\t2")
    told = apply_design(tracks, read_design("\n".join(("label\tcondition\treplicate", *rows))))
    assert [("treatment", [("control", (1, 2)), ("KD", (3, 4))])] == conditions(told)
    assert ["1", "2", "1", "2"] == [track.replicate for track in told]


def test_a_sample_that_no_list_of_ours_knows_goes_by_its_own_words():
    labels = [*(f"kidney H3K27ac rep{n}" for n in (1, 2)), *(f"muscle H3K27ac rep{n}" for n in range(1, 7))]
    tracks = tracks_of(*labels)
    assert [("sample", [("kidney", (1, 2)), ("muscle", (3, 4, 5, 6, 7, 8))])] == conditions(tracks)
    assert [("kidney", 2), ("muscle", 6)] == [(one.name, len(one.tracks)) for one in guess_design(tracks).replicates]


def test_levels_order_conditions_that_no_label_orders():
    tracks = tracks_of("young ATAC-seq", "old ATAC-seq", "adult ATAC-seq")
    assert not guess_design(tracks).contrasts[0].ordered
    rows = [{"track": 1, "level": 2}, {"track": 2, "level": "24.5"}, {"track": 3, "level": 8}]
    contrast = guess_design(apply_design(tracks, read_design(rows))).contrasts[0]
    assert contrast.ordered
    assert [("young", 2.0), ("adult", 8.0), ("old", 24.5)] == [(one.name, one.level) for one in contrast.conditions]


def test_a_dash_says_that_there_is_none_and_an_empty_cell_leaves_the_guess():
    tracks = tracks_of("K562 RNA-seq KO", "K562 RNA-seq WT")
    assert [("genotype", [("WT", (2,)), ("KO", (1,))])] == conditions(tracks)
    for cell, found in (("-", []), ("", conditions(tracks))):
        table = f"track\tcondition\n1\t{cell}\n2\t{cell}\n"
        assert found == conditions(apply_design(tracks, read_design(table)))
    told = apply_design(tracks, read_design("track\tsample\n1\tliver\n2\tlung\n"))
    assert "sample" not in [factor for factor, _ in conditions(told)]  # they differ in two things


def test_a_condition_is_of_the_factors_its_parts_name():
    assert (("genotype", "CTCF KO"), ("time", "3 h")) == levels_of("CTCF KO, 3h")
    assert (("condition", "KO line 5"),) == levels_of("KO line 5")
    assert (("genotype", "KO"), ("condition", "clone 5")) == levels_of("KO, clone 5")
    assert () == levels_of("-")


@given(st.lists(st.sampled_from(LABELS), min_size=1, unique=True))
def test_a_printed_guess_reads_back_as_the_same_design(labels):
    tracks = tracks_of(*labels)
    table = design_table(tracks)
    assert list(COLUMNS) == table.splitlines()[0].split("\t")
    told = apply_design(tracks, read_design(table))
    assert guess_design(tracks) == guess_design(told)
    assert table == design_table(told)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("", "d.tsv is empty. Its first row names the columns: track, label, assay"),
        ("track,condition\n1,KO\n", "d.tsv, row 1: the column 'track,condition' is not known"),
        ("track\ttrack\n1\t1\n", "d.tsv, row 1: the column 'track' is given twice"),
        ("track\tcondition\n1\tKO\tx\n", "d.tsv, row 2 has 3 columns. The first row names 2"),
        ("track\tlevel\n1\t3 hours\n", "d.tsv, row 2, column level: '3 hours' is no level. It is a number"),
        ("track\tlevel\n1\tnan\n", "'nan' is no level"),
        ("track\tcondition\nfirst\tKO\n", "d.tsv, row 2, column track: 'first' is no track"),
        ("track\tcondition\n\n3\tKO\n", "d.tsv, row 3, column track: there is no track 3. The tracks are 1 A, 2 B"),
        ("label\tcondition\nC\tKO\n", "d.tsv, row 2, column label: there is no track 'C'"),
        ("track\tlabel\n1\tB\n", "d.tsv, row 2, column label: 'B' is not track 1"),
        ("condition\nKO\n", "d.tsv, row 2 names no track"),
        ("track\tcondition\n1\tKO\n1\tWT\n", "d.tsv, row 3: track 1 is in row 2 already"),
        ([{"track": 1, "colour": "red"}], "d.tsv, row 1: 'colour' is not known"),
        ([{"track": True}], "d.tsv, row 1, column track: 'True' is no text"),
        ([{"track": 1, "condition": "a\x00b"}], "too long or not printable"),
        (["KO"], "every row is an object"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_with_row_and_column(table, said):
    tracks = tracks_of("A", "B")
    with pytest.raises(TrackError) as error:
        apply_design(tracks, read_design(table, "d.tsv"), "d.tsv")
    assert said in str(error.value)


def test_labels_with_quotes_and_blank_lines_survive():
    tracks = tracks_of('the "odd" one RNA-seq', "other RNA-seq")
    assert (
        replace(tracks[0], condition="x")
        == apply_design(tracks, read_design('\ufefflabel\tcondition\r\n\r\nthe "odd" one RNA-seq\tx\r\n'))[0]
    )


def test_a_scene_says_its_design_and_scale_and_is_refused_by_field(make_bigwig, peaky, tmp_path):
    tracks = [
        {"file": make_bigwig(peaky, f"{n}.bw").name, "label": label, "assay": "RNA-seq", **said}
        for n, (label, said) in enumerate(
            (("a", {"condition": "dex", "level": 2}), ("b", {"replicate": 1, "level": "0"}))
        )
    ]
    entry = {"id": "one", "region": "chr1:1-1000", "tracks": tracks, "scale": "own"}
    scene = load_scene(entry, tmp_path, tmp_path / "work")
    assert "own" == scene.scale
    assert [("dex", None, 2.0), (None, "1", 0.0)] == [(t.condition, t.replicate, t.level) for t in scene.tracks]
    with pytest.raises(TrackError, match="'scale' is 'big'. It is one of together, job, own, file"):
        load_scene({**entry, "scale": "big"}, tmp_path, tmp_path / "work")
    with pytest.raises(TrackError, match="Track 1: 'level': 'high' is no level"):
        load_scene({**entry, "tracks": [{**tracks[0], "level": "high"}]}, tmp_path, tmp_path / "work")
