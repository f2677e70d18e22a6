"""How `locution read` draws: what its options say, checked, and put on the scenes before anything is drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from renderer.values.errors import LocutionError
from renderer.values.region import Region, match_chrom
from renderer.values.track import Highlight, Scene, Track
from workers.errors import JobError
from workers.requests.options import COMBINES, LOOK, one_of, read_color, read_highlight, read_look

if TYPE_CHECKING:
    from renderer.sandbox.reader import FileReader
    from service.commands.batch import Job

LIMITS_AT_ONCE = 50
"""Loci whose ranges are read in one call of the sandbox."""

NAMED = ("label", "assay", "sample", "strand", "group")
"""Texts of a track that --track may set, beside its look and its color."""


@dataclass(frozen=True)
class Drawing:
    """How figures are drawn: `width` in pixels at 100 per inch, `dpi` of PNG files, further `formats` beside
    figure.png. `tracks`, `joins` and `highlights` are texts as they were typed."""

    theme: str = "ucsc"
    width: int | None = None
    dpi: int = 100
    formats: tuple[str, ...] = ()
    scale: str = "figure"
    tracks: tuple[str, ...] = ()
    joins: tuple[str, ...] = ()
    highlights: tuple[str, ...] = ()
    panels: bool = False

    @property
    def options(self) -> dict[str, Any]:
        """What `renderer.figure.draw.draw_scene` takes."""
        return {"theme": self.theme, "width": self.width, "dpi": self.dpi}

    @property
    def others(self) -> tuple[str, ...]:
        """Formats beside PNG, which is always drawn, because models look at it."""
        return tuple(name for name in dict.fromkeys(self.formats) if name != "png")


def apply_drawing(jobs: Sequence[Job], how: Drawing, reader: FileReader) -> list[Job]:
    """The jobs with looks, joined tracks, highlights and common scales on their scenes. Raises LocutionError."""
    marks = [read_highlight("--highlight", text) for text in how.highlights]
    made = [job if job.scene is None else replace(job, scene=_change(job.scene, how, marks)) for job in jobs]
    scenes = [job.scene for job in made if job.scene is not None]
    unused = [mark for mark in marks if not any(_is_in(mark, scene.region) for scene in scenes)]
    if unused:
        raise JobError(f"--highlight: {unused[0]} is in none of the loci.")
    return _with_limits(made, scenes, reader) if how.scale == "job" else made


def _change(scene: Scene, how: Drawing, marks: Sequence[Region]) -> Scene:
    tracks = scene.tracks
    for text in how.joins:
        tracks = join_tracks(tracks, text)
    for text in how.tracks:
        tracks = change_track(tracks, text)
    here = tuple(Highlight(mark.start, mark.end, mark.label) for mark in marks if _is_in(mark, scene.region))
    return replace(scene, tracks=tracks, highlights=(*scene.highlights, *here))


def _is_in(mark: Region, region: Region) -> bool:
    return match_chrom(mark.chrom, [region.chrom]) is not None and mark.start < region.end and region.start < mark.end


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


def _with_limits(jobs: Sequence[Job], scenes: Sequence[Scene], reader: FileReader) -> list[Job]:
    """The jobs with the ranges that their groups have over all loci."""
    found: dict[str, tuple[float, float]] = {}
    for start in range(0, len(scenes), LIMITS_AT_ONCE):
        for group, (low, high) in reader.job_limits(scenes[start : start + LIMITS_AT_ONCE]).items():
            before = found.get(group, (low, high))
            found[group] = (min(low, before[0]), max(high, before[1]))
    return [job if job.scene is None else replace(job, scene=replace(job.scene, limits=found)) for job in jobs]


def draw_others(scene: Scene, folder: Path, how: Drawing, reader: FileReader) -> None:
    """The figure in the further formats, beside figure.png. Raises LocutionError."""
    for name in how.others:
        reader.draw(scene, folder / f"figure.{name}", **how.options)


def draw_panels(jobs: Sequence[Job], out: Path, how: Drawing, reader: FileReader, tell: Callable[[str], None]) -> None:
    """All loci side by side, in every format that was asked for; what hinders that is told."""
    scenes = [job.scene for job in jobs if job.scene is not None]
    out.mkdir(parents=True, exist_ok=True)
    for name in how.formats or ("png",):
        target = out / f"panels.{name}"
        try:
            reader.draw_panels(scenes, target, **how.options)
        except LocutionError as error:
            tell(f"--panels: {error}")
            return
        tell(str(target))
