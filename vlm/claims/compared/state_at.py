"""state_at: a place lies in a chromatin state, or another named class of intervals, by the share of its bases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from renderer.values.evidence import IntervalEvidence
from vlm.claims.altered import Altered, called
from vlm.claims.checks import Case, Malformed, Outcome, cannot_tell, of_type
from vlm.claims.compared.sides import elsewhere, nowhere, place_of, told_place
from vlm.claims.forms import ValueForm
from vlm.claims.ground import is_known
from vlm.claims.kind import Kind
from vlm.claims.subject import Subject
from vlm.values.claim import Claim, Verdict

NAME = "state_at"

MUCH, LITTLE = 0.3, 0.1
"""A place is in a state that takes this share of it; one of less than the other share is not told of it."""

MOST = 3
"""Places of one row that are stated."""

STATE = ValueForm("name of the state")


def check(case: Case) -> Outcome:
    """The state that is named takes much of the place."""
    if not isinstance(case.claim.value, str):
        raise Malformed("the value of a state_at claim is the name of a state")
    found = place_of(case)
    row = of_type(case.track(), IntervalEvidence)
    if not row.shares:
        return cannot_tell("the intervals of this track name no states")
    if found is None:
        return nowhere()
    at, place = found
    shares = row.shares[at]
    share = next((held for name, held in shares.items() if name.casefold() == case.claim.value.casefold()), 0.0)
    measured = {"share": share, "shares": top(shares), **told_place(place)}
    judged: Verdict = "supported" if share >= MUCH else "contradicted" if share < LITTLE else "cannot_tell"
    return Outcome(judged, measured, {"share": MUCH, "least": LITTLE})


def altered(case: Case) -> Iterator[Altered]:
    """Another state of the row that the place has nothing of, and a place that has nothing of the state."""
    shares, found = of_type(case.track(), IntervalEvidence).shares, place_of(case)
    if found is not None:
        here = {name.casefold() for name in shares[found[0]]}
        yield from called(case, (name for one in shares for name in one if name.casefold() not in here))
    said = str(case.claim.value).casefold()
    yield from elsewhere(case, lambda at, _: said not in {name.casefold() for name in shares[at]})


def top(shares: Mapping[str, float], most: int = 4) -> dict[str, float]:
    """The largest shares of a place, those that a caption may tell."""
    return {name: share for name, share in list(shares.items())[:most] if share >= LITTLE}


def stated(subject: Subject) -> Iterator[Claim]:
    """The leading state of the window, and of the starts of genes in view."""
    figure = subject.figure
    row = of_type(subject.found, IntervalEvidence)
    if figure is None or figure.evidence is None or not row.shares:
        return
    told = 0
    for place, shares in zip(figure.evidence.places, row.shares, strict=True):
        named = place.kind == "start" and is_known(place.name, place.coding)
        if told < MOST and shares and (place.kind == "window" or named):
            name, share = next(iter(shares.items()))
            if share >= MUCH:
                told += 1
                yield subject.at(NAME, place.start, place.end, name)


KIND = Kind(
    NAME,
    ("intervals",),
    check,
    over="the place",
    value=STATE,
    beside=True,
    stated=stated,
    altered=altered,
    turn=2,
    asked=False,
)
