"""What every way of preparing a file shares: progress, keeping the upload, and saying which file it was."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import asdict
from pathlib import Path

from renderer.formats.text import Progress
from renderer.values.prepared import Source


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


def keep_source(path: Path, name: str, prepared: Path) -> None:
    """Hash the upload at `path`, which a person called `name`, once (1 to 2 GB a second), and keep the hash beside what
    was prepared of it."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    kept = Source(name, digest, path.stat().st_size)
    _source_file(prepared).write_text(json.dumps(asdict(kept)), encoding="utf-8")


def source_of(prepared: Path) -> Source:
    """The file that the prepared one at this path was made from; of one that is not prepared, its name alone."""
    own = Path(str(prepared).partition("::")[0])  # map.mcool::/resolutions/10000
    try:
        return Source(**json.loads(_source_file(own).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return Source(own.name, None, None)


def _source_file(prepared: Path) -> Path:
    """Where it is kept: in the folder of what was prepared, so that one goes where the other goes."""
    return prepared.with_name(f"{prepared.name}.source.json")
