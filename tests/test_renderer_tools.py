"""Tables as peak callers, callers of loops, junctions, methylation and variants write them: each as what it holds."""

import pyBigWig
import pytest

from renderer.assays.names import assay_of
from renderer.figure.draw import draw_scene
from renderer.figure.rows.kinds import interval_row
from renderer.figure.style import THEMES
from renderer.formats.sniff import sniff
from renderer.measure.across import gaps_are_zero
from renderer.prepare.upload import prepare
from renderer.values.errors import FormatError
from renderer.values.region import Region
from renderer.values.track import Scene, Track
from renderer.window.intervals import Interval, read_intervals, read_links

NAMES = ("1", "01", "X", "chr1", "2L", "NC_000001.11", "scaffold.1|size")
METHYL = "{c}\t100\t101\t{code}\t{n}\t+\t100\t101\t255,0,0\t{n}"
MACS = "# MACS\n\nchr\tstart\tend\tlength\tabs_summit\tpileup\t-log10(pvalue)\tfold_enrichment\t-log10(qvalue)\tname\n"
HICCUPS = "#chr1\tx1\tx2\tchr2\ty1\ty2\tname\tscore\tstrand1\tstrand2\tcolor\tobserved\n"
FITHICHIP = "chr1\ts1\te1\tchr2\ts2\te2\tcc\tCoverage1\tisPeak1\tBias1\n"
VCF = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"


def made(folder, name, text, kind=None):
    (folder / name).write_text(text)
    return prepare(folder / name, name, folder / "out", kind=kind)


def values(one, chrom):
    with pyBigWig.open(str(one.path)) as bigwig:
        return [(start, end, round(value, 2)) for start, end, value in bigwig.intervals(chrom) or ()]


def intervals(one, chrom):
    return read_intervals(one.path, Region(chrom, 0, 100_000))


def links(one, chrom):
    found = read_links(one.path, Region(chrom, 0, 10_000_000))
    return [(link.start1, link.end1, link.start2, link.end2, link.score) for link in found]


@pytest.mark.parametrize("chrom", NAMES)
@pytest.mark.parametrize("rest", ["\t25.00", "\t25.00\t5\t15\t0\t0\t1\t2\t2", " 25.00 5 15 0 0 1 2 2"])
def test_bedmethyl_is_a_signal_of_percent(tmp_path, chrom, rest):
    """Of ENCODE, and of modkit with tabs or with blanks."""
    one = made(tmp_path, "a.bed", METHYL.format(c=chrom, code="m", n=20) + rest + "\n")
    assert ("bedmethyl", [(100, 101, 25.0)]) == (one.format, values(one, chrom))


def test_one_modification_is_drawn_and_a_site_without_reads_has_no_value(tmp_path):
    rows = [METHYL.format(c="1", code=code, n=20) + f"\t{percent}" for code, percent in (("h", 5), ("m", 60))]
    rows.append(METHYL.format(c="1", code="m", n=0).replace("100\t101", "200\t201") + "\t0")
    one = made(tmp_path, "a.bedmethyl", "\n".join(rows))
    assert [(100, 101, 60.0)] == values(one, "1")
    assert "Drawn is the percent of 'm'; rows of other modifications are not: 1 of 'h'." == one.warnings[0]
    assert one.warnings[1].startswith("1 value is missing")


@pytest.mark.parametrize("chrom", NAMES)
def test_bismark_coverage_is_a_signal_of_percent_from_one(tmp_path, chrom):
    one = made(tmp_path, "a.cov", f"{chrom}\t101\t101\t75\t3\t1\n{chrom}\t103\t103\t33.3333\t1\t2\n")
    assert ("bismark", [(100, 101, 75.0), (102, 103, 33.33)]) == (one.format, values(one, chrom))


