"""domain_boundary: contacts are parted at the place: a minimum of the insulation score (`renderer.measure.contacts`).

`across` and `beside` are the mean contacts of a pair of bins across it, and at the same distances next to it. Minima of
a matrix of separation scores are boundaries as well; `score` is the mean of its columns there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from renderer.values.evidence import ContactEvidence
from vlm.claims.checks import Case, Outcome, distance, of_type, vague, verdict
from vlm.claims.facts import Fact, places
from vlm.claims.kind import Kind, Token
from vlm.claims.subject import LISTED, Subject
from vlm.values.claim import Claim

NAME = "domain_boundary"


def check(case: Case) -> Outcome:
    """Contacts are parted at the place, to within a bin of the map."""
    found = of_type(case.track(), ContactEvidence)
    reach = max(case.slack, found.resolution)
    tolerance = {"bp": reach}
    if found.state == "no_data":
        return Outcome("contradicted", {"state": found.state}, tolerance)
    if wide := vague(case):
        return wide
    if not found.boundaries:
        return Outcome("contradicted", {"state": found.state, "boundaries": 0}, tolerance)
    best = min(found.boundaries, key=lambda one: distance(one.position, case.claim.start, case.claim.end))
    away = distance(best.position, case.claim.start, case.claim.end)
    measured: dict[str, Any] = {
        "position": best.position,
        "strength": round(best.strength, 3),
        "salient": best.salient,
        "distance": away,
    }
    if best.across is not None and best.beside is not None:
        measured |= {"across": float(f"{best.across:.4g}"), "beside": float(f"{best.beside:.4g}")}
    if best.score is not None:
        measured |= {"score": float(f"{best.score:.4g}"), "sizes": list(best.sizes or ())}
    return Outcome(verdict(away <= reach), measured, tolerance)


def stated(subject: Subject) -> Iterator[Claim]:
    """The boundaries that stand out, the strongest first."""
    region, found = subject.region, of_type(subject.found, ContactEvidence)
    for boundary in sorted(found.salient, key=lambda one: -one.strength)[:LISTED]:
        start = min(max(boundary.position, region.start), region.end - 1)
        yield subject.at(NAME, start, start + 1)


def facts(subject: Subject) -> Iterator[Fact]:
    """The same, by their strength."""
    found = of_type(subject.found, ContactEvidence)
    for boundary in found.salient:
        says = places((NAME,), boundary.position, subject.region, found.resolution)
        yield Fact("domain boundary", min(1.0, boundary.strength), says)


KIND = Kind(
    NAME,
    ("contacts",),
    check,
    means="one dense triangle of the map ends and the next begins",
    over="the boundary, narrow",
    shows=("boundary",),
    says=frozenset({"strongest", "broad"}),
    stated=stated,
    facts=facts,
    tokens=(Token("boundary"),),
)
