"""What every check of a claim shares: the case it judges, what comes out, tolerances, and how a claim meets a peak.

The checks themselves are with their kinds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from renderer.values.evidence import (
    ContactEvidence,
    Domain,
    Evidence,
    GeneEvidence,
    IntervalEvidence,
    LinkEvidence,
    Peak,
    SignalEvidence,
    TrackEvidence,
)
from renderer.values.region import Region
from renderer.values.track import Scene
from vlm.values.claim import Claim, Verdict

POSITION_SHARE = 0.015
"""Share of the window a position may be off: 2 of the 128 bins a model answers in, 15 px of a 1000 px track."""

COUNT_EXACT = 10
"""Up to this many things a number must be exact ..."""

COUNT_SHARE = 0.25
"""... and beyond, a quarter of the measured number, rounded up, is forgiven: nobody counts those."""

OVERLAP = 0.5
"""Intersection over union of a claimed and a measured stretch: its edges are soft, its place is not."""

CORE_SHARE = 0.025
"""Share of the window: of a wide peak only so much on each side of its summit can be at a start site."""

PLACE_SHARE = 0.06
"""Share of the window: a claim wider than this, and than twice the peak it meets, points at nothing."""


UNKNOWN = 0.1
"""Of a signal whose file has no data for more than this share of the window nothing is said of all the rest of it."""


OneEvidence = TypeVar("OneEvidence", SignalEvidence, GeneEvidence, IntervalEvidence, LinkEvidence, ContactEvidence)


class Malformed(Exception):
    """A claim that cannot be true because of how it is made; the text is the reason."""


@dataclass(frozen=True)
class Outcome:
    """A verdict before it is joined with its claim."""

    verdict: Verdict
    measured: dict[str, Any] = field(default_factory=dict)
    tolerance: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """A well-formed claim on tracks that were measured. The scene tells of scale groups and strands, if it is known."""

    claim: Claim
    evidence: Evidence
    scene: Scene | None = None

    @property
    def region(self) -> Region:
        """The window."""
        return self.evidence.region

    @property
    def slack(self) -> int:
        """The position tolerance of this window, in base pairs."""
        return max(1, round(POSITION_SHARE * self.region.span))

    def track(self, index: int = 0) -> TrackEvidence:
        """The evidence of the claim's track at this place in its list."""
        return self.evidence.tracks[self.claim.tracks[index]]

    def signal(self, index: int = 0) -> SignalEvidence:
        """The same of a signal track; `verify` has seen that it is one."""
        return of_type(self.track(index), SignalEvidence)


Check = Callable[[Case], Outcome]


def of_type(found: TrackEvidence, wanted: type[OneEvidence]) -> OneEvidence:
    """What was measured, of a track whose type has been seen to be this one."""
    assert isinstance(found, wanted)
    return found


def is_partly_unknown(found: SignalEvidence, region: Region) -> bool:
    """Whether the file of a signal has no data for a good part of the window."""
    return sum(end - start for start, end in found.gaps) > UNKNOWN * region.span


def verdict(holds: bool) -> Verdict:
    """supported or contradicted."""
    return "supported" if holds else "contradicted"


def cannot_tell(reason: str, **tolerance: Any) -> Outcome:
    """The outcome of what these measurements cannot decide."""
    return Outcome("cannot_tell", {"reason": reason}, tolerance)


# --- numbers


def whole_number(claim: Claim, value: object) -> int:
    """The value as a whole number. Raises Malformed."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise Malformed(f"the value of a {claim.kind} claim is a whole number, not {str(value)[:80]!r}")
    return value


def count_tolerance(measured: int) -> int:
    """How far a claimed number may lie from the measured one."""
    return 0 if measured <= COUNT_EXACT else -int(-COUNT_SHARE * measured // 1)


def counted(claim: Claim, least: int, most: int) -> bool:
    """Whether the claimed number, or least number ({"min": 12}), is within `least` to `most`."""
    if isinstance(claim.value, dict):
        return whole_number(claim, claim.value.get("min")) <= most
    return least <= whole_number(claim, claim.value) <= most


def told(claim: Claim, key: str) -> float | None:
    """The number that the claim's value has under this key, as {"fold": 3.0}; None if it has none."""
    value = claim.value.get(key) if isinstance(claim.value, dict) else None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


