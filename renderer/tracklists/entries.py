"""What a track list names, as values, whoever's format it is; and what the four formats share in reading.

Nothing here opens a track. Locations are text: the absolute path of a file of this machine, or a URL, which is
listed and never fetched.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from renderer.values.errors import FormatError, RegionError
from renderer.values.region import Region, parse_region
from renderer.values.track import Combine, Look

MOST_BYTES = 16 * 2**20
"""A list of ten thousand tracks has a few megabytes. A larger file is none, or meant to fill the memory."""

REMOTE = re.compile(r"(?:https?|ftp|s3|gs)://", re.IGNORECASE)
OTHER_SCHEME = re.compile(r"[A-Za-z][\w+.-]+://|(?:data|javascript|blob|file):", re.IGNORECASE)

SEQUENCES = (".fa", ".fasta", ".fna", ".2bit", ".genome", ".json")
"""What the file of a genome ends in."""

PIXELS_PER_CM = 96 / 2.54
"""As style sheets have it."""


@dataclass(frozen=True)
class Part:
    """One file of an overlay: what the list calls it, and its colour."""

    label: str
    color: str | None = None


@dataclass(frozen=True)
class ListedTrack:
    """One track of a list. `location` is an absolute path or a URL; so are `more`, joined to it as `combine` says.

    `format` is a row of `renderer.formats.table.FORMATS` as far as the list tells (the content decides when it is
    read). `color` is '#rrggbb'. `description` is a longer label. `parts` say which is which in an overlay, one for each
    file; without them its files are replicates of one thing. The rest is as in `renderer.values.track.Track`.
    """

    label: str
    location: str
    format: str | None = None
    color: str | None = None
    group: str | None = None
    look: Look = Look()
    assay: str | None = None
    sample: str | None = None
    strand: str | None = None
    more: tuple[str, ...] = ()
    combine: Combine | None = None
    description: str | None = None
    parts: tuple[Part, ...] = ()

    def split(self) -> tuple[ListedTrack, ...]:
        """An overlay as one track for each of its parts, drawn in one row; anything else as it is."""
        if not self.parts:
            return (self,)
        look = replace(self.look, row=self.label)
        return tuple(
            replace(
                self, label=part.label, location=place, color=part.color, look=look, more=(), combine=None, parts=()
            )
            for place, part in zip((self.location, *self.more), self.parts, strict=True)
        )

    @property
    def remote(self) -> bool:
        """Whether any of its files lies on another machine."""
        return any(REMOTE.match(one) for one in (self.location, *self.more))


@dataclass(frozen=True)
class TrackList:
    """A list of tracks, top down. `warnings` name every setting that was not used, once."""

    title: str
    assembly: str | None
    region: Region | None
    tracks: tuple[ListedTrack, ...]
    warnings: tuple[str, ...] = ()


@dataclass
class Notes:
    """What a reader or writer could not use, gathered to be said once each."""

    said: list[str] = field(default_factory=list)
    ignored: dict[str, list[str]] = field(default_factory=dict)

    def say(self, text: str) -> None:
        """Keep a sentence; the same one is kept once."""
        if text not in self.said:
            self.said.append(text)

    def ignore(self, setting: str, place: str) -> None:
        """A setting that is not used, and where it stands ('line 7')."""
        self.ignored.setdefault(setting, []).append(place)

    def ignore_rest(self, settings: Iterable[str], used: Iterable[str], place: str) -> None:
        """All settings but the used ones."""
        known = set(used)
        for setting in settings:
            if setting not in known:
                self.ignore(setting, place)

    def all(self) -> tuple[str, ...]:
        """The sentences, then one for each setting."""
        return (*self.said, *(_ignored(setting, places) for setting, places in self.ignored.items()))


def _ignored(setting: str, places: Sequence[str]) -> str:
    more = f" and {len(places) - 1} more" if len(places) > 1 else ""
    return f"The setting '{setting}' is not used ({places[0]}{more})."


@dataclass(frozen=True)
class Places:
    """Where the files of a track list may lie: below the folder `top`, or, if the caller allows it, anywhere.

    Paths are relative to `folder`. `name` is what a person calls the list; it is for messages.
    """

    folder: Path
    name: str
    top: Path
    anywhere: bool = False

    @classmethod
    def of(cls, path: Path, anywhere: bool = False) -> Places:
        """The places of the files of a list."""
        return cls(path.parent, path.name, path.parent, anywhere)

    def inner(self, path: Path) -> Places:
        """The places of a file that this one includes: relative to its folder, within the same bounds."""
        return replace(self, folder=path.parent, name=path.name)

    def resolve(self, text: str, line: int = 0) -> str:
        """A location as a list writes it -> an absolute path or a URL.

        Raises FormatError for a path out of the folder (also by a link) where that is not allowed, and for any other
        scheme than http, https, ftp, s3 and gs.
        """
        text = text.strip()
        if REMOTE.match(text):
            return text
        if not text or not text.isprintable() or OTHER_SCHEME.match(text):
            raise FormatError(self.name, f"'{text[:60]}' is no place of a file", "Give a path or a URL.", line)
        full = Path(os.path.normpath(self.folder.absolute() / text))
        if not self.anywhere and not _is_below(full, self.top):
            raise FormatError(
                self.name,
                f"'{text[:200]}' lies outside the folder of this file",
                "Only files in that folder, or below it, may be named here.",
                line,
            )
        return str(full)


def _is_below(path: Path, top: Path) -> bool:
    """Whether a path lies below a folder, as it is written and where its links lead."""
    return path.is_relative_to(top.absolute()) and path.resolve().is_relative_to(top.resolve())


def read_text(path: Path, name: str | None = None) -> str:
    """The text of a track list. Raises FormatError where it is missing, too large, or not UTF-8."""
    name = name or path.name
    try:
        if path.stat().st_size > MOST_BYTES:
            raise FormatError(
                name,
                f"the file has {path.stat().st_size:,} bytes",
                f"A track list has at most {MOST_BYTES:,}.",
            )
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as exc:
        raise FormatError(
            name, f"the file is not text ({exc.reason} at byte {exc.start})", "Save it as UTF-8."
        ) from exc
    except OSError as exc:
        raise FormatError(name, f"the file cannot be read ({exc.strerror})", "Give a file that exists.") from exc


def number(text: Any, name: str, what: str, line: int = 0) -> float:
    """A setting that must be a finite number. Raises FormatError."""
    try:
        value = float(str(text).strip())
    except ValueError:
        value = float("nan")
    if not abs(value) < float("inf"):
        raise FormatError(name, f"{what} is '{str(text)[:60]}'", "It must be a number.", line)
    return value


def pixels(text: Any, name: str, what: str, line: int = 0) -> int:
    """A height in pixels, at least one. Raises FormatError."""
    value = round(number(text, name, what, line))
    if not 1 <= value <= 10_000:
        raise FormatError(name, f"{what} is '{str(text)[:60]}'", "A height is from 1 to 10,000 pixels.", line)
    return value


def color_of(text: Any) -> str | None:
    """'255,0,0', 'rgb(255, 0, 0)', '#f00' or 'red' as '#ff0000'; None for what is no colour."""
    from PIL import ImageColor

    words = str(text).strip()
    if re.fullmatch(r"\d{1,3}(\s*,\s*\d{1,3}){2}", words):
        words = f"rgb({words})"
    try:
        red, green, blue = ImageColor.getrgb(words)[:3]
    except (ValueError, TypeError):
        return None
    return f"#{min(red, 255):02x}{min(green, 255):02x}{min(blue, 255):02x}"


def region_of(text: str | None, notes: Notes) -> Region | None:
    """A locus as a session writes it; one that is none ('All') is noted."""
    if not text:
        return None
    try:
        return parse_region(text)
    except RegionError:
        notes.say(f"The locus '{text[:60]}' is not a single region and is not used.")
        return None


def parts_of(label: str, named: Sequence[tuple[str | None, str | None]]) -> tuple[Part, ...]:
    """The parts of an overlay from the names and colours that a list gives them; none where they only have numbers."""
    numbered = [(f"{label} {at}", None) for at in range(1, len(named) + 1)]
    told = [part for part, number in zip(named, numbered, strict=True) if part not in (number, (None, None))]
    if len(named) < 2 or not told:
        return ()
    names = [name or numbered[at][0] for at, (name, _) in enumerate(named)]
    again = [f"{name} ({names[:at].count(name) + 1})" if name in names[:at] else name for at, name in enumerate(names)]
    return tuple(Part(name, color) for name, (_, color) in zip(again, named, strict=True))


def numbered_parts(track: ListedTrack) -> tuple[Part, ...]:
    """The parts of an overlay as a list names them: by number, where they have no names."""
    return track.parts or tuple(Part(f"{track.label} {at}") for at in range(1, 2 + len(track.more)))


def assembly_named(text: str | None, notes: Notes) -> str | None:
    """The assembly that a session names; a file of sequences is none, whatever it is called."""
    if text and ("/" in text or "\\" in text or text.lower().removesuffix(".gz").endswith(SEQUENCES)):
        notes.say(f"The genome is the file '{text[-80:]}', which names no assembly.")
        return None
    return text


def rgb(color: str) -> str:
    """'#ff0000' as '255,0,0'."""
    return ",".join(str(int(color[at : at + 2], 16)) for at in (1, 3, 5))


def one_line(text: Any) -> str:
    """A label without line breaks and control characters: they would be structure in a text file."""
    return " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())


def relative(location: str, folder: Path) -> str:
    """A location as a list in `folder` writes it: URLs as they are, paths relative to it."""
    return location if REMOTE.match(location) else os.path.relpath(location, folder.absolute())


def remote_warning(track: ListedTrack) -> str:
    """What is said of a track on another machine."""
    url = next(one for one in (track.location, *track.more) if REMOTE.match(one))
    return f"'{track.label}' is at {url}, which is not fetched. Download the file and name it instead."


def first_of(settings: Mapping[str, Any], *names: str) -> str | None:
    """The first of these settings that says something."""
    return next((one_line(settings[name]) for name in names if settings.get(name) not in (None, "")), None)
