"""What a person types to say where to look: coordinates, gene names, BED lines, whole chromosomes -> regions.

Coordinates are read by `renderer.values.region`, gene names looked up in an index (`renderer.annotation.names`).
Nothing is guessed: a name that is unknown, or is at several places, is an error that says what could be meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from renderer.annotation.names import Names, Place
from renderer.values.aliases import is_main
from renderer.values.errors import RegionError
from renderer.values.region import (
    EXAMPLE,
    MOST_PROBLEMS,
    UNKNOWN_LENGTH,
    Placed,
    Region,
    bed_fields,
    begins_locus,
    check_count,
    collect_loci,
    length_text,
    lines_of_loci,
    match_chrom,
    match_coordinates,
    name_some,
    parse_position,
    parse_region,
    plain_text,
    read_number,
)

FLANK_SHARE = 0.2
"""Of a gene's span, shown on each side: its surroundings, while it still fills most of the figure."""

LEAST_FLANK = 5_000
"""... but at least this much (bp), so that the promoter of a short gene is in view."""

MOST_PLACES = 4
"""Places of one name that an error lists."""

ALL = "all chromosomes"

LEAST_WINDOW = 2_000
"""A BED line narrower than this (bp) is a peak rather than a window: it is shown with LEAST_FLANK on each side."""

_FLANKED = re.compile(r"(?P<name>\S+?)(?:\+/-|±|\+)(?P<flank>\d\S*)")
_ATTACHED = re.compile(r"\s*(\+/-|±|\+)\s*(\d[\d.,]*\s*(?:[kKmM]?[bB][pP]?|[kKmM])?)(?=[\s,;]|$)")
_BETWEEN = re.compile(r"\s*(?:;|,(?!\d{3}(?!\d)))\s*")
"""What stands between loci on one line: a semicolon, or a comma that does not group digits."""

_TAIL = re.compile(r"(?::[-+*.]|\s*\([-+*.]\)|\s*(?:\+/-|±|\+)\s*\d[\d.,]*\s*[kKmM]?[bB]?[pP]?)?(?P<end>\s*[,;])?")
"""A strand or a flank behind coordinates, and whether a label can follow."""

_SEPARATOR = re.compile(r"\s*[,;]\s*|\s+")
_JOINED = re.compile(r"(?P<chrom>\S+?)(?P<sign>[-_/])(?P<start>\d+)(?P=sign)(?P<end>\d+)")
"""'chr1-1000-2000' as Signac and gnomAD write regions, 'chr1_1000_2000' as peaks are named."""

_SEVERAL_VALUES = re.compile(r"(?P<chrom>[^\s,;:]+)\s*[,;]\s*(?P<start>\d+)\s*[,;]\s*(?P<end>\d+)(?:\s*[,;].*)?")
_VARIANT = re.compile(
    r"(?P<chrom>\S+?)[-_:](?:g\.)?(?P<at>\d[\d,]*)[-_: ]?"
    r"(?:[ACGTN]+[->_:/][ACGTN*]+|[ACGT]*(?:del|ins|dup|inv)[ACGT]*)",
    re.IGNORECASE,
)
_IDENTIFIER = re.compile(r"rs\d+", re.IGNORECASE)
_IN_TRANSCRIPT = re.compile(r"\S+:[cnpr]\.\S+")
_SPACED = re.compile(r"\s*(?:chromosome|chr)[ .]+(?=(?:\d{1,2}|[XYM]|MT)\s*:)", re.IGNORECASE)
_LIKE_COORDINATES = re.compile(r"[^\s:]+:-?[\d\[(]")
_BAND = re.compile(r"(?:chr)?(?:\d{1,2}|[XY])[pq]\d{1,2}(?:\.\d+)?", re.IGNORECASE)
_CHROMOSOME = re.compile(r"chr(?:\d{1,2}|[XYMWZ]|MT|[IVX]+)", re.IGNORECASE)


def resolve_loci(
    text: str, names: Names | None, sizes: Mapping[str, int], flank: int | None = None, missing: str = ""
) -> list[Region]:
    """The regions a text means, chromosomes named as in `sizes` (name -> length in bp; empty: not checked).

    One locus a line: 'chr9:5,000,000-5,100,000', 'chr9:5.0M-5.1M', a position 'chr9:5,000,000', a BED line (its name
    becomes the label), a gene 'JAK2' or 'JAK2+50kb', a chromosome 'chr9', or 'all chromosomes'. Several may stand on a
    line between commas, semicolons or spaces. `flank` (bp) is shown on each side of a gene, a position or a BED line;
    without it 20 % of a gene, at least 5 kb, and 5 kb beside a BED line below 2 kb, whose label says so. Flanks are
    clipped at the ends of the chromosome, typed coordinates are not. `missing` says what to do where there are no gene
    names (`names` is None).

    Raises RegionError that lists every bad line by its number.
    """
    return collect_loci(text, _Resolver(names, sizes, flank, missing).line)


