"""autoSql: the description of its columns that a bigBed carries. Reads a few kilobytes; needs no library."""

from __future__ import annotations

import re
import struct
from pathlib import Path

BIGBED_MAGIC = (b"\xeb\xf2\x89\x87", b"\x87\x89\xf2\xeb")
"""First bytes of a bigBed: little-endian, big-endian."""

MOST_BYTES = 65_536
"""A description of a hundred columns takes some kilobytes."""

_COLUMN = re.compile(r"^\s*[A-Za-z]\w*\s*(?:\[[^\]]*\]|\([^)]*\))?\s+(\w+)\s*;", re.MULTILINE)
_BED_COLUMNS = (
    "name",
    "score",
    "strand",
    "thickStart",
    "thickEnd",
    "itemRgb",
    "blockCount",
    "blockSizes",
    "chromStarts",
)
_ALIASES = {"reserved": "itemRgb", "color": "itemRgb", "blockStarts": "chromStarts"}


def read_autosql(path: Path) -> str:
    """The description in the bigBed at `path`; empty if it has none."""
    with path.open("rb") as raw:
        order = "<" if raw.read(4) == BIGBED_MAGIC[0] else ">"
        rest = raw.read(48)
        if len(rest) < 48:
            return ""
        (at,) = struct.unpack_from(order + "Q", rest, 32)
        if not 0 < at < path.stat().st_size:
            return ""
        raw.seek(at)
        return raw.read(MOST_BYTES).partition(b"\0")[0].decode(errors="replace")


def autosql_columns(text: str) -> list[str]:
    """The names of the columns in an autoSql description, e.g. ['chrom', 'chromStart', 'chromEnd', 'name']."""
    return _COLUMN.findall(text.partition("(")[2])


def bed_places(columns: list[str]) -> list[int | None]:
    """Where columns 4 to 12 of BED stand among the columns of an autoSql, which may have others in any order."""
    known = [_ALIASES.get(column, column) for column in columns]
    return [known.index(column) if column in known else None for column in _BED_COLUMNS]
