"""Small words: lengths, lists, labels without the sample they share, strands, spaces between scripts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from renderer.values.region import Region
from renderer.values.track import Scene, Track
from vlm.claims.gene_names import well_known
from vlm.words import language
from vlm.words.chinese import language as zh
from vlm.words.chinese.language import Chinese
from vlm.words.clauses.compared import Course, HigherAt, ProfilesAlike
from vlm.words.english import language as en
from vlm.words.english.language import English
from vlm.words.parts import Pair, Side, Stretch
from vlm.words.places import short_labels


def scene(*rows: tuple[str, str | None]) -> Scene:
    """Signal tracks given as (label, sample)."""
    tracks = (
        Track(n, label, "signal", "bigwig", Path("x"), sample=sample) for n, (label, sample) in enumerate(rows, 1)
    )
    return Scene(Region("chr1", 0, 1000), tuple(tracks))


@pytest.mark.parametrize(
    ("bases", "digits", "expected"),
    [
        (7, 2, "7 bp"),
        (999, 2, "1 kb"),
        (5_370, 2, "5.4 kb"),
        (91_900, 2, "92 kb"),
        (588_000, 2, "590 kb"),
        (240_001, 3, "240 kb"),
        (2_000_001, 3, "2 Mb"),
        (12_500_000, 3, "12.5 Mb"),
        (248_956_422, 3, "249 Mb"),
    ],
)
def test_lengths_have_the_digits_a_person_would_say(bases: int, digits: int, expected: str) -> None:
    assert language.length(bases, digits) == expected


def test_lists_read_as_lists_in_both_languages() -> None:
    assert (en.listed(["a"]), zh.listed(["a"])) == ("a", "a")
    assert (en.listed(["a", "b"]), zh.listed(["a", "b"])) == ("a and b", "a 和 b")
    assert (en.listed(["a", "b", "c"]), zh.listed(["a", "b", "c"])) == ("a, b and c", "a、b 和 c")
    assert en.listed(["a and b", "c"], nested=True) == "a and b, and c"


def test_a_shared_sample_is_left_out_of_the_labels() -> None:
    labels = short_labels(scene(("K562 H3K4me3", "K562"), ("H3K27ac_K562", "K562")))
    assert (labels.sample, labels.by_track) == ("K562", {1: "H3K4me3", 2: "H3K27ac"})


def test_beside_a_row_of_another_sample_each_label_says_whose_it_is() -> None:
    rows = scene(("K562 H3K4me3", "K562"), ("K562 H3K27ac", "K562"), ("K562 states", "K562"), ("HeLa states", "HeLa"))
    two = (replace(one, kind="intervals" if "states" in one.label else "signal") for one in rows.tracks)
    labels = short_labels(replace(rows, tracks=tuple(two)))
    assert labels.by_track == {1: "K562 H3K4me3", 2: "K562 H3K27ac", 3: "K562 states", 4: "HeLa states"}


def test_tracks_of_one_name_are_told_apart_unless_they_are_the_strands_of_one() -> None:
    assert short_labels(scene(("A", None), ("B", None), ("A", None))).by_track == {1: "A (1)", 2: "B", 3: "A (3)"}
    plus, minus = (Track(n, "A", "signal", "bigwig", Path("x"), strand=s) for n, s in ((1, "+"), (2, "-")))
    assert short_labels(Scene(Region("chr1", 0, 1000), (plus, minus))).by_track == {1: "A", 2: "A"}


def test_a_place_is_never_rounded_to_nothing() -> None:
    english = English(Region("chr1", 0, 2_000_000))
    assert (english.at(1_511), english.at(50_000)) == ("1,512", "0.05 Mb")


@pytest.mark.parametrize(
    "rows",
    [
        [("K562 H3K4me3", "K562")],
        [("K562 H3K4me3", "K562"), ("HeLa H3K4me3", "HeLa")],
        [("K562 H3K4me3", "K562"), ("H3K27ac", "K562")],
        [("K562", "K562"), ("K562 H3K4me3", "K562")],
        [("K562 a", "K562"), ("a K562", "K562")],
        [("S2E a", "S2"), ("S2E b", "S2")],
        [("a", None), ("b", None)],
    ],
)
def test_labels_stay_whole_where_the_sample_is_not_said_by_all_or_is_all_there_is(
    rows: list[tuple[str, str | None]],
) -> None:
    labels = short_labels(scene(*rows))
    assert (labels.sample, list(labels.by_track.values())) == (None, [label for label, _ in rows])


@pytest.mark.parametrize("name", ["RP11-70J12.1", "AL158147.2", "Y_RNA", "LOC101928163", "Gm12345", "ENSG00000012048"])
def test_clones_and_numbers_are_no_names_for_a_caption(name: str) -> None:
    assert not well_known(name)


@pytest.mark.parametrize("name", ["JAK2", "Hoxd13", "N", "l(2)05714", "KIAA1432", "C21orf58", "betaggt-I"])
def test_gene_symbols_are(name: str) -> None:
    assert well_known(name)


def test_chinese_is_spaced_as_journals_set_it() -> None:
    assert zh.spaced("在K562中，H3K4me3 有 2个峰 。 其余 区域") == "在 K562 中，H3K4me3 有 2 个峰。其余区域"


def test_a_sentence_has_a_capital_unless_a_name_is_written_small() -> None:
    start = English(Region("chr1", 0, 1000)).close
    assert start("in loops, a is linked to b") == "In loops, a is linked to b."
    assert start("both PRO-seq strands peak") == "Both PRO-seq strands peak."
    assert start("mESC CTCF peaks") == "mESC CTCF peaks."
    assert start("p300 peaks") == "p300 peaks."


def test_what_is_compared_has_a_name_where_the_assay_is_not_known():
    region = Region("chr1", 0, 1000)
    english, chinese = English(region), Chinese(region)
    pair = Pair(Stretch("window", 0, 1000), Side("B", 13.0), Side("A", 1.0))
    assert english(HigherAt("", "B", "A", (pair,), peak=True)).startswith("the signal is higher in B than in A")
    assert english(HigherAt("", "B", "A", (pair,))).startswith("mean signal is higher in B than in A")
    assert english(ProfilesAlike("", "A", "B", 0.9, 100)).startswith("the profiles of A and B are alike")
    assert chinese(HigherAt("", "B", "A", (pair,), peak=True)).startswith("信号在 B 中高于 A")
    assert chinese(ProfilesAlike("", "A", "B", 0.9, 100)).startswith("A 与 B 的分布形态相近")


@pytest.mark.parametrize(
    ("levels", "en", "zh"),
    [
        ((2.1, 36.7, 47.2, 23.9), "highest at 1 and 3 h", "在 1 和 3 h 最高"),
        ((2.1, 30.0, 47.2, 23.9), "highest at 3 h", "在 3 h 最高"),
        ((40.0, 10.0, 47.2, 12.0), "highest at 3 h", "在 3 h 最高"),
    ],
)
def test_neighbours_in_a_course_that_hardly_differ_are_highest_together(
    levels: tuple[float, ...], en: str, zh: str
) -> None:
    sides = tuple(Side(f"{hour} h", level) for hour, level in zip((0, 1, 3, 6), levels, strict=True))
    course = Course("RAP", Stretch("window", 0, 1_000), "changes", sides)
    region = Region("chrX", 0, 1_000)
    assert en in English(region).sentence(course)
    assert zh in Chinese(region).sentence(course)
