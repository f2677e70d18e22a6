"""Scenes from tracks and a locus, from a plain list of files, or from an entry of a scenes.json.

Also what a file name tells of a track: a first guess for a form, which a person corrects.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from renderer.assays.design import describe_tracks
from renderer.assays.design_table import read_place
from renderer.assays.labels import NONE, read_label
from renderer.formats.sniff import lists_nothing
from renderer.formats.table import without_endings
from renderer.values.aliases import index_names
from renderer.values.bounds import MOST_TRACKS
from renderer.values.errors import LocutionError, RegionError, TrackError
from renderer.values.region import EXAMPLE, UNKNOWN_LENGTH, Region, match_chrom, parse_region
from renderer.values.track import Across, Combine, Heading, Highlight, Kind, Look, Scaling, Scene, Track

if TYPE_CHECKING:
    from renderer.values.prepared import Prepared

Prepare = Callable[..., "Prepared"]
"""Called as `renderer.prepare.upload.prepare` is."""


@dataclass(frozen=True)
class Guess:
    """What a file name, or a label, suggests."""

    label: str
    assay: str | None
    sample: str | None
    strand: str | None
    condition: str | None = None
    replicate: str | None = None


def guess_track(name: str) -> Guess:
    """Label, assay, sample, strand, condition and replicate from a file name, e.g. 'K562_H3K4me3_KO.rep1.bw'."""
    words = re.sub(r"[._\s]+", " ", without_endings(Path(name).name)).strip() or name
    return _guess(words, Path(name).name)


def _guess(label: str, text: str) -> Guess:
    """A guess from what the text says."""
    said = read_label(text)
    condition = ", ".join(level for _, level in said.levels) or None
    replicate = None if said.replicate is None else str(said.replicate)
    return Guess(label, said.assay.name if said.assay else None, said.sample, said.strand, condition, replicate)


def chrom_sizes(prepared: Iterable[Prepared]) -> dict[str, int]:
    """Chromosomes of a track set: exact lengths from bigWigs, UNKNOWN_LENGTH where only features are known."""
    sizes: dict[str, int] = {}
    for one in sorted(prepared, key=lambda one: not one.sized):
        earlier = index_names(tuple(sizes))  # names of one file are never the same chromosome
        for chrom, length in one.chroms.items():
            name = earlier.find(chrom) or chrom
            if one.sized:
                sizes[name] = max(length, sizes.get(name, 0))
            else:
                sizes.setdefault(name, UNKNOWN_LENGTH)
    return sizes


def split_rows(tracks: Sequence[Track]) -> tuple[tuple[Track, ...], Path | None, tuple[Track, ...]]:
    """The tracks that are rows, numbered from 1; the file of cytogenetic bands among them, which is the ideogram's; and
    intervals that are drawn over all rows."""
    files = [track for track in tracks if track.kind == "bands" and track.note is None]
    across = tuple(track for track in tracks if track.look.across)
    rows = [track for track in tracks if track not in files and track not in across]
    numbered = tuple(replace(track, number=number) for number, track in enumerate(rows, 1))
    return numbered, files[0].path if files else None, across


def build_scene(
    tracks: Sequence[Track],
    region: Region,
    chroms: Mapping[str, int],
    assembly: str | None = None,
    bands: Path | None = None,
) -> Scene:
    """A scene whose region fits the chromosomes. `bands` are drawn if there are none among the tracks.

    Raises RegionError, or TrackError for no or too many tracks.
    """
    tracks, given, across = split_rows(tracks)
    if not tracks:
        raise TrackError("There are no tracks. Give at least one file.")
    if len(tracks) > MOST_TRACKS:
        raise TrackError(f"{len(tracks)} tracks were given; one figure takes at most {MOST_TRACKS}.")
    return Scene(region.fit(chroms) if chroms else region, tracks, assembly, bands=given or bands, across=across)


def with_headings(scene: Scene, by: Heading) -> Scene:
    """The scene with a heading over neighbours that agree in a field, as their design has it, for rows that have no
    heading of their own."""
    known = {one.track.number: getattr(one, by) for one in describe_tracks(scene.tracks)} if by != "group" else {}
    said = {track.number: known.get(track.number) or getattr(track, by) for track in scene.tracks}
    tracks = tuple(
        track
        if track.look.heading or not said[track.number] or said[track.number] == NONE
        else replace(track, look=replace(track.look, heading=said[track.number]))
        for track in scene.tracks
    )
    return replace(scene, tracks=tracks)


def prepare_tracks(
    files: Sequence[Path],
    work: Path,
    tell: Callable[[str], None] | None = None,
    prepare: Prepare | None = None,
    labels: Sequence[str] = (),
) -> tuple[list[Track], dict[str, int]]:
    """Tracks and chromosome lengths from files on disk, prepared under `work`. A track is guessed from its label, where
    `labels` has one for its file, else from the name of the file.

    `prepare` is `renderer.prepare.upload.prepare`, or that of a sandbox, in which a bad file cannot crash this process.
    Raises FormatError, or TrackError for a missing file or a file given twice.
    """
    prepare = prepare or _prepare_here()
    tracks: list[Track] = []
    prepared: list[Prepared] = []
    for number, path in enumerate(files, 1):
        if not path.is_file():
            raise TrackError(f"{path}: there is {'a folder, not a' if path.is_dir() else 'no such'} file.")
        if any(path.samefile(other) for other in files[: number - 1]):
            raise TrackError(f"{path} is given twice. Give each file once.")
        if tell:
            tell(path.name)
        if lists_nothing(path, path.name):
            tracks.append(empty_track(number, path, labels[number - 1] if labels else ""))
            continue
        one = prepare(path, path.name, work / prepared_folder(path))
        label = labels[number - 1] if labels else ""
        guess = _guess(label, label) if label else guess_track(path.name)
        prepared.append(one)
        tracks.append(
            Track(
                number,
                guess.label,
                one.kind,
                one.format,
                one.path,
                guess.assay,
                guess.sample,
                strand=guess.strand,
                note=one.note,
            )
        )
    return tracks, chrom_sizes(prepared)


def empty_track(number: int, path: Path, label: str = "") -> Track:
    """The row of a list of features that has none: a program that found nothing writes such a file."""
    guess = _guess(label, label) if label else guess_track(path.name)
    note = f"{path.name} is empty: it lists nothing."
    return Track(number, guess.label, "other", "unknown", path, guess.assay, guess.sample, note=note)


def _prepare_here() -> Prepare:
    from renderer.prepare.upload import prepare

    return prepare


def prepared_folder(path: Path) -> str:
    """The folder of a file's prepared form: another one when the file has changed."""
    facts = path.stat()
    text = f"{path.resolve()}:{facts.st_size}:{facts.st_mtime_ns}"
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def read_scenes(path: Path) -> dict[str, dict[str, Any]]:
    """The entries of a scenes.json by id. Raises TrackError with what is wrong."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        return {str(entry["id"]): entry for entry in entries}
    except OSError as exc:
        reason = "there is no such file" if isinstance(exc, FileNotFoundError) else exc.strerror
        raise TrackError(f"{path}: {reason}.") from None
    except (ValueError, KeyError, TypeError) as exc:
        raise TrackError(f"{path} is not a list of scenes with an 'id' each ({exc}).") from exc


def load_scene(entry: Mapping[str, Any], folder: Path, work: Path, prepare: Prepare | None = None) -> Scene:
    """The scene of a scenes.json entry; file names are relative to `folder`, prepared files go under `work`.

    A track that cannot be drawn (a kind not supported yet, a bad file) becomes a row with the reason, not a failure.
    Raises RegionError for a bad region, TrackError for an entry without tracks or files, or with a field that is wrong.
    """
    if not isinstance(entry.get("region"), str):
        raise TrackError(f'Scene {entry.get("id")} has no \'region\'. Write it like "region": "{EXAMPLE}".')
    region = replace(parse_region(entry["region"]), label=entry.get("title"))
    tracks: list[Track] = []
    prepared: list[Prepared] = []
    for number, spec in enumerate(entry.get("tracks", ()), 1):
        track, one = _load_track(number, spec, folder, work, prepare or _prepare_here())
        tracks.append(track)
        if one is not None:
            prepared.append(one)
    sizes = chrom_sizes(prepared)
    if sizes and match_chrom(region.chrom, sizes) is None:
        raise RegionError(f"Chromosome '{region.chrom}' is in none of the tracks of scene {entry['id']}.")
    # Scenes cut from larger files may carry another assembly's lengths in a header, so an end is not refused here.
    scene = build_scene(tracks, region, {}, entry.get("assembly"))
    scale = entry.get("scale", scene.scale)
    if scale not in get_args(Scaling):
        raise TrackError(f"Scene {entry['id']}: 'scale' is '{scale}'. It is one of {', '.join(get_args(Scaling))}.")
    scene = replace(scene, highlights=tuple(_highlight(text) for text in entry.get("highlights", ())), scale=scale)
    by = entry.get("headings")
    if by not in (None, *get_args(Heading)):
        raise TrackError(f"Scene {entry['id']}: 'headings' is '{by}'. It is one of {', '.join(get_args(Heading))}.")
    return with_headings(scene, by) if by else scene


def _highlight(text: str) -> Highlight:
    """A highlight of a scene, written 'chr9:5,000,000-5,010,000=label'. Raises RegionError."""
    place, _, label = str(text).partition("=")
    region = parse_region(place)
    return Highlight(region.start, region.end, label.strip() or region.label)


def _look(number: int, spec: Mapping[str, Any]) -> Look:
    """The look of a scene's track. Raises TrackError for a field there is not."""
    said = spec.get("look") or {}
    known = [one.name for one in fields(Look)]
    other = next((name for name in said if name not in known), None)
    if other is not None:
        raise TrackError(f"Track {number}: 'look' has '{other}', which is not known. Known are {', '.join(known)}.")
    lines = said.get("lines", [])
    if not isinstance(lines, list) or not all(isinstance(one, int | float) for one in lines):
        raise TrackError(f"Track {number}: 'lines' is '{lines}'. It is a list of numbers, like [10, 20].")
    if said.get("across") not in (None, *get_args(Across)):
        valid = ", ".join(get_args(Across))
        raise TrackError(f"Track {number}: 'across' is '{said['across']}'. It is one of {valid}.")
    return Look(**said)


