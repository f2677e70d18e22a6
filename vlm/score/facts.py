"""The facts a reading of a figure should state, from its measurements, each with a weight and the claims that state it.

A fact is something salient: a state, a peak, the strongest peak, a domain, a box, an arc, a boundary. Peaks, domains
and boundaries weigh by how much they stand out; the boxes of a row, or its arcs, weigh 1 together. What is only
visible is no fact to be missed. Verdicts are not asked here: a claim that is near enough states the fact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from renderer.values.evidence import (
    ContactEvidence,
    IntervalEvidence,
    LinkEvidence,
    SignalEvidence,
    TrackEvidence,
)
from renderer.values.region import Region
from vlm.claims.checks import OVERLAP, overlap
from vlm.values.claim import PEAK_KINDS, Claim

NEAR = 0.02
"""A position within this share of the window is right."""

STATES = ("no_data", "flat", "noisy")

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


def facts_of(found: TrackEvidence, region: Region) -> list[Fact]:
    """The facts of one track; annotation tracks have none, since nothing of them is read from pixels."""
    tell = _TELLERS.get(type(found))
    return list(tell(found, region)) if tell else []


def _signal(found: SignalEvidence, region: Region) -> Iterator[Fact]:
    if found.state != "signal":
        allowed = (found.state, *found.near)
        if "signal" not in allowed:
            yield Fact(f"state: {found.state}", 1.0, lambda claim: claim.kind in allowed and claim.value is None)
        return
    for peak in found.salient:
        yield Fact("peak", peak.prominence, _places(PEAK_KINDS, peak.summit, region))
    if found.strongest:
        strongest = found.strongest
        yield Fact("strongest peak", strongest.prominence, _places(("strongest_peak",), strongest.summit, region))
    for domain in found.domains:
        if domain.salient:
            yield Fact("broad domain", domain.mean, _spans("broad_domain", domain.start, domain.end))


def _intervals(found: IntervalEvidence, region: Region) -> Iterator[Fact]:
    for span in found.spans if found.state == "few" else ():
        says = _spans("interval_at", span.start, span.end)
        near = _places(("interval_at",), (span.start + span.end) // 2, region)
        yield Fact("interval", 1 / len(found.spans), _either(says, near))


def _links(found: LinkEvidence, region: Region) -> Iterator[Fact]:
    inside = [arc for arc in found.arcs if arc.inside] if found.state == "few" else []
    for arc in inside:
        feet = (arc.start1 + arc.end1) / 2, (arc.start2 + arc.end2) / 2
        yield Fact("link", 1 / len(inside), partial(_joins, feet=feet, region=region))


def _joins(claim: Claim, feet: tuple[float, float], region: Region) -> bool:
    anchors = claim.value.get("anchors") if claim.kind == "link" and isinstance(claim.value, dict) else None
    try:
        middles = sorted((start + end) / 2 for start, end in anchors or ())
    except (TypeError, ValueError):
        return False
    return len(middles) == 2 and all(
        abs(one - other) <= NEAR * region.span for one, other in zip(middles, sorted(feet), strict=True)
    )


def _contacts(found: ContactEvidence, region: Region) -> Iterator[Fact]:
    for boundary in found.salient:
        says = _places(("domain_boundary",), boundary.position, region, found.resolution)
        yield Fact("domain boundary", min(1.0, boundary.strength), says)


_TELLERS: dict[type, Callable[..., Iterator[Fact]]] = {
    SignalEvidence: _signal,
    IntervalEvidence: _intervals,
    LinkEvidence: _links,
    ContactEvidence: _contacts,
}


def _places(kinds: Sequence[str] | frozenset[str], position: int, region: Region, least: int = 0) -> Says:
    reach = max(NEAR * region.span, least)
    return lambda claim: claim.kind in kinds and abs((claim.start + claim.end) / 2 - position) <= reach


def _spans(kind: str, start: int, end: int) -> Says:
    return lambda claim: claim.kind == kind and overlap(claim, start, end) >= OVERLAP


def _either(one: Says, other: Says) -> Says:
    return lambda claim: one(claim) or other(claim)


# --- what is absent

_EMPTY = {"peak_count": 0, "interval_count": 0}


def is_absent(found: TrackEvidence) -> bool:
    """Whether the track has nothing to point at: no data, flat, or no salient peak and no visible domain."""
    if isinstance(found, SignalEvidence):
        return found.state in ("no_data", "flat") or not (found.salient or found.domains)
    if isinstance(found, ContactEvidence):
        return found.state != "domains"
    return isinstance(found, IntervalEvidence | LinkEvidence) and found.count == 0


def says_absent(claims: Sequence[Claim]) -> bool:
    """Whether claims on one track point at nothing, and one says in words that there is nothing."""
    points = ("peak", "strongest_peak", "broad_domain", "interval_at", "link", "domain_boundary")
    if any(claim.kind in points for claim in claims):
        return False
    return any(
        (claim.kind in STATES and claim.value is None) or _EMPTY.get(claim.kind, -1) == claim.value for claim in claims
    )
