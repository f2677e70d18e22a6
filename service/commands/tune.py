"""The command `locution tune`: make a hub model better at these figures, on scenes that label themselves."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from renderer.values.bounds import THEME_NAMES
from vlm.words import languages

if TYPE_CHECKING:
    from vlm.score.tune import Example, Plan, Tuner


@click.command("tune")
@click.option("--base", required=True, help="<Hugging Face id>[@revision], or a folder with a model.")
@click.option("--scenes", required=True, type=click.Path(path_type=Path), help="A scenes.json: what to learn from.")
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="Folder for the LoRA.")
@click.option("--only", multiple=True, help="Only scenes whose id contains this. Repeat for several.")
@click.option("--steps", default=200, show_default=True, help="Steps of training, those of earlier runs included.")
@click.option("--gather", default=8, show_default=True, help="Figures a step.")
@click.option("--rank", default=16, show_default=True, help="Rank of the LoRA.")
@click.option("--rate", default=1e-4, show_default=True, help="Learning rate.")
@click.option("--keep", default=25, show_default=True, help="Steps between checkpoints.")
@click.option(
    "--language", type=click.Choice(languages.codes()), default="en", show_default=True, help="Of the sentences."
)
@click.option("--theme", type=click.Choice(THEME_NAMES), default="ucsc", show_default=True)
def tune(
    base: str,
    scenes: Path,
    out: Path,
    only: tuple[str, ...],
    steps: int,
    gather: int,
    rank: int,
    rate: float,
    keep: int,
    language: str,
    theme: str,
) -> None:
    """Train a LoRA on the measured captions of SCENES; use it as --model hub:OUT. Run it again to go on.

    Every tenth scene is held out, and the loss on those is told before and after. Needs the extra 'tune'.
    """
    from service.commands.locus import draw_scenes
    from vlm.score.tune import Plan, Tuner, example_of, split
    from workers.sandboxes import reader_of_files
    from workers.settings import Settings

    with tempfile.TemporaryDirectory(prefix="locution-") as work:
        tuner = Tuner(base, out, Plan(steps, rank, rate, gather, keep))
        figures = draw_scenes(reader_of_files(Settings.from_env()), scenes, only, Path(work), theme)
        made = [example_of(figure, language) for figure in figures.values()]
        learn, held = split([example for example in made if example is not None])
        _run(tuner, learn, held)
    click.echo(f"Use it as --model hub:{out}")


def _run(tuner: Tuner, learn: list[Example], held: list[Example]) -> None:
    """Train with a bar, and tell the loss on held-out examples before and after."""
    from tqdm import tqdm

    before = tuner.loss(held)
    plan: Plan = tuner.plan
    with tqdm(total=plan.steps, initial=tuner.step, unit="step", disable=not sys.stderr.isatty()) as bar:
        tuner.run(learn, lambda entry: (bar.set_postfix(loss=f"{entry['loss']:.3f}"), bar.update(1), None)[2])
    facts = {
        "examples": len(learn),
        "held_out": len(held),
        "steps": tuner.step,
        "held_out_loss": {"before": before, "after": tuner.loss(held)},
    }
    click.echo(json.dumps(facts, indent=1))
