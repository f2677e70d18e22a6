"""What a label, or a file name used as one, says: assay, sample, replicate, strand and condition.

What a person wrote into the fields of a track comes before what its label says. Knows no file and no language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from renderer.assays.names import AGAINST_INPUT, NAMES, assays_in, assays_named, one_of, row_of
from renderer.assays.table import Assay
from renderer.values.track import Scene, Track

SAMPLES = tuple(
    "K562 GM12878 HepG2 H1 HeLa A549 MCF7 MCF-7 IMR90 HUVEC NHEK HCT116 mESC ES MEF S2 Kc167 Kc HEK293 293T Jurkat "  # noqa: SIM905
    "THP1 liver lung brain heart kidney spleen".split()
)
"""Names of cells and tissues that are known in a label; the first that is found holds."""

_BEFORE, _AFTER = r"(?<![A-Za-z0-9])", r"(?![A-Za-z0-9])"
_SAMPLE = re.compile(rf"{_BEFORE}(?:{'|'.join(SAMPLES)}){_AFTER}", re.IGNORECASE)

_UNSTATED = re.compile(r"|unknown\b.*|not stated\b.*|unspecified|n/?a|none|-")
"""Ways to name no sample."""

NONE = "-"
"""What a field of a design says where there is none, whatever the label looks like."""

_REPLICATE = re.compile(
    rf"(?:{_BEFORE}|(?<=[A-Za-z0-9])(?=(?-i:Rep)))(?:(?:bio|tech)?[-_ ]?rep(?:licate)?[-_. #]?(\d+)|R(\d)){_AFTER}",
    re.IGNORECASE,
)

_PLUS = ("+", "plus", "fwd", "fw", "forward", "pos", "positive", "pl")
_MINUS = ("-", "−", "–", "minus", "rev", "rv", "reverse", "neg", "negative", "mn")
_SIGNS = dict.fromkeys(_PLUS, "+") | dict.fromkeys(_MINUS, "-")

_NAME, _KNOWN = "\x00", "\x01"
"""Stand for the letters of a stranded assay's name, and of other words that say nothing of a strand."""

_GAP, _END = rf"[\s_.,{_KNOWN}-]*", rf"(?=[\s_.,{_NAME}{_KNOWN}-]*$)"
_CLEAR, _VAGUE = "plus|minus|fwd|fw|rev|rv|forward|reverse", "pos|neg|positive|negative|pl|mn"

_STRAND = tuple(
    re.compile(rf"{before}(?P<cut>[\s_.,-]*{written})", re.IGNORECASE | re.ASCII)
    for before, written in (
        ("", rf"\(?{_BEFORE}(?P<said>{_CLEAR}|{_VAGUE}|[+\-−–])[-_ ]?strand{_AFTER}\)?"),
        ("", rf"\((?P<said>{_CLEAR}|[+\-−–])\){_END}"),
        ("", rf"(?<=[\s_.])(?P<said>[+\-−–]){_END}"),
        ("", rf"{_BEFORE}(?P<said>{_CLEAR}){_END}"),
        (rf"(?<={_NAME}){_GAP}?", rf"\(?{_BEFORE}(?P<said>{_VAGUE})\)?{_END}"),
        (rf"(?<={_NAME})", rf"(?P<said>[+\-−–]){_END}"),
    )
)
"""How a strand is written: beside the word strand, in brackets, or bare at the end of all that a label says besides.
'pos' and 'neg' are populations of cells as well, so they are a strand only right behind a stranded assay's name."""

_FILLER = re.compile(
    rf"{_BEFORE}(?:signal|coverage|cov|unique|all|of|reads|norm\w*|scaled|merged|[cbr]pm|[rf]pkm|raw){_AFTER}|\(\d+\)",
    re.IGNORECASE,
)

_SORTED = "e?[GYRCB]FP|m?Cherry|td[-_ ]?Tomato|CD\\d+[a-z]?|poly-?A|dox\\w*|auxin|IAA|Cre|TAM|4-?OHT|LPS|serum"
_POPULATION = re.compile(rf"(?:{_SORTED})[\s_.,-]*$", re.IGNORECASE)
"""What cells are sorted or treated by: with or without it is no strand."""

_ENDING = re.compile(
    rf"(?:\.(?!(?:{_CLEAR}|{_VAGUE}|{_SORTED})(?:\.|$))[a-z][a-z0-9]{{0,10}}){{1,2}}$", re.IGNORECASE | re.ASCII
)
"""Of a file name, as '.bw' or '.bed.gz'; which formats there are is not known here."""

