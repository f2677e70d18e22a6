"""The figures of a scenes.json, drawn and measured: what models are scored on, compared on and tuned with."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from vlm.values.captioner import Figure


def draw_scenes(scenes: Path, only: Sequence[str], work: Path, theme: str = "ucsc") -> dict[str, Figure]:
    """Figures with evidence by scene id, under `work`; `only` keeps ids that contain one of these words.

    A scene that cannot be drawn is told on stderr and left out. Raises LocutionError for a bad scenes.json.
    """
    from tqdm import tqdm

    from renderer.tracklists.scene import load_scene, read_scenes
    from service.commands.locus import Locus, draw_locus
    from workers.pipeline import Style
    from workers.sandboxes import reader_of_files
    from workers.settings import Settings

    files = reader_of_files(Settings.from_env())
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
