"""peak_count: the track has so many clear peaks in the window, a number or {"min": a least number}."""

from __future__ import annotations

from collections.abc import Iterator

from vlm.claims.altered import Altered
from vlm.claims.altered import counted as count_otherwise
from vlm.claims.checks import Case, Outcome, count_tolerance, counted
from vlm.claims.folds import fold_of
from vlm.claims.forms import COUNT
from vlm.claims.kind import Kind, Token, count_said
from vlm.claims.subject import Subject
from vlm.values.claim import Claim

NAME = "peak_count"

STANDS, STANDS_FAR = 2.0, 3.0
"""The highest base of a single peak is so many times the highest elsewhere: single bases are rougher than columns ...
but those of one that stands so far above the rest tell enough."""


def check(case: Case) -> Outcome:
    """A number, or a least number: {"min": 12} is what a model says that stops counting there. What careful people
    could also have counted is not wrong, and not said either. `alone`: what is not counted is little beside it;
    `highest`: no other rise has a higher single base than one that is counted."""
    found = case.signal()
    count = len(found.salient)
    slack = count_tolerance(count)
    least, most = found.count_range or (count, count)
    measured = {"count": count, "alone": _is_alone(case), "highest": _are_highest(case)}
    tolerance = {"count": slack, "range": [least, most]}
    if counted(case.claim, count - slack, count + slack):
        return Outcome("supported", measured, tolerance)
    return Outcome("cannot_tell" if counted(case.claim, least, most) else "contradicted", measured, tolerance)


def _is_alone(case: Case) -> bool:
    """Whether beside the salient peaks and domains nothing comes near the highest: only then is one clear peak "the
    single" one."""
    found, standing = case.signal(), case.signal().standing
    if standing is None:
        return found.lone and found.strongest_agrees
    fold = fold_of(standing.top, standing.next)
    least = STANDS if found.lone else STANDS_FAR
    return found.strongest_agrees and (fold is None or fold >= least)


def _are_highest(case: Case) -> bool:
    """Whether the salient peaks, which are so as drawn, are the highest by their single bases as well."""
    tops = [(one.salient, abs(one.top)) for one in case.signal().peaks if one.top is not None]
    least = min((top for salient, top in tops if salient), default=0.0)
    return not any(top > least for salient, top in tops if not salient)


def altered(case: Case) -> Iterator[Altered]:
    """Numbers that no careful person would count."""
    found = case.signal()
    count = len(found.salient)
    slack = count_tolerance(count)
    return count_otherwise(case, [(count - slack, count + slack), found.count_range or (count, count)])


def stated(subject: Subject) -> Iterator[Claim]:
    """The number of salient peaks of a track with signal."""
    if subject.signal.state == "signal":
        yield subject.whole(NAME, len(subject.signal.salient))


KIND = Kind(
    NAME,
    ("signal",),
    check,
    means="so many clear peaks in the row",
    value=COUNT,
    says=frozenset({"not", "only", "than"}),
    none_says=frozenset({"no peak"}),
    stated=stated,
    altered=altered,
    tokens=(Token("count", count_said),),
)
