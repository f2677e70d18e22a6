"""How tracks are drawn and jobs are read, as a person or a program asks for it: texts and JSON in, checked values out.

Every refusal names the field, what was given and what is valid. What is kept in the database holds only what was said,
so that defaults may change. Loads nothing that draws.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, get_args

from renderer.assays import design_table
from renderer.values.bounds import LEAST_HEIGHT, LEAST_WIDTH, MOST_HEIGHT, MOST_WIDTH, THEME_NAMES
from renderer.values.errors import RegionError, TrackError
from renderer.values.region import Region, parse_region, read_number
from renderer.values.track import Across, Combine, Heading, Highlight, Look, Scaling, Shape
from vlm.prompted.ask import Facts, ReadOptions, Words
from workers.errors import JobError

SCALES: tuple[str, ...] = get_args(Scaling)
COMBINES: tuple[str, ...] = get_args(Combine)
SHAPES: tuple[str, ...] = get_args(Shape)
HEADINGS: tuple[str, ...] = get_args(Heading)
ACROSS: tuple[str, ...] = get_args(Across)

MOST_HIGHLIGHTS = 50
"""Highlights of a job; more cover a figure."""

MOST_FLANK = 10_000_000
"""Base pairs on each side of a gene; more is a window no gene is seen in."""

MOST_LABEL = 60
"""Characters of a highlight's label, or a row's name: what fits above a figure."""

_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_YES, _NO = ("true", "1", "on", "yes"), ("false", "0", "off", "no")

Parse = Callable[[str, Any], Any]
"""Called with what a value is called and the value; raises JobError."""


def whole(least: int, most: int, unit: str = "") -> Parse:
    """A reader of whole numbers between two limits."""

    def read(name: str, value: Any) -> int:
        text = str(value).strip()
        if isinstance(value, bool) or not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
            raise JobError(f"{name} is '{_quote(value)}'. It must be a whole number {unit}from {least:,} to {most:,}.")
        return int(text)

    return read


def one_of(valid: Sequence[str]) -> Parse:
    """A reader of one of a few words."""

    def read(name: str, value: Any) -> str:
        if str(value) not in valid:
            raise JobError(f"{name} is '{_quote(value)}'. It is one of {', '.join(valid)}.")
        return str(value)

    return read


def number(name: str, value: Any) -> float:
    """A finite number."""
    try:
        read = math.nan if isinstance(value, bool) else float(str(value).strip())
    except ValueError:
        read = math.nan
    if not math.isfinite(read):
        raise JobError(f"{name} is '{_quote(value)}'. It must be a number, like 20 or 0.5.")
    return read


def numbers(name: str, value: Any) -> list[float]:
    """Finite numbers, as a list or as text with blanks or semicolons between them."""
    parts = value if isinstance(value, list | tuple) else str(value).replace(";", " ").split()
    return [number(name, part) for part in parts]


def flag(name: str, value: Any) -> bool:
    """True or false, or the words for them."""
    text = str(value).strip().lower()
    if text not in (*_YES, *_NO):
        raise JobError(f"{name} is '{_quote(value)}'. It is true or false.")
    return text in _YES


def read_color(place: str, value: Any) -> str:
    """A colour like #1f4e9c."""
    if not _COLOR.fullmatch(str(value)):
        raise JobError(f"{place}: '{_quote(value)}' is not a colour. Write it like #1f4e9c.")
    return str(value)


def base_pairs(name: str, value: Any) -> int:
    """A length as a person types it: 5000, 50kb, 0.1M."""
    text = str(value).strip()
    try:
        length = read_number(text, text)
    except RegionError:
        length = -1
    if not 0 <= length <= MOST_FLANK:
        raise JobError(f"{name} is '{_quote(value)}'. It must be a length up to 10 Mb, like 20000 or 50kb.")
    return length


def short_text(name: str, value: Any) -> str:
    """A name on one line."""
    text = " ".join(str(value).split())
    if len(text) > MOST_LABEL:
        raise JobError(f"{name} has {len(text)} characters; it may have {MOST_LABEL}.")
    return text


LOOK: dict[str, Parse] = {
    "height": whole(LEAST_HEIGHT, MOST_HEIGHT, "of pixels "),
    "vmin": number,
    "vmax": number,
    "log": flag,
    "dense": flag,
    "shape": one_of(SHAPES),
    "row": short_text,
    "heading": short_text,
    "lines": numbers,
    "across": one_of(ACROSS),
}
"""The fields of `renderer.values.track.Look`, and who reads them."""


