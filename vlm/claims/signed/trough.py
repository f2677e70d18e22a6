"""trough: a signal dips at a place: a minimum of a signed signal, or low ground within raised ground of another.

`depth` is the lowest column, `level` the mean of the dip, `beside` the lower of the two sides and `mean` that of the
window, in file units (`renderer.measure.troughs`). `rising` are tracks with a clear peak whose summit lies in the dip,
at its bottom.
"""

from __future__ import annotations

from collections.abc import Iterator

from renderer.assays.names import is_control
from renderer.values.evidence import Evidence, SignalEvidence
from renderer.values.spans import Trough
from vlm.claims.altered import Altered, moved
from vlm.claims.checks import OVERLAP, Case, Outcome, distance, overlap, vague, verdict
from vlm.claims.kind import Kind
from vlm.claims.signed.stretches import is_told_by_side
from vlm.claims.subject import Subject
from vlm.values.claim import Claim

NAME = "trough"

MOST = 3
"""Troughs of one track that are stated, the deepest."""

AT_BOTTOM, COLUMN = 500, 1 / 1000
"""A summit is at the bottom of a dip if it lies so many bases from it, or so much of the window where that is more."""

NARROW = 0.5
"""A minimum of a signed signal is told of if it takes at most this share of the stretch below 0 that it lies in."""


def check(case: Case) -> Outcome:
    """A trough lies there: its bottom is near, or its extent is the claim's."""
    found = case.signal()
    tolerance = {"bp": case.slack, "overlap": OVERLAP}
    if not found.troughs:
        return Outcome("contradicted", {"troughs": 0}, tolerance)
    if wide := _vague(case, found):
        return wide
    best = min(
        found.troughs, key=lambda one: (-_fit(case, one), distance(one.bottom, case.claim.start, case.claim.end))
    )
    away = distance(best.bottom, case.claim.start, case.claim.end)
    measured = {
        "start": best.start,
        "end": best.end,
        "bottom": best.bottom,
        **{key: float(f"{getattr(best, key):.4g}") for key in ("depth", "level", "beside")},
        "mean": None if found.mean is None else float(f"{found.mean:.4g}"),
        "distance": away,
        "rising": _rising(best, case.evidence, case.claim.tracks[0]),
    }
    return Outcome(verdict(away <= case.slack or _fit(case, best) >= OVERLAP), measured, tolerance)


def _fit(case: Case, one: Trough) -> float:
    return overlap(case.claim, one.start, one.end)


def _vague(case: Case, found: SignalEvidence) -> Outcome | None:
    """The outcome of an interval so wide that it would meet a trough of any track; None for one of a trough's width."""
    return None if any(_fit(case, one) >= OVERLAP for one in found.troughs) else vague(case)


def _rising(trough: Trough, evidence: Evidence, own: int) -> list[int]:
    near = max(AT_BOTTOM, COLUMN * evidence.region.span)
    return [
        number
        for number in evidence.tracks
        if number != own
        and (signal := evidence.signal(number))
        and any(
            trough.start <= peak.summit < trough.end and abs(peak.summit - trough.bottom) <= near
            for peak in signal.salient
        )
    ]


def altered(case: Case) -> Iterator[Altered]:
    """Where no trough is."""
    yield from moved(case, [(one.start, one.end) for one in case.signal().troughs])


def stated(subject: Subject) -> Iterator[Claim]:
    """The deepest minima of a signed signal that are no whole stretch below 0; of another signal the dips in which a
    track rises."""
    found, figure = subject.signal, subject.figure
    if figure is None or figure.evidence is None or subject.track is None or is_control(subject.track):
        return
    if is_told_by_side(subject.track, found):
        told = [one for one in found.troughs if not _is_stretch(one, found)]
    elif found.positive or found.negative:
        return
    else:
        controls = {track.number for track in figure.scene.tracks if is_control(track)}
        risen = {one: set(_rising(one, figure.evidence, subject.number)) - controls for one in found.troughs}
        told = [one for one in found.troughs if risen[one] and one.depth < one.beside]
    for one in sorted(sorted(told, key=lambda one: one.depth)[:MOST], key=lambda one: one.bottom):
        yield subject.at(NAME, one.start, one.end)


def _is_stretch(trough: Trough, found: SignalEvidence) -> bool:
    """Whether a trough is most of a stretch below 0."""
    length = trough.end - trough.start
    return any(
        one.start <= trough.bottom < one.end and length > NARROW * (one.end - one.start) for one in found.negative
    )


KIND = Kind(
    NAME,
    ("signal",),
    check,
    over="the dip",
    stated=stated,
    altered=altered,
    turn=3,
    asked=False,
    beside=True,
)
