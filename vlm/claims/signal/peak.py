"""peak: a summit lies where the claim points."""

from __future__ import annotations

from collections.abc import Iterator

from vlm.claims.checks import Case, Outcome, core, describe, met_peaks, missed, vague, verdict
from vlm.claims.facts import Fact, places
from vlm.claims.kind import Kind, Token
from vlm.claims.subject import LISTED, Subject
from vlm.values.claim import Claim

NAME = "peak"


def check(case: Case) -> Outcome:
    """A peak, salient or only visible, is where the claim points."""
    peaks = case.signal().peaks
    met = met_peaks(case, peaks)
    if met and (wide := vague(case, met)):
        return wide
    return Outcome(verdict(bool(met)), describe(met[0]) if met else missed(case, peaks), {"bp": case.slack})


def stated(subject: Subject) -> Iterator[Claim]:
    """The tallest salient peaks, the tallest first."""
    found = subject.signal
    for peak in sorted(found.salient, key=lambda peak: -peak.height)[: LISTED if found.state == "signal" else 0]:
        yield subject.at(NAME, *core(peak, subject.region))


def facts(subject: Subject) -> Iterator[Fact]:
    """Every salient peak, by how much it stands out; that it is the strongest says where it is as well."""
    for peak in subject.signal.salient if subject.signal.state == "signal" else ():
        yield Fact("peak", peak.prominence, places((NAME, "strongest_peak"), peak.summit, subject.region))


KIND = Kind(
    NAME,
    ("signal",),
    check,
    means="a clear narrow summit",
    over="the summit, narrow",
    points="summit",
    shows=("peak",),
    stated=stated,
    facts=facts,
    tokens=(Token("peak"),),
)
