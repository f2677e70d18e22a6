"""encloses: a link inside the window spans whole genes: they begin and end between its anchors."""

from __future__ import annotations

from collections.abc import Iterator

from renderer.values.evidence import Arc, Gene, GeneEvidence, LinkEvidence
from vlm.claims.checks import Case, Malformed, Outcome, cannot_tell, of_type, verdict
from vlm.claims.forms import ValueForm
from vlm.claims.ground import annotation_of, is_worth_naming
from vlm.claims.kind import Kind
from vlm.claims.rows.link import arc_of, is_spliced, told
from vlm.claims.subject import Subject
from vlm.values.claim import Claim

NAME = "encloses"

MOST_GENES = 4
"""A link round more genes than this, worth naming, says nothing of any."""

MOST = 2
"""Links of a row of which this is stated, the widest."""

FORM = ValueForm('{"anchors": [[start, end], [start, end]], "genes": [names]}')


def check(case: Case) -> Outcome:
    """Every gene that is said lies wholly between the anchors."""
    value = case.claim.value
    genes = value.get("genes") if isinstance(value, dict) else None
    if not isinstance(genes, list) or not genes or not all(isinstance(name, str) for name in genes):
        raise Malformed('the value of an encloses claim is {"anchors": ..., "genes": [names]}')
    arc = arc_of(case)
    if arc is None:
        return cannot_tell("there is no link with just these anchors")
    names = {gene.name for gene in _inside(arc, of_type(case.track(1), GeneEvidence))}
    said = [name for name in genes if name in names]
    return Outcome(verdict(len(said) == len(genes)), {**told(arc), "genes": said, "inside": arc.inside})


def _inside(arc: Arc, row: GeneEvidence) -> list[Gene]:
    return [gene for gene in row.genes if arc.start1 <= gene.start and gene.end <= arc.end2]


def stated(subject: Subject) -> Iterator[Claim]:
    """The few genes worth naming that links inside the window enclose."""
    annotation = annotation_of(subject.figure) if subject.figure else None
    if annotation is None or is_spliced(subject):
        return
    row = GeneEvidence(annotation.genes)
    arcs = [arc for arc in of_type(subject.found, LinkEvidence).arcs if arc.inside]
    stating = 0
    for arc in sorted(arcs, key=lambda arc: arc.start1 - arc.end2):
        inside = [gene for gene in _inside(arc, row) if is_worth_naming(gene)]
        names = list(dict.fromkeys(gene.name for gene in [one for one in inside if one.coding] or inside))
        if 0 < len(names) <= MOST_GENES and stating < MOST:
            stating += 1
            value = {**told(arc), "genes": names}
            start, end = max(arc.start1, subject.region.start), min(arc.end2, subject.region.end)
            yield subject.at(NAME, start, end, value, beside=annotation.track)


KIND = Kind(
    NAME, ("links", "genes"), check, over="both its ends", value=FORM, stated=stated, turn=2, asked=False, beside=True
)
