"""The closed vocabulary of statements a computer can check (DESIGN section 5).

A claim names a kind, the tracks it is about (by number), a genome interval (0-based, half-open) and a value:

    kind            tracks            where                       value
    no_data         [signal]          the window                  None
    flat            [signal]          the window                  None; "elsewhere": low outside peaks and domains
    noisy           [signal]          the window                  None
    peak            [signal]          an interval over the summit None
    strongest_peak  [signal]          an interval over the summit None
    peak_count      [signal]          the window                  number of clear peaks, an int, or {"min": int}
    broad_domain    [signal]          the raised stretch          None
    coincide        [signal, signal]  an interval over the peaks  None
    gene            [genes]           the gene, cut to the window {"name": ..., "strand": "+" | "-" | "."}
    peak_at_tss     [signal, genes]   an interval over the summit gene name
    peak_in_gene    [signal, genes]   an interval over the summit gene name
    gene_count      [genes]           the window                  number of genes that overlap it, an int

Whoever makes a claim (a model, the annotation, a rule), `vlm.verify` judges it by the same measurements.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from renderer.region import Region

Verdict = Literal["supported", "contradicted", "cannot_tell"]
Source = Literal["model", "annotation", "measured", "rule"]

TrackType = Literal["signal", "genes"]

SHAPES: dict[str, tuple[TrackType, ...]] = {
    "no_data": ("signal",),
    "flat": ("signal",),
    "noisy": ("signal",),
    "peak": ("signal",),
    "strongest_peak": ("signal",),
    "peak_count": ("signal",),
    "broad_domain": ("signal",),
    "coincide": ("signal", "signal"),
    "gene": ("genes",),
    "peak_at_tss": ("signal", "genes"),
    "peak_in_gene": ("signal", "genes"),
    "gene_count": ("genes",),
}
"""Every kind with the types of the tracks it names, in order."""

KINDS = tuple(SHAPES)

WINDOW_KINDS = frozenset({"no_data", "flat", "noisy", "peak_count", "gene_count"})
"""Kinds that speak of the whole window; their interval carries no information."""

PEAK_KINDS = frozenset({"peak", "strongest_peak"})
"""Kinds that place a summit of one track."""


@dataclass(frozen=True)
class Claim:
    """One checkable statement. `confidence` is the model's own probability, where it has one."""

    kind: str
    tracks: tuple[int, ...]
    start: int
    end: int
    value: Any = None
    source: Source = "model"
    confidence: float | None = None

    def where(self, region: Region) -> Region:
        """The claim's interval as a Region on the scene's chromosome."""
        return Region(region.chrom, self.start, self.end)


@dataclass(frozen=True)
class Judged:
    """A claim with its verdict, the measured number it was compared with, and the tolerance used."""

    claim: Claim
    verdict: Verdict
    measured: dict[str, Any] = field(default_factory=dict)
    tolerance: dict[str, Any] = field(default_factory=dict)
