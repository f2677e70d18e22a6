"""Track lists of other programs, in and out: UCSC track hub, WashU datahub, IGV session, pyGenomeTracks tracks.ini.

    hub file ── read_hub ──▶ Hub (tracks, warnings) ── write_hub ──▶ hub file of any of the four

The content decides which of the four a file is. No file of a track is opened and no URL is followed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal

from renderer.tracklists import igv as hub_igv
from renderer.tracklists import ini as hub_ini
from renderer.tracklists import json_values as hub_json
from renderer.tracklists import trackdb as hub_trackdb
from renderer.tracklists import trackdb_write as hub_trackdb_write
from renderer.tracklists import washu as hub_washu
from renderer.tracklists.entries import Hub, HubTrack, Notes, Places, read_text, remote_warning
from renderer.values.errors import FormatError, TrackError

__all__ = ["KINDS", "Hub", "HubKind", "HubTrack", "read_hub", "write_hub"]

HubKind = Literal["ucsc", "washu", "igv", "ini"]
KINDS: tuple[HubKind, ...] = ("ucsc", "washu", "igv", "ini")

VALID = (
    "Valid are a UCSC track hub (hub.txt or trackDb.txt), a WashU datahub (JSON), an IGV session (XML or JSON) and "
    "a tracks.ini of pyGenomeTracks."
)


def read_hub(path: Path, assembly: str | None = None, anywhere: bool = False) -> Hub:
    """The tracks that the file at `path` lists, with a warning for everything in it that is not used.

    `assembly` chooses a genome of a UCSC hub with several. Local files are taken from the hub's folder and below;
    with `anywhere` from all over the machine: never set it for a file that a stranger sent to a server.
    Raises FormatError with the line, what was found and what is valid.
    """
    text, notes, places = read_text(path), Notes(), Places.of(path, anywhere)
    if hub_json.looks_like(text):
        hub = _read_json(text, places, notes)
    elif text.lstrip().startswith("<"):
        hub = hub_igv.read_xml(text, places, notes)
    elif hub_ini.looks_like(text):
        hub = hub_ini.read(text, places, notes)
    elif hub_trackdb.looks_like(text):
        hub = hub_trackdb.read(text, places, notes, assembly)
    else:
        raise FormatError(path.name, "this is no list of tracks", VALID)
    if not hub.tracks:
        notes.say("There is no track in it that can be used.")
    for track in hub.tracks:
        if track.remote:
            notes.say(remote_warning(track))
    return replace(hub, assembly=hub.assembly or assembly, warnings=notes.all())


def _read_json(text: str, places: Places, notes: Notes) -> Hub:
    data = hub_json.parse(text, places.name)
    if hub_washu.looks_like(data):
        return hub_washu.read(data, places, notes)
    if hub_igv.looks_like(data):
        return hub_igv.read_json(data, places, notes)
    raise FormatError(places.name, "the JSON has no list of tracks", VALID)


def write_hub(hub: Hub, kind: HubKind, path: Path) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """Write the tracks at `path`; returns the files written, and a sentence for all that this kind cannot say.

    A UCSC hub is a folder of three files, or one file where `path` ends in .txt. An IGV session is JSON where it ends
    in .json, else XML. Raises TrackError for an unknown kind, or a UCSC hub without assembly.
    """
    notes = Notes()
    one_file = bool(path.suffix)
    folder = path.parent if one_file or kind != "ucsc" else path
    if kind == "ucsc":
        files = (
            hub_trackdb_write.write_one(hub, folder, path.name, notes)
            if one_file
            else hub_trackdb_write.write(hub, folder, notes)
        )
    elif kind in _WRITERS:
        write = hub_igv.write_json if kind == "igv" and path.suffix == ".json" else _WRITERS[kind]
        files = {path.name: write(hub, folder, notes)}
    else:
        raise TrackError(f"'{kind}' is no kind of hub. There are {', '.join(KINDS)}.")
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return tuple(folder / name for name in files), notes.all()


_WRITERS: dict[str, Callable[[Hub, Path, Notes], str]] = {
    "washu": hub_washu.write,
    "igv": hub_igv.write_xml,
    "ini": hub_ini.write,
}
