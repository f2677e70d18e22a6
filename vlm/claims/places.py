"""The places that levels and shares are told of: which one a claim is about, and how it is written into a verdict.

What is measured over places is in the evidence; nothing is measured here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from renderer.values.evidence import Evidence
from renderer.values.levels import Place
from vlm.claims.altered import Altered
from vlm.claims.checks import Case, Outcome, cannot_tell, overlap
from vlm.claims.ground import is_known

SAME = 0.9
"""A claim is about the place that its interval meets to this intersection over union."""

SAID = ("window", "start", "body", "span", "interval")
"""Places that a caption speaks of, exons apart, and the sides of a viewpoint."""

OF_GENES = ("start", "body", "exon")


def place_of(case: Case) -> tuple[int, Place] | None:
    """The measured place that the claim's interval is, with its index; that of a gene before a nameless one."""
    claim, region = case.claim, case.region
    if claim.end - claim.start >= SAME * region.span:
        return next(((at, one) for at, one in enumerate(case.evidence.places) if one.kind == "window"), None)
    found = [
        (overlap(claim, one.start, one.end), bool(one.name), -at)
        for at, one in enumerate(case.evidence.places)
        if one.kind != "window"
    ]
    best = max(found, default=None)
    if best is None or best[0] < SAME:
        return None
    return -best[2], case.evidence.places[-best[2]]


def elsewhere(case: Case, false: Callable[[int, Place], bool]) -> Iterator[Altered]:
    """The claim at the first measured place where it is `false`, by the place and its index."""
    for at, place in enumerate(case.evidence.places):
        there = replace(case.claim, start=place.start, end=place.end)
        if place_of(replace(case, claim=there)) == (at, place) and false(at, place):
            yield "moved", there
            return


def nowhere() -> Outcome:
    """The outcome of a claim whose interval is no place that was measured."""
    return cannot_tell("nothing was measured over just this stretch", overlap=SAME)


def told_place(place: Place) -> dict[str, Any]:
    """A place as it is written into a verdict."""
    return {
        "place": place.kind,
        "gene": place.name or None,
        "exon": place.exon,
        "start": place.start,
        "end": place.end,
    }


def told_places(evidence: Evidence) -> list[tuple[int, Place]]:
    """Places that a caption may speak of: of genes only those with a name that people know."""
    return [
        (at, one)
        for at, one in enumerate(evidence.places)
        if one.kind in SAID and (one.kind not in OF_GENES or is_known(one.name, one.coding))
    ]
