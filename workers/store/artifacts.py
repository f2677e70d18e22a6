"""Files named by the hash of their bytes: figures and uploads are written once and never change."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path

_SHA = re.compile(r"[0-9a-f]{64}")


class Artifacts:
    """A folder of files under their SHA-256, fanned out by its first two letters."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, content: bytes) -> str:
        """Keep `content`; returns its SHA-256. Writing the same twice is harmless."""
        sha = hashlib.sha256(content).hexdigest()
        target = self.path(sha)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            _write(content, target)
        return sha

    def path(self, sha: str) -> Path:
        """Where the file with this hash is, or would be. Raises ValueError for anything that is no SHA-256."""
        if not _SHA.fullmatch(sha):
            raise ValueError(f"'{sha}' is no SHA-256")
        return self.folder / sha[:2] / sha


def _write(content: bytes, target: Path) -> None:
    """Whoever looks finds the whole file or none. It is on the disk before a row of the database can name it."""
    handle, partial = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".partial")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        Path(partial).replace(target)
    finally:
        Path(partial).unlink(missing_ok=True)