def place_loci(
    text: str, names: Names | None, sizes: Mapping[str, int], flank: int | None = None, missing: str = ""
) -> list[Placed]:
    """The same, nothing refused: a locus that cannot be found is kept with its problem, one that ends past its
    chromosome is clipped and says so, one that is repeated says where. Raises RegionError for none, or too many."""
    found: dict[object, Placed] = {}
    resolver = _Resolver(names, sizes, flank, missing, clips=True)
    for number, line in lines_of_loci(text):
        for one in resolver.each(number, line):
            key = one.region or (one.said, one.problem)
            first = found.setdefault(key, one)
            if first is not one:
                note = f"Line {one.line} names it again: it is read once."
                found[key] = replace(first, notes=(*first.notes, note))
    check_count(len(found))
    return list(found.values())


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
    clips: bool = False
    notes: list[str] = field(default_factory=list)

    def line(self, line: str) -> list[Region]:
        """The regions of one line. Raises RegionError; each line of its text is a problem of its own."""
        placed = self.each(0, line)
        problems = [one.problem for one in placed if one.problem is not None]
        if problems:
            raise RegionError("\n".join(problems))
        return [one.region for one in placed if one.region is not None]

    def each(self, number: int, line: str) -> list[Placed]:
        """What line `number` names, what cannot be found with its problem."""
        line = _SPACED.sub("chr", plain_text(line).rstrip(), count=1)
        try:
            if bed_fields(line):
                given = parse_region(line)
                said = f"{given.label} {given}" if given.label else str(given)
                return self._placed(number, said, lambda: [self._bed(self._inside(given))])
            _refuse_table(line, self.sizes)
        except RegionError as error:
            return [Placed(number, line.strip(), None, str(error))]
        return [one for word in _words(line) for one in self._placed(number, word, partial(self._word, word))]

    def _placed(self, number: int, said: str, find: Callable[[], list[Region]]) -> list[Placed]:
        self.notes.clear()
        try:
            regions = find()
        except RegionError as error:
            return [Placed(number, said, None, str(error))]
        several = len(regions) > 1
        return [Placed(number, str(one) if several else said, one, None, tuple(self.notes)) for one in regions]

    def _bed(self, region: Region) -> Region:
        """A BED line with its surroundings: all of it stays in view, and the label says what was added."""
        usual = LEAST_FLANK if region.span < LEAST_WINDOW else 0
        flank = usual if self.flank is None else self.flank
        if not flank:
            return region
        return replace(self._widen(region, flank), label=f"{region.label or region} ± {length_text(flank)}")

    def _word(self, word: str) -> list[Region]:
        if word.casefold() == ALL:
            return self._all()
        chrom = self._chrom(word)
        if chrom:
            return [self._whole(chrom)]
        if match_coordinates(word):
            return [self._coordinates(word)]
        if _LIKE_COORDINATES.match(word) and not _VARIANT.fullmatch(word):
            raise RegionError(f"'{word}' is not a region. Write it like {EXAMPLE}, or like a BED line.")
        flanked = _FLANKED.fullmatch(word)
        flank = read_number(flanked["flank"], word) if flanked else self.flank
        found = self._find(flanked["name"] if flanked else word)
        chrom = match_chrom(word, self.sizes)
        if not found and chrom:
            return [self._whole(chrom)]
        return [(None if found else self._otherwise(word)) or self._gene(found, word, flank)]

    def _otherwise(self, word: str) -> Region | None:
        """What is no gene: a region or a variant as other programs write them, if its chromosome is there."""
        joined, variant = _JOINED.fullmatch(word), _VARIANT.fullmatch(word)
        if joined and self._has(joined["chrom"]):
            return self._inside(parse_region(f"{joined['chrom']}:{joined['start']}-{joined['end']}"))
        if variant and self._has(variant["chrom"]):
            at = parse_position(f"{variant['chrom']}:{variant['at']}")
            return at and replace(self._beside(self._fit(at)), label=word)
        return None

    def _has(self, chrom: str) -> bool:
        return match_chrom(chrom, self.sizes) is not None if self.sizes else _CHROMOSOME.fullmatch(chrom) is not None

    def _beside(self, position: Region) -> Region:
        return self._widen(position, LEAST_FLANK if self.flank is None else self.flank)

    def _coordinates(self, word: str) -> Region:
        variant = self._otherwise(word) if _VARIANT.fullmatch(word) else None
        if variant:
            return variant
        flanked = _FLANKED.fullmatch(word)
        place = flanked["name"] if flanked else word
        one = parse_position(place)
        region = self._fit(one) if one else self._inside(parse_region(place))
        if flanked:
            return self._widen(region, read_number(flanked["flank"], word))
        return self._beside(region) if one else region

    def _fit(self, region: Region) -> Region:
        if not self.sizes:
            return region
        known = re.split("[:.]", region.chrom)[-1]  # 'hg38:chr1' and 'hg38.chr1'
        if match_chrom(region.chrom, self.sizes) is None and match_chrom(known, self.sizes):
            meant = replace(region, chrom=known)
            raise RegionError(f"Chromosome '{region.chrom}' is not in these tracks, '{known}' is: write {meant}.")
        return region.fit(self.sizes)

    def _inside(self, region: Region) -> Region:
        """Coordinates that were typed. They fit, or are clipped where that is wanted."""
        chrom = match_chrom(region.chrom, self.sizes) if self.clips else None
        if chrom is not None and region.start < self.sizes[chrom] < region.end:
            self.notes.append(f"{region} ends past the end of {chrom}: it is shown up to {self.sizes[chrom]:,}.")
            region = replace(region, end=self.sizes[chrom])
        return self._fit(region)

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
        twin = _pseudoautosomal(found)
        if twin:
            return replace(self._gene([twin], word, flank), label=f"{twin.name} (on {twin.chrom}, and on Y alike)")
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
        what = _what_it_is(word)
        if what:
            return f"'{word}' is {what} Write its place on the genome, like {EXAMPLE} or chr7:140,753,336."
        if self.names is None:
            where = f"is no region, and there are no gene names to look it up in. {self.missing}".rstrip()
            return f"'{word}' {where} Write it like {EXAMPLE}."
        self.unknown += 1
        close = self.names.suggest(word) if self.unknown <= MOST_PROBLEMS else []
        meant = f": did you mean {', '.join(close)}?" if close else f". Write a gene name, or a region like {EXAMPLE}."
        return f"'{word}' is not found{meant}"


