"""What a file is, by its content: one table of formats, and `sniff`, which reads only the first few kilobytes.

Pure Python and cheap, so that a web server can refuse a wrong file at once. Whole-file checks are in `prepare`.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from renderer.errors import FormatError
from renderer.track import Kind

HEAD_BYTES = 65_536
"""Enough for a hundred lines of any format below."""

HEAD_LINES = 100


@dataclass(frozen=True)
class Format:
    """One row of the table. `note` is set for files that are kept but not drawn yet."""

    name: str
    kind: Kind
    title: str
    note: str | None = None


_TABLE = (
    Format("bigwig", "signal", "bigWig signal"),
    Format("bedgraph", "signal", "bedGraph signal"),
    Format("bed", "intervals", "BED intervals"),
    Format("narrowpeak", "intervals", "narrowPeak intervals"),
    Format("bed12", "genes", "BED12 gene models"),
    Format("gtf", "genes", "GTF gene annotation"),
    Format("links", "links", "links (BEDPE or arcs)"),
    Format("hdf5", "other", "HDF5 file (a .cool or .h5 contact matrix)", "contact matrices are not drawn yet"),
    Format("matrix", "other", "bedGraph matrix", "bedGraph matrices are not drawn yet"),
    Format("bigbed", "other", "bigBed intervals", "bigBed files are not drawn yet; give a BED file"),
    Format("gff3", "other", "GFF3 annotation", "GFF3 is not drawn yet; give a GTF or BED12 file"),
)
FORMATS = {row.name: row for row in _TABLE}
VALID = "Valid are bigWig, bedGraph, BED (3 to 12 columns), narrowPeak, GTF, BED12 genes, and links (BEDPE)."
_MAGIC = (
    (b"\x26\xfc\x8f\x88", "bigwig"), (b"\x88\x8f\xfc\x26", "bigwig"),
    (b"\xeb\xf2\x89\x87", "bigbed"), (b"\x87\x89\xf2\xeb", "bigbed"),
    (b"\x89HDF\r\n\x1a\n", "hdf5"),
)  # fmt: skip
_FOREIGN = (
    (b"%PDF", "a PDF document"), (b"\x89PNG", "a PNG image"), (b"PK\x03\x04", "a zip archive"),
    (b"BAM\x01", "a BAM file"), (b"CRAM", "a CRAM file"), (b"\xff\xd8\xff", "a JPEG image"),
)  # fmt: skip
_ENDINGS = {"bigwig": (".bw", ".bigwig"), "bigbed": (".bb", ".bigbed")}


def sniff(path: Path, name: str) -> Format:
    """The format of the file at `path`; `name` (what the user called it) is for messages and one tie.

    Raises FormatError for an empty, damaged or unknown file, or one whose name promises another binary format.
    """
    head = _head(path, name)
    for magic, found in _MAGIC:
        if head.startswith(magic):
            return FORMATS[found]
    for magic, words in _FOREIGN:
        if head.startswith(magic):
            raise FormatError(name, f"this is {words}", VALID)
    for promised, endings in _ENDINGS.items():
        if name.lower().endswith(endings):
            raise FormatError(name, f"the name says {promised}, the content is not", VALID)
    return _sniff_text(head, name)


def _head(path: Path, name: str) -> bytes:
    with path.open("rb") as raw:
        head = raw.read(HEAD_BYTES)
    if not head:
        raise FormatError(name, "the file is empty", VALID)
    if not head.startswith(b"\x1f\x8b"):
        return head
    try:
        return zlib.decompressobj(wbits=31).decompress(head, HEAD_BYTES)
    except zlib.error as exc:
        raise FormatError(name, f"the gzip data is damaged ({exc})", "Compress the file again.") from exc


def _sniff_text(head: bytes, name: str) -> Format:
    try:
        # The last line may be cut anywhere, also inside a character.
        text = head.decode("utf-8", errors="strict" if len(head) < HEAD_BYTES else "ignore")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise FormatError(name, "this is neither a text file nor a known binary format", VALID)
    lines = text.splitlines()
    if len(head) >= HEAD_BYTES:
        lines = lines[:-1]
    said = " ".join(line for line in lines if line.startswith("track"))
    rows = [split_row(line) for line in lines if is_data(line)][:HEAD_LINES]
    if not rows:
        raise FormatError(name, "there is no data line in it", VALID)
    found = next((format_ for format_, test in _TESTS if all(test(row) for row in rows)), None)
    if found == "bedgraph" and name.lower().removesuffix(".gz").endswith(".bed") and "bedGraph" not in said:
        found = "bed"
    if found is None:
        odd = [row for row in rows if not any(test(row) for _, test in _TESTS)]
        row = (odd or rows)[0]
        raise FormatError(name, f"data line {rows.index(row) + 1} ('{' '.join(row)[:60]}') fits no known format", VALID)
    return FORMATS[found]


def is_data(line: str) -> bool:
    """Whether a line of a track file holds data: not blank, a comment, or a 'track' or 'browser' line."""
    return bool(line.strip()) and not line.startswith(("#", "track", "browser"))


def split_row(line: str) -> list[str]:
    """The fields of a data line: by tabs, or by white space where there are none, as BED allows."""
    line = line.rstrip("\r\n")
    return line.split("\t") if "\t" in line else line.split()


def _is_int(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _is_interval(row: list[str]) -> bool:
    return len(row) >= 3 and _is_int(row[1]) and _is_int(row[2])


def _is_gff(row: list[str]) -> bool:
    return len(row) >= 8 and _is_int(row[3]) and _is_int(row[4]) and row[6] in "+-.?"


def _is_gtf(row: list[str]) -> bool:
    return _is_gff(row) and len(row) == 9 and ('gene_id "' in row[8] or "gene_id " in row[8])


def _is_links(row: list[str]) -> bool:
    return _is_interval(row) and len(row) >= 6 and _is_int(row[4]) and _is_int(row[5]) and not _is_int(row[3])


def _is_narrow_peak(row: list[str]) -> bool:
    return (
        _is_interval(row) and len(row) == 10 and row[5] in "+-."
        and all(_is_number(field) for field in row[6:9]) and _is_number(row[9])
    )  # fmt: skip


def _is_bed12(row: list[str]) -> bool:
    return _is_interval(row) and len(row) >= 12 and _is_int(row[6]) and _is_int(row[7]) and _is_int(row[9])


def _is_bedgraph(row: list[str]) -> bool:
    return _is_interval(row) and len(row) == 4 and _is_number(row[3])


def _is_matrix(row: list[str]) -> bool:
    return _is_interval(row) and len(row) >= 5 and all(_is_number(field) for field in row[3:])


def _is_bed(row: list[str]) -> bool:
    return _is_interval(row) and len(row) <= 12 and (len(row) < 6 or row[5] in ("+", "-", "."))


_TESTS = (
    ("gtf", _is_gtf),
    ("gff3", _is_gff),
    ("links", _is_links),
    ("narrowpeak", _is_narrow_peak),
    ("bed12", _is_bed12),
    ("bedgraph", _is_bedgraph),
    ("matrix", _is_matrix),
    ("bed", _is_bed),
)
"""Text formats, the strictest first; a file is of the first whose test every line of its head passes."""


def read_rows(path: Path, name: str) -> Iterator[tuple[int, list[str]]]:
    """Every data line of a plain or gzipped text file as its fields, with its 1-based number.

    Raises FormatError where the text cannot be decoded or the gzip data is damaged.
    """
    with path.open("rb") as raw:
        zipped = raw.read(2) == b"\x1f\x8b"
    number = 0
    try:
        with gzip.open(path, "rt", encoding="utf-8") if zipped else path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if is_data(line):
                    yield number, split_row(line)
    except (UnicodeDecodeError, EOFError, OSError, zlib.error) as exc:
        raise FormatError(name, f"the file is damaged here ({exc})", "Make the file again.", number + 1) from exc
