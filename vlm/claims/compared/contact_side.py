"""contact_side: a viewpoint contacts one of its sides more in the condition of the first track than of the second.

Means over the side, the viewpoint's own ground left out (`renderer.measure.profiles.sides_of`). The fold is at least
1.5, in files that may be compared: on a declared scale, or with window means less than 1.3 times apart.
"""

from __future__ import annotations

from collections.abc import Iterator

from renderer.values.differences import ALIKE_FOLD
from renderer.values.levels import Place
from vlm.claims.checks import Case, Outcome, cannot_tell, overlap
from vlm.claims.compared.pair import Pair, pair_of, pairs_told
from vlm.claims.kind import Kind
from vlm.claims.places import SAME
from vlm.claims.subject import Subject
from vlm.values.claim import Claim

NAME = "contact_side"

LEAST_FOLD = 1.5
"""A side is contacted more from this many times on."""


def check(case: Case) -> Outcome:
    """The first condition has the higher mean on this side, in files that are alike over the window."""
    at, place = _side(case)
    if place is None:
        return cannot_tell("this stretch is no side of a viewpoint", overlap=SAME)
    pair = pair_of(case)
    found = pair.over(at, place)
    if found is None:
        return cannot_tell("a track has no value here")
    measured = {**found.measured(), "side": place.name, "balance": _balance(pair, place)}
    tolerance = {"fold": LEAST_FOLD, "alike": ALIKE_FOLD}
    if not _comparable(pair):
        return Outcome("cannot_tell", {**measured, "reason": "the window means are not alike"}, tolerance)
    fold = found.difference.fold or (found.difference.at_least if found.difference.first else 0.0)
    if fold is not None and fold >= LEAST_FOLD:
        return Outcome("supported", measured, tolerance)
    return Outcome("contradicted" if fold is not None and fold < ALIKE_FOLD else "cannot_tell", measured, tolerance)


def _side(case: Case) -> tuple[int, Place | None]:
    for at, place in enumerate(case.evidence.places):
        if place.kind == "side" and overlap(case.claim, place.start, place.end) >= SAME:
            return at, place
    return 0, None


def _balance(pair: Pair, side: Place) -> dict[str, float] | None:
    """How many times as high as the other side the viewpoint's contacts are on this one, by condition: depth does not
    change that."""
    both = {place.name: pair.over(at, place) for at, place in enumerate(pair.evidence.places) if place.kind == "side"}
    here, there = both.get(side.name), next((one for name, one in both.items() if name != side.name), None)
    if here is None or there is None or not (there.difference.first and there.difference.second):
        return None
    levels = ((one.difference.first, one.difference.second) for one in (here, there))
    ratios = [float(f"{one / other:.4g}") for one, other in zip(*levels, strict=True)]
    return dict(zip((pair.first.name, pair.second.name), ratios, strict=True))


def _comparable(pair: Pair) -> bool:
    if pair.depth.source != "unknown":
        return True
    places = enumerate(pair.evidence.places)
    window = next((pair.over(at, place) for at, place in places if place.kind == "window"), None)
    return window is not None and window.difference.alike


def stated(subject: Subject) -> Iterator[Claim]:
    """Each side, with the condition first that contacts it more."""
    for _, pair in pairs_told(subject):
        for at, place in enumerate(pair.evidence.places):
            found = pair.over(at, place) if place.kind == "side" else None
            if found is None or not _comparable(pair):
                continue
            one, two = pair.first.tracks[0], pair.second.tracks[0]
            if found.difference.first < found.difference.second:
                one, two = two, one
            high, low = found.high, min(found.difference.first, found.difference.second)
            if high >= LEAST_FOLD * low and high > 0:
                yield Claim(NAME, (one, two), place.start, place.end, None, "measured")


KIND = Kind(
    NAME, ("signal", "signal"), check, over="a side of the viewpoint", stated=stated, turn=2, asked=False, beside=True
)