# --- places


def distance(position: float, start: float, end: float) -> int:
    """Bases between a position and the half-open interval [start, end); 0 inside."""
    return int(max(start - position, position - (end - 1), 0))


def overlap(claim: Claim, start: int, end: int) -> float:
    """Intersection over union of the claim's interval and [start, end)."""
    common = min(claim.end, end) - max(claim.start, start)
    return max(0, common) / max(1, max(claim.end, end) - min(claim.start, start))


def best_domain(case: Case, domains: Sequence[Domain]) -> tuple[Domain | None, dict[str, Any]]:
    """The domain the claim fits best, None if it fits none, and what was measured of it."""
    if not domains:
        return None, {"domains": 0}
    best = max(domains, key=lambda domain: overlap(case.claim, domain.start, domain.end))
    share = overlap(case.claim, best.start, best.end)
    measured = {
        "start": best.start,
        "end": best.end,
        "overlap": round(share, 3),
        "salient": best.salient,
        "mean_height": round(best.mean, 3),
        "outside_height": round(best.outside, 3),
    }
    return best if share >= OVERLAP else None, measured


def meets(claim: Claim, peak: Peak, slack: int) -> bool:
    """Whether the claim points at the peak: within reach of its summit, or into the middle of a wide one."""
    inside = peak.start <= (claim.start + claim.end) / 2 < peak.end and claim.end - claim.start <= 3 * slack
    return inside or distance(peak.summit, claim.start, claim.end) <= slack


def met_peaks(case: Case, peaks: Sequence[Peak]) -> list[Peak]:
    """The peaks at the claim's interval, the nearest to its middle first."""
    met = (peak for peak in peaks if meets(case.claim, peak, case.slack))
    return sorted(met, key=lambda peak: (off(case.claim, peak), -peak.height))


def off(claim: Claim, peak: Peak) -> float:
    """Base pairs between the middle of the claim's interval and the summit."""
    return abs((claim.start + claim.end - 1) / 2 - peak.summit)


def core(peak: Peak, region: Region) -> tuple[int, int]:
    """The part of a peak that counts as its place: round its summit, as far as its nearer side goes at half prominence,
    or less if it is wide."""
    reach = min(round(CORE_SHARE * region.span), peak.summit - peak.start, peak.end - 1 - peak.summit)
    return peak.summit - reach, peak.summit + reach + 1


def describe(peak: Peak) -> dict[str, Any]:
    """A peak as it is written into a verdict."""
    return {
        "summit": peak.summit,
        "start": peak.start,
        "end": peak.end,
        "value": round(peak.value, 4),
        "top": peak.top,
        "top_at": peak.top_at,
        "height": round(peak.height, 3),
        "prominence": round(peak.prominence, 3),
    }


def missed(case: Case, peaks: Sequence[Peak]) -> dict[str, Any]:
    """What there was instead: the nearest peak and how far off it is."""
    if not peaks:
        return {"peaks": 0}
    claim = case.claim
    near = min(peaks, key=lambda peak: distance(peak.summit, claim.start, claim.end))
    return {"nearest": describe(near), "distance": distance(near.summit, claim.start, claim.end)}


def astray(case: Case, peaks: Sequence[Peak], met: Sequence[Peak], tolerance: dict[str, Any]) -> Outcome | None:
    """The outcome of a claim that meets none of these peaks, or so much of the window that it would meet any; None for
    one that points at those it has `met`."""
    return vague(case, met) if met else Outcome("contradicted", missed(case, peaks), tolerance)


def vague(case: Case, peaks: Sequence[Peak] = ()) -> Outcome | None:
    """cannot_tell for an interval so wide that it would be true of almost any track."""
    width = case.claim.end - case.claim.start
    if width <= max([PLACE_SHARE * case.region.span, *(2 * (peak.end - peak.start) for peak in peaks)]):
        return None
    measured = {"reason": "the interval is too wide to point at a place", "share": round(width / case.region.span, 3)}
    return Outcome("cannot_tell", measured, {"share": PLACE_SHARE})
