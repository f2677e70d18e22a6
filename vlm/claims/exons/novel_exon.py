"""novel_exon: coverage like an exon's in an intron of an expressed gene, where none is annotated.

At least 50 bp and at most 5 kb of it, more than 15 bp off every annotated exon of any gene; its mean is at least 20 %
of the highest mean of 50 bases in the window, and the 50 bases on either side have less than half of it
(`renderer.measure.exons`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from renderer.values.evidence import SignalEvidence
from renderer.values.exons import NovelExon
from vlm.claims.altered import Altered
from vlm.claims.checks import OVERLAP, Case, Outcome, cannot_tell, overlap
from vlm.claims.exon import exons_of
from vlm.claims.gene_names import well_known
from vlm.claims.kind import Kind
from vlm.claims.subject import Subject
from vlm.values.claim import Claim

NAME = "novel_exon"

MOST = 2
"""Unannotated exons that are stated of one track, the highest."""


def check(case: Case) -> Outcome:
    """There is such a stretch; annotated exons are none, nor is what has no gene's exons round it."""
    found, tolerance = _met(case.claim, case.signal().novel), {"overlap": OVERLAP}
    if found is not None:
        measured = {
            "gene": found.gene,
            "start": found.start,
            "end": found.end,
            "mean": found.mean,
            "share": found.share,
        }
        return Outcome("supported", measured, tolerance)
    if not case.signal().along:
        return cannot_tell("exons were not measured", **tolerance)
    return Outcome("contradicted", {"novel": len(case.signal().novel)}, tolerance)


def _met(claim: Claim, novel: tuple[NovelExon, ...]) -> NovelExon | None:
    best = max(novel, key=lambda one: overlap(claim, one.start, one.end), default=None)
    return best if best and overlap(claim, best.start, best.end) >= OVERLAP else None


def altered(case: Case) -> Iterator[Altered]:
    """An annotated exon."""
    for _, exon in exons_of(case.signal()):
        yield "moved", replace(case.claim, start=exon.start, end=exon.end)
        return


def stated(subject: Subject) -> Iterator[Claim]:
    """The highest of genes with a name."""
    assert isinstance(subject.found, SignalEvidence)
    known = [one for one in subject.found.novel if well_known(one.gene)]
    for one in sorted(known, key=lambda one: -one.mean)[:MOST]:
        yield subject.at(NAME, one.start, one.end)


KIND = Kind(
    NAME, ("signal",), check, over="the stretch", asked=False, beside=True, stated=stated, altered=altered, turn=3
)
