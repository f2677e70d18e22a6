import gzip
from pathlib import Path

import pysam
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renderer.formats.format import resolve
from renderer.formats.sniff import sniff
from renderer.formats.table import FORMATS, valid_formats, without_endings
from renderer.values.errors import FormatError

BED6 = "chr1\t1\t2\tn\t0\t+\n"
BED9 = "chr1\t100\t900\tstate\t0\t.\t100\t900\t255,0,0\n"
BED12 = "chr1\t100\t900\tGENE\t0\t-\t200\t800\t0\t2\t100,300,\t0,500,\n"
NARROW = "chr1\t10\t90\tpk\t100\t.\t5.5\t3.1\t2.0\t40\n"
BROAD = "chr1\t10\t90\tpk\t100\t.\t5.5\t3.1\t2.0\n"
GAPPED = BED12.replace("\n", "\t5.5\t3.1\t2.0\n")
VCF = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\nchr1\t5\trs1\tA\tG\t9\tPASS\t.\n"
WIG = "track type=wiggle_0\nfixedStep chrom=chr1 start=1 step=10\n1.5\n2\n"
INTERACT = (
    "\t".join(
        ["chr1", "10", "90", "x", "5", "2.5", "exp", "0", "chr1", "10", "20", "a", ".", "chr1", "80", "90", "b", "."]
    )
    + "\n"
)
REFGENE = "585\tNM_1\tchr1\t+\t10\t90\t20\t80\t2\t10,60,\t30,90,\t0\tGENE\tcmpl\tcmpl\t0,1,\n"
GFF = "chr1\tx\tgene\t1\t9\t.\t+\t.\tID=g1\n"


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.bed", "chr1\t1\t2\n", "bed"),
        ("a.bed", "chr1 1 2 name\n", "bed"),
        ("a.txt", "track name=x\n" + BED6, "bed"),
        ("a.txt", BED9, "bed"),
        ("a.txt", "chr1\t1\t2\tn\t5\n", "bed"),
        ("a.txt", "chr1\t1\t2\t7\t1000\n", "bed"),
        ("a.txt", BED6.replace("\n", "\tmine\tand\tmore\n"), "bed"),
        ("a.bedgraph", "track type=bedGraph\nchr1\t1\t2\t0.5\n", "bedgraph"),
        ("a.txt", "chr1\t1\t2\t1.5\n", "bedgraph"),
        ("a.bed", "chr1\t1\t2\t7\n", "bed"),
        ("a.bed", "track type=bedGraph\nchr1\t1\t2\t7\n", "bedgraph"),
        ("a.txt", "track type=bed\nchr1\t1\t2\t7\n", "bed"),
        ("a.wig", "track type=wiggle_0\nchr1\t1\t2\t7\n", "bedgraph"),
        ("a.wig", WIG, "wig"),
        ("a.txt", "variableStep chrom=chr1 span=5\n1 1.5\n20 2\n", "wig"),
        ("a.narrowPeak", NARROW, "narrowpeak"),
        ("a.bed", BROAD, "broadpeak"),
        ("a.txt", "track type=broadPeak\nchr1\t10\t90\tpk\t100\t.\t20\t30\t2\n", "broadpeak"),
        ("a.bed", GAPPED, "gappedpeak"),
        ("a.bed", BED12, "bed12"),
        ("a.txt", VCF, "vcf"),
        ("a.gtf", 'chr1\tx\texon\t1\t9\t.\t+\t.\tgene_id "G";\n', "gtf"),
        ("a.gff", GFF, "gff3"),
        ("refGene.txt", REFGENE, "genepred"),
        ("refGene.txt", REFGENE.removeprefix("585\t"), "genepred"),
        ("cytoBand.txt", "chr1\t0\t900\tp36.33\tgneg\nchr1\t900\t950\tp11\tacen\n", "cytoband"),
        ("a.arcs", "chr1\t1\t2\tchr1\t8\t9\t1\n", "links"),
        ("a.arcs", "1\t1\t2\t1\t8\t9\t1\n", "links"),
        ("a.bedpe", "chr1\t1\t2\tchr1\t8\t9\tn\t1\t+\t-\n.\t-1\t-1\tchr1\t8\t9\tn\t1\t.\t-\n", "links"),
        ("a.txt", INTERACT, "interact"),
        ("a.txt", "chr1\t1\t2\tchr1:8-9,1.5\nchr1\t8\t9\tchr1:1-2,1.5\n", "longrange"),
        ("a.bm", "chr1\t1\t2\t0.1\t0.2\t0.3\n", "matrix"),
        ("a.bm", "chr1\t1\t2\t0.1\t0.2\n", "matrix"),
        ("a.txt", "chrom\tstart\tend\tname\nchr1\t1\t2\tn\n", "bed"),
    ],
)
def test_content_decides_the_format(tmp_path, name, text, expected):
    """Plain, gzipped or bgzipped, with a byte-order mark or the line ends of Windows."""
    ways = {
        "plain": text.encode(),
        "zipped": gzip.compress(text.encode()),
        "mark": b"\xef\xbb\xbf" + text.encode(),
        "windows": text.replace("\n", "\r\n").encode(),
    }
    for way, content in ways.items():
        (tmp_path / way).write_bytes(content)
    pysam.tabix_compress(str(tmp_path / "plain"), str(tmp_path / "blocked"))
    found = {
        way: sniff(tmp_path / way, name + ".gz" * (way in ("zipped", "blocked"))).name for way in (*ways, "blocked")
    }
    assert dict.fromkeys(found, expected) == found


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"\x26\xfc\x8f\x88rest", "bigwig"),
        (b"CRAM\x03rest", "bam"),
        (gzip.compress(b"BAM\x01rest"), "bam"),
        (b"HIC\x00rest", "hic"),
        (b"\x89HDF\r\n\x1a\n pixels\0bins\0", "cool"),
        (b"\x89HDF\r\n\x1a\n resolutions\0", "mcool"),
        (b"\x89HDF\r\n\x1a\n intervals\0matrix\0", "hicexplorer"),
    ],
)
def test_first_bytes_decide_a_binary_format(tmp_path, content, expected):
    (tmp_path / "a").write_bytes(content)
    assert expected == sniff(tmp_path / "a", "a").name


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ("string chrom; uint chromStart;", "bigbed"),
        ("string sourceChrom; string targetChrom;", "biginteract"),
        ("string cdsStartStat; int[blockCount] exonFrames;", "biggenepred"),
    ],
)
def test_its_columns_tell_what_a_bigbed_holds(make_bigbed, columns, expected):
    path = make_bigbed(["chr1\t1\t2"], {"chr1": 100}, f'table x "y" ( {columns} )', 3)
    assert expected == sniff(path, "a.bb").name


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.bw", b"chr1\t1\t2\t3\n", "the name says bigWig, the content is not"),
        ("a.bw", b"\n<!DOCTYPE html><title>404 Not Found</title>", "an HTML or XML page, perhaps an error page"),
        ("a.bw.gz", gzip.compress(b"\x26\xfc\x8f\x88rest"), "a gzipped bigWig signal. Unpack it"),
        ("a.bed.gz.gz", gzip.compress(gzip.compress(b"chr1\t1\t2\n")), "a gzip file in a gzip file"),
        ("a.bed", b"", "the file is empty"),
        ("a.bed.gz", gzip.compress(b""), "the gzip file holds an empty file"),
        ("a.bed", b"# only a comment\n", "no data line"),
        ("a.vcf", VCF[: VCF.index("chr1")].encode(), "no data line"),
        ("a.bed", b"track name=x\nbrowser position chr1\n", "no data line"),
        ("a.bed", b"\x89PNG\r\n\x1a\n", "a PNG image"),
        ("a.pdf", b"%PDF-1.7\n", "a PDF document"),
        ("peaks.xlsx", b"PK\x03\x04rest", "a zip archive or an Excel workbook"),
        ("peaks.xls", b"\xd0\xcf\x11\xe0rest", "an old Office file"),
        ("a.bai", b"BAI\x01rest", "the index of a BAM file"),
        ("a.sam", b"@HD\tVN:1.6\n", "SAM text; write BAM"),
        ("a.fa", b">chr1\nACGT\n", "FASTA sequence"),
        ("a.txt", "chr1\t1\t2\n".encode("utf-16"), "UTF-16 text"),
        ("a.bed", b"\x00\x01\x02\xff", "neither a text file"),
        ("a.bed", b"# x\nchr1\t1\t2\nchr1\tone\ttwo\n", "line 3: 'chr1 one two' fits no known format"),
        ("a.bed", b"chr1\t1.5\t2\n", "line 1: start and end are '1.5' and '2', which must be whole numbers"),
        ("a.bed", b"chr1\t-1\t2\n", "line 1: start and end are '-1' and '2', which must be whole numbers from 0"),
        ("a.txt", b"chr1\t1\t2\t3\n" + VCF.splitlines()[2].encode(), "line 2: 'chr1 5 rs1"),
        (
            "a.txt",
            b"chr1\t1\t2\t3\nchr1\t1\t2\tchr1\t4\t9\n",
            "the line is like links, the lines before like bedgraph",
        ),
        ("a.bed.gz", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03" + b"\xff" * 20, "gzip data is damaged"),
        ("a.bed.gz", gzip.compress(b"chr1\t1\t2\n" * 99)[:-9], "gzip data is damaged"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(tmp_path, name, content, said):
    path = tmp_path / "upload"
    path.write_bytes(content)
    with pytest.raises(FormatError, match=said) as error:
        sniff(path, name)
    assert str(error.value).startswith(name)


@pytest.mark.parametrize("row", FORMATS.values(), ids=FORMATS)
def test_every_format_can_be_told_and_names_what_prepares_and_opens_it(row):
    ways = [row.prepare, *row.otherwise.values(), *([row.reader] if row.kind == "contacts" else [])]
    assert row.magic or row.lines or row.opening
    assert row.called
    assert all(callable(resolve(way)) for way in ways)


def test_the_readme_and_the_sentence_of_valid_formats_name_every_format():
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8").lower()
    names = [name for row in FORMATS.values() for name in row.called]
    assert [] == [name for name in names if name.lower() not in readme]
    assert [] == [name for name in names if name not in valid_formats()]
    assert valid_formats().startswith("Valid are signal (bigWig, bedGraph, wig, BAM, CRAM, ")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a.rep1.bed.gz", "a.rep1"), ("a.bw.txt", "a"), ("K562.H3K4me3.narrowPeak", "K562.H3K4me3"), ("a.b", "a.b")],
)
def test_a_name_without_endings_keeps_what_is_no_format(name, expected):
    assert expected == without_endings(name)


@settings(max_examples=200)
@given(
    start=st.sampled_from(
        [b"", b"\x1f\x8b", b"\xeb\xf2\x89\x87", b"\x89HDF\r\n\x1a\n", b"##fileformat=VCF", b"track type="]
    ),
    content=st.one_of(st.binary(max_size=200), st.text(alphabet="chr1\t0239.-+,;\n\r #", max_size=200).map(str.encode)),
)
def test_any_bytes_have_a_format_or_are_refused_with_a_sentence(tmp_path, start, content):
    path = tmp_path / "upload"
    path.write_bytes(start + content)
    try:
        assert sniff(path, "upload").name in FORMATS
    except FormatError as error:
        assert str(error).startswith("upload")
