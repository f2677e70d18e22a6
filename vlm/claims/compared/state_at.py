"""state_at: a place lies in a chromatin state, or another named class of intervals, by the share of its bases.

The start of a gene lies in what its first base lies in, and the STATE_REACH to each side.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from renderer.assays.states import are_known, in_families, is_called
from renderer.values.evidence import Evidence, IntervalEvidence
from renderer.values.levels import Place
from vlm.claims.altered import Altered, called
from vlm.claims.checks import Case, Malformed, Outcome, cannot_tell, of_type
from vlm.claims.forms import ValueForm
from vlm.claims.ground import is_known
from vlm.claims.kind import Kind
from vlm.claims.places import elsewhere, nowhere, place_of, told_place
from vlm.claims.subject import Subject
from vlm.values.claim import Claim, Verdict

NAME = "state_at"

MUCH, LITTLE = 0.3, 0.1
"""A place is in a state that takes this share of it; one of less than the other share is not told of it."""

DOMINATES = 0.5
"""A window is in a state that takes this share of it; of a wide one, whose places say little, MUCH will do."""

NAMELESS_SPAN = 1_000_000
"""In a wider window (bp) the state of a nameless place where a signal stands out says nothing."""

MOST, MOST_SPANS, MOST_BODIES = 3, 1, 2
"""Starts of genes, places where a signal stands out, and genes, of which a row's state is stated."""

LONG = 0.15
"""A gene that one state takes half of is told of if it takes this share of the window itself."""

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
    share = min(1.0, sum(held for name, held in shares.items() if is_called(name, case.claim.value)))
    measured: dict[str, Any] = {"share": share, "shares": top(shares, place), **told_place(place)}
    if place.kind == "window" and are_known({one for held in row.shares for one in held}):
        measured["families"] = {family: round(held, 3) for family, held in in_families(shares).items()}
    judged: Verdict = "supported" if share >= MUCH else "contradicted" if share < LITTLE else "cannot_tell"
    return Outcome(judged, measured, {"share": MUCH, "least": LITTLE})


def altered(case: Case) -> Iterator[Altered]:
    """Another state of the row that the place has nothing of, and a place that has nothing of the state."""
    shares, found = of_type(case.track(), IntervalEvidence).shares, place_of(case)
    if found is not None:
        here = [*shares[found[0]]]
        names = (name for one in shares for name in one)
        yield from called(case, (name for name in names if not any(is_called(one, name) for one in here)))
    said = str(case.claim.value)
    yield from elsewhere(case, lambda at, _: not any(is_called(name, said) for name in shares[at]))


def top(shares: Mapping[str, float], place: Place, most: int = 4) -> dict[str, float]:
    """The largest shares of a place, those that a caption may tell: a start is in no state that takes little of it."""
    least = min(MUCH, max(shares.values(), default=MUCH)) if place.kind == "start" else LITTLE
    return {name: share for name, share in list(shares.items())[:most] if share >= least}


def stated(subject: Subject) -> Iterator[Claim]:
    """The state of the window if one takes much of it, of the places that stand out most, of long genes that lie in one
    state, and of the starts of genes: those where a signal stands out first, then the longest."""
    figure = subject.figure
    row = of_type(subject.found, IntervalEvidence)
    if figure is None or figure.evidence is None or not row.shares:
        return
    evidence = figure.evidence
    leading = [
        (place, *next(iter(shares.items())), at)
        for at, (place, shares) in enumerate(zip(evidence.places, row.shares, strict=True))
        if shares
    ]
    least = DOMINATES if subject.region.span <= NAMELESS_SPAN else MUCH
    yield from (
        subject.at(NAME, place.start, place.end, name)
        for place, name, share, _ in leading
        if place.kind == "window" and share >= least
    )
    lengths = {place.name: place.end - place.start for place, *_ in leading if place.kind == "body"}
    starts = [one for one in leading if one[0].kind == "start" and is_known(one[0].name, one[0].coding)]
    starts.sort(key=lambda one: -lengths.get(one[0].name, 0))
    raised = [place for place, *_ in leading if place.kind == "span"]
    standing = [one for one in starts if any(_meet(one[0], span) for span in raised)]
    whole = next((name for place, name, *_ in leading if place.kind == "window"), None)
    spans = [one for one in leading if one[0].kind == "span" and one[1] != whole and not _at_start(one[0], starts)]
    spans.sort(key=lambda one: -_standing(evidence, one[3]))
    if subject.region.span > NAMELESS_SPAN:
        spans = []
    bodies = [one for one in leading if one[0].kind == "body" and is_known(one[0].name, one[0].coding)]
    bodies = [one for one in bodies if one[2] >= DOMINATES and lengths[one[0].name] >= LONG * subject.region.span]
    bodies.sort(key=lambda one: -lengths[one[0].name])
    others = [one for one in starts if one not in standing]
    told = [*spans[:MOST_SPANS], *standing[:MOST], *bodies[:MOST_BODIES], *others[: MOST - len(standing[:MOST])]]
    for place, name, share, _ in told:
        if share >= MUCH:
            yield subject.at(NAME, place.start, place.end, name)


def _at_start(place: Place, starts: Sequence[tuple[Place, str, float, int]]) -> bool:
    return any(_meet(place, one[0]) for one in starts)


def _meet(one: Place, other: Place) -> bool:
    return one.start < other.end and other.start < one.end


def _standing(evidence: Evidence, at: int) -> float:
    """How near to its highest base of the window any signal comes at a place."""
    found = 0.0
    for number in evidence.tracks:
        signal = evidence.signal(number)
        if signal and signal.maximum and at < len(signal.levels) and (level := signal.levels[at]) is not None:
            found = max(found, abs(level.maximum) / max(abs(signal.maximum), 1e-12))
    return found


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
