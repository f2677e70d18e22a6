"""gene_count: so many genes overlap the window."""

from __future__ import annotations

from collections.abc import Sequence

from vlm.claims.checks import Case, Outcome, verdict, whole_number
from vlm.claims.forms import COUNT
from vlm.claims.genes.annotated import annotation
from vlm.claims.ground import Ground
from vlm.claims.kind import Kind, said_number
from vlm.values.claim import Claim

NAME = "gene_count"


def check(case: Case) -> Outcome:
    """So many genes overlap the window, exactly: the annotation is no matter of taste."""
    count = len(annotation(case).genes)
    return Outcome(verdict(whole_number(case.claim, case.claim.value) == count), {"count": count}, {"count": 0})


def joined(ground: Ground) -> list[Claim]:
    """How many genes the annotation has here."""
    if ground.annotation is None:
        return []
    region, count = ground.region, len(ground.annotation.genes)
    return [Claim(NAME, (ground.annotation.track,), region.start, region.end, count, "annotation")]


def numbers(claim: Claim, claims: Sequence[Claim]) -> list[float]:
    """The number, and how many of the genes are not named."""
    named = sum(one.kind == "gene" for one in claims)
    return [number for total in said_number(claim, claims) for number in (total, total - named)]


KIND = Kind(
    NAME,
    ("genes",),
    check,
    value=COUNT,
    asked=False,  # the annotation's to say
    says=frozenset({"not", "only"}),
    numbers=numbers,
    joined=joined,
)
