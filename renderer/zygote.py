"""The process behind `renderer.sandbox`: it loads the renderer once, then forks a child for every request.

The child reads files of strangers and may die of them; this process reads none, so it lives. It knows nothing of
tracks: a request is a function with its arguments, an answer is JSON.

Wire: frames, each a letter, a length and a payload.

    sandbox -> zygote   R  seconds it may take, then a pickled Request: it comes from the process that started us, which
                           we trust, and is opened in the child only
    zygote -> sandbox   S  loaded, at the start; D  bytes a child wrote, which are frames themselves; E  how the child
                           ended, JSON
    child -> zygote     P  progress, V  the answer, X  an error: all JSON. A child that read a hostile file may be in
                           that file's hands, so nothing it says is unpickled.
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

from renderer.errors import LocutionError

HEAD = struct.Struct("!cI")
"""A frame's letter and the bytes that follow."""

MOST_BYTES = 256 * 2**20
"""A frame that says it is longer than this is nonsense: the evidence of a figure takes some hundred kilobytes."""

SECONDS = struct.Struct("!d")

READ_BYTES = 65_536

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
        while (frame := read_frame(connection)) is not None:
            _serve(connection, frame[1], scratch / "request")
    except BrokenPipeError:
        pass  # the sandbox has gone while we answered
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _warm_up(scratch: Path) -> None:
    """Load what every child needs, and draw once: fonts and lazy imports are then there, shared by all children."""
    from renderer.boxed import draw_once

    folder = scratch / "warm"
    try:
        draw_once(folder)
    except Exception:  # noqa: BLE001 - children will be slower, and say themselves what they cannot do
        traceback.print_exc()
    shutil.rmtree(folder, ignore_errors=True)
    gc.collect()
    gc.freeze()  # a collection in a child would touch, and so copy, every page it shares with us


def _serve(connection: socket.socket, request: bytes, scratch: Path) -> None:
    """Fork, pass on what the child writes, say how it ended."""
    scratch.mkdir(parents=True, exist_ok=True)
    inner, outer = os.pipe()
    parent, child = os.getpid(), os.fork()
    if child == 0:
        os.close(inner)
        connection.close()
        _work(request[SECONDS.size :], outer, scratch, parent)
    os.close(outer)
    (limit,) = SECONDS.unpack_from(request)
    try:
        overdue = _relay(connection, inner, time.monotonic() + limit if limit else None)
    finally:
        os.close(inner)
        # It has ended, or must: the exit status of one that has is not changed by this.
        os.kill(child, signal.SIGKILL)
        _, status, usage = os.wait4(child, 0)
        shutil.rmtree(scratch, ignore_errors=True)
    end = {"status": os.waitstatus_to_exitcode(status), "overdue": overdue, "peak": usage.ru_maxrss}
    send(connection.sendall, b"E", json.dumps(end).encode())


def _relay(connection: socket.socket, inner: int, deadline: float | None) -> bool:
    """Pass bytes on until the child closes its end; True where time was up. Raises BrokenPipeError where the sandbox
    has gone or wants no more of this."""
    while True:
        left = None if deadline is None else deadline - time.monotonic()
        if left is not None and left <= 0:
            return True
        ready, _, _ = select.select([inner, connection.fileno()], [], [], left)
        if connection.fileno() in ready:
            raise BrokenPipeError  # it sends nothing while it waits: this is its end
        if inner in ready:
            part = os.read(inner, READ_BYTES)
            if not part:
                return False
            send(connection.sendall, b"D", part)


def _work(request: bytes, outer: int, scratch: Path, parent: int) -> None:
    """In the child: do it, say what came of it, and end without running anything that belongs to the zygote."""
    status = 1
    try:
        die_with_parent()
        if os.getppid() != parent:
            os._exit(1)  # it ended before the kernel was told
        tempfile.tempdir = str(scratch)
        letter, answer = _answer(pickle.loads(request), outer)
        _send_json(outer, letter, answer)
        status = 0
    finally:
        os._exit(status)


def _answer(request: Request, outer: int) -> tuple[bytes, dict[str, Any]]:
    try:
        os.chdir(request.folder)
        _limit(request)
        options = dict(request.options)
        if request.reports:
            options["progress"] = lambda share: _send_json(outer, b"P", {"share": share})
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


def _send_json(out: int, letter: bytes, answer: Any) -> None:
    payload = json.dumps(answer).encode()
    whole = memoryview(HEAD.pack(letter, len(payload)) + payload)
    while whole:
        whole = whole[os.write(out, whole) :]


def _limit(request: Request) -> None:
    """What the kernel refuses this process from here on. A core file of gigabytes helps nobody."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if request.seconds:
        _lower(resource.RLIMIT_CPU, int(request.seconds) + GRACE_SECONDS)
    if request.file:
        _lower(resource.RLIMIT_FSIZE, request.file)
    if request.memory:
        _lower(resource.RLIMIT_AS, _address_space() + request.memory)


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
