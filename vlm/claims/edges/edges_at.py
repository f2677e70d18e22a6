"""edges_at: both ends of a stretch of a row lie at intervals of another, as at sites of insulator proteins.

A stretch is a domain of the row, or the neighbours of one class that are drawn as one; its ends are within 2 kb of an
interval each. Of rows whose surroundings so far take more than a quarter of the window it is not stated: any place is
at one of theirs by chance; nor of chromatin states, whose edges are everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from renderer.assays.states import are_known
from renderer.values.evidence import Evidence, IntervalEvidence
from vlm.claims.altered import Altered
from vlm.claims.checks import Case, Outcome, cannot_tell, of_type, overlap, verdict
from vlm.claims.edges.sites import REACH, away, rows_of_sites
from vlm.claims.kind import Kind
from vlm.claims.places import SAME
from vlm.claims.subject import Subject
from vlm.values.claim import Claim

NAME = "edges_at"

LEAST_DOMAIN = 10_000
"""Bases that a stretch has at least whose ends are told."""

RARE = 0.35
"""A class of a row is told of by its stretch if it takes no more of the window than this."""

MOST = 2
"""Stretches of a row whose ends are told, the longest."""


def check(case: Case) -> Outcome:
    """Both ends of the stretch are within reach of an interval of the second row."""
    row, other = (of_type(case.track(at), IntervalEvidence) for at in (0, 1))
    box = max(row.spans, key=lambda one: overlap(case.claim, one.start, one.end), default=None)
    if box is None or overlap(case.claim, box.start, box.end) < SAME:
        return cannot_tell("the row has no stretch of just this extent", overlap=SAME)
    if not other.spans and other.count:
        return cannot_tell("the intervals of the second row are not known one by one")
    apart = [away(end, other.spans) for end in (box.start, box.end - 1)]
    measured: dict[str, Any] = {"start": box.start, "end": box.end, "name": box.name or None, "count": box.count}
    if None in apart:
        return Outcome("contradicted", {**measured, "intervals": 0}, {"bp": REACH})
    known = [one for one in apart if one is not None]
    return Outcome(verdict(max(known) <= REACH), {**measured, "away": known}, {"bp": REACH})


def altered(case: Case) -> Iterator[Altered]:
    """Another stretch of the row, an end of which is out of reach."""
    row, other = (of_type(case.track(at), IntervalEvidence) for at in (0, 1))
    for box in row.spans:
        apart = [away(end, other.spans) for end in (box.start, box.end - 1)]
        if any(one is not None and one > REACH for one in apart):
            yield "moved", replace(case.claim, start=box.start, end=box.end)
            return


def stated(subject: Subject) -> Iterator[Claim]:
    """The longest stretches of this row, of a rare class or of its domains, both of whose ends are at sites."""
    row, evidence = of_type(subject.found, IntervalEvidence), subject.figure.evidence if subject.figure else None
    if evidence is None:
        return
    region = subject.region
    rare = _rare(row, evidence) if row.shares else None
    boxes = [
        one
        for one in row.spans
        if one.start > region.start and one.end < region.end and one.end - one.start >= LEAST_DOMAIN
        if (rare is not None and one.name in rare) or (rare is None and row.median >= LEAST_DOMAIN)
    ]
    told = 0
    for box in sorted(boxes, key=lambda one: one.start - one.end):
        sites = [
            number
            for number, other in rows_of_sites(evidence, region, REACH)
            if number != subject.number
            and all((away(end, other.spans) or 0) <= REACH for end in (box.start, box.end - 1))
        ]
        told += bool(sites)
        if told <= MOST:
            yield from (subject.at(NAME, box.start, box.end, beside=number) for number in sites)


def _rare(row: IntervalEvidence, evidence: Evidence) -> set[str]:
    """The classes of a row that take little of the window; none of chromatin states, whose edges are everywhere."""
    whole = next((row.shares[at] for at, one in enumerate(evidence.places) if one.kind == "window"), {})
    named = {name for shares in row.shares for name in shares}
    return set() if are_known(named) else {name for name, share in whole.items() if share <= RARE}


KIND = Kind(
    NAME,
    ("intervals", "intervals"),
    check,
    over="a stretch of the first row",
    stated=stated,
    altered=altered,
    turn=3,
    asked=False,
    beside=True,
)
