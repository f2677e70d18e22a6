"""Child processes of one machine's service: their commands, how they are started, and how they are ended.

Knows operating systems; when to start and stop what is the supervisor's.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from renderer.values.errors import LocutionError
from workers.settings import Settings

STOP_SECONDS = 10.0
"""Between the polite signal and the hard one: longer than most loci take. What is cut short is done again."""

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Before a child that ended is started again: doubled each time, reset once one has run for LONGEST_PAUSE."""

MOST_LOG = 20_000_000
"""Bytes of a log that is still appended to when its process starts; a longer one becomes NAME.log.old."""

PR_SET_PDEATHSIG = 1
# Loaded before any fork: the loader's lock may be held by another thread at the moment of one.
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class SupervisorError(LocutionError):
    """The service cannot be started; the text says what to do."""


@dataclass
class Child:
    """A process that is kept running. `command` is asked before each start; `death` is sent if we die first."""

    name: str
    command: Callable[[], list[str]]
    polite: signal.Signals = signal.SIGTERM
    death: signal.Signals = signal.SIGTERM
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = FIRST_PAUSE
    restart_at: float | None = None
    quick_ends: int = 0

    @property
    def is_running(self) -> bool:
        """Whether the process was started and has not ended."""
        return self.process is not None and self.process.poll() is None

    def launch(self, settings: Settings) -> None:
        """Start the process; its output goes to data/logs/NAME.log."""
        path = settings.data / "logs" / f"{self.name}.log"
        if path.exists() and path.stat().st_size > MOST_LOG:
            path.replace(path.with_suffix(".log.old"))
        with path.open("ab") as log:
            self.process = subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env=child_environment(settings),
                cwd=settings.data,
                preexec_fn=_dying_with(os.getpid(), self.death),
            )
        self.started, self.restart_at = time.monotonic(), None

    def plan_restart(self) -> None:
        """Choose when an ended process is started again, and end what it left behind."""
        now = time.monotonic()
        ran = now - self.started
        self.pause = FIRST_PAUSE if ran > LONGEST_PAUSE else min(2 * self.pause, LONGEST_PAUSE)
        self.quick_ends = self.quick_ends + 1 if ran < LONGEST_PAUSE else 0
        self.restart_at = now + self.pause
        if self.process:
            end_group(self.process.pid)


def web_command(settings: Settings) -> list[str]:
    """gunicorn with threads: uploads are long, requests are short. (Its control socket would lie in the home folder,
    one for all.)"""
    return [
        sys.executable,
        "-m",
        "gunicorn",
        "--bind",
        address(settings),
        "--worker-class",
        "gthread",
        "--threads",
        str(settings.web_threads),
        "--workers",
        "1",
        "--timeout",
        "120",
        "--graceful-timeout",
        "5",
        "--access-logfile",
        "-",
        "--no-control-socket",
        "service.app:create_app()",
    ]


def worker_command(queue: str, name: str) -> list[str]:
    """A Celery worker of one child, which is started afresh: a forked one hangs once torch was used."""
    return [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "workers.queue.app",
        "worker",
        "-Q",
        queue,
        "-P",
        "prefork",
        "-c",
        "1",
        "--pool-start-method",
        "spawn",
        "-n",
        f"{name}@%h",
        "--loglevel",
        "INFO",
        "--without-gossip",
        "--without-mingle",
        "--without-heartbeat",
    ]


def child_environment(settings: Settings) -> dict[str, str]:
    """What children get: the settings, one thread each for the numerical libraries, and prompt logs."""
    return {"OMP_NUM_THREADS": "1", **os.environ, **settings.environment(), "PYTHONUNBUFFERED": "1"}


def address(settings: Settings) -> str:
    """Host and port as gunicorn binds them and a URL writes them."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"{host}:{settings.port}"


def url(settings: Settings) -> str:
    """Where a person on this machine finds the pages."""
    everywhere = settings.host in ("0.0.0.0", "::", "")
    return f"http://localhost:{settings.port}" if everywhere else f"http://{address(settings)}"


def end(children: Sequence[Child]) -> None:
    """End these processes: politely, all at once; after STOP_SECONDS for certain. Nothing of theirs is left."""
    for child in children:
        if child.process and child.is_running:
            child.process.send_signal(child.polite)
    until = time.monotonic() + STOP_SECONDS
    for child in children:
        if child.process is None:
            continue
        try:
            child.process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.process.kill()
            child.process.wait()
        end_group(child.process.pid)


def end_group(pid: int) -> None:
    """End what is left of a child's session: a worker that was killed leaves its own child behind."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _dying_with(parent: int, death: signal.Signals) -> Callable[[], None]:
    """To be run in the new process: it gets `death` when the thread that started it ends."""

    def prepare() -> None:
        if _LIBC is None:
            return
        _LIBC.prctl(PR_SET_PDEATHSIG, death)
        if os.getppid() != parent:  # it died before the line above
            os.kill(os.getpid(), death)

    return prepare


def refuse_taken_port(settings: Settings) -> None:
    """Raises SupervisorError if the web server could not listen."""
    try:
        family, _, _, _, place = socket.getaddrinfo(
            settings.host or None, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
    except OSError as error:
        raise SupervisorError(
            f"The web server cannot listen on {address(settings)} ({error.strerror}). "
            "Set LOCUTION_PORT to another port, or LOCUTION_HOST to an address of this machine."
        ) from error


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
        raise SupervisorError(
            f"The data folder {path} cannot be made ({error.strerror}). Set LOCUTION_DATA to another."
        ) from error
    return path