_UNSTRANDED = re.compile(
    rf"{_BEFORE}(?:ChIP(?:[-_ ]?(?:seq|chip))?|CUT[-_ ]?(?:&|and|n)?[-_ ]?(?:RUN|Tag)){_AFTER}", re.IGNORECASE
)
_BY_BORDER = re.compile(rf"{_BEFORE}ChIP[-_ ]?(?:exo|nexus){_AFTER}", re.IGNORECASE)
"""ChIP of any target has no strands, but where its borders are mapped by strand."""

_LEVELS = tuple(
    (factor, name, re.compile(rf"{_BEFORE}(?:{pattern}){_AFTER}"))
    for factor, name, pattern in (
        ("genotype", "WT", "(?i:WT|wild[-_ ]?type)"),
        ("genotype", "KO", r"(?:(?P<gene>[A-Za-z]\w*?)[-_ ])?(?:[cdt]?KO|(?i:knock[-_ ]?outs?|null)|-/-)"),
        ("genotype", "mutant", r"(?:(?P<gene>[A-Za-z]\w*?)[-_ ])?(?i:mut(?:ants?)?)"),
        ("treatment", "KD", r"(?:(?P<gene>[A-Za-z]\w*?)[-_ ])?(?:KD|(?i:knock[-_ ]?downs?|deplet(?:ed|ion)|degron))"),
        ("treatment", "", "(?:si|sh|sg)[A-Z][A-Za-z0-9]+"),
        ("treatment", "control", "(?i:controls?|ctrl|ctl|scr(?:ambled?)?)"),
        ("treatment", "untreated", "(?i:untreated|UT)"),
        ("treatment", "treated", "(?i:treated)"),
        ("treatment", "", "(?i:vehicle|DMSO|EtOH|mock|dox|auxin|IAA|dTAG)"),
        ("time", "{} h", r"(?P<value>\d+(?:\.\d+)?)[-_ ]?(?:h|hrs?|hours?)"),
        ("time", "{} min", r"(?P<value>\d+(?:\.\d+)?)[-_ ]?(?:mins?|minutes?)"),
        ("time", "{} d", r"(?P<value>\d+(?:\.\d+)?)[-_ ]?(?:d|days?)|(?i:day[-_ ]?)(?P<other>\d+)"),
        ("time", "E{}", r"E(?P<value>(?:[3-9]|1\d)(?:\.\d+)?)"),
        ("dose", "{} {}", r"(?P<value>\d+(?:\.\d+)?)[-_ ]?(?P<unit>[pnuµμm]M|[pnuµμm]g(?:/m[lL])?|Gy|%)"),
    )
)
"""Words of a condition: its factor, the level as it is told, and how it is written."""


@dataclass(frozen=True)
class Label:
    """What a label says. `strand` is '+' or '-'. `levels` are (factor, level) pairs, factors being genotype, treatment,
    time and dose: 'CTCF_KO_3h' has ('genotype', 'CTCF KO') and ('time', '3 h'). `stem` is the label without its strand.
    """

    assay: Assay | None
    sample: str | None
    strand: str | None
    replicate: int | None
    levels: tuple[tuple[str, str], ...]
    stem: str


@lru_cache(maxsize=4096)
def read_label(label: str, assay: str = "") -> Label:
    """What a label or file name says; `assay` is what is known of the assay, which comes before the label's."""
    rows, match = assays_named(assay, label), _REPLICATE.search(label)
    return Label(
        one_of(rows),
        next((name for name in SAMPLES if _has_word(label, name)), None),
        _strand(label, rows),
        int(match[1] or match[2]) if match else None,
        tuple(dict.fromkeys(_levels(label))),
        unstranded(label),
    )


def read_track(track: Track) -> Label:
    """What a track's fields say and, where they say nothing, its label."""
    said = read_label(track.label, track.assay or "")
    sample = track.sample if sample_of(track) else None if track.sample == NONE else said.sample
    levels = said.levels if track.condition is None else levels_of(track.condition)
    return replace(said, sample=sample, strand=strand_of(track), levels=levels)


