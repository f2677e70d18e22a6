"""profiles_alike: two conditions run alike along the window, whatever their heights: their bins correlate.

The correlation is Pearson's r of bin means (`renderer.measure.profiles`): from 0.8 the profiles are alike, below 0.5
they are not.
"""

from __future__ import annotations

from collections.abc import Iterator

from renderer.values.levels import Likeness
from vlm.claims.checks import Case, Outcome, cannot_tell
from vlm.claims.kind import Kind
from vlm.claims.subject import Subject
from vlm.values.claim import Claim, Verdict

NAME = "profiles_alike"

ALIKE, UNLIKE = 0.8, 0.5
"""Profiles are alike from this correlation, and unlike below the other."""


def check(case: Case) -> Outcome:
    """The bins of the two tracks correlate."""
    found = _likeness(case.evidence.likeness, *case.claim.tracks)
    if found is None:
        return cannot_tell("the profiles of these tracks were not compared")
    judged: Verdict = "supported" if found.r >= ALIKE else "contradicted" if found.r < UNLIKE else "cannot_tell"
    measured = {"r": found.r, "width": found.width, "bins": found.bins, **_names(case)}
    return Outcome(judged, measured, {"alike": ALIKE, "unlike": UNLIKE})


def _likeness(known: tuple[Likeness, ...], one: int, other: int) -> Likeness | None:
    return next((found for found in known if {found.one, found.other} == {one, other}), None)


def _names(case: Case) -> dict[str, str]:
    """What the conditions of the two tracks are called, and what was measured."""
    one, other = case.claim.tracks
    for contrast in case.evidence.design.contrasts:
        names = {number: condition.name for condition in contrast.conditions for number in condition.tracks}
        if one in names and other in names:
            return {"assay": contrast.assay, "factor": contrast.factor, "first": names[one], "second": names[other]}
    return {}


def stated(subject: Subject) -> Iterator[Claim]:
    """The pairs of this track that are alike, the most alike first."""
    evidence = subject.figure.evidence if subject.figure else None
    known = [one for one in evidence.likeness if one.one == subject.number and one.r >= ALIKE] if evidence else []
    for one in sorted(known, key=lambda one: -one.r):
        yield subject.at(NAME, subject.region.start, subject.region.end, beside=one.other)


KIND = Kind(NAME, ("signal", "signal"), check, stated=stated, turn=3, asked=False, beside=True, symmetric=True)
