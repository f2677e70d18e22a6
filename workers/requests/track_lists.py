"""Track lists of other programs as track sets: the files they name are matched, by name, to uploads.

A list comes from a stranger: none of its paths is opened, no URL is followed, and what cannot be matched is told.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy import select

from renderer.tracklists import trackdb
from renderer.tracklists.entries import ListedTrack, TrackList, read_text, remote_warning
from renderer.tracklists.lists import read_track_list
from renderer.tracklists.scene import guess_track
from renderer.values.bounds import LEAST_HEIGHT, MOST_HEIGHT
from workers.errors import JobError
from workers.requests.jobs import clean_name
from workers.requests.options import LOOK, read_look
from workers.requests.uploads import get_files
from workers.store.database import File, Store


@dataclass(frozen=True)
class Imported:
    """What a list came to: specifications for `workers.requests.uploads.create_track_set`, the tracks whose files are
    not there (label, files, reason), and a sentence for all that is not used."""

    title: str
    assembly: str | None
    region: str | None
    tracks: tuple[dict[str, Any], ...]
    unmatched: tuple[dict[str, Any], ...]
    notes: tuple[str, ...]

    def told(self) -> dict[str, Any]:
        """As the API shows what could not be used."""
        return {"region": self.region, "unmatched": list(self.unmatched), "notes": list(self.notes)}


def import_list(
    store: Store, name: str, content: bytes, files: Sequence[str] = (), assembly: str | None = None
) -> Imported:
    """Read the list `content`, which a person called `name`, and match its tracks to the uploads `files` (ids), or to
    the newest uploads of those names. Raises FormatError for what is none, NotFound for an unknown id."""
    listing = _read(name, content, assembly)
    wanted = {_file_name(place) for track in listing.tracks for place in (track.location, *track.more)}
    known = _by_name(get_files(store, files) if files else _newest(store, wanted))
    matched: list[dict[str, Any]] = []
    unmatched: list[dict[str, Any]] = []
    notes = [
        note for note in listing.warnings if note not in {remote_warning(one) for one in listing.tracks if one.remote}
    ]
    for track in (part for listed in listing.tracks for part in listed.split()):
        names = [_file_name(place) for place in (track.location, *track.more)]
        found = [_match(known, one) for one in names]
        missing = [one for one, file in zip(names, found, strict=True) if file is None]
        if missing:
            unmatched.append({"label": track.label, "files": names, "reason": _why(missing, track)})
        else:
            matched.append(_spec(track, [file for file in found if file is not None], notes))
    _number_labels(matched)
    region = None if listing.region is None else str(listing.region)
    return Imported(
        listing.title, listing.assembly, region, tuple(matched), tuple(unmatched), tuple(dict.fromkeys(notes))
    )


def refuse_unmatched(imported: Imported) -> None:
    """Raise JobError, naming the files to upload, where no track of a list has its file."""
    if imported.tracks:
        return
    if not imported.unmatched:
        raise JobError(f"There is no track in {imported.title} that can be used. {' '.join(imported.notes)}".strip())
    names = dict.fromkeys(name for one in imported.unmatched for name in one["files"])
    raise JobError(
        f"None of the files that {imported.title} names is uploaded. Upload them first: "
        f"{', '.join(list(names)[:10])}{' ...' if len(names) > 10 else ''}."
    )


def _read(name: str, content: bytes, assembly: str | None) -> TrackList:
    with tempfile.TemporaryDirectory(prefix="locution-list-") as folder:
        path = Path(folder) / (PurePosixPath(name.replace("\\", "/")).name[:100] or "list")
        path.write_bytes(content)
        # A UCSC hub names further text files, which would be read: they must lie beside it, where there are none. The
        # other kinds name data files only, which are not opened, so that absolute paths are as good as any.
        alone = not trackdb.looks_like(read_text(path))
        found = read_track_list(path, assembly, anywhere=alone)
    return replace(found, title=clean_name(found.title) or name)


def _file_name(place: str) -> str:
    """The last part of a path or URL."""
    path = unquote(urlsplit(place).path) if "://" in place else place
    return PurePosixPath(path.partition("::")[0]).name


def _newest(store: Store, names: Iterable[str]) -> list[File]:
    """Ready uploads of these names, the newest last."""
    with store.reading() as session:
        wanted = select(File).where(File.name.in_(sorted(names)), File.state == "ready").order_by(File.created)
        return list(session.scalars(wanted))


def _by_name(files: Iterable[File]) -> dict[str, File]:
    """Files by name, and by name without upper case where that is free; of several the last."""
    exact = {file.name: file for file in files if file.state == "ready"}
    return {name.casefold(): file for name, file in exact.items()} | exact


def _match(known: Mapping[str, File], name: str) -> File | None:
    return known.get(name) or known.get(name.casefold())


def _why(missing: Sequence[str], track: ListedTrack) -> str:
    away = "; it is on another machine, and nothing is fetched" if track.remote else ""
    return f"No upload is called {' or '.join(missing)}{away}."


def _spec(track: ListedTrack, files: Sequence[File], notes: list[str]) -> dict[str, Any]:
    """The specification of a track; what the list leaves open is guessed from its label, then from the file's name."""
    guess = guess_track(track.label)
    look = {key: value for key, value in asdict(track.look).items() if key in LOOK and value is not None}
    if "height" in look:
        look["height"] = min(max(look["height"], LEAST_HEIGHT), MOST_HEIGHT)
    try:
        look = read_look(f"'{track.label}'", look)
    except JobError as error:
        notes.append(f"{error} The range is not used.")
        look = {}
    said = {
        "label": clean_name(track.label),
        "color": track.color,
        "group": track.group,
        "assay": track.assay or guess.assay,
        "sample": track.sample or guess.sample,
        "strand": track.strand or guess.strand,
    }
    spec = {"file": files[0].id, **{key: value for key, value in said.items() if value}, **look}
    if len(files) > 1:
        spec |= {"files": [file.id for file in files[1:]], "combine": track.combine or "overlay"}
    return spec


def _number_labels(specs: Sequence[dict[str, Any]]) -> None:
    """Make labels differ: the second 'H3K4me3' becomes 'H3K4me3 (2)'."""
    seen: dict[str, int] = {}
    for spec in specs:
        label = spec.get("label", "")
        seen[label] = seen.get(label, 0) + 1
        if seen[label] > 1:
            spec["label"] = f"{label} ({seen[label]})"
