"""interval_count: the track has so many intervals in the window, a number or {"min": a least number}."""

from __future__ import annotations

from collections.abc import Iterator

from renderer.values.evidence import IntervalEvidence
from vlm.claims.altered import Altered
from vlm.claims.altered import counted as count_otherwise
from vlm.claims.checks import Case, Outcome, count_tolerance, counted, of_type, verdict
from vlm.claims.forms import COUNT
from vlm.claims.kind import Kind, Token, count_said
from vlm.claims.subject import Subject
from vlm.values.claim import Claim

NAME = "interval_count"


def check(case: Case) -> Outcome:
    """So many intervals. Both the number of records and of boxes one can tell apart will do: neighbours merge."""
    found = of_type(case.track(), IntervalEvidence)
    holds = any(counted(case.claim, *near) for near in _true(found))
    measured = {"count": found.count, "boxes": len(found.spans), "state": found.state}
    return Outcome(verdict(holds), measured, {"count": count_tolerance(found.count)})


def _true(found: IntervalEvidence) -> list[tuple[int, int]]:
    """The numbers that will do."""
    numbers = {found.count, min(found.count, len(found.spans))}
    return [(number - count_tolerance(number), number + count_tolerance(number)) for number in numbers]


def altered(case: Case) -> Iterator[Altered]:
    """Numbers of neither records nor boxes."""
    return count_otherwise(case, _true(of_type(case.track(), IntervalEvidence)))


def stated(subject: Subject) -> Iterator[Claim]:
    """The number of records."""
    yield subject.whole(NAME, of_type(subject.found, IntervalEvidence).count)


KIND = Kind(
    NAME,
    ("intervals",),
    check,
    means="so many boxes in the row",
    value=COUNT,
    says=frozenset({"not", "only", "than"}),
    none_says=frozenset({"no peak"}),
    stated=stated,
    altered=altered,
    tokens=(Token("none", lambda _: 0), Token("count", count_said)),
)
