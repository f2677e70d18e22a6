"""What a batch is asked to read: files and loci, or the entries of a scenes.json; and its loci, found on the files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from renderer.tracklists.scene import load_scene, read_scenes
from renderer.values.errors import LocutionError, RegionError, TrackError
from renderer.values.region import Region
from service.batch.locus import Locus, folder_name
from service.batch.look import Changes, apply_changes
from vlm.prompted.ask import ReadOptions
from workers.pipeline import Opened, Style, find_loci, make_scenes, open_tracks

if TYPE_CHECKING:
    from renderer.sandbox.files import FileReader
    from renderer.tracklists.lists import TrackList

Tell = Callable[[str], None]
"""Hears what a person should know meanwhile, a sentence each: notes on files, and what takes long."""


def tell_nobody(text: str) -> None:
    """Leave it unsaid."""


@dataclass(frozen=True)
class Asked:
    """Tracks and places. `files` come below the tracks of `track_list` (a UCSC hub, WashU datahub, IGV session or
    tracks.ini); `loci` are places or genes as a person writes them, those of the file `loci_file` come after them.
    `scene`, 'FILE[#ID]' of a scenes.json, stands in place of all that. `flank` (bp) is shown on each side of genes,
    positions and BED lines; `assembly` is told by the chromosomes where it is not named. `changes` and `style` say how
    figures are drawn, `model` and `options` how they are read. `labels` are those of the files ('': guessed)."""

    files: tuple[Path, ...] = ()
    loci: tuple[str, ...] = ()
    loci_file: Path | None = None
    scene: str | None = None
    track_list: Path | None = None
    assembly: str | None = None
    flank: int | None = None
    changes: Changes = Changes()
    style: Style = Style()
    model: str = "builtin"
    options: ReadOptions = ReadOptions()
    labels: tuple[str, ...] = ()


def find_all(asked: Asked, files: FileReader, out: Path, work: Path, tell: Tell = tell_nobody) -> list[Locus]:
    """The loci with their scenes, the files prepared (by `files`) under `work`. The results of one go to `out`, those
    of several into a folder each. Raises LocutionError."""
    if asked.scene:
        loci = _loci_of_scenes(files, asked.scene, out, work)
    else:
        loci = _loci_of_files(asked, files, out, work, tell)
    return apply_changes(loci, asked.changes, files)


def _loci_of_files(asked: Asked, files: FileReader, out: Path, work: Path, tell: Tell) -> list[Locus]:
    listed = _open_list(asked.track_list, asked.assembly, tell) if asked.track_list else None
    places, bed = asked.loci, asked.loci_file
    if listed:
        places = places or ((str(listed.region),) if listed.region and bed is None else ())
    if bed is None and not places:
        raise RegionError("No locus was given. Use --region, --regions or --scene.")
    if bed is not None and not bed.is_file():
        raise RegionError(f"{bed}: there is no such file.")
    opened = open_tracks(files, asked.files, work, asked.assembly, listed, tell, asked.labels)
    loci = _find(opened, places, bed, asked.flank)
    scenes = make_scenes(files, opened, loci)
    called = [region.label or str(region) for region in loci]
    if len(scenes) == 1:
        return [Locus(called[0], out, scenes[0])]
    return [
        Locus(name, out / folder_name(number, name), scene)
        for number, (name, scene) in enumerate(zip(called, scenes, strict=True), 1)
    ]


def _find(opened: Opened, places: Sequence[str], bed: Path | None, flank: int | None) -> list[Region]:
    """Those of the file come last; an error in it names it."""
    if bed is None:
        return find_loci(opened, "\n".join(places), flank)
    try:
        listed = find_loci(opened, bed.read_text(encoding="utf-8"), flank)
    except (RegionError, UnicodeDecodeError) as error:
        raise RegionError(f"{bed}:\n{error}") from error
    return [*(find_loci(opened, "\n".join(places), flank) if places else ()), *listed]


def _open_list(path: Path, assembly: str | None, tell: Tell) -> TrackList:
    """The track list, its notes told: what is not used, what is not fetched."""
    from renderer.tracklists.lists import read_track_list

    found = read_track_list(path, assembly, anywhere=True)
    for note in found.warnings:
        tell(f"{path.name}: {note}")
    return found


def _loci_of_scenes(files: FileReader, spec: str, out: Path, work: Path) -> list[Locus]:
    """The entry that `spec` names, or all of them: then one that cannot be loaded is kept with its problem."""
    path, _, wanted = spec.partition("#")
    entries = read_scenes(Path(path))
    if wanted and wanted not in entries:
        raise TrackError(
            f"{path} has no scene '{wanted}'. It has {', '.join(list(entries)[:5])} ... ({len(entries)} in all)."
        )
    loci = []
    for number, (name, entry) in enumerate(entries.items() if not wanted else [(wanted, entries[wanted])], 1):
        folder = out if wanted else out / folder_name(number, name)
        try:
            scene = load_scene(entry, Path(path).parent, work, files.prepare)
        except (LocutionError, KeyError) as error:
            if wanted:
                raise (
                    error if isinstance(error, LocutionError) else TrackError(f"Scene '{name}' has no {error}.")
                ) from error
            loci.append(Locus(name, folder, None, str(error)))
            continue
        loci.append(Locus(name, folder, replace(scene, region=replace(scene.region, label=name))))
    return loci
