"""anchor_at_peak: both anchors of a link lie at peaks of a signal: within 2 kb of a clear one each.

`strongest` tells that the two peaks are the highest of the window.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from renderer.assays.names import assay_of, is_control
from renderer.values.evidence import Arc, Evidence, LinkEvidence, Peak, SignalEvidence
from vlm.claims.checks import Case, Outcome, cannot_tell, distance, of_type, verdict
from vlm.claims.forms import ANCHORS
from vlm.claims.kind import Kind
from vlm.claims.rows.link import arc_of, feet_of, told
from vlm.claims.subject import Subject
from vlm.values.claim import Claim

NAME = "anchor_at_peak"

REACH = 2_000
"""A peak this far (bp) from an anchor, or nearer, is at it."""

MOST = 3
"""Links of a row of which this is stated, the widest."""


def check(case: Case) -> Outcome:
    """The link is there, and each of its anchors has a clear peak within reach."""
    arc = arc_of(case)
    if arc is None:
        return cannot_tell("there is no link with just these anchors")
    peaks = case.signal(1).salient
    near = [nearest(foot, peaks) for foot in feet_of(arc)]
    tolerance = {"bp": REACH}
    measured: dict[str, Any] = {**told(arc), "inside": arc.inside, "count": arc.count}
    if not all(near):
        return Outcome("contradicted", {**measured, "peaks": 0}, tolerance)
    found = [(peak, distance(peak.summit, *foot)) for peak, foot in zip(near, feet_of(arc), strict=True) if peak]
    measured["peaks"] = [told_peak(case, peak, away) for peak, away in found]
    measured["strongest"] = _strongest([peak for peak, _ in found], peaks)
    return Outcome(verdict(all(away <= REACH for _, away in found)), measured, tolerance)


def nearest(foot: tuple[int, int], peaks: Sequence[Peak]) -> Peak | None:
    """The nearest peak; of those inside the anchor, the highest."""
    return min(peaks, key=lambda peak: (distance(peak.summit, *foot), -peak.height), default=None)


def told_peak(case: Case, peak: Peak, away: int) -> dict[str, Any]:
    """A peak of the claim's signal at an anchor, as it is written into a verdict."""
    return {"summit": peak.summit, "top": top_of(case.evidence, case.claim.tracks[1], peak), "distance": away}


def top_of(evidence: Evidence, track: int, peak: Peak) -> float:
    """The highest base of a peak, in file units; where only the stretch that stands out is known, its highest base, if
    that is the peak's."""
    known = getattr(peak, "top", None)
    if known is not None:
        return float(known)
    signal = evidence.signal(track)
    for place, level in zip(evidence.places, signal.levels if signal else (), strict=False):
        inside = place.kind == "span" and place.start <= peak.summit < place.end
        if inside and level is not None and level.summit is not None and peak.start <= level.summit < peak.end:
            return level.maximum
    return peak.value


def _strongest(two: Sequence[Peak], peaks: Sequence[Peak]) -> bool:
    """Whether these are the two highest peaks, and two at all."""
    ranked = sorted(peaks, key=lambda peak: -peak.height)[:2]
    return len({peak.summit for peak in two}) == 2 and {peak.summit for peak in two} == {peak.summit for peak in ranked}


def stated(subject: Subject) -> Iterator[Claim]:
    """Links inside the window whose two anchors lie at peaks of a protein's signal, that of the two highest first, then
    the widest."""
    arcs = [arc for arc in of_type(subject.found, LinkEvidence).arcs if arc.inside]
    for number, signal in factors_of(subject):
        peaks = signal.salient
        anchored = [arc for arc in arcs if _anchored(arc, peaks)]
        anchored.sort(key=lambda arc: (not _strongest(_peaks(arc, peaks), peaks), arc.start1 - arc.end2))
        for arc in anchored[:MOST]:
            start, end = max(arc.start1, subject.region.start), min(arc.end2, subject.region.end)
            yield subject.at(NAME, start, end, told(arc), beside=number)


def factors_of(subject: Subject) -> Iterator[tuple[int, SignalEvidence]]:
    """The signals of proteins that bind at places of their own (CTCF), with their numbers; no controls."""
    figure = subject.figure
    for track in figure.scene.tracks if figure and figure.evidence else ():
        row, signal = assay_of(track), figure.evidence.signal(track.number)  # type: ignore[union-attr]
        if row is not None and row.factor and not is_control(track) and signal is not None:
            yield track.number, signal


def _peaks(arc: Arc, peaks: Sequence[Peak]) -> list[Peak]:
    return [peak for foot in feet_of(arc) if (peak := nearest(foot, peaks))]


def _anchored(arc: Arc, peaks: Sequence[Peak]) -> bool:
    """Whether its anchors lie at two peaks."""
    near = _peaks(arc, peaks)
    at = [distance(peak.summit, *foot) <= REACH for peak, foot in zip(near, feet_of(arc), strict=False)]
    return len(at) == 2 and all(at) and near[0] is not near[1]


KIND = Kind(
    NAME,
    ("links", "signal"),
    check,
    over="both its ends",
    value=ANCHORS,
    stated=stated,
    turn=2,
    asked=False,
    beside=True,
)
