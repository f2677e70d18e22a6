"""level_alike: two conditions are as high as each other at a place: less than 1.3 times apart."""

from __future__ import annotations

from collections.abc import Iterator

from renderer.values.differences import ALIKE_FOLD, STAND_OUT
from vlm.claims.altered import Altered
from vlm.claims.checks import Case, Outcome
from vlm.claims.compared.pair import pair_of, pairs_told, sides_here
from vlm.claims.compared.sides import places_for
from vlm.claims.kind import Kind
from vlm.claims.places import elsewhere
from vlm.claims.subject import Subject
from vlm.values.claim import Claim

NAME = "level_alike"

MOST = 3
"""Places where two conditions are alike that are stated: the window, then the highest."""


def check(case: Case) -> Outcome:
    """Neither side is 1.3 times the other, in the files and after depth; between that and a difference, who can say."""
    compared = sides_here(case)
    if isinstance(compared, Outcome):
        return compared
    measured, tolerance = compared.measured(), {"fold": ALIKE_FOLD}
    if compared.difference.alike:
        return Outcome("supported", measured, tolerance)
    return Outcome("contradicted" if compared.difference.differs else "cannot_tell", measured, tolerance)


def altered(case: Case) -> Iterator[Altered]:
    """Where they differ."""
    pair = pair_of(case)
    return elsewhere(case, lambda at, place: (one := pair.over(at, place)) is not None and one.difference.differs)


def stated(subject: Subject) -> Iterator[Claim]:
    """The highest places that conditions share, where they stand out."""
    for contrast, pair in pairs_told(subject):
        if contrast.factor in ("control", "strand"):
            continue
        usual = max(subject.signal.usual, 0.0)
        made = (
            pair.over(at, one)
            for at, one in places_for(contrast, pair.evidence)
            if one.kind in ("span", "interval", "window")
        )
        alike = [
            one
            for one in made
            if one
            and one.difference.alike
            and (one.place.kind == "window" or one.difference.first >= STAND_OUT * usual > 0)
        ]
        for one in sorted(alike, key=lambda one: (one.place.kind != "window", -one.difference.first))[:MOST]:
            yield subject.at(NAME, one.place.start, one.place.end, beside=pair.second.tracks[0])


KIND = Kind(
    NAME,
    ("signal", "signal"),
    check,
    means="both conditions are alike here, within 1.5 times",
    over="the place: a gene, its start, a peak, or the window",
    beside=True,
    stated=stated,
    symmetric=True,
    altered=altered,
    turn=3,
)