@pytest.mark.parametrize("chrom", NAMES)
@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (
            "a_peaks.xls",
            MACS + "{c}\t101\t300\t200\t151\t9\t20.1\t4.1\t17.2\tp1\n",
            Interval(100, 300, "p1", summit=150, score=172.0),
        ),
        ("a.txt", "seqnames\tstart\tend\twidth\tstrand\n{c}\t101\t300\t200\t-\n", Interval(100, 300, strand="-")),
        (
            "peaks.txt",
            "#PeakID\tchr\tstart\tend\tstrand\tTags\np1\t{c}\t101\t300\t+\t12.5\n",
            Interval(100, 300, "p1", "+", score=12.5),
        ),
        ("a.txt", "PeakID (cmd=x)\tChr\tStart\tEnd\tStrand\np1\t{c}\t101\t300\t0\n", Interval(100, 300, "p1", "+")),
        ("a.stringent.bed", "{c}\t100\t300\t2345.6\t12.3\t{c}:150-160\n", Interval(100, 300, score=12.3)),
        (
            "idr.bed",
            "{c}\t100\t300\t.\t1000\t.\t-1\t213.8\t-1\t50\t2.4\t2.7\t100\t300\t62.3\t48\t110\t290\t21.8\t70\n",
            Interval(100, 300, summit=150, score=1000.0),
        ),
        (
            "idr.txt",
            "{c}\t100\t300\t.\t540\t.\t2.4\t2.7\t100\t300\t62.3\t110\t290\t21.8\n",
            Interval(100, 300, score=540.0),
        ),
        (
            "blocks.bedpe",
            "#chr1\tx1\n{c}\t100\t300\t{c}\t100\t300\t.\t.\t.\t.\t255,255,0\t1.2\t0.3\n",
            Interval(100, 300, color="#ffff00", thick=(100, 300)),
        ),
        ("a.bed", "#gffTags\n{c}\t100\t300\tID=f1;Name=Foo%20bar;Note=x\n", Interval(100, 300, "Foo bar")),
        ("a.narrowPeak", "{c}\t100\t300\tp\t5\t.\tNA\t.\t-1\t50\n", Interval(100, 300, "p", summit=150, score=5.0)),
        ("a.bed", " {c} \t 100 \t 300 \t p \n", Interval(100, 300, "p")),
    ],
)
def test_a_table_of_places_is_intervals(tmp_path, name, text, expected, chrom):
    assert [expected] == intervals(made(tmp_path, name, text.format(c=chrom)), chrom)


def test_columns_that_are_not_read_are_named(tmp_path):
    row = "1\t100\t300\t.\t540\t.\t2.4\t2.7\t100\t300\t62.3\t110\t290\t21.8\n"
    assert ("Columns 10 to 14 are not used.",) == made(tmp_path, "idr.txt", row).warnings


@pytest.mark.parametrize("chrom", NAMES)
@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("SJ.out.tab", "{c}\t101\t200\t2\t2\t1\t5\t30\t38\n", (99, 100, 200, 201, 5.0)),
        ("junctions.bed", "{c}\t80\t240\tJUNC01\t7\t+\t80\t240\t255,0,0\t2\t20,40\t0,120\n", (99, 100, 200, 201, 7.0)),
        ("hisat.junc", "{c}\t99\t200\t+\n", (99, 100, 200, 201, 1.0)),
        ("leafcutter.junc", "{c}\t100\t200\t.\t8\t?\n", (99, 100, 200, 201, 8.0)),
        ("regtools.junc", "{c}\t80\t240\tx\t7\t+\t80\t240\t255,0,0\t2\t20,40\t0,120\n", (99, 100, 200, 201, 7.0)),
        ("a.bed", "track graphType=arc\n{c}\t100\t201\tloop\t3\n", (100, 101, 200, 201, 3.0)),
        (
            "merged_loops.bedpe",
            HICCUPS + "{c}\t100\t150\t{c}\t900\t950\t.\t.\t.\t.\t0,255,255\t120.5\t30\n",
            (100, 150, 900, 950, 120.5),
        ),
        ("fit.bed", FITHICHIP + "{c}\t100\t150\t{c}\t900\t950\t23\t300\t1\t0.9\n", (100, 150, 900, 950, 23.0)),
        ("a.bedpe", "{c}\t100\t150\t{c}\t900\t950\t7\t8\t+\t-\n", (100, 150, 900, 950, 8.0)),
        ("a.bedpe", "{c}\t100\t150\t{c}\t900\t950\t7\tNA\t+\t-\n", (100, 150, 900, 950, 7.0)),
        ("a.txt", "{c}\t100\t150\t{c}:900-950,4\n", (100, 150, 900, 950, 4.0)),
    ],
)
def test_a_table_of_pairs_is_links_with_their_scores(tmp_path, name, text, expected, chrom):
    assert [expected] == links(made(tmp_path, name, text.format(c=chrom)), chrom)