def _load_track(
    number: int, spec: Mapping[str, Any], folder: Path, work: Path, prepare: Prepare
) -> tuple[Track, Prepared | None]:
    if not isinstance(spec, Mapping) or not spec.get("file"):
        raise TrackError(f"Track {number} has no 'file'.")
    spec = {**spec, "label": str(spec.get("label") or guess_track(str(spec["file"])).label)}
    named, _, resolution = str(spec["file"]).partition("::")  # as coolers are named: map.mcool::/resolutions/10000
    path = folder / named
    if not path.is_file():
        raise TrackError(f"Track {number} ('{spec['label']}'): there is no file {spec['file']}.")
    keys = ("assay", "sample", "strand", "group", "color", "combine", "source")
    shared: dict[str, Any] = {key: spec.get(key) for key in keys} | {"look": _look(number, spec)}
    shared |= read_place(f"Track {number}", spec)
    wanted: Kind | None = "genes" if spec.get("kind") == "genes" else None
    try:
        one = prepare(path, path.name, work / (prepared_folder(path) + (wanted or "")), kind=wanted)
        shared["more"] = _prepare_more(spec, one, folder, work, prepare)
    except LocutionError as exc:
        return Track(number, spec["label"], "other", "unknown", path, **shared, note=str(exc)), None
    drawn = Path(f"{one.path}::{resolution}") if resolution and one.kind == "contacts" else one.path
    return Track(number, spec["label"], one.kind, one.format, drawn, **shared, note=one.note), one


def _prepare_more(
    spec: Mapping[str, Any], first: Prepared, folder: Path, work: Path, prepare: Prepare
) -> tuple[Path, ...]:
    """The further files of a track ('more'), which `combine` joins to its first. Raises TrackError, FormatError."""
    more = [folder / str(name) for name in spec.get("more", ())]
    if more and (spec.get("combine") not in get_args(Combine) or first.kind != "signal"):
        raise TrackError(
            f"'{spec['label']}' has further files: they must be signals, joined by a 'combine' that is "
            f"one of {', '.join(get_args(Combine))}."
        )
    missing = next((path for path in more if not path.is_file()), None)
    if missing is not None:
        raise TrackError(f"'{spec['label']}': there is no file {missing.name}.")
    return tuple(prepare(path, path.name, work / prepared_folder(path)).path for path in more)
