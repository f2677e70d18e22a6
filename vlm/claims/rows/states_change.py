"""states_change: chromatin states change at the ends of a loop: a family of them takes much more inside than beside it.

Inside is what lies between the anchors of a link, beside is as much on either side of them as the loop is long, as far
as the window shows it (`renderer.measure.across`). A family (active, Polycomb ...; `renderer.assays.states`) is told of
a side if its share of the bases there is higher by 0.3 than on the other: inside against the higher of both flanks,
outside the lower of them against inside.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Any

from renderer.assays.states import Family, are_known, in_families
from renderer.values.evidence import Evidence, IntervalEvidence
from renderer.values.levels import Place
from vlm.claims.altered import Altered
from vlm.claims.checks import Case, Malformed, Outcome, cannot_tell, of_type, overlap
from vlm.claims.forms import ValueForm
from vlm.claims.kind import Kind
from vlm.claims.places import SAME
from vlm.claims.subject import Subject
from vlm.values.claim import Claim, Verdict

NAME = "states_change"

MORE, ALIKE = 0.3, 0.1
"""Shares of bases apart from which a family is told of one side, and below which both sides are alike."""

COVERED = 0.5
"""A stretch is compared of which states cover this share: beyond where a file ends there are none."""

INSIDE, OUTSIDE = "inside", "outside"

FAMILIES: tuple[Family, ...] = ("active", "bivalent", "polycomb", "heterochromatin", "quiescent")

FORM = ValueForm('{"family": active, bivalent, polycomb, heterochromatin or quiescent, "side": inside or outside}')


def check(case: Case) -> Outcome:
    """The family takes more of the side that is said."""
    family, side = _said(case.claim)
    row = of_type(case.track(), IntervalEvidence)
    found = _loop(case.claim, case.evidence)
    if found is None or not row.shares:
        return cannot_tell("no states were measured in and beside a loop of just this extent")
    at, flanks = found
    if any(sum(row.shares[one].values()) < COVERED for one in (at, *flanks)):
        return cannot_tell("the states do not cover the loop and what lies beside it")
    inside, beside = _shares(row, [at])[0], _shares(row, flanks)
    held, others = inside.get(family, 0.0), [one.get(family, 0.0) for one in beside]
    more = _more(held, others, side)
    places = case.evidence.places
    measured = {
        "start": places[at].start,
        "end": places[at].end,
        "inside": _rounded(inside),
        "outside": [{"side": places[n].name, **_rounded(one)} for n, one in zip(flanks, beside, strict=True)],
    }
    judged: Verdict = "supported" if more >= MORE else "contradicted" if more < ALIKE else "cannot_tell"
    return Outcome(judged, measured, {"more": MORE, "alike": ALIKE})


def _said(claim: Claim) -> tuple[Family, str]:
    value = claim.value if isinstance(claim.value, dict) else {}
    family = next((one for one in FAMILIES if one == value.get("family")), None)
    if family is None or value.get("side") not in (INSIDE, OUTSIDE):
        raise Malformed(f"the value of a states_change claim is {FORM.words}")
    return family, str(value["side"])


def _loop(claim: Claim, evidence: Evidence) -> tuple[int, list[int]] | None:
    """The loop that the claim's interval is, and what lies beside it, as indices of places."""
    for at, place in enumerate(evidence.places):
        if place.kind == "loop" and overlap(claim, place.start, place.end) >= SAME:
            flanks = _flanks(at, evidence.places)
            return (at, flanks) if flanks else None
    return None


def _flanks(at: int, places: Sequence[Place]) -> list[int]:
    """Those that stand behind the loop."""
    return [at + n for n, _ in enumerate(takewhile(lambda one: one.kind == "flank", places[at + 1 :]), 1)]


def _shares(row: IntervalEvidence, at: Sequence[int]) -> list[dict[Family, float]]:
    return [in_families(row.shares[n]) for n in at]


def _more(inside: float, flanks: Sequence[float], side: str) -> float:
    return inside - max(flanks) if side == INSIDE else min(flanks) - inside


def _rounded(shares: dict[Family, float]) -> dict[str, Any]:
    return {family: round(shares.get(family, 0.0), 3) for family in FAMILIES}


def altered(case: Case) -> Iterator[Altered]:
    """The other side."""
    family, side = _said(case.claim)
    other = INSIDE if side == OUTSIDE else OUTSIDE
    claim = case.claim
    value = {"family": family, "side": other}
    yield "reversed", Claim(NAME, claim.tracks, claim.start, claim.end, value, claim.source)


def stated(subject: Subject) -> Iterator[Claim]:
    """Of the loop at whose ends most changes, every family that does."""
    row, figure = of_type(subject.found, IntervalEvidence), subject.figure
    if figure is None or figure.evidence is None or not row.shares:
        return
    if not are_known({name for shares in row.shares for name in shares}):
        return
    places, found = figure.evidence.places, list[tuple[float, Place, list[tuple[Family, str]]]]()
    for at, place in enumerate(places):
        flanks = _flanks(at, places) if place.kind == "loop" else []
        if flanks:
            inside, beside = _shares(row, [at])[0], _shares(row, flanks)
            more = {
                (family, side): _more(inside.get(family, 0.0), [one.get(family, 0.0) for one in beside], side)
                for family in FAMILIES
                for side in (INSIDE, OUTSIDE)
            }
            telling = sorted((key for key in more if more[key] >= MORE), key=lambda key: -more[key])
            found.append((sum(more[key] for key in telling), place, telling))
    for _, place, telling in sorted(found, key=lambda one: -one[0])[:1]:
        for family, side in telling:
            yield subject.at(NAME, place.start, place.end, {"family": family, "side": side})


KIND = Kind(
    NAME,
    ("intervals",),
    check,
    over="what lies between the anchors of a link",
    value=FORM,
    stated=stated,
    altered=altered,
    turn=2,
    asked=False,
    beside=True,
)
