"""anchor_at_peak: both anchors of a link lie at peaks of a signal: within 2 kb of a clear one each.

`strongest` tells that the two peaks are the highest of the window.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from renderer.assays.names import assay_of, is_control
from renderer.values.evidence import Arc, Evidence, LinkEvidence, Peak, SignalEvidence
from vlm.claims.checks import Case, Malformed, Outcome, cannot_tell, distance, of_type, verdict
from vlm.claims.forms import ANCHORS
from vlm.claims.kind import Kind
from vlm.claims.subject import Subject
from vlm.values.claim import Claim

NAME = "anchor_at_peak"

REACH = 2_000
"""A peak this far (bp) from an anchor, or nearer, is at it."""

MOST = 3
"""Links of a row of which this is stated, the widest."""


def check(case: Case) -> Outcome:
    """The link is there, and each of its anchors has a clear peak within reach."""
    anchors = _anchors(case.claim.value)
    arc = next((one for one in of_type(case.track(), LinkEvidence).arcs if _feet(one) == anchors), None)
    if arc is None:
        return cannot_tell("there is no link with just these anchors")
    peaks = case.signal(1).salient
    found = [_nearest(foot, peaks) for foot in anchors]
    tolerance = {"bp": REACH}
    measured: dict[str, Any] = {"anchors": [list(foot) for foot in anchors], "inside": arc.inside}
    if not all(found):
        return Outcome("contradicted", {**measured, "peaks": 0}, tolerance)
    near = [(peak, distance(peak.summit, *foot)) for peak, foot in zip(found, anchors, strict=True) if peak]
    measured["peaks"] = [_told(case.evidence, case.claim.tracks[1], peak, away) for peak, away in near]
    measured["strongest"] = _strongest([peak for peak, _ in near], peaks)
    return Outcome(verdict(all(away <= REACH for _, away in near)), measured, tolerance)


def _anchors(value: object) -> tuple[tuple[int, int], tuple[int, int]]:
    anchors = value.get("anchors") if isinstance(value, dict) else None
    if (
        not isinstance(anchors, list | tuple)
        or len(anchors) != 2
        or not all(
            isinstance(one, list | tuple) and len(one) == 2 and all(isinstance(end, int) for end in one)
            for one in anchors
        )
    ):
        raise Malformed("the value of an anchor_at_peak claim is {'anchors': [[start, end], [start, end]]}")
    (a, b), (c, d) = anchors
    return (a, b), (c, d)


def _feet(arc: Arc) -> tuple[tuple[int, int], tuple[int, int]]:
    return (arc.start1, arc.end1), (arc.start2, arc.end2)


def _nearest(foot: tuple[int, int], peaks: Sequence[Peak]) -> Peak | None:
    """The nearest peak; of those inside the anchor, the highest."""
    return min(peaks, key=lambda peak: (distance(peak.summit, *foot), -peak.height), default=None)


def _told(evidence: Evidence, track: int, peak: Peak, away: int) -> dict[str, Any]:
    return {"summit": peak.summit, "top": top_of(evidence, track, peak), "distance": away}


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
    """Links inside the window whose two anchors lie at peaks of a protein's signal, the widest first."""
    figure = subject.figure
    if figure is None or figure.evidence is None:
        return
    arcs = [arc for arc in of_type(subject.found, LinkEvidence).arcs if arc.inside]
    for track in figure.scene.tracks:
        row, signal = assay_of(track), figure.evidence.signal(track.number)
        if row is None or not row.factor or is_control(track) or not isinstance(signal, SignalEvidence):
            continue
        told = 0
        for arc in sorted(arcs, key=lambda arc: arc.start1 - arc.end2):
            near = [_nearest(foot, signal.salient) for foot in _feet(arc)]
            apart = all(
                peak and distance(peak.summit, *foot) <= REACH for peak, foot in zip(near, _feet(arc), strict=True)
            )
            if apart and near[0] is not near[1] and told < MOST:
                told += 1
                yield subject.at(
                    NAME,
                    max(arc.start1, subject.region.start),
                    min(arc.end2, subject.region.end),
                    {"anchors": [list(foot) for foot in _feet(arc)]},
                    beside=track.number,
                )


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
