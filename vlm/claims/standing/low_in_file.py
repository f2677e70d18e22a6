"""low_in_file: what a track shows in this window is next to nil, held against the rest of its file."""

from __future__ import annotations

from collections.abc import Iterator

from renderer.assays.names import assay_of
from vlm.claims.checks import Case, Outcome, cannot_tell, verdict
from vlm.claims.kind import Kind
from vlm.claims.subject import Subject
from vlm.values.claim import Claim

NAME = "low_in_file"

LOW = 0.05
"""The highest base of the window stays below this share of the file's: tried on 38 files of coverage without a false
hit; single-base counts, where a summit of a file is not one of many, are left out."""


def check(case: Case) -> Outcome:
    """The highest base of the window is below 5 % of the file's highest, no column reaches what 99.9 % of the bins of
    that width in the file stay below, and no peak stands out."""
    signal = case.signal()
    file, whole = signal.background, signal.levels[0] if signal.levels else None
    if file is None or whole is None:
        return cannot_tell("what is usual in the file is not known")
    if file.signed:
        return cannot_tell("the signal lies on both sides of 0")
    top = abs(whole.maximum)
    column = abs(signal.maximum or 0.0)
    measured = {"maximum": top, "column": column, "file_maximum": file.maximum, "file_999": file.q999}
    low = top < LOW * abs(file.maximum) and column <= abs(file.q999) and not signal.salient
    return Outcome(verdict(low), measured, {"share": LOW})


def stated(subject: Subject) -> Iterator[Claim]:
    """Of a signal of many summits a file: not of polymerase by the base, nor of a label that tells no assay."""
    figure = subject.figure
    row = assay_of(subject.track) if subject.track else None
    if figure is None or figure.evidence is None or row is None or row.nascent or row.control or row.signed:
        return
    claim = subject.whole(NAME)
    if check(Case(claim, figure.evidence, figure.scene)).verdict == "supported":
        yield claim


KIND = Kind(
    NAME,
    ("signal",),
    check,
    says=frozenset({"low"}),
    beside=True,
    stated=stated,
    turn=5,
    asked=False,
)
