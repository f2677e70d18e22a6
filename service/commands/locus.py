"""Loci as commands draw them: what is shown of each, and the folder its results go to."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from renderer.tracklists.scene import load_scene, read_scenes
from renderer.values.errors import LocutionError
from renderer.values.track import Scene
from workers.pipeline import Style, draw_figure

if TYPE_CHECKING:
    from renderer.sandbox.files import FileReader
    from vlm.values.captioner import Figure
    from vlm.values.record import Record


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


def write_record(folder: Path, record: Mapping[str, object], name: str = "reading.json") -> None:
    """Write a record into a locus's folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read_record(folder: Path) -> Record:
    """The record of a locus's folder."""
    record: Record = json.loads((folder / "reading.json").read_text(encoding="utf-8"))
    return record


def draw_scenes(
    files: FileReader, scenes: Path, only: Sequence[str], work: Path, theme: str = "ucsc"
) -> dict[str, Figure]:
    """Figures with evidence by scene id, under `work`; `only` keeps ids that contain one of these words.

    A scene that cannot be drawn is told on stderr and left out. Raises LocutionError for a bad scenes.json.
    """
    from tqdm import tqdm

    entries = {k: v for k, v in read_scenes(scenes).items() if not only or any(part in k for part in only)}
    figures = {}
    for name, entry in tqdm(entries.items(), unit="scene", disable=not sys.stderr.isatty()):
        scene = load_scene(entry, scenes.parent, work / "prepared", files.prepare)
        drawn = draw_locus(files, Locus(name, work / name, scene), Style(theme))
        if drawn.figure is None:
            click.echo(f"{name}: {drawn.problem}", err=True)
        else:
            figures[name] = drawn.figure
    return figures
