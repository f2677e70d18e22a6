"""A format of files as one row: how it is told from others, what it is called, how it is prepared and opened.

The rows are in `renderer.formats.table`. Rooms that come later in the order of imports are named by text, so that
knowing all formats loads none of the libraries that read them.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from renderer.formats.text import Progress
from renderer.values.prepared import Prepared
from renderer.values.track import Kind

Prepare = Callable[[Path, str, Path, "Format", Progress], Prepared]
"""Checks the file at a path, which a person called so, and writes its prepared form into a folder that is there.
Raises FormatError with the line."""

LineTest = Callable[[list[str]], bool]
"""Whether the fields of a data line (at least one) can be of the format."""

Named = str
"""'module:name' of something that is imported where it is first needed."""


@dataclass(frozen=True, kw_only=True)
class Format:
    """One row of the table. What is left out, the format does not have.

    A binary format is told by its first bytes, `magic` (behind gzip where `zipped`), and by what its file `holds`
    (path, first bytes) where others begin the same; a text format by its `opening`, or by `lines`: a test that every
    data line of its head passes, at its place among the tests of all formats, which are asked in the order of their
    places, the strictest first (those of the table are tens, so that others fit between); where `least` is given, one
    of the lines must pass that as well, as missing values fit many formats.
    A file declares its format by a track line whose type is one of `track_types`, or by one of the `endings` of names
    (in lower case): that binds. A declared format may take lines that are `declared`, and content that is clearly of
    another kind is an error. `narrows` is the format that a file of this one may declare: all its lines are then
    `declared`, and one `least`. `vague`: the endings are given to files of all kinds, as .bed is, and bind nothing.
    `only_declared`: by its lines alone the format is never told.
    `called` is what the sentence of valid formats says, `title` what a page says of a file.
    `otherwise` prepares the same file as another kind, if the person says it is. `reader` opens a prepared contact
    map (path -> `renderer.window.contacts.ContactFile`).
    `ucsc`, `washu`, `igv` and `ini` are its types in track lists of UCSC, WashU, IGV and pyGenomeTracks: the first
    is written, all are read (by the first row that has them).
    """

    name: str
    kind: Kind
    title: str
    called: tuple[str, ...]
    prepare: Prepare | Named
    otherwise: Mapping[Kind, Prepare | Named] = field(default_factory=dict)
    reader: Callable[[Path], Any] | Named | None = None
    magic: tuple[bytes, ...] = ()
    zipped: bool = False
    holds: Callable[[Path, bytes], bool] | None = None
    opening: tuple[str, ...] = ()
    lines: Mapping[int, LineTest] = field(default_factory=dict)
    least: LineTest | None = None
    declared: LineTest | None = None
    narrows: str = ""
    vague: bool = False
    only_declared: bool = False
    track_types: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()
    ucsc: tuple[str, ...] = ()
    washu: tuple[str, ...] = ()
    igv: tuple[str, ...] = ()
    ini: tuple[str, ...] = ()


def resolve(one: Any) -> Any:
    """What a row names by text, imported; anything else as it is."""
    return pkgutil.resolve_name(one) if isinstance(one, str) else one
