"""Known gene models and cytogenetic bands as uploads, for track sets that bring none and are of a known assembly.

They are rows of the track set like any other, so whatever lists, draws, reads or downloads one needs to know nothing
of them; `KNOWN` in a row's options says which package carried the file.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from sqlalchemy import select

from renderer.annotation.assemblies import assembly_of, contradiction
from renderer.annotation.known_genes import carried_by, known_bands, known_genes
from renderer.values.errors import LocutionError
from workers.known_annotation import genes_label, prepare_once, said_of_genes
from workers.sandboxes import reader_of_files
from workers.store.database import File, Store, TrackRow

KNOWN = "known"
"""Option of a row that nobody gave: the package, and its version, that carries its file."""

log = logging.getLogger(__name__)


def known_rows(store: Store, files: Iterable[File], chroms: Mapping[str, int], assembly: str | None) -> list[TrackRow]:
    """Rows, not yet numbered, for what these files lack: gene models, bands. Prepared when they are first needed,
    which takes some seconds, so call it outside any transaction."""
    kinds = {file.kind for file in files}
    assembly = assembly or assembly_of(chroms)
    if not kinds or contradiction(assembly, chroms):
        return []
    genes = ("genes", known_genes(assembly), genes_label(assembly), "gene annotation")
    bands = ("bands", known_bands(assembly), f"Bands ({assembly})", None)
    rows = []
    for kind, source, label, assay in (genes, bands):
        file = _known_file(store, source) if source and kind not in kinds else None
        if source and file:
            options = {KNOWN: carried_by(source)}
            rows.append(TrackRow(file=file, file_id=file.id, label=label, assay=assay, options=options))
    return rows


def said_of(rows: Sequence[TrackRow], assembly: str | None) -> tuple[str, ...]:
    """What a reader of the figure should know: that gene models are drawn which nobody gave, and whose they are."""
    carriers = [(row.options or {}).get(KNOWN) for row in rows if row.file.kind == "genes"]
    return tuple(said_of_genes(assembly, carrier) for carrier in carriers if carrier)


def _known_file(store: Store, source: Path) -> File | None:
    """The file as an upload that is ready. None, and a line in the log, if it cannot be prepared: a track set can do
    without."""
    try:
        prepared = prepare_once(source, reader_of_files(store.settings).prepare, store.prepared / KNOWN)
    except LocutionError as error:
        log.warning("known annotation: %s", error)
        return None
    sha256 = store.uploads.put(source.read_bytes())
    kept = replace(prepared, path=prepared.path.relative_to(store.data)).to_json()
    facts = {"format": prepared.format, "kind": prepared.kind, "prepared": kept, "state": "ready", "progress": 1.0}
    with store.writing() as session:
        same = select(File).where(File.sha256 == sha256, File.name == source.name, File.state == "ready")
        file = session.scalars(same).first()
        if file is None:
            file = File(sha256=sha256, name=source.name, size=source.stat().st_size, **facts)
            session.add(file)
    return file
