"""What no_data, flat and noisy share: each is the one word for a whole track, or near it. No kind of its own."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from vlm.claims.checks import Case, Outcome, verdict
from vlm.claims.facts import Fact
from vlm.claims.kind import Kind, Token
from vlm.claims.subject import Subject
from vlm.values.claim import Claim


def kind_of(name: str, means: str) -> Kind:
    """The kind whose word for a whole track is its name."""
    return Kind(
        name,
        ("signal",),
        check,
        means=means,
        points="state",
        brief=True,
        says=frozenset({"no peak", "not", "low"}),
        stated=partial(stated, name),
        facts=partial(facts, name),
        tokens=(Token(name),),
    )


def check(case: Case) -> Outcome:
    """The track's state is the kind's word, or near it."""
    found = case.signal()
    measured = {"state": found.state, "near": list(found.near), "covered": round(found.covered, 4)}
    return Outcome(verdict(case.claim.kind in (found.state, *found.near)), measured)


def stated(kind: str, subject: Subject) -> Iterator[Claim]:
    """The state, where it is this one."""
    if subject.signal.state == kind:
        yield subject.whole(kind)


def facts(kind: str, subject: Subject) -> Iterator[Fact]:
    """The same, unless one could also say that there is signal; a state near it says it as well."""
    found = subject.signal
    allowed = (found.state, *found.near)
    if found.state == kind and "signal" not in allowed:
        yield Fact(f"state: {kind}", 1.0, lambda claim: claim.kind in allowed and claim.value is None)
