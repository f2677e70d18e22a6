from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from renderer.tracklists.scene import chrom_sizes
from renderer.values.aliases import ROMAN, chrom_key, index_names, is_main
from renderer.values.prepared import Prepared
from renderer.values.region import UNKNOWN_LENGTH, match_chrom

HUMAN = [*map(str, range(1, 23)), "X", "Y", "MT"]
UCSC = [f"chr{name}" for name in [*HUMAN[:-1], "M"]]
REFSEQ = [*(f"NC_{number:06d}.{number % 5 + 8}" for number in range(1, 25)), "NC_012920.1"]
GENBANK = [*(f"CM{662 + number:06d}.2" for number in range(1, 25)), "J01415.2"]
YEAST = [*ROMAN, "Mito"]
YEAST_UCSC = [*(f"chr{name}" for name in ROMAN), "chrM"]
YEAST_NUMBERED = [*(f"chr{number:02d}" for number in range(1, 17)), "chrmt"]
YEAST_REFSEQ = [f"NC_{number:06d}.9" for number in (*range(1133, 1149), 1224)]
WORM = ["I", "II", "III", "IV", "V", "X", "MtDNA"]
WORM_UCSC = ["chrI", "chrII", "chrIII", "chrIV", "chrV", "chrX", "chrM"]
WORM_NUMBERED = ["1", "2", "3", "4", "5", "X", "MT"]
WORM_REFSEQ = [*(f"NC_{number:06d}.8" for number in range(3279, 3285)), "NC_001328.1"]
FLY = ["2L", "2R", "3L", "3R", "4", "X", "Y", "mitochondrion_genome"]
FLY_REFSEQ = [
    "NT_033779.5",
    "NT_033778.4",
    "NT_037436.4",
    "NT_033777.3",
    "NC_004353.4",
    "NC_004354.4",
    "NC_024512.1",
    "NC_024511.2",
]
STYLES = [
    (HUMAN, UCSC, REFSEQ, GENBANK),
    (YEAST, YEAST_UCSC, YEAST_NUMBERED, YEAST_REFSEQ),
    (WORM, WORM_UCSC, WORM_NUMBERED, WORM_REFSEQ),
    (FLY, [f"chr{name}" for name in [*FLY[:-1], "M"]], FLY_REFSEQ),
]
PAIRS = [(one, other) for styles in STYLES for one in styles for other in styles]


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_every_chromosome_is_found_under_every_name_and_back(one, other):
    assert other == [match_chrom(name, other) for name in one]
    assert one == [match_chrom(name, one) for name in other]


@given(st.sampled_from(PAIRS), st.data())
def test_two_chromosomes_of_one_file_never_become_one(pair, data):
    """Also where a file lacks some chromosomes: then a name has no match, or its own."""
    mine, theirs = pair
    right = dict(zip(mine, theirs, strict=True))
    known = data.draw(st.lists(st.sampled_from(theirs), unique=True))
    found = {name: match_chrom(name, known) for name in mine}
    assert {name: match for name, match in found.items() if match} == {
        name: right[name] for name, match in found.items() if match
    }


@given(st.lists(st.text(max_size=12)), st.text(max_size=12))
@example(["²", "9" * 5000], "²")  # digits to Python, but no numbers that it reads
def test_a_match_is_one_of_the_known_names_and_a_known_name_is_its_own(known, name):
    assert match_chrom(name, known) in {None, *known}
    assert all(one == match_chrom(one, known) for one in known)


@pytest.mark.parametrize(
    ("name", "known", "expected"),
    [
        ("chr10", ["chr1", "chrX"], None),
        ("10", ["chrI", "chrII", "chrX"], None),  # this X is not known to be ten
        ("X", [str(number) for number in range(1, 23)], None),
        ("chrX", ["10", "11"], None),
        ("V", HUMAN, None),
        ("10", YEAST_UCSC, "chrX"),
        ("10", WORM_UCSC, None),
        ("5", WORM_UCSC, "chrV"),
        ("X", WORM_NUMBERED, "X"),
        ("MT", ["chr1", "chrM", "chrMT"], "chrMT"),
        ("NC_001807.4", ["chr1", "chrM", "chrMT"], "chrM"),
        ("Mito", ["chr1", "chrM", "chrMT"], None),
        ("Chr1", ["chr1", "1"], None),
        ("NC_000001.10", ["chr1", "1"], None),
        ("chr1_gl000191_random", ["1", "GL000191.1"], "GL000191.1"),
        ("KI270706.1", ["chr1", "chr1_KI270706v1_random"], "chr1_KI270706v1_random"),
        ("chr1_gl000191_random", ["chr1", "1"], None),
        ("chr6_cox_hap2", ["chr6", "chr6_qbl_hap6"], None),
        ("chr", ["chr1"], None),
        ("", ["chr1"], None),
    ],
)
def test_what_could_be_two_things_matches_neither(name, known, expected):
    assert expected == match_chrom(name, known) == match_chrom(name, iter(known))
    assert expected == match_chrom(name, dict.fromkeys(known, 1))


def test_chromosomes_are_told_from_loose_sequences():
    main = [*HUMAN, *UCSC, *REFSEQ, *YEAST, *WORM, *FLY, "chr2L"]
    assert [] == [name for name in main if not is_main(name)]
    loose = [
        "chr1_gl000191_random",
        "chrUn_KI270302v1",
        "chr6_GL000250v2_alt",
        "HSCHR6_MHC_APD_CTG1",
        "GL000191.1",
        "NT_187361.1",
        "NW_003315905.1",
        "chr6_cox_hap2",
        "HLA-A*01:01:01:01",
        "chrEBV",
    ]
    assert [] == [name for name in loose if is_main(name)]


def test_a_key_does_not_depend_on_the_spelling():
    assert {"1"} == {
        chrom_key(name) for name in ("1", "chr1", "Chr01", "CHR1", "NC_000001.11", "NC_000001", "CM000663.2")
    }


def test_files_that_spell_chromosomes_differently_share_one_list():
    def prepared(chroms, sized):
        return Prepared("bed", "intervals", Path("x"), dict.fromkeys(chroms, 7), sized, None)

    files = [prepared(["1", "MT", "GL000191.1"], False), prepared(["chr1", "chrM"], True), prepared(["1", "X"], True)]
    assert {"chr1": 7, "chrM": 7, "X": 7, "GL000191.1": UNKNOWN_LENGTH} == chrom_sizes(files)
    assert {"chrM": 7, "chrMT": 7} == chrom_sizes([prepared(["chrM", "chrMT"], True)])


def test_an_assembly_in_a_hundred_thousand_pieces_is_indexed_once():
    """Were every name looked at for every question, this would take hours."""
    names = tuple(f"scaffold_{number}" for number in range(100_000))
    index = index_names(names)
    assert not any(index.find(f"contig_{number}") for number in range(100_000))
