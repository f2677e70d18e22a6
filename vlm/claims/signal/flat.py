"""flat: nothing rises in the window; or, with the value "elsewhere", nothing but its peaks and domains."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from vlm.claims.checks import UNKNOWN, Case, Malformed, Outcome, cannot_tell, is_partly_unknown, verdict
from vlm.claims.forms import ELSEWHERE
from vlm.claims.kind import Kind, Token
from vlm.claims.signal import state
from vlm.claims.subject import Subject
from vlm.values.claim import Claim

NAME = "flat"


def check(case: Case) -> Outcome:
    """Flat throughout, or low "elsewhere": outside peaks and domains."""
    found, value = case.signal(), case.claim.value
    if value == "elsewhere" and is_partly_unknown(found, case.region):
        return cannot_tell("the file has no data for a good part of the window", share=UNKNOWN)
    if value == "elsewhere":
        return Outcome(verdict(found.low_elsewhere or found.low_near), {"low_elsewhere": found.low_elsewhere})
    if value is not None:
        raise Malformed(f"the value of a flat claim is nothing or 'elsewhere', not {str(value)[:80]!r}")
    outcome = state.check(case)
    return Outcome(outcome.verdict, outcome.measured | {"maximum": found.maximum})


def stated(subject: Subject) -> Iterator[Claim]:
    """The state, or that the rest of a track with signal is low."""
    yield from state.stated(NAME, subject)
    found = subject.signal
    if found.state == "signal" and found.low_elsewhere and not is_partly_unknown(found, subject.region):
        yield subject.whole(NAME, "elsewhere")


KIND = Kind(
    NAME,
    ("signal",),
    check,
    means="nothing rises above the row's usual level",
    value=ELSEWHERE,
    points="state",
    brief=True,
    says=frozenset({"no peak", "not", "low", "broad"}),
    stated=stated,
    turn=1,  # what is low elsewhere is said after what is high
    facts=partial(state.facts, NAME),
    tokens=(Token("flat"), Token("low", lambda _: "elsewhere")),
)
