import gzip
import random

import numpy as np
import pyBigWig
import pysam
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import renderer.formats.text
import renderer.prepare.signal_store
import renderer.prepare.signal_text
from renderer.prepare.upload import prepare
from renderer.values.errors import FormatError
from renderer.values.region import Region
from renderer.window.signal import read_columns

HEADER = {"HD": {"VN": "1.6", "SO": "coordinate"}, "SQ": [{"SN": "chr1", "LN": 100_000}, {"SN": "chr2", "LN": 5000}]}
READS = [(0, 10, "10M", 0), (0, 15, "5M100N5M", 16), (0, 200, "5M2D5M1I5M", 0), (1, 0, "3S10M", 163)]
"""(chromosome, position, CIGAR, flag): a read, a spliced one, one with a deletion, one whose start is clipped."""

COVERAGE = {
    "chr1": [(10, 15, 1.0), (15, 20, 2.0), (120, 125, 1.0), (200, 205, 1.0), (207, 217, 1.0)],
    "chr2": [(0, 10, 1.0)],
}


def prepare_text(folder, name, text):
    (folder / name).write_bytes(text.encode())
    return prepare(folder / name, name, folder / f"{name}.out")


def stored(prepared):
    with pyBigWig.open(str(prepared.path)) as bigwig:
        return {chrom: list(bigwig.intervals(chrom) or ()) for chrom in bigwig.chroms()}


def bedgraph(rows):
    return "".join(f"{chrom}\t{start}\t{end}\t{value!r}\n" for chrom, start, end, value in rows)


def test_a_bedgraph_in_any_order_is_stored_sorted(tmp_path):
    prepared = prepare_text(tmp_path, "a.bdg", "chr2\t5\t9\t3\nchr1\t10\t20\t1.5\nchr1\t0\t10\t-2\n")
    assert {"chr1": [(0, 10, -2.0), (10, 20, 1.5)], "chr2": [(5, 9, 3.0)]} == stored(prepared)
    assert ({"chr1": 20, "chr2": 9}, False, 3) == (prepared.chroms, prepared.sized, prepared.items)


@pytest.mark.parametrize(
    "text",
    [
        "track type=bedGraph\nchr1\t0\t10\t1\nchr1\t10\t20\t2\n",
        "chr1 0 10 1\nchr1  10 20 2\n",
        "\ufeffchr1\t0\t10\t1\r\nchr1\t10\t20\t2",
        "#chrom\tstart\tend\tvalue\nchr1\t0\t10\t1\n\n# half\nchr1\t10\t20\t2\n",
        "chrom\tstart\tend\tvalue\nchr1\t0\t10\t1e0\nchr1 10 20 2.0\n",
        "fixedStep chrom=chr1 start=1 step=10 span=10\n1\n2\n",
        "variableStep chrom=chr1 span=10\n11 2\n# back\n1\t1\n",
        "variableStep chrom=chr1 span=10\n1 1\nfixedStep chrom=chr1 start=11 span=10 step=10\n2 \n",
    ],
)
def test_however_a_signal_is_written_the_same_is_stored(tmp_path, text):
    assert {"chr1": [(0, 10, 1.0), (10, 20, 2.0)]} == stored(prepare_text(tmp_path, "a.txt", text))


def test_gzip_and_bgzip_hold_the_same_signal(tmp_path):
    text = bedgraph([("chr1", n * 10, n * 10 + 10, float(n)) for n in range(20_000)])
    plain = prepare_text(tmp_path, "plain", text)
    (tmp_path / "zipped").write_bytes(gzip.compress(text.encode()))
    pysam.tabix_compress(str(tmp_path / "plain"), str(tmp_path / "blocked"))
    for way in ("zipped", "blocked"):
        assert stored(plain) == stored(prepare(tmp_path / way, "a.bdg.gz", tmp_path / f"{way}.out"))


