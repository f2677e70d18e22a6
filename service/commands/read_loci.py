"""Which loci `locution read` reads: places or genes on the files it was given, or the entries of a scenes.json."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from renderer.tracklists.scene import load_scene, read_scenes
from renderer.values.errors import LocutionError, RegionError, TrackError
from renderer.values.region import Region
from service.commands.locus import Locus, folder_name
from workers.pipeline import Opened, find_loci, make_scenes, open_tracks

if TYPE_CHECKING:
    from renderer.sandbox.files import FileReader
    from renderer.tracklists.lists import TrackList


def loci_of_files(
    files: FileReader,
    paths: Sequence[Path],
    track_list: Path | None,
    regions: Sequence[str],
    bed: Path | None,
    assembly: str | None,
    flank: int | None,
    out: Path,
    work: Path,
) -> list[Locus]:
    """The tracks of `paths`, below those of a track list, at the places of `regions` and of the file `bed`; prepared
    under `work`. One locus goes to `out`, several into a folder each. Raises LocutionError."""
    listed = _open_list(track_list, assembly) if track_list else None
    if listed:
        regions = regions or ((str(listed.region),) if listed.region and bed is None else ())
    if bed is None and not regions:
        raise RegionError("No locus was given. Use --region, --regions or --scene.")
    if bed is not None and not bed.is_file():
        raise RegionError(f"{bed}: there is no such file.")
    opened = open_tracks(files, paths, work, assembly, listed, lambda text: click.echo(text, err=True))
    loci = _find(opened, regions, bed, flank)
    scenes = make_scenes(files, opened, loci)
    called = [region.label or str(region) for region in loci]
    if len(scenes) == 1:
        return [Locus(called[0], out, scenes[0])]
    return [
        Locus(name, out / folder_name(number, name), scene)
        for number, (name, scene) in enumerate(zip(called, scenes, strict=True), 1)
    ]


def _find(opened: Opened, regions: Sequence[str], bed: Path | None, flank: int | None) -> list[Region]:
    """Those of the file come last; an error in it names it."""
    if bed is None:
        return find_loci(opened, "\n".join(regions), flank)
    try:
        listed = find_loci(opened, bed.read_text(encoding="utf-8"), flank)
    except (RegionError, UnicodeDecodeError) as error:
        raise RegionError(f"{bed}:\n{error}") from error
    return [*(find_loci(opened, "\n".join(regions), flank) if regions else ()), *listed]


def _open_list(path: Path, assembly: str | None) -> TrackList:
    """The track list, its notes printed: what is not used, what is not fetched."""
    from renderer.tracklists.lists import read_track_list

    found = read_track_list(path, assembly, anywhere=True)
    for note in found.warnings:
        click.echo(f"{path.name}: {note}", err=True)
    return found


def loci_of_scenes(files: FileReader, spec: str, out: Path, work: Path) -> list[Locus]:
    """The entry of a scenes.json that `spec` ('FILE#ID') names, or all of them: then one that cannot be loaded is kept
    with its problem. Raises LocutionError."""
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
