"""What a signal of spliced transcripts shows along exons of genes, and what a row of splice junctions holds: values.

Coordinates are 0-based and half-open, levels in file units. Exons are those of all isoforms merged, as `Gene.exons` has
them, and are counted from 1 in the direction of transcription: the number in one transcript may be another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ExonLevel:
    """The mean over one exon. `shared`: an exon of another gene lies over it, so that the signal may be that gene's."""

    number: int
    start: int
    end: int
    mean: float
    shared: bool = False


@dataclass(frozen=True)
class GeneExons:
    """One gene's exons under one signal, as far as they are in view.

    `exonic` is the mean over all bases of its exons that no other gene has an exon at, `intronic` that over its bases
    in no exon of any gene; None where there are none. `median` is that of the means of its exons, `unit` the least
    level of the window (about one read). `exons` are given of `expressed` genes only: see `renderer.measure.exons`.
    `block`: the file has one value a gene, which `exonic` and `median` are.
    """

    gene: str
    start: int
    end: int
    strand: str
    exonic: float
    intronic: float | None
    median: float
    unit: float
    expressed: bool = False
    exons: tuple[ExonLevel, ...] = ()
    block: bool = False

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> GeneExons:
        """From its fields, as `dataclasses.asdict` gives them."""
        return cls(**{**data, "exons": tuple(ExonLevel(**one) for one in data.get("exons", ()))})

    def usage(self, exon: ExonLevel) -> float:
        """The exon's mean over the median of the gene's exons, which depth and expression do not change."""
        return exon.mean / self.median if self.median > 0 else 0.0


@dataclass(frozen=True)
class NovelExon:
    """Coverage like that of an exon within an expressed gene, off all annotated exons. `share`: its mean over the
    highest mean of 50 bases in the window."""

    start: int
    end: int
    gene: str
    mean: float
    share: float


@dataclass(frozen=True)
class Junction:
    """Reads that are spliced over the intron [start, end): `count` of them, or what the file scores it with."""

    start: int
    end: int
    count: float
