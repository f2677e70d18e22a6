"""`read` and `stream`: from what a person hands in to readings, by a batch in a temporary folder or in `out`.

Nothing is forked here: a notebook has threads, and a fork copies the locks they hold. Several figures at a time are
drawn by threads that each ask a sandbox of their own. No process is left when the last reading has been given.
"""

from __future__ import annotations

import inspect
import logging
import shutil
import tempfile
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec

from renderer.values.bounds import DPI, FIGURE_FORMATS, LEAST_DPI, LEAST_WIDTH, MOST_DPI, MOST_WIDTH, THEME_NAMES
from service.notebook.given import files_of, loci_of, scene_of, table_of, texts
from service.notebook.reading import Figure, Reading, Readings
from workers.errors import JobError
from workers.requests.options import HEADINGS, SCALES, base_pairs, one_of, whole

if TYPE_CHECKING:
    from renderer.values.drawn import DrawnBins
    from renderer.values.track import Heading, Scaling
    from service.batch.asked import Asked
    from service.batch.locus import ReadLocus
    from service.batch.look import Changes
    from service.batch.run import Batch
    from service.notebook.given import Files, Loci, PathText, Table
    from service.notebook.threads import Beside
    from vlm.prompted.ask import Facts, ReadOptions, Words
    from workers.pipeline import Style

P = ParamSpec("P")

Progress = Callable[[int, int], object]
"""Called with how many loci are done, and of how many."""

log = logging.getLogger("locution")
"""Notes on files, and what takes long, are told here (INFO), as the command line prints them."""


def stream(
    files: Files,
    loci: Loci = (),
    *,
    assembly: str | None = None,
    annotation: PathText | None = None,
    tracklist: PathText | None = None,
    model: str = "builtin",
    lang: str = "en",
    flank: int | str | None = None,
    design: Table | None = None,
    scale: Scaling | None = None,
    track: str | Sequence[str] = (),
    combine: str | Sequence[str] = (),
    highlight: str | Sequence[str] = (),
    headings: Heading | None = None,
    theme: str = "ucsc",
    width: int | None = None,
    dpi: int = DPI,
    format: str | Sequence[str] = (),
    guides: bool = False,
    facts: Facts = "none",
    words: Words = "ours",
    repair: bool = False,
    jobs: int = 1,
    strict: bool = False,
    out: PathText | None = None,
    resume: bool = False,
    report: str | Sequence[str] = (),
    values: bool = False,
    progress: bool | Progress = False,
) -> Iterator[Reading]:
    """Draw and read tracks at loci, one locus after the other: a reading each, in order, with memory for one.

    A locus that fails gives a reading that is `failed` and says why. Options that are not explained here are those of
    `locution read` of the same name; those that can be given several times there take a list.

    files: paths in the order they are drawn; or a mapping of labels to paths; or a scene (a mapping as in a
        scenes.json, or 'scenes.json#id'), which has its own locus.
    loci: genes and places as on the command line ('JAK2', 'chr9:4,950,001-5,190,000', from 1); (chrom, start, end) or
        (chrom, start, end, name) from 0, half-open; a BED file; a frame with chrom, start, end. Tuples and frames mean
        what BED lines mean: below 2 kb with 5 kb on each side, unless `flank` (bp) says otherwise.
    annotation: a file of genes, drawn below `files`.
    design: a table of what the tracks compare: a TSV file or a frame.
    jobs: figures drawn at the same time.
    out: a folder that keeps what `locution read --out` would; `resume`, `report` and `values` go with it. Without it
        nothing is left on disk.
    progress: True for a bar, or a function that is called with the loci that are done and of how many.

    Raises LocutionError with the sentence of the command line for what cannot be used.
    """
    from service.batch.asked import Asked

    with tempfile.TemporaryDirectory(prefix="locution-") as folder:
        work = Path(folder)
        paths, labels, scene = files_of(files, annotation)
        places, bed = loci_of(loci)
        _check_loci(bool(places or bed), scene is not None, tracklist is not None)
        changes = _changes(scale, (track, combine, highlight), table_of(design, work), headings)
        asked = Asked(
            paths,
            places,
            bed,
            None if scene is None else scene_of(scene, work),
            Path(tracklist) if tracklist else None,
            assembly,
            None if flank is None else base_pairs("flank", flank),
            changes,
            _style(theme, width, dpi, texts(format), guides),
            model,
            _options(lang, facts, words, repair),
            labels,
            strict,
        )
        yield from _stream(asked, _kept(out, resume, texts(report), values), work, jobs, progress)


def _check_loci(given: bool, scene: bool, tracklist: bool) -> None:
    """Raises JobError for too few, or too many."""
    if not given and not scene and not tracklist:
        raise JobError("No locus was given. Name genes or places, like ['JAK2', 'chr9:4,950,001-5,190,000'].")
    if given and scene:
        raise JobError("A scene has its own locus: leave out the loci, or give its files in place of it.")


