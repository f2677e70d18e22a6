"""tracks.ini of pyGenomeTracks, read into tracks; never executed, never passed on. `ini_write` writes them.

Keys are taken from the table below, anything else is listed in the warnings. `operation` is a Python expression there;
here it is one of a few forms that are recognised by their text.
"""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from renderer.formats.table import FORMATS, find_listed
from renderer.tracklists.entries import (
    PIXELS_PER_CM,
    ListedTrack,
    Notes,
    Part,
    Places,
    TrackList,
    color_of,
    first_of,
    number,
    one_line,
    parts_of,
    pixels,
)
from renderer.values.errors import FormatError
from renderer.values.track import Across, Combine, Look

SQUARE = "hic_matrix_square"
"""The type of a contact map that is drawn so; any other map is a triangle."""

USED = frozenset(
    (
        "file",
        "second_file",
        "file_type",
        "title",
        "height",
        "color",
        "min_value",
        "max_value",
        "operation",
        "overlay_previous",
        "transform",
        "display",
        "orientation",
        "labels",
    )
)
OWN = ("x-axis", "spacer", "scalebar")
"""Sections that draw no file: the page has its own coordinates, scale bar and gaps. A spacer's title is a heading."""

ACROSS: dict[str, Across] = {"vlines": "lines", "vhighlight": "tint"}
"""Sections whose intervals are drawn over all tracks."""

LEVELS = "hlines"
"""A section of values at which lines are drawn, over the track before."""

OPERATIONS: dict[str, Combine] = {
    "file-second_file": "subtract",
    "file/second_file": "ratio",
    "log2(file/second_file)": "log2ratio",
    "log2((1+file)/(1+second_file))": "log2ratio",
    "(file+second_file)/2": "mean",
    "0.5*(file+second_file)": "mean",
}
"""Recognised operations, without white space; the first of one meaning is the one written."""

NEGATED = ("-file", "-1*file", "file*-1")
QUOTES = "\"'"
LOGS = ("log", "log1p", "log2", "log10")
HEADER = re.compile(r"^\s*\[(?P<name>[^\]]*)\]\s*$")


@dataclass(frozen=True)
class Section:
    """One section: its name, its settings, and the line each stands on."""

    name: str
    line: int
    values: dict[str, str]
    lines: dict[str, int]

    def place(self, key: str) -> int:
        """The line of a setting, or of the section's head."""
        return self.lines.get(key, self.line)


def looks_like(text: str) -> bool:
    """Whether the first line that says something is the head of a section."""
    lines = (line.strip() for line in text.splitlines())
    first = next((line for line in lines if line and not line.startswith(("#", ";"))), "")
    return bool(HEADER.match(first))


def read(text: str, places: Places, notes: Notes) -> TrackList:
    """The tracks of a tracks.ini. Raises FormatError with the line."""
    tracks: list[ListedTrack] = []
    across: list[ListedTrack] = []
    heading: str | None = None
    for section in _sections(text, places.name):
        kind = section.values.get("file_type") or section.values.get("type") or section.name.strip().lower()
        if kind in (*OWN, "x_axis"):
            heading = (first_of(section.values, "title") or None) if kind == "spacer" else heading
            if not heading:
                notes.say("Sections for the axis, the scale bar and gaps are not needed: the page has its own.")
        elif kind == LEVELS:
            _add_levels(section, places.name, notes, tracks)
        elif "file" not in section.values:
            raise FormatError(
                places.name, f"[{section.name}] names no file", "Every track has a line 'file = ...'.", section.line
            )
        elif kind in ACROSS:
            across.append(_across(section, ACROSS[kind], places, notes))
        else:
            _add(section, places, notes, tracks)
            tracks[-1] = replace(tracks[-1], look=replace(tracks[-1].look, heading=tracks[-1].look.heading or heading))
    return TrackList(places.name, None, None, (*tracks, *across))


def _across(section: Section, how: Across, places: Places, notes: Notes) -> ListedTrack:
    """Intervals over all tracks, as a track that is no row."""
    notes.ignore_rest(section.values, ("file", "file_type", "type", "title", "color"), f"line {section.line}")
    location = places.resolve(section.values["file"], section.place("file"))
    label = first_of(section.values, "title") or section.name or Path(location).name
    return ListedTrack(label, location, "bed", _color(section, places.name, notes), look=Look(across=how))


