import gzip

import pyBigWig
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from renderer.errors import FormatError
from renderer.formats import sniff
from renderer.intervals import read_genes, read_intervals, read_links
from renderer.prepare import prepare
from renderer.prepared import Prepared
from renderer.region import Region

WINDOW = Region("chr1", 0, 100_000)
BED12 = "chr1\t100\t900\tGENE\t0\t-\t200\t800\t0\t2\t100,300,\t0,500,\n"
NARROW = "chr1\t10\t90\tpk\t100\t.\t5.5\t3.1\t2.0\t40\n"


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.bed", "chr1\t1\t2\n", "bed"),
        ("a.bed", "chr1 1 2 name\n", "bed"),
        ("a.bed", "track name=x\nchr1\t1\t2\tn\t0\t+\n", "bed"),
        ("a.bedgraph", "track type=bedGraph\nchr1\t1\t2\t0.5\n", "bedgraph"),
        ("a.txt", "chr1\t1\t2\t0.5\n", "bedgraph"),
        ("a.bed", "chr1\t1\t2\t7\n", "bed"),
        ("a.narrowPeak", NARROW, "narrowpeak"),
        ("a.bed", BED12, "bed12"),
        ("a.gtf", 'chr1\tx\texon\t1\t9\t.\t+\t.\tgene_id "G";\n', "gtf"),
        ("a.arcs", "chr1\t1\t2\tchr1\t8\t9\t1\n", "links"),
        ("a.gff", "chr1\tx\tgene\t1\t9\t.\t+\t.\tID=g1\n", "gff3"),
        ("a.bm", "chr1\t1\t2\t0.1\t0.2\t0.3\n", "matrix"),
    ],
)
def test_content_decides_the_format(tmp_path, name, text, expected):
    plain, zipped = tmp_path / "plain", tmp_path / "zipped"
    plain.write_text(text, encoding="utf-8")
    zipped.write_bytes(gzip.compress(text.encode()))
    assert expected == sniff(plain, name).name == sniff(zipped, name + ".gz").name


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.bw", b"chr1\t1\t2\t3\n", "the name says bigwig, the content is not"),
        ("a.bed", b"", "empty"),
        ("a.bed", b"# only a comment\n", "no data line"),
        ("a.bed", b"\x89PNG\r\n\x1a\n", "a PNG image"),
        ("a.bed", b"\x00\x01\x02\xff", "neither a text file"),
        ("a.bed", b"chr1\t1\t2\nchr1\tone\ttwo\n", r"data line 2 \('chr1 one two'\)"),
        ("a.bed.gz", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03" + b"\xff" * 20, "gzip data is damaged"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(tmp_path, name, content, said):
    path = tmp_path / "upload"
    path.write_bytes(content)
    with pytest.raises(FormatError, match=said) as error:
        sniff(path, name)
    assert str(error.value).startswith(name)


@pytest.mark.parametrize(
    ("name", "text", "line", "said"),
    [
        ("a.bed", "chr1\t1\t2\n" * 200 + "chr1\t9\t3\n", 201, "9-3"),
        ("a.bed", "chr1\t1\t2\n" * 200 + "chr1\tx\t3\n", 201, "'x'"),
        ("a.bed", "chr1\t1\t2\tn\n" * 200 + "chr1\t1\t3\n", 201, "3 columns"),
        ("a.bedgraph", "chr1\t1\t5\t1\nchr1\t4\t9\t1\n", 2, "overlaps the interval of line 1"),
        ("a.bedgraph", "chr1\t1\t5\t1\nchr1\t5\t9\tnan\n", 2, "no finite value"),
        (
            "a.gtf",
            'chr1\tx\texon\t1\t9\t.\t+\t.\tgene_id "G";\n' * 150 + "chr1\tx\texon\t1\t9\n",
            151,
            "5 columns",
        ),
        ("a.bed", BED12 * 150 + BED12.replace("0,500,", "0,"), 151, "blockCount is 2"),
    ],
)
def test_a_bad_line_is_named_by_its_number(tmp_path, name, text, line, said):
    path = tmp_path / "upload"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FormatError, match=said) as error:
        prepare(path, name, tmp_path / "out")
    assert line == error.value.line
    assert f"{name}, line {line}:" in str(error.value)


