"""Genome regions: 0-based, half-open inside the program; 1-based, inclusive where a person reads or types them.

`parse_region` and `parse_position` are the only readers of coordinates a person typed. They know no files: whether a
chromosome exists, and how long it is, is checked against a track set by `Region.fit`. Gene names are
`renderer.annotation.loci`'s.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from renderer.values.aliases import index_names
from renderer.values.errors import RegionError

MAX_LOCI = 2000
"""Loci of one job. A job of this size already takes about an hour of one core; more belongs in several jobs."""

UNKNOWN_LENGTH = 2**31 - 1
"""Length of a chromosome of which only features are known: longer than any, so that no end is refused."""

MOST_PROBLEMS = 20
"""Bad lines that an error names; whoever has more has another kind of file."""

_DIGITS = r"\d+(?:[,'’]\d+)*(?:\.\d+(?:,\d+)*)*(?:[eE]\+?\d{1,2})?"
_UNIT = r"(?:[kKmMgG](?:[bB][pP]?)?(?![A-Za-z0-9])|[bB][pP]?(?![A-Za-z0-9])| (?:[kKmMgG]?[bB][pP]|[kKmMgG][bB])(?!\w))?"
"""After a blank only one of two letters: 'chr1:1-100 M phase' has a label."""

_PLAIN, _BLANKED = rf"(?>{_DIGITS}{_UNIT})", rf"(?>\d{{1,3}}(?: \d{{3}})+(?!\d){_UNIT})"
_CHROM = r"(?P<chrom>[^\s,;]*[^\s,;:])\s*:\s*"
_CHROM_ALONE = r"(?P<chrom>[^\s,;:]+)\s+"
_TO = r"\s*(?:-|\.{2,3}|~|…|至|到|(?<=\s)to(?=\s))\s*"
_RANGES = tuple(
    re.compile(rf"{chrom}(?P<start>{start}){_TO}(?P<end>{end})")
    for chrom in (_CHROM, _CHROM_ALONE)
    for start, end in ((_BLANKED, rf"(?:{_BLANKED}|(?>\d{{1,3}}(?!\d){_UNIT}))"), (_PLAIN, _PLAIN))
)
"""Coordinates with which a text begins; blanks group the digits of both numbers, or of none."""

_POSITION = re.compile(rf"{_CHROM}(?P<at>{_PLAIN})(?!\s*(?:-|\.\.|~|…))")
_ANOTHER = re.compile(rf"{_CHROM}{_PLAIN}{_TO}\d|chr\w+\s*:\s*\d", re.IGNORECASE)
"""What is a second locus rather than a label; 'score:5' is none."""

_STRAND = re.compile(r"(?::|\s*\(|\s+)[-+*.]\)?(?=\s|$)|\.$")
"""A strand behind coordinates, '(-)' or ':+', or the full stop of a sentence: no part of a place, and no label."""

_SIZE = re.compile(r"\(?(?P<bp>[\d,]+) ?bp\.?\)?")
"""The size that the UCSC browser copies with a position."""

_DIGITS_ONLY = re.compile(r"\s*\d[\d,.-]*(?!\S)")
_MORE_DIGITS = re.compile(r"\d{3}(?!\d)|(?:-|~|to |至|到)\s*\d")
"""What may be the rest of a number of three digits or less, or the end of a range, rather than a label."""

_GLUED = re.compile(r"[^\W_][^\s:-]*")
_BED_NUMBER = re.compile(r"\d+|\d{1,3}(?:,\d{3})+")
_SKIPPED = re.compile(r"\s*(?:$|#|(?:track|browser)(?:\s|$))")
_NUMBER = re.compile(r"^(?P<digits>\d+(?:\.\d+)?)(?:[eE]\+?(?P<power>\d{1,2}))? ?(?P<unit>[kKmMgG]?)(?:[bB][pP]?)?$")
_THOUSANDS = re.compile(r"^\d{1,3}(?P<mark>[,'’ ])\d{3}(?:(?P=mark)\d{3})*(?! ?[kKmMgG])")
_ONE_DOT = re.compile(r"\d{1,3}\.\d{3}")
_DOTTED = re.compile(r"\d{1,3}(?:\.\d{3}){2,}")
"""1.000.000, as German and Spanish write it; one dot alone may be a decimal point."""

_UNITS = {"": 0, "k": 3, "m": 6, "g": 9}
_QUOTES = "\"'“”‘’„«»"
_NO_NAMES = (".", "+", "-", "*")
"""What stands in the name column of BED lines without names."""

_LEAST_PLAIN = 1000
"""'1-1.2Mb' is likely 1 Mb to 1.2 Mb, '950000-1.2Mb' not: below this a number beside one with a unit needs its own."""

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


@dataclass(frozen=True)
class Placed:
    """A locus of a text: `said` names it there, on line `line` (from 1). `region` is None where `problem` says why
    there is none; `notes` say what a person should know of it, such as that it was clipped."""

    line: int
    said: str
    region: Region | None
    problem: str | None = None
    notes: tuple[str, ...] = ()


def length_text(length: int) -> str:
    """A length (bp) as a person says it: '50 kb', '1.5 kb', '420 bp'."""
    for unit, name in ((1_000_000, "Mb"), (1_000, "kb")):
        if length >= unit:
            return f"{length / unit:g} {name}"
    return f"{length} bp"


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


def plain_text(text: str) -> str:
    """A text as this module reads it: dashes of every kind as '-', blanks and signs of a Chinese keyboard as ASCII;
    characters that cannot be seen, and the quotes a spreadsheet puts round a line or its cells, left out."""
    line = "".join(map(_plain_character, text))
    if not line.lstrip().startswith(tuple(_QUOTES)):
        return line
    return "\t".join(cell.strip().strip(_QUOTES) for cell in line.split("\t"))


def _plain_character(character: str) -> str:
    if character.isascii():
        return character
    if 0xFF01 <= ord(character) <= 0xFF5E:  # the full-width forms of ASCII, in its order
        return chr(ord(character) - 0xFEE0)
    category = unicodedata.category(character)
    as_ascii = {"Cf": "", "Pd": "-", "Zs": " "}
    return {"−": "-", "、": ","}.get(character, as_ascii.get(category, character))


def parse_region(text: str) -> Region:
    """Read 'chr9:5,000,001-5,100,000', '9:5.0 Mb - 5.1 Mb' or 'chr9 5000001-5100000' (1-based, inclusive; a start of
    0 is the first base), or a whitespace-separated BED line.

    A fourth BED column, or anything after white space behind the coordinates, becomes the label; a strand is left out.
    Raises RegionError with what was found and what is valid.
    """
    text = plain_text(text.rstrip("\r\n"))
    fields = bed_fields(text)
    if fields:
        return _of_bed(fields, text)
    match = match_coordinates(text)
    if match is None or "end" not in match.groupdict():
        raise RegionError(f"'{text.strip()}' is not a region. Write it like {EXAMPLE}, or like a BED line.")
    start, end = read_number(match["start"], text), read_number(match["end"], text)
    if start < _LEAST_PLAIN and match["start"][-1:].isdigit() and match["end"].rstrip("bBpP")[-1:].isalpha():
        raise RegionError(
            f"'{text.strip()}': {match['start']} has no unit, and {match['end']} has one. Write both numbers in full."
        )
    start = max(0, start - 1)
    label = _label(text.strip()[match.end() :], match["end"], end - start, text)
    return Region(match["chrom"], start, end, label)


def match_coordinates(text: str) -> re.Match[str] | None:
    """The coordinates with which a text begins, a range (with an `end`) or a position (with `at`)."""
    text = text.strip()
    found = (shape.match(text) for shape in (*_RANGES, _POSITION))
    return next((match for match in found if match), None)


def _label(rest: str, last: str, span: int, text: str) -> str | None:
    """The label in what stands behind coordinates of `span` bp. `last` is their last number."""
    strand = _STRAND.match(rest)
    rest = rest[strand.end() :] if strand else rest
    label, size = rest.strip(), _SIZE.fullmatch(rest.strip())
    if size and size["bp"].replace(",", "") == str(span):
        return None
    if begins_locus(label):
        raise RegionError(f"'{text.strip()}' holds two loci. Write one a line.")
    glued = _GLUED.match(rest)
    if glued:
        read_number(last + glued[0], text)
    if (rest and not rest[0].isspace()) or (len(last) <= 3 and _MORE_DIGITS.match(label)):
        raise RegionError(
            f"'{text.strip()}' can be read in several ways: what does '{rest.strip()}' mean? Write it like {EXAMPLE}."
        )
    return label or None


def begins_locus(text: str) -> bool:
    """Whether what stands behind a locus is surely another one, not a label."""
    return _ANOTHER.match(text.strip()) is not None


def bed_fields(line: str) -> list[str]:
    """The fields of a BED line (see `is_bed`), none if the line is no such."""
    tabs = "\t" in line.strip()
    fields = [field.strip() for field in line.split("\t")] if tabs else line.split()
    return fields if is_bed(fields) else []


def _of_bed(fields: list[str], text: str) -> Region:
    name = "".join(fields[3:4]).strip()
    blanks_group = all(len(field) <= 3 for field in fields[1:3]) and _MORE_DIGITS.match(" ".join(fields[3:]))
    if "\t" not in text.strip() and blanks_group:
        raise RegionError(f"'{text.strip()}' can be read in several ways. Write it like {EXAMPLE}.")
    start, end = (int(field.replace(",", "")) for field in fields[1:3])
    return Region(fields[0], start, end, None if name in _NO_NAMES else name or None)


def is_bed(fields: list[str]) -> bool:
    """Whether the fields of a line are chrom, start, end as in BED; commas may stand in the numbers."""
    return len(fields) >= 3 and ":" not in fields[0] and all(_BED_NUMBER.fullmatch(field) for field in fields[1:3])


def parse_position(text: str) -> Region | None:
    """The single base that 'chr9:5,000,000' or '9:5.0M a label' names; None if the text has another shape.

    Raises RegionError for a number that is no position, or one that may be the first of two.
    """
    text = plain_text(text).strip()
    match = match_coordinates(text)
    if match is None or "at" not in match.groupdict():
        return None
    rest = text[match.end() :]
    if _DIGITS_ONLY.match(rest):
        raise RegionError(f"'{text}' is neither a position nor a region. Write it like {EXAMPLE}.")
    at = read_number(match["at"], text)
    if at < 1:
        raise RegionError(f"'{text}' is at {at}; the first base of a chromosome is 1.")
    return Region(match["chrom"], at - 1, at, _label(rest, match["at"], 1, text))


def read_number(word: str, text: str) -> int:
    """Base pairs as a person types them: 5000, 5,000, 5 000, 5.000.000, 5k, 5e3 or 5.0 Mb. Raises RegionError that
    quotes `text`."""
    grouped = _THOUSANDS.match(word)
    plain = word.replace(grouped["mark"], "") if grouped else word
    plain = plain.replace(".", "") if _DOTTED.fullmatch(plain) else plain
    match = _NUMBER.match(plain)
    if not match:
        raise RegionError(f"'{word}' in '{text.strip()}' is not a position. Write 5000000, 5,000,000, 5000k or 5.0M.")
    whole, _, fraction = match["digits"].partition(".")
    power = _UNITS[match["unit"].lower()] + int(match["power"] or 0)
    # Integer arithmetic: 5.1M must not become 5,099,999 by rounding.
    position, remainder = divmod(int(whole + fraction) * int(10**power), int(10 ** len(fraction)))
    if remainder or (fraction and power == 0):
        meant = f" Write {word.replace('.', ',')} if the dot groups digits." if re.fullmatch(_ONE_DOT, word) else ""
        raise RegionError(f"'{word}' in '{text.strip()}' is not a whole number of base pairs.{meant}")
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
    for number, line in lines_of_loci(text):
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
        raise RegionError(list_problems(problems))
    check_count(len(regions))
    return regions


def lines_of_loci(text: str) -> Iterator[tuple[int, str]]:
    """The lines of a list of loci with their numbers, from 1; not those that are blank, comments, or for a browser."""
    return ((number, line) for number, line in enumerate(text.splitlines(), 1) if not _SKIPPED.match(line))


def list_problems(problems: Sequence[str]) -> str:
    """The first of them, one a line, and how many there are beyond."""
    more = f"\n... and {len(problems) - MOST_PROBLEMS} more lines" if len(problems) > MOST_PROBLEMS else ""
    return "\n".join(problems[:MOST_PROBLEMS]) + more


def check_count(loci: int) -> None:
    """Raise RegionError for no loci, or too many."""
    if not loci:
        raise RegionError(f"No loci were given. Write one a line, like {EXAMPLE}.")
    if loci > MAX_LOCI:
        raise RegionError(f"{loci:,} loci were given; one job takes at most {MAX_LOCI:,}. Split the list.")
