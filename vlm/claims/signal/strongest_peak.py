"""strongest_peak: the tallest summit of the track lies where the claim points."""

from __future__ import annotations

from collections.abc import Iterator

from vlm.claims.checks import Case, Outcome, core, describe, met_peaks, vague
from vlm.claims.facts import Fact, places
from vlm.claims.kind import Kind, Token
from vlm.claims.subject import Subject
from vlm.values.claim import Claim

NAME = "strongest_peak"

TIE = 0.93
"""A summit at least this share of the tallest one is as tall by eye: 4 px of a 60 px track."""


def check(case: Case) -> Outcome:
    """The claim points at the tallest peak, or at one as tall by eye. `agrees`: by single bases and by kilobases it is
    the highest place of the window as well, and not only as it is drawn."""
    found, tolerance = case.signal(), {"bp": case.slack, "height_share": TIE}
    # Inside a domain the tallest summit may be rough texture, so the tallest that stands out is the measure.
    tallest = found.strongest or max(found.peaks, key=lambda peak: peak.height, default=None)
    if tallest is None:
        return Outcome("contradicted", {"peaks": 0}, tolerance)
    met = met_peaks(case, [peak for peak in found.peaks if peak.height >= TIE * tallest.height])
    if met and (wide := vague(case, met)):
        return wide
    if met:
        agrees = found.strongest_agrees and met[0] == found.strongest
        return Outcome(
            "supported", describe(met[0]) | {"tallest": round(tallest.height, 3), "agrees": agrees}, tolerance
        )
    here = met_peaks(case, found.peaks)
    measured = {"tallest": describe(tallest), "here": describe(here[0]) if here else None}
    return Outcome("contradicted", measured, tolerance)


def stated(subject: Subject) -> Iterator[Claim]:
    """The tallest salient peak."""
    found = subject.signal
    if found.state == "signal" and found.strongest:
        yield subject.at(NAME, *core(found.strongest, subject.region))


def facts(subject: Subject) -> Iterator[Fact]:
    """The same, by how much it stands out."""
    found = subject.signal
    if found.state == "signal" and found.strongest:
        says = places((NAME,), found.strongest.summit, subject.region)
        yield Fact("strongest peak", found.strongest.prominence, says)


KIND = Kind(
    NAME,
    ("signal",),
    check,
    means="the row's tallest summit",
    over="the tallest summit, narrow",
    points="summit",
    shows=("peak",),
    brief=True,
    says=frozenset({"strongest", "only"}),
    stated=stated,
    facts=facts,
    tokens=(Token("strongest"),),
)
