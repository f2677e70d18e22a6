"""The commands `locution reader ...`: how the builtin model is made. Each step can be stopped and run again."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

FOLDER = click.Path(path_type=Path, file_okay=False)
HELD_OUT = 2_000_000
"""Seeds from here on are for evaluation: training shards never use them."""


@click.group("reader")
def reader() -> None:
    """Make the builtin model: simulate strips, train, evaluate, export."""


@reader.command()
@click.argument("folder", type=FOLDER)
@click.option(
    "--kind",
    type=click.Choice(["signal", "intervals", "links", "contacts", "scenes"]),
    default="signal",
    show_default=True,
    help="Kind of track that is simulated; or random windows of real scenes, all kinds of tracks.",
)
@click.option("--shards", default=10, show_default=True, help="How many shards.")
@click.option("--size", default=1024, show_default=True, help="Strips of a shard.")
@click.option("--scenes", type=click.Path(path_type=Path, exists=True), help="The scenes.json of --kind scenes.")
@click.option("--hold-out", multiple=True, help="Leave out files whose path contains this. Repeat for several.")
@click.option(
    "--part",
    type=click.Choice(["trained", "chosen", "held-out"]),
    default="trained",
    show_default=True,
    help="Of scenes: the places for training; those to choose and calibrate by; all, of files that are held out.",
)
@click.option("--seed", default=1000, show_default=True, help="Seed of the first shard; training uses 1000 and on.")
def simulate(
    folder: Path,
    kind: str,
    shards: int,
    size: int,
    scenes: Path | None,
    hold_out: tuple[str, ...],
    part: str,
    seed: int,
) -> None:
    """Draw training strips into FOLDER as KIND-0000.npz and so on. Shards that exist are kept."""
    from tqdm import tqdm

    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="locution-") as work:
        draw = _scene_drawer(scenes, hold_out, part, size, Path(work)) if kind == "scenes" else _drawer(kind, size)
        for number in tqdm(range(shards), unit="shard"):
            path = folder / f"{kind}-{number:04d}.npz"
            if not path.exists():
                draw(path, seed + number + (HELD_OUT if part == "held-out" else 0))


def _drawer(kind: str, size: int) -> Callable[[Path, int], None]:
    """What draws a simulated shard of this kind, given its path and seed."""
    from vlm.reader.training.simulate import write_shard
    from vlm.reader.training.simulate_rows import write_row_shard

    if kind == "signal":
        return lambda path, seed: write_shard(path, seed, size)
    return lambda path, seed: write_row_shard(path, kind, seed, size)


def _scene_drawer(
    scenes: Path | None, hold_out: tuple[str, ...], part: str, size: int, work: Path
) -> Callable[[Path, int], None]:
    """What draws a shard of real windows, given its path and seed."""
    from vlm.reader.training import scene_strips

    if scenes is None:
        raise click.UsageError("Give a scenes.json with --scenes.")
    shares = {"trained": scene_strips.TRAINED, "chosen": scene_strips.CHOSEN, "held-out": scene_strips.ALL}[part]

    def wanted(file: str) -> bool:
        return any(name in file for name in hold_out) == (part == "held-out")

    loci = scene_strips.load_loci(scenes, wanted, work, shares)
    return lambda path, seed: scene_strips.write_scene_shard(path, seed, loci, size)


@reader.command()
@click.argument("shards", type=FOLDER)
@click.argument("run", type=FOLDER)
@click.option("--minutes", default=100.0, show_default=True, help="Time budget; the learning rate follows it.")
@click.option("--threads", default=1, show_default=True, help="CPU threads.")
@click.option("--start", type=FOLDER, help="Exported weights to go on from, instead of random ones.")
@click.option("--rate", default=1.5e-3, show_default=True, help="Highest learning rate; half of it with --start.")
def train(shards: Path, run: Path, minutes: float, threads: int, start: Path | None, rate: float) -> None:
    """Train on SHARDS in the folder RUN; goes on where it was stopped. Writes RUN/log.jsonl and RUN/loss.png."""
    import torch
    from tqdm import tqdm

    from vlm.reader.training.data import Shards
    from vlm.reader.training.train import Trainer

    torch.set_num_threads(threads)
    data = Shards(shards)
    if not len(data):
        raise click.UsageError(f"{shards} has no shards. Run 'locution reader simulate {shards}' first.")
    trainer = Trainer(data, run, minutes, start=start, rate=rate)
    with tqdm(total=100, unit="%") as bar, (run / "log.jsonl").open("a", encoding="utf-8") as log:

        def report(entry: dict[str, Any]) -> None:
            log.write(json.dumps(entry) + "\n")
            bar.n = round(100 * entry["progress"], 1)
            bar.set_postfix(stage=entry["stage"], loss=f"{entry['loss']:.3f}")

        trainer.run(report)
    plot_loss(run)


def plot_loss(run: Path) -> None:
    """RUN/loss.png from RUN/log.jsonl: loss against strips seen, the two stages side by side."""
    from matplotlib.figure import Figure

    entries = [json.loads(line) for line in (run / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    figure = Figure(figsize=(9, 3.2), layout="constrained")
    for place, stage in enumerate(("dense", "claims"), 1):
        part = [entry for entry in entries if entry["stage"] == stage]
        axes = figure.add_subplot(1, 2, place, title=stage, xlabel="step", ylabel="loss", yscale="log")
        axes.plot([entry["step"] for entry in part], [entry["loss"] for entry in part], linewidth=0.7)
    figure.savefig(run / "loss.png", dpi=110)


@reader.command()
@click.argument("shards", type=FOLDER)
@click.option("--weights", type=FOLDER, help="Folder of exported weights. [default: those that ship]")
@click.option("--strips", default=1024, show_default=True, help="How many strips to read.")
@click.option("--blank", is_flag=True, help="Show the model empty paper: what it says then, it does not see.")
def evaluate(shards: Path, weights: Path | None, strips: int, blank: bool) -> None:
    """Score exported weights on SHARDS; prints JSON."""
    from vlm.models.builtin import WEIGHTS, load_weights
    from vlm.reader.calibration import Calibration
    from vlm.reader.training.data import read_strips
    from vlm.reader.training.evaluate import evaluate as score

    folder = weights or WEIGHTS
    rows = read_strips(shards, strips)
    click.echo(json.dumps(score(load_weights(folder), rows, blank, Calibration.load(folder)), indent=1))


@reader.command()
@click.argument("shards", type=FOLDER)
@click.argument("weights", type=FOLDER)
@click.option("--strips", default=3000, show_default=True, help="How many strips to read.")
def calibrate(shards: Path, weights: Path, strips: int) -> None:
    """Learn on SHARDS what the probabilities of exported WEIGHTS are worth; writes WEIGHTS/calibration.json, in which
    kinds that the shards hold too few claims of stay as they are.

    Draw the shards with other seeds than those of the training, and not from files kept for evaluation.
    """
    from vlm.models.builtin import load_weights
    from vlm.reader.calibration import Calibration
    from vlm.reader.training.data import read_strips
    from vlm.reader.training.evaluate import calibrate as learn

    found = learn(load_weights(weights), read_strips(shards, strips))
    Calibration({**Calibration.load(weights).lines, **found.lines}).save(weights)
    for name, line in sorted(found.lines.items()):
        click.echo(f"{name}: kept from {line.least:.2f}")


@reader.command()
@click.argument("run", type=FOLDER)
@click.argument("weights", type=FOLDER)
@click.option("--facts", default="{}", help="JSON to keep in card.json, e.g. data and scores.")
def export(run: Path, weights: Path, facts: str) -> None:
    """Write the weights of the folder RUN as fp16 safetensors into the folder WEIGHTS."""
    from vlm.reader.training.export import export as write

    click.echo(write(run / "checkpoint.pt", weights, json.loads(facts)))
