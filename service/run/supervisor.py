"""One machine: starts broker, workers and web server, keeps them running, and stops them in order.

Each child is a session of its own, dies with this process, is restarted with a growing pause, and logs to data/logs.
A lock on the data folder keeps a second supervisor out. What the processes do is elsewhere.
"""

from __future__ import annotations

import fcntl
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import IO

from service.run import processes
from service.run.own_api import Api, ApiError
from service.run.processes import Child, SupervisorError, data_folder
from workers.queue import broker as embedded
from workers.settings import Settings

START_SECONDS = 60.0
"""Until web and broker must answer: torch-free processes take about two seconds; a loaded machine ten times that."""

HEALTH_SECONDS = 2.0
"""An answer of the web server that takes longer than this counts as none, and is asked for again."""

LOOK_SECONDS = 0.2
CHECK_SECONDS = 5.0
"""Between two looks at which processes run, and two checks that the broker answers."""

MOST_SILENCE = 3
"""Checks the broker may leave unanswered before it is started again."""

BAD_STARTS = 3
"""Quick ends in a row after which the broker's files are taken to be unreadable."""

LOG_TAIL = 1500
"""Characters of a log that go into an error: the reason is in its last lines."""


class Supervisor:
    """Runs everything for one data folder. `tell` gets lines for a person."""

    def __init__(self, settings: Settings, tell: Callable[[str], None]) -> None:
        self.settings, self.tell = settings, tell
        self.url = processes.url(settings)
        self._api = Api(self.url, HEALTH_SECONDS)
        self.stopping = threading.Event()
        self.stopped = threading.Event()
        self.logs = settings.data / "logs"
        self.broker = Child("broker", lambda: embedded.server_command(settings))
        self.web = Child("web", lambda: processes.web_command(settings))
        self.workers = [*_workers("render", settings.render_workers), *_workers("read", settings.read_workers)]
        self.children: list[Child] = []
        self._lock: IO[str] | None = None
        self._silence = 0

    @contextmanager
    def running(self) -> Iterator[Supervisor]:
        """Start everything, hand over when it answers, stop everything at the end."""
        self._take_lock()
        try:
            processes.refuse_taken_port(self.settings)
            self._start()
            yield self
        finally:
            self.stop()

    def run(self) -> None:
        """Serve until SIGINT or SIGTERM."""

        def on_signal(_number: int, _frame: FrameType | None) -> None:
            self.stopping.set()

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, on_signal)
        with self.running():
            if not self.stopping.is_set():
                self.tell(f"Locution is running at {self.url}  (Ctrl-C stops it; logs in {self.logs})")
            self.stopping.wait()
            self.tell("Stopping ...")

    def stop(self) -> None:
        """End all children: no more requests, then no more work, then the queue."""
        self.stopping.set()
        for group in ([self.web], self.workers, [self.broker]):
            processes.end(group)
        # Children that the watching thread restarted get their death signal when it ends: only now.
        self.stopped.set()
        if self._lock:
            self._lock.close()
            self._lock = None

    def _take_lock(self) -> None:
        try:
            data_folder(self.logs)
            lock = (self.settings.data / "lock").open("a")
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._lock = lock
        except BlockingIOError:
            raise SupervisorError(
                f"Locution already runs on {self.settings.data}. Stop it, or set LOCUTION_DATA to another folder."
            ) from None
        except OSError as error:
            raise SupervisorError(f"The data folder {self.settings.data} cannot be used ({error.strerror}).") from error

    def _start(self) -> None:
        from workers.store.database import upgrade

        upgrade(self.settings)
        watcher = threading.Thread(target=self._watch, name="watcher", daemon=True)
        if self.settings.embedded_broker:
            self._launch(self.broker)
        watcher.start()
        if self.settings.embedded_broker:
            self._wait_for(lambda: embedded.answers(self.settings), self.broker)
        for child in (*self.workers, self.web):
            self._launch(child)
        self._wait_for(self.is_healthy, self.web)

    def _launch(self, child: Child) -> None:
        if not self.stopping.is_set():
            child.launch(self.settings)
            self.children.append(child)

    def _watch(self) -> None:
        """Start children again that ended by themselves, and a broker that no longer answers."""
        checked = time.monotonic()
        while not self.stopped.wait(LOOK_SECONDS):
            for child in list(self.children):
                if not self.stopping.is_set() and not child.is_running:
                    self._restart(child)
            if time.monotonic() - checked > CHECK_SECONDS and not self.stopping.is_set():
                checked = time.monotonic()
                self._check_broker()

    def _restart(self, child: Child) -> None:
        if child.restart_at is None:
            code = child.process.returncode if child.process else None
            self.tell(f"{child.name} ended ({_describe_end(code)}); it is started again. See {child.name}.log.")
            child.plan_restart()
        elif time.monotonic() >= child.restart_at:
            if child is self.broker and child.quick_ends >= BAD_STARTS:
                self._set_broker_aside()
            try:
                child.launch(self.settings)
            except OSError as error:  # no memory or no processes left, perhaps for a moment only
                self.tell(f"{child.name} cannot be started: {error}")
                child.plan_restart()

    def _set_broker_aside(self) -> None:
        self.broker.quick_ends = 0
        kept = embedded.set_aside(self.settings)
        self.tell(
            f"The broker cannot read its files; they are now in {kept}. Nothing is lost: jobs are in the database."
        )

    def _check_broker(self) -> None:
        """A broker can live and be deaf: its socket may have been deleted."""
        if self.broker not in self.children or not self.broker.is_running:
            return
        self._silence = 0 if embedded.answers(self.settings) else self._silence + 1
        if self._silence >= MOST_SILENCE and self.broker.process:
            self._silence = 0
            self.tell("The broker does not answer.")
            self.broker.process.kill()

    def is_healthy(self) -> bool:
        """Whether the web server answers."""
        try:
            return bool(self._api.get("/health")["ok"])
        except ApiError:
            return False

    def _wait_for(self, ready: Callable[[], bool], child: Child) -> None:
        end = time.monotonic() + START_SECONDS
        while not self.stopping.is_set() and not ready():
            if time.monotonic() > end:
                raise SupervisorError(
                    f"The {child.name} process did not answer within {START_SECONDS:.0f} s. {self._log_end(child)}"
                )
            time.sleep(LOOK_SECONDS / 2)

    def _log_end(self, child: Child) -> str:
        log = self.logs / f"{child.name}.log"
        text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
        return f"{log} ends:\n{text[-LOG_TAIL:]}"


def _workers(queue: str, count: int) -> list[Child]:
    """Workers of one queue. Celery's warm shutdown would wait for running work, which rows make unnecessary: the
    cold one is asked for. One whose supervisor was killed must not linger beside its successor."""
    names = [f"{queue}{number}" for number in range(1, count + 1)]
    return [Child(name, _worker_command(queue, name), signal.SIGQUIT, signal.SIGKILL) for name in names]


def _worker_command(queue: str, name: str) -> Callable[[], list[str]]:
    return lambda: processes.worker_command(queue, name)


def _describe_end(code: int | None) -> str:
    if code is None or code >= 0:
        return f"exit status {code}"
    return f"signal {signal.Signals(-code).name}"