def _add_levels(section: Section, name: str, notes: Notes, tracks: list[ListedTrack]) -> None:
    """Lines at values, behind the signal before them."""
    used = ("y_values", "overlay_previous", "file_type", "type", "title", "show_data_range")
    notes.ignore_rest(section.values, used, f"line {section.line}")
    line = section.place("y_values")
    values = tuple(
        number(text, name, "y_values", line) for text in section.values.get("y_values", "").replace(",", " ").split()
    )
    if not values:
        raise FormatError(name, f"[{section.name}] names no value", "Write it like y_values = 10, 20.", section.line)
    if not tracks or not _is_signal(tracks[-1]):
        notes.say(f"[{section.name}] stands below no signal, so its lines are not drawn (line {section.line}).")
        return
    look = tracks[-1].look
    tracks[-1] = replace(tracks[-1], look=replace(look, lines=(*look.lines, *values)))


def _sections(text: str, name: str) -> Iterator[Section]:
    """The sections in order. pyGenomeTracks lets names repeat, so each is given a number before it is parsed."""
    names: list[tuple[str, int]] = []
    lines: list[str] = []
    for at, line in enumerate(text.splitlines(), 1):
        head = HEADER.match(line)
        if head:
            names.append((head["name"], at))
        lines.append(f"[{len(names)}]" if head else line)
    parser = configparser.RawConfigParser(
        delimiters=("=", ":"),
        comment_prefixes=("#", ";"),
        default_section="",
        interpolation=None,
        empty_lines_in_values=False,
    )
    try:
        parser.read_string("\n".join(lines), name)
    except configparser.MissingSectionHeaderError as exc:
        raise FormatError(
            name, "there is text before the first [section]", "Begin with a section.", exc.lineno
        ) from exc
    except configparser.ParsingError as exc:
        at, found = exc.errors[0]
        raise FormatError(name, f"this line cannot be read: {found[:80]}", "A line is 'key = value'.", at) from exc
    except configparser.Error as exc:
        line_ = getattr(exc, "lineno", None) or 0
        raise FormatError(name, one_line(getattr(exc, "message", exc)), "Say each setting once.", line_) from exc
    for number_, (title, at) in enumerate(names, 1):
        values = {key: " ".join((value or "").split("\n")).strip() for key, value in parser.items(str(number_))}
        if "title" in values:
            values["title"] = unquoted(values["title"])
        yield Section(title, at, values, _lines(lines, at, values))


def unquoted(value: str) -> str:
    """A title without the quotes that people put round it, and that pyGenomeTracks would print."""
    return value[1:-1].strip() if len(value) > 1 and value[0] == value[-1] in QUOTES else value


def _lines(lines: list[str], start: int, values: dict[str, str]) -> dict[str, int]:
    """Where the settings of a section stand."""
    found: dict[str, int] = {}
    for at in range(start, len(lines)):
        if HEADER.match(lines[at]):
            break
        key = re.split(r"[=:]", lines[at], maxsplit=1)[0].strip().lower()
        if key in values:
            found.setdefault(key, at + 1)
    return found


def _add(section: Section, places: Places, notes: Notes, tracks: list[ListedTrack]) -> None:
    """A section as a track of its own, or over the one before."""
    track = _track(section, places, notes)
    over = section.values.get("overlay_previous", "no")
    if over == "no":
        tracks.append(track)
        return
    if over not in ("yes", "share-y"):
        raise FormatError(
            places.name, f"overlay_previous is '{over}'", "It is no, yes or share-y.", section.place("overlay_previous")
        )
    if not tracks:
        notes.say(f"'{track.label}' is the first track: there is nothing to draw it over.")
        tracks.append(track)
        return
    below = tracks[-1]
    if not (_is_signal(below) and _is_signal(track)) or track.more or below.combine not in (None, "overlay"):
        notes.say(f"'{track.label}' is drawn below, not over, the track before: only plain signals are overlaid.")
        tracks.append(track)
        return
    for key in ("min_value", "max_value", "height", "transform"):
        if key in section.values:
            notes.ignore(f"{key} of one part of an overlay", f"line {section.place(key)}")
    tracks[-1] = _overlaid(below, track, "title" in section.values)


