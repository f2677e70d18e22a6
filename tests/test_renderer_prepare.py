import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import renderer.formats.text
from renderer.prepare.upload import prepare
from renderer.values.errors import FormatError
from renderer.values.prepared import Prepared
from renderer.values.region import Region
from renderer.window.intervals import read_genes, read_intervals

WINDOW = Region("chr1", 0, 100_000)
BED12 = "chr1\t100\t900\tGENE\t0\t-\t200\t800\t0\t2\t100,300,\t0,500,\n"
STEPS = "".join(f"chr1\t{n}\t{n + 1}\t1\n" for n in range(200))
PEAK = "chr1\t1\t9\tn\t0\t.\t1\t1\t1\t2\n"
WIG = "variableStep chrom=chr1\n"
VCF = "##fileformat=VCFv4.2\n"


@pytest.mark.parametrize(
    ("name", "text", "line", "said"),
    [
        ("a.bed", "chr1\t1\t2\n" * 200 + "chr1\t9\t3\n", 201, "9-3. A start must not be negative or lie past the end"),
        ("a.bed", "chr1\t1\t2\n" * 200 + "chr1\t-9\t3\n", 201, "-9-3. A start must not be negative"),
        ("a.bed", "chr1\t1\t2\n" * 200 + "chr1\tx\t3\n", 201, "'x' and '3'. They must be whole numbers"),
        ("a.bed", "chr1\t1\t2\n" * 200 + "chr1\t1e3\t3000.0\n", 201, "'1e3' and '3000.0'. They must be whole numbers"),
        ("a.bed", "chr1\t1\t2\n" * 200 + "chr1\t1\t3000000000\n", 201, "ends at 3000000000. Positions go to"),
        ("a.bed", "chr1\t1\t2\tn\n" * 200 + "chr1\t1\t3\n", 201, "3 columns. Every line of this bed file has 4"),
        ("a.bed", "# x\r\n\r\nchr1\t1\t2\r\nchr1\t1\t2\tn\r\n", 4, "4 columns"),
        ("a.bed", "chr1\t1\t2\tn\t0\t+\n" * 200 + "chr1\t1\t2\tn\t0\tx\n", 201, "strand in column 6 is 'x'"),
        ("a.bed", "chr1\t1\t2\tn\n" * 9000 + "chr1\t1\t2\t\0\n", 9001, "a zero byte"),
        (
            "a.narrowPeak",
            "chr1\t1\t9\tn\t0\t.\t1\t1\t1\t2\n" * 200 + "chr1\t1\t9\tn\t0\t.\t1\t1\t1\tx\n",
            201,
            "summit",
        ),
        ("a.bedgraph", "chr1\t1\t5\t1\nchr1\t4\t9\t1\n", 2, "chr1:4-9 overlaps the interval of line 1"),
        (
            "a.bedgraph",
            "chr1\t4\t9\t1\nchr1\t90\t95\t1\n#\nchr1\t1\t5\t1\n",
            4,
            "chr1:1-5 overlaps the interval of line 1",
        ),
        ("a.bedgraph", "chr1\t1\t5\t1\nchr2\t1\t5\t1\nchr1\t1\t5\t1\n", 3, "overlaps the interval of line 1"),
        ("a.bedgraph", "chr1\t1\t5\t1\nchr1\t5\t9\t1e39\n", 2, "the value 1e39 is too large"),
        ("a.bedgraph", "chr1\t1\t5\t1\nchr1\t5\t5\t2\n", 2, "5-5 has no length. Positions count from 0"),
        ("a.bedgraph", "chr1\t1\t5\t1\n" + "chr1\t7.0\t9\t1\n", 2, "must be whole numbers"),
        ("a.bedgraph", STEPS + "chr1\t300\t301\n", 201, "3 columns"),
        (
            "a.bedgraph",
            STEPS + "chr1\t300\t301\t1\t2\n",
            201,
            "5 col",
        ),
        (
            "a.bedgraph",
            STEPS + "chr1\t300\t301\tx\n",
            201,
            "'x' is not a",
        ),
        ("a.wig", "1.5\n", 1, "'1.5' has no declaration before it"),
        ("a.wig", "fixedStep chrom=chr1 step=5\n1\n", 1, "lacks chrom or start"),
        ("a.wig", "fixedStep chrom=chr1 start=0\n1\n", 1, "has a number below 1. Positions of a wig count from 1"),
        ("a.wig", "fixedStep chrom=chr1 start=x\n1\n", 1, "start is 'x'. It must be a whole number"),
        ("a.wig", "fixedStep chrom=chr1 start=1 step=5 span=9\n1\n", 1, "span 9 is longer than step 5"),
        ("a.wig", WIG + "5 1\n0 1\n", 3, "the position is 0. Positions of a wig go from 1"),
        ("a.wig", WIG + "5 1\n6\n", 3, "'6' has the wrong number of columns"),
        ("a.wig", WIG + "5 1\n" + WIG + "5 2\n", 4, "chr1:4-5 overlaps the interval of line 2"),
        ("a.vcf", VCF + "chr1\t5\t.\tA\tG\t9\tPASS\n", 2, "7 columns. A VCF line is CHROM"),
        ("a.vcf", VCF + "chr1\tx\t.\tA\tG\t9\tPASS\t.\n", 2, "POS is 'x'"),
        ("a.arcs", "chr1\t1\t2\tchr1\t8\t9\t1\n" * 200 + "chr1\t1\t2\tchr1\t9\t8\t1\n", 201, "9-8"),
        ("a.arcs", "chr1\t1\t2\tchr1\t8\t9\t1\n" * 200 + "chr1\t1\t2\tchr1\n", 201, "4 columns"),
        ("a.txt", "chr1\t1\t2\tchr1:8-9,1\n" * 200 + "chr1\t1\t2\tchr1:8-9\n", 201, "column 4 is 'chr1:8-9'"),
        ("a.bed", "chr1\t1\t2\tn\n" * 200 + "chr1\t1\t2\t\xe9\n", 201, "the text is not UTF-8"),
        ("a.bed", "chr1\t1\t2\tn\n" * 9000 + "chr1\t1\t2\t\xe9\n", 9001, "the text is not UTF-8"),
    ],
)
def test_a_bad_line_is_named_by_its_number(tmp_path, name, text, line, said):
    path = tmp_path / "upload"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(FormatError, match=said) as error:
        prepare(path, name, tmp_path / "out")
    assert line == error.value.line
    assert f"{name}, line {line}:" in str(error.value)


