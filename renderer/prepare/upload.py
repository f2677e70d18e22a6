"""An upload -> a validated file with random access: text signal to bigWig, intervals and links to bgzip + tabix,
genes to one merged model each, bgzip + tabix.

Figures are only ever drawn from what these modules wrote, so a bad line is found here, once, with its number, and a
figure's cost does not depend on the size of the upload. A mutated bigWig can crash pyBigWig: run `prepare` in a
process that may die.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from renderer.formats.table import FORMATS, Format, sniff
from renderer.formats.text import Progress
from renderer.prepare.bam import prepare_coverage
from renderer.prepare.bands import prepare_bands
from renderer.prepare.common import keep_with_note
from renderer.prepare.contacts import prepare_contacts, prepare_matrix
from renderer.prepare.genes import prepare_genes
from renderer.prepare.intervals import prepare_intervals
from renderer.prepare.links import prepare_links
from renderer.prepare.signal import prepare_bigwig, prepare_text_signal
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
    found = _EITHER.get((found.name, kind), found)
    folder.mkdir(parents=True, exist_ok=True)
    report = progress or (lambda share: None)
    if found.note:
        return keep_with_note(path, folder, found, found.note)
    prepared = (_BY_FORMAT.get(found.name) or _BY_KIND[found.kind])(path, name, folder, found, report)
    report(1.0)
    return prepared


_EITHER: dict[tuple[str, Kind | None], Format] = {
    ("bed", "genes"): replace(FORMATS["bed"], kind="genes"),
    ("bigbed", "genes"): FORMATS["biggenepred"],
    ("bed12", "intervals"): replace(FORMATS["bed12"], kind="intervals"),
}
"""Formats that are taken as another kind if the person says so."""

_Way = Callable[[Path, str, Path, Format, Progress], Prepared]
_BY_FORMAT: dict[str, _Way] = {"bigwig": prepare_bigwig, "bam": prepare_coverage}
_BY_KIND: dict[Kind, _Way] = {
    "signal": prepare_text_signal,
    "intervals": prepare_intervals,
    "genes": prepare_genes,
    "bands": prepare_bands,
    "links": prepare_links,
    "contacts": prepare_contacts,
    "matrix": prepare_matrix,
}
