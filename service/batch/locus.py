"""Loci of a batch: what is shown of each, and the folder its results go to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from renderer.values.errors import LocutionError
from renderer.values.track import Scene
from workers.pipeline import Style, draw_figure

if TYPE_CHECKING:
    from renderer.sandbox.files import FileReader
    from vlm.values.captioner import Figure
    from vlm.values.record import Record

RECORD = "reading.json"
"""The record in the folder of a locus; it is written last, so a locus that has one is finished."""


@dataclass(frozen=True)
class Locus:
    """One locus and where its results go. `problem` says why it cannot even be drawn."""

    name: str
    folder: Path
    scene: Scene | None
    problem: str | None = None


@dataclass(frozen=True)
class DrawnLocus:
    """A locus with its figure and evidence, or why there is none."""

    locus: Locus
    figure: Figure | None
    problem: str | None = None


@dataclass(frozen=True)
class ReadLocus:
    """A locus and its record, as written to reading.json."""

    locus: Locus
    record: Record


@dataclass(frozen=True)
class Finished:
    """The loci of a batch that have a record, and the language that people read. Records are read from their folders
    one after the other, each time: many do not fit into memory."""

    out: Path
    loci: Sequence[Locus]
    language: str = "en"

    def __iter__(self) -> Iterator[ReadLocus]:
        return (ReadLocus(locus, read_record(locus.folder)) for locus in self.loci)

    def __len__(self) -> int:
        return len(self.loci)

    def place(self, locus: Locus) -> str:
        """The folder of a locus, as a page in `out` names it."""
        return locus.folder.relative_to(self.out).as_posix()


def folder_name(number: int, text: str) -> str:
    """A file-system-safe folder for locus `number`, e.g. '003_JAK2'."""
    return f"{number:03d}_{re.sub(r'[^A-Za-z0-9.-]+', '_', text).strip('_')[:60]}"


def draw_locus(files: FileReader, locus: Locus, style: Style) -> DrawnLocus:
    """Draw (by `files`) the figure of a locus into its folder; what hinders that is kept."""
    if locus.scene is None:
        return DrawnLocus(locus, None, locus.problem)
    locus.folder.mkdir(parents=True, exist_ok=True)
    try:
        return DrawnLocus(locus, draw_figure(files, locus.scene, locus.folder / "figure.png", style))
    except LocutionError as error:
        return DrawnLocus(locus, None, str(error))


def write_record(folder: Path, record: Mapping[str, object], name: str = RECORD) -> None:
    """Write a record into a locus's folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read_record(folder: Path) -> Record:
    """The record of a locus's folder."""
    record: Record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    return record
