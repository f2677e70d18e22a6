"""stands_above: the highest peak of a signal is so many times as high as anything else in the window."""

from __future__ import annotations

from collections.abc import Iterator

from vlm.claims.altered import Altered, moved, scaled
from vlm.claims.checks import UNKNOWN, Case, Outcome, cannot_tell, is_partly_unknown, overlap, told
from vlm.claims.folds import FOLD_SHARE, fold_of, judge, measured_as, said_as
from vlm.claims.forms import FOLD
from vlm.claims.kind import Kind
from vlm.claims.subject import Subject
from vlm.values.claim import Claim

NAME = "stands_above"

LEAST = 3.0
"""Below this the next highest place is worth telling itself."""


def check(case: Case) -> Outcome:
    """The highest single base of the peak, over the highest base outside it and its slopes (its own width, 500 bp at
    least, to each side), is the fold that is said: at least 3. One above 90 need only be said to be above, but that
    there is next to nothing else cannot be told where the file has no data for a good part of the window."""
    said, found = told(case.claim, "fold"), case.signal().standing
    if found is None:
        return cannot_tell("no peak holds the highest base of this window")
    fold = fold_of(found.top, found.next)
    measured = {
        "summit": found.summit,
        "top": found.top,
        "next": found.next,
        "next_at": found.next_at,
        "start": found.start,
        "end": found.end,
        "fold": measured_as(fold),
    }
    if fold is None and is_partly_unknown(case.signal(), case.region):
        return cannot_tell("the file has no data for a good part of the window", share=UNKNOWN)
    tolerance = {"share": FOLD_SHARE, "least": LEAST}
    if not (case.claim.start <= found.summit < case.claim.end or overlap(case.claim, found.start, found.end) > 0):
        return Outcome("contradicted", measured, tolerance)
    return Outcome(judge(said, fold, LEAST), measured, tolerance)


def stated(subject: Subject) -> Iterator[Claim]:
    """Of a signal whose highest peak stands so far above the rest."""
    found = subject.signal.standing
    if found is None or abs(found.top) < LEAST * abs(found.next):
        return
    if fold_of(found.top, found.next) is None and is_partly_unknown(subject.signal, subject.region):
        return
    peak = next((one for one in subject.signal.peaks if one.start <= found.summit < one.end), None)
    if peak is not None:
        yield subject.at(NAME, peak.start, peak.end, {"fold": said_as(found.top, found.next)})


def altered(case: Case) -> Iterator[Altered]:
    """Another fold, and another place."""
    found = case.signal().standing
    if found is None:
        return
    if fold_of(found.top, found.next) is not None:
        yield from scaled(case)
    yield from moved(case, [(found.start, found.end)])


KIND = Kind(
    NAME,
    ("signal",),
    check,
    over="the highest peak",
    value=FOLD,
    beside=True,
    stated=stated,
    altered=altered,
    turn=5,
    asked=False,
)
