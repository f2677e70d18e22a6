"""What a file is, by its content: one table of formats, and `sniff`, which reads only the first few kilobytes.

Pure Python and cheap, so that a web server can refuse a wrong file at once. Whole-file checks are in `prepare`.
"""

from __future__ import annotations

import gzip
import re
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

from renderer.formats.text import GZIP, is_data, split_row
from renderer.formats.text_rows import HINTS, odd_row, text_format
from renderer.values.errors import FormatError
from renderer.values.track import Kind

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
    Format("wig", "signal", "wig signal"),
    Format("bam", "signal", "BAM or CRAM alignments (their coverage)"),
    Format("bed", "intervals", "BED intervals"),
    Format("narrowpeak", "intervals", "narrowPeak intervals"),
    Format("broadpeak", "intervals", "broadPeak intervals"),
    Format("gappedpeak", "intervals", "gappedPeak intervals"),
    Format("bigbed", "intervals", "bigBed intervals"),
    Format("vcf", "intervals", "VCF variants"),
    Format("bed12", "genes", "BED12 gene models"),
    Format("gtf", "genes", "GTF gene annotation"),
    Format("gff3", "genes", "GFF3 gene annotation"),
    Format("genepred", "genes", "genePred gene models (also refGene and refFlat)"),
    Format("biggenepred", "genes", "bigGenePred gene models"),
    Format("cytoband", "bands", "cytogenetic bands"),
    Format("links", "links", "links (BEDPE or arcs)"),
    Format("interact", "links", "interact links"),
    Format("biginteract", "links", "bigInteract links"),
    Format("longrange", "links", "longrange links"),
    Format("cool", "contacts", "cool contact matrix"),
    Format("mcool", "contacts", "mcool contact matrices"),
    Format("hicexplorer", "contacts", "HiCExplorer contact matrix"),
    Format("hic", "contacts", "hic contact matrices"),
    Format("matrix", "matrix", "bedGraph matrix"),
)
FORMATS = {row.name: row for row in _TABLE}
_TRACK_TYPE = re.compile(r"^track\b.*\btype=[\"']?(\w+)", re.MULTILINE)
_BINARY = re.compile(rb"[\x00-\x08]")
"""Control characters that stand in no text."""

VALID = (
    "Valid are signal (bigWig, bedGraph, wig, BAM, CRAM), intervals (BED, narrowPeak, broadPeak, gappedPeak, bigBed, "
    "VCF), genes (GTF, GFF3, BED12, genePred, bigGenePred), links (BEDPE, arcs, interact, bigInteract, longrange), "
    "contacts (.cool, .mcool, .h5, .hic), bedGraph matrices and cytobands."
)
_BIGBED = (b"\xeb\xf2\x89\x87", b"\x87\x89\xf2\xeb")
_HDF5 = b"\x89HDF\r\n\x1a\n"
_MAGIC = (
    (b"\x26\xfc\x8f\x88", "bigwig"),
    (b"\x88\x8f\xfc\x26", "bigwig"),
    (b"BAM\x01", "bam"),
    (b"CRAM", "bam"),
    (b"HIC\x00", "hic"),
    (_BIGBED[0], "bigbed"),
    (_BIGBED[1], "bigbed"),
    (_HDF5, "cool"),
)
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
_ENDINGS = {"bigwig": (".bw", ".bigwig"), "bigbed": (".bb", ".bigbed"), "BAM": (".bam",), "CRAM": (".cram",)}
_HDF5_GROUPS = (
    ("mcool", (b"resolutions\0",)),
    ("cool", (b"pixels\0", b"bins\0")),
    ("hicexplorer", (b"intervals\0", b"matrix\0")),
)
"""Groups at the root of an HDF5 file of each format; their names stand near its beginning."""

_AUTOSQL = (("biginteract", ("sourceChrom", "targetChrom")), ("biggenepred", ("exonFrames", "cdsStartStat")))
"""Columns by which a bigBed is more than intervals."""


def sniff(path: Path, name: str) -> Format:
    """The format of the file at `path`; `name` (what the user called it) is for messages and one tie.

    Raises FormatError for an empty, damaged or unknown file, or one whose name promises another binary format.
    """
    head, zipped = _head(path, name)
    for magic, found in _MAGIC:
        if head.startswith(magic):
            if zipped and found != "bam":
                raise FormatError(name, f"this is a gzipped {FORMATS[found].title}", "Unpack it with 'gunzip'.")
            return FORMATS[_narrower(path, head, found)]
    start = head.lstrip()[:16]
    for magic, words in _FOREIGN:
        if start.startswith(magic):
            raise FormatError(name, f"this is {words}", VALID)
    for promised, endings in _ENDINGS.items():
        if name.lower().endswith(endings):
            raise FormatError(name, f"the name says {promised}, the content is not", VALID)
    return _sniff_text(head, name)


def _head(path: Path, name: str) -> tuple[bytes, bool]:
    """The first bytes, unpacked, and whether they were packed."""
    with path.open("rb") as raw:
        head = raw.read(HEAD_BYTES)
        if not head:
            raise FormatError(name, "the file is empty", VALID)
        if not head.startswith(GZIP):
            return head, False
        raw.seek(0)
        try:
            head = gzip.GzipFile(fileobj=raw).read(HEAD_BYTES)
        except (OSError, EOFError, zlib.error) as exc:
            raise FormatError(name, f"the gzip data is damaged ({exc})", "Compress or upload the file again.") from exc
    if not head:
        raise FormatError(name, "the gzip file holds an empty file", VALID)
    return head, True


def _narrower(path: Path, head: bytes, found: str) -> str:
    """The format among those that share the first bytes of a bigBed or an HDF5 file."""
    if found == "bigbed":
        columns = read_autosql(path)
        return next((name for name, needed in _AUTOSQL if all(column in columns for column in needed)), found)
    if head.startswith(_HDF5):
        return next((name for name, needed in _HDF5_GROUPS if all(group in head for group in needed)), found)
    return found


def read_autosql(path: Path) -> str:
    """The description of its columns that a bigBed carries, in autoSql; empty if it has none."""
    with path.open("rb") as raw:
        order = "<" if raw.read(4) == _BIGBED[0] else ">"
        rest = raw.read(48)
        if len(rest) < 48:
            return ""
        (at,) = struct.unpack_from(order + "Q", rest, 32)
        if not 0 < at < path.stat().st_size:
            return ""
        raw.seek(at)
        return raw.read(HEAD_BYTES).partition(b"\0")[0].decode(errors="replace")


def _sniff_text(head: bytes, name: str) -> Format:
    if _BINARY.search(head):
        raise FormatError(name, "this is neither a text file nor a known binary format", VALID)
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
    if text.startswith("##fileformat=VCF") and (numbered or len(head) >= HEAD_BYTES):  # its header may be longer
        return FORMATS["vcf"]
    if not numbered:
        raise FormatError(name, "there is no data line in it", VALID)
    rows = [row for _, row in numbered]
    hint = _TRACK_TYPE.search(text)
    said = hint[1].lower() if hint else ""
    found = text_format(rows, said)
    if found is None:
        at, wrong = odd_row(rows)
        raise FormatError(name, wrong, VALID, numbered[at][0])
    if found == "bedgraph" and said not in HINTS and (said == "bed" or _is_called_bed(name)):
        found = "bed"
    return FORMATS[found]


def _is_called_bed(name: str) -> bool:
    return re.sub(r"\.b?gz$", "", name.lower()).endswith(".bed")
