"""The table of formats: one row a format, everything that is asked of one, and what is made from all rows.

Whoever tells formats apart, prepares, lists or explains them loops over `FORMATS`. A format from outside is
registered, in a module that LOCUTION_PLUGINS names. Loads no library.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from renderer.formats.format import Format
from renderer.formats.known import ROWS

FORMATS: dict[str, Format] = {}
"""Name -> row, in the order in which the sentence of valid formats names them."""

Syntax = Literal["ucsc", "washu", "igv", "ini"]

PACKED = (".gz", ".bgz", ".txt")
"""Endings that say nothing of the format."""

_UNGROUPED = ("matrix", "bands")
"""Kinds of one format each, whose own name says enough in the sentence of valid formats."""


def register(row: Format) -> Format:
    """Add a row; returns it. Raises ValueError for a name or a place in the order of tests that is taken."""
    if row.name in FORMATS:
        raise ValueError(f"There is a format '{row.name}' already.")
    taken = next((other.name for other in FORMATS.values() if other.lines.keys() & row.lines.keys()), None)
    if taken is not None:
        raise ValueError(f"The place of '{row.name}' in the order of tests is that of '{taken}'.")
    FORMATS[row.name] = row
    return row


def unregister(name: str) -> None:
    """Take a row out again."""
    del FORMATS[name]


@contextmanager
def registered(row: Format) -> Iterator[Format]:
    """The row is in the table as long as the context lasts."""
    register(row)
    try:
        yield row
    finally:
        unregister(row.name)


def valid_formats() -> str:
    """The sentence that says what would be right where a file is of no known format."""
    names: dict[str, list[str]] = {}
    for row in FORMATS.values():
        names.setdefault(row.kind, []).extend(row.called)
    *groups, last = (
        ", ".join(called) if kind in _UNGROUPED else f"{kind} ({', '.join(called)})" for kind, called in names.items()
    )
    return f"Valid are {', '.join(groups)} and {last}."


def without_endings(name: str) -> str:
    """A file name without what says its format or packing: 'a.rep1.bed.gz' -> 'a.rep1'."""
    endings = (*PACKED, *(ending for row in FORMATS.values() for ending in row.endings))
    while name.lower().endswith(endings):
        name = name.rpartition(".")[0]
    return name


def find_listed(syntax: Syntax, type_: str) -> str | None:
    """The format that a track list means by this type."""
    return next((row.name for row in FORMATS.values() if type_ in getattr(row, syntax)), None)


def written_as(syntax: Syntax, name: str | None) -> str | None:
    """What a track list calls the format `name`; None where it has no word for it."""
    row = FORMATS.get(name or "")
    return next(iter(getattr(row, syntax)), None) if row else None


def written_types(syntax: Syntax) -> list[str]:
    """All types that this kind of track list is written with."""
    return list(dict.fromkeys(getattr(row, syntax)[0] for row in FORMATS.values() if getattr(row, syntax)))


for _row in ROWS:
    register(_row)
