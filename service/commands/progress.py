"""How far a batch is: a bar in a terminal, else a line now and then, for a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

from service.batch.locus import ReadLocus

LINE_SECONDS = 10.0
"""Between two lines: often enough to see that it goes on, seldom enough for a log of hours."""


class Progress:
    """Counts loci. `kept` are those of an earlier run: they say nothing of how fast this one is."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.done = self.failed = self.kept = 0
        self._began = self._told = time.monotonic()

    def add(self, one: ReadLocus) -> None:
        """Count one more."""
        self.done += 1
        self.kept += one.kept
        self.failed += one.record["status"] != "done"

    def text(self) -> str:
        """'120/300 loci, 3 failed, 42 a minute, 4 min left'."""
        said = [f"{self.done}/{self.total} loci", f"{self.failed} failed"]
        said += [f"{self.kept} kept"] if self.kept else []
        minutes, fresh = (time.monotonic() - self._began) / 60, self.done - self.kept
        if fresh:
            said.append(f"{fresh / minutes:.0f} a minute")
            if self.done < self.total:
                said.append(f"{_span(minutes / fresh * (self.total - self.done))} left")
        return ", ".join(said)

    def is_due(self) -> bool:
        """Whether the last line was long ago; then this one is the last."""
        now = time.monotonic()
        if now - self._told < LINE_SECONDS:
            return False
        self._told = now
        return True


def _span(minutes: float) -> str:
    seconds = round(60 * minutes)
    if seconds < 60:
        return f"{seconds} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


class Shown:
    """A progress on standard error, beside what is printed meanwhile."""

    def __init__(self, total: int, quiet: bool) -> None:
        from tqdm import tqdm

        self.counts = Progress(total)
        self._lines = not (quiet or total == 1 or sys.stderr.isatty())
        self._bar = tqdm(total=total, unit="locus", disable=quiet or total == 1 or not sys.stderr.isatty())

    def add(self, one: ReadLocus) -> None:
        """One more is done."""
        self.counts.add(one)
        self._bar.set_postfix(failed=self.counts.failed, refresh=False)
        self._bar.update(1)
        if self._lines and self.counts.is_due():
            click.echo(self.counts.text(), err=True)

    def say(self, text: str) -> None:
        """Print on standard output, without tearing the bar."""
        with self._bar.external_write_mode():
            click.echo(text)

    def close(self) -> None:
        """Leave the bar as it is."""
        self._bar.close()


@contextmanager
def shown(total: int, quiet: bool = False) -> Iterator[Shown]:
    """A progress of so many loci."""
    made = Shown(total, quiet)
    try:
        yield made
    finally:
        made.close()
