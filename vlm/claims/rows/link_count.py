"""link_count: how many links of a row have both ends in the window, and how many leave it."""

from __future__ import annotations

from collections.abc import Iterator

from renderer.values.evidence import LinkEvidence
from vlm.claims.checks import Case, Malformed, Outcome, of_type, verdict
from vlm.claims.forms import ValueForm
from vlm.claims.kind import Kind
from vlm.claims.rows.link import is_spliced
from vlm.claims.rows.link_hub import is_complete
from vlm.claims.subject import Subject
from vlm.values.claim import Claim

NAME = "link_count"

INSIDE, LEAVE = "inside", "leave"

FORM = ValueForm('{"inside": number, "leave": number}')


def check(case: Case) -> Outcome:
    """Both numbers are those of the row, of arcs one can tell apart or of records."""
    value = case.claim.value
    if not isinstance(value, dict) or not all(isinstance(value.get(key), int) for key in (INSIDE, LEAVE)):
        raise Malformed('the value of a link_count claim is {"inside": number, "leave": number}')
    found = of_type(case.track(), LinkEvidence)
    inside, leave = counts(found)
    measured = {"inside": inside, "leave": leave, "count": found.count, "complete": is_complete(found)}
    if not is_complete(found):
        return Outcome("cannot_tell", {**measured, "reason": "there are too many links to tell"}, {"count": 0})
    return Outcome(verdict((value[INSIDE], value[LEAVE]) == (inside, leave)), measured, {"count": 0})


def counts(found: LinkEvidence) -> tuple[int, int]:
    """Records inside the window, and records that leave it."""
    inside = sum(arc.count for arc in found.arcs if arc.inside)
    return inside, sum(arc.count for arc in found.arcs if not arc.inside)


def stated(subject: Subject) -> Iterator[Claim]:
    """The numbers of the row."""
    found = of_type(subject.found, LinkEvidence)
    if is_complete(found) and not is_spliced(subject):
        inside, leave = counts(found)
        yield subject.whole(NAME, {INSIDE: inside, LEAVE: leave})


KIND = Kind(NAME, ("links",), check, value=FORM, stated=stated, asked=False, beside=True)
