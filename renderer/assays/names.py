"""Which assay a text or a track names: whole words only, the track's field before its label, and none between two."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from renderer.assays.table import ASSAYS, INPUT, Assay
from renderer.values.track import Track

_SPELLED = "|".join(f"(?P<row{at}>{row.spelled})" for at, row in enumerate(ASSAYS))
NAMES = re.compile(
    rf"(?<![A-Za-z0-9Δ])(?:{_SPELLED})(?:(?![A-Za-z0-9])|(?=rep\d|ChIP|seq(?![A-Za-z])))", re.IGNORECASE | re.ASCII
)
"""Any whole name of an assay, or one that 'rep1', 'ChIP' or 'seq' is glued to; `row_of` says whose a match is."""

_LACKING = re.compile(r"[-_ ]?(?:[cdt]?KO|KD|knock|null|mut|deplet|degr|dTAG|AID|inhib|[-+]/[-+])", re.IGNORECASE)
"""After the name of a protein: what was done to it, so that another assay beside it is the one measured."""

AGAINST_INPUT = re.compile(
    r"(?:(?<![A-Za-z0-9])(?:over|vs|versus|minus|against|by)|[/÷])[\s_.(-]*input(?:[-_ ]DNA)?(?![A-Za-z0-9])"
    r"|(?<![A-Za-z0-9])input[-_ ]?(?:norm|subtr|corr|adj)\w*",
    re.IGNORECASE,
)
"""A signal set against an input is no input."""

_PLAIN_CONTROL = re.compile(r"control|mock", re.IGNORECASE)
"""As an assay these are controls; in a label they are a condition, as of a knock-down or an infection."""

_INFERRED = re.compile(r"motif|predict|imput", re.IGNORECASE)
"""Tracks that name an assay but did not come from one."""

_SIGNED = re.compile(
    r"(?<![A-Za-z0-9])(?:log2\w*|l2fc|insulation|PC1|eigen\w*|compartments?|subtract\w*|differences?|delta|z-?scores?"
    r"|minus[\s_.-]*input)(?![A-Za-z0-9])",
    re.IGNORECASE,
)
"""Quantities that lie on both sides of zero, whatever the assay."""

_JUNCTIONS = re.compile(
    r"(?<![A-Za-z0-9])(?:(?:splic\w*|exon|intron)[\s_.-]*)?(?:junctions?|SJs?)(?![A-Za-z0-9])", re.I
)
"""What a row of splice junctions is called; SJ.out.tab is STAR's."""

_JUNCTION_FORMATS = ("junctions", "junctionbed", "junctiontable")
"""Formats that hold nothing else (`renderer.formats`)."""

_SEPARATION = re.compile(r"(?<![A-Za-z0-9])(?:insulation|separation|tads?[\s_.-]*(?:sep\w*|scores?))", re.IGNORECASE)
"""Scores that are low between domains of contacts."""


@lru_cache(maxsize=4096)
def assays_named(assay: str, label: str) -> tuple[Assay, ...]:
    """The rows that a track's assay field names, else those that its label names, in the order of `ASSAYS`; `INPUT`
    alone if either is a control."""
    named = assays_in(assay), assays_in(label)
    if INPUT in (*named[0], *named[1]) or _PLAIN_CONTROL.fullmatch(assay.strip()):
        return (INPUT,)
    targets = [tuple(row for row in rows if not row.general) for rows in named]
    return next(filter(None, (*targets, *named)), ())


def assays_in(words: str) -> tuple[Assay, ...]:
    """The rows that a text names, each once, in the order of `ASSAYS`.

    A protein that the cells lack is one only if nothing else is named.
    """
    words = AGAINST_INPUT.sub(" ", words)
    found: dict[Assay, bool] = {}
    for match in NAMES.finditer(words):
        row = row_of(match)
        if row.name == "histone mark":
            row = replace(row, name=_histone_name(match[0]))
        lacking = row.factor and bool(_LACKING.match(words, match.end()))
        found[row] = found.get(row, True) and lacking
    kept = [row for row, lacking in found.items() if not lacking] or list(found)
    return tuple(sorted(kept, key=_order))


def row_of(match: re.Match[str]) -> Assay:
    """The row of a match of `NAMES`."""
    return ASSAYS[int(str(match.lastgroup).removeprefix("row"))]


def _order(row: Assay) -> int:
    return next((at for at, one in enumerate(ASSAYS) if one.spelled == row.spelled), len(ASSAYS))


def _histone_name(text: str) -> str:
    """'h4k20ME1' -> 'H4K20me1'."""
    head, place, change = re.split(r"(K\d+)", text.upper(), maxsplit=1)
    return head + place + change.lower()


def assay_of(track: Track) -> Assay | None:
    """The assay of a track by its field, else by its format or its label; None for none and for two."""
    return one_of(assays_of(track))


def assays_of(track: Track) -> tuple[Assay, ...]:
    """The assays that a track names, in its field, else by its format, or in its label."""
    return assays_named(track.assay or ASSAY_OF_FORMAT.get(track.format, ""), track.label)


ASSAY_OF_FORMAT = {"bedmethyl": "methylation", "bismark": "methylation"}
"""Formats that hold one assay only."""

SITES = "sites"
"""The format of shares at single sites: whatever they are of, what lies between has no value."""


def one_of(rows: tuple[Assay, ...]) -> Assay | None:
    """The row, if all of them are one assay to the rules; None for none and for two."""
    return rows[0] if len({row.mark or row.name for row in rows}) == 1 else None


def is_control(track: Track) -> bool:
    """Whether the track is an input, IgG or mock IP: its bumps are no finding. A control condition is none of these."""
    return INPUT in assays_of(track)


def is_inferred(track: Track) -> bool:
    """Whether the track names an assay that it did not come from, such as 'CTCF motifs' or 'RNA-seq-like'."""
    words = f"{track.assay or ''} {track.label}"
    return bool(_INFERRED.search(words)) or any(words.startswith("-like", m.end()) for m in NAMES.finditer(words))


def is_separation(track: Track) -> bool:
    """Whether the scores of a track fall where domains of contacts are parted."""
    return bool(_SEPARATION.search(f"{track.assay or ''} {track.label}"))


def is_signed(track: Track) -> bool:
    """Whether values of the track lie on both sides of zero for what they are: a trough of it is no peak."""
    row = assay_of(track)
    if track.combine in ("subtract", "log2ratio") or (row is not None and row.signed):
        return True
    return bool(_SIGNED.search(f"{track.assay or ''} {track.label}"))


def is_junctions(track: Track) -> bool:
    """Whether a row of links is one of splice junctions: by its format, by what it is called, or for its assay."""
    row = assay_of(track)
    if track.format in _JUNCTION_FORMATS:
        return True
    spliced = row is not None and row.spliced
    return track.kind == "links" and (spliced or bool(_JUNCTIONS.search(f"{track.assay or ''} {track.label}")))
