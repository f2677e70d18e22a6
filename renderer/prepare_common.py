"""What every way of preparing a file shares: progress, keeping the upload, and the check of one interval."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from renderer.errors import FormatError
from renderer.formats import Format
from renderer.prepared import Prepared
from renderer.text import Progress


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


def interval(name: str, number: int, row: list[str]) -> tuple[int, int]:
    """Start and end of a BED-like row (0-based, half-open). Raises FormatError with the line."""
    if len(row) < 3:
        raise FormatError(name, f"there are {len(row)} columns", "Every line needs chrom, start and end.", number)
    try:
        start, end = int(row[1]), int(row[2])
    except ValueError:
        raise FormatError(
            name, f"start and end are '{row[1]}' and '{row[2]}'", "They must be whole numbers.", number
        ) from None
    if start < 0 or end < start:
        raise FormatError(
            name,
            f"the interval is {start}-{end}",
            "A start must not be negative or lie past the end.",
            number,
        )
    return start, end
