"""Track lists of other programs, in and out: UCSC track hub, WashU datahub, IGV session, pyGenomeTracks tracks.ini.

    file ── read_track_list ──▶ TrackList (tracks, warnings) ── write_track_list ──▶ file of any of the four

The content decides which of the four a file is. No file of a track is opened and no URL is followed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import get_args

from renderer.formats.table import Syntax
from renderer.tracklists import igv, ini, ini_write, json_values, trackdb, trackdb_write, washu
from renderer.tracklists.entries import ListedTrack, Notes, Places, TrackList, read_text, remote_warning
from renderer.values.errors import FormatError, TrackError

__all__ = ["KINDS", "ListedTrack", "Syntax", "TrackList", "read_track_list", "write_track_list"]

KINDS: tuple[Syntax, ...] = get_args(Syntax)

VALID = (
    "Valid are a UCSC track hub (hub.txt or trackDb.txt), a WashU datahub (JSON), an IGV session (XML or JSON) and "
    "a tracks.ini of pyGenomeTracks."
)


def read_track_list(path: Path, assembly: str | None = None, anywhere: bool = False) -> TrackList:
    """The tracks that the file at `path` lists, with a warning for everything in it that is not used.

    `assembly` chooses a genome of a UCSC hub with several. Local files are taken from the list's folder and below;
    with `anywhere` from all over the machine: never set it for a file that a stranger sent to a server.
    Raises FormatError with the line, what was found and what is valid.
    """
    text, notes, places = read_text(path), Notes(), Places.of(path, anywhere)
    if json_values.looks_like(text):
        listing = _read_json(text, places, notes)
    elif text.lstrip().startswith("<"):
        listing = igv.read_xml(text, places, notes)
    elif ini.looks_like(text):
        listing = ini.read(text, places, notes)
    elif trackdb.looks_like(text):
        listing = trackdb.read(text, places, notes, assembly)
    else:
        raise FormatError(path.name, "this is no list of tracks", VALID)
    if not listing.tracks:
        notes.say("There is no track in it that can be used.")
    for track in listing.tracks:
        if track.remote:
            notes.say(remote_warning(track))
    return replace(listing, assembly=listing.assembly or assembly, warnings=notes.all())


def _read_json(text: str, places: Places, notes: Notes) -> TrackList:
    data = json_values.parse(text, places.name)
    if washu.looks_like(data):
        return washu.read(data, places, notes)
    if igv.looks_like(data):
        return igv.read_json(data, places, notes)
    raise FormatError(places.name, "the JSON has no list of tracks", VALID)


def write_track_list(listing: TrackList, kind: Syntax, path: Path) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """Write the tracks at `path`; returns the files written, and a sentence for all that this kind cannot say.

    A UCSC hub is a folder of three files, or one file where `path` ends in .txt. An IGV session is JSON where it ends
    in .json, else XML. Raises TrackError for an unknown kind, or a UCSC hub without assembly.
    """
    notes = Notes()
    if kind != "ini":
        listing = _without_lines(listing, kind, notes)
    one_file = bool(path.suffix)
    folder = path.parent if one_file or kind != "ucsc" else path
    if kind == "ucsc":
        files = (
            trackdb_write.write_one(listing, folder, path.name, notes)
            if one_file
            else trackdb_write.write(listing, folder, notes)
        )
    elif kind in _WRITERS:
        write = igv.write_json if kind == "igv" and path.suffix == ".json" else _WRITERS[kind]
        files = {path.name: write(listing, folder, notes)}
    else:
        raise TrackError(f"'{kind}' is no kind of track list. There are {', '.join(KINDS)}.")
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return tuple(folder / name for name in files), notes.all()


def _without_lines(listing: TrackList, kind: str, notes: Notes) -> TrackList:
    """The list without what only a tracks.ini can say."""
    for track in listing.tracks:
        if track.look.across:
            notes.say(f"'{track.label}' was left out: only a tracks.ini draws intervals over all tracks.")
        if track.look.lines or track.look.heading:
            notes.say("Headings and lines at values were left out: only a tracks.ini has a place for them.")
    return replace(listing, tracks=tuple(track for track in listing.tracks if not track.look.across))


_WRITERS: dict[str, Callable[[TrackList, Path, Notes], str]] = {
    "washu": washu.write,
    "igv": igv.write_xml,
    "ini": ini_write.write,
}
