from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderer.annotation.loci import resolve_loci
from renderer.annotation.names import NameIndex, Place
from renderer.prepare.upload import prepare
from renderer.values.errors import RegionError
from renderer.values.region import UNKNOWN_LENGTH, Region

SIZES = {
    "chr1": 1_000_000,
    "chr2": 500_000,
    "chrX": 300_000,
    "chrM": 16_569,
    "chr1_gl000191_random": 40_000,
    "chrY": UNKNOWN_LENGTH,
}

PLACES = [
    Place("JAK2", "chr1", 400_000, 500_000, "+"),
    Place("HLA-DRB1", "1", 600_000, 601_000, "-"),
    Place("EDGE", "chr2", 498_000, 500_000, "+"),
    Place("TWICE", "chr1", 100, 200, "+"),
    Place("TWICE", "chr2", 100, 200, "+"),
    Place("SHOX", "chrX", 100_000, 110_000, "+"),
    Place("SHOX", "chrY", 100_000, 110_000, "+"),
    Place("TWIN", "chrX", 100_000, 110_000, "+"),
    Place("TWIN", "chrY", 100_000, 111_000, "+"),
    Place("SPLIT", "chr1", 700_000, 720_000, "+"),
    Place("SPLIT", "chr1", 710_000, 750_000, "+"),
    Place("ALT", "chr1", 800_000, 850_000, "+"),
    Place("ALT", "chr1_gl000191_random", 100, 900, "+"),
    Place("LOOSE", "chr1_gl000191_random", 100, 900, "+"),
    Place("LOST", "chr7", 100, 900, "+"),
    Place("PAST", "chr2", 600_000, 700_000, "+"),
    Place("CHR9", "chr1", 10_000, 20_000, "+"),
    Place("Y", "chr1", 30_000, 40_000, "+"),
    Place("His1:CG33801", "chr1", 30_000, 40_000, "+"),
]


class Listed:
    """Names from a list; knows no similar ones."""

    def find(self, name):
        return [place for place in PLACES if place.name.casefold() == name.casefold()]

    def suggest(self, name, most=3):
        return [place.name for place in PLACES if place.name[:2] == name[:2]][:most]


def resolve(text, **options):
    return resolve_loci(text, Listed(), SIZES, **options)


