"""One batch at a time into a folder: a lock that dies with the process that holds it."""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from renderer.values.errors import TrackError

LOCK = ".lock"

PATIENCE = 2.0
"""Seconds: the processes of a batch that was killed end a moment after it."""

_TAKEN = (errno.EAGAIN, errno.EACCES)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder, made if there is none. Raises TrackError where another process holds it.

    Where a file system has no locks, none is held.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("a+", encoding="ascii") as file:
        held = _take(file, folder)
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        try:
            yield
        finally:
            if held:
                fcntl.flock(file, fcntl.LOCK_UN)  # at once, though processes that were forked have it open


def _take(file: IO[str], folder: Path) -> bool:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in _TAKEN:
                return False
            if time.monotonic() < until:
                time.sleep(0.1)
                continue
            file.seek(0)
            who = file.read().strip()
            raise TrackError(
                f"{folder} is being written by another locution{f' (process {who})' if who else ''}. Wait until it has "
                "ended, or name another folder with --out."
            ) from error
        return True
