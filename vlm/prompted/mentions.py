"""What a sentence in free words mentions: positions, numbers, names. Held against the figure, and against claims.

A name or a place that is not in the figure was made up, whatever else the sentence says. A number that no claim of the
sentence stands for cannot be checked. Words are not understood here, but for those of `vlm.prompted.implied`: that a
sentence says what its claims say is known only as far as its names, numbers and those words go.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from renderer.values.region import Region
from vlm.claims.checks import POSITION_SHARE
from vlm.claims.kind import said_number
from vlm.claims.registry import find, of_window
from vlm.prompted.implied import unsaid
from vlm.values.captioner import Figure
from vlm.values.claim import Claim

_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_UNITS = {
    "mbp": 1_000_000,
    "mb": 1_000_000,
    "kbp": 1_000,
    "kb": 1_000,
    "bp": 1,
    "nt": 1,
    "兆碱基": 1_000_000,
    "千碱基": 1_000,
    "碱基": 1,
}
_MEASURE = re.compile(
    rf"(?P<one>{_NUMBER})(?:\s*(?:-|–|—|~|to|and|至|到|和)\s*(?P<two>{_NUMBER}))?\s*"
    rf"(?P<unit>{'|'.join(sorted(_UNITS, key=len, reverse=True))})(?![A-Za-z])",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"(?<![\w.,])(?:\d{1,3}(?:,\d{3})+|\d{5,})(?![\w%]|[.,]\d)")
"""A long number without a unit is a position in base pairs."""

_CHROM = re.compile(r"\b(chr[0-9A-Za-z]{1,8})\b", re.IGNORECASE)
_TRACK = re.compile(
    r"(?:\btracks?\s*(?:no\.?|number|#)?\s*|轨道\s*|第\s*)(\d{1,4})(?=\D|$)(?!\s*(?:号染色体|条))", re.IGNORECASE
)
_MARK = re.compile(r"\bH[1234](?:[AB](?:\.?[A-Z])?)?K\d+(?:me[123]?|ac|ub1?|cr)\b", re.IGNORECASE)
_SYMBOL = re.compile(
    r"(?<![\w-])(?:[A-Z][A-Z0-9]{2,}(?:-[A-Z0-9]+)*|[A-Z][a-z]{1,7}\d+[a-z]?\d*|[A-Z]{2,}\d+[A-Za-z]*)(?![\w])"
)
"""How genes and factors are written: MYC, TP53, NKX2-5, Sox2; capitals alone need three."""

_INTRODUCED = (
    re.compile(
        r"(?:\b(?:genes?|promoters? of|TSS(?:s|es)? of|body of|start of|exons? of|enhancers? of)\s+|基因\s*)"
        r"([A-Za-z][\w.-]*\w)"
    ),
    re.compile(r"([A-Za-z][\w.-]*\w)(?:\s+(?:gene|promoter|TSS|locus)\b|\s*(?:基因|启动子))"),
)
"""Where a name stands, even one that looks like a word: 'the promoter of Actb', 'Actb 启动子'."""

_COMMON = frozenset(
    re.findall(
        r"\S+",
        "DNA RNA MRNA LNCRNA TSS TES UTR ORF CDS CPG SNP QTL GWAS TAD ATAC CHIP SEQ PRO GRO CAGE WGBS HIC HI-C DNASE "
        "MNASE POL POLII PCR NGS RPM RPKM FPKM CPM PNG ENCODE UCSC IGV WASHU AND THE NOT ALL BUT NONE III VIII XII",
    )
)
"""Capitals that name no gene and no track."""

_NUMBER_WORDS = {
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
}
_CHINESE = {**dict(zip("二三四五六七八九十", range(2, 11), strict=True)), "两": 2}
_WORDS = re.compile(rf"\b({'|'.join(_NUMBER_WORDS)})\b", re.IGNORECASE)
_CHINESE_WORDS = re.compile(rf"([{''.join(_CHINESE)}])\s*(?=[个处条座段种])")
_DIGITS = re.compile(rf"(?<![\w.])({_NUMBER})")


@dataclass(frozen=True)
class Written:
    """A number of base pairs as it was written, and half a unit of its last digit."""

    text: str
    value: float
    half: float


def strange(text: str, figure: Figure) -> str | None:
    """What the text names that is not in the figure, as a reason; None if there is nothing of the kind."""
    known = _Known.of(figure)
    for chrom in _CHROM.findall(text):
        if chrom.casefold() not in known.words:
            return f"{chrom} is not the chromosome of this figure"
    for number in _TRACK.findall(text):
        if int(number) not in {track.number for track in figure.scene.tracks}:
            return f"there is no track {number}"
    bare = known.without_names(text)
    for place in _places(bare):
        if not _is_in_figure(place, figure.region):
            return f"{place.text} is neither a position nor a length in this window"
    unknown = next((name for name in _names(bare) if not known.has(name)), None)
    return f"{unknown} is not in this figure" if unknown else None


def unbacked(text: str, claims: Sequence[Claim], figure: Figure) -> str | None:
    """A number or a telling word of the text that none of its claims stands for, as a reason; None if all are."""
    bare = _TRACK.sub(" ", _CHROM.sub(" ", _Known.of(figure).without_names(text)))
    for place in _places(bare):
        if not _is_claimed(place, claims, figure):
            return f"{place.text} is the place of none of its claims"
    rest = _PLAIN.sub(" ", _MEASURE.sub(" ", bare))
    counts = _counts(claims)
    for written, number in _numbers(rest):
        if number not in counts:
            return f"'{written}' is the number of none of its claims"
    return unsaid(bare, claims)


def language_of(text: str, figure: Figure) -> str | None:
    """The language of a sentence by its script, names left aside; None for a mixture or another script."""
    bare = _Known.of(figure).without_names(text)
    letters = [c for c in bare if c.isalpha()]
    chinese = sum("\u4e00" <= c <= "\u9fff" for c in letters)
    latin = sum(c.isascii() for c in letters)
    if len(letters) - chinese - latin > len(letters) // 10:
        return None
    if not chinese:
        return "en" if latin else None
    return "zh" if 2 * chinese >= latin else None


# --- names


@dataclass(frozen=True)
class _Known:
    """The names a figure has: whole ones, their words, and both run together."""

    names: tuple[str, ...]
    words: frozenset[str]
    squeezed: str

    @classmethod
    def of(cls, figure: Figure) -> _Known:
        scene = figure.scene
        told = [
            text for track in scene.tracks for text in (track.label, track.assay, track.sample, track.group) if text
        ]
        names = [*told, *(gene.name for gene in figure.genes), figure.region.chrom]
        names += [text for text in (scene.assembly, figure.region.label) if text]
        words = {word.casefold() for name in names for word in (name, *re.findall(r"\w+", name.replace("_", " ")))}
        squeezed = " ".join(re.sub(r"[\W_]+", "", name).casefold() for name in told)
        longest = tuple(sorted({name for name in names if len(name) > 1}, key=len, reverse=True))
        return cls(longest, frozenset(words), squeezed)

    def has(self, name: str) -> bool:
        """Whether the figure has this name, or the name is nobody's."""
        plain = name.casefold()
        run_together = re.sub(r"[\W_]+", "", plain)
        return (
            plain in self.words
            or name.upper().removesuffix("S") in _COMMON
            or name.upper() in _COMMON
            or (len(run_together) > 3 and run_together in self.squeezed)
        )

    def without_names(self, text: str) -> str:
        """The text with whole names taken out, so that the 4 of H3K4me3 is no number. Only whole words are names."""
        for name in self.names:
            text = re.sub(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])", " ", text, flags=re.IGNORECASE)
        return text


