"""What every way of preparing a file shares: progress, and keeping the upload."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from renderer.formats.text import Progress


def keep(path: Path, target: Path) -> Path:
    """The upload under a name of ours: a hard link where the file system allows it, else a copy."""
    target.unlink(missing_ok=True)
    try:
        os.link(path, target)
    except OSError:
        shutil.copyfile(path, target)
    return target


def stage(report: Progress, start: float, end: float) -> Progress:
    """A progress from 0 to 1 of one stage, told as the stretch from `start` to `end` of the whole."""
    return lambda share: report(start + share * (end - start))
