"""broad_domain: a stretch that is raised throughout lies where the claim says."""

from __future__ import annotations

from collections.abc import Iterator

from renderer.values.evidence import Domain, SignalEvidence
from vlm.claims.checks import OVERLAP, Case, Outcome, best_domain, verdict
from vlm.claims.facts import Fact, spans
from vlm.claims.kind import Kind, Token
from vlm.claims.subject import Subject
from vlm.values.claim import Claim

NAME = "broad_domain"

CROWD = 6
"""From this many peaks on they crowd: that a stretch is raised is worth more than their number."""


def check(case: Case) -> Outcome:
    """A domain, salient or only visible, lies where the claim says."""
    best, measured = best_domain(case, case.signal().domains)
    return Outcome(verdict(best is not None), measured, {"overlap": OVERLAP})


def stated(subject: Subject) -> Iterator[Claim]:
    """Domains that stand out, and those that say more than a row of peaks."""
    found = subject.signal
    for domain in found.domains if found.state == "signal" else ():
        if domain.salient or _is_main(domain, found):
            yield subject.at(NAME, domain.start, domain.end)


def _is_main(domain: Domain, found: SignalEvidence) -> bool:
    """Whether a domain that is only visible says more than a row of peaks: those crowd, and it has the strongest of
    them and most others, or the track is all but noisy."""
    top = found.strongest
    if len(found.salient) < CROWD or top is None or not domain.start <= top.summit < domain.end:
        return False
    inside = sum(domain.start <= peak.summit < domain.end for peak in found.salient)
    return "noisy" in found.near or inside >= len(found.salient) / 2


def facts(subject: Subject) -> Iterator[Fact]:
    """Domains that stand out, by their height."""
    found = subject.signal
    for domain in found.domains if found.state == "signal" else ():
        if domain.salient:
            yield Fact("broad domain", domain.mean, spans(NAME, domain.start, domain.end))


KIND = Kind(
    NAME,
    ("signal",),
    check,
    means="a stretch raised throughout, 2 kb or more; not a peak",
    over="the whole raised stretch",
    points="stretch",
    shows=("domain",),
    brief=True,
    says=frozenset({"strongest", "broad"}),
    stated=stated,
    turn=-1,  # a raised stretch is said before the peaks on it
    facts=facts,
    tokens=(Token("domain"),),
)
