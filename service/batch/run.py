"""One batch: tracks at many loci, drawn and read without a server, by one process or several.

batch = open_batch(Asked(files, loci), out, work)
for locus, record in batch.run(): ...
write_outputs(batch.finished())          # service.outputs
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from service.batch.asked import Asked, Tell, find_all, tell_nobody
from service.batch.locus import RECORD, DrawnLocus, Finished, Locus, ReadLocus, draw_locus, write_record
from vlm.reading import read_figures
from vlm.values.captioner import Captioner, Loader
from vlm.values.record import Record, failed_record

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
    which reads `at_once` figures together. `beside` adds to the folders of loci that were drawn."""

    asked: Asked
    loci: Sequence[Locus]
    out: Path
    files: FileReader
    load: Loader
    at_once: int = 1
    beside: tuple[Beside, ...] = ()

    def run(self, processes: int = 1) -> Iterator[ReadLocus]:
        """Draw and read every locus, in order; a locus that fails has a record that says why.

        Of several processes each draws, and reads as well if its model is small; any other reads here meanwhile.
        Raises ModelError if the model cannot be loaded, or cannot run at all.
        """
        work = _Work(self, self.load(self.asked.model))
        processes = min(processes, len(self.loci))
        if processes < 2:
            yield from _joined(map(work.draw_and_read, _parts(self.loci, self.at_once)))
            return
        from workers.crew import Crew

        self.files.close()  # each process has its own
        if work.captioner.info.small:
            parts = _parts(self.loci, min(self.at_once, LOCI_AT_ONCE, max(1, len(self.loci) // processes)))
            with Crew(processes, work.draw_and_read, _lost, self.files.close) as crew:
                yield from _joined(crew.do(parts))
        else:
            with Crew(processes, work.draw, _undrawn, self.files.close) as crew:
                yield from _joined(map(work.read, crew.do(_parts(self.loci, self.at_once))))

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
    return Batch(asked, loci, out, files, load, settings.read_batch, beside)


def usual_processes(loci: int) -> int:
    """Processes for so many loci on this machine."""
    from workers.crew import usable_cores

    return min(usable_cores(), MOST_PROCESSES, max(1, loci // FEWEST_LOCI))


@dataclass(frozen=True)
class _Work:
    """What a process does of a batch."""

    batch: Batch
    captioner: Captioner

    def draw(self, loci: Sequence[Locus]) -> list[DrawnLocus]:
        """Their figures, in order; what cannot be drawn says why."""
        return [draw_locus(self.batch.files, locus, self.batch.asked.style) for locus in loci]

    def read(self, drawn: Sequence[DrawnLocus]) -> list[ReadLocus]:
        """Their records, in order and written to their folders; one that failed gives a record that says why."""
        figures = [one.figure for one in drawn if one.figure is not None]
        records = iter(read_figures(self.captioner, figures, self.batch.asked.options))
        return [self._kept(one, _failed(one) if one.figure is None else next(records)) for one in drawn]

    def draw_and_read(self, loci: Sequence[Locus]) -> list[ReadLocus]:
        """Both."""
        return self.read(self.draw(loci))

    def _kept(self, one: DrawnLocus, record: Record) -> ReadLocus:
        for add in self.batch.beside if one.figure is not None else ():
            add(one, record)
        return _kept(one.locus, record)


def _parts(loci: Sequence[Locus], size: int) -> list[Sequence[Locus]]:
    return [loci[start : start + size] for start in range(0, len(loci), size)]


def _joined(parts: Iterable[list[ReadLocus]]) -> Iterator[ReadLocus]:
    for part in parts:
        yield from part


def _undrawn(loci: Sequence[Locus], reason: str) -> list[DrawnLocus]:
    """Loci whose process was killed."""
    return [DrawnLocus(locus, None, f"It was not read: {reason}.") for locus in loci]


def _lost(loci: Sequence[Locus], reason: str) -> list[ReadLocus]:
    return [_kept(one.locus, _failed(one)) for one in _undrawn(loci, reason)]


def _kept(locus: Locus, record: Record) -> ReadLocus:
    write_record(locus.folder, record)
    return ReadLocus(locus, record)


def _failed(one: DrawnLocus) -> Record:
    region = one.locus.scene.region if one.locus.scene else None
    return failed_record(one.locus.name, region, one.problem or "")
