"""BAM or CRAM -> bigWig of coverage: how many reads lie over each base.

Counted are primary alignments that passed the filters and are no duplicates, by their aligned blocks: an intron or a
deletion (CIGAR N, D) is not covered. Both mates of a pair count. No index and, for CRAM, no reference is needed.
"""

from __future__ import annotations

import re
import struct
import tempfile
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pysam

from renderer.formats.bigwig import PIECE, Piece
from renderer.formats.format import Format
from renderer.formats.text import Progress
from renderer.prepare.background import keep_background
from renderer.prepare.common import stage
from renderer.prepare.signal_store import SignalStore
from renderer.values.errors import FormatError
from renderer.values.prepared import Prepared

SKIPPED_FLAGS = 0x4 | 0x100 | 0x200 | 0x400 | 0x800
"""Unmapped, secondary, failed quality control, duplicate, supplementary."""

CRAM_FIELDS = 0x2 | 0x4 | 0x8 | 0x20
"""Flag, chromosome, position, CIGAR (SAM_FLAG, ... of htslib): all that is decoded, so the reference is not wanted."""

CRAM_END_BYTES = 40
"""The closing container of a CRAM is 30 or 38 bytes long, and says EOF."""

READS_AT_ONCE = 500_000
"""Reads between two reports, and between two writings of the coverage that is final."""

_ORDER = re.compile(r"^@HD\t.*\bSO:(\w+)", re.MULTILINE)
SORT = "Sort it with 'samtools sort -o sorted.bam' and upload that."


def prepare_coverage(path: Path, name: str, folder: Path, found: Format, report: Progress) -> Prepared:
    """The coverage of a coordinate-sorted BAM or CRAM. Raises FormatError for an unsorted or damaged file."""
    target = folder / "signal.bw"
    quiet = pysam.set_verbosity(0)  # htslib writes to stderr what is raised here anyway
    try:
        with tempfile.TemporaryDirectory(dir=folder) as work, _open(path, name) as reads:
            store = SignalStore(Path(work))
            chroms = dict(zip(reads.references, reads.lengths, strict=True))
            for chrom, piece in _coverage(reads, name, path.stat().st_size, stage(report, 0, 0.7)):
                store.add(chrom, piece)
            store.write(target, chroms, stage(report, 0.7, 0.98))
    except (OSError, ValueError) as exc:  # what pysam raises for a truncated or mutated file
        raise FormatError(
            name, f"the alignments cannot be read ({exc})", "It may be truncated: upload it again."
        ) from exc
    finally:
        pysam.set_verbosity(quiet)
    keep_background(target, name)
    warnings = () if store.items else ("No read is mapped, or all are marked as duplicates or failed.",)
    return Prepared(found.name, found.kind, target, chroms, True, store.items, warnings)


def _open(path: Path, name: str) -> pysam.AlignmentFile:
    if not _is_whole_cram(path):
        raise FormatError(name, "the alignments cannot be read to the end", "It is truncated: upload it again.")
    only = [f"required_fields={CRAM_FIELDS}".encode()]
    reads = pysam.AlignmentFile(str(path), "r", check_sq=False, format_options=only)
    if not reads.references:
        raise FormatError(name, "its header names no chromosome", "Reads must be aligned to a reference.")
    order = _ORDER.search(str(reads.header))
    if order and order[1] not in ("coordinate", "unknown"):
        raise FormatError(name, f"the reads are sorted by '{order[1]}'", SORT)
    return reads


def _is_whole_cram(path: Path) -> bool:
    """Whether a CRAM ends with the container that closes one since version 2.1; true for other files."""
    with path.open("rb") as raw:
        magic, *version = struct.unpack("4sBB", raw.read(6).ljust(6, b"\0"))
        raw.seek(-min(CRAM_END_BYTES, path.stat().st_size), 2)
        return magic != b"CRAM" or version < [2, 1] or b"\xe0EOF" in raw.read()


@dataclass
class _Sweep:
    """Where blocks of the current chromosome begin and end, beyond the coverage that is already final."""

    starts: array[int] = field(default_factory=lambda: array("q"))
    ends: array[int] = field(default_factory=lambda: array("q"))

    def take(self, before: int | None = None) -> Piece:
        """The coverage up to position `before` (None: all), as intervals; what crosses it stays for the next time."""
        starts, ends = np.array(self.starts, np.int64), np.array(self.ends, np.int64)
        if before is None:
            self.starts, self.ends = array("q"), array("q")
        else:
            self.starts = array("q", np.maximum(starts, before)[ends > before].tobytes())
            self.ends = array("q", ends[ends > before].tobytes())
            starts, ends = starts[starts < before], np.minimum(ends, before)[starts < before]
        return _depth(starts, ends)


def _depth(starts: npt.NDArray[np.int64], ends: npt.NDArray[np.int64]) -> Piece:
    """Blocks as runs of equal depth above 0."""
    places, where = np.unique(np.concatenate((starts, ends)), return_inverse=True)
    steps = np.bincount(where[: len(starts)], minlength=len(places)) - np.bincount(
        where[len(starts) :], minlength=len(places)
    )
    keep = steps != 0
    places, depth = places[keep], np.cumsum(steps[keep])[:-1]
    covered = depth > 0
    piece = np.empty(int(covered.sum()), PIECE)
    piece["start"], piece["end"], piece["value"] = places[:-1][covered], places[1:][covered], depth[covered]
    return piece


def _coverage(reads: pysam.AlignmentFile, name: str, size: int, report: Progress) -> Iterator[tuple[str, Piece]]:
    """(chrom, runs of equal depth), in order. Raises FormatError if the reads are not sorted."""
    sweep, chrom, last = _Sweep(), -1, 0
    for number, read in enumerate(reads.fetch(until_eof=True), 1):
        if read.flag & SKIPPED_FLAGS:
            continue
        start = read.reference_start
        if read.reference_id != chrom or start < last:
            if read.reference_id <= chrom:
                raise _unsorted(name, number, reads, (chrom, last), (read.reference_id, start))
            if chrom >= 0:
                yield reads.get_reference_name(chrom), sweep.take()
            chrom = read.reference_id
        last = start
        for low, high in read.get_blocks():
            sweep.starts.append(low)
            sweep.ends.append(high)
        if number % READS_AT_ONCE == 0:
            yield reads.get_reference_name(chrom), sweep.take(start)
            report(min(1.0, (reads.tell() >> 16) / size))
    if chrom >= 0:
        yield reads.get_reference_name(chrom), sweep.take()


def _unsorted(
    name: str, number: int, reads: pysam.AlignmentFile, before: tuple[int, int], now: tuple[int, int]
) -> FormatError:
    there, here = (f"{reads.get_reference_name(chrom)}:{at + 1:,}" for chrom, at in (before, now))
    return FormatError(name, f"the reads are not sorted: read {number:,} at {here} comes after {there}", SORT)