def test_a_truncated_bigwig_is_refused(tmp_path, make_bigwig, peaky):
    whole = make_bigwig(peaky).read_bytes()
    path = tmp_path / "cut.bw"
    path.write_bytes(whole[: len(whole) // 3])
    with pytest.raises(FormatError, match=r"cut\.bw: the bigWig cannot be read"):
        prepare(path, "cut.bw", tmp_path / "out")


def test_unsorted_intervals_come_back_sorted_and_only_those_in_the_window(tmp_path):
    path = tmp_path / "a.bed"
    path.write_text("chr2\t5\t9\tc\nchr1\t500\t600\tb\nchr1\t100\t200\ta\nchr1\t90\t90\tpoint\n", encoding="utf-8")
    prepared = prepare(path, "a.bed", tmp_path / "out")
    assert [item.name for item in read_intervals(prepared.path, WINDOW)] == ["point", "a", "b"]
    assert [item.name for item in read_intervals(prepared.path, Region("1", 150, 160))] == ["a"]
    assert prepared.chroms == {"chr1": 600, "chr2": 9}


def test_a_narrow_peak_keeps_its_summit(tmp_path):
    path = tmp_path / "a.narrowPeak"
    path.write_text(NARROW, encoding="utf-8")
    prepared = prepare(path, "a.narrowPeak", tmp_path / "out")
    assert [item.summit for item in read_intervals(prepared.path, WINDOW)] == [50]


def test_isoforms_become_one_gene_with_every_tss(tmp_path, gtf):
    prepared = prepare(gtf, "genes.gtf", tmp_path / "out")
    alpha, beta = read_genes(prepared.path, WINDOW)
    assert (alpha.name, alpha.start, alpha.end, alpha.strand, alpha.tss) == (
        "ALPHA",
        20_000,
        40_000,
        "+",
        (20_000, 25_000),
    )
    assert alpha.exons == ((20_000, 21_000), (25_000, 25_500), (39_000, 40_000))
    assert (beta.name, beta.strand, beta.tss) == ("BETA", "-", (79_999,))


def test_bed12_rows_of_one_name_and_place_are_one_gene(tmp_path):
    path = tmp_path / "genes.bed"
    far = BED12.replace("100\t900", "5000100\t5000900").replace("200\t800", "5000200\t5000800")
    path.write_text(BED12 + BED12.replace("100\t900", "50\t850") + far, encoding="utf-8")
    prepared = prepare(path, "genes.bed", tmp_path / "out")
    assert prepared.items == 2
    assert read_genes(prepared.path, WINDOW)[0].tss == (849, 899)


def test_links_between_chromosomes_are_counted_not_lost_silently(tmp_path):
    path = tmp_path / "a.arcs"
    path.write_text("chr1\t10\t20\tchr1\t80\t90\t3\nchr1\t10\t20\tchr2\t80\t90\t3\n", encoding="utf-8")
    prepared = prepare(path, "a.arcs", tmp_path / "out")
    assert prepared.warnings == ("1 links between chromosomes are not drawn.",)
    assert [(link.start1, link.end2, link.score) for link in read_links(prepared.path, WINDOW)] == [(10, 90, 3.0)]


def test_a_bedgraph_holds_the_same_values_as_bigwig(tmp_path):
    path = tmp_path / "a.bdg"
    path.write_text("chr1\t10\t20\t1.5\nchr1\t0\t10\t-2\n", encoding="utf-8")
    prepared = prepare(path, "a.bdg", tmp_path / "out")
    with pyBigWig.open(str(prepared.path)) as bigwig:
        assert list(bigwig.intervals("chr1")) == [(0, 10, -2.0), (10, 20, 1.5)]


def test_what_was_prepared_survives_the_database(tmp_path, gtf):
    prepared = prepare(gtf, "genes.gtf", tmp_path / "out")
    assert prepared == Prepared.from_json(prepared.to_json())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.binary(max_size=400))
def test_any_bytes_are_prepared_or_refused_with_a_sentence(tmp_path, content):
    path = tmp_path / "upload"
    path.write_bytes(content)
    try:
        prepare(path, "upload.bed", tmp_path / "out")
    except FormatError as error:
        assert str(error).startswith("upload.bed")