@st.composite
def signals(draw):
    """Intervals of equal length per chromosome that do not overlap, in order, so that wig can hold them too."""
    rows = []
    for chrom in draw(st.lists(st.sampled_from(["chr1", "chr2", "X"]), min_size=1, unique=True)):
        span = draw(st.integers(1, 50))
        gaps = draw(st.lists(st.integers(0, 300), min_size=1, max_size=30))
        starts = np.cumsum([gap + span for gap in gaps]).tolist()
        values = draw(st.lists(st.floats(-1e6, 1e6, width=32), min_size=len(gaps), max_size=len(gaps)))
        rows += [(chrom, start, start + span, value) for start, value in zip(starts, values, strict=True)]
    return rows


def wig(rows, fixed):
    """One declaration a value for fixedStep, one a run of equal chromosome and span for variableStep."""
    lines, before = [], None
    for chrom, start, end, value in rows:
        if fixed:
            lines.append(f"fixedStep chrom={chrom} start={start + 1} step={end - start} span={end - start}\n{value!r}")
            continue
        if before != (chrom, end - start):
            lines.append(f"variableStep chrom={chrom} span={end - start}")
            before = (chrom, end - start)
        lines.append(f"{start + 1} {value!r}")
    return "\n".join(lines) + "\n"


@settings(max_examples=25)
@given(signals(), st.randoms(use_true_random=False))
def test_bedgraph_wig_and_bigwig_of_the_same_data_are_read_as_the_same_columns(tmp_path, rows, order):
    mixed = rows.copy()
    order.shuffle(mixed)
    texts = {"sorted": bedgraph(rows), "mixed": bedgraph(mixed), "fixed": wig(rows, True), "variable": wig(rows, False)}
    paths = [prepare_text(tmp_path, name, text).path for name, text in texts.items()]
    with pyBigWig.open(str(tmp_path / "direct.bw"), "w") as direct:
        names = sorted({row[0] for row in rows})
        direct.addHeader([(name, 50_000) for name in names])  # which the text formats do not say
        for name in names:
            own = [row for row in rows if row[0] == name]
            direct.addEntries(
                [name] * len(own), [r[1] for r in own], ends=[r[2] for r in own], values=[r[3] for r in own]
            )
    paths.append(prepare(tmp_path / "direct.bw", "direct.bw", tmp_path / "direct.out").path)
    for chrom in names:
        for window in (Region(chrom, 0, 5000), Region(chrom, 0, 50_000), Region(chrom, 900, 1000)):
            read = [read_columns(path, window, 200) for path in paths]
            for other in read[1:]:
                np.testing.assert_array_equal(read[0], other)


def test_blocks_stretches_and_spills_make_no_difference(tmp_path, monkeypatch):
    """All limits so small that every one of them is met."""
    rows = [(f"chr{n % 3}", n * 100, n * 100 + 90, float(n)) for n in range(3000)]
    expected = stored(prepare_text(tmp_path, "plain.bdg", bedgraph(rows)))
    monkeypatch.setattr(renderer.formats.text, "BLOCK_BYTES", 1000)
    monkeypatch.setattr(renderer.prepare.signal_text, "LEAST_AT_ONCE", 100)
    monkeypatch.setattr(renderer.prepare.signal_store, "BUFFER_BYTES", 2000)
    monkeypatch.setattr(renderer.prepare.signal_store, "AT_ONCE", 100)
    monkeypatch.setattr(renderer.prepare.signal_store, "STRETCH", 300)
    assert expected == stored(prepare_text(tmp_path, "blocks.bdg", bedgraph(rows)))
    random.Random(1).shuffle(rows)
    assert expected == stored(prepare_text(tmp_path, "shuffled.bdg", bedgraph(rows)))
    assert expected == stored(prepare_text(tmp_path, "blocks.wig", wig(rows, False)))


def test_an_overlap_is_found_across_stretches_and_in_crowded_ones(tmp_path, monkeypatch):
    monkeypatch.setattr(renderer.prepare.signal_store, "STRETCH", 10)
    rows = [("chr1", n << 16, (n << 16) + 5, 1.0) for n in range(100, 0, -1)]
    across = [*rows, ("chr1", (50 << 16) + 65_530, (51 << 16) + 1, 2.0)]
    with pytest.raises(FormatError, match="overlaps the interval of line 50") as error:
        prepare_text(tmp_path, "across.bdg", bedgraph(across))
    assert 101 == error.value.line
    crowded = bedgraph([("chr1", 70_000, 70_001, 1.0)] * 66_000)
    with pytest.raises(FormatError, match="overlaps the interval of line 1"):
        prepare_text(tmp_path, "crowded.bdg", crowded)