def _pseudoautosomal(found: list[Place]) -> Place | None:
    """The place on X of a gene that stands once on X and once on Y, alike: where both chromosomes are the same."""
    by_chrom = {place.chrom.removeprefix("chr"): place for place in found}
    if len(found) != 2 or set(by_chrom) != {"X", "Y"}:
        return None
    x, y = by_chrom["X"], by_chrom["Y"]
    return x if (x.end - x.start, x.strand) == (y.end - y.start, y.strand) else None


def _what_it_is(word: str) -> str | None:
    """What a person typed that no file here can place."""
    if _IDENTIFIER.fullmatch(word):
        return "the number of a variant in dbSNP, which is not at hand."
    if _IN_TRANSCRIPT.fullmatch(word):
        return "a variant counted in a transcript, which is not translated."
    if _VARIANT.fullmatch(word):
        return "a variant, but on no chromosome of these tracks."
    return "a cytogenetic band, and bands are not looked up." if _BAND.fullmatch(word) else None


def _refuse_table(line: str, sizes: Mapping[str, int]) -> None:
    """Raise RegionError for 'chr1,1000,2000': it may be counted from 0 or from 1, and 'chr1' alone is not meant."""
    match = _SEVERAL_VALUES.fullmatch(line.strip())
    if match and not (sizes and all(match_chrom(match[name], sizes) for name in ("chrom", "start", "end"))):
        one = f"{match['chrom']}:{int(match['start']):,}-{int(match['end']):,}"
        raise RegionError(f"'{line.strip()}' has commas between its columns. Write {one}, or tabs if it is a BED line.")


def _words(line: str) -> Iterator[str]:
    """The loci on a line. Coordinates may have a label behind them: 'chr9:1-10 my, label' stays whole."""
    line = line.strip()
    if line.casefold() == ALL:
        yield line
        return
    while line := line.strip(" \t,;"):
        match = match_coordinates(line)
        if match:
            end = _end_of_label(line, match.end())
            yield _attach(line[:end].rstrip(" \t,;"))
        else:
            end = next((at for at in _breaks(line) if match_coordinates(line[at:])), len(line))
            for piece in _BETWEEN.split(line[:end]):
                yield from [piece.strip()] if piece.strip().casefold() == ALL else _attach(piece).split()
        line = line[end:]


def _end_of_label(line: str, start: int) -> int:
    """Where the label that begins at `start`, behind coordinates, ends: before the next locus. There is none where a
    comma or a semicolon follows at once."""
    tail = _TAIL.match(line, start)
    if tail and tail["end"]:
        return tail.end()
    start = tail.end() if tail else start
    return next((at for at in _breaks(line) if at > start and begins_locus(line[at:])), len(line))


def _breaks(line: str) -> Iterator[int]:
    """Where a word begins, the first left out."""
    return (match.end() for match in _SEPARATOR.finditer(line) if 0 < match.start())


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
