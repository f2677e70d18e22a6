"""A batch read in this process: its loci one after the other, or several drawn at a time by threads.

Each thread asks a sandbox of its own, so the drawing runs in processes that were started, not forked; the model, whose
share of the time is small, reads here, one figure at a time.
"""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from renderer.values.errors import LocutionError
from service.batch.run import reach
from service.outputs.alt_text import describe_figure
from service.outputs.drawn_values import NAME as VALUES
from service.outputs.drawn_values import keep_values
from workers.sandboxes import own_reader

if TYPE_CHECKING:
    from renderer.sandbox.files import FileReader
    from renderer.values.drawn import DrawnBins
    from renderer.values.track import Scene
    from service.batch.locus import DrawnLocus, Locus, ReadLocus
    from service.batch.run import Batch
    from service.batch.run import Beside as Made
    from vlm.values.captioner import Captioner, Figure, ModelInfo, RawReading
    from vlm.values.record import Record
    from workers.settings import Settings

Read = Generator["ReadLocus", None, None]

AHEAD = 3
"""So many loci a thread may be read before the one whose turn it is: they wait on disk."""


@dataclass(frozen=True)
class Beside:
    """What is made of each locus beside its record: its drawn bins, put into `bins` by its folder; the findings in its
    pictures, in `language`; and a file of the bins, if one is asked for."""

    bins: dict[Path, DrawnBins]
    language: str
    values: bool

    def of(self, files: FileReader) -> tuple[Made, ...]:
        """As a batch takes it whose files are read by `files`."""
        told: Made = partial(describe_figure, lang=self.language)
        written: tuple[Made, ...] = (partial(keep_values, files),) if self.values else ()
        return (told, partial(self._keep, files), *written)

    @property
    def leaves(self) -> tuple[str, ...]:
        """Names of the files that a locus has then."""
        return (VALUES,) if self.values else ()

    def _keep(self, files: FileReader, drawn: DrawnLocus, _: Record) -> None:
        if drawn.figure is not None:
            self.read(files, drawn.locus, drawn.figure.scene)

    def read(self, files: FileReader, locus: Locus, scene: Scene) -> None:
        """Keep the bins of a locus. Of a file that could be drawn but cannot be read again there are none."""
        with suppress(LocutionError):
            self.bins[locus.folder] = files.bins(scene)


def run(batch: Batch, jobs: int, settings: Settings, beside: Beside, resume: bool) -> Read:
    """The loci of a batch in order, `jobs` of them drawn at a time. When it is closed, what still runs is ended."""
    jobs = min(jobs, len(batch.loci))
    if jobs > 1 and settings.sandbox:  # in one process figures can be drawn in turn only
        return _by_threads(batch, jobs, settings, beside, resume)
    return _here(batch, beside, resume)


def _here(batch: Batch, beside: Beside, resume: bool) -> Read:
    """In this thread."""
    batch = replace(batch, beside=(*batch.beside, *beside.of(batch.files)), leaves=(*batch.leaves, *beside.leaves))
    with closing(batch.run(resume=resume)) as loci:
        for one in loci:
            if one.kept and one.locus.scene is not None:
                beside.read(batch.files, one.locus, one.locus.scene)
            yield one


def _by_threads(batch: Batch, count: int, settings: Settings, beside: Beside, resume: bool) -> Read:
    captioner = batch.load(batch.asked.model)
    reach(captioner)
    model = _InTurns(captioner)
    readers = [own_reader(settings) for _ in range(count)]
    idle: queue.SimpleQueue[FileReader] = queue.SimpleQueue()
    for reader in readers:
        idle.put(reader)

    def read(locus: Locus) -> ReadLocus:
        reader = idle.get()
        try:
            (one,) = _here(replace(batch, loci=[locus], files=reader, load=lambda _: model), beside, resume)
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
