"""The commands that run the service: up, web, worker, settings."""

from __future__ import annotations

import os

import click

from workers.settings import Settings


@click.command()
def up() -> None:
    """Run everything on this machine: broker, web server and workers, until Ctrl-C."""
    from service.supervisor import Supervisor

    Supervisor(Settings.from_env(), lambda line: click.echo(line)).run()


@click.command()
def web() -> None:
    """Run the web server alone. Workers and broker run elsewhere (see LOCUTION_BROKER_URL)."""
    from service.supervisor import child_environment, web_command
    from workers.store import upgrade

    settings = Settings.from_env()
    upgrade(settings)
    command = web_command(settings)
    os.execvpe(command[0], command, child_environment(settings))


@click.command()
@click.option(
    "--queue", type=click.Choice(["render", "read"]), required=True, help="render: draw figures. read: run the model."
)
def worker(queue: str) -> None:
    """Run one worker. Start as many as there are cores (render) or GPUs (read)."""
    from service.supervisor import child_environment, worker_command

    settings = Settings.from_env()
    command = worker_command(queue, os.getpid())
    os.execvpe(command[0], command, child_environment(settings))


@click.command()
def settings() -> None:
    """List every setting: the variable, its value, its default and its meaning."""
    for variable, value, default, meaning in Settings.from_env().table():
        click.echo(f"{variable}={value}\n    {meaning} Default: {default or 'empty'}")
