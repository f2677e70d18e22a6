"""The commands `locution bench ...`: measure a model on loci of one's own."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import click

from renderer.values.bounds import THEME_NAMES


@click.group("bench")
def bench() -> None:
    """Measure models."""


@bench.command()
@click.option("--scenes", required=True, type=click.Path(path_type=Path), help="A scenes.json.")
@click.option("--only", multiple=True, help="Only scenes whose id contains this. Repeat for several.")
@click.option("--model", default="builtin", show_default=True, help="Its name; see locution models.")
@click.option("--batch", default=16, show_default=True, help="Loci read at once.")
@click.option("--theme", type=click.Choice(THEME_NAMES), default="ucsc", show_default=True)
@click.option("--blank", is_flag=True, help="Show the model empty paper instead of the figures.")
@click.option("--table", "as_table", is_flag=True, help="Print a table for people after the JSON.")
def reading(
    scenes: Path, only: tuple[str, ...], model: str, batch: int, theme: str, blank: bool, as_table: bool
) -> None:
    """Score the raw claims of a model against the measurements, its captions, and the verdicts; prints JSON."""
    from service.commands.locus import draw_scenes
    from vlm.models.loading import load_captioner
    from vlm.score.bench import bench as score
    from vlm.score.bench import table
    from workers.sandboxes import reader_of_files
    from workers.settings import Settings

    with tempfile.TemporaryDirectory(prefix="locution-") as work:
        settings = Settings.from_env()
        captioner = load_captioner(model, settings.servers)
        figures = list(draw_scenes(reader_of_files(settings), scenes, only, Path(work), theme).values())
        empty = Path(work) / "blank"
        empty.mkdir()
        report = score(captioner, figures, empty if blank else None, batch)
        click.echo(json.dumps(report, indent=1))
        if as_table:
            click.echo("\n" + table(report))
