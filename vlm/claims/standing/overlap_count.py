"""overlap_count: so many of the intervals of one row meet intervals of another."""

from __future__ import annotations

from collections.abc import Iterator

from renderer.values.evidence import IntervalEvidence
from renderer.values.levels import Overlap
from vlm.claims.altered import Altered
from vlm.claims.checks import Case, Malformed, Outcome, cannot_tell, count_tolerance, told, verdict
from vlm.claims.forms import ValueForm
from vlm.claims.kind import Kind
from vlm.claims.subject import Subject
from vlm.values.claim import Claim

NAME = "overlap_count"

MOST_SHARE, LEAST = 0.6, 3
"""Most of a row's intervals meet another row's if this share does, of at least three."""

WIDE = 0.2
"""Rows that cover more of the window are met by chance."""


def check(case: Case) -> Outcome:
    """So many intervals of the first row share a base with any of the second, of those the window shows."""
    said = told(case.claim, "count")
    if said is None:
        raise Malformed('the value of an overlap_count claim is {"count": number}')
    found = _found(case, *case.claim.tracks)
    if found is None:
        return cannot_tell("these rows were not held against each other")
    measured = {"count": found.count, "total": found.total}
    slack = count_tolerance(found.count)
    return Outcome(verdict(abs(said - found.count) <= slack), measured, {"count": slack})


def _found(case: Case, one: int, other: int) -> Overlap | None:
    return next((found for found in case.evidence.overlaps if (found.one, found.other) == (one, other)), None)


def stated(subject: Subject) -> Iterator[Claim]:
    """Of a row most of whose intervals meet those of another, which has as many at least; both narrow."""
    evidence = subject.figure.evidence if subject.figure else None
    if evidence is None:
        return
    totals = {one.one: one.total for one in evidence.overlaps}
    for one in evidence.overlaps:
        if one.one != subject.number or one.total < LEAST or totals.get(one.other, 0) < one.total:
            continue
        rows = evidence.tracks.get(one.one), evidence.tracks.get(one.other)
        narrow = all(isinstance(row, IntervalEvidence) and row.covered <= WIDE for row in rows)
        if narrow and one.count >= MOST_SHARE * one.total:
            start, end = subject.region.start, subject.region.end
            yield subject.at(NAME, start, end, {"count": one.count}, beside=one.other)


def altered(case: Case) -> Iterator[Altered]:
    """Another number."""
    count = int(case.claim.value["count"])
    step = max(1, round(0.4 * count), count_tolerance(count) + 1)
    for other in (count + step, count - step):
        if other >= 0:
            claim = case.claim
            yield "number", Claim(NAME, claim.tracks, claim.start, claim.end, {"count": other}, claim.source)


KIND = Kind(
    NAME,
    ("intervals", "intervals"),
    check,
    value=ValueForm("how many of the first meet the second"),
    beside=True,
    stated=stated,
    altered=altered,
    turn=5,
    asked=False,
)
