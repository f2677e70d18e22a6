"""tracks.ini of pyGenomeTracks, written from tracks. `ini` reads it, and has its words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from renderer.formats.table import written_as
from renderer.tracklists.entries import PIXELS_PER_CM, ListedTrack, Notes, Part, TrackList, one_line, relative
from renderer.tracklists.ini import ACROSS, LEVELS, NEGATED, OPERATIONS, SQUARE, unquoted


def write(listing: TrackList, folder: Path, notes: Notes) -> str:
    """The text of a tracks.ini, its files named relative to `folder`."""
    if listing.assembly or listing.region:
        notes.say("A tracks.ini has no place for the assembly and the locus.")
    sections = ["[x-axis]\nwhere = top\n"]
    heading: str | None = None
    for at, track in enumerate(listing.tracks, 1):
        kind = _kind(track)
        if track.look.across:
            sections.append(_written(f"track {at}", _values_across(track, folder)))
            continue
        if track.look.heading != heading:
            heading = track.look.heading
            sections.append(_written("spacer", {"title": _quoted(heading)} if heading else {}))
        if kind is None:
            notes.say(f"'{track.label}' was left out: pyGenomeTracks takes no {track.format or 'unknown'} file.")
        else:
            sections += [_written(f"track {at}", values) for values in _values(track, kind, folder, notes)]
            if track.look.lines:
                levels = ", ".join(map(repr, track.look.lines))
                values = {"file_type": LEVELS, "y_values": levels, "overlay_previous": "share-y"}
                sections.append(_written(f"lines of track {at}", values))
    return "\n".join(sections)


def _values_across(track: ListedTrack, folder: Path) -> dict[str, str]:
    kind = next(kind for kind, how in ACROSS.items() if how == track.look.across)
    color = {"color": track.color} if track.color else {}
    return {"file": relative(track.location, folder), "type": kind, "title": _quoted(track.label), **color}


def _quoted(label: str) -> str:
    """A label as a title that reads back the same."""
    label = one_line(label)
    return f'"{label}"' if unquoted(label) != label else label


def _kind(track: ListedTrack) -> str | None:
    kind = written_as("ini", track.format)
    return SQUARE if kind == "hic_matrix" and track.look.shape == "square" else kind


def _written(name: str, values: dict[str, str]) -> str:
    return f"[{name}]\n" + "".join(f"{key} = {value}\n" for key, value in values.items())


def _values(track: ListedTrack, kind: str, folder: Path, notes: Notes) -> Iterator[dict[str, str]]:
    """The sections of one track: one, and one more for each file laid over it."""
    for what in ("group", "assay", "sample", "description"):
        if getattr(track, what):
            notes.say(f"A tracks.ini has no place for the {what} of a track.")
    values = {
        "file": relative(track.location, folder),
        "file_type": kind,
        "title": _quoted(track.label),
        **_style(track),
    }
    words = next((words for words, meaning in OPERATIONS.items() if meaning == track.combine), None)
    if words and len(track.more) == 1:
        yield values | {"second_file": relative(track.more[0], folder), "operation": words}
        return
    if track.strand == "-":
        values["operation"] = NEGATED[0]
    elif track.strand:
        notes.say("A tracks.ini has no place for the strand of a track.")
    if words:
        notes.say(f"'{track.label}': a tracks.ini joins two files, not {1 + len(track.more)}; the first was written.")
    parts = track.parts or (Part(track.label, track.color),)
    yield values | _named(parts[0])
    for at, location in enumerate(track.more if track.combine == "overlay" else (), 1):
        over = {"file": relative(location, folder), "file_type": kind, "overlay_previous": "share-y"}
        yield over | (_named(parts[at]) if track.parts else {})


def _named(part: Part) -> dict[str, str]:
    return {"title": _quoted(part.label)} | ({"color": part.color} if part.color else {})


def _style(track: ListedTrack) -> dict[str, str]:
    look = track.look
    said = {
        "color": track.color,
        "height": f"{look.height / PIXELS_PER_CM:.4f}" if look.height else None,
        "min_value": None if look.vmin is None else repr(look.vmin),
        "max_value": None if look.vmax is None else repr(look.vmax),
        "transform": "log1p" if look.log else None,
        "display": "collapsed" if look.dense else None,
    }
    return {key: value for key, value in said.items() if value is not None}
