"""The tracks of a list, prepared: what `renderer.tracklists.scene.prepare_tracks` does for a plain list of files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from renderer.formats.table import FORMATS
from renderer.tracklists.entries import ListedTrack, TrackList, remote_warning
from renderer.tracklists.scene import Prepare, chrom_sizes, guess_track, prepared_folder
from renderer.values.errors import LocutionError, TrackError
from renderer.values.prepared import Prepared
from renderer.values.track import Track


def prepare_listed(
    listing: TrackList, work: Path, prepare: Prepare, tell: Callable[[str], None] | None = None
) -> tuple[list[Track], dict[str, int]]:
    """Tracks and chromosome lengths of a list, prepared under `work` by `prepare` (`renderer.prepare.upload.prepare`,
    or that of a sandbox).

    A track that cannot be drawn (on another machine, missing, damaged) becomes a row that says why. Raises TrackError
    where none can.
    """
    tracks: list[Track] = []
    prepared: list[Prepared] = []
    for number, listed in enumerate((part for track in listing.tracks for part in track.split()), 1):
        if tell:
            tell(listed.label)
        try:
            files = [_prepare(listed, Path(location), work, prepare) for location in (listed.location, *listed.more)]
        except LocutionError as error:
            tracks.append(_noted(number, listed, str(error)))
            continue
        prepared += files
        tracks.append(_track(number, listed, files))
    if tracks and all(track.note for track in tracks):
        raise TrackError(f"None of the {len(tracks)} tracks of {listing.title} can be drawn. {tracks[0].note}")
    return tracks, chrom_sizes(prepared)


def _prepare(listed: ListedTrack, path: Path, work: Path, prepare: Prepare) -> Prepared:
    if listed.remote:
        raise TrackError(remote_warning(listed))
    if not path.is_file():
        raise TrackError(f"{path.name}: there is no such file.")
    made = prepare(path, path.name, work / prepared_folder(path))
    if listed.more and made.kind != "signal":
        raise TrackError(f"{path.name} is no signal, so it cannot be joined to another file.")
    return made


def _track(number: int, listed: ListedTrack, files: list[Prepared]) -> Track:
    """The row; what the list leaves open is guessed from the label, then from the file name."""
    first, names = files[0], (listed.label, Path(listed.location).name)
    guesses = [guess_track(name) for name in names]
    assay = listed.assay or next((guess.assay for guess in guesses if guess.assay), None)
    sample = listed.sample or next((guess.sample for guess in guesses if guess.sample), None)
    strand = listed.strand or next((guess.strand for guess in guesses if guess.strand), None)
    more = tuple(one.path for one in files[1:])
    return Track(
        number,
        listed.label,
        first.kind,
        first.format,
        first.path,
        assay,
        sample,
        listed.group,
        strand,
        listed.color,
        first.note,
        listed.look,
        more,
        listed.combine,
    )


def _noted(number: int, listed: ListedTrack, note: str) -> Track:
    row = FORMATS.get(listed.format or "")
    kind, format_ = (row.kind, row.name) if row else ("other", "unknown")
    return Track(
        number,
        listed.label,
        kind,
        format_,
        Path(listed.location),
        listed.assay,
        listed.sample,
        listed.group,
        listed.strand,
        listed.color,
        note,
        listed.look,
    )
