"""Signals as tools write them: names of all kinds, missing values, declared types, and files that were cut."""

import gzip

import pyBigWig
import pysam
import pytest

from renderer.formats.sniff import sniff
from renderer.formats.text import BGZF_END
from renderer.prepare.upload import prepare
from renderer.values.errors import FormatError

NAMES = ("1", "01", "X", "chr1", "2L", "NC_000001.11", "scaffold.1|size")


def prepared(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return prepare(path, name, folder / "out")


def stored(one):
    with pyBigWig.open(str(one.path)) as bigwig:
        return {chrom: [(*row[:2], round(row[2], 4)) for row in bigwig.intervals(chrom) or ()] for chrom in one.chroms}


@pytest.mark.parametrize("blank", ["\t", " "])
@pytest.mark.parametrize("chrom", NAMES)
def test_a_bedgraph_keeps_the_names_of_its_chromosomes(tmp_path, chrom, blank):
    text = "".join(blank.join((chrom, str(at), str(at + 10), "1.5")) + "\n" for at in (0, 10))
    assert {chrom: [(0, 10, 1.5), (10, 20, 1.5)]} == stored(prepared(tmp_path, "a.bedGraph", text))


def test_numbered_and_lettered_chromosomes_stand_in_one_file(tmp_path):
    names = ["1", "02", "10", "X"]
    text = "".join(f"{chrom}\t0\t10\t1\n" for chrom in names)
    assert set(names) == set(prepared(tmp_path, "a.bdg", text).chroms)


@pytest.mark.parametrize("missing", ["NA", "nan", ".", "inf", "-Inf", "null", ""])
@pytest.mark.parametrize("name", ["a.bedGraph", "a.txt"])
def test_a_missing_value_is_no_data_and_is_counted(tmp_path, name, missing):
    """At the head, where it once turned a signal into boxes."""
    one = prepared(tmp_path, name, f"chr1\t0\t10\t{missing}\nchr1\t10\t20\t2\nchr1\t20\t30\t{missing}\n")
    assert ("bedgraph", {"chr1": [(10, 20, 2.0)]}) == (one.format, stored(one))
    assert ("2 values are missing (NA, '.', inf or empty): no data there.",) == one.warnings


def test_a_hundred_missing_values_at_the_head_are_a_signal_still(tmp_path):
    rows = [f"chr1\t{at}\t{at + 1}\t{'NA' if at < 300 else 3}\n" for at in range(310)]
    one = prepared(tmp_path, "a.txt", "".join(rows))
    assert ("bedgraph", 10) == (one.format, len(stored(one)["chr1"]))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("variableStep chrom=1 span=5\n6 NA\n11 2\n", [(10, 15, 2.0)]),
        ("fixedStep chrom=1 start=6 step=5 span=5\nNA\n2\n", [(10, 15, 2.0)]),
    ],
)
def test_a_wig_has_missing_values_too(tmp_path, text, expected):
    one = prepared(tmp_path, "a.wig", text)
    assert {"1": expected} == stored(one)
    assert one.warnings[0].startswith("1 value is missing")


def test_a_bedgraph_of_five_columns_is_its_fourth_and_says_so(tmp_path):
    one = prepared(tmp_path, "a.bedgraph", "chr1\t0\t1\t0.25\t38\nchr1\t1\t2\t0.5\t4\n")
    assert {"chr1": [(0, 1, 0.25), (1, 2, 0.5)]} == stored(one)
    assert ("Column 4 is drawn; what follows it (column 5) is not.",) == one.warnings


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.txt", "chr1\t0\t1\t0.25\t38\n", "line 1: .* 2 columns of numbers, .* Name the file .bedGraph if column 4"),
        ("a.bedGraph", "chr1\t0\t9\tpeak\t0\t+\n", "line 1: the name says bedGraph, but the line is like bed"),
        ("a.txt", "track type=bedGraph\nchr1\t0\t9\tpeak\t0\t+\n", "line 2: the track line says bedgraph, but"),
        ("a.gtf", "chr1\t0\t9\tpeak\t0\t+\n", "line 1: the name says GTF, but the line is like bed"),
        ("a.wig", "chr1\t0\t9\tpeak\n", "line 1: the name says wig, but the line is like bed"),
        ("a.bedGraph", "track name=a\nchr1\t0\t9\t1\ntrack name=b\nchr1\t9\t12\t1\n", "line 3: a second track begins"),
        ("a.bedGraph", "chr\x011\t0\t9\t1\n", r"line 1: there is a control character \(b'\\x01'\)"),
        ("a.bedGraph", '"chr1"\t0\t9\t1\n', "line 1: .* in quotes"),
        ("a.bed", "{\\rtf1\\ansi chr1\t0\t9}\n", "rich text"),
        ("a.gff3", "seq2\tRGI\tgene    27 273\t.\t+\t.\tID=g\n", "line 1: .*between blanks, which must be tabs"),
    ],
)
def test_what_a_file_declares_binds_and_what_does_not_fit_is_named(tmp_path, name, text, said):
    with pytest.raises(FormatError, match=said):
        prepared(tmp_path, name, text)


