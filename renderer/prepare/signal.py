"""Text signal -> bigWig; a bigWig is checked and kept. A mutated bigWig can crash pyBigWig: see
`renderer.prepare.upload`."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pyBigWig

from renderer.formats.fields import MOST_POSITION
from renderer.formats.format import Format
from renderer.formats.text import Progress, read_blocks
from renderer.prepare.background import keep_background
from renderer.prepare.common import keep, stage
from renderer.prepare.signal_store import OverlapError, SignalStore
from renderer.prepare.signal_text import BedGraphReader, SignalReader, WigReader
from renderer.values.errors import FormatError
from renderer.values.prepared import Prepared


def prepare_bigwig(path: Path, name: str, folder: Path, found: Format, report: Progress) -> Prepared:
    """A bigWig, kept as it is. Raises FormatError for a damaged file."""
    try:
        with pyBigWig.open(str(path)) as bigwig:
            named, header = dict(bigwig.chroms() or {}), bigwig.header()
            chroms = {chrom: length for chrom, length in named.items() if length}
            for chrom, length in list(chroms.items())[:3]:
                bigwig.stats(chrom, 0, length)  # reads the index: a truncated file fails here, not in a figure
    except (RuntimeError, OverflowError) as exc:
        raise FormatError(name, f"the bigWig cannot be read ({exc})", "It may be truncated: upload it again.") from exc
    if not chroms:
        raise FormatError(name, "the bigWig names no chromosome", "Make the file again.")
    empty = [chrom for chrom in named if chrom not in chroms]
    warnings = (f"Of no length in the header, and left out: {', '.join(empty[:5])}.",) * bool(empty)
    warnings += () if header["nBasesCovered"] else ("The bigWig holds no values.",)
    target = keep(path, folder / "signal.bw")
    keep_background(target, name)
    return Prepared(found.name, found.kind, target, chroms, True, None, warnings)


def prepare_text(
    make_reader: Callable[[str], SignalReader], path: Path, name: str, folder: Path, found: Format, report: Progress
) -> Prepared:
    """A text signal as a bigWig; `make_reader` makes the reader of a file of this name.

    Raises FormatError with the line.
    """
    reader = make_reader(name)
    with tempfile.TemporaryDirectory(dir=folder) as work:
        store = SignalStore(Path(work))
        for first, block in read_blocks(path, name, stage(report, 0, 0.5)):
            for chrom, piece in reader.pieces(first, block):
                store.add(chrom, piece)
        if not store.items:
            raise FormatError(name, "there is no value in it", "A signal needs at least one interval with a value.")
        chroms, target = store.ends, folder / "signal.bw"
        # Text does not tell how long chromosomes are. A length of the last end seen would cut a column in two there.
        unknown = dict.fromkeys(chroms, MOST_POSITION)
        try:
            store.write(target, unknown, stage(report, 0.5, 0.98))
        except OverlapError as overlap:
            raise _name_lines(path, name, make_reader(name), overlap) from None
    keep_background(target, name)
    return Prepared(found.name, found.kind, target, chroms, False, store.items, reader.warnings())


prepare_bedgraph = partial(prepare_text, BedGraphReader)
prepare_wig = partial(prepare_text, WigReader)


def _name_lines(path: Path, name: str, reader: SignalReader, overlap: OverlapError) -> FormatError:
    """The error that names the lines of two overlapping intervals, which are looked up in the file again."""
    wanted = [(overlap.chrom, *overlap.first), (overlap.chrom, *overlap.second)]
    found: list[tuple[int, str, int, int]] = []
    for first, block in read_blocks(path, name):
        for number, chrom, start, end, _ in reader.lines(first, block):
            if (chrom, start, end) in wanted:
                wanted.remove((chrom, start, end))
                found.append((number, chrom, start, end))
        if not wanted:
            break
    (early, *_), (line, chrom, start, end) = found
    where = f"{chrom}:{start}-{end} overlaps the interval of line {early}"
    return FormatError(name, where, "Intervals of a signal must not overlap.", line)
