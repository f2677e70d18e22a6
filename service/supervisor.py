"""One machine: starts broker, web, workers and the sweeper, keeps them running, and stops them in order.

Each child is a session of its own, dies with this process (PDEATHSIG), is restarted with a growing pause, and logs to
data/logs. A lock on the data folder keeps a second supervisor out. Knows processes; what they do is elsewhere.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO
from urllib.error import URLError

from renderer.errors import LocutionError
from workers import embedded
from workers.settings import Settings

START_SECONDS = 60.0
"""Until web and broker must answer: torch-free processes take about two seconds; a loaded machine ten times that."""

STOP_SECONDS = 10.0
"""Between the polite signal and the hard one: longer than most loci take."""

SWEEP_SECONDS = 5.0
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Before a child that ended is started again; doubled each time, reset once it has run for LONGEST_PAUSE."""

PR_SET_PDEATHSIG = 1


class SupervisorError(LocutionError):
    """The service cannot be started; the text says what to do."""


@dataclass
class Child:
    """A process that is kept running."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = FIRST_PAUSE
    next_start: float = field(default=0.0)


def web_command(settings: Settings) -> list[str]:
    """gunicorn with threads: uploads are long, requests are short."""
    return [sys.executable, "-m", "gunicorn", "--bind", f"{settings.host}:{settings.port}", "--worker-class", "gthread",
            "--threads", str(settings.web_threads), "--workers", "1", "--timeout", "120", "--graceful-timeout", "5",
            "--access-logfile", "-", "service.app:create_app()"]  # fmt: skip


def worker_command(queue: str, number: int = 1) -> list[str]:
    """A Celery worker of one child, which is started afresh: a forked one hangs once torch was used."""
    return [sys.executable, "-m", "celery", "-A", "workers.app", "worker", "-Q", queue, "-P", "prefork", "-c", "1",
            "--pool-start-method", "spawn", "-n", f"{queue}{number}@%h", "--loglevel", "INFO", "--without-gossip",
            "--without-mingle", "--without-heartbeat"]  # fmt: skip


def child_environment(settings: Settings) -> dict[str, str]:
    """What children get: the settings, and one thread each for the numerical libraries."""
    return {**os.environ, **settings.environment(), "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1"),
            "LOCUTION_DATA": str(settings.data.resolve())}  # fmt: skip


class Supervisor:
    """Runs everything for one data folder. `tell` gets lines for a person."""

    def __init__(self, settings: Settings, tell: Callable[[str], None]) -> None:
        self.settings, self.tell = settings, tell
        self.url = f"http://{settings.host}:{settings.port}"
        self.stopping = threading.Event()
        self.children: list[Child] = []
        self.logs = settings.data / "logs"
        self._lock: IO[str] | None = None

    @contextmanager
    def running(self) -> Iterator[Supervisor]:
        """Start everything, hand over when it answers, stop everything at the end."""
        self._take_lock()
        self._refuse_taken_port()
        try:
            self._start()
            watcher = threading.Thread(target=self._watch, daemon=True)
            watcher.start()
            self._wait_until_healthy()
            sweeper = threading.Thread(target=self._sweep, daemon=True)
            sweeper.start()
            yield self
        finally:
            self.stop()

    def run(self) -> None:
        """Serve until SIGINT or SIGTERM."""

        def on_signal(_number: int, _frame: FrameType | None) -> None:
            self.stopping.set()

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, on_signal)
        with self.running():
            self.tell(f"Locution is running at {self.url}  (Ctrl-C stops it; logs in {self.logs})")
            self.stopping.wait()
            self.tell("Stopping ...")

    def stop(self) -> None:
        """End all children: web first, the broker last."""
        self.stopping.set()
        for child in reversed(self.children):
            _end(child)
        if self._lock:
            self._lock.close()
            self._lock = None

    def _take_lock(self) -> None:
        try:
            self.logs.mkdir(parents=True, exist_ok=True)
            self._lock = (self.settings.data / "lock").open("w")
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SupervisorError(
                f"Locution already runs on {self.settings.data}. Stop it, or set LOCUTION_DATA."
            ) from None
        except OSError as error:
            raise SupervisorError(f"The data folder {self.settings.data} cannot be used ({error.strerror}).") from error

    def _refuse_taken_port(self) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.settings.host, self.settings.port))
            except OSError as error:
                raise SupervisorError(f"{self.settings.host}:{self.settings.port} cannot be listened on "
                                      f"({error.strerror}). Set LOCUTION_PORT to another port.") from error  # fmt: skip

    def _start(self) -> None:
        from workers.store import upgrade

        upgrade(self.settings)
        if self.settings.embedded_broker:
            self.settings.broker_socket.unlink(missing_ok=True)
            self._add(Child("broker", embedded.server_command(self.settings)))
            self._wait_for(lambda: embedded.answers(self.settings), "broker")
        for queue, count in (("render", self.settings.render_workers), ("read", self.settings.read_workers)):
            for number in range(1, count + 1):
                self._add(Child(f"{queue}{number}", worker_command(queue, number)))
        self._add(Child("web", web_command(self.settings)))

    def _add(self, child: Child) -> None:
        self.children.append(child)
        self._launch(child)

    def _launch(self, child: Child) -> None:
        with (self.logs / f"{child.name}.log").open("ab") as log:
            child.process = subprocess.Popen(
                child.command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
                env=child_environment(self.settings), preexec_fn=_die_with_parent,
            )  # fmt: skip
        child.started = time.monotonic()

    def _watch(self) -> None:
        """Start children again that ended by themselves."""
        while not self.stopping.wait(0.2):
            for child in self.children:
                if child.process is None or child.process.poll() is None or self.stopping.is_set():
                    continue
                now = time.monotonic()
                if not child.next_start:
                    child.pause = (
                        FIRST_PAUSE if now - child.started > LONGEST_PAUSE else min(2 * child.pause, LONGEST_PAUSE)
                    )
                    child.next_start = now + child.pause
                    _kill_group(child.process.pid)  # a worker that died leaves its own child behind
                    self.tell(f"{child.name} ended ({child.process.returncode}); it is started again.")
                elif now >= child.next_start:
                    child.next_start = 0.0
                    self._launch(child)

    def _sweep(self) -> None:
        """Make up for lost messages and dead workers, every few seconds."""
        os.environ.update(child_environment(self.settings))
        from sqlalchemy.exc import SQLAlchemyError

        from workers import steps, tasks

        store = tasks.store()
        while not self.stopping.wait(SWEEP_SECONDS):
            try:
                steps.sweep(store, tasks.ring)
            except (SQLAlchemyError, OSError) as error:
                self.tell(f"The sweeper will try again: {error}")

    def _wait_until_healthy(self) -> None:
        def healthy() -> bool:
            try:
                with urllib.request.urlopen(f"{self.url}/api/v1/health", timeout=2) as answer:
                    return bool(answer.status == 200)
            except (URLError, OSError):
                return False

        self._wait_for(healthy, "web")

    def _wait_for(self, ready: Callable[[], bool], name: str) -> None:
        end = time.monotonic() + START_SECONDS
        while not ready():
            if self.stopping.is_set():
                return
            if time.monotonic() > end:
                log = self.logs / f"{name}.log"
                last = log.read_text(encoding="utf-8", errors="replace")[-1500:] if log.exists() else ""
                raise SupervisorError(
                    f"The {name} process did not answer within {START_SECONDS:.0f} s. {log} ends:\n{last}"
                )
            time.sleep(0.1)


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _end(child: Child) -> None:
    process = child.process
    if process is None:
        return
    if process.poll() is None:
        # Celery's warm shutdown waits for running work; rows make that unnecessary, so the cold one is asked for.
        process.send_signal(signal.SIGQUIT if "celery" in child.command else signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    _kill_group(process.pid)


def _kill_group(pid: int) -> None:
    """End what is left of a child's session."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def free_port(host: str = "127.0.0.1") -> int:
    """A port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def data_folder(path: Path) -> Path:
    """The folder, made if need be. Raises SupervisorError if it cannot be made."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SupervisorError(f"The data folder {path} cannot be made ({error.strerror}).") from error
    return path
