import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import renderer.prepare.indexed
from renderer.formats.table import FORMATS
from renderer.prepare.indexed import index_rows
from renderer.prepare.intervals import read_color
from renderer.prepare.upload import prepare
from renderer.values.region import Region
from renderer.window.intervals import Interval, read_intervals, read_links

WINDOW = Region("chr1", 0, 100_000)
BLOCKS = ((100, 200), (600, 900))
VCF = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
AUTOSQL = """table mine
"Columns of a lab"
(
string chrom; "a"
uint chromStart; "b"
uint chromEnd; "c"
string name; "d"
uint score; "e"
char[1] strand; "f"
uint thickStart; "g"
uint thickEnd; "h"
uint reserved; "i"
int blockCount; "j"
int[blockCount] blockSizes; "k"
int[blockCount] chromStarts; "l"
lstring note; "of their own"
)
"""
PEAKS = """table bigNarrowPeak
"x"
(string chrom; "a"
 uint chromStart; "b"
 uint chromEnd; "c"
 string name; "d"
 uint score; "e"
 char[1] strand; "f"
 float signalValue; "g"
 float pValue; "h"
 float qValue; "i"
 int peak; "j"
)
"""
INTERACT = "\n".join(
    f'string {name}; "x"'
    for name in (
        "chrom",
        "chromStart",
        "chromEnd",
        "name",
        "score",
        "value",
        "exp",
        "color",
        "sourceChrom",
        "sourceStart",
        "sourceEnd",
        "sourceName",
        "sourceStrand",
        "targetChrom",
        "targetStart",
        "targetEnd",
        "targetName",
        "targetStrand",
    )
)


def prepare_text(folder, name, text, kind=None):
    (folder / name).write_text(text, encoding="utf-8")
    return prepare(folder / name, name, folder / "out", kind=kind)


@pytest.mark.parametrize(
    ("name", "text", "kind", "expected"),
    [
        ("a.bed", "chr1\t10\t90\n", None, Interval(10, 90)),
        ("a.bed", "chr1 10 90 my\n", None, Interval(10, 90, "my")),
        ("a.bed", "chr1\t10\t90\tmy own\t.\t-\n", None, Interval(10, 90, "my own", "-")),
        ("a.bed", "chr1\t10\t90\t.\t7.5\t.\n", None, Interval(10, 90, score=7.5)),
        (
            "a.bed",
            "chr1\t10\t90\tn\t960\t+\t20\t80\t255,128,0\n",
            None,
            Interval(10, 90, "n", "+", "#ff8000", score=960.0, thick=(20, 80)),
        ),
        ("a.bed", "chr1\t10\t90\tn\t0\t.\t10\t10\t0\n", None, Interval(10, 90, "n", score=0.0)),
        ("a.bed", "chr1\t10\t90\tn\t0\t.\tmy\town\tcolumns\n", None, Interval(10, 90, "n", score=0.0)),
        ("a.bed", "chr1\t10\t90\tn\t0\t.\t²\t³\tcolumns\n", None, Interval(10, 90, "n", score=0.0)),
        (
            "a.bed",
            "chr1\t100\t900\tn\t0\t-\t200\t800\t0\t2\t100,300,\t0,500,\n",
            "intervals",
            Interval(100, 900, "n", "-", score=0.0, blocks=BLOCKS, thick=(200, 800)),
        ),
        (
            "a.bed",
            "chr1\t100\t900\tn\t0\t-\t0\t0\t0\t2\t100,300\t0,500\t5.5\t3.1\t2.0\n",
            None,
            Interval(100, 900, "n", "-", score=0.0, blocks=BLOCKS),
        ),
        (
            "a.narrowPeak",
            "chr1\t10\t90\tpk\t100\t.\t5.5\t3.1\t2.0\t40\n",
            None,
            Interval(10, 90, "pk", summit=50, score=100.0),
        ),
        ("a.narrowPeak", "chr1\t10\t90\tpk\t100\t.\t5.5\t3.1\t2.0\t-1\n", None, Interval(10, 90, "pk", score=100.0)),
        ("a.broadPeak", "chr1\t10\t90\tpk\t100\t.\t5.5\t3.1\t2.0\n", None, Interval(10, 90, "pk", score=100.0)),
        ("a.vcf", VCF + "chr1\t11\trs1\tA\tG\t50\tPASS\t.\n", None, Interval(10, 11, "rs1", score=50.0)),
        ("a.vcf", VCF + "chr1\t11\t.\tACG\tA,T\t.\tPASS\t.\n", None, Interval(10, 13, "ACG>A,T")),
        ("a.vcf", VCF + f"chr1\t11\t.\t{'ACGT' * 5}\tA\t.\tPASS\t.\n", None, Interval(10, 30, "20 bp>A")),
        ("a.vcf", VCF + "chr1\t11\t.\tN\t<DEL>\t.\tPASS\tSVTYPE=DEL;END=90;X=1\n", None, Interval(10, 90, "N><DEL>")),
        ("a.vcf", VCF + "chr1\t11\t.\tN\t<DUP:TANDEM>\t.\t.\tSVLEN=79\n", None, Interval(10, 90, "N><DUP:TANDEM>")),
        ("a.vcf", VCF + "chr1\t11\t.\tN\t<INS>\t.\t.\tSVLEN=79\n", None, Interval(10, 11, "N><INS>")),
    ],
)
def test_every_format_of_intervals_is_read_as_the_same_kind_of_value(tmp_path, name, text, kind, expected):
    prepared = prepare_text(tmp_path, name, text, kind)
    assert ([expected], 1, ()) == (read_intervals(prepared.path, WINDOW), prepared.items, prepared.warnings)


