"""Celery tasks: a ring at the door. Each works on what waits, for a slice of time, and rings again if more may wait.

The work is in `workers.queue.steps`; nothing here knows what it does. A worker's main process also sweeps: it makes up
for lost messages and dead workers, so that every machine that works also heals.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from functools import cache, partial
from typing import Any

from billiard.exceptions import TimeLimitExceeded, WorkerLostError
from celery.signals import celeryd_after_setup, task_failure, worker_process_init, worker_ready, worker_shutting_down
from kombu.exceptions import OperationalError
from sqlalchemy.exc import SQLAlchemyError

from renderer.plugins import load_plugins
from renderer.sandbox.zygote import die_with_parent
from vlm.models.loading import load_captioner
from workers.queue import leases, steps
from workers.queue.app import QUEUES, SLICE_SECONDS, app, settings
from workers.queue.held_models import Models
from workers.requests import jobs
from workers.sandboxes import reader_of_files
from workers.store.database import Store

load_plugins()
log = logging.getLogger(__name__)
models = Models(partial(load_captioner, servers=settings.servers))

MOST_RINGS = 8
"""Messages sent for one ring: each works on until nothing waits, so more would only find an empty room."""

SWEEP_SECONDS = 5.0
"""Between two sweeps: the longest that a lost message or a crashed worker delays anyone."""

FORGIVE_SECONDS = 2.0
"""A worker that is told to stop waits at most this long for the database."""

QUEUE_VARIABLE = "LOCUTION_QUEUE"
"""Tells a worker's child which queue its parent serves, so that it warms up for that."""


@cache
def store() -> Store:
    """The store of this process, opened after the worker's child has started."""
    return Store(settings)


def ring(work: str, waiting: int) -> None:
    """Send a few messages. A broker that is away is no error: the sweeper rings again."""
    task = {"prepare": prepare, "render": render, "read": read}[work]
    try:
        for _ in range(min(waiting, MOST_RINGS)):
            task.apply_async(retry=False)
    except (OperationalError, OSError) as error:
        log.warning("cannot ring for %s: %s", work, error)


def ring_if_silent(work: str, waiting: int) -> None:
    """Ring, unless messages are there already: a sweeper that always rang would flood a busy queue."""
    try:
        with app.connection_for_write() as connection:
            there = connection.default_channel.queue_declare(QUEUES[work], passive=False).message_count
    except (OperationalError, OSError) as error:
        log.warning("cannot ask the broker about %s: %s", work, error)
        return
    if not there:
        ring(work, waiting)


def _limit(*seconds: int) -> int:
    """The hard time limit of a message: its last piece of work may begin at the end of its slice."""
    return max(seconds) + SLICE_SECONDS


def _slice(work: Callable[[], bool]) -> bool:
    """Repeat `work` until it finds nothing (False), or the slice is over (True: more may wait)."""
    end = time.monotonic() + SLICE_SECONDS
    while time.monotonic() < end:
        if not work():
            return False
    return True


@app.task(name="locution.prepare", time_limit=_limit(settings.prepare_seconds))  # type: ignore[untyped-decorator]
def prepare() -> None:
    """Check waiting uploads."""
    if _slice(lambda: steps.prepare_next(store()) is not None):
        ring("prepare", 1)


@app.task(name="locution.render", time_limit=_limit(settings.render_seconds))  # type: ignore[untyped-decorator]
def render() -> None:
    """Draw waiting loci. Somebody waits for an upload, so files go first: under their own time limit."""
    if _slice(_render_one):
        ring("render", 1)


def _render_one() -> bool:
    if jobs.waiting(store())["prepare"]:
        ring("prepare", 1)
        ring("render", 1)
        return False
    if steps.render_next(store()) is None:
        return False
    ring("read", 1)
    return True


@app.task(name="locution.read", time_limit=_limit(settings.read_seconds))  # type: ignore[untyped-decorator]
def read() -> None:
    """Read waiting batches."""
    if _slice(lambda: bool(steps.read_next(store(), models.get))):
        ring("read", 1)


@celeryd_after_setup.connect  # type: ignore[untyped-decorator]
def note_queue(instance: Any, **_: object) -> None:
    """Tell the children, which inherit the environment, what they are for."""
    os.environ[QUEUE_VARIABLE] = ",".join(instance.app.amqp.queues.consume_from)


@worker_process_init.connect  # type: ignore[untyped-decorator]
def warm_up(**_: object) -> None:
    """Import and load what the first task would wait for."""
    die_with_parent()  # or it would go on, unseen, beside the one that takes its place
    queues = os.environ.get(QUEUE_VARIABLE, "").split(",")
    if "render" in queues:
        reader_of_files(settings).start()
    if "read" in queues:
        import vlm.reading  # noqa: F401

        _load_default()
    log.info("child %s is ready for %s", leases.owner(), ", ".join(queues))


def _load_default() -> None:
    try:
        models.get(settings.model)
    except Exception as error:  # noqa: BLE001 - readings that need the model say so; others can still be read
        log.warning("the default model is not there: %s", error)


@task_failure.connect  # type: ignore[untyped-decorator]
def on_lost_child(exception: object = None, **_: object) -> None:
    """In the main process: free what a killed or overdue child held, at once rather than at the next sweep."""
    try:
        if isinstance(exception, TimeLimitExceeded):
            leases.stop_overdue(store(), os.getpid())
        elif isinstance(exception, WorkerLostError):
            leases.release_lost(store(), os.getpid())
        else:
            return
        steps.sweep(store(), ring_if_silent)
    except SQLAlchemyError as error:
        log.warning("the sweeper will free what the child held: %s", error)


@worker_shutting_down.connect  # type: ignore[untyped-decorator]
def on_shutdown(**_: object) -> None:
    """In the main process, inside its signal handler: hence a thread, which can wait for locks that are held."""
    thread = threading.Thread(target=_forgive, name="forgive", daemon=True)
    thread.start()
    thread.join(FORGIVE_SECONDS)


def _forgive() -> None:
    try:
        leases.forgive(store(), os.getpid())
    except SQLAlchemyError as error:
        log.warning("attempts stay counted: %s", error)


@worker_ready.connect  # type: ignore[untyped-decorator]
def start_sweeper(**_: object) -> None:
    """Sweep in a thread of the main process for as long as it lives."""
    threading.Thread(target=_sweep_for_ever, name="sweeper", daemon=True).start()


def _sweep_for_ever() -> None:
    steps.tidy(store())
    while True:
        try:
            steps.sweep(store(), ring_if_silent)
        except (SQLAlchemyError, OSError) as error:
            log.warning("the sweeper will try again: %s", error)
        time.sleep(SWEEP_SECONDS)
