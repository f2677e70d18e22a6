"""Our end of the line to the zygote (`renderer.sandbox.zygote`): starting it, one request and its end, hanging up."""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from renderer.plugins import VARIABLE
from renderer.sandbox.zygote import HEAD, MOST_BYTES, read_frame, send
from renderer.values.errors import LocutionError

log = logging.getLogger(__name__)

START_SECONDS = 120.0
"""The zygote loads for a second; on a machine that swaps, for a minute. Longer, and it is taken for dead."""

END_SECONDS = 3.0
"""A zygote whose socket closed ends within milliseconds; one that does not is killed."""

PREFIX = "locution-sandbox-"

ORPHAN_SECONDS = 60.0
"""A folder of temporary files younger than this may be about to be locked by the process that made it."""

PASSED_ON = (
    "PATH",
    "HOME",
    "USER",
    "LANG",
    "LC_ALL",
    "TZ",
    "TMPDIR",
    "LD_LIBRARY_PATH",
    "MPLCONFIGDIR",
    "XDG_CACHE_HOME",
    "FONTCONFIG_FILE",
    "FONTCONFIG_PATH",
    "SYSTEMROOT",
    "VIRTUAL_ENV",
    VARIABLE,
)
"""Variables the zygote gets. A process that reads hostile files needs no password of a database."""


class Stopped(Exception):
    """A child ended without an answer. `kind`: crash, time, memory, size, unexpected or cancelled."""

    def __init__(self, kind: str, text: str = "") -> None:
        self.kind, self.text = kind, text
        super().__init__(f"{kind} {text}".strip())


class GoneError(Exception):
    """The zygote is no longer there."""


class Zygote:
    """The other process, our end of its socket, and its folder of temporary files."""

    def __init__(self) -> None:
        self.owner, self.loaded = os.getpid(), False
        remove_orphans()
        self.folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        self.lock = os.open(self.folder, os.O_RDONLY)
        fcntl.flock(self.lock, fcntl.LOCK_EX)  # ours for as long as this process lives
        self.socket, theirs = socket.socketpair()
        # The kernel ends a tied process with the thread that started it: only the main thread lasts.
        tied = "tied" if threading.current_thread() is threading.main_thread() else "loose"
        command = [sys.executable, "-P", "-m", "renderer.sandbox.zygote", str(self.folder), tied]
        with theirs:
            self.process = subprocess.Popen(
                command, stdin=theirs.fileno(), stdout=subprocess.DEVNULL, env=_environment(), start_new_session=True
            )

    def exchange(
        self, request: bytes, seconds: float, progress: Callable[[float], None] | None
    ) -> tuple[dict[str, Any] | None, dict[str, Any]]:
        """One request and its end: the child's answer, if it gave one, and how it ended.

        Raises GoneError where the zygote has ended, Stopped where it neither answers nor ends.
        """
        deadline = time.monotonic() + seconds + START_SECONDS if seconds else None
        answer: dict[str, Any] | None = None
        said = bytearray()
        self._send(request)
        while True:
            letter, payload = self._receive(deadline)
            if letter == b"S":
                self.loaded = True
            elif letter == b"E":
                return answer, json.loads(payload)
            else:
                said += payload
                for kind, told in _frames(said):
                    if kind == b"P" and progress is not None:
                        progress(float(told["share"]))
                    elif kind in (b"V", b"X"):
                        answer = told

    def _send(self, request: bytes) -> None:
        try:
            self.socket.settimeout(None)
            send(self.socket.sendall, b"R", request)
        except OSError as error:
            raise GoneError from error

    def _receive(self, deadline: float | None) -> tuple[bytes, bytes]:
        try:
            self.socket.settimeout(None if deadline is None else max(0.001, deadline - time.monotonic()))
            frame = read_frame(self.socket)
        except TimeoutError:
            raise Stopped("time") from None
        except OSError as error:
            raise GoneError from error
        if frame is None:
            raise GoneError
        return frame

    def hang_up(self) -> None:
        """Close the line both ways: the zygote then kills its child and ends, and who reads here wakes up."""
        with contextlib.suppress(OSError):  # it has hung up already
            self.socket.shutdown(socket.SHUT_RDWR)

    def end(self) -> None:
        """Leave no process and no file."""
        self.hang_up()
        self.socket.close()
        if not self.loaded:  # it has no child yet, and would notice only after seconds of loading
            self.process.kill()
        try:
            self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
        os.close(self.lock)


def remove_orphans() -> None:
    """Remove the folders of processes that were killed before they could: nobody holds the lock of these."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):  # another's, in use, or gone meanwhile
            if time.time() - folder.stat().st_mtime < ORPHAN_SECONDS:
                continue
            lock = os.open(folder, os.O_RDONLY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder)
            finally:
                os.close(lock)


def _environment() -> dict[str, str]:
    """For the zygote: this package and modules from outside, found where they were found here, and one thread in each
    library."""
    passed = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    here = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join((here, *filter(None, [os.environ.get("PYTHONPATH")])))
    return passed | {"PYTHONPATH": path, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MPLBACKEND": "agg"}


def _frames(said: bytearray) -> Iterator[tuple[bytes, dict[str, Any]]]:
    """The whole frames at the front of what a child said, which are taken off. Nonsense raises Stopped."""
    while len(said) >= HEAD.size:
        letter, length = HEAD.unpack_from(said)
        if length > MOST_BYTES:
            raise Stopped("crash", "its answer is nonsense")
        if len(said) < HEAD.size + length:
            return
        payload = bytes(said[HEAD.size : HEAD.size + length])
        del said[: HEAD.size + length]
        try:
            yield letter, dict(json.loads(payload))
        except (ValueError, TypeError):
            raise Stopped("crash", "its answer is nonsense") from None


def open_answer(answer: dict[str, Any] | None, end: dict[str, Any]) -> Any:
    """The value a child sent; its error is raised, and so is its death."""
    if end["overdue"]:
        raise Stopped("time")
    if answer is None or end["status"] != 0:
        raise _death(end["status"])
    if "value" in answer:
        return answer["value"]
    if answer["kind"] == "ours":
        raise _rebuilt(answer)
    if answer["kind"] == "unexpected":
        log.warning("in the sandbox:\n%s", answer["traceback"])
    raise Stopped(answer["kind"], answer.get("text", ""))


def _death(status: int) -> Stopped:
    """Why a child ended that gave no answer, from its exit status."""
    if status >= 0:
        return Stopped("crash", f"exit status {status}")
    number = -status
    if number == signal.SIGXCPU:
        return Stopped("time")
    if number == signal.SIGKILL:  # nobody else kills it but a system short of memory
        return Stopped("memory")
    return Stopped("crash", signal.Signals(number).name)


def _rebuilt(answer: dict[str, Any]) -> LocutionError:
    """The error a child raised, of the nearest class that is known here."""
    known = {cls.__name__: cls for cls in _classes(LocutionError)}
    cls = next(known[name] for name in answer["classes"] if name in known)
    error = cls.__new__(cls, *answer["args"])
    vars(error).update(answer["fields"])
    return error


def _classes(cls: type[LocutionError]) -> Iterator[type[LocutionError]]:
    yield cls
    for sub in cls.__subclasses__():
        yield from _classes(sub)