def test_a_bigbed_gives_what_its_autosql_says(make_bigbed, tmp_path):
    row = "chr1\t100\t900\tn\t5\t-\t200\t800\t255,0,0\t2\t100,300,\t0,500,\twhatever"
    path = make_bigbed([row, row.replace("255,0,0", "65280")], {"chr1": 5000, "chr2": 900}, AUTOSQL, 12)
    prepared = prepare(path, "a.bb", tmp_path / "out")
    one = Interval(100, 900, "n", "-", "#00ff00", score=5.0, blocks=BLOCKS, thick=(200, 800))
    assert ["#00ff00", "#ff0000"] == sorted(item.color for item in read_intervals(prepared.path, WINDOW))
    assert one in read_intervals(prepared.path, WINDOW)
    assert ({"chr1": 5000, "chr2": 900}, True, 2) == (prepared.chroms, prepared.sized, prepared.items)


def test_a_bigbed_of_peaks_keeps_summits_and_no_entry_is_lost_at_the_edge_of_a_stretch(make_bigbed, tmp_path):
    edge = 1 << 20
    places = [(5, 90), (edge - 50, edge + 50), (edge, edge), (edge, edge + 9), (edge + 1, edge + 2)]
    rows = [
        f"chr1\t{start}\t{end}\tp{n}\t5\t.\t1.5\t2\t3\t{0 if end > start else -1}"
        for n, (start, end) in enumerate(places)
    ]
    prepared = prepare(make_bigbed(rows, {"chr1": 3 * edge}, PEAKS, 6), "a.bb", tmp_path / "out")
    found = read_intervals(prepared.path, Region("chr1", 0, 3 * edge))
    assert ["p0", "p1", "p2", "p3", "p4"] == sorted(item.name for item in found)
    assert {5, edge - 50, edge, edge + 1, None} == {item.summit for item in found}


