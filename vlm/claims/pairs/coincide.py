"""coincide: two tracks both peak at the place."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from typing import Any

from vlm.claims.checks import Case, Outcome, describe, met_peaks, missed, vague, verdict
from vlm.claims.ground import Ground, apart, meet
from vlm.claims.kind import Kind
from vlm.values.claim import Claim

NAME = "coincide"

COINCIDE_SHARE = 0.012
"""Peaks of two tracks this close (share of the window) are one place to the eye: 12 of 1000 columns."""


def check(case: Case) -> Outcome:
    """Both tracks have a peak at the place, and the two are one place: close summits, or overlapping peaks."""
    found = [case.signal(index).peaks for index in (0, 1)]
    met = [met_peaks(case, peaks) for peaks in found]
    measured: dict[str, Any] = {
        str(number): describe(here[0]) if here else missed(case, peaks)
        for number, here, peaks in zip(case.claim.tracks, met, found, strict=True)
    }
    if not all(met):
        return Outcome("contradicted", measured, {"bp": case.slack})
    if wide := vague(case, [*met[0], *met[1]]):
        return wide
    one, two = min(((a, b) for a in met[0] for b in met[1]), key=lambda pair: abs(pair[0].summit - pair[1].summit))
    between = abs(one.summit - two.summit)
    holds = between <= 2 * case.slack or (one.start < two.end and two.start < one.end)
    measured = {str(case.claim.tracks[0]): describe(one), str(case.claim.tracks[1]): describe(two), "apart": between}
    return Outcome(verdict(holds), measured, {"bp": case.slack, "apart_bp": 2 * case.slack})


def joined(ground: Ground) -> list[Claim]:
    """For each pair of tracks the places both peak at. A place several tracks share is said against its first track."""
    found: list[Claim] = []
    for (first, peaks), (second, others) in combinations(ground.leading.items(), 2):
        for peak in peaks:
            near = [other for other in others if apart(peak, other) <= COINCIDE_SHARE * ground.region.span]
            if near and not _told(found, second, peak):
                best = min(near, key=lambda other: apart(peak, other))
                start, end = min(peak.start, best.start), max(peak.end, best.end)
                sure = _both(peak.confidence, best.confidence)
                found.append(Claim(NAME, (first, second), start, end, None, peak.source, sure))
    return found


def _told(found: Iterable[Claim], second: int, peak: Claim) -> bool:
    """Whether both of these tracks have been said to peak here together with an earlier one."""
    earlier = [claim for claim in found if meet(claim, peak)]
    firsts = {claim.tracks[0] for claim in earlier if claim.tracks[1] == second}
    return any(claim.tracks[1] == peak.tracks[0] and claim.tracks[0] in firsts for claim in earlier)


def _both(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one * other


KIND = Kind(
    NAME,
    ("signal", "signal"),
    check,
    means="both rows have a peak at the same place",
    over="both peaks, narrow",
    symmetric=True,
    rests_on=frozenset({"summit"}),
    joined=joined,
)