JAK2 = Region("chr1", 380_000, 520_000, "JAK2")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SHOX", [Region("chrX", 95_000, 115_000, "SHOX (on chrX, and on Y alike)")]),
        ("chr1:5,001-10,000", [Region("chr1", 5_000, 10_000)]),
        ("1:5001-10000", [Region("chr1", 5_000, 10_000)]),
        ("chr1:0.5M-0.6M", [Region("chr1", 499_999, 600_000)]),
        ("chr1:5k-10kb promoter, twice", [Region("chr1", 4_999, 10_000, "promoter, twice")]),
        ("chr1 5000 10000", [Region("chr1", 5_000, 10_000)]),
        ("chr 1: 5001-10000", [Region("chr1", 5_000, 10_000)]),
        ("chr1 5001-10000", [Region("chr1", 5_000, 10_000)]),
        ("chr1-5001-10000", [Region("chr1", 5_000, 10_000)]),
        ("1_5001_10000", [Region("chr1", 5_000, 10_000)]),
        ("chr1:1-10 chr2:1-10", [Region("chr1", 0, 10), Region("chr2", 0, 10)]),
        ("chr1:1-10 one, chr2:1-10 two", [Region("chr1", 0, 10, "one"), Region("chr2", 0, 10, "two")]),
        ("chr1:1-10:+;chr2:1-10(-)", [Region("chr1", 0, 10), Region("chr2", 0, 10)]),
        ("JAK2 chr2:1-10", [JAK2, Region("chr2", 0, 10)]),
        ("chr1:1 000-2 000; chr2:1 kb - 2 kb x", [Region("chr1", 999, 2_000), Region("chr2", 999, 2_000, "x")]),
        ("chr1-50001-A-T", [Region("chr1", 45_000, 55_001, "chr1-50001-A-T")]),
        ("chr1:g.50001A>T", [Region("chr1", 45_000, 55_001, "chr1:g.50001A>T")]),
        ("chr1:50,001:A:T", [Region("chr1", 45_000, 55_001, "chr1:50,001:A:T")]),
        ('"chr1"\t"5,000"\t"10,000"\t"a name"', [Region("chr1", 5_000, 10_000, "a name")]),
        ("chr1\t50000\t50500\tpeak_1\t99\t.\t4.2", [Region("chr1", 45_000, 55_500, "peak_1 ± 5 kb")]),
        ("chr1 50000 50500", [Region("chr1", 45_000, 55_500, "chr1:50,001-50,500 ± 5 kb")]),
        ("chr1:50,001-50,500", [Region("chr1", 50_000, 50_500)]),
        ("chr1 5,000 10,000 spot", [Region("chr1", 5_000, 10_000, "spot")]),
        ("1\t5000\t10000\tmy; spot, here\t0\t+", [Region("chr1", 5_000, 10_000, "my; spot, here")]),
        ("chr1：5，001－10，000", [Region("chr1", 5_000, 10_000)]),
        ("NC_000001.11:5001-10000", [Region("chr1", 5_000, 10_000)]),
        ("chr1:50,001", [Region("chr1", 45_000, 55_001)]),
        ("chr1:50,001 ± 1k", [Region("chr1", 49_000, 51_001)]),
        ("chr1:50,001 a SNP", [Region("chr1", 45_000, 55_001, "a SNP")]),
        ("chr1:1", [Region("chr1", 0, 5_001)]),
        ("JAK2", [JAK2]),
        ("  jak2 ", [JAK2]),
        ("JAK2+50kb", [Region("chr1", 350_000, 550_000, "JAK2")]),
        ("JAK2 ± 50k", [Region("chr1", 350_000, 550_000, "JAK2")]),
        ("JAK2 +/- 1,000 bp", [Region("chr1", 399_000, 501_000, "JAK2")]),
        ("JAK2+0", [Region("chr1", 400_000, 500_000, "JAK2")]),
        ("hla-drb1", [Region("chr1", 595_000, 606_000, "HLA-DRB1")]),
        ("EDGE", [Region("chr2", 493_000, 500_000, "EDGE")]),
        ("SPLIT", [Region("chr1", 690_000, 760_000, "SPLIT")]),
        ("ALT", [Region("chr1", 790_000, 860_000, "ALT")]),
        ("LOOSE", [Region("chr1_gl000191_random", 0, 5_900, "LOOSE")]),
        ("chrX", [Region("chrX", 0, 300_000)]),
        ("X", [Region("chrX", 0, 300_000)]),
        ("MT", [Region("chrM", 0, 16_569)]),
        ("y", [Region("chr1", 25_000, 45_000, "Y")]),
        ("His1:CG33801", [Region("chr1", 25_000, 45_000, "His1:CG33801")]),
        ("All Chromosomes", [Region(c, 0, SIZES[c]) for c in ("chr1", "chr2", "chrX", "chrM")]),
        ("JAK2, chrX; EDGE", [JAK2, Region("chrX", 0, 300_000), Region("chr2", 493_000, 500_000, "EDGE")]),
        ("JAK2 EDGE", [JAK2, Region("chr2", 493_000, 500_000, "EDGE")]),
        ("JAK2 + 0 EDGE+1", [Region("chr1", 400_000, 500_000, "JAK2"), Region("chr2", 497_999, 500_000, "EDGE")]),
        ("chr1:5,001-10,000, JAK2,", [Region("chr1", 5_000, 10_000), JAK2]),
        ("# a comment\n\ntrack name=x\nJAK2\n", [JAK2]),
    ],
)
def test_a_locus_reads_as_a_person_writes_it(text, expected):
    assert expected == resolve(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("JAK3", "'JAK3' is not found: did you mean JAK2?"),
        ("nothing", "'nothing' is not found. Write a gene name, or a region like chr9:"),
        ("TWIN", "'TWIN' is at 2 places: chrX:100,001-110,000, chrY:100,001-111,000."),
        ("chr1:1.000-2.000", "Write 1,000 if the dot groups digits."),
        ("TWICE", "'TWICE' is at 2 places: chr1:101-200, chr2:101-200. Write the coordinates of the one you mean."),
        ("LOST", "LOST is at chr7:101-900, but: Chromosome 'chr7' is not in these tracks. They have chr1, chr2"),
        ("PAST", "PAST is at chr2:600,001-700,000, but: Region chr2:600,001-700,000 ends past the end of chr2"),
        ("chr1:1-1,000,001", "ends past the end of chr1, which is 1,000,000 bp long in these tracks"),
        ("chr1:1,000,001", "ends past the end of chr1"),
        ("chr2\t0\t500001\tname", "ends past the end of chr2"),
        ("chr23", "Chromosome 'chr23' is not in these tracks. They have chr1, chr2"),
        ("chr7:1-5", "Chromosome 'chr7' is not in these tracks"),
        ("chrY", "The length of chrY is not known from these tracks. Write start and end"),
        ("chr1:9-5", "the start must come before the end"),
        ("chr1:5-", "'chr1:5-' is not a region"),
        ("chr1:100--20", "is not a region"),
        ("hg38:chr1:1-10", "Chromosome 'hg38:chr1' is not in these tracks, 'chr1' is: write chr1:1-10."),
        ("hg38.chr1:1-10", "'chr1' is: write chr1:1-10."),
        ("chr1,1000,2000", "has commas between its columns. Write chr1:1,000-2,000, or tabs if it is a BED line."),
        ("chr1; 5; 7", "has commas between its columns"),
        ("chr1:1 000 000", "is neither a position nor a region"),
        ("rs123", "'rs123' is the number of a variant in dbSNP, which is not at hand. Write its place"),
        ("NM_004972.3:c.1849G>T", "is a variant counted in a transcript, which is not translated. Write its place"),
        ("7-50001-A-T", "is a variant, but on no chromosome of these tracks"),
        ("9p24.1", "is a cytogenetic band"),
        ("chr1:0", "the first base of a chromosome is 1"),
        ("chr1:5,00", "'5,00'"),
        ("JAK2+1.5", "'1.5'"),
        ("JAK2\njak2", "Line 2: chr1:380,001-520,000 is already on line 1"),
        ("JAK2, JAK2", "is already on line 1"),
        (" \n", "No loci were given"),
    ],
)
def test_a_bad_locus_says_what_is_wrong(text, said):
    with pytest.raises(RegionError) as error:
        resolve(text)
    assert said in str(error.value)


