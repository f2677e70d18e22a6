"""What a person types to say where to look: coordinates, gene names, BED lines, whole chromosomes -> regions.

Coordinates are read by `renderer.values.region`, gene names looked up in an index (`renderer.annotation.names`).
Nothing is guessed: a name that is unknown, or is at several places, is an error that says what could be meant.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from renderer.annotation.names import Names, Place
from renderer.values.aliases import is_main
from renderer.values.errors import RegionError
from renderer.values.region import (
    EXAMPLE,
    MOST_PROBLEMS,
    UNKNOWN_LENGTH,
    Region,
    collect_loci,
    is_bed,
    match_chrom,
    name_some,
    parse_position,
    parse_region,
    read_number,
)

FLANK_SHARE = 0.2
"""Of a gene's span, shown on each side: its surroundings, while it still fills most of the figure."""

LEAST_FLANK = 5_000
"""... but at least this much (bp), so that the promoter of a short gene is in view."""

MOST_PLACES = 4
"""Places of one name that an error lists."""

ALL = "all chromosomes"

_ASCII = str.maketrans("：，；－＋　", ":,;-+ ")
"""Full-width signs, as a Chinese keyboard types them."""

_FLANKED = re.compile(r"(?P<name>\S+?)(?:\+/-|±|\+)(?P<flank>\d\S*)")
_ATTACHED = re.compile(r"\s*(\+/-|±|\+)\s*(\d[\d.,]*\s*(?:[kKmM]?[bB][pP]?|[kKmM])?)(?=[\s,;]|$)")
_BETWEEN = re.compile(r"\s*(?:;|,(?!\d{3}(?!\d)))\s*")
"""What stands between loci on one line: a semicolon, or a comma that does not group digits ..."""

_BETWEEN_COORDINATES = re.compile(r"\s*(?:;|,(?!\d)|(?<!\d),)\s*")
"""... where there are coordinates, one that does not stand between digits: 'chr9:5,00' is a mistyped number."""

_CHROMOSOME = re.compile(r"chr(?:\d{1,2}|[XYMWZ]|MT|[IVX]+)", re.IGNORECASE)
_COORDINATE = re.compile(r"[^\s:]+\s*:\s*\d")


def resolve_loci(
    text: str, names: Names | None, sizes: Mapping[str, int], flank: int | None = None, missing: str = ""
) -> list[Region]:
    """The regions a text means, chromosomes named as in `sizes` (name -> length in bp; empty: not checked).

    One locus a line: 'chr9:5,000,000-5,100,000', 'chr9:5.0M-5.1M', a position 'chr9:5,000,000', a BED line (its name
    becomes the label), a gene 'JAK2' or 'JAK2+50kb', a chromosome 'chr9', or 'all chromosomes'. Several may stand on a
    line between commas or semicolons, genes also between spaces. `flank` (bp) is shown on each side of a gene or a
    position; without it 20 % of the gene, at least 5 kb. Flanks are clipped at the ends of the chromosome, typed
    coordinates are not. `missing` says what to do where there are no gene names (`names` is None).

    Raises RegionError that lists every bad line by its number.
    """
    return collect_loci(text, _Resolver(names, sizes, flank, missing).line)


def check_coordinates(text: str) -> None:
    """Raise RegionError for what cannot be a locus in any track set: before the tracks are known, every name may be."""
    lines = ("" if line.strip().casefold() == ALL else line for line in text.splitlines())
    if text.strip().casefold() != ALL:
        resolve_loci("\n".join(lines), _Anything(), {})


class _Anything:
    """Takes every name for a gene."""

    def find(self, name: str) -> list[Place]:
        return [Place(name, name, 0, 1, ".")]

    def suggest(self, name: str, most: int = 3) -> list[str]:
        return []


