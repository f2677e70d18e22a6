"""Figures of the scenes of a scenes.json, for commands and benchmarks that score readings of them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from renderer.tracklists.scene import load_scene, read_scenes
from service.batch.locus import Locus, draw_locus
from workers.pipeline import Style

if TYPE_CHECKING:
    from renderer.sandbox.files import FileReader
    from vlm.values.captioner import Figure


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