def write_reads(path, reads, header=None):
    mode, options = ("wc", [b"no_ref=1"]) if path.suffix == ".cram" else ("wb", None)
    with pysam.AlignmentFile(str(path), mode, header=header or HEADER, format_options=options) as out:
        for number, (chrom, start, cigar, flag) in enumerate(reads):
            read = pysam.AlignedSegment(out.header)
            read.query_name, read.flag, read.reference_id, read.reference_start = f"r{number}", flag, chrom, start
            read.cigarstring, read.mapping_quality = cigar, 60
            read.query_sequence = "A" * read.infer_query_length()
            out.write(read)
    return path


@pytest.mark.parametrize("name", ["a.bam", "a.cram"])
def test_coverage_counts_the_aligned_bases_of_good_primary_reads(tmp_path, name):
    bad = [(0, 200, "10M", flag) for flag in (0x4, 0x100, 0x200, 0x400, 0x800)]
    path = write_reads(tmp_path / name, [*READS[:3], *bad, READS[3]])
    prepared = prepare(path, name, tmp_path / "out")
    assert COVERAGE == stored(prepared)
    assert ({"chr1": 100_000, "chr2": 5000}, True, "bam") == (prepared.chroms, prepared.sized, prepared.format)


def test_coverage_is_the_same_however_few_reads_are_held(tmp_path, monkeypatch):
    monkeypatch.setattr("renderer.prepare.bam.READS_AT_ONCE", 7)
    draw = random.Random(3)
    reads = sorted(
        (draw.choice((0, 0, 1)), draw.randrange(4000), draw.choice(("50M", "20M300N30M")), 0) for _ in range(500)
    )
    expected = np.zeros((2, 5000))
    for chrom, start, cigar, _ in reads:
        for low, high in [(0, 50)] if cigar == "50M" else [(0, 20), (320, 350)]:
            expected[chrom, start + low : start + high] += 1
    prepared = prepare(write_reads(tmp_path / "a.bam", reads), "a.bam", tmp_path / "out")
    with pyBigWig.open(str(prepared.path)) as bigwig:
        for chrom in (0, 1):
            found = np.nan_to_num(bigwig.values(f"chr{chrom + 1}", 0, 5000, numpy=True))
            np.testing.assert_array_equal(expected[chrom], found)


@pytest.mark.parametrize(
    ("reads", "order", "said"),
    [
        (READS[::-1], "coordinate", "read 2 at chr1:201 comes after chr2:1. Sort it with 'samtools sort"),
        (READS, "queryname", "sorted by 'queryname'. Sort it with 'samtools sort"),
    ],
)
def test_unsorted_reads_are_refused_with_the_remedy(tmp_path, reads, order, said):
    header = {**HEADER, "HD": {"VN": "1.6", "SO": order}}
    with pytest.raises(FormatError, match=said):
        prepare(write_reads(tmp_path / "a.bam", reads, header), "a.bam", tmp_path / "out")


@pytest.mark.parametrize(("name", "less"), [("a.bam", 28), ("a.cram", 38)])
def test_alignments_that_end_too_early_are_refused(tmp_path, name, less):
    path = write_reads(tmp_path / name, READS)
    path.write_bytes(path.read_bytes()[:-less])
    with pytest.raises(FormatError, match="the alignments cannot be read"):
        prepare(path, name, tmp_path / "out")


def test_alignments_without_a_good_read_are_an_empty_signal_with_a_warning(tmp_path):
    prepared = prepare(write_reads(tmp_path / "a.bam", [(0, 5, "9M", 0x400)]), "a.bam", tmp_path / "out")
    assert ("No read is mapped, or all are marked as duplicates or failed.",) == prepared.warnings
    assert np.isnan(read_columns(prepared.path, Region("chr1", 0, 1000), 10)).all()
