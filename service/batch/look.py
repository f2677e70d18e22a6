"""How a batch is drawn: what its options say, checked, and put on the scenes before anything is drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from renderer.assays.design import guess_design
from renderer.assays.design_table import Row, apply_design, design_table, read_design, read_level
from renderer.assays.labels import unnumbered
from renderer.tracklists.scene import split_rows, with_headings
from renderer.values.errors import LocutionError
from renderer.values.region import Region, match_chrom
from renderer.values.track import Heading, Highlight, Scaling, Scene, Track
from service.batch.incoming import text_of
from workers.errors import JobError
from workers.pipeline import Ranges, Style, common_ranges
from workers.requests.options import COMBINES, LOOK, one_of, read_color, read_highlight, read_look

if TYPE_CHECKING:
    from renderer.sandbox.files import FileReader
    from service.batch.locus import Locus

REPLICATES = ":replicates"
"""What --combine names in place of tracks: each set of replicates."""

NAMED = ("label", "assay", "sample", "strand", "group", "condition", "replicate", "level")
"""Texts of a track that --track may set, beside its look and its color."""


@dataclass(frozen=True)
class Changes:
    """What a person changes in scenes: `tracks`, `joins` and `highlights` are texts as they were typed; `scale` is what
    signals are scaled by, None as the scenes say; `design` is a table of `renderer.assays.design_table`; `headings` the
    field by which rows get them."""

    scale: Scaling | None = None
    tracks: tuple[str, ...] = ()
    joins: tuple[str, ...] = ()
    highlights: tuple[str, ...] = ()
    design: Path | None = None
    headings: Heading | None = None


def apply_changes(loci: Sequence[Locus], changes: Changes, files: FileReader) -> list[Locus]:
    """The loci with looks, joined tracks, highlights and common scales on their scenes; one whose tracks a change does
    not fit is kept with its problem. Raises LocutionError for a change that no locus can take."""
    marks = [read_highlight("--highlight", text) for text in changes.highlights]
    rows = read_design(text_of("--design", changes.design), changes.design.name) if changes.design else ()
    made = [_with_scene(one, lambda scene: _change(scene, changes, marks, rows)) for one in loci]
    scenes = [one.scene for one in made if one.scene is not None]
    unused = [mark for mark in marks if not any(_is_in(mark, scene.region) for scene in scenes)]
    if unused and scenes:
        raise JobError(f"--highlight: {unused[0]} is in none of the loci.")
    if not any(scene.scale == "job" for scene in scenes):
        return made
    made, ranges = _with_ranges(made, files)
    return [_with_scene(one, lambda scene: replace(scene, limits=ranges)) for one in made]


def _with_scene(one: Locus, change: Callable[[Scene], Scene]) -> Locus:
    if one.scene is None:
        return one
    try:
        return replace(one, scene=change(one.scene))
    except LocutionError as error:
        return replace(one, scene=None, problem=str(error))


def _with_ranges(loci: Sequence[Locus], files: FileReader) -> tuple[list[Locus], Ranges]:
    """The range of all that shares a scale over all loci, and the loci, those whose files cannot be read for it with
    their problem."""

    def range_of(scene: Scene) -> Scene:
        common_ranges(files, [scene])
        return scene

    loci = list(loci)
    while True:
        shared = [one.scene for one in loci if one.scene is not None and one.scene.scale == "job"]
        try:
            return loci, common_ranges(files, shared) if shared else {}
        except LocutionError:
            tried = [_with_scene(one, range_of) for one in loci]
            if tried == loci:  # each alone can be read, all of them cannot
                raise
            loci = tried


def _change(scene: Scene, changes: Changes, marks: Sequence[Region], rows: Sequence[Row]) -> Scene:
    tracks = scene.tracks
    for text in changes.joins:
        tracks = tracks if text.endswith(REPLICATES) else join_tracks(tracks, text)
    if rows and changes.design:
        tracks = apply_design(tracks, rows, changes.design.name)
    for text in (text for text in changes.joins if text.endswith(REPLICATES)):
        tracks = join_replicates(tracks, text)
    for text in changes.tracks:
        tracks = change_track(tracks, text)
    # A track that --track has put over all rows is no row any longer.
    tracks, bands, across = split_rows(tracks)
    here = tuple(Highlight(mark.start, mark.end, mark.label) for mark in marks if _is_in(mark, scene.region))
    scale = changes.scale or scene.scale
    made = replace(
        scene,
        tracks=tracks,
        highlights=(*scene.highlights, *here),
        scale=scale,
        bands=bands or scene.bands,
        across=(*scene.across, *across),
    )
    return with_headings(made, changes.headings) if changes.headings else made


def _is_in(mark: Region, region: Region) -> bool:
    return match_chrom(mark.chrom, [region.chrom]) is not None and mark.start < region.end and region.start < mark.end


def design_of(loci: Sequence[Locus]) -> str:
    """The design of the tracks of the first locus that can be drawn, as a table. Raises JobError if none can."""
    for one in loci:
        if one.scene is not None:
            return design_table(one.scene.tracks)
    raise JobError(loci[0].problem or "There is no locus.")


def change_track(tracks: tuple[Track, ...], text: str) -> tuple[Track, ...]:
    """The tracks with one changed as '2:vmin=0,vmax=20,height=90' says; a label may stand for the number. Raises
    JobError."""
    which, colon, settings = text.rpartition(":")
    if not colon or "=" not in settings:
        raise JobError(f"--track: '{text[:80]}' is no change. Write it like '2:vmin=0,vmax=20' or 'H3K4me3:height=90'.")
    place = f"--track '{which}'"
    said = dict(_pair(place, one) for one in settings.split(","))
    known = (*LOOK, "color", *NAMED)
    for name in said:
        if name not in known:
            raise JobError(f"{place}: '{name}' is not known. Known are {', '.join(known)}.")
    at = _find(tracks, which, "--track")
    look = replace(tracks[at].look, **read_look(place, said))
    texts: dict[str, Any] = {name: said[name] or None for name in NAMED if name in said}
    if texts.get("level"):
        texts["level"] = read_level(f"{place}: 'level'", texts["level"])
    if texts.get("strand") not in (None, "+", "-"):
        raise JobError(f"{place}: strand is '{texts['strand']}'. It is + or - or left out.")
    if "label" in texts:
        texts["label"] = texts["label"] or tracks[at].label
    if said.get("color"):
        texts["color"] = read_color(place, said["color"])
    return (*tracks[:at], replace(tracks[at], look=look, **texts), *tracks[at + 1 :])


def _pair(place: str, text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise JobError(f"{place}: '{text}' says no value. Write it like vmax=20; switches like log=on.")
    return name.strip(), value.strip()


def join_tracks(tracks: tuple[Track, ...], text: str) -> tuple[Track, ...]:
    """The tracks with some made one, as 'mean:1,2' or 'subtract:H3K4me3,Input' says: the first keeps its place and
    label. Raises JobError."""
    how, colon, named = text.partition(":")
    places = [_find(tracks, one.strip(), "--combine") for one in named.split(",")] if colon else []
    one_of(COMBINES)("--combine", how)
    if len(set(places)) < 2:
        raise JobError(f"--combine: '{text[:80]}' names fewer than two tracks. Write it like 'mean:1,2'.")
    joined = [tracks[at] for at in dict.fromkeys(places)]
    other = next((track for track in joined if track.kind != "signal" or track.more), None)
    if other is not None:
        raise JobError(
            f"--combine: track {other.number} ('{other.label}') is no single signal, so it cannot be joined."
        )
    first = replace(joined[0], more=tuple(track.path for track in joined[1:]), combine=how)  # type: ignore[arg-type]
    kept = [first if track is joined[0] else track for track in tracks if track not in joined[1:]]
    return tuple(replace(track, number=number) for number, track in enumerate(kept, 1))


def join_replicates(tracks: tuple[Track, ...], text: str) -> tuple[Track, ...]:
    """The tracks with each set of replicates of their design made one, as 'mean:replicates' says. Raises JobError."""
    sets = guess_design(tracks).replicates
    if not sets:
        raise JobError(f"--combine {text}: no tracks are replicates of one another. Name them by number: mean:1,2.")
    path_of = {track.number: track.path for track in tracks}
    for one in sets:
        paths = [path_of[number] for number in one.tracks]
        places = [number for number, track in enumerate(tracks, 1) if track.path in paths]
        tracks = join_tracks(tracks, f"{text.removesuffix(REPLICATES)}:{','.join(map(str, places))}")
        at = places[0] - 1
        whole = replace(tracks[at], label=unnumbered(tracks[at].label), replicate=None)
        tracks = (*tracks[:at], whole, *tracks[at + 1 :])
    return tracks


def _find(tracks: Sequence[Track], which: str, option: str) -> int:
    """The place of the track with this number or label."""
    by_label = [at for at, track in enumerate(tracks) if track.label == which]
    if which.isascii() and which.isdigit() and 1 <= int(which) <= len(tracks):
        return int(which) - 1
    if len(by_label) != 1:
        listed = ", ".join(f"{track.number} {track.label}" for track in tracks)
        problem = "there is no track" if not by_label else "there are several tracks"
        raise JobError(f"{option}: {problem} '{which[:60]}'. The tracks are {listed}.")
    return by_label[0]


def draw_panels(loci: Sequence[Locus], out: Path, style: Style, files: FileReader, tell: Callable[[str], None]) -> None:
    """All loci side by side, in every format that was asked for; what hinders that is told."""
    scenes = [one.scene for one in loci if one.scene is not None]
    out.mkdir(parents=True, exist_ok=True)
    for name in style.formats or ("png",):
        target = out / f"panels.{name}"
        try:
            files.draw_panels(scenes, target, **style.options)
        except LocutionError as error:
            tell(f"--panels: {error}")
            return
        tell(str(target))
