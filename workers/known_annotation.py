"""Where `locution read` looks up genes by name: in the annotations it was given, else in known gene models.

Known gene models are prepared when the first name is asked for, once, into the user's cache folder; so are known
cytogenetic bands, for the ideogram.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from renderer.annotation.known_genes import assembly_of, how_to_get, known_bands, known_genes, ucsc_name
from renderer.annotation.names import NameIndex, Names, Place, open_names
from renderer.tracklists.scene import Prepare
from renderer.values.prepared import Prepared
from renderer.values.track import Track

MANIFEST = "prepared.json"


@dataclass
class KnownNames:
    """The names of known gene models. `prepared` is set once they were needed."""

    source: Path
    prepare: Prepare
    prepared: Prepared | None = None
    _index: NameIndex | None = field(default=None, repr=False)

    def find(self, name: str) -> list[Place]:
        """See `NameIndex.find`."""
        return self._open().find(name)

    def suggest(self, name: str, most: int = 3) -> list[str]:
        """See `NameIndex.suggest`."""
        return self._open().suggest(name, most)

    def _open(self) -> NameIndex:
        if self._index is None:
            self.prepared = prepare_once(self.source, self.prepare)
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
    source = known_genes(assembly)
    return (KnownNames(source, prepare), "") if source else (None, how_to_get(assembly))


def genes_track(names: Names | None, number: int, assembly: str | None) -> list[Track]:
    """Known gene models as the last track of the figure, if a name was looked up in them."""
    if not isinstance(names, KnownNames) or names.prepared is None:
        return []
    found = names.prepared
    label = f"RefSeq genes ({ucsc_name(assembly)})" if assembly else "RefSeq genes"
    return [Track(number, label, "genes", found.format, found.path, "gene annotation")]


def bands_for(sizes: Mapping[str, int], assembly: str | None, prepare: Prepare) -> Path | None:
    """Known bands of the assembly, prepared; None if there are none, or the tracks are of another one."""
    source = known_bands(assembly_of(sizes)) if assembly is None else known_bands(assembly)
    return prepare_once(source, prepare).path if source else None


def prepare_once(source: Path, prepare: Prepare) -> Prepared:
    """The prepared form of a file that other packages carry, from the cache if it is there."""
    facts = source.stat()
    folder = _cache() / f"{source.name}-{facts.st_size}-{facts.st_mtime_ns}"
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
    kept = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return Prepared.from_json(kept | {"path": str(folder / kept["path"])})


def _cache() -> Path:
    """The user's cache folder, as the XDG base directory rules say."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "locution"
