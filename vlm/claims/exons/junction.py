"""junction: so many reads are spliced over this intron; the exons of a gene that it joins are measured.

Its ends are within 5 bp of those of a junction of the row. An exon is joined if an end of the intron lies at its edge,
or within it. Counts are what the file scores its junctions with: reads that span them, of most aligners.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from renderer.values.evidence import LinkEvidence
from vlm.claims.altered import Altered, scaled
from vlm.claims.checks import COUNT_SHARE, Case, Malformed, Outcome, cannot_tell, of_type, told, verdict
from vlm.claims.exons.splices import SPLICE, Spliced, junction_at, splice_of, told_splice
from vlm.claims.forms import ValueForm
from vlm.claims.gene_names import well_known
from vlm.claims.kind import Kind, told_number
from vlm.claims.subject import Subject
from vlm.values.claim import Claim

NAME = "junction"

LEAST_COUNT, LEAST_SHARE = 5, 0.05
"""A junction that passes over annotated exons is stated from so many reads on, and from this share of the reads of the
junction of its gene that has most."""

MOST_OVER = 2
"""Junctions that pass over exons that are stated of one row, beside the one with most reads."""

FORM = ValueForm('{"count": number}')


def check(case: Case) -> Outcome:
    """There is such a junction, with this count: exact if whole and small, else within a share of it."""
    said = told(case.claim, "count")
    if said is None:
        raise Malformed('the value of a junction claim is {"count": number}')
    row = of_type(case.track(), LinkEvidence)
    if row.junctions is None:
        return cannot_tell("this is no row of splice junctions")
    found = junction_at(case.claim, row)
    if found is None:
        return Outcome("contradicted", {"junctions": len(row.junctions)}, {"bp": SPLICE})
    splice = splice_of(found, case.evidence)
    measured = told_splice(splice, found)
    if splice is not None:
        measured["reads"] = Spliced(row, case.evidence).reads(splice.gene)
    slack = 0.0 if found.count <= 10 else COUNT_SHARE * found.count
    return Outcome(verdict(abs(said - found.count) <= slack), measured, {"bp": SPLICE, "count": slack})


def altered(case: Case) -> Iterator[Altered]:
    """Another count, and its end where no junction has one."""
    yield from scaled(case)
    row = of_type(case.track(), LinkEvidence)
    moved = replace(case.claim, end=case.claim.end + 3 * SPLICE)
    if junction_at(moved, row) is None and moved.end <= case.region.end:
        yield "moved", moved


def stated(subject: Subject) -> Iterator[Claim]:
    """The junction with most reads, and those with most that pass over annotated exons, of genes with a name."""
    row, figure = of_type(subject.found, LinkEvidence), subject.figure
    if not row.junctions or figure is None or figure.evidence is None:
        return
    known = [one for one in Spliced(row, figure.evidence).splices if well_known(one.gene.name)]
    ranked = sorted(known, key=lambda one: -one.junction.count)
    most: dict[tuple[str, int], float] = {}
    for one in ranked:
        most.setdefault((one.gene.name, one.gene.start), one.junction.count)
    over = [
        one
        for one in ranked
        if one.skipped
        and one.annotated
        and one.junction.count >= max(LEAST_COUNT, LEAST_SHARE * most[one.gene.name, one.gene.start])
    ]
    for one in dict.fromkeys((*ranked[:1], *over[:MOST_OVER])):
        yield subject.at(NAME, one.junction.start, one.junction.end, {"count": one.junction.count})


KIND = Kind(
    NAME,
    ("links",),
    check,
    over="the intron",
    value=FORM,
    numbers=told_number("count"),
    asked=False,
    beside=True,
    stated=stated,
    altered=altered,
)
