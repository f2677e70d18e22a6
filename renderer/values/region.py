"""Genome regions: 0-based, half-open inside the program; 1-based, inclusive where a person reads or types them.

`parse_region` and `parse_position` are the only readers of coordinates a person typed. They know no files: whether a
chromosome exists, and how long it is, is checked against a track set by `Region.fit`. Gene names are
`renderer.annotation.loci`'s.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from renderer.values.aliases import index_names
from renderer.values.errors import RegionError

MAX_LOCI = 2000
"""Loci of one job. A job of this size already takes about an hour of one core; more belongs in several jobs."""

UNKNOWN_LENGTH = 2**31 - 1
"""Length of a chromosome of which only features are known: longer than any, so that no end is refused."""

MOST_PROBLEMS = 20
"""Bad lines that an error names; whoever has more has another kind of file."""

_COORDINATES = re.compile(r"^(?P<chrom>[^\s:]+)\s*:\s*(?P<start>[^\s:-]+)\s*(?:-|\.\.|–)\s*(?P<end>[^\s:-]+)$")
_POSITION = re.compile(
    r"(?P<chrom>[^\s:]+)\s*:\s*(?P<at>\d+(?:[.,]\d+)*[kKmM]?(?:[bB][pP]?)?)(?:\s+(?P<label>[^-–.\s].*))?"
)
_BED_NUMBER = re.compile(r"\d+|\d{1,3}(?:,\d{3})+")
_SKIPPED = re.compile(r"\s*(?:$|#|(?:track|browser)(?:\s|$))")
_NUMBER = re.compile(r"^(?P<digits>\d+(?:\.\d+)?)(?P<unit>[kKmM]?)(?:[bB][pP]?)?$")
_THOUSANDS = re.compile(r"^\d{1,3}(?:,\d{3})+(?:[bB][pP]?)?$")
_UNITS = {"": 1, "k": 1_000, "m": 1_000_000}
EXAMPLE = "chr9:4,950,001-5,190,000"


@dataclass(frozen=True)
class Region:
    """An interval of one chromosome, 0-based, half-open: `start` <= position < `end`."""

    chrom: str
    start: int
    end: int
    label: str | None = None

    def __post_init__(self) -> None:
        if self.start < 0:
            raise RegionError(f"Region {self.chrom}:{self.start}-{self.end} starts before the chromosome does.")
        if self.start >= self.end:
            raise RegionError(
                f"Region {self.chrom}:{self.start + 1:,}-{self.end:,} is empty: the start must come before the end."
            )

    @property
    def span(self) -> int:
        """Length in base pairs."""
        return self.end - self.start

    def __str__(self) -> str:
        return f"{self.chrom}:{self.start + 1:,}-{self.end:,}"

    def fit(self, sizes: Mapping[str, int]) -> Region:
        """This region with the chromosome named as in `sizes` (name -> length in bp).

        Raises RegionError if the chromosome is unknown or the region ends past it.
        """
        chrom = match_chrom(self.chrom, sizes)
        if chrom is None:
            raise RegionError(f"Chromosome '{self.chrom}' is not in these tracks. They have {name_some(sizes)}.")
        if self.end > sizes[chrom]:
            raise RegionError(
                f"Region {self} ends past the end of {chrom}, which is {sizes[chrom]:,} bp long in these tracks."
            )
        return replace(self, chrom=chrom)


def match_chrom(name: str, known: Iterable[str]) -> str | None:
    """The spelling of `name` that `known` uses ('chr1', '1', 'NC_000001.11', 'chrM', 'MT'), or None.

    It is the name itself where `known` has it, else an alias as `renderer.values.aliases` finds it.
    """
    names = known if isinstance(known, Collection) else tuple(known)
    return name if name in names else index_names(tuple(names)).find(name)


def name_some(names: Iterable[str], most: int = 8) -> str:
    """The first few names as a person would list them: 'chr1, chr2 ... chrY (25 in all)'."""
    ordered = list(names)
    if len(ordered) <= most:
        return ", ".join(ordered) if ordered else "none"
    return f"{', '.join(ordered[: most - 1])} ... {ordered[-1]} ({len(ordered)} in all)"


def parse_region(text: str) -> Region:
    """Read 'chr9:5,000,001-5,100,000' or '9:5.0M-5.1M' (1-based, inclusive), or a whitespace-separated BED line.

    A fourth BED column, or anything after white space behind the coordinates, becomes the label.
    Raises RegionError with what was found and what is valid.
    """
    fields = text.rstrip("\r\n").split("\t") if "\t" in text.strip() else text.split()
    if is_bed(fields):
        start, end = (int(field.replace(",", "")) for field in fields[1:3])
        return Region(fields[0], start, end, "".join(fields[3:4]).strip() or None)
    coordinates, _, label = text.strip().partition(" ") if " - " not in text else (text.strip(), "", "")
    match = _COORDINATES.match(coordinates)
    if not match:
        raise RegionError(f"'{text.strip()}' is not a region. Write it like {EXAMPLE}, or like a BED line.")
    start = read_number(match["start"], text)
    end = read_number(match["end"], text)
    if start < 1:
        raise RegionError(f"'{text.strip()}' starts at {start}; the first base of a chromosome is 1.")
    return Region(match["chrom"], start - 1, end, label.strip() or None)


def is_bed(fields: list[str]) -> bool:
    """Whether the fields of a line are chrom, start, end as in BED; commas may stand in the numbers."""
    return len(fields) >= 3 and ":" not in fields[0] and all(_BED_NUMBER.fullmatch(field) for field in fields[1:3])


def parse_position(text: str) -> Region | None:
    """The single base that 'chr9:5,000,000' or '9:5.0M a label' names; None if the text has another shape.

    Raises RegionError for a number that is no position.
    """
    match = _POSITION.fullmatch(text.strip())
    if not match:
        return None
    at = read_number(match["at"], text)
    if at < 1:
        raise RegionError(f"'{text.strip()}' is at {at}; the first base of a chromosome is 1.")
    return Region(match["chrom"], at - 1, at, (match["label"] or "").strip() or None)


def read_number(word: str, text: str) -> int:
    """Base pairs as a person types them: 5000, 5,000, 5k or 5.0Mb. Raises RegionError that quotes `text`."""
    plain = word.replace(",", "") if _THOUSANDS.match(word) else word
    match = _NUMBER.match(plain)
    if not match:
        raise RegionError(f"'{word}' in '{text.strip()}' is not a position. Write 5000000, 5,000,000, 5000k or 5.0M.")
    whole, _, fraction = match["digits"].partition(".")
    unit = _UNITS[match["unit"].lower()]
    if fraction and unit == 1:
        raise RegionError(f"'{word}' in '{text.strip()}' is not a whole number of base pairs.")
    # Integer arithmetic: 5.1M must not become 5,099,999 by rounding.
    scaled = int(whole + fraction) * unit
    position, remainder = divmod(scaled, int(10 ** len(fraction)))
    if remainder:
        raise RegionError(f"'{word}' in '{text.strip()}' is not a whole number of base pairs.")
    return position


def parse_loci(text: str) -> list[Region]:
    """Read one locus a line, coordinates only; blank lines and lines that start with '#', 'track' or 'browser' are
    skipped. Raises RegionError as `collect_loci` does."""
    return collect_loci(text, lambda line: [parse_region(line)])


def collect_loci(text: str, read_line: Callable[[str], list[Region]]) -> list[Region]:
    """The loci of a text, in order, each line read by `read_line`.

    Raises RegionError that lists every bad line by its number, a repeated locus, an empty list, or too many.
    """
    regions: list[Region] = []
    problems: list[str] = []
    first_seen: dict[tuple[str, int, int], int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if _SKIPPED.match(line):
            continue
        try:
            found = read_line(line)
        except RegionError as exc:
            problems += [f"Line {number}: {problem}" for problem in str(exc).splitlines()]
            continue
        for region in found:
            key = (region.chrom, region.start, region.end)
            if key in first_seen:
                problems.append(f"Line {number}: {region} is already on line {first_seen[key]}. Give each locus once.")
            else:
                first_seen[key] = number
                regions.append(region)
    if problems:
        more = f"\n... and {len(problems) - MOST_PROBLEMS} more lines" if len(problems) > MOST_PROBLEMS else ""
        raise RegionError("\n".join(problems[:MOST_PROBLEMS]) + more)
    if not regions:
        raise RegionError(f"No loci were given. Write one a line, like {EXAMPLE}.")
    if len(regions) > MAX_LOCI:
        raise RegionError(f"{len(regions):,} loci were given; one job takes at most {MAX_LOCI:,}. Split the list.")
    return regions
