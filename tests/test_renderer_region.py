from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderer.values.errors import RegionError
from renderer.values.region import MAX_LOCI, Region, match_chrom, parse_loci, parse_position, parse_region, read_number


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("chr9:4,950,001-5,190,000", Region("chr9", 4_950_000, 5_190_000)),
        ("chr9:4950001-5190000", Region("chr9", 4_950_000, 5_190_000)),
        ("9:5.0M-5.1M", Region("9", 4_999_999, 5_100_000)),
        ("chr9:5100k-5.2Mb", Region("chr9", 5_099_999, 5_200_000)),
        ("  chrX : 1 - 10 ", Region("chrX", 0, 10)),
        ("chr2\t100\t200\tenhancer", Region("chr2", 100, 200, "enhancer")),
        ("chr9:1-10 JAK2 promoter", Region("chr9", 0, 10, "JAK2 promoter")),
        ("chr2 1,000 2,000", Region("chr2", 1000, 2000)),
        ("chr2\t 100 \t 200 \t.", Region("chr2", 100, 200)),
        ("chr9:0-50", Region("chr9", 0, 50)),
        ("chr9: 1 000 000 - 1 200 000", Region("chr9", 999_999, 1_200_000)),
        ("chr9:1 Mb-1.2 Mb", Region("chr9", 999_999, 1_200_000)),
        ("chr9:1e+06-1.2e6", Region("chr9", 999_999, 1_200_000)),
        ("chr9:5 to 50 a label", Region("chr9", 4, 50, "a label")),
        ("chr9:1-100 M phase", Region("chr9", 0, 100, "M phase")),
        ("chr9:1-100 score:5", Region("chr9", 0, 100, "score:5")),
        ("chr9 4,951-5,190", Region("chr9", 4_950, 5_190)),
        ("HLA-A*01:01:01:01:1-100", Region("HLA-A*01:01:01:01", 0, 100)),
        ("gi|49175990|ref|NC_000913.2|:100..200", Region("gi|49175990|ref|NC_000913.2|", 99, 200)),
        ("chr9:100-531 432 bp.", Region("chr9", 99, 531)),
        ("chr9:1000-1531 400 bp.", Region("chr9", 999, 1531, "400 bp.")),
    ],
)
def test_a_region_reads_as_a_person_writes_it(text, expected):
    assert expected == parse_region(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("chr9", "is not a region"),
        ("chr9:abc-100", "is not a region"),
        ("chr9:100-50", "empty"),
        ("chr9:1-5.2Mb", "1 has no unit, and 5.2Mb has one"),
        ("chr9:100-200 300", "several ways: what does '300' mean"),
        ("chr9 100 200 300", "several ways"),
        ("chr9:500-1 200 000", "several ways"),
        ("chr9 1 500 - 2 000", "several ways"),
        ("chr9:100-200abc", "'200abc' in 'chr9:100-200abc' is not a position"),
        ("chr9:1-10 chr2:1-10", "holds two loci"),
        ("chr9:1.5-50", "whole number"),
        ("chr9:1,00-5,000", "'1,00'"),
        ("chr9:5.1234567M-6M", "whole number"),
    ],
)
def test_a_bad_region_says_what_is_wrong(text, said):
    with pytest.raises(RegionError, match=said):
        parse_region(text)


@given(st.from_regex(r"[A-Za-z0-9_.]{1,12}", fullmatch=True), st.integers(0, 3 * 10**9), st.integers(1, 10**8))
def test_a_printed_region_reads_back(chrom, start, span):
    region = Region(chrom, start, start + span)
    assert region == parse_region(str(region))


@given(st.text(max_size=40))
def test_any_text_is_a_region_or_a_region_error(text):
    with suppress(RegionError):
        assert parse_region(text).span > 0


def test_a_list_names_every_bad_line_by_number():
    text = "chr1:1-100\n\n# a comment\nchr1:5-\nchr1:200-300\nchr1:1-100\nchr1:7,0-9"
    with pytest.raises(RegionError) as error:
        parse_loci(text)
    assert [line.split(":")[0] for line in str(error.value).splitlines()] == ["Line 4", "Line 6", "Line 7"]
    assert "already on line 1" in str(error.value)


def test_an_empty_list_and_ten_thousand_loci_are_refused():
    with pytest.raises(RegionError, match="No loci"):
        parse_loci("\n# nothing\n")
    many = "\n".join(f"chr1:{n}-{n + 5}" for n in range(1, 10_001))
    with pytest.raises(RegionError, match=f"10,000 loci.*at most {MAX_LOCI:,}"):
        parse_loci(many)


