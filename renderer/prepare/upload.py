"""An upload -> a validated file with random access: text signal to bigWig, intervals and links to bgzip + tabix,
genes to one merged model each, bgzip + tabix.

Figures are only ever drawn from what these modules wrote, so a bad line is found here, once, with its number, and a
figure's cost does not depend on the size of the upload. A mutated bigWig can crash pyBigWig: run `prepare` in a
process that may die. How a format is prepared is named in its row of `renderer.formats.table`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from renderer.formats.format import Prepare, resolve
from renderer.formats.sniff import sniff
from renderer.formats.text import Progress, read_lines
from renderer.prepare.common import keep_source
from renderer.values.aliases import MITOCHONDRION, chrom_key
from renderer.values.errors import FormatError
from renderer.values.prepared import Prepared
from renderer.values.track import Kind

_DECLARED = re.compile(r"\bchrom=(\S+)")


def prepare(
    path: Path, name: str, folder: Path, progress: Progress | None = None, kind: Kind | None = None
) -> Prepared:
    """Check the file at `path`, which a person called `name`, and write its prepared form into `folder`.

    `kind="genes"` takes plain BED or bigBed as genes, `kind="intervals"` BED12 as plain intervals. `progress` gets
    shares from 0 to 1.
    Raises FormatError with the line, what was found and what is valid.
    """
    found = sniff(path, name)
    if kind is not None and kind in found.otherwise:
        found = replace(found, kind=kind, prepare=found.otherwise[kind])
    folder.mkdir(parents=True, exist_ok=True)
    report = progress or (lambda share: None)
    way: Prepare = resolve(found.prepare)
    prepared = way(path, name, folder, found, report)
    if not prepared.sized:
        _check_spellings(path, name, prepared)
    keep_source(path, name, prepared.path)
    report(1.0)
    return prepared


def _check_spellings(path: Path, name: str, prepared: Prepared) -> None:
    """Raises FormatError, with the line, where a text calls one chromosome by two names: a figure would show the rows
    of one of them. hg19 has two mitochondria, so theirs may differ."""
    first: dict[str, str] = {}
    for chrom in prepared.chroms:
        known = first.setdefault(chrom_key(chrom), chrom)
        if known != chrom and chrom_key(chrom) != MITOCHONDRION:
            raise _two_names(path, name, known, chrom)


def _two_names(path: Path, name: str, one: str, other: str) -> FormatError:
    """The error that names the first line with the second name."""
    seen: set[str] = set()
    for number, line in read_lines(path, name):
        seen |= {one, other} & {*line.split("\t", 1)[:1], *line.split(None, 1)[:1], *_DECLARED.findall(line)}
        if len(seen) == 2:
            valid = "Write one name for a chromosome throughout the file."
            return FormatError(name, f"{one} and {other} are the same chromosome", valid, number)
    return FormatError(name, f"{one} and {other} are the same chromosome", "Write one name for it.")
