"""lone_anchor: one anchor of a link lies at a clear peak of a signal, and at the other there is next to nothing of it.

Next to nothing: over the other anchor (one shorter than 2 kb with what makes it so long) no base reaches a fifth of the
peak. `tss` is the nearest start of a coding gene that people know, at most 10 kb from that anchor.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from renderer.values.evidence import Arc, Evidence, LinkEvidence, Peak, SignalEvidence
from renderer.values.levels import Level
from vlm.claims.altered import Altered
from vlm.claims.checks import Case, Outcome, cannot_tell, distance, of_type
from vlm.claims.forms import ANCHORS
from vlm.claims.ground import is_worth_naming
from vlm.claims.kind import Kind
from vlm.claims.rows.anchor_at_peak import REACH, factors_of, nearest, told_peak, top_of
from vlm.claims.rows.link import Anchor, arc_of, feet_of, told
from vlm.claims.subject import Subject
from vlm.values.claim import Claim

NAME = "lone_anchor"

NOTHING = 0.2
"""The bare anchor reaches less than this share of the peak at the other."""

BESIDE = 10_000
"""A start this near (bp) to the bare anchor is told."""


def check(case: Case) -> Outcome:
    """The link is there, and just one of its anchors is at a peak."""
    arc = arc_of(case)
    if arc is None:
        return cannot_tell("there is no link with just these anchors")
    signal, tolerance = case.signal(1), {"bp": REACH, "share": NOTHING}
    at = [_at(foot, signal) for foot in feet_of(arc)]
    if not any(at):
        return Outcome("contradicted", {**told(arc), "peaks": 0}, tolerance)
    if all(at):
        return Outcome("contradicted", {**told(arc), "peaks": 2}, tolerance)
    (peak,) = (one for one in at if one)
    foot, bare = feet_of(arc) if at[0] else feet_of(arc)[::-1]
    level = _level(case.evidence, signal, bare)
    if level is None:
        return cannot_tell("the other anchor was not measured")
    most, top = abs(level.maximum), abs(top_of(case.evidence, case.claim.tracks[1], peak))
    measured = {
        **told(arc),
        "peak": told_peak(case, peak, distance(peak.summit, *foot)),
        "bare": list(bare),
        "most": most,
        **_start(case.evidence, bare),
    }
    return Outcome("supported" if most < NOTHING * top else "cannot_tell", measured, tolerance)


def _at(foot: Anchor, signal: SignalEvidence) -> Peak | None:
    """The peak at an anchor."""
    peak = nearest(foot, signal.salient)
    return peak if peak and distance(peak.summit, *foot) <= REACH else None


def _level(evidence: Evidence, signal: SignalEvidence, foot: Anchor) -> Level | None:
    """The signal over the measured anchor that this one is, or lies in the middle of."""
    for place, level in zip(evidence.places, signal.levels, strict=False):
        if place.kind == "anchor" and place.start <= foot[0] and foot[1] <= place.end:
            return level
    return None


def _start(evidence: Evidence, foot: Anchor) -> dict[str, Any]:
    """The nearest start of a gene, if it is near."""
    genes = (gene for row in evidence.gene_tracks().values() for gene in row.genes if is_worth_naming(gene))
    away = [(distance(gene.first_base, *foot), gene.name) for gene in genes if gene.coding]
    near = min(away, default=(BESIDE + 1, ""))
    return {"tss": near[1], "tss_bp": near[0]} if near[0] <= BESIDE else {}


def altered(case: Case) -> Iterator[Altered]:
    """Of a link that has a peak at both of its anchors, or at none."""
    signal = case.signal(1)
    for arc in of_type(case.track(), LinkEvidence).arcs:
        if sum(_at(foot, signal) is not None for foot in feet_of(arc)) != 1:
            start, end = max(arc.start1, case.region.start), min(arc.end2, case.region.end)
            yield "swapped", Claim(NAME, case.claim.tracks, start, end, told(arc), case.claim.source)
            return


def stated(subject: Subject) -> Iterator[Claim]:
    """The widest such link of a row and a protein's signal, among those whose anchors are measured."""
    figure = subject.figure
    if figure is None or figure.evidence is None:
        return
    arcs = [arc for arc in of_type(subject.found, LinkEvidence).arcs if arc.inside]
    for number, signal in factors_of(subject):
        for arc in sorted(arcs, key=lambda arc: arc.start1 - arc.end2):
            if _is_lone(arc, number, signal, figure.evidence):
                start, end = max(arc.start1, subject.region.start), min(arc.end2, subject.region.end)
                yield subject.at(NAME, start, end, told(arc), beside=number)
                break


def _is_lone(arc: Arc, number: int, signal: SignalEvidence, evidence: Evidence) -> bool:
    at = [_at(foot, signal) for foot in feet_of(arc)]
    levels = [_level(evidence, signal, foot) for foot, peak in zip(feet_of(arc), at, strict=True) if peak is None]
    peak = next((one for one in at if one), None)
    if peak is None or len(levels) != 1 or levels[0] is None:
        return False
    return abs(levels[0].maximum) < NOTHING * abs(top_of(evidence, number, peak))


KIND = Kind(
    NAME,
    ("links", "signal"),
    check,
    over="both its ends",
    value=ANCHORS,
    stated=stated,
    altered=altered,
    turn=2,
    asked=False,
    beside=True,
)
