"""Receiving files: each is written and hashed once, where it will stay, while it arrives.

Werkzeug would spool a large upload to /tmp and have it read twice more; this is half the time and no second copy.
"""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import IO, Any

from flask import Request, g, request

from renderer.values.errors import FormatError
from service.http.here import ring, settings, store
from workers.requests import uploads
from workers.requests.pictures import Arrived
from workers.store.database import File

FORM_BYTES = 4_000_000
"""Everything of a request that is no file: 2,000 loci are 80 kB."""


class Incoming:
    """A file as it arrives: what Werkzeug's parser writes into, and `path`, `sha256` and `size` once it is complete."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file: IO[bytes] = tempfile.NamedTemporaryFile(dir=folder, delete=False)  # noqa: SIM115 - moved later
        self._hash = hashlib.sha256()
        self.path = Path(self._file.name)
        self.size = 0

    def write(self, part: bytes) -> int:
        """Take the next part."""
        self._hash.update(part)
        self.size += len(part)
        return self._file.write(part)

    def seek(self, offset: int, whence: int = 0) -> int:
        """The parser rewinds when it is done; the file is complete then."""
        self._file.flush()
        return self._file.seek(offset, whence)

    def read(self, size: int = -1) -> bytes:
        """As a file."""
        return self._file.read(size)

    def close(self) -> None:
        """Give back the handle; the file stays until it is taken or discarded."""
        self._file.close()

    def discard(self) -> None:
        """Remove the file unless it was taken."""
        self.close()
        self.path.unlink(missing_ok=True)

    @property
    def sha256(self) -> str:
        """Of what has arrived."""
        return self._hash.hexdigest()


class UploadRequest(Request):
    """Flask's request with `Incoming` files. Those that nobody took are gone when the request is over."""

    max_form_memory_size = FORM_BYTES

    def _get_file_stream(self, *args: Any, **kwargs: Any) -> Any:
        made = Incoming(store().incoming)
        g.setdefault("incoming", []).append(made)
        return made


def discard_leftovers(_error: BaseException | None = None) -> None:
    """Remove files of this request that were refused or never asked for (a teardown function of the application)."""
    for left in g.pop("incoming", []):
        left.discard()


def take_uploads(field: str) -> tuple[list[File], list[FormatError]]:
    """Keep every file of the request's form field; a file of no known format is refused, the others are kept."""
    arrived = [part for part in request.files.getlist(field) if part.filename]
    taken: list[File] = []
    refused: list[FormatError] = []
    for part in arrived:
        stream = part.stream
        assert isinstance(stream, Incoming)
        stream.close()
        try:
            taken.append(
                uploads.add_file(store(), stream.path, part.filename or "", stream.sha256, stream.size, ring())
            )
        except FormatError as error:
            refused.append(error)
    return taken, refused


def allow_uploads() -> None:
    """Let this one request be as large as a file may be."""
    request.max_content_length = settings().max_upload_mb * 1_000_000


def take_bytes(stream: Any) -> bytes:
    """The bytes of a small upload, which stays where it is until the request is over."""
    assert isinstance(stream, Incoming)
    stream.seek(0)
    return stream.read()


def take_picture(stream: Any) -> Arrived:
    """An uploaded picture where it arrived."""
    assert isinstance(stream, Incoming)
    stream.close()
    return Arrived(stream.path, stream.sha256, stream.size)
