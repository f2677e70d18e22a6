"""Blocks of BED, its relatives and VCF by columns: a fraction of the time that rows one by one take. A block that holds
anything unusual is left to the parser of rows, which copes or names the line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt

from renderer.formats.fields import MOST_POSITION, is_chrom, read_color
from renderer.prepare.indexed import Block, Places

Fields = list[list[bytes]]

_PADDED = re.compile(rb"(?:^|\t)0[0-9]")
_STRANDS = {b"+", b"-", b"."}


def bed_blocks(block: bytes, width: int, colors: bool, summit: bool) -> list[Block] | None:
    """The rows of a block of whole lines, each of `width` fields between tabs; None if any of them is not plain.

    `colors`: columns 7 to 9 are a thick part and a colour; `summit`: column 10 is one.
    """
    fields = _columns(block, width)
    if fields is None or not all(is_chrom(name.decode()) for name in set(fields[0])):
        return None
    starts, ends = _whole(fields[1]), _whole(fields[2])
    if starts is None or ends is None or not ((starts < ends) & (ends <= MOST_POSITION)).all():
        return None
    rest = _described(fields, starts, ends, colors, summit)
    if rest is None:
        return None
    lines = list(map(b"\t".join, zip(fields[0], fields[1], fields[2], *rest, strict=True)))
    return list(_by_chrom(fields[0], starts, ends, lines))


def vcf_blocks(block: bytes, longest: int) -> list[Block] | None:
    """The records of a block of a VCF, of alleles of at most `longest` bases; None if any is no small variant."""
    if not block.isascii() or b"#" in block or b"END=" in block:
        return None
    fields: Fields = list(zip(*[line.split(b"\t", 7) for line in block.splitlines()], strict=False))  # type: ignore[arg-type]
    if len(fields) < 8:
        return None
    names, positions, ids, references, alternatives, quality = fields[:6]
    alleles = set(references) | set(alternatives)
    at, scores = _whole(positions), _scores(list(quality))
    if at is None or scores is None or not (at > 0).all() or b" " in b"".join((*set(names), *ids)):
        return None
    if not all(is_chrom(name.decode()) for name in set(names)) or not b"".join(alleles).replace(b",", b"").isalpha():
        return None
    if max(map(len, alleles)) > longest or b"" in alleles:
        return None
    starts, ends = at - 1, at - 1 + np.array(list(map(len, references)))
    if int(ends.max()) > MOST_POSITION:
        return None
    labels = [
        b"%b>%b" % (old, new) if name == b"." else name
        for name, old, new in zip(ids, references, alternatives, strict=True)
    ]
    rows = zip(names, starts.tolist(), ends.tolist(), labels, scores, strict=True)
    lines = [b"%b\t%d\t%d\t%b\t%b\t.\t.\t.\t.\t.\t." % row for row in rows]
    return list(_by_chrom(names, starts, ends, lines))


def _columns(block: bytes, width: int) -> Fields | None:
    """The fields of the block by column; None if a line has more or fewer."""
    if not block.isascii() or any(odd in block for odd in (b"#", b" ", b"track", b"browser", b'"', b"=")):
        return None
    data = np.frombuffer(block, np.uint8)
    marks = data[(data == ord("\t")) | (data == ord("\n"))]
    if len(marks) % width or not (marks.reshape(-1, width) == np.array([*[9] * (width - 1), 10])).all():
        return None
    fields = block[:-1].replace(b"\n", b"\t").split(b"\t")
    return [fields[at::width] for at in range(width)]


def _whole(fields: list[bytes]) -> Places | None:
    """Whole numbers from 0 on as programs write them; None for anything else, as 007 or an empty field."""
    text = b"\t".join(fields)
    if not text.replace(b"\t", b"").isdigit() or (b"\t0" in text and _PADDED.search(text)):
        return None
    return _numbers(text, len(fields), np.int64)


def _numbers(text: bytes, count: int, kind: type[np.generic]) -> npt.NDArray[Any] | None:
    """So many numbers between tabs; None if they are not."""
    try:
        found = np.fromstring(text, kind, sep="\t")
    except (ValueError, DeprecationWarning):  # something that is no number ends it early
        return None
    return found if len(found) == count else None


def _described(fields: Fields, starts: Places, ends: Places, colors: bool, summit: bool) -> Fields | None:
    """Name, score, strand, thick part, colour, summit and blocks of every row, as `Interval.to_line` writes them."""
    dots = [b"."] * len(starts)
    names = fields[3] if len(fields) > 3 else [b""] * len(starts)
    if b"." in names:
        names = [b"" if name == b"." else name for name in names]
    scores = _scores(fields[4]) if len(fields) > 4 else dots
    strands = fields[5] if len(fields) > 5 else dots
    look = _look(fields, starts, ends, dots) if colors and len(fields) > 7 else [dots] * 3
    summits = _summits(fields[9], starts, ends) if summit else dots
    if scores is None or look is None or summits is None or not set(strands) <= _STRANDS:
        return None
    return [names, scores, strands, *look, summits, dots]


def _look(fields: Fields, starts: Places, ends: Places, dots: list[bytes]) -> Fields | None:
    """thickStart, thickEnd and colour, '.' where the thick part is none or there is no colour."""
    low, high = fields[6], fields[7]
    thick_start = starts if low == fields[1] else _whole(low)
    thick_end = ends if high == fields[2] else _whole(high)
    if thick_start is None or thick_end is None:
        return None
    held = (starts <= thick_start) & (thick_start < thick_end) & (thick_end <= ends)
    if not held.all():
        low, high = (
            [text if good else b"." for text, good in zip(part, held.tolist(), strict=True)] for part in (low, high)
        )
    if len(fields) < 9:
        return [low, high, dots]
    words = {text: read_color(text.decode()) for text in set(fields[8])}
    if any(color is None and text not in (b"0", b".", b"") for text, color in words.items()):
        return None
    written = {text: (color or ".").encode() for text, color in words.items()}
    return [low, high, [written[text] for text in fields[8]]]


def _scores(fields: list[bytes]) -> list[bytes] | None:
    """Finite numbers as they are, '.' where there is none; None if any is no number."""
    if b"." in fields or b"" in fields:
        given = [text for text in fields if text not in (b".", b"")]
        known = _scores(given) if given else []
        return None if known is None else [text or b"." for text in fields]
    text = b"\t".join(fields)
    numbers = _numbers(text, len(fields), np.float64) if not text.translate(None, b"0123456789.eE+-\t") else None
    return fields if numbers is not None and np.isfinite(numbers).all() else None


def _summits(fields: list[bytes], starts: Places, ends: Places) -> list[bytes] | None:
    """Where the summits of peaks are, '.' for -1; None if any is no whole number or outside its peak."""
    try:
        offsets = np.array(list(map(int, fields)), np.int64)
    except (ValueError, OverflowError):
        return None
    if (offsets < -1).any() or (starts + offsets >= ends).any() or b"_" in b"".join(fields):
        return None
    return [
        b"." if offset < 0 else str(start + offset).encode()
        for start, offset in zip(starts.tolist(), offsets.tolist(), strict=True)
    ]


def _by_chrom(names: list[bytes], starts: Places, ends: Places, lines: list[bytes]) -> Iterator[Block]:
    at = 0
    for chrom, same in groupby(names):
        to = at + sum(1 for _ in same)
        yield chrom.decode(), starts[at:to], ends[at:to], lines[at:to]
        at = to