def test_a_region_takes_the_files_spelling_of_its_chromosome():
    assert Region("chr9", 0, 10).fit({"9": 100}).chrom == "9"
    assert match_chrom("MT", ["chr1", "chrM"]) == "chrM"
    assert match_chrom("chr23", ["chr1", "chr2"]) is None


def test_an_unknown_chromosome_and_a_region_past_the_end_say_what_is_valid():
    with pytest.raises(RegionError, match="'chr23' is not in these tracks. They have chr1, chr2"):
        Region("chr23", 0, 10).fit({"chr1": 100, "chr2": 50})
    with pytest.raises(RegionError, match="chr1, which is 100 bp long"):
        Region("chr1", 50, 101).fit({"chr1": 100})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("chr9:5,000,000", Region("chr9", 4_999_999, 5_000_000)),
        (" 9 : 5.0M my SNP", Region("9", 4_999_999, 5_000_000, "my SNP")),
        ("chr9:1", Region("chr9", 0, 1)),
        ("chr9:1-10", None),
        ("chr9 : 1 - 10", None),
        ("chr9:1..10", None),
        ("chr9:100-", None),
        ("chr9:1 Mb-1.2 Mb", None),
        ("JAK2", None),
    ],
)
def test_a_position_is_one_base(text, expected):
    assert expected == parse_position(text)


@pytest.mark.parametrize("text", ["chr9:0", "chr9:5,00", "chr9:1.5", "chr9:1 000", "chr9:5 9", "chr9:5 9-10"])
def test_a_bad_position_is_refused(text):
    with pytest.raises(RegionError):
        parse_position(text)


@pytest.mark.parametrize(("word", "expected"), [("50kb", 50_000), ("1,000bp", 1000), ("1.5M", 1_500_000), ("7", 7)])
def test_a_length_reads_with_its_unit(word, expected):
    assert expected == read_number(word, word)


def test_a_locus_whose_name_begins_like_a_header_is_no_header():
    assert ["tracks", "browserless"] == [
        region.chrom for region in parse_loci("track x\nbrowser\ntracks:1-9\nbrowserless:1-9")
    ]


DASHES = "-‐‑‒–—―−－~"
BLANKS = " \u00a0\u202f\u2009\u3000"
QUOTES = [("", ""), ('"', '"'), ("“", "”"), ("'", ""), ('"""', '"""'), ("\u200b", "\ufeff")]


def grouped(mark):
    return lambda number: f"{number:,}".replace(",", mark)


NUMBERS = [str, grouped(","), grouped("'"), grouped(" "), grouped("\u202f"), lambda number: f"{number}bp"]


@given(
    st.sampled_from(
        ["chr9", "X", "2L", "scaffold.1|size9", "HLA-A*01:01:01:01", "NC_000001.11", "chr1_gl000191_random"]
    ),
    st.integers(1, 3 * 10**8),
    st.integers(0, 10**7),
    st.sampled_from(NUMBERS),
    st.sampled_from([*DASHES, "..", " - ", "\u00a0–\u00a0", " to ", "到"]),
    st.sampled_from([":", ": ", " : ", "：", *BLANKS]),
    st.sampled_from(QUOTES),
    st.sampled_from(["", ":+", "(-)", " (+)", ":*", " -", ".", " \t"]),
)
def test_a_region_means_the_same_however_it_is_written(chrom, start, span, number, dash, colon, quotes, strand):
    text = f"{quotes[0]}{chrom}{colon}{number(start)}{dash}{number(start + span)}{strand}{quotes[1]}"
    expected = Region(chrom, start - 1, start + span)
    if ":" in chrom and not colon.strip():  # 'HLA-A*01:01 1-100': a chromosome before a blank has no colon
        return
    try:
        assert expected == parse_region(text)
    except RegionError:  # blanks in numbers may have another meaning: refused, and never another place
        assert colon in BLANKS or number(start) == str(start) != number(start + span)


def test_dots_group_digits_where_there_are_several():
    assert Region("chr1", 999_999, 1_200_000) == parse_region("chr1:1.000.000-1.200.000")
    assert Region("chr1", 999_999, 1_200_000, "x") == parse_region("chr1:1.000.000–1.200.000 x")
    assert Region("chr1", 1_499_999, 2_000_000) == parse_region("chr1:1.5M-2.000.000")
