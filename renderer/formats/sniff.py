"""What a file is, by its content: `sniff` reads only the first few kilobytes and asks the rows of the table.

Pure Python and cheap, so that a web server can refuse a wrong file at once. Whole-file checks are in `prepare`.
"""

from __future__ import annotations

import gzip
import re
import zlib
from pathlib import Path

from renderer.formats import line_tests
from renderer.formats.format import Format
from renderer.formats.table import FORMATS, PACKED, valid_formats
from renderer.formats.text import GZIP, is_data, split_row
from renderer.values.errors import FormatError

HEAD_BYTES = 65_536
"""Enough for a hundred lines of any format."""

HEAD_LINES = 100
ODD_SHARE = 0.05
"""A text has no more control characters than this."""

_VALUES = (
    "Name the file .bedGraph if column 4 is the value to be drawn, .bed if columns 4 and 5 are name and score, .bm if "
    "each column is a score of a matrix."
)
Numbered = list[tuple[int, list[str]]]
"""Data lines as their fields, each with its 1-based number."""

_TRACK_TYPE = re.compile(r"(?<=\s)(?:type|graphType)=[\"']?(\w+)", re.IGNORECASE)
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
    (b"{\\rtf", "rich text (RTF), as TextEdit and Word write it; save it as plain text"),
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


def lists_nothing(path: Path, name: str) -> bool:
    """Whether this is a file of intervals or links, by its name, without any: empty, or of comments only."""
    row = _of_name(name)
    if row is None or row.kind not in ("intervals", "links") or path.stat().st_size > HEAD_BYTES:
        return False
    try:
        head, _ = _head(path, name)
    except FormatError:
        return path.stat().st_size == 0 or _unpacks_to_nothing(path)
    return len(head) < HEAD_BYTES and not any(is_data(line) for line in head.decode("utf-8", "replace").splitlines())


def _unpacks_to_nothing(path: Path) -> bool:
    try:
        return gzip.decompress(path.read_bytes()) == b""
    except (OSError, EOFError, zlib.error):
        return False


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
    odd = _BINARY.search(head)
    if odd:
        line = head.count(b"\n", 0, odd.start()) + 1 if _is_nearly_text(head) else 0
        found = (
            f"there is a control character ({odd[0]!r})"
            if line
            else "this is neither a text file nor a known binary format"
        )
        raise FormatError(name, found, valid_formats(), line)
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
    types = [said for line in lines if line.startswith("track") for said in _TRACK_TYPE.findall(line.lower())]
    return _of_rows(name, numbered, types)


def _is_nearly_text(head: bytes) -> bool:
    """Whether control characters are few: a slip in a text, not another kind of file."""
    return b"\0" not in head and len(_BINARY.findall(head)) <= max(1, ODD_SHARE * len(head))


def _of_rows(name: str, numbered: Numbered, types: list[str]) -> Format:
    """The format of these rows; what a track line (of these types, the last said is the narrowest) or the name declares
    binds."""
    rows = [row for _, row in numbered]
    known = ((said, row) for said in types[::-1] for row in FORMATS.values() if said in row.track_types)
    said, by_track = next(known, ("", None))
    by_name = _of_name(name)
    found = _text_format(rows, said, by_name)
    declared, where = (by_track, f"the track line says {said}") if by_track else (by_name, "the name says")
    if declared is None or (declared.vague and not by_track):
        figures = all(map(line_tests.is_figures, rows))
        if figures and declared is not None and (found is None or found.name == "bedgraph"):
            return declared  # intervals that are named by number
        if found is not None and not (found.name == "bed" and figures and not all(map(line_tests.is_bed5, rows))):
            return found
        at, wrong = _odd_row(rows)
        raise FormatError(name, wrong, _VALUES if figures else valid_formats(), numbered[at][0])
    if found and (found.kind in (declared.kind, *declared.otherwise) or _is_called(found, name)):
        return found
    odd = next((at for at, row in enumerate(rows) if not _may_be(declared, row)), None)
    if odd is None or sum(_may_be(declared, row) for row in rows) > len(rows) / 2:
        return _narrowed(declared, rows)  # whose reader names the line
    promised = "" if by_track else f" {' or '.join(declared.called)}"
    like = f"the line is like {found.name}" if found else _why(rows[odd])
    valid = "Give the file the name or the track line of what it holds."
    raise FormatError(name, f"{where}{promised}, but {like}", valid, numbered[odd][0])


def _narrowed(declared: Format, rows: list[list[str]]) -> Format:
    """What a file that declares a format holds of it, where another row of the table knows that better."""
    narrower = [row for row in FORMATS.values() if row.narrows == declared.name]
    fits = (row for row in narrower if row.declared and all(map(row.declared, rows)) and _has_least(row, rows))
    return next(fits, declared)


def _of_name(name: str) -> Format | None:
    """The text format whose ending the name has."""
    return next((row for row in FORMATS.values() if not row.magic and _is_called(row, name)), None)


def _is_called(row: Format, name: str) -> bool:
    bare = name.lower()
    while bare.endswith(PACKED):
        bare = bare.rpartition(".")[0]
    return bool(row.endings) and bare.endswith(row.endings)


def _may_be(declared: Format, row: list[str]) -> bool:
    """Whether a line can be of the format, given that the file says it is of that."""
    return any(test(row) for test in (*declared.lines.values(), *filter(None, (declared.declared,))))


def _text_format(rows: list[list[str]], hint: str = "", named: Format | None = None) -> Format | None:
    """The first format of which all these rows (at least one) can be; `hint` is the type of a track line, `named` what
    the name of the file says."""
    tests = [
        (hint not in row.track_types, place, row, test)
        for row in FORMATS.values()
        for place, test in row.lines.items()
        if not row.only_declared or row is named or hint in row.track_types
    ]
    tests.sort(key=lambda one: one[:2])
    return next((row for *_, row, test in tests if all(map(test, rows)) and _has_least(row, rows)), None)


def _has_least(row: Format, rows: list[list[str]]) -> bool:
    return row.least is None or any(map(row.least, rows))


def _odd_row(rows: list[list[str]]) -> tuple[int, str]:
    """Which of the rows does not fit (they are of no format together), and what is wrong with it."""
    if all(map(line_tests.is_figures, rows)):
        return 0, _why(rows[0])
    alone = [found.name if (found := _text_format([row])) else None for row in rows]
    if None in alone:
        at = alone.index(None)
        return at, _why(rows[at])
    at = next(at for at, name in enumerate(alone) if name != alone[0])
    return at, f"the line is like {alone[at]}, the lines before like {alone[0]}"


def _why(row: list[str]) -> str:
    """What is wrong with a row that fits no format."""
    shown = f"'{' '.join(row)[:60]}'"
    if (len(row) == 1 and len(row[0].split()) > 1) or any("  " in field for field in row):
        return f"{shown} has columns between blanks, which must be tabs"
    if line_tests.is_figures(row):
        return f"{shown} has {len(row) - 3} columns of numbers, of which none says what it is"
    if len(row) >= 3 and line_tests.are_numbers(row[1:3]) and not line_tests.are_ints(row[1:3]):
        return f"start and end are '{row[1]}' and '{row[2]}', which must be whole numbers from 0 on"
    return f"{shown} fits no known format"