def levels_of(condition: str) -> tuple[tuple[str, str], ...]:
    """The factor levels that a condition names, parted by commas: 'CTCF KO, 3 h' has two. What says more than a known
    level is one of the factor `condition`, as it is written."""
    known: dict[str, str] = {}
    others = []
    for part in filter(None, (part.strip() for part in condition.split(","))):
        found = dict(_levels(part))
        if found and not _says_more(part) and not known.keys() & found.keys():
            known |= found
        elif part != NONE:
            others.append(part)
    return (*known.items(), *([("condition", ", ".join(others))] if others else []))


def _says_more(text: str) -> bool:
    """Whether a text has words that are part of no known level."""
    for _, _, pattern in _LEVELS:
        text = pattern.sub(" ", text)
    return bool(re.search(r"[^\W_]", text))


def strand_of(track: Track) -> str | None:
    """'+' or '-' if the track holds one strand's signal, by its field or its label."""
    if track.strand in ("+", "-"):
        return track.strand
    return read_label(track.label, track.assay or "").strand


def is_minus(track: Track) -> bool:
    """Whether a track is of the minus strand."""
    return strand_of(track) == "-"


def strand_named(text: str | None) -> str | None:
    """'+' or '-' of a field that tells a strand and nothing else: '-', 'minus', 'reverse'."""
    return _SIGNS.get((text or "").strip().lower())


def unstranded(label: str) -> str:
    """A label without its strand, 'K562 PRO-seq' of 'K562 PRO-seq (+)'; as it is if nothing is left."""
    found = _written_strand(label)
    if not found:
        return label
    return f"{label[: found.start('cut')]}{label[found.end('cut') :]}".strip() or label


def unnumbered(label: str) -> str:
    """A label without the number of its replicate, 'CTCF KD' of 'CTCF KD rep2'; as it is if nothing is left."""
    return re.sub(r"[\s_]+", " ", _REPLICATE.sub("", label)).strip(" _.,-") or label


def twin_of(track: Track, scene: Scene) -> Track | None:
    """The other strand's track of the same sample: the labels are alike but for the strand."""
    strand = strand_of(track)
    for other in scene.tracks:
        alike = other.kind == track.kind and other.sample == track.sample and other.assay == track.assay
        opposite = {strand, strand_of(other)} == {"+", "-"}
        if alike and opposite and unstranded(other.label) == unstranded(track.label):
            return other
    return None


def sample_of(track: Track) -> str:
    """What tracks of one sample share: the name in their field in small letters, '' if none is stated."""
    name = (track.sample or "").strip().casefold()
    return "" if _UNSTATED.fullmatch(name) else name


def _has_word(text: str, word: str) -> bool:
    return bool(re.search(rf"{_BEFORE}{re.escape(word)}{_AFTER}", text, re.IGNORECASE))


def _strand(label: str, rows: tuple[Assay, ...]) -> str | None:
    """The strand that is written, unless the assay has none."""
    unstranded_assay = not any(row.stranded for row in rows) if rows else bool(_UNSTRANDED.search(label))
    found = _written_strand(label)
    if found is None or (unstranded_assay and not _BY_BORDER.search(label)):
        return None
    return _SIGNS[found["said"].lower()]


def _written_strand(label: str) -> re.Match[str] | None:
    masked = _masked(label)
    for at, pattern in enumerate(_STRAND):
        for match in pattern.finditer(masked):
            if at == 0 or not _POPULATION.search(label[: match.start("said")].rstrip("(")):
                return match
    return None


def _masked(label: str) -> str:
    """The label, letter for letter, with what it says besides a strand made unreadable."""
    label = AGAINST_INPUT.sub(_mask, label)
    label = NAMES.sub(lambda m: (_NAME if row_of(m).stranded else _KNOWN) * len(m[0]), label)
    for known in (_SAMPLE, _REPLICATE, _FILLER, _ENDING):
        label = known.sub(_mask, label)
    return label


def _mask(match: re.Match[str]) -> str:
    return _KNOWN * len(match[0])


def _levels(label: str) -> Iterator[tuple[str, str]]:
    """The factor levels of a label; an input's 'control' is none, and no gene is called 'seq' of 'RNA-seq KO'."""
    label = NAMES.sub(lambda m: m[0] if row_of(m).factor else _mask(m), label)
    for factor, name, pattern in _LEVELS:
        for match in pattern.finditer(label):
            said = {key: value for key, value in match.groupdict().items() if value}
            gene = said.pop("gene", "")
            level = name.format(*said.values()) or match[0]
            is_gene = gene and not _SAMPLE.fullmatch(gene) and all(row.factor for row in assays_in(gene))
            yield factor, f"{gene} {level}" if is_gene else level
