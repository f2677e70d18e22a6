"""One batch: tracks at many loci, drawn and read without a server, by one process or several.

batch = open_batch(Asked(files, loci), out, work)
for one in batch.run(): one.locus, one.record
write_outputs(batch.finished())          # service.outputs
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from service.batch.asked import Asked, Tell, find_all, tell_nobody
from service.batch.locus import RECORD, DrawnLocus, Finished, Locus, ReadLocus, draw_locus, read_record, write_record
from vlm.reading import read_figures
from vlm.values.captioner import Captioner, Loader, Reachable
from vlm.values.record import Record, failed_record
from workers import provenance

if TYPE_CHECKING:
    from renderer.sandbox.files import FileReader
    from workers.settings import Settings

Beside = Callable[[DrawnLocus, Record], None]
"""Adds to the folder of a locus what needs its figure (`DrawnLocus.figure`: scene, layout, evidence) or its record;
called by the process that drew it, before the record is written. It may change the record."""

MOST_PROCESSES = 8
"""Processes by default: on a machine with many cores others work as well, and each takes 200 MB."""

FEWEST_LOCI = 4
"""Loci for which another process pays by default: it starts for as long as it draws and reads two."""

LOCI_AT_ONCE = 4
"""Loci a process draws and then reads together, where there are several: a model reads a batch faster than its parts,
and none waits long for the last process."""


@dataclass(frozen=True)
class Batch:
    """What was asked for, and its loci, their tracks prepared. `files` draws them, `load` gives the model of a name,
    which reads `at_once` figures together. `beside` adds to the folders of loci that were drawn, and leaves files of
    the names `leaves` there."""

    asked: Asked
    loci: Sequence[Locus]
    out: Path
    files: FileReader
    load: Loader
    at_once: int = 1
    beside: tuple[Beside, ...] = ()
    leaves: tuple[str, ...] = ()

    @property
    def has_folders(self) -> bool:
        """Whether each locus has a folder in `out`: not the one that was named alone."""
        return any(locus.folder != self.out for locus in self.loci)

    def run(self, processes: int = 1, resume: bool = False) -> Generator[ReadLocus, None, None]:
        """Draw and read every locus, in order; a locus that fails has a record that says why. With `resume` those are
        kept that an earlier run has done of the same files, options and version.

        Close the iterator to stop: what is finished stays. Raises ModelError if the model cannot be loaded or reached,
        or cannot run at all.
        """
        captioner = self.load(self.asked.model)
        work = _Work(self, captioner, provenance.asked(self.asked.style, self.asked.options, captioner.info))
        todo = [locus for locus in self.loci if not (resume and work.has_done(locus))]
        for locus in todo:
            (locus.folder / RECORD).unlink(missing_ok=True)
        if todo:
            reach(captioner)
        left = {locus.folder for locus in todo}
        with closing(self._read(work, todo, min(processes, len(todo)))) as fresh:
            for locus in self.loci:
                is_kept = locus.folder not in left
                yield ReadLocus(locus, read_record(locus.folder), kept=True) if is_kept else next(fresh)

    def _read(self, work: _Work, loci: Sequence[Locus], processes: int) -> Generator[ReadLocus, None, None]:
        """Of several processes each draws, and reads as well if its model is small; any other reads here meanwhile."""
        if processes < 2:
            yield from _joined(map(work.draw_and_read, _parts(loci, self.at_once)))
            return
        from workers.crew import Crew

        self.files.close()  # each process has its own
        if work.captioner.info.small:
            parts = _parts(loci, min(self.at_once, LOCI_AT_ONCE, max(1, len(loci) // processes)))
            with Crew(processes, work.draw_and_read, work.lost, self.files.close) as crew:
                yield from _joined(crew.do(parts))
        else:
            with Crew(processes, work.draw, _undrawn, self.files.close) as crew:
                yield from _joined(map(work.read, crew.do(_parts(loci, self.at_once))))

    def finished(self) -> Finished:
        """The loci that have a record by now."""
        done = [locus for locus in self.loci if (locus.folder / RECORD).is_file()]
        return Finished(self.out, done, self.asked.options.language)


def open_batch(
    asked: Asked,
    out: Path,
    work: Path,
    *,
    files: FileReader | None = None,
    beside: tuple[Beside, ...] = (),
    leaves: tuple[str, ...] = (),
    settings: Settings | None = None,
    tell: Tell = tell_nobody,
) -> Batch:
    """Prepare the tracks that are asked for under `work`, and find the loci on them; results are to go to `out`.

    `files` read them, else the reader of this process does; `settings` are those of the environment, if none are given.
    Raises LocutionError for what cannot be used.
    """
    from vlm.models.loading import load_captioner
    from workers.sandboxes import reader_of_files
    from workers.settings import Settings

    settings = settings or Settings.from_env()
    files = files or reader_of_files(settings)
    files.start()
    loci = find_all(asked, files, out, work, tell)
    load = partial(load_captioner, servers=settings.servers)
    return Batch(asked, loci, out, files, load, settings.read_batch, beside, leaves)


def reach(captioner: Captioner) -> None:
    """Raise ModelError, within seconds, for a model that is elsewhere and does not answer."""
    if isinstance(captioner, Reachable):
        captioner.check()


def check_models(names: Iterable[str], load: Loader) -> None:
    """Raise ModelError for a name that is none, or a server that does not answer: before files are prepared. Loads no
    model here."""
    from vlm.models.loading import find_family

    for name in names:
        family = find_family(name)
        if family is None or family.on_servers:
            reach(load(name))


def usual_processes(loci: int) -> int:
    """Processes for so many loci on this machine."""
    from workers.crew import usable_cores

    return min(usable_cores(), MOST_PROCESSES, max(1, loci // FEWEST_LOCI))


@dataclass(frozen=True)
class _Work:
    """What a process does of a batch. `asked` is what all records of it share of where they come from: told before
    anything is read, so that it is the same in a run that is resumed."""

    batch: Batch
    captioner: Captioner
    asked: provenance.Options

    def has_done(self, locus: Locus) -> bool:
        """Whether the folder of a locus has a whole record and the figures it speaks of, made of the same files with
        the same options by the same version."""
        try:
            record = read_record(locus.folder)
            (figure, came) = record["figure"], record["provenance"]
            if record["status"] != "done" or figure is None:
                return False
            png = (locus.folder / figure["png"]).read_bytes()
        except (OSError, ValueError, KeyError, TypeError):
            return False
        files = (*(f"figure.{name}" for name in self.batch.asked.style.beside_png), *self.batch.leaves)
        return (
            came["id"] == provenance.identity(locus.name, locus.scene, self.asked)
            and hashlib.sha256(png).hexdigest() == figure["sha256"]
            and all((locus.folder / name).is_file() for name in files)
        )

    def draw(self, loci: Sequence[Locus]) -> list[DrawnLocus]:
        """Their figures, in order; what cannot be drawn says why."""
        return [draw_locus(self.batch.files, locus, self.batch.asked.style) for locus in loci]

    def read(self, drawn: Sequence[DrawnLocus]) -> list[ReadLocus]:
        """Their records, in order and written to their folders; one that failed gives a record that says why. Raises
        ModelError if the model has gone: none of these has a record then."""
        figures = [one.figure for one in drawn if one.figure is not None]
        records = read_figures(self.captioner, figures, self.batch.asked.options)
        all_failed = records and all(record["status"] != "done" for record in records)
        if all_failed:
            reach(self.captioner)
        made = iter(records)
        return [self._kept(one, _failed(one) if one.figure is None else next(made)) for one in drawn]

    def draw_and_read(self, loci: Sequence[Locus]) -> list[ReadLocus]:
        """Both."""
        return self.read(self.draw(loci))

    def lost(self, loci: Sequence[Locus], reason: str) -> list[ReadLocus]:
        """Loci whose process was killed."""
        return [self._kept(one, _failed(one)) for one in _undrawn(loci, reason)]

    def _kept(self, one: DrawnLocus, record: Record) -> ReadLocus:
        locus = one.locus
        record = provenance.with_provenance(record, locus.name, locus.scene, self.asked)
        for add in self.batch.beside if one.figure is not None else ():
            add(one, record)
        write_record(locus.folder, record)
        return ReadLocus(locus, record)


def _parts(loci: Sequence[Locus], size: int) -> list[Sequence[Locus]]:
    return [loci[start : start + size] for start in range(0, len(loci), size)]


def _joined(parts: Iterable[list[ReadLocus]]) -> Iterator[ReadLocus]:
    for part in parts:
        yield from part


def _undrawn(loci: Sequence[Locus], reason: str) -> list[DrawnLocus]:
    return [DrawnLocus(locus, None, f"It was not read: {reason}.") for locus in loci]


def _failed(one: DrawnLocus) -> Record:
    region = one.locus.scene.region if one.locus.scene else None
    return failed_record(one.locus.name, region, one.problem or "")
