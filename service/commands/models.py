"""The commands `locution models ...`: which open models there are, what this machine can run, and fetching them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from vlm.models.known_models import Known
    from vlm.models.model_store import Cached, Machine


@click.group("models", invoke_without_command=True)
@click.pass_context
def models(ctx: click.Context) -> None:
    """List the models Locution knows, with what is cached and what this machine can run; check one, fetch one.

    Any other image-text-to-text model of the Hugging Face hub works as hub:<id> as well.
    """
    if ctx.invoked_subcommand is None:
        _list()


def _list() -> None:
    from vlm.models.known_models import KNOWN, choose
    from vlm.models.loading import families
    from vlm.models.model_store import cached, this_machine

    machine, there = this_machine(), cached()
    click.echo(f"This machine: {machine.describe()}.")
    choice = choose(name for name, _ in machine.gpus)
    click.echo(f"auto is {choice.name}: {choice.reason}.\n")
    rows: list[tuple[str, ...]] = [("model", "size", "charts", "licence", "cached", "here")]
    rows += [_row(known, there.get(known.id, []), machine) for known in KNOWN]
    click.echo(table(rows))
    click.echo("\n" + table([(row.usage, row.help) for row in families()]))
    others = sorted(set(there) - {known.id for known in KNOWN})
    if others:
        click.echo(f"\nAlso cached: {', '.join(others)}.")


def _row(known: Known, there: Sequence[Cached], machine: Machine) -> tuple[str, ...]:
    from vlm.models.model_store import obstacle

    size = "?" if known.parameters is None else f"{known.parameters:g}B"
    complete = next((one for one in there if one.complete), None)
    cached = f"{complete.gigabytes:.1f} GB" if complete else "partly" if there else "no"
    here = obstacle(known.parameters, known.setup, machine) or "yes"
    return (f"hub:{known.id}", size, known.chart or "?", known.licence or "?", cached, here)


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows as text, columns aligned, nothing cut."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


@models.command()
@click.argument("name")
def check(name: str) -> None:
    """Say whether the model NAME would run here; exit status 1 if not.

    NAME is builtin, <id>[@revision] or hub:<id> of the Hugging Face hub, a folder, or remote:<base url>#<model>: that
    is sent one small picture.
    """
    from vlm.models.check import check as look
    from workers.settings import Settings

    report = look(name, Settings.from_env().servers)
    click.echo(table([(f"{key}:", value) for key, value in {"model": report.name, **report.facts}.items()]))
    for trouble in report.trouble:
        click.echo(f"no: {trouble}")
    click.echo("It would run here." if not report.trouble else "It would not run here as things are.")
    sys.exit(int(bool(report.trouble)))


@models.command()
@click.argument("name")
def get(name: str) -> None:
    """Fetch the model NAME (<id>[@revision]) into the cache (HF_HOME), and say at which commit it is pinned."""
    from vlm.models.model_store import fetch

    got = fetch(name, lambda text: click.echo(text, err=True))
    plain = name.removeprefix("hub:").partition("@")[0]
    click.echo(f"{got.gigabytes:.1f} GB. Use it as hub:{plain}@{got.revision}")
