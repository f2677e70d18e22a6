"""exonic_mean: how high a signal of spliced transcripts is over the exons of a gene, in the units of the file.

The mean over every base of the gene's exons in view that no other gene has an exon at. With it is measured the mean
over its introns, off the exons of all genes; of a file that has one value a gene it is that. Nothing is said of whether
the gene is transcribed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from renderer.values.evidence import Gene
from renderer.values.exons import GeneExons
from vlm.claims.altered import Altered, scaled
from vlm.claims.checks import Case, Malformed, Outcome, cannot_tell, overlap, told, verdict
from vlm.claims.forms import ValueForm
from vlm.claims.ground import annotation_of, is_worth_naming
from vlm.claims.kind import Kind, told_number
from vlm.claims.places import SAME
from vlm.claims.subject import Subject
from vlm.values.claim import Claim

NAME = "exonic_mean"

SHARE = 0.15
"""A mean that is said may be off by this share of the measured one."""

MOST_HIGH, MOST_LOW = 3, 2
"""Genes whose means are stated: the highest, and of those below LOW of the highest the longest."""

LOW = 0.05

FORM = ValueForm('{"gene": name, "mean": number}, in the units of the axis')


def check(case: Case) -> Outcome:
    """The mean that is said is the measured one, over the gene of the name that lies there."""
    said, name = told(case.claim, "mean"), _name(case.claim)
    if said is None or name is None:
        raise Malformed('the value of an exonic_mean claim is {"gene": name, "mean": number}')
    named = [one for one in case.signal().along if one.gene == name]
    found = next((one for one in named if overlap(case.claim, *_seen(one, case)) >= SAME), None)
    if found is None:
        return cannot_tell(f"no exon of {name[:80]} was measured over just this stretch", overlap=SAME)
    return Outcome(verdict(abs(said - found.exonic) <= SHARE * found.exonic), _told(found, case), {"share": SHARE})


def _told(found: GeneExons, case: Case) -> dict[str, object]:
    highest = max(one.exonic for one in case.signal().along)
    return {
        "gene": found.gene,
        "strand": found.strand,
        "start": found.start,
        "end": found.end,
        "mean": found.exonic,
        "introns": found.intronic,
        "expressed": found.expressed,
        "block": found.block,
        "low": found.exonic < LOW * highest,
    }


def _name(claim: Claim) -> str | None:
    name = claim.value.get("gene") if isinstance(claim.value, dict) else None
    return name if isinstance(name, str) else None


def _seen(gene: GeneExons | Gene, case: Case) -> tuple[int, int]:
    return max(gene.start, case.region.start), min(gene.end, case.region.end)


def altered(case: Case) -> Iterator[Altered]:
    """Another mean; that of a gene whose own is far from it."""
    yield from scaled(case)
    said = told(case.claim, "mean") or 0.0
    for one in case.signal().along:
        if abs(said - one.exonic) > 2 * SHARE * max(said, one.exonic) and one.gene != _name(case.claim):
            start, end = _seen(one, case)
            yield "moved", replace(case.claim, start=start, end=end, value={"gene": one.gene, "mean": said})
            return


def stated(subject: Subject) -> Iterator[Claim]:
    """The genes with a name whose exons are highest, and long ones that are low beside them."""
    annotation = annotation_of(subject.figure) if subject.figure else None
    known = {(one.name, one.start) for one in annotation.genes if is_worth_naming(one)} if annotation else set()
    genes = [one for one in subject.signal.along if (one.gene, one.start) in known]
    high = sorted(genes, key=lambda one: -one.exonic)[:MOST_HIGH]
    top = high[0].exonic if high else 0.0
    high = [one for one in high if one.exonic >= LOW * top and one.exonic > 0]
    low = [one for one in genes if one.exonic < LOW * top]
    for one in (*high, *sorted(low, key=lambda one: one.start - one.end)[:MOST_LOW]):
        start, end = max(one.start, subject.region.start), min(one.end, subject.region.end)
        yield subject.at(NAME, start, end, {"gene": one.gene, "mean": one.exonic})


KIND = Kind(
    NAME,
    ("signal",),
    check,
    over="the gene",
    value=FORM,
    numbers=told_number("mean"),
    asked=False,
    beside=True,
    stated=stated,
    altered=altered,
    turn=3,
)
