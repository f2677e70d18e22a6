"""Which assembly files are of: told by the lengths of their chromosomes, held against what a person says.

The lengths are those of `assemblies.tsv`, whose head names their sources. Mitochondria do not count: files of one
assembly differ in theirs. A chromosome that is not in the table tells nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from renderer.values.aliases import index_names
from renderer.values.errors import TrackError
from renderer.values.region import UNKNOWN_LENGTH

TABLE = Path(__file__).with_name("assemblies.tsv")


@cache
def assemblies() -> dict[str, dict[str, int]]:
    """Chromosome lengths (bp) by assembly, as UCSC calls it where it has it."""
    return {name: lengths for name, _, lengths in _rows()}


@cache
def _rows() -> tuple[tuple[str, tuple[str, ...], dict[str, int]], ...]:
    lines = (line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines() if line[:1] != "#")
    return tuple(
        (name, tuple(others.split(",")), {chrom: int(n) for chrom, n in (one.split("=") for one in lengths.split())})
        for name, others, lengths in lines
    )


@cache
def ucsc_name(assembly: str) -> str:
    """'GRCh38.p14' and 'hg38' as 'hg38'; names that are not in the table as they are."""
    wanted = assembly.casefold().partition(".")[0]
    for name, others, _ in _rows():
        if wanted in (name.casefold(), *(other.casefold() for other in others)):
            return name
    return assembly


def assembly_of(sizes: Mapping[str, int]) -> str | None:
    """The one assembly whose chromosomes have just these lengths (bp), or None."""
    found = [name for name, lengths in assemblies().items() if (pairs := _pairs(lengths, sizes)) and _agree(pairs)]
    return found[0] if len(found) == 1 else None


def contradiction(assembly: str | None, sizes: Mapping[str, int]) -> str | None:
    """What speaks against files with these chromosomes being of this assembly, in a sentence; None if nothing does."""
    name = ucsc_name(assembly) if assembly else ""
    wrong = [pair for pair in _pairs(assemblies().get(name, {}), sizes) if pair[1] != pair[2]]
    if not wrong:
        return None
    chrom, expected, found = wrong[0]
    return f"{chrom} is {found:,} bp long in these files and {expected:,} bp in {assembly}."


def check_assembly(assembly: str | None, sizes: Mapping[str, int]) -> str | None:
    """What speaks against an assembly that was named, if it may still be right: files of a part of a genome.

    Raises TrackError, naming both lengths, for files that are of another assembly, or have a longer chromosome.
    """
    said = contradiction(assembly, sizes)
    if said is None:
        return None
    other = assembly_of(sizes)
    if other:
        raise TrackError(f"{said} They are of {other}: name that assembly, or none.")
    lengths = assemblies()[ucsc_name(assembly or "")]
    if any(found > expected for _, expected, found in _pairs(lengths, sizes)):
        raise TrackError(f"{said} They are of another assembly: name that, or none.")
    return said


def _pairs(lengths: Mapping[str, int], sizes: Mapping[str, int]) -> list[tuple[str, int, int]]:
    """Chromosomes that both have: the name in the files, the length in the table, the length in the files."""
    exact = {chrom: length for chrom, length in sizes.items() if length < UNKNOWN_LENGTH}
    index = index_names(tuple(exact))
    found = ((chrom if chrom in exact else index.find(chrom), length) for chrom, length in lengths.items())
    return [(name, length, exact[name]) for name, length in found if name]


def _agree(pairs: list[tuple[str, int, int]]) -> bool:
    return all(expected == found for _, expected, found in pairs)
