"""A batch read in this process: its loci one after the other, or several drawn at a time by threads.

Each thread asks a sandbox of its own, so the drawing runs in processes that were started, not forked; the model, whose
share of the time is small, reads here, one figure at a time. Beside the records the drawn bins are kept.
"""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from renderer.values.errors import LocutionError
from workers.sandboxes import own_reader

if TYPE_CHECKING:
    from renderer.sandbox.files import FileReader
    from renderer.values.drawn import DrawnBins
    from service.batch.locus import DrawnLocus, Locus, ReadLocus
    from service.batch.run import Batch
    from vlm.values.captioner import Captioner, Figure, ModelInfo, RawReading
    from vlm.values.record import Record
    from workers.settings import Settings

Bins = dict[Path, "DrawnBins"]
"""Folder of a locus -> its drawn bins."""

Read = Generator["ReadLocus", None, None]

AHEAD = 3
"""So many loci a thread may be read before the one whose turn it is: they wait on disk."""


def here(batch: Batch, bins: Bins) -> Read:
    """Read the loci of a batch in order, in this thread; their bins are put into `bins`."""
    yield from replace(batch, beside=(*batch.beside, partial(_keep, batch.files, bins))).run()


def by_threads(batch: Batch, count: int, settings: Settings, bins: Bins) -> Read:
    """The same, with `count` threads that draw. When it is closed, what still runs is ended."""
    model = _InTurns(batch.load(batch.asked.model))
    readers = [own_reader(settings) for _ in range(count)]
    idle: queue.SimpleQueue[FileReader] = queue.SimpleQueue()
    for reader in readers:
        idle.put(reader)

    def read(locus: Locus) -> ReadLocus:
        reader = idle.get()
        try:
            (one,) = here(replace(batch, loci=[locus], files=reader, load=lambda _: model), bins)
            return one
        finally:
            idle.put(reader)

    pool = ThreadPoolExecutor(count, "locution")
    with ExitStack() as stack:  # what is pushed last is done first
        for reader in readers:
            stack.callback(reader.close)
        stack.callback(pool.shutdown)
        for reader in readers:
            stack.callback(reader.close)  # ends the drawing that nobody waits for any more
        stack.callback(pool.shutdown, wait=False, cancel_futures=True)
        waiting: deque[Future[ReadLocus]] = deque()
        for locus in batch.loci:
            waiting.append(pool.submit(read, locus))
            if len(waiting) > AHEAD * count:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _keep(files: FileReader, bins: Bins, drawn: DrawnLocus, _: Record) -> None:
    """Of a file that can be drawn but not read again there are no bins; its record stands."""
    if drawn.figure is not None:
        try:
            bins[drawn.locus.folder] = files.bins(drawn.figure.scene)
        except LocutionError:
            bins.pop(drawn.locus.folder, None)


class _InTurns:
    """A captioner that several threads may ask: they take turns."""

    def __init__(self, captioner: Captioner) -> None:
        self._captioner, self._turn = captioner, threading.Lock()

    @property
    def info(self) -> ModelInfo:
        return self._captioner.info

    def read(self, figures: list[Figure]) -> list[RawReading]:
        with self._turn:
            return self._captioner.read(figures)