def test_a_gzip_file_that_ends_too_early_is_refused_with_the_place(tmp_path, monkeypatch):
    lines = "".join(f"chr1\t{n * 97}\t{n * 97 + n % 89 + 1}\tpeak{n * n % 9973}\n" for n in range(50_000))
    monkeypatch.setattr(renderer.formats.text, "BLOCK_BYTES", 65_536)
    (tmp_path / "cut.bed.gz").write_bytes(gzip.compress(lines.encode())[:-1000])
    with pytest.raises(FormatError, match="the file is damaged after this line") as error:
        prepare(tmp_path / "cut.bed.gz", "cut.bed.gz", tmp_path / "out")
    assert error.value.line > 40_000


def test_a_truncated_bigwig_is_refused(tmp_path, make_bigwig, peaky):
    whole = make_bigwig(peaky).read_bytes()
    path = tmp_path / "cut.bw"
    path.write_bytes(whole[: len(whole) // 3])
    with pytest.raises(FormatError, match=r"cut\.bw: the bigWig cannot be read"):
        prepare(path, "cut.bw", tmp_path / "out")


def test_isoforms_become_one_gene_with_every_tss(tmp_path, gtf):
    prepared = prepare(gtf, "genes.gtf", tmp_path / "out")
    alpha, beta = read_genes(prepared.path, WINDOW)
    assert ("ALPHA", 20_000, 40_000, "+", (20_000, 25_000)) == (
        alpha.name,
        alpha.start,
        alpha.end,
        alpha.strand,
        alpha.tss,
    )
    assert ((20_000, 21_000), (25_000, 25_500), (39_000, 40_000)) == alpha.exons
    assert ("BETA", "-", (79_999,)) == (beta.name, beta.strand, beta.tss)


@pytest.mark.parametrize(
    ("kind", "read", "said"), [("genes", read_genes, "GENE"), ("intervals", read_intervals, "GENE")]
)
def test_a_person_decides_whether_bed12_is_genes_or_intervals(tmp_path, kind, read, said):
    (tmp_path / "a.bed").write_text(BED12, encoding="utf-8")
    prepared = prepare(tmp_path / "a.bed", "a.bed", tmp_path / "out", kind=kind)
    assert kind == prepared.kind
    assert ["GENE"] == [item.name for item in read(prepared.path, WINDOW)]


def test_progress_runs_from_reading_to_the_end_of_writing(tmp_path):
    lines = "".join(f"chr1\t{n * 9}\t{n * 9 + 5}\t{{}}\n" for n in range(120_000))
    for name, text in (("a.bed", lines.format(*["x"] * 120_000)), ("a.bedgraph", lines.format(*range(120_000)))):
        shares: list[float] = []
        (tmp_path / name).write_text(text, encoding="utf-8")
        prepare(tmp_path / name, name, tmp_path / "out", shares.append)
        assert sorted(shares) == shares
        assert 1.0 == shares[-1]
        assert any(0.5 < share < 0.99 for share in shares), name


def test_nothing_but_what_is_read_later_stays_in_the_folder(tmp_path):
    for name, text in (("a.bed", "chr1\t1\t2\n"), ("a.bedgraph", "chr1\t1\t2\t3\n")):
        (tmp_path / name).write_text(text, encoding="utf-8")
        prepare(tmp_path / name, name, tmp_path / "out")
    beside = {"rows.bed.gz.tbi", "rows.bed.gz.source.json", "signal.bw.background.json", "signal.bw.source.json"}
    assert {"rows.bed.gz", "signal.bw"} | beside == {path.name for path in (tmp_path / "out").iterdir()}


def test_what_was_prepared_survives_the_database(tmp_path, gtf):
    prepared = prepare(gtf, "genes.gtf", tmp_path / "out")
    assert prepared == Prepared.from_json(prepared.to_json())


@settings(max_examples=60)
@given(
    st.one_of(
        st.binary(max_size=400),
        st.lists(st.text(alphabet="chr1\t019.-+,e", max_size=30), max_size=9).map("\n".join).map(str.encode),
        st.lists(st.sampled_from(["chr1", "1", "5", "-1", "1.5", ".", "+", "x", "nan", "chr1:5-9,2"]), max_size=50)
        .map("\t".join)
        .map(lambda text: text.replace("x", "\n").encode()),
    )
)
def test_any_bytes_are_prepared_or_refused_with_a_sentence(tmp_path, content):
    path = tmp_path / "upload"
    path.write_bytes(content)
    try:
        prepare(path, "upload.bed", tmp_path / "out")
    except FormatError as error:
        assert str(error).startswith("upload.bed")