@dataclass
class _Resolver:
    names: Names | None
    sizes: Mapping[str, int]
    flank: int | None
    missing: str
    unknown: int = 0

    def line(self, line: str) -> list[Region]:
        """The regions of one line. Raises RegionError; each line of its text is a problem of its own."""
        line = line.translate(_ASCII).rstrip()
        if is_bed(line.split("\t") if "\t" in line.strip() else line.split()):
            return [self._fit(parse_region(line))]
        regions: list[Region] = []
        problems: list[str] = []
        for word in _words(line):
            try:
                regions += self._word(word)
            except RegionError as error:
                problems.append(str(error))
        if problems:
            raise RegionError("\n".join(problems))
        return regions

    def _word(self, word: str) -> list[Region]:
        if word.casefold() == ALL:
            return self._all()
        if _COORDINATE.match(word):
            return [self._coordinates(word)]
        chrom = self._chrom(word)
        if chrom:
            return [self._whole(chrom)]
        flanked = _FLANKED.fullmatch(word)
        flank = read_number(flanked["flank"], word) if flanked else self.flank
        found = self._find(flanked["name"] if flanked else word)
        chrom = match_chrom(word, self.sizes)
        if not found and chrom:
            return [self._whole(chrom)]
        return [self._gene(found, word, flank)]

    def _coordinates(self, word: str) -> Region:
        flanked = _FLANKED.fullmatch(word)
        one = parse_position(flanked["name"] if flanked else word)
        if one is None:
            return self._fit(parse_region(word))
        flank = read_number(flanked["flank"], word) if flanked else self.flank
        return self._widen(self._fit(one), LEAST_FLANK if flank is None else flank)

    def _fit(self, region: Region) -> Region:
        return region.fit(self.sizes) if self.sizes else region

    def _widen(self, region: Region, flank: int) -> Region:
        """A region that fits, with a flank on each side, clipped at the ends of its chromosome."""
        end = min(region.end + flank, max(region.end, self.sizes.get(region.chrom, UNKNOWN_LENGTH)))
        return replace(region, start=max(0, region.start - flank), end=end)

    def _chrom(self, word: str) -> str | None:
        """The chromosome a word surely means: as a file spells it, or with 'chr'. 'y' may be a gene of the fly."""
        if word in self.sizes:
            return word
        return match_chrom(word, self.sizes) if word.lower().startswith("chr") else None

    def _whole(self, chrom: str) -> Region:
        if self.sizes[chrom] >= UNKNOWN_LENGTH:
            raise RegionError(f"The length of {chrom} is not known from these tracks. Write start and end: {EXAMPLE}.")
        return Region(chrom, 0, self.sizes[chrom])

    def _all(self) -> list[Region]:
        sized = [chrom for chrom, length in self.sizes.items() if length < UNKNOWN_LENGTH]
        if not sized:
            raise RegionError("The lengths of the chromosomes are not known from these tracks. Add a bigWig.")
        return [self._whole(chrom) for chrom in [chrom for chrom in sized if is_main(chrom)] or sized]

    def _find(self, name: str) -> list[Place]:
        """The places of a gene on chromosomes that the tracks have; the main ones, unless it is on no other."""
        found = self.names.find(name) if self.names else []
        if self.sizes:
            found = [place for place in found if match_chrom(place.chrom, self.sizes)] or found
        return _join([place for place in found if is_main(place.chrom)] or found)

    def _gene(self, found: list[Place], word: str, flank: int | None) -> Region:
        if not found:
            raise RegionError(self._not_found(word))
        if len(found) > 1:
            listed = name_some([str(place) for place in found], MOST_PLACES)
            raise RegionError(
                f"'{word}' is at {len(found)} places: {listed}. Write the coordinates of the one you mean."
            )
        place = found[0]
        region = Region(place.chrom, place.start, place.end, place.name)
        try:
            fitted = self._fit(region)
        except RegionError as error:
            raise RegionError(
                f"{place.name} is at {region}, but: {error} Is the annotation of another assembly?"
            ) from error
        share = max(LEAST_FLANK, round(FLANK_SHARE * fitted.span))
        return self._widen(fitted, share if flank is None else flank)

    def _not_found(self, word: str) -> str:
        if self.sizes and _CHROMOSOME.fullmatch(word):
            return f"Chromosome '{word}' is not in these tracks. They have {name_some(self.sizes)}."
        if self.names is None:
            where = f"is no region, and there are no gene names to look it up in. {self.missing}".rstrip()
            return f"'{word}' {where} Write it like {EXAMPLE}."
        self.unknown += 1
        close = self.names.suggest(word) if self.unknown <= MOST_PROBLEMS else []
        meant = f": did you mean {', '.join(close)}?" if close else f". Write a gene name, or a region like {EXAMPLE}."
        return f"'{word}' is not found{meant}"


def _words(line: str) -> list[str]:
    """The loci on a line. Only what cannot be a label is taken apart: 'chr9:1-10 my, label' stays whole."""
    line = line.strip()
    if line.casefold() == ALL or (_COORDINATE.match(line) and not _stand_alone(line)):
        return [line]
    words = _pieces(line)
    if any(_COORDINATE.match(word) or word.casefold() == ALL for word in words):
        return [_attach(word) for word in words]
    return [word for piece in words for word in _attach(piece).split()]


def _stand_alone(line: str) -> bool:
    """Whether every piece between commas and semicolons is one word, so that none is a label."""
    return all(len(_attach(word).split()) == 1 for word in _pieces(line))


def _pieces(line: str) -> list[str]:
    between = _BETWEEN_COORDINATES if _COORDINATE.search(line) else _BETWEEN
    return [word for word in between.split(line) if word]


def _attach(piece: str) -> str:
    """'JAK2 ± 50 kb' without its spaces."""
    return _ATTACHED.sub(lambda match: match[1] + match[2].replace(" ", ""), piece)


def _join(places: list[Place]) -> list[Place]:
    """Places of one name that overlap are one: annotations split a gene among several accessions."""
    joined: list[Place] = []
    for place in sorted(places, key=lambda place: (place.chrom, place.start)):
        last = joined[-1] if joined else None
        if last and last.chrom == place.chrom and place.start < last.end:
            joined[-1] = replace(last, end=max(last.end, place.end))
        else:
            joined.append(place)
    return joined
