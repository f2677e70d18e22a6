"""`locution demo`: everything on this machine, and the bundled example sent through it as a user's program would.

Starts the supervisor on a data folder of its own, then speaks only HTTP to it. Knows the API and the terminal.
"""

from __future__ import annotations

import io
import os
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

import click

from renderer.values.errors import LocutionError
from service.run.example import ASSEMBLY, FOLDER, TRACKS
from service.run.own_api import Api
from service.run.processes import SupervisorError, data_folder, free_port, refuse_taken_port
from service.run.supervisor import Supervisor
from vlm.words import languages
from workers.settings import Settings

DATA = Path("demo-data")

JOB_SECONDS = 900.0
"""Until the job must be done. Two idle cores need about a minute, the model's start included."""

UPLOAD_SECONDS = 120.0
"""Until an upload must be checked; each of the example's files takes less than a second once the worker is up."""

POLL_SECONDS = 0.5
LOG_SECONDS = 10.0
"""Between two states of the progress bar where nobody watches it, so that a log stays short."""

INTERRUPTED = 130
"""The exit status of a program that Ctrl-C ended."""

MOST_STRUCK = 4
"""Struck statements shown for a locus; the page lists all of them."""


class DemoError(LocutionError):
    """The demonstration cannot go on; the text says why and where to look."""


@click.command()
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=DATA,
    show_default=True,
    help="Folder for everything the demonstration keeps.",
)
@click.option("--model", default=None, help="Model that reads the figures. Default: LOCUTION_MODEL, else builtin.")
@click.option("--lang", type=click.Choice(languages.codes()), default="en", show_default=True, help="Caption language.")
def demo(data: Path, model: str | None, lang: str) -> None:
    """Start everything, read the bundled example, print its captions, and serve until Ctrl-C.

    With DEMO_EXIT=1 in the environment it ends after the captions: 0, or 1 if a locus failed.
    """
    # However this process is told to end (Ctrl-C, `kill`, a closed terminal), the service is stopped in order.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal without a tick mark is no reason to fail
    settings = _settings(data, model)
    try:
        sys.exit(_run(settings, lang, leave=os.environ.get("DEMO_EXIT", "") not in ("", "0")))
    except KeyboardInterrupt:
        click.echo("Stopped before the captions were done.")
        sys.exit(INTERRUPTED)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    # A second Ctrl-C must not cut the stopping short.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _settings(data: Path, model: str | None) -> Settings:
    """The environment's settings, on a folder of our own and a port that is free."""
    settings = Settings.from_env()
    settings = replace(settings, data=data_folder(data), model=model or settings.model)
    try:
        refuse_taken_port(settings)
    except SupervisorError:
        return replace(settings, port=free_port())
    return settings


def _run(settings: Settings, lang: str, leave: bool) -> int:
    """The whole demonstration; the exit status."""
    click.echo(f"Starting Locution; everything is kept in {settings.data}.")
    with Supervisor(settings, lambda line: click.echo(line, err=True)).running() as supervisor:
        api = Api(supervisor.url)
        job = send_example(api, FOLDER, settings.model, lang)
        page = f"{supervisor.url}/jobs/{job['id']}"
        click.echo(f"{job['counts']['total']} loci are queued for the model '{job['model']}': {page}")
        readings = wait_for_readings(api, job["id"], settings.data / "logs")
        for reading in readings:
            click.echo(describe(reading, lang))
        failed = sum(reading["status"] != "done" for reading in readings)
        click.echo(f"\nAll of it is simulated. The gallery: {page}")
        if not leave:
            _serve()
    if failed:
        click.echo(f"{failed} of {len(readings)} loci could not be read.", err=True)
    return 1 if failed else 0


def _serve() -> None:
    """Until Ctrl-C."""
    click.echo("Serving until Ctrl-C.")
    try:
        signal.pause()
    except KeyboardInterrupt:
        click.echo("\nStopping ...")


