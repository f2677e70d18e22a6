"""Rows of a bigBed, a stretch of a chromosome at a time. A mutated file can crash pyBigWig: see
`renderer.prepare.upload`."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import pyBigWig

from renderer.formats.autosql import BIGBED_MAGIC
from renderer.formats.text import Progress
from renderer.values.errors import FormatError

STRETCH = 1 << 20
"""Base pairs read at once: some ten thousand entries of the densest files."""


def bigbed_chroms(path: Path, name: str) -> dict[str, int]:
    """Chromosome lengths in bp. Raises FormatError if the file cannot be read."""
    with _open(path, name) as bigbed:
        return dict(bigbed.chroms() or {})


def read_bigbed(path: Path, name: str, report: Progress | None = None) -> Iterator[tuple[int, list[str]]]:
    """Every entry as the fields of a BED row, sorted by chromosome and start; the number is always 0: no lines.

    Raises FormatError if the file cannot be read.
    """
    chroms = bigbed_chroms(path, name)
    found, promised = 0, _items(path)
    done, total = 0, max(1, sum(chroms.values()))
    with _open(path, name) as bigbed:
        for chrom, length in chroms.items():
            for at in range(0, length, STRETCH):
                try:
                    # From the base before, so that an empty entry at the edge is seen.
                    entries = bigbed.entries(chrom, max(0, at - 1), min(at + STRETCH, length)) or ()
                except (RuntimeError, OverflowError, UnicodeDecodeError) as exc:
                    raise _unreadable(name, exc) from exc
                for start, end, rest in entries:
                    if at <= start < at + STRETCH or (start == length == at + STRETCH):
                        found += 1
                        yield 0, [chrom, str(start), str(end), *(rest.split("\t") if rest else ())]
            done += length
            if report:
                report(done / total)
    if found != promised:
        raise _unreadable(name, f"it has {found:,} of the {promised:,} entries it promises")


def _items(path: Path) -> int:
    """How many entries its header promises: the number where its data begin."""
    with path.open("rb") as raw:
        order = "<" if raw.read(4) == BIGBED_MAGIC[0] else ">"
        (at,) = struct.unpack(order + "Q", raw.read(20)[12:])
        raw.seek(at)
        (count,) = struct.unpack(order + "Q", raw.read(8).ljust(8, b"\0"))
    return int(count)


def _open(path: Path, name: str) -> pyBigWig.pyBigWig:
    try:
        opened = pyBigWig.open(str(path))
    except RuntimeError as exc:
        raise _unreadable(name, exc) from exc
    if not opened.isBigBed():
        raise FormatError(name, "this is no bigBed", "Make the file again.")
    return opened


def _unreadable(name: str, exc: object) -> FormatError:
    return FormatError(name, f"the bigBed cannot be read ({exc})", "It may be truncated: upload it again.")
