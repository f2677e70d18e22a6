"""no_data_over: the file of a track has no data for a stretch of the window, which is not the same as no signal."""

from __future__ import annotations

from collections.abc import Iterator

from vlm.claims.altered import Altered, moved
from vlm.claims.checks import Case, Outcome, overlap
from vlm.claims.kind import Kind
from vlm.claims.subject import Subject
from vlm.values.claim import Claim

NAME = "no_data_over"

SAME = 0.8
"""A claim is about the gap that its interval meets to this intersection over union."""

MOST = 2
"""Gaps that are stated of a track, the longest."""


def check(case: Case) -> Outcome:
    """The stretch is one that the file has no value in: beyond its first or last value on the chromosome, or a hole of
    5 kb and more in data that are dense elsewhere; 2 kb and a hundredth of the window at least."""
    gaps = case.signal().gaps
    best = max(gaps, key=lambda gap: overlap(case.claim, *gap), default=None)
    if best is None or overlap(case.claim, *best) < SAME:
        return Outcome("contradicted", {"gaps": len(gaps)}, {"overlap": SAME})
    return Outcome("supported", {"start": best[0], "end": best[1]}, {"overlap": SAME})


def stated(subject: Subject) -> Iterator[Claim]:
    """The longest gaps."""
    longest = sorted(subject.signal.gaps, key=lambda gap: gap[0] - gap[1])[:MOST]
    yield from (subject.at(NAME, start, end) for start, end in sorted(longest))


def altered(case: Case) -> Iterator[Altered]:
    """Where there are data."""
    yield from moved(case, case.signal().gaps)


KIND = Kind(
    NAME, ("signal",), check, over="the stretch", beside=True, stated=stated, altered=altered, turn=5, asked=False
)