def _overlaid(below: ListedTrack, track: ListedTrack, named: bool) -> ListedTrack:
    """A track with one more over it. Files without a title or a colour of their own are replicates of the first."""
    both = replace(below, more=(*below.more, track.location), combine="overlay")
    parts = below.parts or (Part(below.label, below.color),) * (1 + len(below.more))
    if not (named or track.color or below.parts):
        return both
    parts = parts_of("", [*((part.label, part.color) for part in parts), (track.label, track.color)])
    return replace(both, label=" + ".join(part.label for part in parts), parts=parts, color=parts[0].color)


def _is_signal(track: ListedTrack) -> bool:
    return track.format in FORMATS and FORMATS[track.format].kind == "signal"


def _track(section: Section, places: Places, notes: Notes) -> ListedTrack:
    values = section.values
    for key in values:
        if key not in USED:
            notes.ignore(key, f"line {section.place(key)}")
    file, kind = _file(section, notes)
    second = (places.resolve(values["second_file"], section.place("second_file")),) if "second_file" in values else ()
    combine, strand, squared = None, None, "".join(values.get("operation", "file").split())
    if squared in OPERATIONS and second:
        combine = OPERATIONS[squared]
    elif squared in NEGATED:
        strand = "-"
    elif squared != "file":
        known = ", ".join(OPERATIONS)
        notes.say(
            f"[{section.name}]: the operation '{values['operation'][:60]}' is none of {known}; the file is drawn."
        )
    if second and combine is None:
        notes.ignore("second_file", f"line {section.place('second_file')}")
    return ListedTrack(
        first_of(values, "title") or section.name or Path(file).name,
        places.resolve(file, section.place("file")),
        find_listed("ini", kind),
        _color(section, places.name, notes),
        look=_look(section, kind, places.name, notes),
        strand=strand,
        more=second if combine else (),
        combine=combine,
    )


def _file(section: Section, notes: Notes) -> tuple[str, str]:
    """The file and its type."""
    file, _, resolution = section.values["file"].partition("::")
    if resolution:
        notes.say(f"[{section.name}]: the resolution {resolution} is not used; each window gets the one that fits.")
    plain = file.lower().removesuffix(".gz").removesuffix(".bgz")
    guess = next((row.ini[0] for row in FORMATS.values() if row.ini and plain.endswith(row.endings)), "")
    kind = section.values.get("file_type", guess)
    if find_listed("ini", kind) is None:
        notes.say(f"[{section.name}]: the type '{kind or 'not given'}' is not known: the file's content will decide.")
    return file, kind


def _color(section: Section, name: str, notes: Notes) -> str | None:
    text = section.values.get("color")
    if text is None or text in ("bed_rgb", "none"):  # the colours of the file are used anyway
        return None
    color = color_of(text)
    if color is None:
        notes.say(
            f"[{section.name}]: '{text[:40]}' is no single colour and is not used (line {section.place('color')})."
        )
    return color


def _look(section: Section, kind: str, name: str, notes: Notes) -> Look:
    values = section.values
    height = None
    if "height" in values:
        line = section.place("height")
        height = pixels(number(values["height"], name, "height", line) * PIXELS_PER_CM, name, "height", line)
    low, high = (_end(section, key, name) for key in ("min_value", "max_value"))
    if low is not None and high is not None and low >= high:
        raise FormatError(
            name, f"the range is {low:g} to {high:g}", "min_value is below max_value.", section.place("min_value")
        )
    transform = values.get("transform", "no")
    if transform not in ("no", *LOGS):
        notes.say(f"[{section.name}]: the transform '{transform[:40]}' is not used.")
    for key, value in (("orientation", values.get("orientation")), ("labels", values.get("labels"))):
        if value is not None:
            notes.ignore(key, f"line {section.place(key)}")
    display = values.get("display", "")
    if display not in ("", "collapsed", "stacked", "interleaved", "triangles", "deprecated"):
        notes.say(f"[{section.name}]: the display '{display[:40]}' is not used.")
    return Look(
        height,
        low,
        high,
        transform in LOGS,
        display == "collapsed",
        "square" if kind == SQUARE else "triangle",
    )


def _end(section: Section, key: str, name: str) -> float | None:
    text = section.values.get(key)
    return None if text in (None, "auto", "") else number(text, name, key, section.place(key))
