"""Who reads files for this process: one sandbox for as long as it lives, or, if the settings say so, nobody else."""

from __future__ import annotations

import atexit
from functools import cache

from renderer.sandbox.files import Allowance, FileReader, InProcess, Sandbox
from workers.settings import Settings

GROWTH = 2
"""A prepared file may be this many times as large as the largest upload: short text lines grow in a bigWig."""


def reader_of_files(settings: Settings) -> FileReader:
    """What prepares files and draws scenes in this process, within the limits of `settings`."""
    return _sandbox(_limits(settings)) if settings.sandbox else InProcess()


def own_reader(settings: Settings) -> FileReader:
    """The same for one task, which closes it: another process than that of `reader_of_files`."""
    return Sandbox(_limits(settings)) if settings.sandbox else InProcess()


def _limits(settings: Settings) -> Allowance:
    size = GROWTH * settings.max_upload_mb
    return Allowance(settings.prepare_seconds, settings.render_seconds, settings.sandbox_mb, size)


@cache
def _sandbox(limits: Allowance) -> Sandbox:
    made = Sandbox(limits)
    atexit.register(made.close)
    return made
