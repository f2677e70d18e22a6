"""Lines of a text file of tracks: plain, gzip or bgzip, with or without a byte-order mark, any line ending.

Reads forward in blocks, so that memory does not depend on the size of the file. Knows lines and fields, no format.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from renderer.values.errors import FormatError

Progress = Callable[[float], None]
"""Called with shares from 0 to 1."""

BLOCK_BYTES = 4 << 20
"""Text held at once: large enough for numpy and pandas to be fast, small beside everything else."""

LONGEST_LINE = 16 << 20
"""A gene of 400 exons takes 10 kB; a line of this length is no line of tracks."""

GZIP = b"\x1f\x8b"
BGZF_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
"""The empty block that closes what bgzip writes (SAM specification, 4.1.2): a file cut between blocks lacks it."""

_MISSING = frozenset(("", ".", "-", "na", "n/a", "<na>", "#n/a", "nan", "-nan", "+nan", "null", "none"))
_BOM = b"\xef\xbb\xbf"
_NAMES_CHROM = r"(?:chr\w*+|seq\w*+|contig|scaffold|reference)"
_NAMES_START, _NAMES_END = r"(?:chrom|tx)?(?:start|begin|[xs]1)\w*", r"(?:chrom|tx)?(?:end|stop|[xe]2|e1)\w*"
_NO_DATA = re.compile(
    rf"\s*+$|#|(?:track|browser)(?:\s|$)|(?:\S++\s++)?{_NAMES_CHROM}\s++{_NAMES_START}\s++{_NAMES_END}\b"
    r"|PeakID\b.*\bChr\s+Start\b",
    re.IGNORECASE,
)


def is_data(line: str) -> bool:
    """Whether a line holds data: not blank, a comment, a 'track' or 'browser' line, or a line of column names."""
    return not _NO_DATA.match(line)


def split_row(line: str) -> list[str]:
    """The fields of a data line, without blanks around them: by tabs, or by white space where there are none, as BED
    allows."""
    line = line.rstrip("\r\n")
    if "\t" not in line:
        return line.split()
    padded = "\t " in line or " \t" in line or line[0] == " " or line[-1] == " "
    return [field.strip() for field in line.split("\t")] if padded else line.split("\t")


def is_missing(text: str) -> bool:
    """Whether a field stands for a value that is not there: empty, '.', or what R, numpy and SQL write."""
    return text.strip().lower() in _MISSING


def read_blocks(path: Path, name: str, report: Progress | None = None) -> Iterator[tuple[int, bytes]]:
    """Blocks of whole lines that end in a line feed, each with the 1-based number of its first line.

    `report` gets the share of the file that was read. Raises FormatError for damaged gzip data or an endless line.
    """
    line, rest, size = 1, b"", max(1, path.stat().st_size)
    with path.open("rb") as raw:
        zipped = raw.read(2) == GZIP
        raw.seek(0)
        if _is_cut_bgzf(raw):
            raise FormatError(name, "the bgzip data lack their end, so the file is cut short", "Copy or make it again.")
        source = gzip.GzipFile(fileobj=raw) if zipped else raw
        while True:
            try:
                block = source.read(BLOCK_BYTES)
            except (EOFError, OSError, zlib.error) as exc:
                raise FormatError(name, f"the file is damaged after this line ({exc})", "Make it again.", line) from exc
            if line == 1 and not rest:
                block = block.removeprefix(_BOM)
            whole, rest = _cut(rest + block) if block else (rest, b"")
            if whole:
                whole = _line_feeds(whole)
                if b"\0" in whole:
                    number = line + whole.count(b"\n", 0, whole.index(b"\0"))
                    raise FormatError(name, "there is a zero byte, so this is no text", "Make it again.", number)
                yield line, whole
                line += whole.count(b"\n")
            if len(rest) > LONGEST_LINE:
                raise FormatError(name, f"the line is longer than {LONGEST_LINE:,} bytes", "End lines with \\n.", line)
            if report:
                report(min(1.0, raw.tell() / size))
            if not block:
                return


def _is_cut_bgzf(raw: BinaryIO) -> bool:
    """Whether a file that begins as bgzip's does not end as they do. Leaves it at its beginning."""
    head = raw.read(len(BGZF_END))
    raw.seek(-min(len(BGZF_END), raw.seek(0, 2)), 2)
    tail = raw.read()
    raw.seek(0)
    return head[:4] == BGZF_END[:4] and head[12:14] == b"BC" and tail != BGZF_END


def _cut(block: bytes) -> tuple[bytes, bytes]:
    """The whole lines of a block and what is left; a last \\r may be half of an \\r\\n."""
    at = max(block.rfind(b"\n"), block.rfind(b"\r", 0, len(block) - 1)) + 1
    return block[:at], block[at:]


def _line_feeds(block: bytes) -> bytes:
    if b"\r" in block:
        block = block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return block if block.endswith(b"\n") else block + b"\n"


def without_head(block: bytes) -> bytes:
    """The block of whole lines from its first data line on."""
    at = 0
    while at < len(block):
        end = block.index(b"\n", at)
        if is_data(block[at:end].decode(errors="replace")):
            break
        at = end + 1
    return block[at:]


def read_lines(path: Path, name: str, report: Progress | None = None) -> Iterator[tuple[int, str]]:
    """Every line with its 1-based number, also comments. Raises FormatError where the text is not UTF-8."""
    for first, block in read_blocks(path, name, report):
        yield from block_lines(name, first, block)


def block_lines(name: str, first: int, block: bytes) -> Iterator[tuple[int, str]]:
    """The lines of one block, the first of which has number `first`. Raises FormatError with the line."""
    for number, line in enumerate(block[:-1].split(b"\n"), first):
        try:
            yield number, line.decode()
        except UnicodeDecodeError as exc:
            raise FormatError(name, f"the text is not UTF-8 ({exc.reason})", "Save it as UTF-8.", number) from exc


def read_rows(path: Path, name: str, report: Progress | None = None) -> Iterator[tuple[int, list[str]]]:
    """Every data line as its fields, with its 1-based number. Raises FormatError as `read_lines` does."""
    for number, line in read_lines(path, name, report):
        if is_data(line):
            yield number, split_row(line)
