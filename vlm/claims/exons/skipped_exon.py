"""skipped_exon: an annotated exon within an expressed gene has next to no signal, while those on both sides have.

Its mean is at most 10 % of the median of the gene's exons, and the next ones on both sides that are not as low have at
least 50 % of it; base by base, in file units, of exons that no other gene has an exon at. It may be an exon of another
isoform: exons are those of all isoforms merged.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from renderer.values.exons import ExonLevel, GeneExons
from vlm.claims.altered import Altered
from vlm.claims.checks import Case, Outcome, cannot_tell, verdict
from vlm.claims.exon import KEPT, SKIPPED, beside, exon_of, exons_of, told_exon
from vlm.claims.gene_names import well_known
from vlm.claims.kind import Kind
from vlm.claims.subject import Subject
from vlm.values.claim import Claim

NAME = "skipped_exon"

MOST = 3
"""Skipped exons that are stated of one track, those of the most expressed genes."""


def check(case: Case) -> Outcome:
    """The exon is as low as that, and its neighbours are not."""
    found = exon_of(case.claim, case.signal())
    if found is None:
        return cannot_tell("no exon of an expressed gene was measured over just this stretch")
    gene, exon = found
    sides = beside(gene, exon)
    measured = {**told_exon(gene, exon), "mean": exon.mean, "median": gene.median, "usage": _round(gene.usage(exon))}
    tolerance = {"skipped": SKIPPED, "kept": KEPT}
    if sides:
        measured["beside"] = [_round(gene.usage(one)) for one in sides]
    if exon.shared:
        return Outcome("cannot_tell", {**measured, "reason": "another gene has an exon there"}, tolerance)
    if gene.usage(exon) > SKIPPED:
        return Outcome(verdict(False), measured, tolerance)
    return Outcome("supported" if _is_skipped(gene, exon) else "cannot_tell", measured, tolerance)


def _round(usage: float) -> float:
    return float(f"{usage:.3g}")


def _is_skipped(gene: GeneExons, exon: ExonLevel) -> bool:
    sides = beside(gene, exon)
    return sides is not None and gene.usage(exon) <= SKIPPED and all(gene.usage(one) >= KEPT for one in sides)


def altered(case: Case) -> Iterator[Altered]:
    """An exon that is not skipped."""
    for gene, exon in exons_of(case.signal()):
        if gene.usage(exon) >= KEPT:
            moved = replace(case.claim, start=exon.start, end=exon.end)
            if exon_of(moved, case.signal()) == (gene, exon):
                yield "moved", moved
                return


def stated(subject: Subject) -> Iterator[Claim]:
    """Those of the most expressed genes with a name."""
    found = [
        (gene, exon) for gene, exon in exons_of(subject.signal) if _is_skipped(gene, exon) and well_known(gene.gene)
    ]
    for _, exon in sorted(found, key=lambda one: -one[0].median)[:MOST]:
        yield subject.at(NAME, exon.start, exon.end)


KIND = Kind(NAME, ("signal",), check, over="the exon", asked=False, beside=True, stated=stated, altered=altered, turn=3)