def test_junctions_of_reads_that_map_elsewhere_too_are_counted(tmp_path):
    one = made(tmp_path, "SJ.out.tab", "1\t101\t200\t2\t2\t1\t0\t30\t38\n1\t301\t400\t1\t1\t0\t2\t0\t9\n")
    assert ([(299, 300, 400, 401, 2.0)], "junctions") == (links(one, "1"), one.format)
    assert ("1 junctions of reads that also map elsewhere are not drawn.",) == one.warnings


@pytest.mark.parametrize(
    ("alternative", "info", "expected"),
    [
        ("<DEL>", "SVTYPE=DEL;SVLEN=-200", (99, 300)),
        ("<DEL>", "SVTYPE=DEL;SVLEN=200", (99, 300)),
        ("<DEL>", "END=300;SVTYPE=DEL", (99, 300)),
        ("<DUP:TANDEM>", "SVLEN=200", (99, 300)),
        ("<INS>", "END=50;SVLEN=78", (99, 100)),
        ("<INS>", "SVLEN=78", (99, 100)),
        ("A[2:500[", "SVTYPE=BND", (99, 100)),
    ],
)
def test_a_structural_variant_takes_up_what_it_changes(tmp_path, alternative, info, expected):
    rows = f"1\t100\tv\tN\t{alternative}\t.\tPASS\t{info}\n1\t9000\ts\tA\tG\t.\tPASS\t.\n"
    one = made(tmp_path, "a.vcf", VCF + rows)
    assert [expected, (8999, 9000)] == [(item.start, item.end) for item in intervals(one, "1")]
    assert ("END=50" in info) == any("END lies before POS" in note for note in one.warnings)


def test_breakends_are_links_where_they_are_all_there_is_or_are_asked_for(tmp_path):
    pair = "1\t100\ta\tN\tN[1:900[\t.\tPASS\tSVTYPE=BND\n1\t900\tb\tN\t]1:100]N\t.\tPASS\tSVTYPE=BND\n"
    other = "1\t9000\tc\tA\tG\t.\tPASS\t.\n"
    alone = made(tmp_path, "a.vcf", VCF + pair)
    assert ("links", [(99, 100, 899, 900, 1.0)]) == (alone.kind, links(alone, "1"))
    both = made(tmp_path, "b.vcf", VCF + pair + other)
    assert ("intervals", 3) == (both.kind, both.items)
    assert both.warnings[0].startswith("2 of the records: breakends, drawn where they begin")
    asked = made(tmp_path, "b.vcf", VCF + pair + other, kind="links")
    assert (1, ("1 variants that are no breakends are not drawn.",)) == (asked.items, asked.warnings)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            "SJ.out.tab",
            "1\t101\t200\t2\t2\t1\t5\t30\t38\n" * 200 + "1\t101\t200\t2\t2\t1\tx\t30\t38\n",
            "line 201: .*'x'",
        ),
        (
            "a.xls",
            MACS + "1\t1\t9\t9\t5\t1\t1\t1\t1\tp\n" * 101 + "1\t1\t9\t8\t5\t1\t1\t1\t1\tp\n",
            "line 105: the length",
        ),
        ("a.bedpe", "1\t52.5\t60\t1\t90\t99\n", "line 1: .* '52.5' and '60', which must be whole"),
    ],
)
def test_a_bad_line_of_a_table_is_named(tmp_path, name, text, said):
    with pytest.raises(FormatError, match=said):
        made(tmp_path, name, text)


def test_nine_whole_numbers_are_no_matrix_of_scores(tmp_path):
    (tmp_path / "a").write_text("chr1\t14830\t14969\t2\t2\t1\t5\t30\t38\n")
    assert "junctions" == sniff(tmp_path / "a", "a.tab").name


