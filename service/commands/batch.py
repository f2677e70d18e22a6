"""Reading loci without a server: files and regions in, figures, reading.json and an index.html out.

Used by `locution read`. Knows folders and progress; drawing, reading and words are the renderer's and vlm's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from service.commands.locus import DrawnLocus, Locus, draw_locus, read_record, write_record
from vlm.prompted.ask import ReadOptions
from vlm.reading import read_figures
from vlm.values.captioner import Captioner
from vlm.values.record import Record, failed_record
from workers.pipeline import Style

if TYPE_CHECKING:
    from renderer.sandbox.files import FileReader

Tell = Callable[[int], None]
"""Called with so many loci that are done."""

LOCI_AT_ONCE = 4
"""Loci a process draws and then reads together, where there are several: a model reads a batch faster than its parts,
and none waits long for the last process."""


@dataclass(frozen=True)
class ReadLocus:
    """The record of one locus, as written to reading.json."""

    locus: Locus
    record: Record


@dataclass(frozen=True)
class Batch:
    """How loci are drawn (by `files`) and read."""

    captioner: Captioner
    style: Style
    files: FileReader
    options: ReadOptions

    def draw(self, loci: Sequence[Locus]) -> list[DrawnLocus]:
        """Their figures, in order; what cannot be drawn says why."""
        return [draw_locus(self.files, locus, self.style) for locus in loci]

    def read(self, drawn: Sequence[DrawnLocus]) -> list[ReadLocus]:
        """Their records, in order and written to their folders; one that failed gives a record that says why."""
        figures = [one.figure for one in drawn if one.figure is not None]
        records = iter(read_figures(self.captioner, figures, self.options))
        return [_kept(one.locus, _failed(one) if one.figure is None else next(records)) for one in drawn]

    def draw_and_read(self, loci: Sequence[Locus]) -> list[ReadLocus]:
        """Both."""
        return self.read(self.draw(loci))


def run(batch: Batch, loci: Sequence[Locus], at_once: int, processes: int, tell: Tell) -> Iterator[ReadLocus]:
    """Draw and read every locus, in order; `tell` gets 1 per locus. The model reads so many loci at once.

    Of several processes each draws, and reads as well if its model is small; any other reads here meanwhile.
    """
    if processes < 2:
        yield from _told(map(batch.draw_and_read, _parts(loci, at_once)), tell)
        return
    from workers.crew import Crew

    batch.files.close()  # each process has its own
    if batch.captioner.info.small:
        parts = _parts(loci, min(at_once, LOCI_AT_ONCE, max(1, len(loci) // processes)))
        with Crew(processes, batch.draw_and_read, _lost, batch.files.close) as crew:
            yield from _told(crew.do(parts), tell)
    else:
        with Crew(processes, batch.draw, _undrawn, batch.files.close) as crew:
            yield from _told(map(batch.read, crew.do(_parts(loci, at_once))), tell)


def _parts(loci: Sequence[Locus], size: int) -> list[Sequence[Locus]]:
    return [loci[start : start + size] for start in range(0, len(loci), size)]


def _told(parts: Iterable[list[ReadLocus]], tell: Tell) -> Iterator[ReadLocus]:
    for part in parts:
        for one in part:
            tell(1)
            yield one


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


def write_index(path: Path, loci: Sequence[Locus], lang: str) -> None:
    """One page that opens from disk: every figure with its caption, and what was struck or failed, by the records in
    the folders of the loci, one after the other: many do not fit into memory."""
    from service.commands.results_page import write_results

    shown = (
        {"name": one.name, "folder": one.folder.relative_to(path.parent).as_posix(), "record": read_record(one.folder)}
        for one in loci
    )
    write_results(path, "loci.html", lang, count=len(loci), loci=shown)
