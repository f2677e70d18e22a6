"""interval_length: how long the intervals of a row of domains are: their median, and the longest of them.

A row is one of domains if half of its intervals take a two-hundredth of the window each, or more, and name no states.
Both are of whole intervals, also of those that the window cuts: the longest of a row may reach beyond it.
"""

from __future__ import annotations

from collections.abc import Iterator

from renderer.values.evidence import IntervalEvidence
from vlm.claims.checks import Case, Malformed, Outcome, of_type
from vlm.claims.forms import ValueForm
from vlm.claims.kind import Kind
from vlm.claims.subject import Subject
from vlm.values.claim import Claim

NAME = "interval_length"

SHARE = 0.15
"""A length that is said may be off by this share of the measured one."""

LEAST = 0.005
"""Share of the window that half of the intervals of a row of domains take, each."""

FEWEST = 3
"""Of fewer intervals a median says nothing."""

FORM = ValueForm('{"median": bp}')


def check(case: Case) -> Outcome:
    """The median is what is said."""
    value = case.claim.value
    said = value.get("median") if isinstance(value, dict) else None
    if isinstance(said, bool) or not isinstance(said, int | float):
        raise Malformed('the value of an interval_length claim is {"median": bp}')
    found = of_type(case.track(), IntervalEvidence)
    measured = {"median": found.median, "longest": found.longest, "count": found.count}
    holds = found.count > 0 and abs(said - found.median) <= SHARE * found.median
    return Outcome("supported" if holds else "contradicted", measured, {"share": SHARE})


def stated(subject: Subject) -> Iterator[Claim]:
    """The median of a row of domains."""
    found = of_type(subject.found, IntervalEvidence)
    if found.count >= FEWEST and found.median >= LEAST * subject.region.span and not found.shares:
        yield subject.whole(NAME, {"median": found.median})


KIND = Kind(NAME, ("intervals",), check, value=FORM, stated=stated, turn=2, asked=False, beside=True)
