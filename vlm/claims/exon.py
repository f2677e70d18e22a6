"""Exons that claims are told of: which measured one a claim is about, and how it is written into a verdict."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from renderer.values.evidence import SignalEvidence
from renderer.values.exons import ExonLevel, GeneExons
from vlm.claims.checks import overlap
from vlm.claims.places import SAME
from vlm.values.claim import Claim

SKIPPED, KEPT = 0.1, 0.5
"""An exon is skipped if its mean is at most this share of the median of its gene's exons, and the next exons on both
sides that are not skipped have at least that share of it."""


def exon_of(claim: Claim, found: SignalEvidence) -> tuple[GeneExons, ExonLevel] | None:
    """The measured exon that the claim's interval is, with its gene: the longest of several; None if there is none."""
    met = [
        (overlap(claim, exon.start, exon.end), gene.end - gene.start, gene, exon)
        for gene in found.along
        for exon in gene.exons
    ]
    best = max(met, key=lambda one: one[:2], default=None)
    return best[2:] if best is not None and best[0] >= SAME else None


def exons_of(found: SignalEvidence) -> Iterator[tuple[GeneExons, ExonLevel]]:
    """Every exon of an expressed gene that can be told: no other gene has an exon there."""
    return ((gene, exon) for gene in found.along for exon in gene.exons if not exon.shared)


def beside(gene: GeneExons, exon: ExonLevel) -> tuple[ExonLevel, ExonLevel] | None:
    """The nearest exons on both sides that are not skipped, in the direction of transcription; None at the ends."""
    kept = [one for one in gene.exons if gene.usage(one) > SKIPPED]
    before = [one for one in kept if one.number < exon.number]
    after = [one for one in kept if one.number > exon.number]
    return (before[-1], after[0]) if before and after else None


def told_exon(gene: GeneExons, exon: ExonLevel) -> dict[str, Any]:
    """An exon as it is written into a verdict."""
    return {"gene": gene.gene, "strand": gene.strand, "exon": exon.number, "start": exon.start, "end": exon.end}
