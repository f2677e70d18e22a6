"""Reading loci without a server: files and regions in, figures, reading.json and an index.html out.

Used by `locution read`. Knows folders and progress; drawing, reading and words are the renderer's and vlm's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from service.commands.locus import DrawnLocus, Locus, draw_locus, write_record
from service.commands.results_page import write_results
from vlm.prompted.ask import ReadOptions
from vlm.reading import read_figures
from vlm.values.captioner import Captioner
from vlm.values.record import Record, failed_record
from workers.pipeline import Style

if TYPE_CHECKING:
    from renderer.sandbox.files import FileReader

Tell = Callable[[int], None]
"""Called with so many loci that are done."""


@dataclass(frozen=True)
class ReadLocus:
    """The record of one locus, as written to reading.json."""

    locus: Locus
    record: Record


def run(
    loci: Sequence[Locus],
    captioner: Captioner,
    style: Style,
    files: FileReader,
    options: ReadOptions,
    at_once: int,
    tell: Tell,
) -> Iterator[ReadLocus]:
    """Draw (by `files`) and read every locus, so many at a time and in order; a locus that fails gives a record that
    says why. `tell` gets 1 per locus."""
    for start in range(0, len(loci), at_once):
        drawn = [draw_locus(files, locus, style) for locus in loci[start : start + at_once]]
        records = iter(read_figures(captioner, [one.figure for one in drawn if one.figure is not None], options))
        for one in drawn:
            record = _failed(one) if one.figure is None else next(records)
            write_record(one.locus.folder, record)
            tell(1)
            yield ReadLocus(one.locus, record)


def _failed(one: DrawnLocus) -> Record:
    region = one.locus.scene.region if one.locus.scene else None
    return failed_record(one.locus.name, region, one.problem or "")


def write_index(path: Path, results: Sequence[ReadLocus], lang: str) -> None:
    """One page that opens from disk: every figure with its caption, and what was struck or failed."""
    loci = [
        {"name": one.locus.name, "folder": one.locus.folder.relative_to(path.parent).as_posix(), "record": one.record}
        for one in results
    ]
    write_results(path, "loci.html", lang, loci=loci)
