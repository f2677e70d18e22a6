"""One event loop for all threads that talk to one server, so that the limit on requests in flight is kept by all.

Its thread lives as long as somebody is inside `with`: nothing is left open between batches.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from vlm.models.remote_client import Client

SWITCH_SECONDS = 0.0005
"""Longest wait of the loop for a thread that makes captions meanwhile; Python's own 5 ms, at every step of every
request, would leave the server idle."""

Result = TypeVar("Result")


class Loop:
    """An event loop in a thread of its own, with a client and slots for so many requests. Enter it to use it."""

    def __init__(self, connect: Callable[[], Client], at_once: int) -> None:
        self._connect, self._at_once = connect, at_once
        self._lock = threading.Lock()
        self._users = 0
        self._switch = sys.getswitchinterval()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self.client: Client | None = None
        self.slots: asyncio.Semaphore | None = None

    def __enter__(self) -> Loop:
        with self._lock:
            self._users += 1
            if self._users == 1:
                self._start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._users -= 1
            if self._users == 0:
                self._stop()

    def run(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        """The result of a coroutine; this thread waits for it."""
        assert self._loop is not None
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    def _start(self) -> None:
        self._switch = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH_SECONDS)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="remote", daemon=True)
        self._thread.start()
        self.run(self._open())

    async def _open(self) -> None:
        self.client, self.slots = self._connect(), asyncio.Semaphore(self._at_once)

    def _stop(self) -> None:
        assert self._loop is not None
        assert self._thread is not None
        assert self.client is not None
        self.run(_end_others())  # of somebody who was interrupted
        self.run(self.client.close())
        self.run(self._loop.shutdown_default_executor())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        sys.setswitchinterval(self._switch)
        self._loop = self._thread = self.client = self.slots = None


async def _end_others() -> None:
    """Cancel whatever still runs in this loop, and wait for it."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
