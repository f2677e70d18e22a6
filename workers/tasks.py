"""Celery tasks: a ring at the door. Each does one unit of waiting work and rings again if more waits.

The work is in `workers.steps`; nothing here knows what it does.
"""

from __future__ import annotations

import logging
import time
from functools import cache
from typing import TYPE_CHECKING

from celery.signals import worker_process_init
from kombu.exceptions import OperationalError

from workers import steps
from workers.app import app
from workers.settings import Settings
from workers.store import Store

if TYPE_CHECKING:
    from vlm.captioner import Captioner

log = logging.getLogger(__name__)
settings = Settings.from_env()

SLICE_SECONDS = 20.0
"""One message works at most this long before it hands over to a new one, so that a queue stays fair."""

MOST_RINGS = 8
"""Messages sent for one ring: each works on until nothing waits, so more would only find an empty room."""


@cache
def store() -> Store:
    """The store of this process, opened after the worker's child has started."""
    return Store(settings)


@cache
def load(model: str) -> Captioner:
    """A captioner, loaded once a process."""
    from vlm.captioner import load_captioner

    return load_captioner(model)


def ring(queue: str, waiting: int) -> None:
    """Send a few messages. A broker that is away is no error: the sweeper rings again."""
    task = {"prepare": prepare, "render": render, "read": read}[queue]
    try:
        for _ in range(min(waiting, MOST_RINGS)):
            task.apply_async(retry=False)
    except OperationalError as error:
        log.warning("cannot ring for %s: %s", queue, error)


@app.task(name="locution.prepare", time_limit=settings.render_seconds)  # type: ignore[untyped-decorator]
def prepare() -> None:
    """Check one waiting upload."""
    if steps.prepare_next(store()):
        ring("prepare", 1)


@app.task(name="locution.render", time_limit=settings.render_seconds + SLICE_SECONDS)  # type: ignore[untyped-decorator]
def render() -> None:
    """Draw waiting loci for a slice of time."""
    end = time.monotonic() + SLICE_SECONDS
    while time.monotonic() < end:
        if steps.prepare_next(store()) is None and steps.render_next(store()) is None:
            return
        ring("read", 1)
    ring("render", 1)


@app.task(name="locution.read", time_limit=settings.read_seconds + SLICE_SECONDS)  # type: ignore[untyped-decorator]
def read() -> None:
    """Read waiting batches for a slice of time."""
    end = time.monotonic() + SLICE_SECONDS
    while time.monotonic() < end:
        if not steps.read_next(store(), load):
            return
    ring("read", 1)


@worker_process_init.connect  # type: ignore[untyped-decorator]
def warm_up(**_: object) -> None:
    """Import what the first task would wait for."""
    import renderer.draw
    import vlm.captioner  # noqa: F401

    log.info("child %s is ready, drawing with %s", steps.owner(), renderer.draw.__name__)
