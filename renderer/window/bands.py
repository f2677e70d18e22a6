"""Cytogenetic bands of a chromosome from a prepared cytoBand file: what an ideogram is drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pysam

from renderer.values.errors import FormatError
from renderer.values.region import match_chrom

STAINS = ("gneg", "gpos25", "gpos33", "gpos50", "gpos66", "gpos75", "gpos100", "gpos", "acen", "gvar", "stalk")
"""Giemsa stains as UCSC's cytoBand tables name them; 'acen' is the centromere. Any 'gpos' number up to 100 is valid."""


@dataclass(frozen=True)
class Band:
    """A band, 0-based, half-open. `name` is as in the table ('p24.1'); empty where it has none."""

    start: int
    end: int
    name: str
    stain: str


def read_bands(path: Path, chrom: str) -> list[Band]:
    """Every band of a chromosome, by start; none if the file lacks it. Raises FormatError for a damaged file."""
    try:
        with pysam.TabixFile(str(path)) as table:
            known = match_chrom(chrom, table.contigs)
            rows = [row.split("\t") for row in table.fetch(known)] if known else []
    except (OSError, ValueError) as exc:
        raise FormatError(path.name, f"the bands cannot be read ({exc})", "Upload the file again.") from exc
    return [Band(int(row[1]), int(row[2]), row[3], row[4]) for row in rows]