def test_what_cannot_be_used_is_counted_in_a_warning(tmp_path):
    text = "chr1\t1\t9\tn\ttext\t.\t1\t9\t255,0,900\nchr1\t1\t9\tn\t5\t.\t1\t9\t0\n"
    prepared = prepare_text(tmp_path, "a.bed", text)
    assert (
        "1 rows have no number in the score column (5), which is not used.",
        "1 rows have no colour as r,g,b in column 9, which is not used.",
    ) == prepared.warnings
    peaks = prepare_text(tmp_path, "a.narrowPeak", "chr1\t1\t9\tn\t5\t.\t1\t9\t0\t70\n")
    assert ("1 rows have a summit (column 10) outside the peak, which is not used.",) == peaks.warnings


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("255,0,0", "#ff0000"),
        ("0,0,0", "#000000"),
        ("1,2,3,", "#010203"),
        ("#FF8000", "#ff8000"),
        ("16711680", "#ff0000"),
        ("0", None),
        (".", None),
        ("256,0,0", None),
        ("1,2", None),
        ("red", None),
        ("99999999", None),
    ],
)
def test_colours_are_read_in_every_way_bed_files_write_them(text, expected):
    assert expected == read_color(text)


def test_unsorted_intervals_come_back_sorted_and_only_those_in_the_window(tmp_path):
    prepared = prepare_text(
        tmp_path, "a.bed", "chr2\t5\t9\tc\nchr1\t500\t600\tb\nchr1\t100\t200\ta\nchr1\t90\t90\tpoint\n"
    )
    assert ["point", "a", "b"] == [item.name for item in read_intervals(prepared.path, WINDOW)]
    assert ["a"] == [item.name for item in read_intervals(prepared.path, Region("1", 150, 160))]
    assert {"chr1": 600, "chr2": 9} == prepared.chroms


def test_chromosomes_beyond_the_reach_of_tabix_are_indexed_too(tmp_path):
    prepared = prepare_text(tmp_path, "a.bed", "chr1\t1\t9\ta\nchr1\t900000000\t900000009\tfar\n")
    found = read_intervals(prepared.path, Region("chr1", 899_999_999, 900_000_100))
    assert ["far"] == [item.name for item in found]


def test_rows_sorted_in_parts_on_disk_are_those_sorted_in_memory(tmp_path, monkeypatch):
    rows = [(f"chr{n % 3}", n * 7919 % 10_007, n * 7919 % 10_007 + 5) for n in range(5000)]
    lines = [(*row, "\t".join(map(str, row))) for row in rows]
    monkeypatch.setattr(renderer.prepare.indexed, "ROWS_AT_ONCE", 300)
    (tmp_path / "parts").mkdir()
    prepared = index_rows(FORMATS["bed"], tmp_path / "parts", iter(lines), (), lambda share: None)
    with gzip.open(prepared.path, "rt") as written:
        assert [line for *_, line in sorted(lines)] == written.read().splitlines()
    assert 5000 == prepared.items


words = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), max_size=8).filter(
    lambda word: word != "."
)


@st.composite
def intervals(draw):
    start = draw(st.integers(0, 90_000))
    end = start + draw(st.integers(1, 900))
    inside = st.integers(start, end)
    spans = st.tuples(inside, inside).map(sorted).map(tuple)
    return Interval(
        start,
        end,
        draw(words),
        draw(st.sampled_from("+-.")),
        draw(st.none() | st.just("#ff8000")),
        draw(st.none() | inside),
        draw(st.none() | st.floats(allow_nan=False, allow_infinity=False)),
        tuple(draw(st.lists(spans, max_size=3))),
        draw(st.none() | spans),
    )


@settings(max_examples=40)
@given(st.lists(intervals(), min_size=1, max_size=20))
def test_an_interval_survives_being_written_and_read(tmp_path, items):
    rows = [("chr1", item.start, item.end, item.to_line("chr1")) for item in items]
    prepared = index_rows(FORMATS["bed"], tmp_path, rows, (), lambda share: None)
    assert sorted(map(repr, items)) == sorted(map(repr, read_intervals(prepared.path, WINDOW)))