def _names(text: str) -> Iterator[str]:
    """Whatever stands as the name of a gene, a factor or a mark."""
    for pattern in (_MARK, _SYMBOL):
        yield from (match[0] for match in pattern.finditer(text))
    for pattern in _INTRODUCED:
        yield from (match[1] for match in pattern.finditer(text) if not match[1].islower())


# --- numbers


def _places(text: str) -> Iterator[Written]:
    for match in _MEASURE.finditer(text):
        unit = _UNITS[match["unit"].casefold()]
        for part in (match["one"], match["two"]):
            if part:
                yield Written(f"{part} {match['unit']}", float(part.replace(",", "")) * unit, _half(part) * unit)
    for match in _PLAIN.finditer(_MEASURE.sub(" ", text)):
        yield Written(match[0], float(match[0].replace(",", "")), 0.5)


def _half(number: str) -> float:
    """Half a unit of the last digit: 5.07 stands for 5.065 to 5.075."""
    decimals = len(number.partition(".")[2])
    return 0.5 * 10.0**-decimals


def _is_in_figure(place: Written, region: Region) -> bool:
    slack = POSITION_SHARE * region.span + place.half
    inside = region.start - slack <= place.value <= region.end + slack
    return inside or place.value <= region.span + place.half


def _is_claimed(place: Written, claims: Sequence[Claim], figure: Figure) -> bool:
    region = figure.region
    slack = POSITION_SHARE * region.span + place.half
    if abs(place.value - region.span) <= place.half or min(
        abs(place.value - region.start), abs(place.value - region.end)
    ) <= max(1, place.half):
        return True
    placed = [(claim.start, claim.end) for claim in claims if not of_window(claim)]
    named = {str(claim.value).casefold() for claim in claims}
    placed += [(edge, edge) for g in figure.genes if g.name.casefold() in named for edge in (g.start, g.end, *g.tss)]
    return any(
        start - slack <= place.value <= end + slack
        or abs(place.value - (end - start)) <= max(slack, 0.1 * (end - start))
        for start, end in placed
    )


def _numbers(text: str) -> Iterator[tuple[str, float]]:
    for match in _DIGITS.finditer(text):
        yield match[0], float(match[1].replace(",", ""))
    for match in _WORDS.finditer(text):
        yield match[0], _NUMBER_WORDS[match[1].casefold()]
    for match in _CHINESE_WORDS.finditer(text):
        yield match[0], _CHINESE[match[1]]


def _counts(claims: Sequence[Claim]) -> set[float]:
    """Numbers a sentence with these claims may use: what they count, how many tracks and places they name, how many
    claims of one kind there are of one track, and how many of the counted genes are not named."""
    said = [number for claim in claims for number in _said_numbers(claim, claims)]
    tracks = {number for claim in claims for number in claim.tracks}
    firsts = {number for claim in claims for number in claim.tracks[:1]}
    places = {(claim.start, claim.end) for claim in claims if not of_window(claim)}
    groups = Counter((claim.kind, claim.tracks) for claim in claims)
    return {1.0, *map(float, [*said, len(tracks), len(firsts), len(places), *groups.values()])}


def _said_numbers(claim: Claim, claims: Sequence[Claim]) -> Iterable[float]:
    kind = find(claim.kind)
    return (kind.numbers if kind else said_number)(claim, claims)
