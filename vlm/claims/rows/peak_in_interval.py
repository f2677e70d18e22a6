"""peak_in_interval: so many of the clear peaks of a signal lie in intervals of a row, or at most 100 bp from one.

It is told of a row whose intervals cover little of the window, as called peaks do, and hold nine of ten of the peaks.
"""

from __future__ import annotations

from collections.abc import Iterator

from renderer.assays.names import is_control
from renderer.values.evidence import IntervalEvidence, SignalEvidence
from vlm.claims.checks import Case, Malformed, Outcome, cannot_tell, distance, of_type, verdict
from vlm.claims.forms import COUNT
from vlm.claims.kind import Kind
from vlm.claims.subject import Subject
from vlm.values.claim import Claim

NAME = "peak_in_interval"

REACH = 100
"""A summit this near (bp) to an interval is in it: callers and columns round."""

MOST, LITTLE = 0.9, 0.2
"""Peaks that lie in intervals, as a share, and how much of the window these cover, for it to say something."""

FEWEST = 2
"""Of one peak it says what the peak's own place says."""


def check(case: Case) -> Outcome:
    """As many of the clear peaks lie in intervals as is said."""
    if isinstance(case.claim.value, bool) or not isinstance(case.claim.value, int):
        raise Malformed("the value of a peak_in_interval claim is the number of peaks in intervals")
    row, signal = of_type(case.track(), IntervalEvidence), case.signal(1)
    if row.state == "dense" and not row.spans:
        return cannot_tell("the intervals of this row are not known one by one")
    inside = _inside(row, signal)
    measured = {"inside": inside, "peaks": len(signal.salient), "covered": round(row.covered, 3)}
    return Outcome(verdict(case.claim.value == inside), measured, {"bp": REACH})


def _inside(row: IntervalEvidence, signal: SignalEvidence) -> int:
    return sum(any(distance(peak.summit, s.start, s.end) <= REACH for s in row.spans) for peak in signal.salient)


def stated(subject: Subject) -> Iterator[Claim]:
    """Of each signal whose peaks mostly lie in the intervals of this row."""
    row, figure = of_type(subject.found, IntervalEvidence), subject.figure
    if figure is None or figure.evidence is None or row.state != "few" or row.covered > LITTLE or row.shares:
        return
    for track in figure.scene.tracks:
        signal = figure.evidence.signal(track.number)
        if signal is not None and len(signal.salient) >= FEWEST and not is_control(track):
            inside = _inside(row, signal)
            if inside >= MOST * len(signal.salient):
                start, end = subject.region.start, subject.region.end
                yield Claim(NAME, (subject.number, track.number), start, end, inside, "measured")


KIND = Kind(
    NAME,
    ("intervals", "signal"),
    check,
    value=COUNT,
    stated=stated,
    turn=2,
    asked=False,
    beside=True,
)
