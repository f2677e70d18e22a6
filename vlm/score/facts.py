"""The facts a reading of a figure should state, and whether it says that there is nothing to state.

What the facts of a track are each kind of claim knows itself. What is only visible is no fact to be missed.
"""

from __future__ import annotations

from collections.abc import Sequence

from renderer.values.evidence import (
    ContactEvidence,
    IntervalEvidence,
    LinkEvidence,
    SignalEvidence,
    TrackEvidence,
    type_of,
)
from renderer.values.region import Region
from vlm.claims.facts import Fact
from vlm.claims.registry import can_say, find, kinds, points
from vlm.claims.subject import Subject
from vlm.values.claim import Claim


def facts_of(found: TrackEvidence, region: Region) -> list[Fact]:
    """The facts of one track; annotation tracks have none, since nothing of them is read from pixels."""
    subject = Subject(0, found, region)
    own = (kind for kind in kinds() if kind.facts and kind.tracks == (type_of(found),))
    return [fact for kind in own if kind.facts for fact in kind.facts(subject)]


def said_state(claims: Sequence[Claim]) -> str | None:
    """The one word that claims on one track have for all of it."""
    return next((claim.kind for claim in claims if points(claim) == "state" and claim.value is None), None)


def is_absent(found: TrackEvidence) -> bool:
    """Whether the track has nothing to point at: no data, flat, or no salient peak and no visible domain."""
    if isinstance(found, SignalEvidence):
        return found.state in ("no_data", "flat") or not (found.salient or found.domains)
    if isinstance(found, ContactEvidence):
        return found.state != "domains"
    return isinstance(found, IntervalEvidence | LinkEvidence) and found.count == 0


def says_absent(claims: Sequence[Claim]) -> bool:
    """Whether claims on one track point at nothing, and one says in words that there is nothing."""
    if any(_has_place(claim) for claim in claims):
        return False
    return any(not (points(claim) == "state" and claim.value) and can_say(claim, "no peak") for claim in claims)


def _has_place(claim: Claim) -> bool:
    kind = find(claim.kind)
    return kind is not None and not kind.of_window
