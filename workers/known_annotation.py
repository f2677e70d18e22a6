"""Where genes are looked up by name, and which are drawn: those that were given, else known gene models.

Known gene models are prepared once, when they are first needed, into the user's cache folder (jobs of the service keep
them in the data folder); so are known cytogenetic bands, for the ideogram. Where the lengths of the chromosomes speak
against the assembly, nothing is known.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from renderer.annotation.assemblies import assembly_of, contradiction, ucsc_name
from renderer.annotation.known_genes import carried_by, how_to_get, known_bands, known_genes
from renderer.annotation.names import NameIndex, Names, Place, open_names
from renderer.tracklists.scene import Prepare
from renderer.values.prepared import Prepared
from renderer.values.track import Track

MANIFEST = "prepared.json"


@dataclass
class KnownNames:
    """The names of known gene models, prepared when they are first needed."""

    source: Path
    prepare: Prepare
    _index: NameIndex | None = field(default=None, repr=False)

    @cached_property
    def prepared(self) -> Prepared:
        """The gene models, prepared."""
        return prepare_once(self.source, self.prepare)

    def find(self, name: str) -> list[Place]:
        """See `NameIndex.find`."""
        return self._open().find(name)

    def suggest(self, name: str, most: int = 3) -> list[str]:
        """See `NameIndex.suggest`."""
        return self._open().suggest(name, most)

    def _open(self) -> NameIndex:
        if self._index is None:
            self._index = NameIndex.open(self.prepared.path)
        return self._index


def names_for(
    tracks: Sequence[Track], sizes: Mapping[str, int], assembly: str | None, prepare: Prepare
) -> tuple[Names | None, str]:
    """Where to look up genes, or None and what the user can do about it."""
    given = open_names(track.path for track in tracks if track.kind == "genes" and track.note is None)
    if given:
        return given, ""
    assembly = assembly or assembly_of(sizes)
    source = None if contradiction(assembly, sizes) else known_genes(assembly)
    return (KnownNames(source, prepare), "") if source else (None, advice(sizes, assembly))


def advice(sizes: Mapping[str, int], assembly: str | None) -> str:
    """What to do about a gene name where there is no annotation, and none is known."""
    assembly = assembly or assembly_of(sizes)
    doubt = contradiction(assembly, sizes)
    return f"{doubt} {how_to_get(None)}" if doubt else how_to_get(assembly)


def telling(prepare: Prepare, tell: Callable[[str], None]) -> Prepare:
    """A `prepare` that says what it begins: of a whole genome it takes some seconds."""

    def told(path: Path, name: str, folder: Path) -> Prepared:
        tell(f"Preparing the gene models of {name}, once; they are kept in {_cache()}.")
        return prepare(path, name, folder)

    return told


def genes_track(names: Names | None, number: int, assembly: str | None) -> list[Track]:
    """Known gene models as the last track of the figure: where no annotation was given, and the assembly is known."""
    if not isinstance(names, KnownNames):
        return []
    found = names.prepared
    return [Track(number, genes_label(assembly), "genes", found.format, found.path, "gene annotation")]


def genes_label(assembly: str | None) -> str:
    """What the row of known gene models is called."""
    return f"RefSeq genes ({ucsc_name(assembly)})" if assembly else "RefSeq genes"


def genes_said(names: Names | None, assembly: str | None) -> list[str]:
    """That known gene models are drawn, and whose they are."""
    return [said_of_genes(assembly, carried_by(names.source))] if isinstance(names, KnownNames) else []


def said_of_genes(assembly: str | None, carrier: str) -> str:
    """That known gene models of this package are drawn."""
    of = f" of {ucsc_name(assembly)}" if assembly else ""
    return f"No gene annotation was given: RefSeq genes{of} are drawn, as {carrier} has them."


def bands_for(sizes: Mapping[str, int], assembly: str | None, prepare: Prepare) -> Path | None:
    """Known bands of the assembly, prepared; None if there are none, or the tracks are of another one."""
    assembly = assembly or assembly_of(sizes)
    source = None if contradiction(assembly, sizes) else known_bands(assembly)
    return prepare_once(source, prepare).path if source else None


def prepare_once(source: Path, prepare: Prepare, kept: Path | None = None) -> Prepared:
    """The prepared form of a file that other packages carry; `kept` is the folder of such forms, the user's cache if
    left out."""
    facts = source.stat()
    folder = (kept or _cache()) / f"{source.name}-{facts.st_size}-{facts.st_mtime_ns}"
    if not (folder / MANIFEST).is_file():
        partial = folder.with_name(f"{folder.name}-{secrets.token_hex(4)}.partial")
        partial.mkdir(parents=True)
        try:
            made = prepare(source, source.name, partial).to_json()
            (partial / MANIFEST).write_text(json.dumps(made | {"path": Path(made["path"]).name}), encoding="utf-8")
            shutil.rmtree(folder, ignore_errors=True)
            partial.rename(folder)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    made = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return Prepared.from_json(made | {"path": str(folder / made["path"])})


def _cache() -> Path:
    """The user's cache folder, as the XDG base directory rules say."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "locution"