def test_every_bad_line_is_reported_by_its_number():
    text = "JAK2\nJAK3, foo\n# fine\nchr1:5-\nEDGE\nchr2:1-600000\n"
    with pytest.raises(RegionError) as error:
        resolve(text)
    lines = str(error.value).splitlines()
    assert ["Line 2", "Line 2", "Line 4", "Line 6"] == [line.split(":")[0] for line in lines]


def test_without_gene_names_the_error_says_what_to_do():
    with pytest.raises(RegionError, match=r"'JAK2' is no region, and there are no gene names.*Add an annotation\."):
        resolve_loci("JAK2", None, SIZES, missing="Add an annotation.")
    assert [Region("chr1", 0, 10)] == resolve_loci("1:1-10", None, SIZES)


def test_without_chromosome_lengths_nothing_is_checked_or_clipped():
    assert [Region("chr7", 0, 5_900, "LOST"), Region("chr9", 0, 10)] == resolve_loci("LOST\nchr9:1-10", Listed(), {})


def test_the_flank_can_be_set_for_all():
    assert [Region("chr1", 399_990, 500_010, "JAK2"), Region("chr1", 90, 111)] == resolve("JAK2\nchr1:101", flank=10)
    assert [Region("chr1", 400_000, 500_000, "JAK2")] == resolve("JAK2", flank=0)
    assert [Region("chr1", 40, 610, "a ± 10 bp")] == resolve("chr1\t50\t600\ta", flank=10)
    assert [Region("chr1", 50, 600, "a")] == resolve("chr1\t50\t600\ta", flank=0)
    assert [Region("chr1", 50, 600)] == resolve("chr1:51-600", flank=10)


@given(st.text(max_size=60))
def test_any_text_is_loci_or_a_region_error(text):
    with suppress(RegionError):
        assert all(region.span > 0 for region in resolve(text))


@given(st.sampled_from(["JAK2", "EDGE", "SPLIT", "ALT", "LOOSE", "hla-drb1"]), st.integers(0, 3_000_000))
def test_a_flanked_gene_stays_on_its_chromosome_and_holds_the_gene(name, flank):
    (region,) = resolve(f"{name}+{flank}")
    places = [place for place in Listed().find(name) if region.chrom in (place.chrom, f"chr{place.chrom}")]
    assert 0 <= region.start <= min(place.start for place in places)
    assert max(place.end for place in places) <= region.end <= SIZES[region.chrom]


def test_the_shared_annotations_resolve(scenes, tmp_path):
    files = scenes.parent / "files"
    for name, gene, chrom, size in (
        ("CoolBox/tests/test_data/gtf_chr9_4000000_6000000.gtf", "jak2", "9", 141_213_431),
        ("pyGenomeTracks/pygenometracks/tests/test_data/HoxD.gtf", "HOXD13", "2", 182_113_224),
        ("pyGenomeTracks/pygenometracks/tests/test_data/dm3_genes.bed.gz", "w", "X", 22_422_827),
    ):
        path = files / name
        prepared = prepare(path, path.name, tmp_path / path.name, kind="genes")
        (region,) = resolve_loci(gene, NameIndex.open(prepared.path), {chrom: size})
        assert (gene.casefold(), chrom) == (region.label.casefold(), region.chrom)
