"""Loci of a batch: what is shown of each, and the folder its results go to."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from renderer.values.bounds import FIGURE_FORMATS
from renderer.values.errors import LocutionError
from renderer.values.track import Scene
from workers.pipeline import Style, draw_figure

if TYPE_CHECKING:
    from renderer.sandbox.files import FileReader
    from vlm.values.captioner import Figure
    from vlm.values.record import Record

RECORD = "reading.json"
"""The record in the folder of a locus; it is written last, so a locus that has one is finished."""

MOST_NAME = 80
"""Characters of a folder's name: the file systems at hand take 255 bytes."""


@dataclass(frozen=True)
class Locus:
    """One locus and where its results go. `problem` says why it cannot even be drawn; `notes` what was made of what
    was asked for: they are among the warnings of its record."""

    name: str
    folder: Path
    scene: Scene | None
    problem: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class DrawnLocus:
    """A locus with its figure and evidence, or why there is none."""

    locus: Locus
    figure: Figure | None
    problem: str | None = None


@dataclass(frozen=True)
class ReadLocus:
    """A locus and its record, as written to reading.json, by an earlier run if it was `kept`."""

    locus: Locus
    record: Record
    kept: bool = False


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


class Folders:
    """The folders of the loci of a batch in `out`. Each is named after its locus alone ('JAK2', 'peak_7_chr9_1-90'),
    so that a locus more or less changes no other's."""

    def __init__(self, out: Path) -> None:
        self._out, self._taken = out, set[str]()

    def of(self, said: str) -> Path:
        """The folder of the locus that a person calls `said`; two that come to the same differ in a hash of it."""
        plain = re.sub(r"(?<=\d),(?=\d{3})", "", said)  # 5,000,000
        name = re.sub(r"[^\w.+-]+", "_", plain).strip("._")[:MOST_NAME]
        if not name or name.casefold() in self._taken:
            name = f"{name}_{hashlib.sha256(said.encode()).hexdigest()[:8]}".lstrip("_")
        self._taken.add(name.casefold())
        return self._out / name


def draw_locus(files: FileReader, locus: Locus, style: Style) -> DrawnLocus:
    """Draw (by `files`) the figure of a locus into its folder, where nothing of an earlier one is left; what hinders
    that is kept."""
    for old in (RECORD, *(f"figure.{name}" for name in FIGURE_FORMATS)):
        (locus.folder / old).unlink(missing_ok=True)
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
    write_whole(folder / name, json.dumps(record, indent=1, ensure_ascii=False) + "\n")


def write_whole(path: Path, text: str) -> None:
    """Write a file so that whoever looks sees the earlier one or the new one, whenever this process ends."""
    part = path.with_name(f".{path.name}")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def read_record(folder: Path) -> Record:
    """The record of a locus's folder."""
    record: Record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    return record
