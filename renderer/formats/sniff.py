"""What a file is, by its content: `sniff` reads only the first few kilobytes and asks the rows of the table.

Pure Python and cheap, so that a web server can refuse a wrong file at once. Whole-file checks are in `prepare`.
"""

from __future__ import annotations

import gzip
import re
import zlib
from pathlib import Path

from renderer.formats.format import Format
from renderer.formats.line_tests import are_ints, are_numbers
from renderer.formats.table import FORMATS, valid_formats
from renderer.formats.text import GZIP, is_data, split_row
from renderer.values.errors import FormatError

HEAD_BYTES = 65_536
"""Enough for a hundred lines of any format."""

HEAD_LINES = 100

_TRACK_TYPE = re.compile(r"^track\b.*\btype=[\"']?(\w+)", re.MULTILINE)
_BINARY = re.compile(rb"[\x00-\x08]")
"""Control characters that stand in no text."""

_FOREIGN = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"PK\x03\x04", "a zip archive or an Excel workbook (.xlsx)"),
    (b"\xd0\xcf\x11\xe0", "an old Office file (.xls)"),
    (b"BZh", "a bzip2 archive; unpack it"),
    (b"\xfd7zXZ", "an xz archive; unpack it"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive; unpack it"),
    (GZIP, "a gzip file in a gzip file; unpack it once"),
    (b"BAI\x01", "the index of a BAM file"),
    (b"TBI\x01", "a tabix index"),
    (b"CSI\x01", "a CSI index"),
    (b"BCF", "a BCF file; write VCF with 'bcftools view -O z'"),
    (b"@HD\t", "SAM text; write BAM with 'samtools sort'"),
    (b"@SQ\t", "SAM text; write BAM with 'samtools sort'"),
    (b">", "FASTA sequence"),
    (b"<", "an HTML or XML page, perhaps an error page of a download"),
    (b"{", "JSON text"),
    (b"\xff\xfe", "UTF-16 text; save it as UTF-8"),
    (b"\xfe\xff", "UTF-16 text; save it as UTF-8"),
)


def sniff(path: Path, name: str) -> Format:
    """The format of the file at `path`; `name` (what the user called it) is for messages and one tie.

    Raises FormatError for an empty, damaged or unknown file, or one whose name promises a binary format.
    """
    head, zipped = _head(path, name)
    return _binary(path, head, zipped, name) or _text(head, name)


def _head(path: Path, name: str) -> tuple[bytes, bool]:
    """The first bytes, unpacked, and whether they were packed."""
    with path.open("rb") as raw:
        head = raw.read(HEAD_BYTES)
        if not head:
            raise FormatError(name, "the file is empty", valid_formats())
        if not head.startswith(GZIP):
            return head, False
        raw.seek(0)
        try:
            head = gzip.GzipFile(fileobj=raw).read(HEAD_BYTES)
        except (OSError, EOFError, zlib.error) as exc:
            raise FormatError(name, f"the gzip data is damaged ({exc})", "Compress or upload the file again.") from exc
    if not head:
        raise FormatError(name, "the gzip file holds an empty file", valid_formats())
    return head, True


def _binary(path: Path, head: bytes, zipped: bool, name: str) -> Format | None:
    """The format whose magic the head begins with, the narrowest of several; None for what may be text."""
    rows = [row for row in FORMATS.values() if row.magic and head.startswith(row.magic)]
    if rows and zipped and not rows[0].zipped:
        raise FormatError(name, f"this is a gzipped {rows[0].title}", "Unpack it with 'gunzip'.")
    narrow = [row for row in rows if row.holds and row.holds(path, head)]
    wide = [row for row in rows if row.holds is None]
    if narrow or wide:
        return [*narrow, *wide][0]
    start = head.lstrip()[:16]
    for magic, words in _FOREIGN:
        if start.startswith(magic):
            raise FormatError(name, f"this is {words}", valid_formats())
    for row in FORMATS.values():
        if row.magic and name.lower().endswith(row.endings):
            promised = " or ".join(row.called)
            raise FormatError(name, f"the name says {promised}, the content is not", valid_formats())
    return None


def _text(head: bytes, name: str) -> Format:
    if _BINARY.search(head):
        raise FormatError(name, "this is neither a text file nor a known binary format", valid_formats())
    try:
        # The last line may be cut anywhere, also inside a character.
        text = head.decode("utf-8-sig", errors="strict" if len(head) < HEAD_BYTES else "ignore")
    except UnicodeDecodeError as exc:
        line = head.count(b"\n", 0, exc.start) + 1
        raise FormatError(name, f"the text is not UTF-8 ({exc.reason})", "Save it as UTF-8.", line) from exc
    lines = re.split(r"\r\n|\r|\n", text.partition("\n##FASTA")[0])  # GFF3 may end in sequence
    if len(head) >= HEAD_BYTES:
        lines = lines[:-1]
    numbered = [(number, split_row(line)) for number, line in enumerate(lines, 1) if is_data(line)][:HEAD_LINES]
    opened = next((row for row in FORMATS.values() if row.opening and text.startswith(row.opening)), None)
    if opened and (numbered or len(head) >= HEAD_BYTES):  # its header may be longer
        return opened
    if not numbered:
        raise FormatError(name, "there is no data line in it", valid_formats())
    rows = [row for _, row in numbered]
    hint = _TRACK_TYPE.search(text)
    said = hint[1].lower() if hint else ""
    found = _text_format(rows, said)
    if found is None:
        at, wrong = _odd_row(rows)
        raise FormatError(name, wrong, valid_formats(), numbered[at][0])
    hinted = any(said in row.track_types for row in FORMATS.values())
    if found.name == "bedgraph" and not hinted and (said == "bed" or _is_called_bed(name)):
        return FORMATS["bed"]  # intervals that are named by number
    return found


def _is_called_bed(name: str) -> bool:
    return re.sub(r"\.b?gz$", "", name.lower()).endswith(".bed")


def _text_format(rows: list[list[str]], hint: str = "") -> Format | None:
    """The first format of which all these rows (at least one) can be; `hint` is the type of a track line."""
    tests = [
        (hint not in row.track_types, place, row, test) for row in FORMATS.values() for place, test in row.lines.items()
    ]
    tests.sort(key=lambda one: one[:2])
    return next((row for _, _, row, test in tests if all(test(fields) for fields in rows)), None)


def _odd_row(rows: list[list[str]]) -> tuple[int, str]:
    """Which of the rows does not fit (they are of no format together), and what is wrong with it."""
    alone = [found.name if (found := _text_format([row])) else None for row in rows]
    if None in alone:
        at = alone.index(None)
        return at, _why(rows[at])
    at = next(at for at, name in enumerate(alone) if name != alone[0])
    return at, f"the line is like {alone[at]}, the lines before like {alone[0]}"


def _why(row: list[str]) -> str:
    """What is wrong with a row that fits no format."""
    shown = f"'{' '.join(row)[:60]}'"
    if len(row) >= 3 and are_numbers(row[1:3]) and not are_ints(row[1:3]):
        return f"start and end are '{row[1]}' and '{row[2]}', which must be whole numbers from 0 on"
    return f"{shown} fits no known format"
