"""Tracks and loci in; figures, the numbers behind them and checked readings out. The one way there.

    files ──open_tracks──▶ Opened ──find_loci──▶ Region ──make_scenes──▶ Scene
    Scene ──draw_figure──▶ Figure (picture, layout, evidence) ──read_figures──▶ record

The command line, the workers and notebooks all call this. Plain functions on values: no server, no queue, no database.
Files are opened by whoever is handed in (`renderer.sandbox.files.FileReader`: a sandbox, or this very process).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from renderer.annotation.assemblies import assembly_of, check_assembly
from renderer.annotation.loci import place_loci, resolve_loci
from renderer.tracklists.scene import Prepare, build_scene, prepare_tracks
from renderer.tracklists.to_scene import prepare_listed
from renderer.values.bounds import DPI, MOST_TRACKS
from renderer.values.drawn import Drawn
from renderer.values.errors import RegionError, TrackError
from renderer.values.evidence import Evidence, GeneEvidence, SignalEvidence
from renderer.values.layout import Layout
from renderer.values.prepared import Prepared
from renderer.values.region import Placed, Region, match_chrom, parse_position, read_number
from renderer.values.track import Scene, Track
from vlm.values.captioner import Figure
from workers.known_annotation import bands_for, genes_said, genes_track, names_for, telling

if TYPE_CHECKING:
    from renderer.annotation.names import Names
    from renderer.measure.why import Why
    from renderer.sandbox.files import FileReader
    from renderer.tracklists.lists import TrackList
    from vlm.prompted.ask import ReadOptions
    from vlm.values.captioner import Captioner
    from vlm.values.record import Record

RANGES_AT_ONCE = 50
"""Loci whose ranges are read in one call of the sandbox: it may take as long as drawing them."""

Ranges = dict[str, tuple[float, float]]
"""Scale group -> bottom and top of its tracks, in file units."""


@dataclass(frozen=True)
class Style:
    """How a figure is drawn: `width` in pixels at 100 per inch (None: the theme's), `dpi` of its PNG, and `formats`
    that are written beside the PNG, which is always drawn because models look at it; `guides` are lines down through
    all rows."""

    theme: str = "ucsc"
    width: int | None = None
    dpi: int = DPI
    formats: tuple[str, ...] = ()
    guides: bool = False

    @property
    def options(self) -> dict[str, Any]:
        """What `renderer.figure.draw.draw_scene` takes."""
        return {"theme": self.theme, "width": self.width, "dpi": self.dpi, "guides": self.guides}

    @property
    def beside_png(self) -> tuple[str, ...]:
        """The further formats, each once."""
        return tuple(name for name in dict.fromkeys(self.formats) if name != "png")


@dataclass(frozen=True)
class Opened:
    """Tracks on prepared files, the lengths of their chromosomes (bp), and where genes are looked up by name: `names`,
    or `no_names`, which says what to do about it. `said` is what a reader of any of their figures should know."""

    tracks: tuple[Track, ...]
    sizes: Mapping[str, int]
    assembly: str | None
    names: Names | None
    no_names: str
    said: tuple[str, ...] = ()

    @property
    def empty(self) -> tuple[str, ...]:
        """What is said of files that cannot be drawn, or list nothing."""
        return tuple(track.note for track in self.tracks if track.note)


def open_tracks(
    files: FileReader,
    paths: Sequence[Path],
    work: Path,
    assembly: str | None = None,
    listed: TrackList | None = None,
    tell: Callable[[str], None] = lambda text: None,
    labels: Sequence[str] = (),
) -> Opened:
    """Prepare the files at `paths` under `work`, below the tracks of a track list, if there is one; `labels` are theirs
    ('': guessed from the name).

    `tell` hears of what takes long, and of notes on files. An assembly that is not named is told by the lengths
    of the chromosomes. Raises FormatError for a bad file, TrackError for one that is missing or given twice, or where
    the lengths speak against the assembly.
    """
    prepare = _noting(files.prepare, tell)
    tracks, sizes = prepare_tracks(paths, work, prepare=prepare, labels=labels)
    if listed is not None:
        above, lengths = prepare_listed(listed, work, prepare)
        tracks = [*above, *(replace(track, number=number) for number, track in enumerate(tracks, len(above) + 1))]
        sizes = lengths | {chrom: n for chrom, n in sizes.items() if match_chrom(chrom, lengths) is None}
        assembly = assembly or listed.assembly
    for track in tracks:
        if track.note:
            tell(track.note)
    if tracks and not sizes:
        raise TrackError(" ".join(track.note for track in tracks if track.note) or "The files hold nothing to draw.")
    doubt = check_assembly(assembly, sizes)
    assembly = assembly or assembly_of(sizes)
    names, no_names = names_for(tracks, sizes, assembly, telling(files.prepare, tell))
    said = [*([doubt] if doubt else []), *genes_said(names, assembly)]
    return Opened(tuple(tracks), sizes, assembly, names, no_names, tuple(said))


def _noting(prepare: Prepare, tell: Callable[[str], None]) -> Prepare:
    """A `prepare` that tells what it notes of a file: values that are missing, rows that are not drawn."""

    def noted(path: Path, name: str, folder: Path) -> Prepared:
        made = prepare(path, name, folder)
        for note in made.warnings:
            tell(f"{name}: {note}")
        return made

    return noted


def find_loci(opened: Opened, text: str, flank: int | None = None) -> list[Region]:
    """The loci of a text, one a line: coordinates, genes, positions; `flank` (bp) is shown on each side of the last
    two. Raises RegionError that lists every bad line."""
    return resolve_loci(text, opened.names, opened.sizes, flank, opened.no_names)


def place_all(opened: Opened, text: str, flank: int | None = None) -> list[Placed]:
    """The same, nothing refused: see `renderer.annotation.loci.place_loci`."""
    return place_loci(text, opened.names, opened.sizes, flank, opened.no_names)


def make_scenes(files: FileReader, opened: Opened, loci: Sequence[Region]) -> list[Scene]:
    """The tracks at each locus; with known genes below, where no annotation was given, and known bands.

    Raises RegionError for a locus outside its chromosome, TrackError for no or too many tracks.
    """
    room = len(opened.tracks) < MOST_TRACKS
    known = genes_track(opened.names, len(opened.tracks) + 1, opened.assembly) if room else []
    tracks = [*opened.tracks, *known]
    bands = bands_for(opened.sizes, opened.assembly, files.prepare)
    scenes = [build_scene(tracks, region, opened.sizes, opened.assembly, bands) for region in loci]
    return [replace(scene, warnings=opened.said) for scene in scenes]


def common_ranges(files: FileReader, scenes: Sequence[Scene]) -> Ranges:
    """The range of all that shares a scale over all scenes, for `Scene.limits`. Raises LocutionError."""
    found: Ranges = {}
    for start in range(0, len(scenes), RANGES_AT_ONCE):
        for unit, (low, high) in files.job_limits(scenes[start : start + RANGES_AT_ONCE]).items():
            before = found.get(unit, (low, high))
            found[unit] = (min(low, before[0]), max(high, before[1]))
    return found


def draw_figure(files: FileReader, scene: Scene, png: Path, style: Style | None = None) -> Figure:
    """Draw and measure a scene; writes `png`, and further formats beside it. Raises LocutionError."""
    style = style or Style()
    drawn = _draw(files, scene, png, style)
    for name in style.beside_png:
        _draw(files, scene, png.with_suffix(f".{name}"), style)
    return figure_of(png, drawn.layout, scene, drawn.evidence, drawn.warnings)


def _draw(files: FileReader, scene: Scene, path: Path, style: Style) -> Drawn:
    """Under another name first: a file at `path` is whole, whenever this process ends."""
    part = path.with_name(f".{path.name}")
    drawn = files.draw(scene, part, **style.options)
    part.replace(path)
    return drawn


def figure_of(png: Path, layout: Layout, scene: Scene, evidence: Evidence, warnings: Sequence[str]) -> Figure:
    """A picture that was drawn, as models get it: with the genes in view, and what drawing had to say of the scene."""
    genes = tuple(gene for found in evidence.tracks.values() if isinstance(found, GeneEvidence) for gene in found.genes)
    return Figure(png, layout, replace(scene, warnings=tuple(warnings)), genes, evidence)


def read_in_batches(
    captioner: Captioner, figures: Sequence[Figure], at_once: int, options: ReadOptions | None = None
) -> Iterator[Record]:
    """The record of each figure, in order, read so many at a time. Raises ModelError if the model cannot run."""
    from vlm.prompted.ask import ReadOptions
    from vlm.reading import read_figures

    for start in range(0, len(figures), at_once):
        yield from read_figures(captioner, figures[start : start + at_once], options or ReadOptions())


def explain_place(
    files: FileReader, scene: Scene, position: str, number: int | None, png: Path, style: Style | None = None
) -> list[Why]:
    """Why a place of a scene ('chr9:4,985,000' or '4,985,000', from 1) is a peak or none, for each of its signals, or
    for track `number`; `png` is where the figure goes that it rests on.

    Raises RegionError for a place outside the window, TrackError for a track that is no signal, LocutionError.
    """
    from renderer.measure.why import explain

    region = scene.region
    place = parse_position(position) if ":" in position else None
    if place is not None and match_chrom(place.chrom, [region.chrom]) is None:
        raise RegionError(f"{place.chrom} is not the chromosome of the window, {region}.")
    at = place.start if place else read_number(position.strip(), position) - 1
    drawn, bins = draw_figure(files, scene, png, style), files.bins(scene)
    known = drawn.evidence.tracks if drawn.evidence else {}
    found = {track: one for track in scene.tracks if isinstance(one := known.get(track.number), SignalEvidence)}
    if number is not None and number not in {track.number for track in found}:
        listed = ", ".join(f"{track.number} {track.label}" for track in found) or "none"
        raise TrackError(f"Track {number} is no signal of this figure. Signals are: {listed}.")
    return [
        explain(evidence, bins, track, region, at)
        for track, evidence in found.items()
        if number in (None, track.number)
    ]
