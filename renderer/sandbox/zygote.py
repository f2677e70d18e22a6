"""The process behind `renderer.sandbox.files`: it loads the renderer once, then forks children that serve requests.

A child reads files of strangers and may die of them; this process reads none, so it lives. It knows nothing of
tracks: a request is a function with its arguments, an answer is JSON. A child serves one request, or several of one
key (the same files): what a file may have broken in it is then met by the requests of that file only.

Wire: frames, each a letter, a length and a payload.

    sandbox -> zygote   R  seconds it may take, a key, then a pickled Request: it comes from the process that started
                           us, which we trust, and is opened in the child only
    zygote -> child     R  the pickled Request
    child -> zygote     P  progress, V  the answer, X  an error: all JSON. A child that read a hostile file may be in
                           that file's hands, so nothing it says is unpickled.
    zygote -> sandbox   S  loaded, at the start; D  a whole frame of the child; E  how the request ended, JSON
"""

from __future__ import annotations

import ctypes
import errno
import gc
import json
import os
import pickle
import resource
import select
import shutil
import signal
import socket
import struct
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from renderer.plugins import load_plugins
from renderer.values.errors import LocutionError

HEAD = struct.Struct("!cI")
"""A frame's letter and the bytes that follow."""

MOST_BYTES = 256 * 2**20
"""A frame that says it is longer than this is nonsense: the evidence of a figure takes some hundred kilobytes."""

ORDER = struct.Struct("!d16s")
"""What stands before a pickled Request: seconds (0: no limit), and a key of 16 bytes (NO_KEY: a child of its own)."""

NO_KEY = bytes(16)

MOST_USES = 200
"""Requests of one key that one child serves: whatever a library leaks goes with it."""

READ_BYTES = 65_536

IDLE_SECONDS = 2.0
"""Without a request for so long, the zygote loads what only some files need: a service has the time for it, and a
command that reads one locus does not wait for what it does without."""

GRACE_SECONDS = 2
"""CPU time a child may take beyond its wall-clock limit, before the kernel ends it: it is stopped for time first."""

PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Request:
    """One call, the folder it is made in, and its limits.

    `seconds` of wall clock; `memory` bytes on top of what the renderer itself takes; `file` bytes of each file it
    writes. 0: no limit. With `reports` the function is also handed a callback for shares of progress.
    """

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    options: Mapping[str, Any]
    folder: str
    seconds: float
    memory: int
    file: int
    reports: bool = False


def send(out: Callable[[bytes], Any], letter: bytes, payload: bytes) -> None:
    """Write one frame."""
    out(HEAD.pack(letter, len(payload)) + payload)


def read_frame(connection: socket.socket) -> tuple[bytes, bytes] | None:
    """The next frame, or None where the other side has gone."""
    head = _read_exactly(connection, HEAD.size)
    if head is None:
        return None
    letter, length = HEAD.unpack(head)
    payload = _read_exactly(connection, length)
    return None if payload is None else (letter, payload)


def _read_exactly(connection: socket.socket, count: int) -> bytes | None:
    got = bytearray()
    while len(got) < count:
        try:
            part = connection.recv(min(count - len(got), 2**20))
        except ConnectionError:
            return None
        if not part:
            return None
        got += part
    return bytes(got)


def main() -> None:
    """Serve requests on standard input, a socket, until it closes; then leave nothing behind."""
    connection = socket.socket(fileno=os.dup(0))
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)  # a child must not hold the line to the sandbox
    scratch, tied = Path(sys.argv[1]), sys.argv[2] == "tied"
    if tied:
        die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        _warm_up(scratch)
        send(connection.sendall, b"S", b"")
        server = _Server(connection, scratch / "request")
        try:
            _serve(connection, server)
        finally:
            server.end_child()
    except (_HungUpError, ConnectionError):
        pass
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _warm_up(scratch: Path) -> None:
    """Load what every child needs, and draw once: fonts and lazy imports are then there, shared by all children."""
    from renderer.sandbox.boxed import draw_once

    load_plugins()
    folder = scratch / "warm"
    try:
        draw_once(folder)
    except Exception:  # noqa: BLE001 - children will be slower, and say themselves what they cannot do
        traceback.print_exc()
    shutil.rmtree(folder, ignore_errors=True)
    gc.collect()
    gc.freeze()  # a collection in a child would touch, and so copy, every page it shares with us


def _serve(connection: socket.socket, server: _Server) -> None:
    """Serve what is asked; load more in the first pause."""
    from renderer.sandbox.boxed import load_more

    paused = False
    while True:
        if not paused and not select.select([connection], [], [], IDLE_SECONDS)[0]:
            load_more()
            gc.freeze()
            paused = True
        frame = read_frame(connection)
        if frame is None:
            return
        server.serve(frame[1])


@dataclass
class _Child:
    """A forked process, our end of the line to it, its key, and the requests it has served."""

    pid: int
    line: socket.socket
    key: bytes
    uses: int = 0


