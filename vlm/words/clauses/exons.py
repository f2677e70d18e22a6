"""Clauses on exons and splice junctions. As `clause`, no word of a language."""

from __future__ import annotations

from dataclasses import dataclass

from vlm.words.clauses.clause import Clause
from vlm.words.parts import Part, Side, Stretch, Tracks


@dataclass(frozen=True)
class OfGene(Part):
    """The mean over the exons of a gene, in file units; over its introns, where that is told."""

    gene: str
    mean: float
    introns: float | None = None


@dataclass(frozen=True)
class ExonMeans(Clause):
    """How high a signal is over the exons of genes: of those that are high, and of `low` ones at most `most`.
    `blocks`: its file has one value a gene, which these are. `held`: the share of its signal that a stretch beside the
    high genes holds, and that stretch."""

    who: Tracks
    high: tuple[OfGene, ...]
    low: tuple[str, ...] = ()
    most: float = 0.0
    blocks: bool = False
    held: tuple[float, int, int] | None = None


@dataclass(frozen=True)
class Skipped(Clause):
    """Exons of one gene that have next to nothing: at most this `usage` of the median of the gene's exons."""

    who: Tracks
    exons: tuple[Stretch, ...]
    usage: float

    @property
    def gene(self) -> str:
        """The gene."""
        return str(self.exons[0].gene)


@dataclass(frozen=True)
class Novel(Clause):
    """Coverage like an exon's in an intron of a gene, where none is annotated; with its mean, in file units."""

    who: Tracks
    gene: str
    start: int
    end: int
    mean: float


@dataclass(frozen=True)
class ExonUsage(Clause):
    """An exon whose mean over the median of its gene's exons is higher on one side. `fold`: as many times; None where
    the lower one is next to nothing. `inner`: it is neither the first nor the last, so that it may be skipped.
    `timed`: the sides are times or doses."""

    assay: str
    exon: Stretch
    high: Side
    low: Side
    fold: float | None
    inner: bool
    timed: bool = False


@dataclass(frozen=True)
class Junctions(Clause):
    """Reads of a row that are spliced from one exon of a gene to another: each pair with its count. The exons `between`
    them are passed over; None: they are neighbours."""

    who: Tracks
    gene: str
    pairs: tuple[JunctionReads, ...]


@dataclass(frozen=True)
class JunctionReads(Part):
    """Two exons that reads join, how many, and the first and last exon between them."""

    exons: tuple[int, int]
    count: float
    between: tuple[int, int] | None = None


@dataclass(frozen=True)
class JunctionDiffers(Clause):
    """Reads that join two exons of a gene in two rows: counts, and shares of the gene's spliced reads."""

    gene: str
    exons: tuple[int, int]
    between: tuple[int, int] | None
    rows: tuple[Tracks, Tracks]
    counts: tuple[float, float]
    shares: tuple[float, float]
