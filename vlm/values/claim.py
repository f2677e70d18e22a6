"""The closed vocabulary of statements a computer can check (DESIGN section 5).

A claim names a kind, the tracks it is about (by number), a genome interval (0-based, half-open) and a value:

    kind             tracks              where                        value
    no_data          [signal]            the window                   None
    flat             [signal]            the window                   None; "elsewhere": low outside peaks and domains
    noisy            [signal]            the window                   None
    peak             [signal]            an interval over the summit  None
    strongest_peak   [signal]            an interval over the summit  None
    peak_count       [signal]            the window                   number of clear peaks, an int, or {"min": int}
    broad_domain     [signal]            the raised stretch           None
    coincide         [signal, signal]    an interval over the peaks   None
    only_in          [signal, signal]    over the first's summit      None (a peak of the first, none of the second)
    higher_in        [signal, signal]    the place, or the window     None, or {"fold": number}; one scale only
    gene             [genes]             the gene, cut to the window  {"name": ..., "strand": "+" | "-" | "."}
    gene_count       [genes]             the window                   number of genes that overlap it, an int
    peak_at_tss      [signal, genes]     an interval over the summit  gene name
    peak_in_gene     [signal, genes]     an interval over the summit  gene name
    intergenic_peak  [signal, genes]     an interval over the summit  None
    covers_gene      [signal, genes]     the broad domain             gene name
    follows_exons    [signal, genes]     the gene, cut to the window  gene name
    on_strand        [signal, genes]     the gene, cut to the window  gene name
    interval_count   [intervals]         the window                   number of intervals, an int, or {"min": int}
    interval_at      [intervals]         the interval                 None, or its name
    link             [links]             from first to last base      {"anchors": [[start, end], [start, end]]}
    domain_boundary  [contacts]          an interval over it          None

and biological readings, which only `vlm.rules.readings` makes, each resting on supported claims:

    active_promoter, bivalent_promoter, enhancer_like, transcribed_gene, paused_polymerase, polycomb_domain,
    heterochromatin, insulator, open_chromatin, loop_between

Whoever makes a claim (a model, the annotation, a rule), `vlm.claims.verify` judges it by the same measurements.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from renderer.values.region import Region

Verdict = Literal["supported", "contradicted", "cannot_tell"]
Source = Literal["model", "annotation", "measured", "rule"]

TrackType = Literal["signal", "genes", "intervals", "links", "contacts"]

SHAPES: dict[str, tuple[TrackType, ...]] = {
    "no_data": ("signal",),
    "flat": ("signal",),
    "noisy": ("signal",),
    "peak": ("signal",),
    "strongest_peak": ("signal",),
    "peak_count": ("signal",),
    "broad_domain": ("signal",),
    "coincide": ("signal", "signal"),
    "only_in": ("signal", "signal"),
    "higher_in": ("signal", "signal"),
    "gene": ("genes",),
    "gene_count": ("genes",),
    "peak_at_tss": ("signal", "genes"),
    "peak_in_gene": ("signal", "genes"),
    "intergenic_peak": ("signal", "genes"),
    "covers_gene": ("signal", "genes"),
    "follows_exons": ("signal", "genes"),
    "on_strand": ("signal", "genes"),
    "interval_count": ("intervals",),
    "interval_at": ("intervals",),
    "link": ("links",),
    "domain_boundary": ("contacts",),
}
"""Every kind that is held against measurements, with the types of the tracks it names, in order."""

READINGS = (
    "active_promoter",
    "bivalent_promoter",
    "enhancer_like",
    "transcribed_gene",
    "paused_polymerase",
    "polycomb_domain",
    "heterochromatin",
    "insulator",
    "open_chromatin",
    "loop_between",
)
"""Kinds of biological reading: they name any tracks, and hold as long as the claims they rest on do."""

KINDS = tuple(SHAPES)

WINDOW_KINDS = frozenset({"no_data", "flat", "noisy", "peak_count", "gene_count", "interval_count"})
"""Kinds that speak of the whole window; their interval carries no information."""

PEAK_KINDS = frozenset({"peak", "strongest_peak"})
"""Kinds that place a summit of one track."""

JOINED_KINDS = frozenset({"coincide", "only_in", "peak_at_tss", "peak_in_gene", "intergenic_peak", "covers_gene"})
"""Kinds that `vlm.claims.join` makes from places a model said."""


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
    """A claim with its verdict, the measured number it was compared with, and the tolerance used.

    `rests_on` are the claims a biological reading was made from, by their place in the list of claims, from 1.
    """

    claim: Claim
    verdict: Verdict
    measured: dict[str, Any] = field(default_factory=dict)
    tolerance: dict[str, Any] = field(default_factory=dict)
    rests_on: tuple[int, ...] = ()
