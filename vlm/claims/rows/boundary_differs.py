"""boundary_differs: a domain boundary of one contact map is none in another: its depth there is next to nothing.

The depth is how far the insulation score lies below the lower of its two sides (`Insulation.depth`), measured alike in
both maps, log2; 2 ** depth is how many times fewer contacts cross the place than its surroundings let expect. In the
first map it is at least 0.8, in the second below 0.4, and they differ by more than four errors of the scores. Maps are
compared whose bins differ by a factor of two at most.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations

from renderer.values.evidence import ContactEvidence
from vlm.claims.altered import CLEAR, Altered, swapped
from vlm.claims.checks import Case, Outcome, cannot_tell, of_type, vague
from vlm.claims.kind import Kind
from vlm.claims.subject import Subject
from vlm.values.claim import Claim, Verdict

NAME = "boundary_differs"

PARTED, WHOLE = 0.8, 0.4
"""Depths from which a map is parted, and below which it is not."""

ERRORS = 4.0
"""Errors of the two scores by which the depths must differ."""

LEAST_LIKE = 0.5
"""Bins of two maps that are compared: the smaller is at least this share of the larger."""

MOST = 2
"""Boundaries of one map that are said to be missing in another, the deepest."""


def check(case: Case) -> Outcome:
    """The first map is parted here, and the second is not."""
    one, other = (of_type(case.track(index), ContactEvidence) for index in (0, 1))
    tolerance = {"parted": PARTED, "whole": WHOLE, "errors": ERRORS}
    if wide := vague(case):
        return wide
    if not _comparable(one, other):
        return cannot_tell("the bins of these maps are too unlike to compare them", **tolerance)
    at = (case.claim.start + case.claim.end) // 2
    depths = _depths(one, other, at)
    if depths is None:
        return cannot_tell("the insulation score is not known here in both maps", **tolerance)
    first, second, error = depths
    measured = {
        "position": at,
        "depths": [round(first, 3), round(second, 3)],
        "folds": [round(2**first, 3), round(2 ** max(0.0, second), 3)],
        "error": round(error, 3),
    }
    return Outcome(_verdict(first, second, error), measured, tolerance)


def _verdict(first: float, second: float, error: float) -> Verdict:
    if first >= PARTED and second < WHOLE and first - second > ERRORS * error:
        return "supported"
    return "contradicted" if first < WHOLE or second >= PARTED else "cannot_tell"


def _comparable(one: ContactEvidence, other: ContactEvidence) -> bool:
    sizes = sorted((one.resolution, other.resolution))
    return bool(one.insulation and other.insulation and sizes[0] >= LEAST_LIKE * sizes[1])


def _depths(one: ContactEvidence, other: ContactEvidence, at: int) -> tuple[float, float, float] | None:
    """The depths of both maps at a place, and the error of their difference."""
    assert one.insulation and other.insulation
    first, second = one.insulation.depth(at), other.insulation.depth(at)
    if first is None or second is None:
        return None
    return first, second, (one.insulation.error**2 + other.insulation.error**2) ** 0.5


def altered(case: Case) -> Iterator[Altered]:
    """The maps change places; and the boundary is put where the first map is least parted, clear of all it has."""
    yield from swapped(case)
    one, other = (of_type(case.track(index), ContactEvidence) for index in (0, 1))
    assert one.insulation
    clear, curve = CLEAR * max(case.slack, one.resolution), one.insulation
    places = [round(curve.start + at * curve.step) for at in range(len(curve.scores))]
    far = [at for at in places if all(abs(at - found.position) > clear for found in one.boundaries)]
    depths = {at: known[0] for at in far if (known := _depths(one, other, at)) and known[0] < WHOLE}
    if depths:
        at = min(depths, key=lambda place: depths[place])
        yield "moved", replace(case.claim, start=at, end=at + 1)


def stated(subject: Subject) -> Iterator[Claim]:
    """The boundaries of this map that another lacks, and those of another that this one lacks."""
    evidence = subject.figure.evidence if subject.figure else None
    others = [
        (number, found)
        for number, found in (evidence.tracks.items() if evidence else ())
        if isinstance(found, ContactEvidence) and number > subject.number
    ]
    own = (subject.number, of_type(subject.found, ContactEvidence))
    for other in others:
        if _comparable(own[1], other[1]):
            for (one, found), (two, without) in permutations((own, other)):
                for at in _missing(found, without)[:MOST]:
                    yield Claim(NAME, (one, two), at, at + 1, None, "measured")


def _missing(found: ContactEvidence, other: ContactEvidence) -> list[int]:
    places = sorted(found.salient, key=lambda one: -one.strength)
    depths = {one.position: _depths(found, other, one.position) for one in places}
    return [at for at, known in depths.items() if known and _verdict(*known) == "supported"]


KIND = Kind(
    NAME,
    ("contacts", "contacts"),
    check,
    over="the boundary, narrow",
    stated=stated,
    turn=2,
    altered=altered,
    asked=False,
    beside=True,
)
