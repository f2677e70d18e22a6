"""Facts that a caption should not miss, each with a weight, and the nearness at which a claim states one.

A fact is something salient: a state, a peak, the strongest peak, a domain, a box, an arc, a boundary. Verdicts are not
asked here: a claim that is near enough states the fact.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from renderer.values.region import Region
from vlm.claims.checks import OVERLAP, overlap
from vlm.values.claim import Claim

NEAR = 0.02
"""A position within this share of the window is right."""

Says = Callable[[Claim], bool]


@dataclass(frozen=True)
class Fact:
    """Something a caption should not miss. `states` tells whether one claim on its track says it."""

    name: str
    weight: float
    states: Says

    def is_in(self, claims: Sequence[Claim]) -> bool:
        """Whether one of these claims, all on the fact's track, says it."""
        return any(self.states(claim) for claim in claims)


def places(names: Collection[str], position: int, region: Region, least: int = 0) -> Says:
    """Says whether a claim of one of these kinds has its middle at the position, to within `least` bp at any rate."""
    reach = max(NEAR * region.span, least)
    return lambda claim: claim.kind in names and abs((claim.start + claim.end) / 2 - position) <= reach


def spans(name: str, start: int, end: int) -> Says:
    """Says whether a claim of this kind has about the extent [start, end)."""
    return lambda claim: claim.kind == name and overlap(claim, start, end) >= OVERLAP


def either(one: Says, other: Says) -> Says:
    """Says whether one of the two says so."""
    return lambda claim: one(claim) or other(claim)
