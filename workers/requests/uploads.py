"""Uploads and track sets: what a front end may ask of files. See `workers.requests.jobs` for loci and readings."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from renderer.annotation.assemblies import assembly_of, check_assembly
from renderer.formats.sniff import sniff
from renderer.tracklists.scene import chrom_sizes, guess_track
from renderer.values.bounds import MOST_TRACKS
from renderer.values.errors import FormatError, TrackError
from renderer.values.prepared import Prepared
from renderer.values.region import name_some
from workers.errors import JobError
from workers.requests.jobs import MOST_NAME, Ring, clean_name, get_row, iso, quiet
from workers.requests.known_files import known_rows
from workers.requests.options import read_color, read_combine, read_look, read_place
from workers.store.database import File, Store, TrackRow, TrackSet


def add_file(store: Store, incoming: Path, name: str, sha256: str, size: int, ring: Ring = quiet) -> File:
    """Take the upload at `incoming` (on the data folder's disk; it is moved, or removed if it is refused).

    The same bytes under the same name are the same file. Raises FormatError if the content is no known format.
    """
    name = Path(name.replace("\\", "/")).name[:MOST_NAME] or "unnamed"
    try:
        found = sniff(incoming, name)
    except FormatError:
        incoming.unlink(missing_ok=True)
        raise
    target = store.uploads.path(sha256)
    target.parent.mkdir(parents=True, exist_ok=True)
    incoming.replace(target)
    with store.writing() as session:
        same = select(File).where(File.sha256 == sha256, File.name == name, File.state != "failed")
        file = session.scalars(same).first()
        if file is None:
            file = File(sha256=sha256, name=name, size=size, format=found.name, kind=found.kind)
            session.add(file)
    if file.state == "uploaded":
        ring("prepare", 1)
    return file


def get_files(store: Store, ids: Sequence[str]) -> list[File]:
    """The files with these ids. Raises NotFound."""
    with store.reading() as session:
        return [get_row(session, File, identity, "file") for identity in ids]


def wait_for_files(store: Store, ids: Sequence[str], seconds: float) -> list[File]:
    """The files once all are ready or failed, or as they are after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        files = get_files(store, ids)
        if all(file.state in ("ready", "failed") for file in files) or time.monotonic() >= end:
            return files
        time.sleep(0.1)


def file_json(file: File) -> dict[str, Any]:
    """A file as the API shows it, with what its name suggests of a track."""
    guess = guess_track(file.name)
    prepared = file.prepared or {}
    return {
        "id": file.id,
        "name": file.name,
        "size": file.size,
        "sha256": file.sha256,
        "state": file.state,
        "progress": round(file.progress, 3),
        "format": file.format,
        "kind": file.kind,
        "error": file.error,
        "note": prepared.get("note"),
        "warnings": prepared.get("warnings", []),
        "items": prepared.get("items"),
        "chroms": len(prepared.get("chroms", {})),
        "guess": asdict(guess),
    }


def create_track_set(store: Store, name: str, assembly: str | None, tracks: Sequence[dict[str, Any]]) -> TrackSet:
    """A track set of ready files. A track is {"file": id} with label, assay, sample, strand, color, group, a look
    (`workers.requests.options.LOOK`), its place in a design (condition, replicate, level), and further "files" with
    "combine" at will.

    What is left out is guessed from the file's name; an empty text leaves a field empty. Where there is no annotation
    and the assembly is known, its genes and bands are rows too. Raises JobError.
    """
    if not tracks:
        raise JobError("There are no tracks. Upload at least one file.")
    if len(tracks) > MOST_TRACKS:
        raise JobError(f"{len(tracks)} tracks were given; one figure takes at most {MOST_TRACKS}.")
    with store.reading() as session:
        rows = [_track_row(session, number, spec) for number, spec in enumerate(tracks, 1)]
        _refuse_duplicates([row.label for row in rows])
        files = [file for row in rows for file in (row.file, *more_files(session, row))]
    name = clean_name(name) or _list_labels([row for row in rows if row.file.kind != "bands"] or rows)
    chroms = chrom_sizes(Prepared.from_json(file.prepared) for file in files if file.prepared)
    assembly = _assembly(clean_name(assembly), chroms)
    rows += known_rows(store, files, chroms, assembly)[: MOST_TRACKS - len(rows)]
    rows.sort(key=_is_no_row)  # the others count from 1
    for number, row in enumerate(rows, 1):
        row.number = number
    with store.writing() as session:
        track_set = TrackSet(name=name, assembly=assembly, chroms=chroms, tracks=rows)
        session.add(track_set)
    return track_set


def _is_no_row(row: TrackRow) -> bool:
    """Whether a track is drawn above or over the rows of the figure."""
    return row.file.kind == "bands" or "across" in (row.options or {})


def _assembly(named: str, chroms: Mapping[str, int]) -> str | None:
    """The assembly that was named, else the one that the chromosomes tell. Raises JobError if they speak against it."""
    try:
        check_assembly(named, chroms)
    except TrackError as error:
        raise JobError(str(error)) from error
    return named or assembly_of(chroms)


def _list_labels(rows: Sequence[TrackRow]) -> str:
    return name_some([row.label for row in rows], 4)


def _track_row(session: Session, number: int, spec: dict[str, Any]) -> TrackRow:
    if not isinstance(spec, dict) or not isinstance(spec.get("file"), str):
        raise JobError(f"Track {number} names no file. Write {{'file': '<id of an upload>', 'label': '...'}}.")
    place = f"Track {number}"
    file = _ready_file(session, place, spec["file"])
    options = {**read_look(place, spec), **read_place(place, spec), **_read_more(session, place, file, spec)}
    guess = guess_track(file.name)
    color = spec.get("color") or None
    if color is not None:
        read_color(place, color)
    strand = spec.get("strand", guess.strand) or None
    if strand not in (None, "+", "-"):
        raise JobError(f"Track {number}: strand is '{strand}'. It is + or - or left out.")
    return TrackRow(
        number=number,
        file=file,
        file_id=file.id,
        label=clean_name(spec.get("label")) or guess.label,
        assay=clean_name(spec.get("assay", guess.assay)) or None,
        sample=clean_name(spec.get("sample", guess.sample)) or None,
        strand=strand,
        color=color,
        group=clean_name(spec.get("group")) or None,
        options=options or None,
    )


def _ready_file(session: Session, place: str, identity: str) -> File:
    file: File = get_row(session, File, identity, "file")
    if file.state == "failed":
        raise JobError(f"{place} cannot be used. {file.error}")
    if file.state != "ready":
        raise JobError(f"{place} ('{file.name}') is still being checked. Try again in a moment.")
    return file


def _read_more(session: Session, place: str, first: File, spec: dict[str, Any]) -> dict[str, Any]:
    """Further files of a track; only signals can be joined."""
    found = read_combine(place, spec)
    if not found:
        return {}
    for file in (first, *(_ready_file(session, place, identity) for identity in found["files"])):
        if file.kind != "signal":
            raise JobError(f"{place}: {file.name} is no signal, so it cannot be joined to another file.")
    return found


def more_files(session: Session, row: TrackRow) -> list[File]:
    """The files of a track after its first."""
    return [get_row(session, File, identity, "file") for identity in (row.options or {}).get("files", ())]


def _refuse_duplicates(labels: Sequence[str]) -> None:
    seen: dict[str, int] = {}
    for number, label in enumerate(labels, 1):
        if label in seen:
            raise JobError(f"Tracks {seen[label]} and {number} are both called '{label}'. Give each its own label.")
        seen[label] = number


def track_set_json(store: Store, identity: str) -> dict[str, Any]:
    """A track set with its tracks. Raises NotFound."""
    with store.reading() as session:
        return _track_set_json(get_row(session, TrackSet, identity, "track set"))


def list_track_sets(store: Store, most: int = 50) -> list[dict[str, Any]]:
    """The newest track sets."""
    with store.reading() as session:
        rows = session.scalars(select(TrackSet).order_by(TrackSet.created.desc()).limit(most))
        return [_track_set_json(row) for row in rows]


def _track_set_json(row: TrackSet) -> dict[str, Any]:
    tracks = [
        {
            "track": t.number,
            "file": t.file_id,
            "name": t.file.name,
            "format": t.file.format,
            "kind": t.file.kind,
            "label": t.label,
            "assay": t.assay,
            "sample": t.sample,
            "strand": t.strand,
            "color": t.color,
            "group": t.group,
            **(t.options or {}),
        }
        for t in row.tracks
    ]
    return {
        "id": row.id,
        "name": row.name,
        "assembly": row.assembly,
        "created": iso(row.created),
        "tracks": tracks,
        "chroms": row.chroms,
    }
