"""Writes docs/cli.md from the help of every command: `make docs`. A test holds that the file is what this writes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from service.cli import locution

TARGET = Path(__file__).with_name("cli.md")
WIDTH = 100
"""Characters of a line of help."""

HEAD = """\
# The command line

Written from `locution --help` by `make docs`: do not edit. [The README](../README.md) has the commands in use,
[python.md](python.md) the same from Python.

Every command but `up`, `web`, `worker` and `demo` works without a server. Exit status: 0 all done, 1 some of it failed
(the rest is done), 2 the input cannot be used (one sentence says why), 130 Ctrl-C.

## Completion

Commands, options, choices and paths are completed by Tab, once the shell is told so:

    echo 'eval "$(_LOCUTION_COMPLETE=bash_source locution)"' >> ~/.bashrc
    echo 'eval "$(_LOCUTION_COMPLETE=zsh_source locution)"' >> ~/.zshrc
    _LOCUTION_COMPLETE=fish_source locution > ~/.config/fish/completions/locution.fish
"""


def reference() -> str:
    """The whole file."""
    sections = (f"## {path}\n\n```text\n{text}\n```" for path, text in helps(locution, "locution"))
    return "\n".join([HEAD, *(f"{section}\n" for section in sections)])


def helps(command: click.Command, path: str, parent: click.Context | None = None) -> Iterator[tuple[str, str]]:
    """(the words that call it, its help), of a command and of what stands below it."""
    name = path.rpartition(" ")[2]
    context = click.Context(command, info_name=name, parent=parent, terminal_width=WIDTH, max_content_width=WIDTH)
    yield path, command.get_help(context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None and not below.hidden:
                yield from helps(below, f"{path} {name}", context)


if __name__ == "__main__":
    TARGET.write_text(reference(), encoding="utf-8")
    print(TARGET)
