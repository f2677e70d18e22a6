"""corner_dot: a contact map has a dot off its diagonal, as loops make, or (without a value) none stands out.

A dot holds at least 1.5 times the contacts that each of its surroundings lets expect, donut, row, column and lower left
(`renderer.arrays.dots`); `fold` is the least of the four. A claim is right to within a bin, or the tolerance of the
window. Maps with too few bins, or with bins of unlike length, are not judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from renderer.values.evidence import ContactEvidence
from renderer.values.spans import Dot
from vlm.claims.altered import Altered
from vlm.claims.checks import Case, Outcome, cannot_tell, of_type, verdict
from vlm.claims.forms import ANCHORS
from vlm.claims.kind import Kind
from vlm.claims.rows.link import Anchor, anchors_of
from vlm.claims.subject import Subject
from vlm.values.claim import Claim

NAME = "corner_dot"

MOST = 3
"""Dots of a map that are stated, the clearest."""


def check(case: Case) -> Outcome:
    """A dot joins the two places; or there is none at all."""
    found = of_type(case.track(), ContactEvidence)
    tolerance = {"bp": max(case.slack, found.resolution)}
    if found.dots is None:
        return cannot_tell("this map is too coarse, or its bins are too unlike, to tell dots", **tolerance)
    if case.claim.value is None:
        measured = {"dots": len(found.dots), "resolution": found.resolution}
        return Outcome(verdict(not found.dots), measured, tolerance)
    claimed = sorted(anchors_of(case.claim))
    if not found.dots:
        return Outcome("contradicted", {"dots": 0, "resolution": found.resolution}, tolerance)
    best = min(found.dots, key=lambda dot: _off(dot, claimed))
    away = _off(best, claimed)
    near = {"anchors": [list(one) for one in _feet(best)], "fold": best.fold, "distance": away}
    return Outcome(verdict(away <= tolerance["bp"]), near, tolerance)


def _feet(dot: Dot) -> tuple[Anchor, Anchor]:
    return (dot.start1, dot.end1), (dot.start2, dot.end2)


def _off(dot: Dot, claimed: list[Anchor]) -> int:
    """Bases between the farther of the two places and where it is said to be; 0 where they overlap."""
    pairs = zip(_feet(dot), claimed, strict=True)
    return max(max(0, max(a[0], b[0]) - min(a[1], b[1])) for a, b in pairs)


def altered(case: Case) -> Iterator[Altered]:
    """A dot is denied, or one is put where a quarter of the window lies between it and any; none is made up where there
    are dots."""
    found, claim = of_type(case.track(), ContactEvidence), case.claim
    region = case.region
    if claim.value is not None:
        yield "reversed", replace(claim, value=None, start=region.start, end=region.end)
    width, step = max(1, found.resolution), region.span // 8
    for left in range(region.start + step, region.end - 2 * step, step):
        there = [(left, left + width), (left + 2 * step, left + 2 * step + width)]
        if all(_off(dot, there) > 3 * max(case.slack, found.resolution) for dot in found.dots or ()):
            value = {"anchors": [list(one) for one in there]}
            yield "moved", replace(claim, value=value, start=left, end=left + 2 * step + width)
            return


def stated(subject: Subject) -> Iterator[Claim]:
    """The clearest dots; where there is none, that."""
    found = of_type(subject.found, ContactEvidence)
    if found.dots is None:
        return
    if not found.dots:
        yield subject.whole(NAME)
    for dot in sorted(found.dots, key=lambda dot: -dot.fold)[:MOST]:
        anchors = {"anchors": [list(one) for one in _feet(dot)]}
        start, end = max(dot.start1, subject.region.start), min(dot.end2, subject.region.end)
        yield subject.at(NAME, start, end, anchors)


KIND = Kind(
    NAME,
    ("contacts",),
    check,
    over="both its ends, or the window",
    value=replace(ANCHORS, optional=True),
    stated=stated,
    altered=altered,
    turn=2,
    asked=False,
    beside=True,
)