def _listed(make: Callable[P, Iterator[Reading]]) -> Callable[P, Readings]:
    @wraps(make)
    def read(*args: P.args, **kwargs: P.kwargs) -> Readings:
        return Readings(make(*args, **kwargs))

    asked = inspect.signature(make)
    vars(read)["__signature__"] = asked.replace(return_annotation="Readings")
    read.__name__ = read.__qualname__ = "read"
    read.__doc__ = f"Draw and read tracks at loci: as `stream`, whose words these are, in a list.\n\n{make.__doc__}"
    return read


read = _listed(stream)


def _changes(scale: Any, said: Sequence[str | Sequence[str]], design: Path | None, headings: Any) -> Changes:
    """`said`: changes of tracks, tracks that are joined, highlights. Raises JobError that names the option."""
    from service.batch.look import Changes

    scaling = None if scale is None else one_of(SCALES)("scale", scale)
    over = None if headings is None else one_of(HEADINGS)("headings", headings)
    tracks, joins, highlights = map(texts, said)
    return Changes(scaling, tracks, joins, highlights, design, over)


def _style(theme: str, width: int | None, dpi: int, formats: Sequence[str], guides: bool) -> Style:
    """Raises JobError that names the option."""
    from workers.pipeline import Style

    wide = None if width is None else whole(LEAST_WIDTH, MOST_WIDTH, "of pixels ")("width", width)
    kinds = tuple(one_of(FIGURE_FORMATS)("format", one) for one in formats)
    return Style(one_of(THEME_NAMES)("theme", theme), wide, whole(LEAST_DPI, MOST_DPI)("dpi", dpi), kinds, guides)


def _options(lang: str, facts: Facts, words: Words, repair: bool) -> ReadOptions:
    from vlm.prompted.ask import ReadOptions

    try:
        return ReadOptions(facts, words, lang, int(repair))
    except ValueError as error:
        raise JobError(str(error)) from error


@dataclass(frozen=True)
class _Kept:
    """The folder that results stay in, whether those of an earlier run are taken up, and what else is put there."""

    out: Path
    resume: bool
    reports: tuple[str, ...]
    values: bool


def _kept(out: PathText | None, resume: bool, reports: tuple[str, ...], values: bool) -> _Kept | None:
    from service.outputs.all_outputs import REPORTS

    for name in reports:
        one_of(tuple(REPORTS))("report", name)
    if out is not None:
        return _Kept(Path(out), resume, reports, values)
    if resume or reports or values:
        raise JobError("resume, report and values are of a folder of results: name it with out.")
    return None


def _stream(asked: Asked, kept: _Kept | None, work: Path, jobs: int, progress: bool | Progress) -> Iterator[Reading]:
    """The readings of a batch; its results are kept, or left nowhere. A folder is held as the command line holds it."""
    from service.batch.incoming import check_folder
    from service.batch.lock import locked
    from service.batch.run import check_models, open_batch
    from service.notebook.threads import Beside, run
    from vlm.models.loading import load_captioner
    from workers.sandboxes import own_reader
    from workers.settings import Settings

    out = kept.out if kept else work / "out"
    jobs, settings = whole(1, 1_000)("jobs", jobs), Settings.from_env()
    check_models([asked.model], partial(load_captioner, servers=settings.servers))
    check_folder("out", out)
    with locked(out), closing(own_reader(settings)) as files:
        batch = open_batch(asked, out, work, files=files, settings=settings, tell=log.info)
        beside = Beside({}, asked.options.language, kept is not None and kept.values)
        try:
            with closing(run(batch, jobs, settings, beside, kept is not None and kept.resume)) as loci:
                yield from _told(_readings(loci, asked, beside, kept), progress, len(batch.loci))
        finally:
            if kept:
                _finish(batch, kept)


def _readings(
    loci: Iterator[ReadLocus], asked: Asked, beside: Beside, kept: _Kept | None
) -> Generator[Reading, None, None]:
    for one in loci:
        yield _reading(one, asked, beside.bins.pop(one.locus.folder, None))
        if kept is None:
            shutil.rmtree(one.locus.folder, ignore_errors=True)


def _finish(batch: Batch, kept: _Kept) -> None:
    """Write what is said of all loci that are finished, also where a stream was left early."""
    from service.outputs.all_outputs import write_outputs

    finished = batch.finished()
    if len(finished) and (batch.has_folders or kept.reports or kept.values):
        write_outputs(finished, kept.reports, kept.values)


def _reading(one: ReadLocus, asked: Asked, bins: DrawnBins | None) -> Reading:
    from service.outputs.alt_text import alt_text

    language, png = asked.options.language, one.locus.folder / "figure.png"
    if not png.is_file() or one.record["status"] != "done":
        return Reading(one.record, None, language, bins)
    others = {name: png.with_suffix(f".{name}").read_bytes() for name in asked.style.beside_png}
    return Reading(one.record, Figure(png.read_bytes(), alt_text(one.record, language), others), language, bins)


def _told(readings: Iterator[Reading], progress: bool | Progress, total: int) -> Iterator[Reading]:
    """The readings, told as they come."""
    if progress is True:
        from tqdm import tqdm

        with tqdm(readings, total=total, unit="locus") as shown:
            yield from shown
        return
    for done, one in enumerate(readings, 1):
        if progress:
            progress(done, total)
        yield one
