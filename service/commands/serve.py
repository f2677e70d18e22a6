"""The commands that run the service: up, web, worker, settings."""

from __future__ import annotations

import os
from pathlib import Path

import click

from workers.settings import Settings, unknown


def _read_settings() -> Settings:
    """The settings; names what looks like one and is none."""
    for name in unknown():
        click.echo(f"{name} is set, but there is no such setting. See 'locution settings'.", err=True)
    return Settings.from_env()


@click.command()
def up() -> None:
    """Run everything on this machine: broker, web server and workers, until Ctrl-C."""
    from service.run.supervisor import Supervisor

    Supervisor(_read_settings(), click.echo).run()


@click.command()
def web() -> None:
    """Run the web server alone. Workers and broker run elsewhere (see LOCUTION_BROKER_URL)."""
    from service.run import processes

    settings = _ready_settings()
    processes.refuse_taken_port(settings)
    _become(processes.web_command(settings), settings)


@click.command()
@click.option(
    "--queue", type=click.Choice(["render", "read"]), required=True, help="render: draw figures. read: run the model."
)
def worker(queue: str) -> None:
    """Run one worker. Start as many as there are cores (render) or GPUs (read)."""
    from service.run import processes

    settings = _ready_settings()
    _become(processes.worker_command(queue, f"{queue}{os.getpid()}"), settings)


def _ready_settings() -> Settings:
    """The settings, the data folder made, the database up to date: whichever process comes first does it."""
    from service.run.processes import data_folder
    from workers.store.database import upgrade

    settings = _read_settings()
    data_folder(settings.data)
    upgrade(settings)
    return settings


def _become(command: list[str], settings: Settings) -> None:
    """Go on as another program, in the data folder: its modules must not be taken from wherever this was called."""
    from service.run.processes import child_environment

    os.chdir(settings.data)
    os.execvpe(command[0], command, child_environment(settings))


@click.command()
def settings() -> None:
    """List every setting: the variable, its value, its default and its meaning."""
    for variable, value, default, meaning in _read_settings().table():
        click.echo(f"{variable}={value}\n    {meaning} Default: {_as_typed(default) or 'empty'}")


def _as_typed(default: str) -> str:
    """A default as a person would write it: the data folder relative to here."""
    here = f"{Path.cwd()}{os.sep}"
    return default.removeprefix(here)