class _Server:
    """Serves one request after the other, each in a child: the one that waits, if its key is the same, or a new one."""

    def __init__(self, connection: socket.socket, scratch: Path) -> None:
        self.connection, self.scratch = connection, scratch
        self.child: _Child | None = None

    def serve(self, order: bytes) -> None:
        """Have it done, pass on what the child says, say how it ended."""
        seconds, key = ORDER.unpack_from(order)
        child = self._child_of(key)
        deadline = time.monotonic() + seconds if seconds else None
        try:
            send(child.line.sendall, b"R", order[ORDER.size :])
            last, overdue = self._relay(child.line, deadline)
        except ConnectionError:
            last, overdue = b"", False
        end = {"status": 0, "overdue": overdue}
        if last == b"V" and key != NO_KEY and child.uses < MOST_USES:
            child.uses += 1
            self._clear()
        else:
            status = self.end_child()
            end["status"] = 0 if last else status
        self._tell(b"E", json.dumps(end).encode())

    def _child_of(self, key: bytes) -> _Child:
        if self.child is not None and self.child.key == key and not _has_ended(self.child):
            return self.child
        self.end_child()
        self._clear()
        ours, theirs = socket.socketpair()
        parent, pid = os.getpid(), os.fork()
        if pid == 0:
            ours.close()
            self.connection.close()
            _work(theirs, self.scratch, parent)
        theirs.close()
        self.child = _Child(pid, ours, key)
        return self.child

    def end_child(self) -> int:
        """End the child, if there is one, and remove its files; returns the exit status it had, or has now."""
        child, self.child = self.child, None
        if child is None:
            return 0
        child.line.close()
        shutil.rmtree(self.scratch, ignore_errors=True)
        os.kill(child.pid, signal.SIGKILL)  # the exit status of one that has ended is not changed by this
        return os.waitstatus_to_exitcode(os.waitpid(child.pid, 0)[1])

    def _clear(self) -> None:
        shutil.rmtree(self.scratch, ignore_errors=True)
        self.scratch.mkdir(parents=True)

    def _relay(self, line: socket.socket, deadline: float | None) -> tuple[bytes, bool]:
        """Pass on the child's frames up to its answer; returns the letter of that (none: it ended), and whether time
        was up. Raises _HungUpError where the sandbox has gone or wants no more of this."""
        said = bytearray()
        while True:
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                return b"", True
            ready, _, _ = select.select([line.fileno(), self.connection.fileno()], [], [], left)
            if self.connection.fileno() in ready:
                raise _HungUpError  # it sends nothing while it waits: this is its end
            if not ready:
                continue
            part = line.recv(READ_BYTES)
            if not part:
                return b"", False
            said += part
            while len(said) >= HEAD.size:
                letter, length = HEAD.unpack_from(said)
                if length > MOST_BYTES:
                    return b"", False
                if len(said) < HEAD.size + length:
                    break
                self._tell(b"D", bytes(said[: HEAD.size + length]))
                del said[: HEAD.size + length]
                if letter in b"VX":
                    return letter, False

    def _tell(self, letter: bytes, payload: bytes) -> None:
        try:
            send(self.connection.sendall, letter, payload)
        except ConnectionError as error:
            raise _HungUpError from error


def _has_ended(child: _Child) -> bool:
    """Whether a child that should wait has died; its status is left for `end_child`."""
    return os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


class _HungUpError(Exception):
    """The sandbox has gone."""


def _work(line: socket.socket, scratch: Path, parent: int) -> None:
    """In the child: serve, and end without running anything that belongs to the zygote."""
    status = 1
    try:
        die_with_parent()
        if os.getppid() != parent:
            os._exit(1)  # it ended before the kernel was told
        tempfile.tempdir = str(scratch)
        base = _address_space()
        while (frame := read_frame(line)) is not None:
            letter, answer = _answer(pickle.loads(frame[1]), line, base)
            _send_json(line, letter, answer)
        status = 0
    finally:
        os._exit(status)


def _answer(request: Request, line: socket.socket, base: int) -> tuple[bytes, dict[str, Any]]:
    try:
        os.chdir(request.folder)
        _limit(request, base)
        options = dict(request.options)
        if request.reports:
            options["progress"] = lambda share: _send_json(line, b"P", {"share": share})
        return b"V", {"value": request.function(*request.arguments, **options)}
    except LocutionError as error:
        return b"X", pack_error(error)
    except MemoryError:
        return b"X", {"kind": "memory"}
    except OSError as error:
        return b"X", {"kind": "size"} if error.errno == errno.EFBIG else _unexpected(error)
    except Exception as error:  # noqa: BLE001 - whatever foreign code raises is told, with its traceback for the log
        return b"X", _unexpected(error)


def _unexpected(error: Exception) -> dict[str, Any]:
    text = f"{type(error).__name__}: {error}"
    return {"kind": "unexpected", "text": text[:500], "traceback": traceback.format_exc()}


def pack_error(error: LocutionError) -> dict[str, Any]:
    """A user's error as JSON: the names of its classes, the nearest first, its text and its fields."""
    names = [cls.__name__ for cls in type(error).__mro__ if issubclass(cls, LocutionError)]
    fields = {name: value for name, value in vars(error).items() if isinstance(value, str | int | float)}
    return {"kind": "ours", "classes": names, "args": [str(one) for one in error.args], "fields": fields}


def _send_json(line: socket.socket, letter: bytes, answer: Any) -> None:
    send(line.sendall, letter, json.dumps(answer).encode())


def _limit(request: Request, base: int) -> None:
    """What the kernel refuses this process from here on. A core file of gigabytes helps nobody. `base` is the address
    space before the first request."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if request.seconds:
        _lower(resource.RLIMIT_CPU, int(time.process_time() + request.seconds) + GRACE_SECONDS)
    if request.file:
        _lower(resource.RLIMIT_FSIZE, request.file)
    if request.memory:
        _lower(resource.RLIMIT_AS, base + request.memory)


def _lower(kind: int, value: int) -> None:
    hard = resource.getrlimit(kind)[1]
    least = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (least, hard))


def _address_space() -> int:
    """Bytes of address space in use: what the renderer takes before it reads anything. 0 where it cannot be told."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except OSError:
        return 0
    return pages * resource.getpagesize()


def die_with_parent() -> None:
    """Ask the kernel to end this process with the one (more exactly: the thread) that started it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    main()
