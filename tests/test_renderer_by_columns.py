"""BED and VCF that are read by columns: what they hold is what the parser of rows finds, in any order and number."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import renderer.prepare.indexed
from renderer.annotation.genes import genes_from_gtf
from renderer.annotation.gtf_blocks import gtf_rows
from renderer.prepare.by_columns import bed_blocks, vcf_blocks
from renderer.prepare.intervals import BED, NARROW_PEAK, BedParser
from renderer.prepare.signal_text import BedGraphReader
from renderer.prepare.tables.methylation import BedMethylReader, BismarkReader
from renderer.prepare.tables.variants import VariantReader
from renderer.prepare.upload import prepare
from renderer.values.errors import FormatError
from renderer.values.region import Region
from renderer.window.intervals import Interval, read_intervals

PLACE = st.integers(0, 3000)
FIELDS = {
    3: st.sampled_from(["a", ".", "peak 1", "x1", "7"]),
    4: st.sampled_from(["0", "12.75", ".", "1e-5", "-1", "2303", "none"]),
    5: st.sampled_from(["+", "-", "."]),
    6: st.sampled_from(["0", "5", "1500", "007", "."]),
    7: st.sampled_from(["0", "5", "1700", "9999"]),
    8: st.sampled_from(["0", ".", "255,0,0", "16711680", "#00ff00", "red"]),
    9: st.sampled_from(["-1", "0", "3", "99999", "x"]),
}


@st.composite
def beds(draw):
    width = draw(st.integers(3, 10))
    rows = draw(st.lists(st.tuples(st.sampled_from(["1", "01", "chrX"]), PLACE, PLACE), min_size=1, max_size=6))
    more = [[draw(FIELDS[at]) for at in range(3, width)] for _ in rows]
    return width, [[c, str(min(s, e)), str(max(s, e)), *rest] for (c, s, e), rest in zip(rows, more, strict=True)]


@settings(max_examples=150)
@given(beds())
def test_by_columns_and_by_rows_the_same_is_read(bed):
    width, rows = bed
    columns = NARROW_PEAK if width == 10 else BED
    text = "".join("\t".join(row) + "\n" for row in rows).encode()
    found = bed_blocks(text, width, columns.colors, columns.summit)
    if found is None:  # left to the parser of rows
        return
    lines = [(chrom, line.decode()) for chrom, *_, part in found for line in part]
    parser = BedParser("a.bed", columns)
    wanted = [(row[0], parser.parse(number, row)) for number, row in enumerate(rows, 1)]
    assert wanted == [(chrom, Interval.from_row(line.split("\t"))) for chrom, line in lines]
    assert [(item.start, item.end) for _, item in wanted] == [
        place for _, starts, ends, _ in found for place in zip(starts.tolist(), ends.tolist(), strict=True)
    ]
    assert () == parser.warnings()  # what is worth a note is no plain block


@pytest.mark.parametrize("width", range(3, 11))
def test_a_plain_block_is_read_by_columns(width):
    row = ["1", "10", "90", "a", "12.75", "+", "20", "80", "255,0,0", "-1"][:width]
    assert bed_blocks(("\t".join(row) + "\n").encode() * 3, width, width < 10, width == 10)


@pytest.mark.parametrize("at_once", [10, 300, 10_000_000])
def test_rows_in_no_order_are_stored_sorted_however_much_fits_in_memory(tmp_path, monkeypatch, at_once):
    monkeypatch.setattr(renderer.prepare.indexed, "CHARS_AT_ONCE", at_once)
    places = [(at * 7919 % 5000, at) for at in range(200)]
    text = "".join(f"{'2' if at % 3 else '10'}\t{start}\t{start + 9}\tn{at}\n" for start, at in places)
    (tmp_path / "a.bed").write_text(text)
    one = prepare(tmp_path / "a.bed", "a.bed", tmp_path / "out")
    found = {chrom: read_intervals(one.path, Region(chrom, 0, 9000)) for chrom in ("2", "10")}
    assert ({"10", "2"}, 200) == (set(one.chroms), one.items)
    assert {(start, f"n{at}") for start, at in places} == {(i.start, i.name) for part in found.values() for i in part}
    assert all(a.start <= b.start for part in found.values() for a, b in pairwise(part))


def test_a_line_that_is_not_plain_is_named_and_a_noted_one_counted(tmp_path):
    (tmp_path / "a.bed").write_text("1\t0\t9\ta\t5\t+\n" * 3 + "1\t0\t9\ta\tx\t+\n")
    assert prepare(tmp_path / "a.bed", "a.bed", tmp_path / "out").warnings[0].startswith("1 rows have no number")


def test_long_lines_are_all_kept(tmp_path, monkeypatch):
    """Genes of long lines fill the memory before they are many: all parts are read back, not the first alone."""
    monkeypatch.setattr(renderer.prepare.indexed, "CHARS_AT_ONCE", 200)
    row = "1\t{0}\t{1}\tG{0}\t0\t+\t{0}\t{0}\t0\t2\t3,3,\t0,6,\n"
    (tmp_path / "a.bed").write_text("".join(row.format(at, at + 9) for at in range(1000, 0, -10)))
    assert 100 == prepare(tmp_path / "a.bed", "a.bed", tmp_path / "out").items


def test_small_variants_by_columns_are_those_of_the_rows(tmp_path):
    head = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    rows = ["1\t5\trs1\tA\tG\t9.5\tPASS\tAC=1", "1\t9\t.\tAC\tA,ACT\t.\tPASS\t.", "X\t7\t.\tA\tT\t3\tPASS\t.\tGT\t0|1"]
    plain = vcf_blocks("".join(f"{row}\n" for row in rows).encode(), 10)
    parsed = VariantReader("a.vcf").rows((number, row.split("\t")) for number, row in enumerate(rows, 1))
    wanted = [Interval.from_row(line.split("\t")) for *_, line in parsed]
    assert wanted == [Interval.from_row(line.decode().split("\t")) for *_, part in plain for line in part]
    for odd in (
        "1\t5\tv\tN\t<DEL>\t.\tPASS\tEND=9",
        "1\t5\tv\tN\tA[2:9[\t.\tPASS\t.",
        "1\t5\tv\tA\tG\tx\tPASS\t.",
        "1\t5\tv",
    ):
        assert vcf_blocks(f"{odd}\n".encode(), 10) is None
    (tmp_path / "a.vcf").write_text(head + "".join(f"{row}\n" for row in rows))
    assert 3 == prepare(tmp_path / "a.vcf", "a.vcf", tmp_path / "out").items


METHYL = "{chrom}\t{at}\t{to}\t{code}\t9\t+\t{at}\t{to}\t255,0,0\t{reads}{blank}{percent}{blank}7"


def _pieces(reader, text):
    """What a reader finds, in two blocks; and its notes."""
    blocks = [text[: len(text) // 2 + text[len(text) // 2 :].index("\n") + 1], text]
    blocks[1] = text[len(blocks[0]) :]
    found, line = [], 1
    for block in filter(None, blocks):
        found += [
            (chrom, int(start), int(end), None if np.isnan(value) else float(value))
            for chrom, piece in reader.pieces(line, block.encode())
            for start, end, value in piece.tolist()
        ]
        line += block.count("\n")
    return sorted(found, key=str), reader.warnings()


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(["1", "01", "chrX"]), st.sampled_from("mhm"), st.integers(0, 2)), min_size=3))
@pytest.mark.parametrize(
    ("kind", "line"),
    [
        (BedMethylReader, METHYL),
        (BismarkReader, "{chrom}\t{to}\t{to}\t{percent}\t{reads}\t0"),
        (BedGraphReader, "{chrom}\t{at}\t{to}\t{percent}\t{reads}\tmore"),
    ],
)
@pytest.mark.parametrize("blank", ["\t", " "])
def test_methylation_and_wide_bedgraphs_are_read_by_columns_as_by_rows(kind, line, blank, rows):
    text = "".join(
        line.format(chrom=chrom, code=code, reads=reads, at=10 * at, to=10 * at + 1, percent=50 + at, blank=blank)
        + "\n"
        for at, (chrom, code, reads) in enumerate(rows)
    )
    odd = text.replace("\n", "\n# a remark, which only the parser of rows reads\n")
    assert _pieces(kind("a"), odd) == _pieces(kind("a"), text)


def test_a_wide_bedgraph_that_changes_its_width_is_refused_with_its_line():
    reader = BedGraphReader("a.bedGraph")
    reader.pieces(1, b"chr1\t0\t5\t1\t7\n")
    with pytest.raises(FormatError, match="line 3: there are 4 columns"):
        reader.pieces(2, b"chr1\t5\t9\t1\t7\nchr1\t9\t11\t1\n")


GENES = [
    'gene_id "{g}"; gene_version "1"; transcript_id "{t}"; gene_name "N{g}";',
    'gene_id "{g}"; gene_name "N{g}"; transcript_id "{t}";',
    'transcript_id "{t}"; gene_id "{g}"; gene_name "N{g}";',
    'gene_id "{g}"; transcript_id "{t}"; ',
    "{t}",
]


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(GENES),
            st.sampled_from(["gene", "transcript", "exon", "CDS", "stop_codon", "mRNA"]),
            st.sampled_from(["g1", "g2"]),
            st.sampled_from(["t1", "t2"]),
            st.sampled_from("+-."),
            st.integers(1, 500),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_a_gtf_by_blocks_and_by_rows_has_the_same_genes(rows):
    text = "".join(
        f"chr1\tX\t{feature}\t{at}\t{at + 90}\t.\t{strand}\t.\t{said.format(g=gene, t=name)}\n"
        for said, feature, gene, name, strand, at in rows
    )
    odd = text.replace("chr1\t", "chr1 \t")  # a blank beside a tab: only the parser of rows takes it
    notes, others = [], []
    found = list(genes_from_gtf([(1, text.encode())], "a.gtf", notes))
    assert (list(genes_from_gtf([(1, odd.encode())], "a.gtf", others)), others) == (found, notes)
    assert gtf_rows(odd.encode()) is None


def test_a_bad_line_of_a_plain_gtf_is_named():
    text = b'chr1\tX\texon\t5\t9\t.\t+\t.\tgene_id "g";\nchr1\tX\texon\t9\t5\t.\t+\t.\tgene_id "g";\n'
    with pytest.raises(FormatError, match="line 8: the span is 9-5"):
        list(genes_from_gtf([(7, text)], "a.gtf"))
