"""Fields of a text row: whole numbers, finite ones, colours, and the start and end of an interval, each refused with
its line."""

from __future__ import annotations

import math
import re
from functools import lru_cache

from renderer.values.errors import FormatError

MOST_POSITION = 2**31 - 1
"""The largest position an index can hold; the longest known chromosomes have less than 2 Gb."""

_RGB = re.compile(r"(\d+),(\d+),(\d+),?")
_HEX = re.compile(r"#[0-9A-Fa-f]{6}")
_WHOLE = re.compile(r"-?[0-9]{1,18}")


def whole(name: str, number: int, what: str, text: str) -> int:
    """A whole number, perhaps negative. Raises FormatError with the line; `what` is what it stands for."""
    if not _WHOLE.fullmatch(text):
        raise FormatError(name, f"{what} is '{text[:40]}'", "It must be a whole number, as in 1000000.", number)
    return int(text)


@lru_cache(maxsize=4096)
def _chrom_fault(chrom: str) -> str | None:
    """What is wrong with the name of a chromosome, or None."""
    if not chrom:
        return "the name of the chromosome is empty"
    if not chrom.isprintable():
        return f"the name of the chromosome, {chrom[:40]!r}, holds a control character"
    return f"the name of the chromosome, {chrom[:40]}, is in quotes" if chrom[0] in "\"'" else None


def is_chrom(chrom: str) -> bool:
    """Whether this can be the name of a chromosome."""
    return _chrom_fault(chrom) is None


def check_chrom(name: str, number: int, chrom: str) -> None:
    """Raises FormatError with the line where this cannot be the name of a chromosome."""
    fault = _chrom_fault(chrom)
    if fault:
        raise FormatError(name, fault, "Write it like chr1.", number)


def interval(name: str, number: int, row: list[str]) -> tuple[int, int]:
    """Start and end of a BED-like row (0-based, half-open). Raises FormatError with the line."""
    if len(row) < 3:
        raise FormatError(name, f"there are {len(row)} columns", "Every line needs chrom, start and end.", number)
    check_chrom(name, number, row[0])
    if not (_WHOLE.fullmatch(row[1]) and _WHOLE.fullmatch(row[2])):
        found = f"start and end are '{row[1][:40]}' and '{row[2][:40]}'"
        raise FormatError(name, found, "They must be whole numbers, as in 1000000.", number)
    start, end = int(row[1]), int(row[2])
    if start < 0 or end < start:
        valid = "A start must not be negative or lie past the end; positions count from 0."
        raise FormatError(name, f"the interval is {start}-{end}", valid, number)
    if end > MOST_POSITION:
        raise FormatError(name, f"the interval ends at {end}", f"Positions go to {MOST_POSITION:,}.", number)
    return start, end


def finite(text: str) -> float | None:
    """The number, or None if it is none, or not finite."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


@lru_cache(maxsize=1000)
def read_color(text: str) -> str | None:
    """'255,0,0', '16711680' and '#ff0000' as '#ff0000'; None for 0, for '.', and for what is no colour."""
    if _HEX.fullmatch(text):
        return text.lower()
    if text.isascii() and text.isdigit() and 0 < int(text) < 1 << 24:
        return f"#{int(text):06x}"
    match = _RGB.fullmatch(text)
    parts = [int(part) for part in match.groups()] if match else []
    if not parts or max(parts) > 255:
        return None
    return "#" + "".join(f"{part:02x}" for part in parts)
