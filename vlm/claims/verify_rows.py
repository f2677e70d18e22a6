"""Checks of claims about intervals, links and contact maps."""

from __future__ import annotations

from typing import Any

from renderer.values.evidence import Arc, ContactEvidence, IntervalEvidence, LinkEvidence, Span
from vlm.claims.checks import (
    OVERLAP,
    Case,
    Malformed,
    Outcome,
    count_tolerance,
    counted,
    distance,
    overlap,
    vague,
    verdict,
)

Place = tuple[int, int]


def _intervals(case: Case) -> IntervalEvidence:
    found = case.track()
    assert isinstance(found, IntervalEvidence)  # `verify` has seen that it is one
    return found


def interval_count(case: Case) -> Outcome:
    """So many intervals. Both the number of records and of boxes one can tell apart will do: neighbours merge."""
    found = _intervals(case)
    slack = count_tolerance(found.count)
    boxes = min(found.count, len(found.spans))
    holds = counted(case.claim, boxes - count_tolerance(boxes), found.count + slack)
    return Outcome(
        verdict(holds), {"count": found.count, "boxes": len(found.spans), "state": found.state}, {"count": slack}
    )


def interval_at(case: Case) -> Outcome:
    """A box lies there, with that name if one is said. Part of a box that is several intervals cannot be judged."""
    claim, found = case.claim, _intervals(case)
    if claim.value is not None and not isinstance(claim.value, str):
        raise Malformed(f"the value of an interval_at claim is nothing or a name, not {str(claim.value)[:80]!r}")
    tolerance = {"bp": case.slack, "overlap": OVERLAP}
    if not found.spans:
        return Outcome("contradicted", {"intervals": found.count}, tolerance)
    best = max(
        found.spans, key=lambda span: (_fits(case, span), overlap(claim, span.start, span.end), -_away(case, span))
    )
    measured: dict[str, Any] = {"start": best.start, "end": best.end, "count": best.count, "name": best.name}
    if not _fits(case, best):
        inside = best.start - case.slack <= claim.start and claim.end <= best.end + case.slack
        if found.state == "tiled" or (inside and best.count > 1):
            return Outcome("cannot_tell", measured | {"reason": "boxes here are too small to tell apart"}, tolerance)
        return Outcome("contradicted", measured | {"distance": _away(case, best)}, tolerance)
    if claim.value and best.count > 1 and not best.name:
        return Outcome("cannot_tell", measured | {"reason": "several intervals are drawn as one box"}, tolerance)
    return Outcome(verdict(not claim.value or claim.value.casefold() == best.name.casefold()), measured, tolerance)


def _fits(case: Case, span: Span) -> bool:
    claim = case.claim
    near = abs(claim.start - span.start) <= case.slack and abs(claim.end - span.end) <= case.slack
    return near or overlap(claim, span.start, span.end) >= OVERLAP


def _away(case: Case, span: Span) -> int:
    middle = (case.claim.start + case.claim.end) // 2
    return distance(middle, span.start, span.end)


def link(case: Case) -> Outcome:
    """An arc joins the two anchors, in either order. Beyond an edge of the window all places are one."""
    found = case.track()
    assert isinstance(found, LinkEvidence)  # `verify` has seen that it is one
    claimed = sorted(_anchors(case))
    tolerance = {"bp": case.slack}
    if not found.arcs:
        return Outcome("contradicted", {"links": found.count}, tolerance)
    best = min(found.arcs, key=lambda arc: _off(case, arc, claimed))
    away = _off(case, best, claimed)
    measured = {
        "anchors": [[best.start1, best.end1], [best.start2, best.end2]],
        "count": best.count,
        "score": round(best.score, 4),
        "inside": best.inside,
        "distance": away,
    }
    if away > case.slack and sum(arc.count for arc in found.arcs) < found.count:
        return Outcome("cannot_tell", measured | {"reason": "there are too many links to tell"}, tolerance)
    return Outcome(verdict(away <= case.slack), measured, tolerance)


def _anchors(case: Case) -> tuple[Place, Place]:
    value = case.claim.value
    anchors = value.get("anchors") if isinstance(value, dict) else None
    if not isinstance(anchors, list | tuple) or len(anchors) != 2:
        raise Malformed("the value of a link claim is {'anchors': [[start, end], [start, end]]}")
    first, second = (_anchor(one) for one in anchors)
    return first, second


def _anchor(value: object) -> Place:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise Malformed("an anchor of a link claim is [start, end]")
    start, end = value
    if any(isinstance(one, bool) or not isinstance(one, int) for one in (start, end)) or start >= end:
        raise Malformed("an anchor of a link claim is two whole numbers, the smaller first")
    return start, end


def _off(case: Case, arc: Arc, claimed: list[Place]) -> int:
    """How far the worse of the two anchors is from where it is said to be."""
    region = case.region

    def seen(position: float) -> float:
        return min(max(position, region.start), region.end)

    pairs = zip(((arc.start1, arc.end1), (arc.start2, arc.end2)), claimed, strict=True)
    return max(
        int(max(0, max(seen(a[0]), seen(b[0])) - min(seen(a[1]), seen(b[1])))) for a, b in pairs
    )  # the gap between the two intervals; 0 where they overlap


def domain_boundary(case: Case) -> Outcome:
    """Contacts are parted at the place, to within a bin of the map."""
    found = case.track()
    assert isinstance(found, ContactEvidence)  # `verify` has seen that it is one
    reach = max(case.slack, found.resolution)
    tolerance = {"bp": reach}
    if found.state == "no_data":
        return Outcome("contradicted", {"state": found.state}, tolerance)
    if wide := vague(case):
        return wide
    if not found.boundaries:
        return Outcome("contradicted", {"state": found.state, "boundaries": 0}, tolerance)
    best = min(found.boundaries, key=lambda one: distance(one.position, case.claim.start, case.claim.end))
    away = distance(best.position, case.claim.start, case.claim.end)
    measured = {
        "position": best.position,
        "strength": round(best.strength, 3),
        "salient": best.salient,
        "distance": away,
    }
    return Outcome(verdict(away <= reach), measured, tolerance)
