"""An upload -> a validated file with random access: text signal to bigWig, intervals and links to bgzip + tabix,
genes to one merged model each, bgzip + tabix.

Figures are only ever drawn from what these modules wrote, so a bad line is found here, once, with its number, and a
figure's cost does not depend on the size of the upload. A mutated bigWig can crash pyBigWig: run `prepare` in a
process that may die. How a format is prepared is named in its row of `renderer.formats.table`.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from renderer.formats.format import Prepare, resolve
from renderer.formats.sniff import sniff
from renderer.formats.text import Progress
from renderer.values.prepared import Prepared
from renderer.values.track import Kind


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
    report(1.0)
    return prepared
