"""The command `locution tracklist`: look into a track list of another program, or write it as one of another."""

from __future__ import annotations

from pathlib import Path

import click

from renderer.tracklists.lists import KINDS, ListedTrack, TrackList, read_track_list, write_track_list
from renderer.values.errors import TrackError


@click.command("tracklist")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--to", "kind", type=click.Choice(KINDS), help="Write a UCSC hub, WashU datahub, IGV session, tracks.ini."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Where to: a file; for ucsc a folder, or one .txt; for igv .xml or .json.",
)
@click.option("--assembly", help="The genome to take of a UCSC hub with several, or to write (hg19, mm10 ...).")
def tracklist(file: Path, kind: str | None, out: Path | None, assembly: str | None) -> None:
    """List the tracks of FILE, or write them for another program (--to and --out).

    FILE is a UCSC hub.txt or trackDb.txt, a WashU datahub, an IGV session (XML or JSON), or a tracks.ini of
    pyGenomeTracks; its content says which. Files are named relative to the new place. Nothing is fetched or executed;
    what is not used, or cannot be said there, is listed on the error output.
    """
    if (kind is None) != (out is None):
        raise click.UsageError("--to and --out belong together.")
    try:
        found = read_track_list(file, assembly, anywhere=True)
        written, lost = write_track_list(found, kind, out) if kind and out else ((), ())  # type: ignore[arg-type]
    except OSError as error:
        raise TrackError(str(error)) from error
    for note in (*found.warnings, *lost):
        click.echo(f"note: {note}", err=True)
    if written:
        click.echo("\n".join(str(path) for path in written))
    else:
        click.echo(describe(found))


def describe(found: TrackList) -> str:
    """A track list as a table a person reads."""
    place = " ".join(str(part) for part in (found.assembly, found.region) if part)
    lines = [f"{found.title}: {len(found.tracks)} tracks" + (f", {place}" if place else "")]
    return "\n".join([*lines, *(f"  {number:3d}  {_line(track)}" for number, track in enumerate(found.tracks, 1))])


def _line(track: ListedTrack) -> str:
    facts = [track.label, track.format or "?", track.location]
    facts += [f"{track.combine} {' '.join(track.more)}"] if track.combine else []
    facts += [f"group {track.group}"] if track.group else []
    return "  ".join(facts)