def send_example(api: Api, folder: Path, model: str, lang: str) -> dict[str, Any]:
    """Upload the example, make a track set of it and queue its loci: the job."""
    files = [_upload(api, folder / name) for name in TRACKS]
    tracks = [{"file": file["id"]} for file in files]
    made = api.post("/track-sets", {"name": "Simulated example", "assembly": ASSEMBLY, "tracks": tracks})
    loci = (folder / "loci.txt").read_text(encoding="utf-8")
    wish = {"name": "Demonstration", "track_set": made["id"], "loci": loci, "model": model, "lang": lang}
    job: dict[str, Any] = api.post("/jobs", wish)
    return job


def _upload(api: Api, path: Path) -> dict[str, Any]:
    """Send one file and wait until the workers have checked it."""
    end = time.monotonic() + UPLOAD_SECONDS
    file: dict[str, Any] = api.upload(path)
    while file["state"] not in ("ready", "failed"):
        if time.monotonic() > end:
            raise DemoError(f"{path.name} was not checked within {UPLOAD_SECONDS:.0f} s; it is '{file['state']}'.")
        time.sleep(POLL_SECONDS)
        file = api.get(f"/files/{file['id']}")
    if file["state"] == "failed":
        raise DemoError(f"{path.name} was refused: {file['error']}")
    click.echo(f"  {path.name}: {file['format']}, {max(1, path.stat().st_size // 1000):,} kB")
    return file


def wait_for_readings(api: Api, job: str, logs: Path) -> list[dict[str, Any]]:
    """Every reading of the job once all have ended, with a progress bar meanwhile."""
    from tqdm import tqdm

    end = time.monotonic() + JOB_SECONDS
    state = api.get(f"/jobs/{job}")
    often = 0.5 if sys.stderr.isatty() else LOG_SECONDS
    with tqdm(total=state["counts"]["total"], unit="locus", desc="Drawing and reading", mininterval=often) as bar:
        while True:
            counts = state["counts"]
            bar.update(counts["done"] + counts["failed"] + counts["cancelled"] - bar.n)
            if state["state"] in ("done", "cancelled"):
                break
            if time.monotonic() > end:
                said = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
                raise DemoError(f"The job was not done within {JOB_SECONDS / 60:.0f} minutes ({said}). See {logs}.")
            time.sleep(POLL_SECONDS)
            state = api.get(f"/jobs/{job}")
    found: list[dict[str, Any]] = api.get(f"/jobs/{job}/readings?per_page={counts['total']}")["readings"]
    return found


def describe(reading: dict[str, Any], lang: str) -> str:
    """A reading for a terminal: its locus, each sentence that is printed, and what was struck."""
    region = reading["region"]
    place = f"{region['chrom']}:{region['start'] + 1:,}-{region['end']:,}"
    title = click.style(f"{region['label'] or ''}  {place}".strip(), bold=True)
    if reading["status"] != "done":
        why = reading["error"] or f"it is {reading['status']}"
        return f"\n{title}\n  {click.style('! failed', fg='red')}: {why}"
    lines = [f"  {click.style('✓', fg='green')} {sentence['text'][lang]}" for sentence in reading["sentences"]]
    struck = [claim for claim in reading["claims"] if claim["verdict"] == "contradicted"]
    lines += [f"  {click.style('✗', fg='red')} {claim['text'][lang]}" for claim in struck[:MOST_STRUCK]]
    if len(struck) > MOST_STRUCK:
        lines.append(f"    and {len(struck) - MOST_STRUCK} more that were struck; see the reading's page")
    lines += [f"  {click.style('!', fg='yellow')} {warning}" for warning in reading["warnings"]]
    return "\n".join(["", title, *lines, f"    {_tally(reading)}"])


def _tally(reading: dict[str, Any]) -> str:
    """How many claims got which verdict, and who made them."""
    verdicts = [claim["verdict"] for claim in reading["claims"]]
    model = reading["model"]
    seconds = f", {model['seconds']:.1f} s" if "seconds" in model else ""
    unclear = verdicts.count("cannot_tell")
    return click.style(
        f"claims: {verdicts.count('supported')} ✓ supported, {verdicts.count('contradicted')} ✗ struck"
        f"{f', {unclear} undecided' if unclear else ''} ({model['name']}{seconds})",
        dim=True,
    )
