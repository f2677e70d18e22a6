"""trend: how levels at a place go over the ordered conditions from the first track's to the second's.

They rise or fall throughout, each step by at least 1.15 times and the ends by 1.5
(`renderer.values.differences.trend_of`), or they change: the highest is twice the lowest and they do neither.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from renderer.values.design import Contrast
from renderer.values.differences import TREND_ENDS, TREND_STEP, trend_of
from renderer.values.evidence import Evidence
from renderer.values.levels import Place
from vlm.claims.altered import Altered
from vlm.claims.checks import Case, Malformed, Outcome, cannot_tell
from vlm.claims.forms import ValueForm
from vlm.claims.kind import Kind
from vlm.claims.places import nowhere, place_of, told_place, told_places
from vlm.claims.subject import Subject
from vlm.values.claim import Claim

NAME = "trend"

WAYS = ("rises", "falls", "changes")

CHANGES = 2.0
"""What is no trend changes if its highest level is this many times its lowest."""

MOST = 2
"""Places at which a trend is stated, no starts (courses are of means): the window, then where some condition stands out
of it most."""

WAY = ValueForm("rises, falls or changes", lambda _: {"enum": list(WAYS)})


LEAST_STANDING = 0.01
"""A place below this share of the window, or as far above it, is not told as so many times the window."""


@dataclass(frozen=True)
class _Course:
    """Levels of the conditions of an ordered contrast at a place, in its order."""

    contrast: Contrast
    place: Place
    values: tuple[float, ...]

    @property
    def way(self) -> str | None:
        return trend_of(self.values) or ("changes" if self.reach >= CHANGES else None)

    @property
    def reach(self) -> float:
        return max(self.values) / max(min(self.values), 1e-9)


def check(case: Case) -> Outcome:
    """Levels go the way that is said, step by step."""
    if case.claim.value not in WAYS:
        raise Malformed(f"the value of a trend claim is one of {', '.join(WAYS)}")
    found = place_of(case)
    if found is None:
        return nowhere()
    contrast = _ordered(case.evidence, case.claim.tracks[0], case.claim.tracks[1])
    course = contrast and _course(case.evidence, contrast, *found)
    if not course:
        return cannot_tell("these tracks are not the ends of one ordered series that was measured here")
    measured: dict[str, Any] = {
        "values": [float(f"{value:.4g}") for value in course.values],
        "names": [condition.name for condition in course.contrast.conditions],
        "tracks": [number for condition in course.contrast.conditions for number in condition.tracks],
        "factor": course.contrast.factor,
        "assay": course.contrast.assay,
        **told_place(course.place),
    }
    measured |= _standing(case.evidence, course)
    holds = course.way == case.claim.value
    against = course.way is not None or course.values[0] == course.values[-1]
    tolerance = {"step": TREND_STEP, "ends": TREND_ENDS}
    return Outcome("supported" if holds else "contradicted" if against else "cannot_tell", measured, tolerance)


def _standing(evidence: Evidence, course: _Course) -> dict[str, Any]:
    """How many times the window's mean the place has at each condition, which depth does not change, and how that goes;
    nothing of the window itself."""
    whole = next((pair for pair in enumerate(evidence.places) if pair[1].kind == "window"), None)
    window = _course(evidence, course.contrast, *whole) if whole and course.place.kind != "window" else None
    if window is None or min(window.values) <= 0:
        return {}
    times = [one / other for one, other in zip(course.values, window.values, strict=True)]
    if not all(LEAST_STANDING <= one <= 1 / LEAST_STANDING for one in times):
        return {}
    return {"standing": [float(f"{one:.4g}") for one in times], "standing_way": trend_of(times)}


def _ordered(evidence: Evidence, one: int, two: int) -> Contrast | None:
    for contrast in evidence.design.contrasts:
        ends = contrast.conditions[0].tracks, contrast.conditions[-1].tracks
        if contrast.ordered and one in ends[0] and two in ends[1]:
            return contrast
    return None


def _course(evidence: Evidence, contrast: Contrast, at: int, place: Place) -> _Course | None:
    values = []
    for condition in contrast.conditions:
        signals = [found for number in condition.tracks if (found := evidence.signal(number)) and found.levels]
        known = [abs(level.mean) for found in signals if (level := found.levels[at]) is not None]
        if not known:
            return None
        values.append(sum(known) / len(known))
    return _Course(contrast, place, tuple(values))


def altered(case: Case) -> Iterator[Altered]:
    """The other way; what changes to and fro does not rise."""
    yield "reversed", replace(case.claim, value="falls" if case.claim.value == "rises" else "rises")


def stated(subject: Subject) -> Iterator[Claim]:
    """Trends of the ordered contrasts that begin with this track: over the window, then where they go furthest."""
    figure = subject.figure
    if figure is None or figure.evidence is None:
        return
    evidence = figure.evidence
    for contrast in evidence.design.contrasts:
        if not contrast.ordered or subject.number != contrast.conditions[0].tracks[0]:
            continue
        courses = [
            _course(evidence, contrast, at, place) for at, place in told_places(evidence) if place.kind != "start"
        ]
        going = [one for one in courses if one and one.way and not _is_thin(one, evidence)]
        whole = next((one for one in courses if one and one.place.kind == "window"), None)
        going.sort(key=lambda one: (one.place.kind != "window", -_contrast(one, whole)))
        last = contrast.conditions[-1].tracks[0]
        for one in going[:MOST]:
            yield subject.at(NAME, one.place.start, one.place.end, one.way, beside=last)


def _is_thin(course: _Course, evidence: Evidence) -> bool:
    """Whether spliced transcripts have less than a read on average over the exons of a gene, at every condition."""
    signals = (evidence.signal(number) for condition in course.contrast.conditions for number in condition.tracks)
    least = max((one.along[0].unit for one in signals if one is not None and one.along), default=0.0)
    return course.place.kind == "body" and max(course.values) < least


def _contrast(course: _Course, whole: _Course | None) -> float:
    """How far the place stands out of the window, where it does so most."""
    if whole is None:
        return course.reach
    return max(one / max(other, 1e-9) for one, other in zip(course.values, whole.values, strict=True))


KIND = Kind(
    NAME,
    ("signal", "signal"),
    check,
    means="over all conditions in order, from the first track to the second",
    over="the place: a gene, its start, a peak, or the window",
    value=WAY,
    says=frozenset({"than", "strongest"}),
    beside=True,
    stated=stated,
    altered=altered,
    turn=2,
)
