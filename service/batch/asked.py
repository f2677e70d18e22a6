"""What a batch is asked to read: files and loci, or the entries of a scenes.json; and its loci, found on the files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from renderer.tracklists.scene import load_scene, read_scenes
from renderer.values.errors import LocutionError, RegionError, TrackError
from renderer.values.region import MOST_PROBLEMS, Placed, list_problems
from service.batch.incoming import check_file, kept_file, text_of
from service.batch.locus import Folders, Locus
from service.batch.look import Changes, apply_changes
from vlm.prompted.ask import ReadOptions
from workers.pipeline import Style, make_scenes, open_tracks, place_all

if TYPE_CHECKING:
    from renderer.sandbox.files import FileReader
    from renderer.tracklists.lists import TrackList
    from renderer.values.track import Scene

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
    figures are drawn, `model` and `options` how they are read. `labels` are those of the files ('': guessed).

    A locus that cannot be read stops none of the others, unless `strict`: then nothing is drawn."""

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
    strict: bool = False


def find_all(asked: Asked, files: FileReader, out: Path, work: Path, tell: Tell = tell_nobody) -> list[Locus]:
    """The loci with their scenes, the files prepared (by `files`) under `work`. The results of one that was named go to
    `out`, else each has a folder in it. Raises LocutionError; also if no locus can be read, or few of many, or, where
    `strict`, any cannot or there is something to be said of it."""
    if asked.scene:
        loci = _loci_of_scenes(files, asked.scene, out, work)
    else:
        loci = _loci_of_files(asked, files, out, work, tell)
    loci = apply_changes(loci, asked.changes, files)
    problems = list(dict.fromkeys(one.problem for one in loci if one.problem is not None))
    if asked.strict:
        problems += [f"{one.name}: {note}" for one in loci for note in one.notes]
    bad = sum(one.problem is not None for one in loci)
    if problems and (asked.strict or bad == len(loci)):
        raise RegionError(list_problems(problems))
    if bad > max(MOST_PROBLEMS, len(loci) / 2):
        raise RegionError(f"{list_problems(problems)}\n{bad} of {len(loci)} loci cannot be read. Is it a list of loci?")
    return loci


def _loci_of_files(asked: Asked, files: FileReader, out: Path, work: Path, tell: Tell) -> list[Locus]:
    paths = [kept_file("FILES", path, work / "incoming") for path in asked.files]
    listed = _open_list(asked.track_list, asked.assembly, tell) if asked.track_list else None
    texts = _texts(asked, listed)
    opened = open_tracks(files, paths, work, asked.assembly, listed, tell, asked.labels)
    if asked.strict and opened.empty:
        raise TrackError("\n".join(opened.empty))
    placed = [
        replace(one, problem=one.problem and f"{source.format(one.line)}{one.problem}")
        for source, text in texts.items()
        for one in place_all(opened, text, asked.flank)
    ]
    scenes = iter(make_scenes(files, opened, [one.region for one in placed if one.region is not None]))
    if len(placed) == 1 and asked.loci_file is None:
        return [_locus(placed[0], out, scenes)]
    folders = Folders(out)
    return [_locus(one, folders.of(one.said), scenes) for one in placed]


def _texts(asked: Asked, listed: TrackList | None) -> Mapping[str, str]:
    """Where loci come from, as an error says it of a line, and their text: those of the file last."""
    texts = {}
    if asked.loci:
        texts["" if len(asked.loci) == 1 else "Line {}: "] = "\n".join(asked.loci)
    if asked.loci_file is not None:
        name = "standard input" if str(asked.loci_file) == "-" else asked.loci_file.name
        texts[f"{name.replace('{', '').replace('}', '')}, line {{}}: "] = text_of("--regions", asked.loci_file)
    if not texts and listed and listed.region:
        texts[""] = str(listed.region)
    if not texts:
        raise RegionError("No locus was given. Use --region, --regions or --scene.")
    return texts


def _locus(placed: Placed, folder: Path, scenes: Iterator[Scene]) -> Locus:
    if placed.region is None:
        return Locus(placed.said, folder, None, placed.problem)
    scene = next(scenes)
    scene = replace(scene, warnings=(*scene.warnings, *placed.notes))
    return Locus(placed.region.label or str(placed.region), folder, scene, notes=placed.notes)


def _open_list(path: Path, assembly: str | None, tell: Tell) -> TrackList:
    """The track list, its notes told: what is not used, what is not fetched."""
    from renderer.tracklists.lists import read_track_list

    check_file("--tracklist", path)
    found = read_track_list(path, assembly, anywhere=True)
    for note in found.warnings:
        tell(f"{path.name}: {note}")
    return found


def _loci_of_scenes(files: FileReader, spec: str, out: Path, work: Path) -> list[Locus]:
    """The entry that `spec` names, or all of them: one that cannot be loaded is kept with its problem."""
    name, _, wanted = spec.partition("#")
    path = Path(name)
    check_file("--scene", path)
    entries = read_scenes(path)
    if wanted and wanted not in entries:
        raise TrackError(
            f"{path} has no scene '{wanted}'. It has {', '.join(list(entries)[:5])} ... ({len(entries)} in all)."
        )
    if wanted:
        return [_of_entry(wanted, entries[wanted], out, path.parent, files, work)]
    folders = Folders(out)
    return [_of_entry(one, entry, folders.of(one), path.parent, files, work) for one, entry in entries.items()]


def _of_entry(name: str, entry: Mapping[str, Any], folder: Path, beside: Path, files: FileReader, work: Path) -> Locus:
    try:
        scene = load_scene(entry, beside, work, files.prepare)
    except LocutionError as error:
        return Locus(name, folder, None, str(error))
    return Locus(name, folder, replace(scene, region=replace(scene.region, label=name)))