def test_a_matrix_is_what_is_called_so(tmp_path):
    (tmp_path / "a").write_text("chr1\t0\t9\t0.5\tNA\t0.7\n")
    assert "matrix" == sniff(tmp_path / "a", "a.bm").name
    with pytest.raises(FormatError, match="3 columns of numbers"):
        sniff(tmp_path / "a", "a.tsv")


def test_a_file_cut_between_blocks_of_bgzip_is_refused(tmp_path):
    text = "".join(f"chr1\t{at}\t{at + 10}\t{at % 97}\n" for at in range(0, 200_000, 10))
    (tmp_path / "a.bdg").write_text(text)
    pysam.tabix_compress(str(tmp_path / "a.bdg"), str(tmp_path / "whole.gz"))
    whole = (tmp_path / "whole.gz").read_bytes()
    assert whole.endswith(BGZF_END)
    size = int.from_bytes(whole[16:18], "little") + 1
    assert gzip.decompress(whole[:size])  # a block is a gzip file of its own
    for cut in (whole[:size], whole[: -len(BGZF_END)]):
        with pytest.raises(FormatError, match="cut short"):
            prepared(tmp_path, "a.bdg.gz", cut)
    assert 20_000 == prepared(tmp_path, "a.bdg.gz", whole).items


def test_a_gzip_with_a_wrong_sum_is_refused(tmp_path):
    packed = bytearray(gzip.compress(b"chr1\t0\t10\t1\n"))
    packed[-6] ^= 1
    with pytest.raises(FormatError, match="damaged"):
        prepared(tmp_path, "a.bdg.gz", bytes(packed))


@pytest.mark.parametrize("chroms", [[("chr1", 1000), ("none", 0)], [("none", 0), ("chr1", 1000)]])
def test_a_chromosome_of_no_length_is_left_out_of_a_bigwig_and_said(tmp_path, chroms):
    with pyBigWig.open(str(tmp_path / "a.bw"), "w") as bigwig:
        bigwig.addHeader(chroms)
        bigwig.addEntries(["chr1"], [10], ends=[50], values=[2.0])
    one = prepare(tmp_path / "a.bw", "a.bw", tmp_path / "out")
    assert ({"chr1": 1000}, ("Of no length in the header, and left out: none.",)) == (one.chroms, one.warnings)


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("a.bedGraph", "chr1\t0\t9\t1\n1\t9\t12\t2\nChr1\t20\t30\t4\n", 3),
        ("a.wig", "variableStep chrom=chr1\n5 1\nvariableStep chrom=01\n9 2\n", 3),
        ("a.bed", "chr1\t0\t9\n1\t5\t6\n", 2),
        ("a.gtf", 'chr1\tx\texon\t1\t9\t.\t+\t.\tgene_id "A";\n1\tx\texon\t1\t9\t.\t+\t.\tgene_id "B";\n', 2),
    ],
)
def test_one_chromosome_under_two_names_is_an_error_with_its_line(tmp_path, name, text, line):
    with pytest.raises(FormatError, match=rf"line {line}: .* are the same chromosome"):
        prepared(tmp_path, name, text)
