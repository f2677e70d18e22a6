"""What every way of preparing a file shares: progress, and keeping the upload."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from renderer.formats.table import Format
from renderer.formats.text import Progress
from renderer.values.prepared import Prepared


def keep(path: Path, target: Path) -> Path:
    """The upload under a name of ours: a hard link where the file system allows it, else a copy."""
    target.unlink(missing_ok=True)
    try:
        os.link(path, target)
    except OSError:
        shutil.copyfile(path, target)
    return target


def keep_with_note(path: Path, folder: Path, found: Format, note: str) -> Prepared:
    """A file that is kept but not drawn, with the reason."""
    return Prepared(found.name, found.kind, keep(path, folder / f"kept.{found.name}"), {}, False, None, (), note)


def stage(report: Progress, start: float, end: float) -> Progress:
    """A progress from 0 to 1 of one stage, told as the stretch from `start` to `end` of the whole."""
    return lambda share: report(start + share * (end - start))
