"""past_end: nascent RNA of a gene's strand goes on past its annotated 3' end: read-through.

The signal goes on while every further kilobase has a quarter of the gene's mean (`renderer.measure.profiles`), up to
where the next gene of the strand begins or the signal steps up again, and is no denser than the gene. It is past the
end from 1 kb on, and is said to the kilobase. It is stated from 2 kb on: polymerase leaves no gene at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from renderer.values.evidence import Evidence, GeneEvidence, SignalEvidence
from renderer.values.levels import Beyond
from vlm.claims.altered import Altered, scaled
from vlm.claims.checks import Case, Malformed, Outcome, cannot_tell, of_type, verdict
from vlm.claims.forms import ValueForm
from vlm.claims.ground import annotation_of, is_known
from vlm.claims.kind import Kind, told_number
from vlm.claims.subject import Subject
from vlm.values.claim import Claim

NAME = "past_end"

LEAST, LEAST_STATED = 1_000, 2_000
"""Bases from which on a signal goes on past an end, and from which on that is stated."""

SHARE = 0.15
"""A length that is said may be off by this share of the measured one."""

MOST = 2
"""Genes of one track of which this is stated, those whose signal goes farthest."""

INTO = 500
"""A gene is run into if so many of its bases are."""

FORM = ValueForm('{"gene": name, "bp": how far it goes on}')


def check(case: Case) -> Outcome:
    """The track's signal goes on past the gene's end, as far as is said."""
    name, said = _said(case.claim)
    found = next((one for one in case.signal().beyond if one.gene.casefold() == name.casefold()), None)
    if found is None:
        return cannot_tell(f"how this signal ends at {name} was not measured")
    measured: dict[str, Any] = {
        "gene": found.gene,
        "strand": found.strand,
        "bp": found.reach,
        "mean": float(f"{found.mean:.4g}"),
        "body": float(f"{found.body:.4g}"),
        "cut": found.cut,
        "start": min(stretch_of(found)),
        "end": max(stretch_of(found)),
        "into": _into(case.evidence, case.claim.tracks[1], found),
    }
    holds = found.reach >= LEAST and abs(said - found.reach) <= SHARE * found.reach
    return Outcome(verdict(holds), measured, {"least": LEAST, "share": SHARE})


def _said(claim: Claim) -> tuple[str, float]:
    value = claim.value if isinstance(claim.value, dict) else {}
    name, bases = value.get("gene"), value.get("bp")
    if not isinstance(name, str) or isinstance(bases, bool) or not isinstance(bases, int | float):
        raise Malformed(f"the value of a past_end claim is {FORM.words}")
    return name, float(bases)


def stretch_of(found: Beyond) -> tuple[int, int]:
    """What lies past the end, [start, end)."""
    return (found.end, found.end + found.reach) if found.strand != "-" else (found.end - found.reach, found.end)


def _into(evidence: Evidence, annotation: int, found: Beyond) -> list[str]:
    """Genes of the other strand that the signal runs into."""
    start, end = stretch_of(found)
    genes = of_type(evidence.tracks[annotation], GeneEvidence).genes
    return [
        gene.name
        for gene in genes
        if gene.strand not in (found.strand, ".")
        and is_known(gene.name, gene.coding)
        and min(end, gene.end) - max(start, gene.start) >= INTO
        and not gene.start <= found.end < gene.end
    ]


def altered(case: Case) -> Iterator[Altered]:
    """Another length, and a gene past whose end this signal does not go."""
    yield from scaled(case)
    for one in case.signal().beyond:
        if one.reach < LEAST:
            yield "swapped", replace(case.claim, value={**case.claim.value, "gene": one.gene})
            return


def stated(subject: Subject) -> Iterator[Claim]:
    """The genes past whose ends the signal goes farthest; not of one whose next gene of the strand begins there."""
    annotation = annotation_of(subject.figure) if subject.figure else None
    coding = {gene.name: gene.coding for gene in annotation.genes} if annotation else {}
    going = [
        one
        for one in subject.signal.beyond
        if one.reach >= LEAST_STATED and not one.cut and is_known(one.gene, coding.get(one.gene, True))
        if _is_transcribed(subject.signal, one)
    ]
    for one in sorted(going, key=lambda one: -one.reach * one.mean)[:MOST] if annotation else ():
        value = {"gene": one.gene, "bp": one.reach}
        yield subject.at(NAME, *stretch_of(one), value, beside=annotation.track)  # type: ignore[union-attr]


def _is_transcribed(signal: SignalEvidence, gene: Beyond) -> bool:
    """Whether there is anything to go on: the gene has at least the mean of the file, in a window that shows some."""
    usual = signal.background
    return signal.state == "signal" and (usual is None or gene.body >= abs(usual.mean))


KIND = Kind(
    NAME,
    ("signal", "genes"),
    check,
    over="what lies past the gene's end",
    value=FORM,
    numbers=told_number("bp"),
    stated=stated,
    altered=altered,
    turn=2,
    asked=False,
    beside=True,
)