def anchors(prepared):
    return [(link.start1, link.end1, link.start2, link.end2, link.score) for link in read_links(prepared.path, WINDOW)]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.arcs", "chr1\t10\t20\tchr1\t80\t90\t3\n"),
        ("a.bedpe", "chr1\tx1\tx2\tchr2\ty1\ty2\tcolor\to\nchr1\t10\t20\tchr1\t80\t90\t0,255,255\t3\n"),
        ("a.bedpe", "chr1\t80\t90\tchr1\t10\t20\tname\t3\t+\t-\n"),
        ("a.txt", "chr1\t10\t20\tchr1:80-90,3\nchr1\t80\t90\tchr1:10-20,3\n"),
        ("a.txt", "chr1\t10\t20\tchr1:80-90,3\t1\t.\nchr1\t80\t90\tchr1:10-20,3\t2\t.\n"),
        ("a.inter", "chr1\t10\t90\tx\t0\t3\texp\t0\tchr1\t80\t90\tb\t.\tchr1\t10\t20\ta\t.\n"),
        ("a.inter", "chr1\t10\t90\tx\t3\t0\texp\t0\tchr1\t10\t20\ta\t.\tchr1\t80\t90\tb\t.\n"),
    ],
)
def test_every_format_of_links_gives_the_same_link(tmp_path, name, text):
    assert [(10, 20, 80, 90, 3.0)] == anchors(prepare_text(tmp_path, name, text))


def test_a_biginteract_gives_links_and_lengths(make_bigbed, tmp_path):
    row = "chr1\t10\t90\tx\t0\t3\texp\t0\tchr1\t10\t20\ta\t.\tchr1\t80\t90\tb\t."
    between = "chr1\t10\t20\tx\t0\t3\texp\t0\tchr1\t10\t20\ta\t.\tchr2\t80\t90\tb\t."
    path = make_bigbed([row, between], {"chr1": 5000, "chr2": 900}, f'table interact "x" (\n{INTERACT}\n)', 5)
    prepared = prepare(path, "a.bb", tmp_path / "out")
    assert [(10, 20, 80, 90, 3.0)] == anchors(prepared)
    assert ("1 links between chromosomes are not drawn.",) == prepared.warnings
    assert ("biginteract", {"chr1": 5000, "chr2": 900}, True) == (prepared.format, prepared.chroms, prepared.sized)


def test_links_that_cannot_be_drawn_are_counted_not_lost_silently(tmp_path):
    tail = "\tn\t5\t.\t.\n"
    rows = ("chr1\t10\t20\tchr1\t80\t90", "chr1\t10\t20\tchr2\t80\t90", "chr1\t10\t20\t.\t-1\t-1")
    prepared = prepare_text(tmp_path, "a.bedpe", "".join(row + tail for row in rows))
    assert (
        "1 links between chromosomes are not drawn.",
        "1 links with an unknown end are not drawn.",
    ) == prepared.warnings
    assert [(10, 20, 80, 90, 5.0)] == anchors(prepared)


def test_a_file_of_links_between_chromosomes_only_is_empty_and_says_why(tmp_path):
    prepared = prepare_text(tmp_path, "a.arcs", "chr1\t10\t20\tchr2\t80\t90\t3\n")
    assert ([], 0, {}) == (anchors(prepared), prepared.items, prepared.chroms)
    assert ("1 links between chromosomes are not drawn.",) == prepared.warnings


def test_a_vcf_whose_header_is_longer_than_what_is_sniffed_is_read(tmp_path):
    header = "##fileformat=VCFv4.2\n" + "".join(f"##contig=<ID=scaffold_{n},length=1000>\n" for n in range(5000))
    prepared = prepare_text(tmp_path, "a.vcf", header + "chr1\t11\trs1\tA\tG\t.\tPASS\t.\n")
    assert ["rs1"] == [item.name for item in read_intervals(prepared.path, WINDOW)]
    empty = prepare_text(tmp_path, "empty.vcf", header)
    assert ([], ("There is no variant in it.",)) == (read_intervals(empty.path, WINDOW), empty.warnings)
