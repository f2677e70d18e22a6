"""`read` and `stream`: from what a person hands in to readings, by a batch in a temporary folder or in `out`.

Nothing is forked here: a notebook has threads, and a fork copies the locks they hold. Several figures at a time are
drawn by threads that each ask a sandbox of their own. No process is left when the last reading has been given.
"""

from __future__ import annotations

import inspect
import logging
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec

from renderer.values.bounds import DPI, FIGURE_FORMATS, LEAST_DPI, LEAST_WIDTH, MOST_DPI, MOST_WIDTH, THEME_NAMES
from service.notebook.given import files_of, loci_of, scene_of, table_of, texts
from service.notebook.reading import Figure, Reading, Readings
from workers.errors import JobError
from workers.requests.options import SCALES, base_pairs, one_of, whole

if TYPE_CHECKING:
    from renderer.values.drawn import DrawnBins
    from renderer.values.track import Scaling
    from service.batch.asked import Asked
    from service.batch.locus import ReadLocus
    from service.notebook.given import Files, Loci, PathText, Table
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
    theme: str = "ucsc",
    width: int | None = None,
    dpi: int = DPI,
    format: str | Sequence[str] = (),
    guides: bool = False,
    facts: Facts = "none",
    words: Words = "ours",
    repair: bool = False,
    jobs: int = 1,
    out: PathText | None = None,
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
    out: a folder that keeps what `locution read --out` would, with `report` and `values` if they are asked for; without
        it nothing is left on disk.
    progress: True for a bar, or a function that is called with the loci that are done and of how many.

    Raises LocutionError with the sentence of the command line for what cannot be used.
    """
    from service.batch.asked import Asked
    from service.batch.look import Changes

    with tempfile.TemporaryDirectory(prefix="locution-") as folder:
        work = Path(folder)
        paths, labels, scene = files_of(files, annotation)
        places, bed = loci_of(loci)
        if not places and bed is None and scene is None and tracklist is None:
            raise JobError("No locus was given. Name genes or places, like ['JAK2', 'chr9:4,950,001-5,190,000'].")
        if scene is not None and (places or bed):
            raise JobError("A scene has its own locus: leave out the loci, or give its files in place of it.")
        asked = Asked(
            paths,
            places,
            bed,
            None if scene is None else scene_of(scene, work),
            Path(tracklist) if tracklist else None,
            assembly,
            None if flank is None else base_pairs("flank", flank),
            Changes(_scale(scale), texts(track), texts(combine), texts(highlight), table_of(design, work)),
            _style(theme, width, dpi, texts(format), guides),
            model,
            _options(lang, facts, words, repair),
            labels,
        )
        kept = None if out is None else Kept(Path(out), texts(report), values)
        yield from _stream(asked, kept, work, jobs, progress)


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


def _scale(scale: Any) -> Scaling | None:
    return None if scale is None else one_of(SCALES)("scale", scale)


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
class Kept:
    """The folder that results stay in, and what is put there beside them. Raises JobError for an unknown report."""

    out: Path
    reports: tuple[str, ...]
    values: bool

    def __post_init__(self) -> None:
        from service.outputs.all_outputs import REPORTS

        for name in self.reports:
            one_of(tuple(REPORTS))("report", name)


def _stream(asked: Asked, kept: Kept | None, work: Path, jobs: int, progress: bool | Progress) -> Iterator[Reading]:
    """The readings of a batch whose results are kept, or left nowhere."""
    from service.batch.run import open_batch
    from service.notebook.threads import Beside, by_threads, here
    from service.outputs.all_outputs import write_outputs
    from workers.sandboxes import own_reader
    from workers.settings import Settings

    jobs, settings = whole(1, 1_000)("jobs", jobs), Settings.from_env()
    with closing(own_reader(settings)) as files:
        batch = open_batch(
            asked, kept.out if kept else work / "out", work, files=files, settings=settings, tell=log.info
        )
        jobs = min(jobs, len(batch.loci)) if settings.sandbox else 1  # in one process figures are drawn in turn
        beside = Beside({}, asked.options.language, kept is not None and kept.values)
        ran = by_threads(batch, jobs, settings, beside) if jobs > 1 else here(batch, beside)
        with closing(ran), _told(progress, len(batch.loci)) as tell:
            for done, one in enumerate(ran, 1):
                reading = _reading(one, asked, beside.bins.pop(one.locus.folder, None))
                if kept is None:
                    shutil.rmtree(one.locus.folder, ignore_errors=True)
                tell(done)
                yield reading
        if kept and (len(batch.loci) > 1 or kept.reports or kept.values):
            write_outputs(batch.finished(), kept.reports, kept.values)


def _reading(one: ReadLocus, asked: Asked, bins: DrawnBins | None) -> Reading:
    from service.outputs.alt_text import alt_text

    language, png = asked.options.language, one.locus.folder / "figure.png"
    if not png.is_file() or one.record["status"] != "done":
        return Reading(one.record, None, language, bins)
    others = {name: png.with_suffix(f".{name}").read_bytes() for name in asked.style.beside_png}
    return Reading(one.record, Figure(png.read_bytes(), alt_text(one.record, language), others), language, bins)


@contextmanager
def _told(progress: bool | Progress, total: int) -> Iterator[Callable[[int], object]]:
    """What hears how many loci are done."""
    if not progress:
        yield lambda done: None
    elif callable(progress):
        yield partial(_call, progress, total)
    else:
        from tqdm import tqdm

        with tqdm(total=total, unit="locus") as bar:
            yield lambda done: bar.update(done - bar.n)


def _call(progress: Progress, total: int, done: int) -> None:
    progress(done, total)
