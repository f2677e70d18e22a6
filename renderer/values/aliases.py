"""The names of one chromosome: 'chr1', '1', 'Chr01', 'I' and 'NC_000001.11' may be the same thing.

`index_names` finds the spelling that a file uses. It never guesses between two: if a set of names holds two chromosomes
that a name could mean, there is no match. Roman numerals are read as numbers only where the whole set is numbered so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV", "XVI")
"""1 to 16, as yeast (16 chromosomes), worm (5 and X) and fission yeast (3) count."""

COUNTS_IN_ROMAN = (3, 5, 16)
"""So many numbered chromosomes have the genomes that are also counted in Roman numerals."""

SETS_KEPT = 64
"""Sets of names whose index is kept: each file of a figure has one, and is asked again for every window."""

_NUMBERED = tuple(str(number) for number in range(1, 26))
_HUMAN, _MOUSE, _WORM = (*_NUMBERED[:22], "X", "Y"), (*_NUMBERED[:19], "X", "Y"), (*ROMAN[:5], "X")
_RUNS = (
    ("NC_", 1, _HUMAN),
    ("CM", 663, _HUMAN),
    ("NC_", 60_925, _HUMAN),
    ("CP", 68_255, ("X", *_NUMBERED[21::-1])),
    ("NC_", 67, _MOUSE),
    ("CM", 994, _MOUSE),
    ("NC_", 7_112, _NUMBERED),
    ("CM", 2_885, _NUMBERED),
    ("NC_", 3_279, _WORM),
    ("NC_", 1_133, ROMAN),
    ("BK", 6_935, ROMAN[:7]),
    ("BK", 6_942, ROMAN[8:]),
)
"""Accessions that follow each other: prefix, first number, chromosomes. RefSeq (NC_) and GenBank numbers of human,
T2T, mouse, zebrafish, worm and yeast, from the assembly reports of the NCBI as collected in bioframe 0.8's seqinfo
tables. The version after the dot tells the assembly (NC_000001.10 hg19, .11 hg38), never the chromosome."""

_SINGLE = {
    "CP086569": "Y",
    "BK006934": "VIII",
    "NT_033779": "2L",
    "NT_033778": "2R",
    "NT_037436": "3L",
    "NT_033777": "3R",
    "NC_004353": "4",
    "NC_004354": "X",
    "NC_024512": "Y",
    "AE014134": "2L",
    "AE013599": "2R",
    "AE014296": "3L",
    "AE014297": "3R",
    "AE014135": "4",
    "AE014298": "X",
    "CP007106": "Y",
    "NC_001807": "M",
    "NC_012920": "MT",
    "J01415": "MT",
    "CP068254": "MT",
    "NC_005089": "MT",
    "AY172335": "MT",
    "NC_024511": "MT",
    "KJ947872": "MT",
    "NC_002333": "MT",
    "NC_001328": "MT",
    "NC_001224": "MT",
    "AJ011856": "MT",
}
"""The rest, from the same tables: fly (dm3, dm6), and the mitochondria. hg19 has two: chrM (NC_001807) and chrMT."""

_ACCESSIONS = _SINGLE | {
    f"{prefix}{first + at:06d}": name for prefix, first, names in _RUNS for at, name in enumerate(names)
}
MOST_DIGITS = 18
MITOCHONDRION = "m"
"""The key of every mitochondrion."""

_MITOCHONDRION = {"m", "mt", "mito", "mtdna", "mitochondrion", "mitochondrion_genome", "dmel_mitochondrion_genome"}
_VERSION = re.compile(r"\.\d+$")
_CONTIG = re.compile(r"(?:[0-9a-z]+_)?([a-z]{2}\d{6})(?:v\d+)?(?:_(?:random|alt|fix))?")
"""UCSC's 'chr1_KI270706v1_random' and 'chr1_gl000191_random' are others' 'KI270706.1' and 'GL000191.1'."""

_ACCESSION_KEY = re.compile(r"[a-z]{2}\d{6}")
_ROMAN_KEYS = {numeral.lower(): number for number, numeral in enumerate(ROMAN, 1)}


def bare_name(name: str) -> str:
    """The name without 'chr', an accession as its chromosome: 'chr1' and 'NC_000001.11' are '1', 'ChrM' is 'M'."""
    bare = name[3:] if name[:3].lower() == "chr" and len(name) > 3 else name
    return _ACCESSIONS.get(_VERSION.sub("", bare), bare)


@lru_cache(maxsize=4096)
def chrom_key(name: str) -> str:
    """What all spellings of a chromosome have in common, Roman numerals apart: '1', 'x', 'm', 'gl000191'."""
    key = bare_name(name).casefold()
    if key in _MITOCHONDRION:
        return MITOCHONDRION
    if _is_number(key):
        return key.lstrip("0") or "0"
    contig = _CONTIG.fullmatch(_VERSION.sub("", key))
    return contig[1] if contig else key


def _is_number(key: str) -> bool:
    """'12', and neither '²', which is a digit to Python and no number, nor what no file counts to."""
    return key.isascii() and key.isdigit() and len(key) <= MOST_DIGITS


def is_main(name: str) -> bool:
    """Whether this is a chromosome proper, not an unplaced, alternate or patch sequence."""
    key = chrom_key(name)
    return not ("_" in key or key.startswith(("un", "hla", "ebv")) or _ACCESSION_KEY.fullmatch(key))


@dataclass(frozen=True)
class ChromNames:
    """A set of names by key. `numerals`: it counts I, II ... to this number. `numbers`: 1, 2 ... and no others."""

    names: dict[str, list[str]]
    numerals: int
    numbers: int

    def find(self, name: str) -> str | None:
        """The name itself if it is in the set, else the one that means the same chromosome, or None."""
        own = chrom_key(name)
        if name in self.names.get(own, ()):
            return name
        for key in self._keys(own):
            if key in self.names:
                return _choose(bare_name(name), self.names[key])
        return None

    def _keys(self, key: str) -> Iterator[str]:
        """The keys under which the set may hold a chromosome: its own, then its number read the other way."""
        yield key
        if _is_number(key) and 0 < int(key) <= self.numerals:
            yield ROMAN[int(key) - 1].lower()
        number = _ROMAN_KEYS.get(key, 0)
        if 0 < number <= self.numbers and self.numbers in COUNTS_IN_ROMAN:
            yield str(number)


@lru_cache(maxsize=SETS_KEPT)
def index_names(known: tuple[str, ...]) -> ChromNames:
    """The index of a set of names; asking it many times is cheaper than `match_chrom`, which must find it first."""
    names: dict[str, list[str]] = {}
    for name in dict.fromkeys(known):
        names.setdefault(chrom_key(name), []).append(name)
    numerals = next((n for n, key in enumerate(_ROMAN_KEYS) if key not in names), len(ROMAN))
    digits = {int(key) for key in names if _is_number(key)}
    numbers = len(digits) if digits == set(range(1, len(digits) + 1)) else 0
    return ChromNames(names, numerals if numerals > 1 else 0, numbers)


def _choose(bare: str, names: list[str]) -> str | None:
    if len(names) > 1:
        names = [name for name in names if bare_name(name).casefold() == bare.casefold()]
    return names[0] if len(names) == 1 else None
