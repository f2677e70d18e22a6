"""boundaries_at: so many of the boundaries of a contact map lie at intervals of a row, as of insulator proteins.

Boundaries are those that stand out, minima of a separation score among them; within 2 kb, or a bin of the map, one is
at an interval. It is stated of three quarters of them or more, two at least, and not of a row within reach of which
more than a quarter of the window lies.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from renderer.values.evidence import ContactEvidence, IntervalEvidence, Span
from vlm.claims.altered import Altered, counted
from vlm.claims.checks import Case, Outcome, cannot_tell, of_type, verdict, whole_number
from vlm.claims.edges.sites import REACH, away, rows_of_sites
from vlm.claims.forms import COUNT
from vlm.claims.kind import Kind
from vlm.claims.subject import Subject
from vlm.values.claim import Claim

NAME = "boundaries_at"

LEAST, MOST_OF = 2, 0.75
"""So many boundaries, and this share of them, are at intervals of a row where that is stated."""


def check(case: Case) -> Outcome:
    """So many of the boundaries of the map are within reach of an interval of the second row."""
    said = whole_number(case.claim, case.claim.value)
    found, other = of_type(case.track(), ContactEvidence), of_type(case.track(1), IntervalEvidence)
    if found.state == "no_data" or (not other.spans and other.count):
        return cannot_tell("the boundaries or the intervals are not known one by one")
    at, reach = _at_sites(found, other.spans), max(REACH, found.resolution)
    measured = {
        "inside": len(at),
        "boundaries": len(found.salient),
        "positions": [one for one, _ in at],
        "away": max((far for _, far in at), default=0),
        "reach": reach,
    }
    return Outcome(verdict(said == len(at)), measured, {"bp": reach})


def _at_sites(found: ContactEvidence, spans: Sequence[Span]) -> list[tuple[int, int]]:
    """The boundaries that stand out within reach of an interval, each with how far that is."""
    reach = max(REACH, found.resolution)
    known = ((one.position, away(one.position, spans)) for one in found.salient)
    return [(position, far) for position, far in known if far is not None and far <= reach]


def altered(case: Case) -> Iterator[Altered]:
    """Another number."""
    yield from counted(case)


def stated(subject: Subject) -> Iterator[Claim]:
    """Of each row of sites at which most boundaries of this map lie, how many do."""
    found, evidence = of_type(subject.found, ContactEvidence), subject.figure.evidence if subject.figure else None
    reach = max(REACH, found.resolution)
    for number, row in rows_of_sites(evidence, subject.region, reach) if evidence else ():
        at = _at_sites(found, row.spans)
        if len(at) >= max(LEAST, MOST_OF * len(found.salient)):
            yield subject.at(NAME, subject.region.start, subject.region.end, len(at), beside=number)


KIND = Kind(
    NAME,
    ("contacts", "intervals"),
    check,
    value=COUNT,
    stated=stated,
    altered=altered,
    turn=3,
    asked=False,
    beside=True,
)
