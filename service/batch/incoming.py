"""Files that a person names, as a batch takes them: what is no file on this disk is refused in one sentence, texts may
be gzipped, and what can be read only once (a pipe, standard input) is kept."""

from __future__ import annotations

import gzip
import re
import shutil
import sys
import zlib
from pathlib import Path

from renderer.formats.text import GZIP
from renderer.values.errors import TrackError

STDIN = "-"
"""What stands for standard input, as in other programs; /dev/stdin and <(...) work as any pipe does."""

MOST_TEXT = 50_000_000
"""Bytes of a list of loci: a file this long is of another kind."""

_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]+):/+", re.IGNORECASE)


def check_file(what: str, path: Path) -> None:
    """Raise TrackError unless there is a file, or a pipe, to be read; `what` is what it was given as."""
    if str(path) == STDIN:
        return
    address = _ADDRESS.match(str(path))
    if address:
        shown = f"{address[1]}://{str(path)[address.end() :]}"  # a path has lost a slash
        raise TrackError(f"{what}: {shown} is an address, and nothing is fetched. Download it, then name the file.")
    if path.is_dir():
        raise TrackError(f"{what}: {path} is a folder. Name a file.")
    try:
        path.stat()
    except FileNotFoundError:
        raise TrackError(f"{what}: {path}: there is no such file.") from None
    except (OSError, ValueError) as error:
        raise TrackError(f"{what}: {path} cannot be read ({_reason(error)}).") from error


def check_folder(what: str, path: Path) -> None:
    """Raise TrackError unless results can be written into a folder at `path`, which may still have to be made."""
    above = next(one for one in (path, *path.absolute().parents) if one.exists() or one.is_symlink())
    if str(path) == STDIN:
        raise TrackError(f"{what}: results are files in a folder, so they cannot go to standard output. Name a folder.")
    if not above.is_dir():
        raise TrackError(f"{what}: {above} is a file. Name a folder for the results.")
    try:
        path.mkdir(parents=True, exist_ok=True)
        (path / ".writable").touch()
        (path / ".writable").unlink()
    except OSError as error:
        raise TrackError(f"{what}: nothing can be written to {path} ({_reason(error)}).") from error


def text_of(what: str, path: Path) -> str:
    """The text of a file, a pipe or standard input, unpacked if it is gzipped. Raises TrackError."""
    check_file(what, path)
    name = "standard input" if str(path) == STDIN else str(path)
    try:
        if str(path) == STDIN:
            data = sys.stdin.buffer.read(MOST_TEXT + 1)
        else:
            with path.open("rb") as file:
                data = file.read(MOST_TEXT + 1)
        if data.startswith(GZIP):
            data = gzip.decompress(data)
        if b"\0" in data or len(data) > MOST_TEXT:
            raise TrackError(f"{what}: {name} is no text, or a very long one.")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise TrackError(f"{what}: {name}, line {line}: this is not UTF-8 text. Save it as UTF-8.") from error
    except (OSError, EOFError, zlib.error) as error:
        raise TrackError(f"{what}: {name} cannot be read ({_reason(error)}).") from error


def kept_file(what: str, path: Path, work: Path) -> Path:
    """The path of a file that can be read more than once: its own, or that of a copy under `work`. Raises
    TrackError."""
    check_file(what, path)
    if path.is_file():
        return path
    work.mkdir(parents=True, exist_ok=True)
    copy = work / ("stdin" if str(path) == STDIN else f"pipe-{path.name}")
    try:
        with copy.open("xb") as target:
            if str(path) == STDIN:
                shutil.copyfileobj(sys.stdin.buffer, target)
            else:
                with path.open("rb") as source:
                    shutil.copyfileobj(source, target)
    except FileExistsError:
        raise TrackError(f"{what}: {path} is given twice. Give each file once.") from None
    except OSError as error:
        raise TrackError(f"{what}: {path} cannot be read ({_reason(error)}).") from error
    return copy


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
