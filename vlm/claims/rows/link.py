"""link: an arc joins two places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from renderer.assays.names import is_junctions
from renderer.values.evidence import Arc, LinkEvidence
from renderer.values.region import Region
from vlm.claims.altered import Altered, moved
from vlm.claims.checks import Case, Malformed, Outcome, of_type, verdict
from vlm.claims.facts import NEAR, Fact
from vlm.claims.forms import ANCHORS
from vlm.claims.kind import Kind, Token
from vlm.claims.subject import LISTED, Subject
from vlm.values.claim import Claim

NAME = "link"

Anchor = tuple[int, int]

SAME_ANCHOR = 5_000
"""Anchors that overlap, or lie this near (bp) to each other, are one: rows of links have resolutions of their own."""


def check(case: Case) -> Outcome:
    """An arc joins the two anchors, in either order. Beyond an edge of the window all places are one."""
    found = of_type(case.track(), LinkEvidence)
    claimed = sorted(anchors_of(case.claim))
    tolerance = {"bp": case.slack}
    if not found.arcs:
        return Outcome("contradicted", {"links": found.count}, tolerance)
    best = min(found.arcs, key=lambda arc: _off(case, arc, claimed))
    away = _off(case, best, claimed)
    measured = {
        **told(best),
        "count": best.count,
        "score": round(best.score, 4),
        "inside": best.inside,
        "distance": away,
    }
    if away > case.slack and sum(arc.count for arc in found.arcs) < found.count:
        return Outcome("cannot_tell", measured | {"reason": "there are too many links to tell"}, tolerance)
    return Outcome(verdict(away <= case.slack), measured, tolerance)


def anchors_of(claim: Claim) -> tuple[Anchor, Anchor]:
    """The two anchors that a claim on a link names. Raises Malformed."""
    anchors = claim.value.get("anchors") if isinstance(claim.value, dict) else None
    if not isinstance(anchors, list | tuple) or len(anchors) != 2:
        raise Malformed(f"the value of a claim of {claim.kind} is {{'anchors': [[start, end], [start, end]]}}")
    first, second = (_anchor(one) for one in anchors)
    return first, second


def feet_of(arc: Arc) -> tuple[Anchor, Anchor]:
    """The two anchors of an arc, the left one first."""
    return (arc.start1, arc.end1), (arc.start2, arc.end2)


def same_link(one: Sequence[Sequence[int]], other: Sequence[Sequence[int]]) -> bool:
    """Whether two links, each by its two anchors with the left one first, are one, as far as rows of unlike resolution
    tell: at either end their anchors are."""
    return all(a[0] - SAME_ANCHOR < b[1] and b[0] - SAME_ANCHOR < a[1] for a, b in zip(one, other, strict=True))


def arc_of(case: Case) -> Arc | None:
    """The arc with just the anchors that the claim names. Raises Malformed."""
    anchors = tuple(sorted(anchors_of(case.claim)))
    return next((one for one in of_type(case.track(), LinkEvidence).arcs if feet_of(one) == anchors), None)


def told(arc: Arc) -> dict[str, list[list[int]]]:
    """The value of a claim on an arc."""
    return {"anchors": [list(foot) for foot in feet_of(arc)]}


def _anchor(value: object) -> Anchor:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise Malformed("an anchor of a link claim is [start, end]")
    start, end = value
    if any(isinstance(one, bool) or not isinstance(one, int) for one in (start, end)) or start >= end:
        raise Malformed("an anchor of a link claim is two whole numbers, the smaller first")
    return start, end


def _off(case: Case, arc: Arc, claimed: list[Anchor]) -> int:
    """How far the worse of the two anchors is from where it is said to be."""
    region = case.region

    def seen(position: float) -> float:
        return min(max(position, region.start), region.end)

    pairs = zip(feet_of(arc), claimed, strict=True)
    return max(
        int(max(0, max(seen(a[0]), seen(b[0])) - min(seen(a[1]), seen(b[1])))) for a, b in pairs
    )  # the gap between the two intervals; 0 where they overlap


def altered(case: Case) -> Iterator[Altered]:
    """Its right foot where no arc has one, if all arcs are known."""
    found = of_type(case.track(), LinkEvidence)
    if sum(arc.count for arc in found.arcs) < found.count:
        return
    left, right = sorted(anchors_of(case.claim))
    feet = [foot for arc in found.arcs for foot in feet_of(arc)]
    one_foot = Case(replace(case.claim, start=right[0], end=right[1]), case.evidence)
    for way, foot in moved(one_foot, feet):
        yield way, replace(case.claim, value={"anchors": [list(left), [foot.start, foot.end]]})


def is_spliced(subject: Subject) -> bool:
    """Whether the arcs of a row are spliced reads, which join exons: no contacts of places."""
    return subject.track is not None and is_junctions(subject.track)


def stated(subject: Subject) -> Iterator[Claim]:
    """Every arc with both feet in the window, where there are few; none of splice junctions."""
    region = subject.region
    if is_spliced(subject):
        return
    for arc in _few(subject)[:LISTED]:
        yield subject.at(NAME, max(arc.start1, region.start), min(arc.end2, region.end), told(arc))


def facts(subject: Subject) -> Iterator[Fact]:
    """The same; all arcs of a row weigh 1 together."""
    few = _few(subject)
    for arc in few:
        feet = (arc.start1 + arc.end1) / 2, (arc.start2 + arc.end2) / 2
        yield Fact("link", 1 / len(few), partial(_joins, feet=feet, region=subject.region))


def _few(subject: Subject) -> list[Arc]:
    found = of_type(subject.found, LinkEvidence)
    return [arc for arc in found.arcs if arc.inside] if found.state == "few" else []


def _joins(claim: Claim, feet: tuple[float, float], region: Region) -> bool:
    anchors = claim.value.get("anchors") if claim.kind == NAME and isinstance(claim.value, dict) else None
    try:
        middles = sorted((start + end) / 2 for start, end in anchors or ())
    except (TypeError, ValueError):
        return False
    return len(middles) == 2 and all(
        abs(one - other) <= NEAR * region.span for one, other in zip(middles, sorted(feet), strict=True)
    )


KIND = Kind(
    NAME,
    ("links",),
    check,
    means="an arc joins two places",
    over="both its ends",
    value=ANCHORS,
    shows=("link",),
    says=frozenset({"strongest"}),
    stated=stated,
    facts=facts,
    altered=altered,
    tokens=(Token("arc", lambda places: {"anchors": [list(place) for place in places]}),),
)
