"""only_in_group: every track of the first condition peaks at the place, and none of the second's does.

The conditions are those of the claim's two tracks, one of them at least with several. Each member of the first has a
peak there; of the second none has one near it, lies in a raised stretch, or is without data. The least of the first
side's highest bases is three times the most of the second's (`pairs.only_in.RATIO`), which are near their own
background. It is `only_in` of groups: what all members say at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from renderer.values.differences import STAND_OUT
from renderer.values.evidence import SignalEvidence
from renderer.values.levels import Place
from vlm.claims.altered import Altered, swapped
from vlm.claims.checks import Case, Outcome, cannot_tell, distance
from vlm.claims.compared.pair import Pair, pair_of, pairs_told
from vlm.claims.compared.sides import Sides, places_for
from vlm.claims.ground import meet
from vlm.claims.kind import Kind
from vlm.claims.places import elsewhere, nowhere, place_of
from vlm.claims.subject import Subject, holds
from vlm.values.claim import Claim

NAME = "only_in_group"

RATIO = 3.0
"""The least of the first side is this many times the most of the second, base by base in file units."""

MOST = 3
"""Places that are stated of one pair of conditions: starts of genes first, then where one side is highest."""


def check(case: Case) -> Outcome:
    """All of the first side peak here, and none of the second."""
    found = place_of(case)
    if found is None:
        return nowhere()
    pair = pair_of(case)
    compared = pair.over(*found)
    if pair.contrast is None or len(pair.first.tracks) + len(pair.second.tracks) < 3:
        return cannot_tell("these tracks stand for no two conditions with several samples")
    if compared is None:
        return cannot_tell("a track has no value here")
    measured, tolerance = compared.measured(), {"ratio": RATIO, "bp": case.slack}
    firsts, seconds = ([case.evidence.signal(number) for number in side.tracks] for side in (pair.first, pair.second))
    here = [_peaks_at(one, case) for one in firsts]
    there = [_peaks_at(one, case) for one in seconds]
    if not all(here) or any(there):
        return Outcome("contradicted", measured, tolerance)
    if any(one is None or one.state in ("no_data", "noisy") or _raised(one, case) for one in seconds):
        return cannot_tell("a track of the second side is raised here, or shows nothing clear", **tolerance)
    return Outcome("supported" if _is_lone(pair, compared) else "cannot_tell", measured, tolerance)


def _peaks_at(found: SignalEvidence | None, case: Case) -> bool:
    """Whether a clear peak lies at the claim's interval or reaches into it."""
    claim = case.claim
    return found is not None and any(
        distance(peak.summit, claim.start, claim.end) <= case.slack
        or (peak.start < claim.end and claim.start < peak.end)
        for peak in found.salient
    )


def _raised(found: SignalEvidence, case: Case) -> bool:
    middle = (case.claim.start + case.claim.end) // 2
    return any(domain.start <= middle < domain.end for domain in found.domains)


def _is_lone(pair: Pair, compared: Sides) -> bool:
    least, most = compared.difference.first_range[0], compared.difference.second_range[1]
    usual = [found.usual for number in pair.second.tracks if (found := pair.evidence.signal(number))]
    near = all(one <= 0 for one in usual) or most < STAND_OUT * max(usual)
    return near and least >= RATIO * most and least > 0


def altered(case: Case) -> Iterator[Altered]:
    """The other side, and where the first side does not peak."""
    yield from swapped(case)

    def no_peak(_: int, place: Place) -> bool:
        there = replace(case, claim=replace(case.claim, start=place.start, end=place.end))
        return not all(_peaks_at(case.evidence.signal(number), there) for number in pair_of(case).first.tracks)

    yield from elsewhere(case, no_peak)


def stated(subject: Subject) -> Iterator[Claim]:
    """The peaks that one side of a contrast shares and the other lacks, in both directions; told by the first track."""
    figure = subject.figure
    if figure is None or figure.evidence is None:
        return
    for contrast, pair in pairs_told(subject):
        if contrast.factor in ("control", "strand") or len(pair.first.tracks) + len(pair.second.tracks) < 3:
            continue
        places = [found for found in places_for(contrast, pair.evidence) if found[1].kind in ("start", "span")]
        known = [found for at, place in places if (found := pair.over(at, place)) is not None]
        told: list[Claim] = []
        for found in sorted(known, key=lambda one: (one.place.kind != "start", -one.high)):
            claim = _claim(found)
            if len(told) < MOST and not any(meet(claim, one) for one in told) and holds(check, claim, figure):
                told.append(claim)
        yield from told


def _claim(found: Sides) -> Claim:
    tracks = (found.first.tracks[0], found.second.tracks[0])
    higher = tracks if found.difference.first > found.difference.second else tracks[::-1]
    return Claim(NAME, higher, found.place.start, found.place.end, None, "measured")


KIND = Kind(
    NAME,
    ("signal", "signal"),
    check,
    over="the peak",
    says=frozenset({"only"}),
    asked=False,
    beside=True,
    stated=stated,
    altered=altered,
    turn=2,
)