def read_look(place: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    """The look a specification asks for, only what differs from the usual. `place` ('Track 2') begins errors."""
    said = {
        name: read(f"{place}: '{name}'", spec[name])
        for name, read in LOOK.items()
        if spec.get(name) not in (None, "", [], ())
    }
    low, high = said.get("vmin"), said.get("vmax")
    if low is not None and high is not None and low >= high:
        raise JobError(f"{place}: 'vmin' is {low:g} and 'vmax' is {high:g}. The top must be above the bottom.")
    usual = {one.name: one.default for one in fields(Look)}
    return {name: value for name, value in said.items() if value != usual[name]}


def read_place(place: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    """What a specification says of its track's place in a design (`renderer.assays.design_table.PLACE`)."""
    try:
        return dict(design_table.read_place(place, spec))
    except TrackError as error:
        raise JobError(str(error)) from error


def read_rows(name: str, value: Any) -> tuple[design_table.Row, ...]:
    """The rows of a design: text with tabs, or a list of objects."""
    if not isinstance(value, str | list):
        raise JobError(f"{name} must be a table as text, parted by tabs, or a list of rows.")
    try:
        return design_table.read_design(value, name)
    except TrackError as error:
        raise JobError(str(error)) from error


def read_combine(place: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    """Further files of a track and how they are joined to the first: {"combine", "files"}, or nothing."""
    more, how = spec.get("files") or [], spec.get("combine") or None
    if not isinstance(more, list) or not all(isinstance(one, str) for one in more):
        raise JobError(f"{place}: 'files' must be a list of ids of further uploads.")
    more = [one for one in more if one != spec.get("file")]
    if not more and how is None:
        return {}
    if how is None:
        raise JobError(f"{place} has several files. Say with 'combine' how they are joined: {', '.join(COMBINES)}.")
    if not more:
        raise JobError(
            f"{place}: 'combine' is '{_quote(how)}', but there is one file only. Name the others in 'files'."
        )
    return {"combine": one_of(COMBINES)(f"{place}: 'combine'", how), "files": more}


@dataclass(frozen=True)
class JobOptions:
    """How the loci of a job are drawn and read.

    `scale` is that of `renderer.values.track.Scaling`. `highlights` are tinted where a locus holds them. `facts`,
    `words` and `repair` are those of `vlm.prompted.ask.ReadOptions`. `width` is in pixels at 100 per inch (None: the
    theme's), `flank` in bp on each side of genes and positions (None: 20 %). `pictures` are SHA-256 of screenshots,
    where a job reads those in place of tracks. `design` are rows of a table (`renderer.assays.design_table`) that
    correct what the tracks compare.
    """

    theme: str = "ucsc"
    scale: Scaling = "together"
    highlights: tuple[Region, ...] = ()
    facts: Facts = "none"
    words: Words = "ours"
    repair: int = 0
    width: int | None = None
    flank: int | None = None
    pictures: tuple[str, ...] = field(default=())
    design: tuple[design_table.Row, ...] = ()

    @classmethod
    def read(cls, asked: Mapping[str, Any]) -> JobOptions:
        """From a request or a form: what is left out or empty is as usual. Raises JobError naming the field."""
        said = {
            name: read(f"'{name}'", asked[name])
            for name, read in _JOB.items()
            if asked.get(name) is not None and asked[name] != ""
        }
        return cls(**said)

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> JobOptions:
        """The inverse of `to_json`; a job from before there were options has None."""
        kept = dict(data or {})
        kept["highlights"] = tuple(Region(*one) for one in kept.get("highlights", ()))
        kept |= {name: tuple(kept.get(name, ())) for name in ("pictures", "design")}
        return cls(**{one.name: kept[one.name] for one in fields(cls) if one.name in kept})

    def to_json(self) -> dict[str, Any]:
        """As kept in the database: only what differs from the usual."""
        usual = JobOptions()
        said = {one.name: getattr(self, one.name) for one in fields(self)}
        said = {name: value for name, value in said.items() if value != getattr(usual, name)}
        if self.highlights:
            said["highlights"] = [[one.chrom, one.start, one.end, one.label] for one in self.highlights]
        return said

    def in_words(self) -> dict[str, Any]:
        """As the API shows them: everything, highlights as a person writes them."""
        shown = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "pictures"}
        return {**shown, "highlights": [f"{one}={one.label}" if one.label else str(one) for one in self.highlights]}

    def reading(self, lang: str) -> ReadOptions:
        """What the reading step is told."""
        return ReadOptions.from_json(
            {"facts": self.facts, "words": self.words, "repair": self.repair, "language": lang}
        )

    def highlights_of(self, region: Region) -> tuple[Highlight, ...]:
        """The highlights that a window holds, whole or in part."""
        return tuple(
            Highlight(one.start, one.end, one.label)
            for one in self.highlights
            if one.chrom == region.chrom and one.start < region.end and region.start < one.end
        )


def read_highlights(name: str, value: Any) -> tuple[Region, ...]:
    """Highlights from a list or from lines of 'chr9:5,000,000-5,010,000=label'. Raises JobError with the bad one."""
    lines = value if isinstance(value, list) else str(value).splitlines()
    found = tuple(read_highlight(name, str(line)) for line in lines if str(line).strip())
    if len(found) > MOST_HIGHLIGHTS:
        raise JobError(f"{name} has {len(found)} places; a job takes at most {MOST_HIGHLIGHTS}.")
    return found


def read_highlight(name: str, text: str) -> Region:
    """One highlight: 'chr9:5,000,000-5,010,000', with '=label' or a label after white space. Raises JobError."""
    place, _, label = text.partition("=")
    try:
        region = parse_region(place)
    except RegionError as error:
        raise JobError(f"{name}: {error}") from error
    label = label.strip() or region.label or ""
    return Region(region.chrom, region.start, region.end, label[:MOST_LABEL] or None)


_JOB: dict[str, Parse] = {
    "theme": one_of(THEME_NAMES),
    "scale": one_of(SCALES),
    "highlights": read_highlights,
    "facts": one_of(get_args(Facts)),
    "words": one_of(get_args(Words)),
    "repair": lambda name, value: int(flag(name, value)),
    "width": whole(LEAST_WIDTH, MOST_WIDTH, "of pixels "),
    "flank": base_pairs,
    "design": read_rows,
}
"""The fields of a job's options that a front end may set, and who reads them."""

JOB_FIELDS = tuple(_JOB)


def _quote(value: Any) -> str:
    return str(value)[:40]