def boxes(items):
    """The boxes of a drawn row as (start, end, tall), by start."""
    from matplotlib.figure import Figure

    row = interval_row(1, "row", items, Region("chr1", 0, 100_000), "#224466", THEMES["ucsc"])
    ax = Figure(figsize=(THEMES["ucsc"].plot_width / 100, 1), dpi=100).add_axes((0, 0, 1, 1))
    row.paint(ax)
    paths = [path.get_extents() for path in ax.collections[0].get_paths()]
    return sorted((round(box.x0), round(box.x1), round(box.y1 - box.y0, 2)) for box in paths)


def test_touching_boxes_are_drawn_apart_and_others_as_they_are():
    pixel = 100_000 / THEMES["ucsc"].plot_width
    drawn = boxes([Interval(0, 20_000), Interval(20_000, 40_000), Interval(50_000, 60_000)])
    assert [(0, round(20_000 - pixel)), (20_000, 40_000), (50_000, 60_000)] == [one[:2] for one in drawn]
    red, blue = (Interval(0, 20_000, color="#ff0000"), Interval(20_000, 40_000, color="#0000ff"))
    assert [(0, 20_000), (20_000, 40_000)] == [one[:2] for one in boxes([red, blue])]


def test_the_ends_beside_a_thick_part_are_thin():
    assert [(10_000, 30_000, 0.44), (15_000, 25_000, 0.76)] == boxes([Interval(10_000, 30_000, thick=(15_000, 25_000))])


@pytest.mark.parametrize(
    ("name", "row"),
    [("a.bedmethyl", METHYL.format(c="chr1", code="m", n=20) + "\t80"), ("a.cov", "chr1\t101\t101\t80\t8\t2")],
)
def test_a_file_of_methylation_is_drawn_as_such_whatever_it_is_called(tmp_path, name, row):
    """The mean of a column is that of its sites: what lies between them is not 0."""
    one = made(tmp_path, name, row + "\n")
    track = Track(1, "a", one.kind, one.format, one.path)
    drawn = draw_scene(Scene(Region("chr1", 0, 100_000), (track,)), tmp_path / "a.png")
    assert 80 == drawn.layout.box(1).vmax
    assert "methylation" == assay_of(track).name


SITES = "chr1\t100\t101\t0.78{more}\nchr1\t40000\t40001\t0{more}\nchr1\t70000\t70002\t0.12{more}\n"


@pytest.mark.parametrize(
    ("name", "more"), [("a.bedGraph", ""), ("a.txt", ""), ("a.bedGraph", "\t38"), ("a.bedGraph", "\t38\t40")]
)
def test_shares_at_single_sites_are_drawn_as_high_as_they_are(tmp_path, name, more):
    one = made(tmp_path, name, SITES.format(more=more))
    track = Track(1, "a", one.kind, one.format, one.path)
    drawn = draw_scene(Scene(Region("chr1", 0, 100_000), (track,)), tmp_path / "a.png")
    assert ("sites", 0.78) == (one.format, pytest.approx(drawn.layout.box(1).vmax, abs=1e-6))
    assert bool(more) == bool(one.warnings)  # what is behind the value is not drawn, and that is said


@pytest.mark.parametrize(
    "rows",
    [
        "chr1\t100\t101\t1\nchr1\t200\t201\t0\n",  # counts, for all one knows
        "chr1\t100\t101\t0.5\nchr1\t200\t201\t3.5\n",
        "chr1\t100\t101\t0.5\nchr1\t200\t250\t0.5\n",
        "chr1\t100\t101\t-0.5\nchr1\t200\t201\t0.5\n",
    ],
)
def test_other_bedgraphs_are_no_sites(tmp_path, rows):
    assert "bedgraph" == made(tmp_path, "a.bedGraph", rows).format


def test_sites_of_a_known_assay_are_what_that_is(tmp_path):
    """Starts of transcripts in parts of a million reads lie at single bases, and what has none is 0."""
    one = made(tmp_path, "a.bedGraph", SITES.format(more=""))
    track = Track(1, "CAGE", one.kind, one.format, one.path, "CAGE")
    assert gaps_are_zero(track) and not gaps_are_zero(Track(1, "a", one.kind, one.format, one.path))
