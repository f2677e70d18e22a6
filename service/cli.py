"""The command `locution`. Each subcommand loads what it needs when it runs, so `--help` is instant."""

from __future__ import annotations

import importlib
import os
import sys

import click

from renderer.plugins import load_plugins
from renderer.values.errors import LocutionError

COMMANDS = {
    "read": "service.commands.read:read",
    "why": "service.commands.why:why",
    "up": "service.commands.serve:up",
    "web": "service.commands.serve:web",
    "worker": "service.commands.serve:worker",
    "settings": "service.commands.serve:settings",
    "example": "service.run.example:example",
    "demo": "service.run.demo:demo",
    "schema": "service.commands.record_schema:schema",
    "cite": "service.commands.cite:cite",
    "bench": "service.commands.bench:bench",
    "tracklist": "service.commands.tracklist:tracklist",
    "models": "service.commands.models:models",
    "tune": "service.commands.tune:tune",
    "reader": "service.commands.make_builtin:reader",
}
"""Where each subcommand lives."""

FORMER = {"hub": "tracklist"}
"""Names that commands once had: they still work, and are not listed."""

BAD_INPUT = 2
"""Exit status for input that cannot be used. 1 means that some of the work failed, 0 that all was done."""

INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells have it."""


class Lazy(click.Group):
    """A group whose commands are imported on use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        name = FORMER.get(name, name)
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Modules from outside first: commands may offer what they bring. A known error of any command, or one of the
        file system, is one sentence on stderr and exit status 2."""
        try:
            load_plugins()
            return super().invoke(ctx)
        except LocutionError as error:
            click.echo(f"{_called(ctx)}: {error}", err=True)
            sys.exit(BAD_INPUT)
        except KeyboardInterrupt:
            sys.exit(INTERRUPTED)
        except BrokenPipeError:
            raise
        except OSError as error:
            place = f"{error.filename}: " if error.filename else ""
            click.echo(f"{_called(ctx)}: {place}{error.strerror or error}.", err=True)
            sys.exit(BAD_INPUT)


def _called(ctx: click.Context) -> str:
    return " ".join(filter(None, ("locution", ctx.invoked_subcommand)))


@click.command(cls=Lazy)
@click.version_option(package_name="locution")
def locution() -> None:
    """Genome tracks and loci in; figures with captions whose every statement was checked against the numbers out."""


def main() -> None:
    """Run the command line."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy's products are small: threads cost more than they bring
    try:
        locution.main(standalone_mode=True)
    except BrokenPipeError:  # the reader of our output has gone, e.g. `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
